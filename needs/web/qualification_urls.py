"""Addresses of what chains demand and of the evidence for it."""

from django.urls import path

from needs.web import qualification_views as views

urlpatterns = [
    path("qualifications/", views.list_qualifications, name="qualifications"),
    path("qualifications/new/<uuid:chain>/", views.demand_qualification, name="demand_qualification"),
    path("qualifications/<uuid:pk>/edit/", views.edit_qualification, name="edit_qualification"),
    path("qualifications/<uuid:pk>/retire/", views.retire_qualification, name="retire_qualification"),
    path("qualifications/evidence/", views.list_evidence, name="qualification_evidence"),
    path("qualifications/evidence/<uuid:pk>/confirm/", views.confirm_qualification, name="confirm_qualification"),
    path("qualifications/evidence/<uuid:pk>/refuse/", views.refuse_qualification, name="refuse_qualification"),
    path("qualifications/evidence/<uuid:pk>/withdraw/", views.withdraw_qualification, name="withdraw_qualification"),
    path("qualifications/evidence/<uuid:pk>/file/", views.qualification_file, name="qualification_file"),
    path("results/<uuid:pk>/qualify/", views.qualify_result, name="qualify_result"),
    path("results/capabilities/<uuid:pk>/qualify/", views.qualify_capability, name="qualify_capability"),
]
