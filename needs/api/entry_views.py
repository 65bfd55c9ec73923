"""REST doors of taking part: questions and confidential details."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policy
from core.api.views import RoomViewSet, operation
from core.errors import NotFound
from core.files.web import respond
from needs.actions import details as details_actions
from needs.actions import eligibility as eligibility_actions
from needs.actions import question as question_actions
from needs.api import entry_serializers as s
from needs.models.details import DetailsOpening
from needs.models.eligibility import SupplementFile, SupplementRequest
from needs.models.question import Question
from needs.queries.bid import nameless_bids, shown_file
from needs.queries.details import details_of


class DetailsDoors(RoomViewSet):
    """What a challenge's address offers of its confidential part."""

    @extend_schema(operation_id="get_challenge_agreement", responses=s.ConfidentialityOut)
    @action(detail=True, methods=["get"], url_path="agreement")
    def agreement(self, request: Request, pk: Any = None) -> Response:
        """The confidentiality agreement of a challenge, and whether it was accepted for the actor."""
        details = details_of(self.fetch(pk))
        if details is None:
            raise NotFound("This challenge has no confidential details.")
        return Response(self.shown(details, s.ConfidentialityOut))

    accept_details = operation(details_actions.accept_details, path="accept-agreement", serializer=s.AcceptDetails)
    open_details = operation(details_actions.open_details, path="open-details", response=s.DetailsOut)
    add_details_file = operation(details_actions.add_details_file, path="add-details-file", serializer=s.DetailsFileIn)
    remove_details_file = operation(
        details_actions.remove_details_file, path="remove-details-file", serializer=s.RemoveDetailsFile
    )

    @extend_schema(operation_id="get_details_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path=r"details-files/(?P<details_file_id>[0-9a-f-]{36})")
    def details_file(self, request: Request, pk: Any = None, details_file_id: str = "") -> Any:
        """A confidential file; its reading is kept in the log."""
        self.fetch(pk)
        row = details_actions.open_details_file(
            actor=self.actor, challenge_id=UUID(str(pk)), file_id=UUID(details_file_id)
        )
        return respond(row.file, request._request)


class CheckDoors(RoomViewSet):
    """What a bid's address offers of the formal check."""

    check_eligibility = operation(
        eligibility_actions.check_eligibility, path="check-eligibility", serializer=s.FormalCheckIn
    )
    ask_supplement = operation(
        eligibility_actions.ask_supplement,
        path="ask-supplement",
        serializer=s.SupplementIn,
        response=s.SupplementOut,
        code=201,
    )

    @property
    def nameless_bids(self) -> set[UUID]:
        """The bids that have no name for the actor; a paper that is only just asked for has no file yet."""
        return set()


class SupplementViewSet(RoomViewSet):
    """Papers asked for after the opening, of the bids that one may read."""

    room = "needs"
    model = SupplementRequest
    view_rule = "needs.view_supplement"
    serializer_class = s.SupplementOut
    id_name = "supplement_id"
    filterset_fields = {"bid": ["exact"], "bid__challenge": ["exact"], "state": ["exact"]}

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("bid__challenge__issuer", "bid__challenge__need", "bid__bidder").prefetch_related(
            "files__file"
        )

    @cached_property
    def nameless_bids(self) -> set[UUID]:
        """The bids that have no name for the actor."""
        return nameless_bids(self.actor)

    withdraw_supplement = operation(eligibility_actions.withdraw_supplement, path="withdraw")
    give_supplement = operation(eligibility_actions.give_supplement, path="give", serializer=s.GiveSupplement)
    add_supplement_file = operation(
        eligibility_actions.add_supplement_file, path="add-file", serializer=s.DetailsFileIn
    )

    @extend_schema(operation_id="get_supplement_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path=r"files/(?P<paper_id>[0-9a-f-]{36})")
    def file(self, request: Request, pk: Any = None, paper_id: str = "") -> Any:
        """A paper that was handed in later."""
        self.fetch(pk)
        row = policy.fetch(self.actor, "needs.view_supplement_file", SupplementFile, paper_id)
        return respond(shown_file(self.actor, row.supplement.bid_id, row.file), request._request)


class OpeningViewSet(RoomViewSet):
    """Who opened confidential details: to the issuer all of it, to others their own part."""

    room = "needs"
    model = DetailsOpening
    view_rule = "needs.view_opening"
    serializer_class = s.OpeningOut
    filterset_fields = {"details__challenge": ["exact"], "opened_at": ["gte", "lte"]}
    ordering_fields = ["opened_at"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation", "person")


class QuestionViewSet(RoomViewSet):
    """Questions about challenges with their answers; one's own also while they wait."""

    room = "needs"
    model = Question
    view_rule = "needs.view_question"
    serializer_class = s.QuestionOut
    id_name = "question_id"
    create_action = question_actions.ask_question
    create_serializer = s.QuestionIn
    filterset_fields = {"challenge": ["exact"], "state": ["exact"], "answered_at": ["gte", "lte"]}
    ordering_fields = ["created_at", "number", "answered_at"]
    search_fields = ["text", "answer"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("challenge__issuer", "challenge__need")

    answer_question = operation(question_actions.answer_question, path="answer", serializer=s.QuestionAnswerIn)


routes = [
    ("supplements", SupplementViewSet, "supplement"),
    ("challenge-questions", QuestionViewSet, "challenge-question"),
    ("details-openings", OpeningViewSet, "details-opening"),
]
