"""The REST door of complaints and clusters."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from rest_framework import serializers

from core.api.serializers import Input, Ref
from core.api.views import RoomViewSet, operation
from needs.actions import complaint as actions
from needs.api.need import NeedDetail
from needs.models.complaint import Cluster, Complaint
from needs.queries.complaint import clusters_visible_to, with_sizes
from needs.states.complaint import Reach
from needs.states.need import DemandSide


class ComplaintIn(Input):
    chain = serializers.UUIDField()
    node = serializers.UUIDField(required=False, allow_null=True)
    text = serializers.CharField(max_length=actions.LONGEST)
    reach = serializers.ChoiceField(choices=Reach.choices, required=False, default=Reach.MEMBERS)


class ComplaintOut(serializers.ModelSerializer[Complaint]):
    organisation = Ref()
    node = Ref(allow_null=True)
    cluster = serializers.SerializerMethodField()
    is_placed_by_hand = serializers.SerializerMethodField()

    class Meta:
        model = Complaint
        fields = [
            "id", "chain", "node", "organisation", "behalf", "text", "reach", "state", "cluster", "is_placed_by_hand", "answer", "created_at",
        ]  # fmt: skip

    def get_cluster(self, row: Complaint) -> str | None:
        """The cluster's id, where the caller may see it."""
        return str(row.cluster_id) if row.cluster_id and getattr(row, "sees_cluster", False) else None

    def get_is_placed_by_hand(self, row: Complaint) -> bool:
        return row.placed_at is not None


class ClusterOut(serializers.ModelSerializer[Cluster]):
    size = serializers.SerializerMethodField()
    firms = serializers.SerializerMethodField()

    class Meta:
        model = Cluster
        fields = ["id", "chain", "label", "is_named", "state", "need", "size", "firms", "version", "created_at"]

    def get_size(self, row: Cluster) -> int:
        """How many complaints of it the caller may see."""
        return int(getattr(row, "size", 0))

    def get_firms(self, row: Cluster) -> int:
        """From how many organisations."""
        return int(getattr(row, "firms", 0))


class ComplaintMoveIn(Input):
    """Without a cluster the complaint gets one of its own."""

    cluster = serializers.UUIDField(required=False, allow_null=True)


class ClusterLabelIn(Input):
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # a field of this name, not the base's caption


class ClusterMergeIn(Input):
    into = serializers.UUIDField()


class ClusterNeedIn(Input):
    title = serializers.CharField(max_length=200)
    node = serializers.UUIDField()
    pain_point = serializers.CharField(max_length=20_000)
    demand_side = serializers.ChoiceField(choices=DemandSide.choices)


class ClusterLinkIn(Input):
    need = serializers.UUIDField()


class ReachIn(Input):
    reach = serializers.ChoiceField(choices=Reach.choices, required=False, default=Reach.LEADER)


class ClusterChainIn(Input):
    chain_id = serializers.UUIDField()


class ComplaintViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", Complaint, "needs.view_complaint", "complaint_id"
    serializer_class = ComplaintOut
    create_action, create_serializer = actions.file_complaint, ComplaintIn
    filterset_fields = ["chain", "cluster", "organisation", "reach", "state"]
    search_fields = ["text"]
    withdraw = operation(actions.withdraw_complaint, path="withdraw")
    move = operation(actions.move_complaint, path="move", serializer=ComplaintMoveIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        seen = clusters_visible_to(self.actor).filter(pk=OuterRef("cluster"))
        told: QuerySet[Any] = rows.annotate(sees_cluster=Exists(seen))
        return told.select_related("organisation", "node", "cluster", "chain")


class ClusterViewSet(RoomViewSet):
    room, model, view_rule, id_name = "needs", Cluster, "needs.view_cluster", "cluster_id"
    serializer_class = ClusterOut
    filterset_fields = ["chain", "state", "need"]
    ordering_fields = ["created_at"]
    search_fields = ["label"]
    rename = operation(actions.rename_cluster, path="rename", serializer=ClusterLabelIn)
    merge = operation(actions.merge_clusters, path="merge", serializer=ClusterMergeIn)
    turn_into_need = operation(
        actions.turn_cluster_into_need, path="turn_into_need", serializer=ClusterNeedIn, response=NeedDetail, code=201
    )
    regroup = operation(
        actions.regroup_complaints, path="regroup", serializer=ClusterChainIn, response=Ref, detail=False
    )
    link_need = operation(actions.answer_cluster, path="link_need", serializer=ClusterLinkIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        counted: QuerySet[Any] = with_sizes(rows.all(), self.actor)
        return counted.select_related("chain", "need")
