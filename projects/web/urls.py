"""The room's pages."""

from django.urls import path

from projects.web import actions, views

app_name = "projects"
urlpatterns = [
    path("", views.list_projects, name="projects"),
    path("new/", actions.create_project, name="create_project"),
    path("approvals/", views.approvals, name="approvals"),
    path("<uuid:pk>/", views.project_page, name="project"),
    path("<uuid:pk>/edit/", actions.edit_project, name="edit_project"),
    path("<uuid:pk>/parties/", actions.add_party, name="add_party"),
    path("<uuid:pk>/need/", actions.link_need, name="link_need"),
    path("<uuid:pk>/direction/", actions.propose_direction, name="propose_direction"),
    path("directions/<uuid:pk>/decide/", actions.decide_direction, name="decide_direction"),
    path("<uuid:pk>/indicators/", actions.add_indicator, name="add_indicator"),
    path("indicators/<uuid:pk>/share/", actions.share_indicator, name="share_indicator"),
    path("<uuid:pk>/packages/", actions.add_package, name="add_package"),
    path("packages/<uuid:pk>/owner/", actions.assign_package, name="assign_package"),
    path("<uuid:pk>/communication/", actions.communication, name="communication"),
    path("<uuid:pk>/gates/", actions.plan_gates, name="plan_gates"),
    path("<uuid:pk>/start/", actions.start_project, name="start_project"),
    path("<uuid:pk>/funds/", actions.request_stage_fund, name="request_stage_fund"),
    path("<uuid:pk>/handover/", actions.offer_handover, name="offer_handover"),
    path("handovers/<uuid:pk>/accept/", actions.accept_handover, name="accept_handover"),
    path("handovers/<uuid:pk>/refuse/", actions.refuse_handover, name="refuse_handover"),
    path("<uuid:pk>/acceptance/", actions.record_acceptance, name="record_acceptance"),
    path("acceptances/<uuid:pk>/sign/", actions.sign_acceptance, name="sign_acceptance"),
    path("<uuid:pk>/claim/", actions.open_failure_claim, name="open_failure_claim"),
    path("gates/<uuid:pk>/", views.gate_page, name="gate"),
    path("gates/<uuid:pk>/package/", actions.submit_package, name="submit_package"),
    path("gates/<uuid:pk>/panel/", actions.invite_reviewer, name="invite_reviewer"),
    path("gates/<uuid:pk>/finding/", actions.record_finding, name="record_finding"),
    path("gates/<uuid:pk>/decide/", actions.decide_gate, name="decide"),
    path("gates/<uuid:pk>/conditional/", actions.decide_conditional, name="decide_conditional"),
    path("seats/<uuid:pk>/declare/", actions.declare, name="declare"),
    path("seats/<uuid:pk>/recuse/", actions.recuse, name="recuse"),
    path("conditions/<uuid:pk>/close/", actions.close_condition, name="close_condition"),
    path("files/<uuid:pk>/", views.gate_file, name="gate_file"),
]
