"""The REST door of surveys and public calls."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chains.states import Tier
from core.api.serializers import Input, Quantity, Ref
from core.api.views import RoomViewSet, operation
from needs.actions import complaint as complaining
from needs.actions import survey as actions
from needs.api.complaint import ComplaintOut, ReachIn
from needs.api.need import NeedDetail
from needs.models import Campaign, PublicCall, QuestionSet, SurveyAnswer, SurveyContact, SurveyRound
from needs.queries.survey import answers_visible_to, questions_in, questions_of, response_of, results_of
from needs.services.survey import MOST_OPTIONS, MOST_QUESTIONS
from needs.states.need import DemandSide
from needs.states.survey import Cycle, QuestionKind


class SurveyQuestionIn(Input):
    """One question; `options` belong to choices, `tiers` narrow whom it is asked of."""

    text = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=QuestionKind.choices, required=False, default=QuestionKind.TEXT)
    options = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, default=list, max_length=MOST_OPTIONS
    )
    is_required = serializers.BooleanField(required=False, default=False)
    tiers = serializers.ListField(
        child=serializers.ChoiceField(choices=Tier.choices), required=False, default=list, max_length=3
    )


class SurveyQuestionOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    options = serializers.ListField(child=serializers.CharField())
    is_required = serializers.BooleanField()
    tiers = serializers.ListField(child=serializers.ChoiceField(choices=Tier.choices))


class CampaignFacts(Input):
    title = serializers.CharField(max_length=200)
    intro = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    questions = serializers.ListField(
        child=serializers.CharField(max_length=300), required=False, max_length=MOST_QUESTIONS
    )
    form = serializers.ListField(child=SurveyQuestionIn(), required=False, max_length=MOST_QUESTIONS)
    nodes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=200)
    tiers = serializers.ListField(child=serializers.ChoiceField(choices=Tier.choices), required=False, max_length=3)
    cycle = serializers.ChoiceField(choices=Cycle.choices)
    answer_days = serializers.IntegerField(min_value=1, max_value=90, required=False)
    remind_days = serializers.IntegerField(min_value=0, max_value=30, required=False)


class CampaignIn(CampaignFacts):
    """Questions come as plain texts, as `form`, or from a question set; nodes one by one or by whole tiers."""

    chain = serializers.UUIDField()
    question_set = serializers.UUIDField(required=False)
    starts_on = serializers.DateField()


class CampaignOut(serializers.ModelSerializer[Campaign]):
    owner = Ref()
    chain = Ref()
    form = serializers.SerializerMethodField()

    class Meta:
        model = Campaign
        fields = [
            "id",
            "chain",
            "owner",
            "title",
            "intro",
            "questions",
            "form",
            "cycle",
            "starts_on",
            "answer_days",
            "remind_days",
            "is_active",
            "version",
            "created_at",
        ]

    @extend_schema_field(SurveyQuestionOut(many=True))
    def get_form(self, row: Campaign) -> list[dict[str, Any]]:
        return questions_in(row.questions, row.form)


class SurveyContactIn(Input):
    node = serializers.UUIDField()
    organisation_name = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)


class SurveyContactOut(serializers.ModelSerializer[SurveyContact]):
    node = Ref()

    class Meta:
        model = SurveyContact
        fields = ["id", "campaign", "node", "organisation_name", "name", "email", "is_active", "version", "created_at"]


class QuestionSetIn(Input):
    title = serializers.CharField(max_length=200)
    form = serializers.ListField(child=SurveyQuestionIn(), max_length=MOST_QUESTIONS)


class QuestionSetOut(serializers.ModelSerializer[QuestionSet]):
    form = SurveyQuestionOut(many=True)

    class Meta:
        model = QuestionSet
        fields = ["id", "title", "form", "version", "updated_at", "created_at"]


class RoundOut(serializers.ModelSerializer[SurveyRound]):
    class Meta:
        model = SurveyRound
        fields = ["id", "campaign", "period", "opens_on", "closes_on", "state", "reminded_at", "created_at"]


class TierResponseOut(serializers.Serializer[Any]):
    tier = serializers.ChoiceField(choices=Tier.choices)
    asked = serializers.IntegerField()
    heard = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)


class SurveyResponseOut(serializers.Serializer[Any]):
    """By node group; the names with `_respondents` count everyone who was asked."""

    asked = serializers.IntegerField()
    heard = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)
    silent = serializers.ListField(child=serializers.CharField())
    asked_respondents = serializers.IntegerField()
    heard_respondents = serializers.IntegerField()
    respondents_percent = serializers.IntegerField(allow_null=True)
    silent_respondents = serializers.ListField(child=serializers.CharField())
    nobody = serializers.ListField(child=serializers.CharField())
    tiers = TierResponseOut(many=True)


class SurveyOptionOut(serializers.Serializer[Any]):
    option = serializers.CharField()
    count = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)


class SurveyResultOut(serializers.Serializer[Any]):
    """What a question brought: options with how often they were chosen, the mean of a scale, or the words."""

    question = SurveyQuestionOut()
    count = serializers.IntegerField()
    options = SurveyOptionOut(many=True)
    mean = Quantity(allow_null=True)
    words = serializers.ListField(child=serializers.CharField())


class RoundDetail(RoundOut):
    questions = serializers.SerializerMethodField()
    response = serializers.SerializerMethodField()
    results = serializers.SerializerMethodField()

    class Meta(RoundOut.Meta):
        fields = [*RoundOut.Meta.fields, "questions", "response", "results"]

    def _runs(self, row: SurveyRound) -> bool:
        actor = self.context["request"]._request.actor
        return bool(actor.belongs_to(row.campaign.owner_id) or actor.is_operator)

    @extend_schema_field(SurveyQuestionOut(many=True))
    def get_questions(self, row: SurveyRound) -> list[dict[str, Any]]:
        return questions_of(row)

    @extend_schema_field(SurveyResponseOut(allow_null=True))
    def get_response(self, row: SurveyRound) -> dict[str, Any] | None:
        """For those who run the survey."""
        return SurveyResponseOut(response_of(row)).data if self._runs(row) else None

    @extend_schema_field(SurveyResultOut(many=True))
    def get_results(self, row: SurveyRound) -> list[Any]:
        """For those who run the survey, over the answers they may read."""
        if not self._runs(row):
            return []
        actor = self.context["request"]._request.actor
        found = results_of(row, answers_visible_to(actor).filter(round=row))
        plain = [
            {"question": one.question, "count": one.count, "mean": one.mean, "words": [text for _row, text in one.words],
             "options": [{"option": option, "count": count, "percent": percent} for option, count, percent in one.options]}
            for one in found
        ]  # fmt: skip
        return list(SurveyResultOut(plain, many=True).data)


class AnswerOut(serializers.ModelSerializer[SurveyAnswer]):
    organisation = Ref(allow_null=True)
    contact = Ref(allow_null=True)
    node = Ref()

    class Meta:
        model = SurveyAnswer
        fields = [
            "id", "round", "node", "organisation", "contact", "state", "texts", "answered_at", "need", "created_at",
        ]  # fmt: skip


class SurveyLinkOut(serializers.Serializer[Any]):
    """The address is told once; asked again with the same key it is empty."""

    address = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField()

    def get_address(self, row: Any) -> str:
        return str(getattr(row, "fresh_address", ""))


class TextsIn(Input):
    texts = serializers.ListField(child=serializers.CharField(max_length=5000, allow_blank=True), allow_empty=False)


class TurnIn(Input):
    title = serializers.CharField(max_length=200)
    demand_side = serializers.ChoiceField(choices=DemandSide.choices)


class PublicCallOut(serializers.ModelSerializer[PublicCall]):
    class Meta:
        model = PublicCall
        fields = [
            "id", "title", "chain_words", "stage", "issuer", "source", "note", "indicators", "constraints_text", "budget_text",
            "duration_months", "created_at",
        ]  # fmt: skip


class CampaignViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", Campaign, "needs.view_campaign", "campaign_id"
    serializer_class = CampaignOut
    create_action, create_serializer = actions.create_campaign, CampaignIn
    edit_action, edit_serializer = actions.edit_campaign, CampaignFacts
    filterset_fields = ["chain", "owner", "is_active"]
    search_fields = ["title"]
    pause = operation(actions.pause_campaign, path="pause")
    resume = operation(actions.resume_campaign, path="resume")
    add_contact = operation(
        actions.add_contact, path="add_contact", serializer=SurveyContactIn, response=SurveyContactOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("owner", "chain")


class ContactViewSet(RoomViewSet):
    """Those who are asked by a personal link, for whoever runs the survey."""

    room, model, view_rule, id_name = "needs", SurveyContact, "needs.view_contact", "contact_id"
    serializer_class = SurveyContactOut
    filterset_fields = ["campaign", "node", "is_active"]
    remove = operation(actions.remove_contact, path="remove")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("node")


class QuestionSetViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", QuestionSet, "needs.view_question_set", "question_set_id"
    serializer_class = QuestionSetOut
    create_action, create_serializer = actions.keep_question_set, QuestionSetIn
    edit_action, edit_serializer = actions.edit_question_set, QuestionSetIn
    search_fields = ["title"]


class RoundViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", SurveyRound, "needs.view_round", "round_id"
    filterset_fields = ["campaign", "state"]
    remind = operation(actions.remind_silent, path="remind", response=RoundOut)

    def get_serializer_class(self) -> Any:
        return RoundOut if self.action == "list" else RoundDetail

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("campaign")


class AnswerViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", SurveyAnswer, "needs.view_answer", "answer_id"
    serializer_class = AnswerOut
    filterset_fields = ["round", "contact", "state"]
    answer = operation(actions.answer_survey, path="answer", serializer=TextsIn)
    turn_into_need = operation(
        actions.turn_into_need, path="turn_into_need", serializer=TurnIn, response=NeedDetail, code=201
    )
    complain = operation(
        complaining.complain_by_answer, path="complain", serializer=ReachIn, response=ComplaintOut, code=201
    )
    issue_link = operation(actions.issue_link, path="issue_link", response=SurveyLinkOut, code=201)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation", "contact", "node", "round__campaign")


class PublicCallViewSet(RoomViewSet):
    """Calls found in public, with their source."""

    room, model, view_rule = "needs", PublicCall, "needs.view_public_call"
    serializer_class = PublicCallOut
    search_fields = ["title", "chain_words", "issuer"]
    filterset_fields = ["stage"]
