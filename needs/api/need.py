"""The REST door of needs."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.accounts.models import REGION_CODE
from core.api.bulk import bulk
from core.api.serializers import Input, Money, Quantity, Reason, Ref, Whole, open_moves
from core.api.views import RoomViewSet, operation
from core.indicators.kinds import ChangeIn, Claim, Environment, Kind, Operator
from core.indicators.models import Specification
from core.indicators.reading import LONGEST, Found, Reading, draft_of
from core.indicators.validation import NOTES_LENGTH
from needs.actions import matching, openness
from needs.actions import need as actions
from needs.api.entry_serializers import Openness
from needs.api.library import LibraryDoors, NeedFilters
from needs.api.matching import DismissalOut, DismissIn, SolverInvitationOut, SolverInviteIn, match_door, related_door
from needs.api.versions import versions_door
from needs.models import (
    Definer,
    IndicatorComment,
    IndicatorSignature,
    Need,
    NeedChain,
    NeedEvidence,
    NeedIndicator,
    NeedVersion,
)
from needs.queries.need import current_version, issued_version, signature_matrix, specifications_in
from needs.states.need import NEED, OFFERED, DemandSide, NeedState


class NeedEdit(Input):
    title = serializers.CharField(max_length=200, required=False)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    pain_point = serializers.CharField(max_length=20000, required=False)
    affected_users = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    demand_side = serializers.ChoiceField(choices=DemandSide.choices, required=False)
    key_technologies = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    expected_results = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    keywords = serializers.CharField(max_length=200, required=False, allow_blank=True)
    constraints = serializers.CharField(max_length=20000, required=False, allow_blank=True)
    field = serializers.CharField(max_length=80, required=False, allow_blank=True)  # the need's own word
    region_code = serializers.RegexField(REGION_CODE, required=False, allow_blank=True)
    budget = Money(required=False, allow_null=True)
    starts_on = serializers.DateField(required=False, allow_null=True)
    deadline_on = serializers.DateField(required=False, allow_null=True)
    review_on = serializers.DateField(required=False)
    confidentiality = serializers.ChoiceField(choices=OFFERED, required=False)


class NeedIn(NeedEdit):
    """A pain point; what is missing is told by the rule that asks for it, beside its field."""

    title = serializers.CharField(max_length=200)
    pain_point = serializers.CharField(max_length=20000)
    node = serializers.UUIDField(required=False, allow_null=True, default=None)


class SpecificationIn(Input):
    """A target; which fields it needs depends on how it is written (`kind`)."""

    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Kind.choices)
    operator = serializers.ChoiceField(choices=Operator.choices, required=False, allow_blank=True)
    target = Quantity(required=False, allow_null=True)
    low = Quantity(required=False, allow_null=True)
    high = Quantity(required=False, allow_null=True)
    level = serializers.CharField(max_length=40, required=False, allow_blank=True)
    level_scale = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    baseline_value = Quantity(required=False, allow_null=True)
    baseline_unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    baseline_period = serializers.CharField(max_length=80, required=False, allow_blank=True)
    baseline_source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    baseline_claim = serializers.ChoiceField(choices=Claim.choices, required=False, allow_blank=True)
    change_in = serializers.ChoiceField(choices=ChangeIn.choices, required=False)
    factor = Quantity(required=False, allow_null=True)
    original_words = serializers.CharField(max_length=120, required=False, allow_blank=True)
    method = serializers.CharField(max_length=300, required=False, allow_blank=True)
    is_must = serializers.BooleanField(required=False, default=True)
    needs_sample = serializers.BooleanField(required=False, default=False)
    notes = serializers.CharField(max_length=NOTES_LENGTH, required=False, allow_blank=True)


class TextIn(Input):
    text = serializers.CharField(max_length=LONGEST, trim_whitespace=False)


class ReadRow(serializers.Serializer[Found]):
    """One row as it was read, in the fields of a target; `gaps` names what the text leaves open."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    operator = serializers.ChoiceField(choices=Operator.choices, allow_blank=True)
    target = serializers.CharField(allow_blank=True)
    low = serializers.CharField(allow_blank=True)
    high = serializers.CharField(allow_blank=True)
    level = serializers.CharField(allow_blank=True)
    level_scale = serializers.ListField(child=serializers.CharField())
    unit = serializers.CharField(allow_blank=True)
    baseline_value = serializers.CharField(allow_blank=True)
    baseline_unit = serializers.CharField(allow_blank=True)
    change_in = serializers.ChoiceField(choices=ChangeIn.choices)
    factor = serializers.CharField(allow_blank=True)
    original_words = serializers.CharField(allow_blank=True)
    method = serializers.CharField(allow_blank=True)
    is_must = serializers.BooleanField()
    needs_sample = serializers.BooleanField()
    words = serializers.CharField(help_text="The words it was read from.")
    gaps = serializers.ListField(child=serializers.CharField())

    def to_representation(self, instance: Found) -> dict[str, Any]:
        return draft_of(instance) | {"words": instance.words, "gaps": instance.gaps}


