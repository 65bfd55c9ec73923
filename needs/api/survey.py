"""The REST door of surveys and public calls."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Ref
from core.api.views import RoomViewSet, operation
from needs.actions import survey as actions
from needs.api.need import NeedDetail
from needs.models import Campaign, PublicCall, SurveyAnswer, SurveyRound
from needs.queries.survey import response_of
from needs.states.need import DemandSide
from needs.states.survey import Cycle


class CampaignIn(Input):
    chain = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    questions = serializers.ListField(child=serializers.CharField(max_length=300), allow_empty=False)
    nodes = serializers.ListField(child=serializers.UUIDField(), allow_empty=False)
    cycle = serializers.ChoiceField(choices=Cycle.choices)
    starts_on = serializers.DateField()
    answer_days = serializers.IntegerField(min_value=1, max_value=90, required=False, default=14)


class CampaignOut(serializers.ModelSerializer[Campaign]):
    owner = Ref()
    chain = Ref()

    class Meta:
        model = Campaign
        fields = [
            "id",
            "chain",
            "owner",
            "title",
            "questions",
            "cycle",
            "starts_on",
            "answer_days",
            "is_active",
            "version",
            "created_at",
        ]


class RoundOut(serializers.ModelSerializer[SurveyRound]):
    class Meta:
        model = SurveyRound
        fields = ["id", "campaign", "period", "opens_on", "closes_on", "state", "created_at"]


class RoundDetail(RoundOut):
    response = serializers.SerializerMethodField()

    class Meta(RoundOut.Meta):
        fields = [*RoundOut.Meta.fields, "response"]

    def get_response(self, row: SurveyRound) -> dict[str, Any]:
        found = response_of(row)
        return {"asked": found.asked, "heard": found.heard, "percent": found.percent, "silent": list(found.silent)}


class AnswerOut(serializers.ModelSerializer[SurveyAnswer]):
    organisation = Ref()
    node = Ref()

    class Meta:
        model = SurveyAnswer
        fields = ["id", "round", "node", "organisation", "state", "texts", "answered_at", "need", "created_at"]


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
    filterset_fields = ["chain", "owner", "is_active"]
    search_fields = ["title"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("owner", "chain")


class RoundViewSet(RoomViewSet):
    room, model, view_rule = "needs", SurveyRound, "needs.view_round"
    filterset_fields = ["campaign", "state"]

    def get_serializer_class(self) -> Any:
        return RoundOut if self.action == "list" else RoundDetail


class AnswerViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", SurveyAnswer, "needs.view_answer", "answer_id"
    serializer_class = AnswerOut
    filterset_fields = ["round", "state"]
    answer = operation(actions.answer_survey, path="answer", serializer=TextsIn)
    turn_into_need = operation(
        actions.turn_into_need, path="turn_into_need", serializer=TurnIn, response=NeedDetail, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation", "node", "round__campaign")


class PublicCallViewSet(RoomViewSet):
    """Calls found in public, with their source."""

    room, model, view_rule = "needs", PublicCall, "needs.view_public_call"
    serializer_class = PublicCallOut
    search_fields = ["title", "chain_words", "issuer"]
    filterset_fields = ["stage"]
