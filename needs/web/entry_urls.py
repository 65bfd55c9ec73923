"""Addresses of taking part: questions, confidential details, conditions and papers, below /needs/."""

from django.urls import path

from needs.web import eligibility_views, entry_views, question_views

urlpatterns = [
    path("challenges/<uuid:pk>/entry/", entry_views.edit_entry, name="edit_entry"),
    path("challenges/<uuid:pk>/details/", entry_views.details_page, name="details"),
    path("challenges/<uuid:pk>/details/accept/", entry_views.accept_details, name="accept_details"),
    path("challenges/<uuid:pk>/details/open/", entry_views.open_details, name="open_details"),
    path("challenges/<uuid:pk>/details/openings/", entry_views.list_openings, name="openings"),
    path("challenges/<uuid:pk>/details/files/add/", entry_views.add_details_file, name="add_details_file"),
    path("challenges/<uuid:pk>/details/files/<uuid:details_file_id>/", entry_views.details_file, name="details_file"),
    path(
        "challenges/<uuid:pk>/details/files/<uuid:details_file_id>/remove/",
        entry_views.remove_details_file,
        name="remove_details_file",
    ),
    path("challenges/<uuid:pk>/questions/", question_views.list_questions, name="questions"),
    path("challenges/<uuid:pk>/questions/ask/", question_views.ask_question, name="ask_question"),
    path("bids/<uuid:pk>/check/", eligibility_views.check_eligibility, name="check_eligibility"),
    path("bids/<uuid:pk>/supplements/ask/", eligibility_views.ask_supplement, name="ask_supplement"),
    path("supplements/<uuid:pk>/give/", eligibility_views.give_supplement, name="give_supplement"),
    path("supplements/<uuid:pk>/withdraw/", eligibility_views.withdraw_supplement, name="withdraw_supplement"),
    path("supplements/<uuid:pk>/files/add/", eligibility_views.add_supplement_file, name="add_supplement_file"),
    path("supplements/files/<uuid:paper_id>/", eligibility_views.supplement_file, name="supplement_file"),
    path("questions/<uuid:pk>/answer/", question_views.answer_question, name="answer_question"),
]
