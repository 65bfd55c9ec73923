"""Addresses of results and capabilities."""

from django.urls import path

from needs.web import capability_views, result_views

urlpatterns = [
    path("results/", result_views.list_results, name="results"),
    path("results/new/", result_views.post_result, name="post_result"),
    path("results/<uuid:pk>/", result_views.result_page, name="result"),
    path("results/<uuid:pk>/edit/", result_views.edit_result, name="edit_result"),
    path("results/<uuid:pk>/measure/", result_views.measure_result, name="measure_result"),
    path("results/<uuid:pk>/publish/", result_views.publish_result, name="publish_result"),
    path("results/<uuid:pk>/withdraw/", result_views.withdraw_result, name="withdraw_result"),
    path("capabilities/", capability_views.list_capabilities, name="capabilities"),
    path("capabilities/new/", capability_views.post_capability, name="post_capability"),
    path("capabilities/<uuid:pk>/", capability_views.capability_page, name="capability"),
    path("capabilities/<uuid:pk>/edit/", capability_views.edit_capability, name="edit_capability"),
    path("capabilities/<uuid:pk>/withdraw/", capability_views.withdraw_capability, name="withdraw_capability"),
]
