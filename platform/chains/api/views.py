"""The chain map's REST door."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chains import actions
from chains.api import serializers as forms
from chains.models import Chain, ChainNode, Machine, TermLink
from core.api.bulk import bulk
from core.api.views import RoomViewSet, operation


class Chains(RoomViewSet):
    room, model, view_rule, id_name = "chains", Chain, "chains.view_chain", "chain_id"
    serializer_class = forms.ChainOut
    create_action, create_serializer = actions.create_chain, forms.ChainIn
    edit_action, edit_serializer = actions.edit_chain, forms.ChainEdit
    search_fields = ["name", "name_en", "intro"]
    filterset_fields = ["code"]
    add_node = operation(actions.add_node, path="add_node", serializer=forms.NodeIn, response=forms.NodeOut, code=201)
    designate_leader = operation(
        actions.designate_leader,
        path="designate_leader",
        serializer=forms.LeaderIn,
        response=forms.DesignationOut,
        code=201,
    )
    link_terms = operation(
        actions.link_terms, path="link_terms", serializer=forms.TermIn, response=forms.TermOut, code=201
    )

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("nodes", "designations__organisation")


class Nodes(RoomViewSet):
    room, model, view_rule, id_name = "chains", ChainNode, "chains.view_node", "node_id"
    serializer_class = forms.NodeOut
    filterset_fields = ["chain", "tier"]
    join = operation(actions.join_node, path="join", serializer=forms.JoinIn, response=forms.NodeMemberOut)


class Machines(RoomViewSet):
    room, model, view_rule, id_name = "chains", Machine, "chains.view_machine", "machine_id"
    serializer_class = forms.MachineOut
    create_action, create_serializer = actions.add_machine, forms.MachineIn
    filterset_fields = ["organisation", "node"]
    search_fields = ["name", "maker", "model"]
    bulk_machines = bulk(actions.add_machine, serializer=forms.MachineIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation")


class Terms(RoomViewSet):
    """The term bridge: what two chains call the same thing."""

    room, model, view_rule, id_name = "chains", TermLink, "chains.view_term_link", "link_id"
    serializer_class = forms.TermOut
    edit_action, edit_serializer = actions.edit_term_link, forms.TermEdit
    filterset_fields = {"chain": ["exact"], "other_chain": ["exact"], "retired_at": ["isnull"]}
    search_fields = ["words", "other_words", "note"]
    retire = operation(actions.retire_term_link, path="retire", serializer=forms.RetireIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("chain", "other_chain")
