"""Addresses of complaints and clusters."""

from django.urls import path

from needs.web import complaint_views as views

urlpatterns = [
    path("complaints/", views.list_complaints, name="complaints"),
    path("complaints/new/", views.file_complaint, name="file_complaint"),
    path("complaints/<uuid:pk>/withdraw/", views.withdraw_complaint, name="withdraw_complaint"),
    path("complaints/<uuid:pk>/move/", views.move_complaint, name="move_complaint"),
    path("surveys/answers/<uuid:pk>/complaint/", views.complain_by_answer, name="complain_by_answer"),
    path("clusters/", views.list_clusters, name="clusters"),
    path("clusters/regroup/<uuid:chain>/", views.regroup_complaints, name="regroup_complaints"),
    path("clusters/<uuid:pk>/", views.cluster_page, name="cluster"),
    path("clusters/<uuid:pk>/name/", views.rename_cluster, name="rename_cluster"),
    path("clusters/<uuid:pk>/merge/", views.merge_clusters, name="merge_clusters"),
    path("clusters/<uuid:pk>/need/", views.turn_cluster_into_need, name="turn_cluster_into_need"),
    path("clusters/<uuid:pk>/link/", views.answer_cluster, name="answer_cluster"),
]
