"""Addresses of resources and flows."""

from django.urls import path

from needs.web import flow_map_views, offer_views

urlpatterns = [
    path("offers/", offer_views.list_offers, name="offers"),
    path("offers/new/", offer_views.post_offer, name="post_offer"),
    path("offers/<uuid:pk>/", offer_views.offer_page, name="offer"),
    path("offers/<uuid:pk>/edit/", offer_views.edit_offer, name="edit_offer"),
    path("offers/<uuid:pk>/withdraw/", offer_views.withdraw_offer, name="withdraw_offer"),
    path("offers/<uuid:pk>/propose/", offer_views.propose_flow, name="propose_flow"),
    path("offers/flows/", offer_views.list_flows, name="flows"),
    path("offers/flows/<uuid:pk>/", offer_views.flow_page, name="flow"),
    path("offers/flows/<uuid:pk>/accept/", offer_views.accept_flow, name="accept_flow"),
    path("offers/flows/<uuid:pk>/decline/", offer_views.decline_flow, name="decline_flow"),
    path("offers/flows/<uuid:pk>/withdraw/", offer_views.withdraw_flow, name="withdraw_flow"),
    path("offers/map/", flow_map_views.first_flow_map, name="flow_maps"),
    path("offers/map/<uuid:pk>/", flow_map_views.flow_map_page, name="flow_map"),
]
