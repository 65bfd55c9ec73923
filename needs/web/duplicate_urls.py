"""Addresses of research that is done twice."""

from django.urls import path

from needs.web import duplicate_views

urlpatterns = [
    path("similar/", duplicate_views.list_similar, name="similar"),
    path("similar/<uuid:pk>/propose/", duplicate_views.propose_joint, name="propose_joint"),
    path("similar/proposals/", duplicate_views.list_proposals, name="joint_proposals"),
    path("similar/proposals/<uuid:pk>/", duplicate_views.proposal_page, name="joint_proposal"),
    path("similar/proposals/<uuid:pk>/agree/", duplicate_views.agree_joint, name="agree_joint"),
    path("similar/proposals/<uuid:pk>/decline/", duplicate_views.decline_joint, name="decline_joint"),
    path("similar/proposals/<uuid:pk>/withdraw/", duplicate_views.withdraw_joint, name="withdraw_joint"),
    path("similar/proposals/<uuid:pk>/done/", duplicate_views.carry_out_joint, name="carry_out_joint"),
]
