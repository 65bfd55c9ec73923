"""Addresses of results, capabilities, applications, outcomes and loops."""

from django.urls import path

from needs.web import capability_views, demand_views, openness_views, outcome_views, result_views

urlpatterns = [
    path("results/", result_views.list_results, name="results"),
    path("results/new/", result_views.post_result, name="post_result"),
    path("results/<uuid:pk>/", result_views.result_page, name="result"),
    path("results/<uuid:pk>/edit/", result_views.edit_result, name="edit_result"),
    path("results/<uuid:pk>/measure/", result_views.measure_result, name="measure_result"),
    path("results/<uuid:pk>/publish/", result_views.publish_result, name="publish_result"),
    path("results/<uuid:pk>/withdraw/", result_views.withdraw_result, name="withdraw_result"),
    path("results/<uuid:pk>/apply/", outcome_views.record_application, name="record_application"),
    path("results/<uuid:pk>/standard/", demand_views.ask_standard, name="ask_standard"),
    path("results/<uuid:pk>/cost/", demand_views.ask_cost, name="ask_cost"),
    path("results/<uuid:pk>/clear/", demand_views.clear_for_pilot, name="clear_for_pilot"),
    path("results/demands/<uuid:pk>/waive/", demand_views.waive_requirement, name="waive_requirement"),
    path("results/applications/", outcome_views.list_applications, name="applications"),
    path("results/applications/<uuid:pk>/", outcome_views.application_page, name="application"),
    path("results/applications/<uuid:pk>/confirm/", outcome_views.confirm_application, name="confirm_application"),
    path("results/applications/<uuid:pk>/deny/", outcome_views.deny_application, name="deny_application"),
    path("results/applications/<uuid:pk>/withdraw/", outcome_views.withdraw_application, name="withdraw_application"),
    path("results/applications/<uuid:pk>/show/", openness_views.show_application, name="show_application"),
    path("results/applications/<uuid:pk>/outcome/", outcome_views.record_outcome, name="record_outcome"),
    path("results/applications/<uuid:pk>/need/", outcome_views.raise_follow_up, name="raise_follow_up"),
    path("results/applications/<uuid:pk>/reinvest/", outcome_views.record_reinvestment, name="record_reinvestment"),
    path("results/outcomes/", outcome_views.list_outcomes, name="outcomes"),
    path("results/outcomes/<uuid:pk>/verify/", outcome_views.verify_outcome, name="verify_outcome"),
    path("results/outcomes/<uuid:pk>/dispute/", outcome_views.dispute_outcome, name="dispute_outcome"),
    path("results/outcomes/<uuid:pk>/withdraw/", outcome_views.withdraw_outcome, name="withdraw_outcome"),
    path("results/loops/", outcome_views.list_loops, name="loops"),
    path("results/loops/<uuid:pk>/", outcome_views.loop_page, name="loop"),
    path("results/capabilities/", capability_views.list_capabilities, name="capabilities"),
    path("results/capabilities/new/", capability_views.post_capability, name="post_capability"),
    path("results/capabilities/<uuid:pk>/", capability_views.capability_page, name="capability"),
    path("results/capabilities/<uuid:pk>/edit/", capability_views.edit_capability, name="edit_capability"),
    path("results/capabilities/<uuid:pk>/withdraw/", capability_views.withdraw_capability, name="withdraw_capability"),
]
