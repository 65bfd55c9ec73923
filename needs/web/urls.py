"""Addresses of the room."""

from django.urls import path

from needs.web import (
    challenge_urls,
    library_views,
    need_forms_views,
    need_list_views,
    need_views,
    offer_urls,
    paste_views,
    result_urls,
    row_views,
    survey_views,
)

app_name = "needs"

urlpatterns = [
    path("", need_list_views.list_needs, name="needs"),
    path("matrix/", need_list_views.side_matrix, name="side_matrix"),
    path("new/", need_forms_views.post_need, name="post_need"),
    path("import/", row_views.import_needs, name="import_needs"),
    path("import/<uuid:draft>/", row_views.imported_needs, name="imported_needs"),
    path("<uuid:pk>/indicators/import/", row_views.import_indicators, name="import_indicators"),
    path("<uuid:pk>/indicators/import/<uuid:draft>/", row_views.imported_indicators, name="imported_indicators"),
    path("<uuid:pk>/indicators/file/", row_views.indicators_file, name="indicators_file"),
    path("<uuid:pk>/", need_views.need_page, name="need"),
    path("<uuid:pk>/edit/", need_forms_views.edit_need, name="edit_need"),
    path("<uuid:pk>/chains/", need_forms_views.set_chains, name="set_chains"),
    path("<uuid:pk>/evidence/", need_forms_views.add_evidence, name="add_evidence"),
    path("evidence/<uuid:pk>/file/", need_views.evidence_file, name="evidence_file"),
    path("<uuid:pk>/indicators/paste/", paste_views.paste_indicators, name="paste_indicators"),
    path("<uuid:pk>/indicators/new/", need_forms_views.define_indicator, name="define_indicator"),
    path("<uuid:pk>/indicators/<uuid:spec>/", need_forms_views.edit_indicator, name="edit_indicator"),
    path("<uuid:pk>/indicators/<uuid:spec>/remove/", need_forms_views.remove_indicator, name="remove_indicator"),
    path("<uuid:pk>/indicators/<uuid:spec>/sign/", need_forms_views.sign_indicator, name="sign_indicator"),
    path("<uuid:pk>/indicators/<uuid:spec>/refuse/", need_forms_views.refuse_indicator, name="refuse_indicator"),
    path("<uuid:pk>/indicators/<uuid:spec>/comment/", need_forms_views.comment_indicator, name="comment_indicator"),
    path("<uuid:pk>/invite/", need_forms_views.invite_definer, name="invite_definer"),
    path("<uuid:pk>/decline/", need_forms_views.decline_definition, name="decline_definition"),
    path("<uuid:pk>/issue/", need_forms_views.issue_version, name="issue_version"),
    path("<uuid:pk>/publish/", need_forms_views.publish_need, name="publish_need"),
    path("<uuid:pk>/withdraw/", need_forms_views.withdraw_need, name="withdraw_need"),
    path("<uuid:pk>/confirm/", need_forms_views.confirm_need, name="confirm_need"),
    path("<uuid:pk>/close/", need_forms_views.close_need, name="close_need"),
    path("public-calls/", library_views.list_public_calls, name="public_calls"),
    path("public-calls/<uuid:pk>/", library_views.public_call_page, name="public_call"),
    path("surveys/", survey_views.list_campaigns, name="campaigns"),
    path("surveys/new/<uuid:chain>/", survey_views.create_campaign, name="create_campaign"),
    path("surveys/<uuid:pk>/", survey_views.campaign_page, name="campaign"),
    path("surveys/answers/<uuid:pk>/", survey_views.answer_survey, name="answer_survey"),
    path("surveys/answers/<uuid:pk>/need/", survey_views.turn_into_need, name="turn_into_need"),
    *challenge_urls.urlpatterns,
    *offer_urls.urlpatterns,
    *result_urls.urlpatterns,
]
