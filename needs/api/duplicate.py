"""The REST door of research that is done twice."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import Input, Money, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import duplicate as actions
from needs.models.duplicate import JointProposal, SimilarPair
from needs.queries.duplicate import parties_shown, percent_told, saving_shown, told
from needs.states.duplicate import JOINT, Consent, JointKind


class SimilarSideOut(serializers.Serializer[Any]):
    """One undertaking of a pair; empty where the reader may not read it."""

    id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    link = serializers.CharField(allow_null=True)
    owner = serializers.CharField(allow_null=True)


class SimilarPairOut(serializers.ModelSerializer[SimilarPair]):
    this = serializers.SerializerMethodField(help_text="The reader's own, if one of the two is.")
    that = serializers.SerializerMethodField()
    percent = serializers.SerializerMethodField(help_text="How alike they are; null unless the reader may read both.")

    class Meta:
        model = SimilarPair
        fields = ["id", "chains", "this", "that", "percent", "found_at", "created_at"]

    @extend_schema_field(SimilarSideOut)
    def get_this(self, row: Any) -> dict[str, Any]:
        return _side(row, "this")

    @extend_schema_field(SimilarSideOut)
    def get_that(self, row: Any) -> dict[str, Any]:
        return _side(row, "that")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_percent(self, row: Any) -> int | None:
        return percent_told(row)


def _side(row: Any, side: str) -> dict[str, Any]:
    title = getattr(row, f"{side}_title")
    return {
        "id": getattr(row, f"{side}_id") if title else None, "title": title, "link": getattr(row, f"{side}_link"),
        "owner": getattr(row, f"{side}_owner"),
    }  # fmt: skip


class JointConsentIn(Input):
    budget = Money(
        required=False, allow_null=True, default=None, help_text="What one would spend alone; the parties read it."
    )


class JointProposalIn(JointConsentIn):
    kind = serializers.ChoiceField(choices=JointKind.choices)
    text = serializers.CharField(max_length=20000)


class JointPartyOut(serializers.Serializer[Any]):
    """A party; without organisation and title until all have agreed, unless the reader may read it anyway."""

    organisation = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    link = serializers.CharField(allow_null=True)
    consent = serializers.ChoiceField(choices=Consent.choices, allow_null=True)
    budget = Money(allow_null=True)


class JointSavingOut(serializers.Serializer[Any]):
    known = serializers.IntegerField(help_text="Of how many parties the budget is known.")
    parties = serializers.IntegerField()
    total = Money()
    largest = Money()
    amount = Money()


class JointProposalOut(serializers.ModelSerializer[JointProposal]):
    chain = Ref()
    proposer = Ref()
    parties = serializers.SerializerMethodField()
    saving = serializers.SerializerMethodField()
    open_moves = serializers.SerializerMethodField()

    class Meta:
        model = JointProposal
        fields = [
            "id", "version", "kind", "text", "chain", "proposer", "state", "end_reason", "parties", "saving", "created_at", "open_moves",
        ]  # fmt: skip

    @extend_schema_field(JointPartyOut(many=True))
    def get_parties(self, row: JointProposal) -> list[Any]:
        return [JointPartyOut(one).data for one in _parties(self.context["view"].actor, row)]

    @extend_schema_field(JointSavingOut)
    def get_saving(self, row: JointProposal) -> Any:
        actor = self.context["view"].actor
        return JointSavingOut(saving_shown(actor, row, parties_shown(actor, row))).data

    def get_open_moves(self, row: JointProposal) -> list[str]:
        return open_moves(self.context["view"].actor, JOINT, row, "needs")


def _parties(actor: Any, row: JointProposal) -> list[dict[str, Any]]:
    return [
        {
            "organisation": one.row.organisation.name if one.is_named else None,
            "title": one.document.title if one.document else None, "link": one.document.link if one.document else None,
            "consent": one.row.consent if one.is_named else None, "budget": one.row.budget if one.is_named else None,
        }
        for one in parties_shown(actor, row)
    ]  # fmt: skip


class JointProposalBrief(JointProposalOut):
    """As it stands in a list: without the parties and the saving."""

    parties = None  # type: ignore[assignment]
    saving = None  # type: ignore[assignment]

    class Meta(JointProposalOut.Meta):
        fields = [name for name in JointProposalOut.Meta.fields if name not in ("parties", "saving", "open_moves")]


class SimilarPairViewSet(RoomViewSet):
    """Needs, results and projects of different organisations that pursue the same; what one may not read has no name."""

    room, model, view_rule, id_name = "needs", SimilarPair, "needs.view_similar_pair", "pair_id"
    serializer_class = SimilarPairOut
    filterset_fields = {"found_at": ["gte", "lte"]}
    ordering_fields = ["created_at", "found_at"]
    propose_joint = operation(
        actions.propose_joint, path="propose_joint", serializer=JointProposalIn, response=JointProposalOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return told(self.actor, rows)


class JointProposalViewSet(RoomViewSet):
    """Proposals to merge, split or race, and the consent of all who research the same."""

    room, model, view_rule, id_name = "needs", JointProposal, "needs.view_joint_proposal", "proposal_id"
    serializer_class = JointProposalOut
    filterset_fields = {"kind": ["exact"], "state": ["exact"], "chain": ["exact"], "proposer": ["exact"]}
    search_fields = ["text"]
    agree_joint = operation(actions.agree_joint, path="agree", serializer=JointConsentIn)
    decline_joint = operation(actions.decline_joint, path="decline", serializer=Reason)
    withdraw_joint = operation(actions.withdraw_joint, path="withdraw", serializer=Reason)
    carry_out_joint = operation(actions.carry_out_joint, path="carry_out", serializer=Reason)

    def get_serializer_class(self) -> Any:
        return JointProposalBrief if self.action == "list" else JointProposalOut

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("chain", "proposer")
