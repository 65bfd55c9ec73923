"""Consensus, notices, objections and races as they come in and go out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Money, Quantity, Ref, open_moves
from needs.models.award import Feedback
from needs.models.consensus import Consensus, Dissent
from needs.models.notice import AwardNotice, Objection
from needs.queries.verdict import answers_of
from needs.states.notice import OBJECTION


class AgreedMarkIn(Input):
    criterion = serializers.UUIDField()
    value = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, allow_null=True, default=None)
    is_na = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=5000)


class ConsensusIn(Input):
    marks = AgreedMarkIn(many=True)


class DissentIn(Input):
    text = serializers.CharField(max_length=5000)


class DissentOut(serializers.ModelSerializer[Dissent]):
    person = Ref(source="seat.person")

    class Meta:
        model = Dissent
        fields = ["id", "person", "text", "given_at"]


class ConsensusOut(serializers.ModelSerializer[Consensus]):
    """What the panel agreed on; a superseded one counts no more and stays readable, with the dissent under it."""

    bid_id = serializers.UUIDField()
    criterion = serializers.UUIDField(source="criterion_id")
    recorded_by = Ref(source="seat.person")
    dissents = DissentOut(many=True)

    class Meta:
        model = Consensus
        fields = [
            "id",
            "bid_id",
            "criterion",
            "value",
            "is_na",
            "note",
            "recorded_by",
            "recorded_at",
            "superseded_at",
            "dissents",
            "created_at",
        ]


class RaceWinnerIn(Input):
    bid_id = serializers.UUIDField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=20000)


class RaceProposal(Input):
    challenge_id = serializers.UUIDField()
    winners = RaceWinnerIn(many=True)
    amount = Money(required=False, allow_null=True, default=None)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=20000)
    exception_reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=20000)


class PayerShareOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: computed until it is fixed
    """What a payer gives to an award."""

    organisation = Ref()
    amount = Money()


class NoticeIn(Input):
    challenge_id = serializers.UUIDField()
    statement = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class ProposedAwardOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: as the notice keeps it
    """A proposed award as it was made known."""

    bidder_id = serializers.UUIDField()
    bidder = serializers.CharField()
    amount = Money()


class AwardNoticeOut(serializers.ModelSerializer[AwardNotice]):
    challenge_id = serializers.UUIDField()
    awards = serializers.SerializerMethodField()

    class Meta:
        model = AwardNotice
        fields = [
            "id",
            "challenge_id",
            "number",
            "statement",
            "awards",
            "opened_at",
            "ends_at",
            "is_running",
            "withdrawn_at",
            "withdraw_reason",
            "created_at",
        ]

    @extend_schema_field(ProposedAwardOut(many=True))
    def get_awards(self, notice: AwardNotice) -> Any:
        return [{name: one[name] for name in ("bidder_id", "bidder", "amount")} for one in notice.content]


class ObjectionIn(Input):
    notice_id = serializers.UUIDField()
    grounds = serializers.CharField(max_length=20000)


class HandlerIn(Input):
    person_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class ObjectionDecision(Input):
    is_upheld = serializers.BooleanField()
    answer = serializers.CharField(max_length=20000)


class ObjectionOut(serializers.ModelSerializer[Objection]):
    notice_id = serializers.UUIDField()
    challenge_id = serializers.UUIDField(source="notice.challenge_id")
    organisation = Ref()
    handler = Ref(allow_null=True)
    moves = serializers.SerializerMethodField()

    class Meta:
        model = Objection
        fields = [
            "id",
            "version",
            "notice_id",
            "challenge_id",
            "organisation",
            "grounds",
            "state",
            "raised_at",
            "due_at",
            "handler",
            "answer",
            "decided_at",
            "moves",
            "created_at",
        ]

    def get_moves(self, objection: Objection) -> list[str]:
        """Told of a single objection."""
        if self.context["view"].action == "list":
            return []
        moves = open_moves(self.context["view"].actor, OBJECTION, objection, "needs")
        return sorted(
            {"decide_objection" if one in ("dismiss_objection", "uphold_objection") else one for one in moves}
        )


class RemarkIn(Input):
    specification = serializers.UUIDField()
    text = serializers.CharField(allow_blank=True, max_length=5000)


class FeedbackIn(Input):
    text = serializers.CharField(max_length=20000)
    remarks = RemarkIn(many=True, required=False, default=list)


class IndicatorFeedbackOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: promise, verdict and words
    """What was asked and promised for an indicator, what that comes to, and the words on it."""

    specification = serializers.UUIDField()
    name = serializers.CharField()
    target_text = serializers.CharField()
    is_must = serializers.BooleanField()
    value = Quantity(allow_null=True)
    outcome = serializers.CharField()
    words = serializers.CharField()
    remark = serializers.CharField()


def indicator_feedback(feedback: Feedback) -> list[dict[str, Any]]:
    """A line per indicator of the challenge; expects remarks, commitments and indicators fetched before."""
    said = {one.specification_id: one.text for one in feedback.remarks.all()}
    specs = [row.specification for row in feedback.bid.challenge.indicators.all()]
    return [
        {
            "specification": one.specification.pk,
            "name": one.specification.name,
            "target_text": one.specification.target_text,
            "is_must": one.specification.is_must,
            "value": one.commitment.value if one.commitment else None,
            "outcome": one.verdict.outcome if one.verdict else "not_committed",
            "words": one.verdict.text if one.verdict else "",
            "remark": said.get(one.specification.pk, ""),
        }
        for one in answers_of(feedback.bid, specs)
    ]