class ReadingOut(serializers.Serializer[Reading]):
    """What a pasted text holds; nothing of it is kept."""

    indicators = ReadRow(many=True)
    wishes = serializers.ListField(child=serializers.CharField(), help_text="Wishes without a number.")
    set_aside = serializers.ListField(child=serializers.CharField(), help_text="Numbers that are no target.")
    is_cut = serializers.BooleanField(help_text="Whether the text was longer than what is read.")


class SpecificationEdit(SpecificationIn):
    specification_id = serializers.UUIDField()


class WhichIn(Input):
    specification_id = serializers.UUIDField()


class RefuseIn(WhichIn):
    reason = serializers.CharField(max_length=5000, allow_blank=True)


class CommentIn(WhichIn):
    text = serializers.CharField(max_length=5000)


class DefinerIn(Input):
    organisation = serializers.UUIDField()
    role_label = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class NoteIn(Input):
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class OptionalReason(Input):
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class NeedEvidenceIn(Input):
    file = serializers.FileField()
    caption = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ConfirmIn(Input):
    review_on = serializers.DateField(required=False, allow_null=True, default=None)


class MeasuredIn(Input):
    specification = serializers.UUIDField()
    value = Quantity(required=False, allow_null=True)
    low = Quantity(required=False, allow_null=True)
    high = Quantity(required=False, allow_null=True)
    level = serializers.CharField(max_length=40, required=False, allow_blank=True)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    uncertainty = Quantity(required=False, allow_null=True)
    environment = serializers.ChoiceField(choices=Environment.choices, required=False, allow_blank=True)
    measured_on = serializers.DateField(required=False, allow_null=True)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]
    sample_size = Whole(min_value=1, required=False, allow_null=True)
    is_not_measured = serializers.BooleanField(required=False, default=False)


class CloseIn(Input):
    outcome = serializers.ChoiceField(choices=[(NeedState.MET, "met"), (NeedState.PARTLY_MET, "partly met")])
    measurements = MeasuredIn(many=True, required=False, default=list)
    reason = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class SpecificationRow(serializers.ModelSerializer[Specification]):
    target_text = serializers.CharField()
    computed_text = serializers.CharField()
    target = Quantity(allow_null=True)
    low = Quantity(allow_null=True)
    high = Quantity(allow_null=True)
    baseline_value = Quantity(allow_null=True)
    factor = Quantity(allow_null=True)
    absolute_target = Quantity(allow_null=True)

    class Meta:
        model = Specification
        fields = [
            "id", "indicator", "number", "name", "name_en", "kind", "operator", "target", "low", "high", "level", "level_scale", "unit",
            "direction", "baseline_value", "baseline_unit", "baseline_period", "baseline_source", "baseline_claim", "factor",
            "original_words", "method", "is_must", "needs_sample", "notes", "target_text", "computed_text", "absolute_target",
        ]  # fmt: skip


