"""The REST door of benefit templates between chains."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from chains.actions import benefit_template as actions
from chains.models import BenefitTemplate, BenefitTemplateVersion, TemplateRole, TemplateSignature
from chains.queries import template_versions_visible_to
from core.api.serializers import Input, Quantity, Reason, Ref, Whole
from core.api.views import RoomViewSet, operation


class TemplateRoleIn(Input):
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]  # DRF has the word too
    percent = serializers.DecimalField(max_digits=7, decimal_places=4)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class RoleTableIn(Input):
    roles = TemplateRoleIn(many=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class BenefitTemplateIn(RoleTableIn):
    chain = serializers.UUIDField()
    other_chain = serializers.UUIDField()
    title = serializers.CharField(max_length=120)


class TemplateNumberIn(Input):
    number = Whole(min_value=1)


class TemplateRoleOut(serializers.ModelSerializer[TemplateRole]):
    percent = Quantity()

    class Meta:
        model = TemplateRole
        fields = ["label", "percent", "reason"]


class TemplateSignatureOut(serializers.ModelSerializer[TemplateSignature]):
    chain = Ref()
    organisation = Ref()

    class Meta:
        model = TemplateSignature
        fields = ["chain", "organisation", "created_at"]


class TemplateVersionOut(serializers.ModelSerializer[BenefitTemplateVersion]):
    roles = TemplateRoleOut(many=True)
    signatures = TemplateSignatureOut(many=True)

    class Meta:
        model = BenefitTemplateVersion
        fields = ["id", "number", "state", "note", "in_force_at", "roles", "signatures", "created_at"]


class BenefitTemplateOut(serializers.ModelSerializer[BenefitTemplate]):
    """A template with every version that the caller may read, newest first."""

    chain = Ref()
    other_chain = Ref()
    proposed_for = Ref()
    versions = TemplateVersionOut(many=True)

    class Meta:
        model = BenefitTemplate
        fields = [
            "id", "version", "title", "chain", "other_chain", "proposed_for", "versions", "retired_at", "retired_because",
            "created_at",
        ]  # fmt: skip


class BenefitTemplates(RoomViewSet):
    """How two chains share: in force once both leaders have signed; share agreements begin from it."""

    room, model, view_rule, id_name = "chains", BenefitTemplate, "chains.view_benefit_template", "template_id"
    serializer_class = BenefitTemplateOut
    create_action, create_serializer = actions.propose_benefit_template, BenefitTemplateIn
    filterset_fields = {"chain": ["exact"], "other_chain": ["exact"], "retired_at": ["isnull"]}
    search_fields = ["title"]
    propose_version = operation(
        actions.propose_template_version, path="propose_version", serializer=RoleTableIn, response=TemplateVersionOut, code=201
    )  # fmt: skip
    sign = operation(actions.sign_benefit_template, path="sign", serializer=TemplateNumberIn)
    retire = operation(actions.retire_benefit_template, path="retire", serializer=Reason)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        seen = template_versions_visible_to(self.actor).order_by("-number")
        seen = seen.prefetch_related("roles", "signatures__organisation", "signatures__chain")
        rows = rows.select_related("chain", "other_chain", "proposed_for")
        return rows.prefetch_related(Prefetch("versions", seen))
