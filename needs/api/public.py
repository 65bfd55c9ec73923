"""What everybody may read by REST, without credentials: open challenges, results and outcomes (R015, R017)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request

from chains.models import ChainNode
from core.api.filters import Search
from core.api.serializers import Money, Quantity, Ref
from core.api.views import Door
from core.inbox.mail import absolute
from needs.models.challenge import Challenge
from needs.models.outcome import Application
from needs.models.question import Question
from needs.models.result import Result
from needs.queries.public import (
    applications_public,
    challenges_public,
    found_public,
    lines_public,
    open_challenges_public,
    questions_public,
    results_public,
    values_public,
    with_indicators,
)


class OpenNode(serializers.ModelSerializer[ChainNode]):
    """A node with its chain."""

    chain = Ref()

    class Meta:
        model = ChainNode
        fields = ["id", "name", "chain"]


class OpenIndicator(serializers.Serializer):  # type: ignore[type-arg]  # no model: a reading of one
    """An indicator that bids answer; its baseline is not told."""

    name = serializers.CharField()
    name_en = serializers.CharField()
    target_text = serializers.CharField()
    unit = serializers.CharField()
    method = serializers.CharField()
    is_must = serializers.BooleanField()


class OpenChallengeOut(serializers.ModelSerializer[Challenge]):
    """A challenge as everybody may read it; it says nothing of bids, askers and confidential details."""

    issuer = Ref()
    node = OpenNode(source="need.node")
    budget = Money()
    indicators = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()

    class Meta:
        model = Challenge
        fields = [
            "id", "code", "title", "summary", "state", "issuer", "node", "budget", "deadline_at", "deadline_zone", "is_past_deadline",
            "decision_on", "ip_terms", "ip_text", "eligibility", "race_mode", "indicators", "published_at", "link",
        ]  # fmt: skip

    @extend_schema_field(OpenIndicator(many=True))
    def get_indicators(self, row: Challenge) -> list[dict[str, Any]]:
        specs = [one.specification for one in row.indicators.all()]
        return [dict(one) for one in OpenIndicator(specs, many=True).data]

    def get_link(self, row: Challenge) -> str:
        return absolute(f"/open/challenges/{row.pk}/")


class OpenQuestion(serializers.ModelSerializer[Question]):
    """A question that the issuer answered; who asked is told to nobody."""

    class Meta:
        model = Question
        fields = ["number", "text", "answer", "answered_at"]


class OpenChallengeDetail(OpenChallengeOut):
    """With the answered questions."""

    questions = serializers.SerializerMethodField()

    class Meta(OpenChallengeOut.Meta):
        fields = [*OpenChallengeOut.Meta.fields, "questions"]

    @extend_schema_field(OpenQuestion(many=True))
    def get_questions(self, row: Challenge) -> list[dict[str, Any]]:
        return [dict(one) for one in OpenQuestion(questions_public(row), many=True).data]


class OpenValue(serializers.Serializer):  # type: ignore[type-arg]  # no model: an indicator with its newest value
    name = serializers.CharField()
    value = Quantity(allow_null=True)
    level = serializers.CharField()
    unit = serializers.CharField()
    measured_on = serializers.DateField(allow_null=True)
    claim = serializers.CharField()


class OpenResultOut(serializers.ModelSerializer[Result]):
    """A result as everybody may read it."""

    owner = Ref()
    node = OpenNode()
    link = serializers.SerializerMethodField()

    class Meta:
        model = Result
        fields = [
            "id",
            "code",
            "title",
            "title_en",
            "text",
            "owner",
            "node",
            "trl",
            "advancement",
            "fit",
            "published_at",
            "link",
        ]

    def get_link(self, row: Result) -> str:
        return absolute(f"/open/results/{row.pk}/")


class OpenResultDetail(OpenResultOut):
    """With the newest value of each indicator that was measured."""

    values = serializers.SerializerMethodField()

    class Meta(OpenResultOut.Meta):
        fields = [*OpenResultOut.Meta.fields, "values"]

    @extend_schema_field(OpenValue(many=True))
    def get_values(self, row: Result) -> list[dict[str, Any]]:
        rows = [
            {"name": str(spec), "value": one.value, "level": one.level, "unit": one.unit, "measured_on": one.measured_on, "claim": one.claim}
            for spec, one in values_public(row)
        ]  # fmt: skip
        return [dict(one) for one in OpenValue(rows, many=True).data]


class OpenChange(serializers.Serializer):  # type: ignore[type-arg]  # no model: a reading of an outcome
    name = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    change = serializers.CharField()
    is_verified = serializers.BooleanField()


class OpenOutcomeOut(serializers.ModelSerializer[Application]):
    """A result in use, without the name of its user; `state` says whether the user confirmed it."""

    result = Ref()
    owner = Ref(source="result.owner")
    node = OpenNode()
    link = serializers.SerializerMethodField()

    class Meta:
        model = Application
        fields = ["id", "result", "owner", "node", "applied_on", "effect", "state", "link"]

    def get_link(self, row: Application) -> str:
        return absolute(f"/open/outcomes/{row.pk}/")


class OpenOutcomeDetail(OpenOutcomeOut):
    """With each indicator before and after."""

    outcomes = serializers.SerializerMethodField()

    class Meta(OpenOutcomeOut.Meta):
        fields = [*OpenOutcomeOut.Meta.fields, "outcomes"]

    @extend_schema_field(OpenChange(many=True))
    def get_outcomes(self, row: Application) -> list[dict[str, Any]]:
        rows = [
            {"name": str(one.row.specification), "before": one.before, "after": one.after, "change": one.change_text,
             "is_verified": one.is_verified}
            for one in lines_public(row)
        ]  # fmt: skip
        return [dict(one) for one in OpenChange(rows, many=True).data]


class PublicSearch(Search):
    """Words as the one search finds them among what everybody may read, or as they stand in the fields."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        said = super().filter_queryset(request, queryset, view)
        words = " ".join(self.get_search_terms(request))
        if not words:
            return said
        return queryset.filter(found_public(words, view.search_kind) | Q(pk__in=said.order_by().values("pk")))


