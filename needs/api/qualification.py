"""The REST door of what chains demand and of the evidence for it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import qualification as actions
from needs.models.qualification import Qualification, QualificationEvidence
from needs.services.result import MOST_TAGS, TAG_LENGTH
from needs.states.qualification import EVIDENCE


class QualificationEdit(Input):
    name = serializers.CharField(max_length=60, required=False)
    name_en = serializers.CharField(max_length=80, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=TAG_LENGTH), required=False, max_length=MOST_TAGS,
        help_text="It concerns only what speaks of one of these; empty: whatever is delivered to the chain.",
    )  # fmt: skip


class QualificationIn(QualificationEdit):
    chain = serializers.UUIDField()
    name = serializers.CharField(max_length=60)


class QualificationOut(serializers.ModelSerializer[Qualification]):
    chain = Ref()

    class Meta:
        model = Qualification
        fields = ["id", "version", "chain", "name", "name_en", "note", "tags", "retired_at", "created_at"]


class QualificationEvidenceIn(Input):
    qualification = serializers.UUIDField()
    certificate = serializers.CharField(max_length=200, help_text="Its name, number and who issued it.")
    valid_until = serializers.DateField(required=False, default=None)
    file = serializers.FileField(required=False, default=None)


class ConfirmQualificationIn(Input):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class QualificationEvidenceRow(serializers.ModelSerializer[QualificationEvidence]):
    qualification = Ref()
    organisation = Ref()
    answered_for = Ref(allow_null=True)
    file_name = serializers.CharField(source="file.name", default=None, allow_null=True)
    sha256 = serializers.CharField(source="file.sha256", default=None, allow_null=True)

    class Meta:
        model = QualificationEvidence
        fields = [
            "id", "version", "qualification", "result", "capability", "organisation", "certificate", "file_name", "sha256", "valid_until",
            "state", "reason", "answered_for", "answered_at", "created_at",
        ]  # fmt: skip


class QualificationEvidenceOut(QualificationEvidenceRow):
    open_moves = serializers.SerializerMethodField()

    class Meta(QualificationEvidenceRow.Meta):
        fields = [*QualificationEvidenceRow.Meta.fields, "open_moves"]

    def get_open_moves(self, row: QualificationEvidence) -> list[str]:
        return open_moves(self.context["view"].actor, EVIDENCE, row, "needs")


class QualificationViewSet(RoomViewSet):
    """What chains demand of whatever is delivered to them."""

    room, model, view_rule, id_name = "needs", Qualification, "needs.view_qualification", "qualification_id"
    serializer_class = QualificationOut
    create_action, create_serializer = actions.demand_qualification, QualificationIn
    edit_action, edit_serializer = actions.edit_qualification, QualificationEdit
    filterset_fields = {"chain": ["exact"], "retired_at": ["isnull"]}
    search_fields = ["name", "name_en", "note"]
    retire_qualification = operation(actions.retire_qualification, path="retire", serializer=Reason)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("chain")


class QualificationEvidenceViewSet(RoomViewSet):
    """Certificates and reports: one's own, those for the chains one leads, and those that were confirmed."""

    room, model, view_rule = "needs", QualificationEvidence, "needs.view_qualification_evidence"
    id_name = "evidence_id"
    serializer_class = QualificationEvidenceOut
    filterset_fields = {"qualification": ["exact"], "result": ["exact"], "capability": ["exact"], "state": ["exact"]}
    confirm_qualification = operation(actions.confirm_qualification, path="confirm", serializer=ConfirmQualificationIn)
    refuse_qualification = operation(actions.refuse_qualification, path="refuse", serializer=Reason)
    withdraw_qualification = operation(actions.withdraw_qualification, path="withdraw")

    def get_serializer_class(self) -> Any:
        return QualificationEvidenceRow if self.action == "list" else QualificationEvidenceOut

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related(
            "qualification__chain", "organisation", "answered_for", "file", "result", "capability"
        )
