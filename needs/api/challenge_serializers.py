"""Challenges as they come in and go out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Money, Quantity, Ref, Whole, open_moves
from needs.models.challenge import Addendum, Challenge, ChallengeGate, ChallengePayer, Criterion
from needs.models.eligibility import EligibilityCondition
from needs.states.challenge import CHALLENGE, IpTerms, Stage


class ChallengePayerIn(Input):
    organisation = serializers.UUIDField()
    amount = Money()


class CriterionIn(Input):
    name = serializers.CharField(max_length=80)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    weight = serializers.DecimalField(max_digits=5, decimal_places=2)
    max_score = serializers.DecimalField(max_digits=6, decimal_places=2)
    minimum_mark = serializers.DecimalField(
        max_digits=6, decimal_places=2, required=False, allow_null=True, default=None
    )
    guidance = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class ChallengeGateIn(Input):
    stage = serializers.ChoiceField(choices=Stage.choices)
    planned_on = serializers.DateField(required=False, allow_null=True, default=None)
    share_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    specifications = serializers.ListField(child=serializers.UUIDField(), required=False, default=list)


class EligibilityConditionIn(Input):
    """A condition of taking part, and the paper that shows it."""

    text = serializers.CharField(max_length=300)
    paper = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class DetailsIn(Input):
    """The confidential part; both empty takes it away."""

    nda_text = serializers.CharField(max_length=20000, allow_blank=True)
    text = serializers.CharField(max_length=20000, allow_blank=True)


class ChallengeEdit(Input):
    """The fields of a draft; lists are replaced as a whole."""

    title = serializers.CharField(max_length=200, required=False)
    summary = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    eligibility = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    deadline_at = serializers.DateTimeField(required=False, allow_null=True)
    deadline_zone = serializers.CharField(max_length=40, required=False)
    decision_on = serializers.DateField(required=False, allow_null=True)
    budget = Money(required=False, allow_null=True)
    ip_terms = serializers.ChoiceField(choices=IpTerms.choices, required=False)
    ip_text = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    race_mode = serializers.BooleanField(required=False)
    is_public = serializers.BooleanField(required=False)
    anonymous_bidders = serializers.BooleanField(
        required=False, help_text='Issuer and panel see "Bidder n" until an award is proposed.'
    )
    spread_limit = serializers.DecimalField(max_digits=5, decimal_places=2, required=False)
    notice_days = Whole(required=False)
    feedback_days = Whole(required=False, allow_null=True)
    payers = ChallengePayerIn(many=True, required=False)
    criteria = CriterionIn(many=True, required=False)
    gates = ChallengeGateIn(many=True, required=False)
    questions_until = serializers.DateTimeField(required=False, allow_null=True)
    answers_until = serializers.DateTimeField(required=False, allow_null=True)
    conditions = EligibilityConditionIn(many=True, required=False)
    details = DetailsIn(required=False)


class ChallengeDraft(ChallengeEdit):
    need_id = serializers.UUIDField()

    def to_internal_value(self, data: Any) -> Any:
        """As the action takes it: the need, the title, and the rest as details."""
        values = super().to_internal_value(data)
        need_id, title = values.pop("need_id"), values.pop("title", "")
        return {"need_id": need_id, "title": title, "details": dict(values)}


class AddendumIn(Input):
    text = serializers.CharField(max_length=20000)
    reason = serializers.CharField(max_length=5000)
    deadline_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    questions_until = serializers.DateTimeField(required=False, allow_null=True, default=None)
    answers_until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class FollowChallenge(Input):
    follows = serializers.BooleanField(default=True)


class ChallengePayerOut(serializers.ModelSerializer[ChallengePayer]):
    organisation = Ref()

    class Meta:
        model = ChallengePayer
        fields = ["organisation", "amount"]


class CriterionOut(serializers.ModelSerializer[Criterion]):
    class Meta:
        model = Criterion
        fields = ["id", "name", "name_en", "weight", "max_score", "minimum_mark", "guidance"]


class ChallengeGateOut(serializers.ModelSerializer[ChallengeGate]):
    specifications = serializers.SerializerMethodField()

    class Meta:
        model = ChallengeGate
        fields = ["stage", "planned_on", "share_percent", "specifications"]

    def get_specifications(self, gate: ChallengeGate) -> list[UUID]:
        return [one.pk for one in gate.specifications.all()]


class AddendumOut(serializers.ModelSerializer[Addendum]):
    issued_by = Ref(allow_null=True)

    class Meta:
        model = Addendum
        fields = ["id", "number", "text", "reason", "changes", "issued_by", "issued_at"]


class ChallengeIndicatorOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: a reading of one
    """An indicator that bids answer."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.CharField()
    target_text = serializers.CharField()
    computed_text = serializers.CharField()
    unit = serializers.CharField()
    level_scale = serializers.ListField(child=serializers.CharField())
    method = serializers.CharField()
    is_must = serializers.BooleanField()
    absolute_target = Quantity(allow_null=True)


class EligibilityConditionOut(serializers.ModelSerializer[EligibilityCondition]):
    class Meta:
        model = EligibilityCondition
        fields = ["id", "text", "paper"]


class ChallengeOut(serializers.ModelSerializer[Challenge]):
    """A challenge; it says nothing of bids."""

    issuer = Ref()
    need_id = serializers.UUIDField()
    payers = ChallengePayerOut(many=True)
    criteria = CriterionOut(many=True)
    gates = ChallengeGateOut(many=True)
    addenda = AddendumOut(many=True)
    conditions = EligibilityConditionOut(many=True)
    has_details = serializers.SerializerMethodField()
    indicators = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()

    class Meta:
        model = Challenge
        fields = [
            "id",
            "code",
            "version",
            "title",
            "summary",
            "state",
            "need_id",
            "issuer",
            "deadline_at",
            "deadline_zone",
            "is_past_deadline",
            "decision_on",
            "budget",
            "payers",
            "ip_terms",
            "ip_text",
            "eligibility",
            "race_mode",
            "is_public",
            "anonymous_bidders",
            "spread_limit",
            "notice_days",
            "feedback_days",
            "criteria",
            "gates",
            "indicators",
            "addenda",
            "questions_until",
            "answers_until",
            "conditions",
            "has_details",
            "frozen_hash",
            "published_at",
            "closed_at",
            "cancelled_at",
            "cancel_reason",
            "return_reason",
            "moves",
            "created_at",
        ]

    @extend_schema_field(ChallengeIndicatorOut(many=True))
    def get_indicators(self, challenge: Challenge) -> Any:
        return ChallengeIndicatorOut([row.specification for row in challenge.indicators.all()], many=True).data

    def get_has_details(self, challenge: Challenge) -> bool:
        """Whether there is a part to be read under an agreement."""
        return hasattr(challenge, "details")

    def get_moves(self, challenge: Challenge) -> list[str]:
        return open_moves(self.context["view"].actor, CHALLENGE, challenge, "needs")
