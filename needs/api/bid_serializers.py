"""Bids, marks, awards and feedback as they come in and go out."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Money, Quantity, Ref, Whole, open_moves
from needs.api.award_serializers import IndicatorFeedbackOut, PayerShareOut, indicator_feedback
from needs.models.award import Award, Feedback
from needs.models.bid import Bid, BidFile, BidMachine
from needs.models.review import PanelMember, Score, ScoreSheet
from needs.queries.eligibility import checked_conditions
from needs.queries.verdict import answers_of
from needs.states.award import AWARD
from needs.states.bid import BID
from needs.states.challenge import Stage


class CommitmentIn(Input):
    specification = serializers.UUIDField()
    value = Quantity(required=False, allow_null=True, default=None)
    low = Quantity(required=False, allow_null=True, default=None)
    high = Quantity(required=False, allow_null=True, default=None)
    level = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class BidBudgetIn(Input):
    stage = serializers.ChoiceField(choices=Stage.choices)
    amount = Money(allow_null=True)


class BidMachineIn(Input):
    machine = serializers.UUIDField(required=False, allow_null=True, default=None)
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class DeclarationIn(Input):
    condition = serializers.UUIDField()
    holds = serializers.BooleanField(allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)


class BidEdit(Input):
    """A part of a draft; commitments and budgets that are not named stay as they are."""

    team = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    plan = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    months = Whole(required=False, allow_null=True)
    trl_from = Whole(required=False, allow_null=True)
    trl_to = Whole(required=False, allow_null=True)
    contact = serializers.CharField(required=False, allow_blank=True, max_length=120)
    accepts_terms = serializers.BooleanField(required=False)
    commitments = CommitmentIn(many=True, required=False)
    budgets = BidBudgetIn(many=True, required=False)
    machines = BidMachineIn(many=True, required=False)
    declarations = DeclarationIn(many=True, required=False)


class BidStart(Input):
    challenge_id = serializers.UUIDField()


class SubmittedVersion(Input):
    version = Whole(required=False, allow_null=True, default=None)


class BidFileIn(Input):
    file = serializers.FileField()
    caption = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class RemoveBidFile(Input):
    bid_file_id = serializers.UUIDField()


class BidFileOut(serializers.ModelSerializer[BidFile]):
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = BidFile
        fields = ["id", "name", "size", "sha256", "caption"]


class BidMachineOut(serializers.ModelSerializer[BidMachine]):
    machine_id = serializers.SerializerMethodField()

    class Meta:
        model = BidMachine
        fields = ["machine_id", "text"]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_machine_id(self, row: BidMachine) -> Any:
        """The machine of the park; empty where it would tell the bidder to who must not learn it."""
        return None if row.tells_bidder else row.machine_id


class CommitmentOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: promise and verdict together
    """What is promised for an indicator and what that comes to; "not_committed" is never a pass."""

    specification = serializers.UUIDField()
    name = serializers.CharField()
    is_must = serializers.BooleanField()
    value = Quantity(allow_null=True)
    low = Quantity(allow_null=True)
    high = Quantity(allow_null=True)
    level = serializers.CharField()
    note = serializers.CharField()
    unit = serializers.CharField()
    outcome = serializers.CharField()
    words = serializers.CharField()


class DeclarationOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: declaration and finding together
    """What a bid declares on a condition, and what the formal check found."""

    condition = serializers.UUIDField(source="condition.pk")
    text = serializers.CharField(source="condition.text")
    holds = serializers.BooleanField(source="declaration.holds", allow_null=True, default=None)
    note = serializers.CharField(source="declaration.note", default="")
    is_met = serializers.BooleanField(source="finding.is_met", allow_null=True, default=None)
    reason = serializers.CharField(source="finding.note", default="")


class BidOut(serializers.ModelSerializer[Bid]):
    """A bid. Where it is judged without names, what tells its bidder is empty to its judges until an award is proposed."""

    challenge_id = serializers.UUIDField()
    bidder = Ref(allow_null=True)
    shown_bidder = serializers.CharField(
        help_text='The bidder\'s name, or "Bidder n" where it is judged without names.'
    )
    budgets = serializers.SerializerMethodField()
    machines = BidMachineOut(many=True)
    files = BidFileOut(many=True)
    commitments = serializers.SerializerMethodField()
    declarations = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()

    class Meta:
        model = Bid
        fields = [
            "id",
            "version",
            "challenge_id",
            "bidder",
            "shown_bidder",
            "state",
            "team",
            "plan",
            "months",
            "trl_from",
            "trl_to",
            "contact",
            "accepts_terms",
            "commitments",
            "declarations",
            "budgets",
            "machines",
            "files",
            "submitted_at",
            "receipt_hash",
            "exclusion_reason",
            "moves",
            "created_at",
        ]

    def to_representation(self, bid: Bid) -> Any:
        shown = super().to_representation(bid)
        if bid.is_withheld:
            shown |= {"bidder": None, "team": "", "contact": ""}
            for one in shown["files"]:
                one |= {"name": "", "caption": ""}
        return shown

    def get_budgets(self, bid: Bid) -> dict[str, str]:
        return {one.stage: f"{one.amount:f}" for one in bid.budgets.all()}

    @extend_schema_field(CommitmentOut(many=True))
    def get_commitments(self, bid: Bid) -> Any:
        specs = [row.specification for row in bid.challenge.indicators.all()]
        rows = []
        for one in answers_of(bid, specs):
            given = one.commitment
            rows.append(
                {
                    "specification": one.specification.pk,
                    "name": one.specification.name,
                    "is_must": one.specification.is_must,
                    "unit": one.specification.unit,
                    "outcome": one.verdict.outcome if one.verdict else "not_committed",
                    "words": one.verdict.text if one.verdict else "",
                    **{name: getattr(given, name) if given else None for name in ("value", "low", "high")},
                    **{name: getattr(given, name) if given else "" for name in ("level", "note")},
                }
            )
        return CommitmentOut(rows, many=True).data

    @extend_schema_field(DeclarationOut(many=True))
    def get_declarations(self, bid: Bid) -> Any:
        return DeclarationOut(checked_conditions(bid), many=True).data

    def get_moves(self, bid: Bid) -> list[str]:
        return open_moves(self.context["view"].actor, BID, bid, "needs")


class PanelInvitation(Input):
    challenge_id = serializers.UUIDField()
    person_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    is_chair = serializers.BooleanField(default=False)
    replaces_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class ConflictDeclaration(Input):
    has_conflict = serializers.BooleanField()
    declaration = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class PanelMemberOut(serializers.ModelSerializer[PanelMember]):
    challenge_id = serializers.UUIDField()
    person = Ref()

    class Meta:
        model = PanelMember
        fields = ["id", "challenge_id", "person", "state", "is_chair", "declared_at", "conflicts", "created_at"]


class ScoreIn(Input):
    criterion = serializers.UUIDField()
    value = serializers.DecimalField(max_digits=8, decimal_places=2, required=False, allow_null=True, default=None)
    is_na = serializers.BooleanField(default=False)
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=5000)


class Marks(Input):
    scores = ScoreIn(many=True)
    comment = serializers.CharField(required=False, allow_blank=True, max_length=20000)


class ScoreOut(serializers.ModelSerializer[Score]):
    criterion = serializers.UUIDField(source="criterion_id")

    class Meta:
        model = Score
        fields = ["criterion", "value", "is_na", "comment"]


class ScoreSheetOut(serializers.ModelSerializer[ScoreSheet]):
    bid_id = serializers.UUIDField()
    person = Ref(source="panel_member.person")
    scores = ScoreOut(many=True)

    class Meta:
        model = ScoreSheet
        fields = ["id", "version", "bid_id", "person", "scores", "comment", "locked_at", "created_at"]


class StandingOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: computed
    """Where a bid stands."""

    bid_id = serializers.UUIDField()
    rank = serializers.IntegerField(allow_null=True)
    total = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    is_below_minimum = serializers.BooleanField()
    is_admitted = serializers.BooleanField()
    spread = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    must_confer = serializers.BooleanField()
    sheets = serializers.IntegerField()
    wanted = serializers.IntegerField()
    is_agreed = serializers.BooleanField()


class ResemblingOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: computed
    """What a bid resembles, of what the reader may read anyway."""

    title = serializers.CharField(help_text="Of a work or another bid; of another bid of the challenge its bidder.")
    owner = serializers.CharField(help_text="Whose it is; of another bid of the challenge the challenge.")
    link = serializers.CharField()
    percent = serializers.IntegerField(help_text="How alike they are, or which share of the passages they share.")
    is_bidders = serializers.BooleanField(help_text="Whether it is the bidder's own work or bid: it may be paid twice.")
    passage = serializers.CharField(help_text="The longest passage that both bids of the challenge share; else empty.")
    twice = Money(
        allow_null=True,
        help_text="What the bidder may be paid twice at most: the smaller of what its two bids ask; else null.",
    )


class AwardProposal(Input):
    challenge_id = serializers.UUIDField()
    bid_id = serializers.UUIDField()
    amount = Money()
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=20000)
    exception_reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=20000)
    feedback = serializers.DictField(child=serializers.CharField(max_length=20000), required=False, default=dict)


class AwardEdit(Input):
    bid_id = serializers.UUIDField(required=False)
    amount = Money(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=20000)
    exception_reason = serializers.CharField(required=False, allow_blank=True, max_length=20000)


class AwardOut(serializers.ModelSerializer[Award]):
    """An award; reasons, ranking and marks go to those who judged it, the rest to everyone once it is signed."""

    challenge_id = serializers.UUIDField()
    bid_id = serializers.UUIDField()
    bidder = Ref(source="bid.bidder")
    proposed_by = Ref()
    signed_by = Ref(allow_null=True)
    payers = PayerShareOut(many=True)
    moves = serializers.SerializerMethodField()
    may_lack = ("total", "rank", "reason", "exception_reason", "void_reason", "proposed_by", "signed_by")

    class Meta:
        model = Award
        fields = [
            "id",
            "version",
            "challenge_id",
            "bid_id",
            "bidder",
            "rank",
            "total",
            "amount",
            "payers",
            "state",
            "reason",
            "exception_reason",
            "breaks_order",
            "proposed_by",
            "proposed_at",
            "signed_by",
            "signed_at",
            "void_reason",
            "moves",
            "created_at",
        ]

    def to_representation(self, award: Award) -> Any:
        shown = super().to_representation(award)
        if not self.context["view"].judges(award):
            for name in self.may_lack:
                shown.pop(name)
        return shown

    def get_moves(self, award: Award) -> list[str]:
        """Told of a single award: to know them, conflicts of interest are looked up."""
        if self.context["view"].action == "list":
            return []
        return open_moves(self.context["view"].actor, AWARD, award, "needs")


class AwardsOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: the proposals of a race
    """The proposals of a race, the best ranked first."""

    awards = AwardOut(many=True)

    def to_representation(self, awards: Any) -> Any:
        return {"awards": AwardOut(awards, many=True, context=self.context).data}


class FeedbackOut(serializers.ModelSerializer[Feedback]):
    bid_id = serializers.UUIDField()
    challenge_id = serializers.UUIDField(source="bid.challenge_id")
    indicators = serializers.SerializerMethodField()

    class Meta:
        model = Feedback
        fields = [
            "id",
            "bid_id",
            "challenge_id",
            "text",
            "marks",
            "total",
            "rank",
            "of",
            "verdict",
            "indicators",
            "released_at",
            "due_at",
            "completed_at",
            "created_at",
        ]

    @extend_schema_field(IndicatorFeedbackOut(many=True))
    def get_indicators(self, feedback: Feedback) -> Any:
        return IndicatorFeedbackOut(indicator_feedback(feedback), many=True).data
