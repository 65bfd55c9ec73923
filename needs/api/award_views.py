"""REST doors of what comes between the marks and the contract: consensus, notices, objections."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.api.views import RoomViewSet, operation
from needs.actions import consensus as consensus_actions
from needs.actions import notice as notice_actions
from needs.api import award_serializers as a
from needs.models.consensus import Consensus
from needs.models.notice import AwardNotice, Objection


class ConsensusViewSet(RoomViewSet):
    """What panels agreed on: to their members, and to the issuer when every sheet is locked."""

    room = "needs"
    model = Consensus
    view_rule = "needs.view_consensus"
    serializer_class = a.ConsensusOut
    id_name = "consensus_id"
    filterset_fields = {"bid": ["exact"], "bid__challenge": ["exact"]}

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("seat__person").prefetch_related("dissents__seat__person")

    record_dissent = operation(
        consensus_actions.record_dissent, path="dissent", serializer=a.DissentIn, response=a.DissentOut, code=201
    )


class AwardNoticeViewSet(RoomViewSet):
    """Proposed awards as they are made known, to everyone who sees the challenge."""

    room = "needs"
    model = AwardNotice
    view_rule = "needs.view_award_notice"
    serializer_class = a.AwardNoticeOut
    id_name = "notice_id"
    create_action = notice_actions.open_notice
    create_serializer = a.NoticeIn
    filterset_fields = {"challenge": ["exact"], "ends_at": ["gte", "lte"]}
    ordering_fields = ["created_at", "ends_at"]


class ObjectionViewSet(RoomViewSet):
    """Objections: one's own organisation's, and those against the own organisation's awards."""

    room = "needs"
    model = Objection
    view_rule = "needs.view_objection"
    serializer_class = a.ObjectionOut
    id_name = "objection_id"
    create_action = notice_actions.raise_objection
    create_serializer = a.ObjectionIn
    filterset_fields = {"notice": ["exact"], "notice__challenge": ["exact"], "state": ["exact", "in"]}
    ordering_fields = ["created_at", "due_at"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation", "handler", "notice__challenge__issuer")

    assign_objection = operation(notice_actions.assign_objection, path="assign", serializer=a.HandlerIn)
    decide_objection = operation(notice_actions.decide_objection, path="decide", serializer=a.ObjectionDecision)
    withdraw_objection = operation(notice_actions.withdraw_objection, path="withdraw")


routes = [
    ("consensus", ConsensusViewSet, "consensus"),
    ("award-notices", AwardNoticeViewSet, "award-notice"),
    ("objections", ObjectionViewSet, "objection"),
]
