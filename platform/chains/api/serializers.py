"""What goes in and out of the chain map's REST door."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from chains.models import Chain, ChainNode, LeaderDesignation, Machine, NodeMember, TermLink
from chains.states import Tier
from core.api.serializers import Input, Ref


class ChainIn(Input):
    name = serializers.CharField(max_length=80)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    code = serializers.SlugField(max_length=40, required=False, allow_blank=True, default="")
    intro = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class ChainEdit(Input):
    name = serializers.CharField(max_length=80, required=False)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    intro = serializers.CharField(max_length=5000, required=False, allow_blank=True)


class NodeIn(Input):
    name = serializers.CharField(max_length=80)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    tier = serializers.ChoiceField(choices=Tier.choices)
    parent_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class LeaderIn(Input):
    organisation_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class JoinIn(Input):
    organisation_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class MachineIn(Input):
    name = serializers.CharField(max_length=120)
    maker = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    model = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    count = serializers.IntegerField(min_value=1, max_value=9999, required=False, default=1)
    node_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class NodeOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = ChainNode
        fields = ["id", "chain", "name", "name_en", "tier", "parent", "order", "created_at"]


class DesignationOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref()

    class Meta:
        model = LeaderDesignation
        fields = ["id", "chain", "organisation", "reason", "since", "until"]


class NodeMemberOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref()

    class Meta:
        model = NodeMember
        fields = ["id", "node", "organisation", "since"]


class ChainOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    nodes = NodeOut(many=True, read_only=True)
    leader = serializers.SerializerMethodField()

    class Meta:
        model = Chain
        fields = ["id", "name", "name_en", "code", "intro", "leader", "nodes", "version", "created_at"]

    def get_leader(self, row: Chain) -> dict[str, Any] | None:
        present = next((one for one in row.designations.all() if one.until is None), None)
        return {"id": str(present.organisation_id), "name": str(present.organisation)} if present else None


class MachineOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    organisation = Ref()

    class Meta:
        model = Machine
        fields = ["id", "organisation", "node", "name", "maker", "model", "count", "created_at"]


class TermEdit(Input):
    words = serializers.CharField(min_length=2, max_length=80, required=False)
    other_words = serializers.CharField(min_length=2, max_length=80, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class TermIn(TermEdit):
    words = serializers.CharField(min_length=2, max_length=80)
    other_chain = serializers.UUIDField()
    other_words = serializers.CharField(min_length=2, max_length=80)


class RetireIn(Input):
    reason = serializers.CharField(max_length=300)


class TermOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    chain = Ref()
    other_chain = Ref()

    class Meta:
        model = TermLink
        fields = ["id", "chain", "words", "other_chain", "other_words", "note", "retired_at", "version", "created_at"]