class EvidenceOut(serializers.ModelSerializer[NeedEvidence]):
    name = serializers.CharField(source="file.name")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = NeedEvidence
        fields = ["id", "name", "sha256", "caption", "created_at"]


class DefinerOut(serializers.ModelSerializer[Definer]):
    organisation = Ref()

    class Meta:
        model = Definer
        fields = ["id", "organisation", "role_label", "state"]


class VersionOut(serializers.ModelSerializer[NeedVersion]):
    class Meta:
        model = NeedVersion
        fields = ["id", "number", "note", "issued_at"]


class SignatureOut(serializers.ModelSerializer[IndicatorSignature]):
    organisation = Ref()

    class Meta:
        model = IndicatorSignature
        fields = ["id", "specification", "organisation", "verdict", "reason", "at"]


class CommentOut(serializers.ModelSerializer[IndicatorComment]):
    class Meta:
        model = IndicatorComment
        fields = ["id", "indicator", "text", "created_at"]


class NeedIndicatorOut(serializers.ModelSerializer[NeedIndicator]):
    specification = SpecificationRow()

    class Meta:
        model = NeedIndicator
        fields = ["id", "specification", "position"]


class ChainsIn(Input):
    other_nodes = serializers.ListField(
        child=serializers.UUIDField(), max_length=100, help_text="Nodes of other chains."
    )


class OtherNode(serializers.ModelSerializer[NeedChain]):
    chain = Ref()
    node = Ref()

    class Meta:
        model = NeedChain
        fields = ["chain", "node"]


class PriorityIn(Input):
    priority = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, help_text="1 comes first.")


class NeedOut(serializers.ModelSerializer[Need]):
    owner = Ref()
    chain = Ref()
    node = Ref()
    other_nodes = OtherNode(source="more_chains", many=True)

    class Meta:
        model = Need
        fields = [
            "id", "code", "version", "title", "title_en", "owner", "chain", "node", "other_nodes", "demand_side", "state", "priority", "budget",
            "starts_on", "deadline_on", "review_on", "stale_at", "dormant_at", "merged_into", "field", "region_code", "confidentiality", "current_version",
            "published_at", "created_at",
        ]  # fmt: skip


class NeedDetail(NeedOut):
    evidence = EvidenceOut(many=True)
    definers = DefinerOut(many=True)
    versions = VersionOut(many=True)
    signatures = SignatureOut(many=True)
    indicators = serializers.SerializerMethodField()
    unsigned = serializers.SerializerMethodField()
    open_moves = serializers.SerializerMethodField()

    class Meta(NeedOut.Meta):
        fields = [
            *NeedOut.Meta.fields, "pain_point", "affected_users", "key_technologies",
            "expected_results", "keywords", "constraints", "state_reason", "evidence", "definers", "versions",
            "indicators", "signatures", "unsigned", "open_moves",
        ]  # fmt: skip

    @extend_schema_field(SpecificationRow(many=True))
    def get_indicators(self, need: Need) -> Any:
        """The newest version; those who only read see the issued one."""
        actor = self.context["view"].actor
        own = actor.belongs_to(need.owner_id)
        return SpecificationRow(
            specifications_in(current_version(need) if own else issued_version(need)), many=True
        ).data

    def get_unsigned(self, need: Need) -> list[dict[str, str]]:
        return [
            {"specification": str(one.pk), "organisation": str(org), "verdict": verdict}
            for one, org, verdict in signature_matrix(need).open_cells
        ]

    def get_open_moves(self, need: Need) -> list[str]:
        return open_moves(self.context["view"].actor, NEED, need, "needs")


