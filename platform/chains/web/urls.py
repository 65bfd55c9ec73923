"""Addresses of the chain map."""

from django.urls import path

from chains.web import term_views, views

app_name = "chains"

urlpatterns = [
    path("", views.list_chains, name="chains"),
    path("new/", views.create_chain, name="create_chain"),
    path("machines/", views.list_machines, name="machines"),
    path("machines/new/", views.add_machine, name="add_machine"),
    path("<uuid:pk>/", views.chain_page, name="chain"),
    path("<uuid:pk>/edit/", views.edit_chain, name="edit_chain"),
    path("<uuid:pk>/nodes/new/", views.add_node, name="add_node"),
    path("<uuid:pk>/leader/", views.designate_leader, name="designate_leader"),
    path("<uuid:pk>/terms/", term_views.list_terms, name="terms"),
    path("<uuid:pk>/terms/new/", term_views.link_terms, name="link_terms"),
    path("terms/<uuid:link_id>/edit/", term_views.edit_term_link, name="edit_term_link"),
    path("terms/<uuid:link_id>/retire/", term_views.retire_term_link, name="retire_term_link"),
    path("<uuid:pk>/join/", views.join_node, name="join_node"),
]