class OpenDoor(Door, mixins.ListModelMixin, mixins.RetrieveModelMixin):
    """Read alone, by anybody."""

    room = "needs"
    is_open_to_strangers = True
    detail_serializer: ClassVar[Any] = None
    search_kind: ClassVar[str] = ""
    filter_backends: list[Any] = [PublicSearch if one is Search else one for one in Door.filter_backends]

    def get_serializer_class(self) -> Any:
        return self.detail_serializer if self.action == "retrieve" and self.detail_serializer else self.serializer_class


class OpenChallenges(OpenDoor):
    """Challenges that their issuers show to everyone: listed while they take bids, read by their id afterwards as well."""

    model = Challenge
    search_kind = "challenge"
    serializer_class = OpenChallengeOut
    detail_serializer = OpenChallengeDetail
    filterset_fields: ClassVar[Any] = {
        "need__chain": ["exact"], "need__node": ["exact"], "deadline_at": ["gte", "lte"], "budget": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "deadline_at", "budget", "title"]
    search_fields = ["code", "title", "summary"]

    def get_queryset(self) -> QuerySet[Challenge]:
        rows = challenges_public() if self.action == "retrieve" else open_challenges_public()
        return with_indicators(rows).select_related("need__node__chain")


class OpenResults(OpenDoor):
    """Results that their owners show to everyone."""

    model = Result
    search_kind = "result"
    serializer_class = OpenResultOut
    detail_serializer = OpenResultDetail
    filterset_fields: ClassVar[Any] = {"chain": ["exact"], "node": ["exact"], "trl": ["gte", "lte"]}
    ordering_fields = ["created_at", "published_at", "title"]
    search_fields = ["code", "title", "title_en", "text"]

    def get_queryset(self) -> QuerySet[Result]:
        return results_public().select_related("owner", "node__chain")


class OpenOutcomes(OpenDoor):
    """Uses of results that the results' owners show to everyone."""

    model = Application
    search_kind = "outcome"
    serializer_class = OpenOutcomeOut
    detail_serializer = OpenOutcomeDetail
    filterset_fields: ClassVar[Any] = {
        "result": ["exact"], "node": ["exact"], "node__chain": ["exact"], "state": ["exact"], "applied_on": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["created_at", "applied_on"]
    search_fields = ["effect", "result__title"]

    def get_queryset(self) -> QuerySet[Application]:
        return applications_public().select_related("result__owner", "node__chain")


routes = [
    ("open/challenges", OpenChallenges, "open-challenge"),
    ("open/results", OpenResults, "open-result"),
    ("open/outcomes", OpenOutcomes, "open-outcome"),
]