class NeedViewSet(LibraryDoors, RoomViewSet):
    """Needs: the library, and everything that is done with one."""

    room, model, view_rule, id_name = "needs", Need, "needs.view_need", "need_id"
    serializer_class = NeedOut
    create_action, create_serializer = actions.post_need, NeedIn
    edit_action, edit_serializer = actions.edit_need, NeedEdit
    filterset_class = NeedFilters
    ordering_fields = ["created_at", "code", "title"]
    search_fields = ["code", "title", "title_en", "pain_point", "affected_users", "field"]

    def get_serializer_class(self) -> Any:
        return NeedOut if self.action == "list" else NeedDetail

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.select_related("owner", "chain", "node").prefetch_related("more_chains__chain", "more_chains__node")
        if self.action == "list":
            return rows
        signatures = Prefetch("signatures", IndicatorSignature.objects.select_related("organisation"))
        return rows.prefetch_related("evidence__file", "definers__organisation", "versions", signatures)

    bulk_needs = bulk(actions.post_need, serializer=NeedIn)
    bulk_indicators = bulk(
        actions.define_indicator, path="define_indicator/bulk", serializer=SpecificationIn, detail=True
    )
    set_priority = operation(actions.set_priority, path="set_priority", serializer=PriorityIn)
    set_chains = operation(actions.set_chains, path="set_chains", serializer=ChainsIn)
    add_evidence = operation(
        actions.add_evidence, path="add_evidence", serializer=NeedEvidenceIn, response=EvidenceOut, code=201
    )
    define_indicator = operation(
        actions.define_indicator,
        path="define_indicator",
        serializer=SpecificationIn,
        response=NeedIndicatorOut,
        code=201,
    )
    read_indicators = operation(
        actions.read_indicators, path="read_text", serializer=TextIn, response=ReadingOut, reads=True
    )
    edit_indicator = operation(
        actions.edit_indicator, path="edit_indicator", serializer=SpecificationEdit, response=NeedIndicatorOut
    )
    remove_indicator = operation(actions.remove_indicator, path="remove_indicator", serializer=WhichIn)
    invite_definer = operation(
        actions.invite_definer, path="invite_definer", serializer=DefinerIn, response=DefinerOut, code=201
    )
    decline_definition = operation(
        actions.decline_definition, path="decline_definition", serializer=OptionalReason, response=DefinerOut
    )
    comment_indicator = operation(
        actions.comment_indicator, path="comment_indicator", serializer=CommentIn, response=CommentOut, code=201
    )
    issue_version = operation(
        actions.issue_version, path="issue_version", serializer=NoteIn, response=VersionOut, code=201
    )
    sign_indicator = operation(actions.sign_indicator, path="sign_indicator", serializer=WhichIn, response=SignatureOut)
    refuse_indicator = operation(
        actions.refuse_indicator, path="refuse_indicator", serializer=RefuseIn, response=SignatureOut
    )
    compare_versions = versions_door()
    need_matches = match_door("need_matches")
    need_related = related_door("need_related")
    dismiss_match = operation(
        matching.dismiss_match, path="dismiss_match", serializer=DismissIn, response=DismissalOut, code=201
    )
    invite_solver = operation(
        matching.invite_solver, path="invite_solver", serializer=SolverInviteIn, response=SolverInvitationOut, code=201
    )
    publish_need = operation(actions.publish_need, path="publish")
    show_need = operation(openness.show_need, path="show", serializer=Openness)
    withdraw_need = operation(actions.withdraw_need, path="withdraw", serializer=Reason)
    confirm_need = operation(actions.confirm_need, path="confirm", serializer=ConfirmIn)
    close_need = operation(actions.close_need, path="close", serializer=CloseIn)


class EvidenceViewSet(RoomViewSet):
    """Evidence of the needs one may see; the file itself at `file/`."""

    room, model, view_rule = "needs", NeedEvidence, "needs.view_evidence"
    serializer_class = EvidenceOut
    filterset_fields = ["need"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("file")
