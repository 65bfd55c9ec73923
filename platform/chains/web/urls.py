"""Addresses of the chain map."""

from django.urls import path

from chains.web import room_views, template_views, term_views, views

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
    path("joint-rooms/", room_views.list_joint_rooms, name="joint_rooms"),
    path("joint-rooms/new/", room_views.propose_joint_room, name="propose_joint_room"),
    path("joint-rooms/<uuid:pk>/", room_views.joint_room_page, name="joint_room"),
    path("joint-rooms/<uuid:pk>/agree/", room_views.agree_to_joint_room, name="agree_to_joint_room"),
    path("joint-rooms/<uuid:pk>/close/", room_views.close_joint_room, name="close_joint_room"),
    path("joint-rooms/<uuid:pk>/invite/", room_views.invite_to_joint_room, name="invite_to_joint_room"),
    path("joint-rooms/<uuid:pk>/join/", room_views.join_joint_room, name="join_joint_room"),
    path("joint-rooms/<uuid:pk>/leave/", room_views.leave_joint_room, name="leave_joint_room"),
    path(
        "joint-rooms/<uuid:pk>/remove/<uuid:member_id>/",
        room_views.remove_from_joint_room,
        name="remove_from_joint_room",
    ),
    path("joint-rooms/<uuid:pk>/notes/", room_views.list_notes, name="joint_room_notes"),
    path("joint-rooms/<uuid:pk>/notes/new/", room_views.write_note, name="write_note"),
    path("benefit-templates/", template_views.list_benefit_templates, name="benefit_templates"),
    path("benefit-templates/new/", template_views.propose_benefit_template, name="propose_benefit_template"),
    path("benefit-templates/<uuid:pk>/", template_views.benefit_template_page, name="benefit_template"),
    path(
        "benefit-templates/<uuid:pk>/propose/", template_views.propose_template_version, name="propose_template_version"
    ),
    path(
        "benefit-templates/<uuid:pk>/sign/<int:number>/",
        template_views.sign_benefit_template,
        name="sign_benefit_template",
    ),
    path("benefit-templates/<uuid:pk>/retire/", template_views.retire_benefit_template, name="retire_benefit_template"),
    path("<uuid:pk>/join/", views.join_node, name="join_node"),
]
