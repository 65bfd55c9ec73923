"""REST doors of challenges, bids, panel, award and feedback."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import policy
from core.api.serializers import Reason
from core.api.views import KEY_HEADER, RoomViewSet, operation
from core.files.web import respond
from needs.actions import award as award_actions
from needs.actions import bid as bid_actions
from needs.actions import challenge as challenge_actions
from needs.actions import consensus as consensus_actions
from needs.actions import openness as openness_actions
from needs.actions import race as race_actions
from needs.actions import review as review_actions
from needs.api import award_serializers as a
from needs.api import bid_serializers as b
from needs.api import challenge_serializers as c
from needs.api.entry_serializers import Openness
from needs.api.entry_views import CheckDoors, DetailsDoors
from needs.models.award import Award, Feedback
from needs.models.bid import Bid, BidFile, BidSubmission
from needs.models.challenge import Challenge, ChallengeIndicator
from needs.models.details import ChallengeDetails
from needs.models.review import PanelMember, ScoreSheet
from needs.queries.anonymity import with_seen_names
from needs.queries.bid import bids_visible_to, shown_file
from needs.queries.bid_likeness import resembling
from needs.queries.review import progress, standing_for

_INDICATORS = ChallengeIndicator.objects.select_related("specification")


class ChallengeViewSet(DetailsDoors):
    """Challenges."""

    room = "needs"
    model = Challenge
    view_rule = "needs.view_challenge"
    serializer_class = c.ChallengeOut
    id_name = "challenge_id"
    create_action = challenge_actions.draft_challenge
    create_serializer = c.ChallengeDraft
    edit_action = challenge_actions.edit_challenge
    edit_serializer = c.ChallengeEdit
    filterset_fields = {
        "state": ["exact", "in"],
        "issuer": ["exact"],
        "need": ["exact"],
        "deadline_at": ["gte", "lte"],
        "budget": ["gte", "lte"],
    }
    ordering_fields = ["created_at", "deadline_at", "budget", "title"]
    search_fields = ["code", "title", "summary"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("issuer", "need__owner").prefetch_related(
            "conditions",
            Prefetch("details", ChallengeDetails.objects.defer("text", "nda_text")),
            "payers__organisation",
            "criteria",
            "gates__specifications",
            "addenda__issued_by",
            Prefetch("indicators", _INDICATORS),
        )

    submit_for_check = operation(challenge_actions.submit_for_check, path="submit-for-check")
    return_challenge = operation(challenge_actions.return_challenge, path="return", serializer=Reason)
    publish_challenge = operation(challenge_actions.publish_challenge, path="publish")
    cancel_challenge = operation(challenge_actions.cancel_challenge, path="cancel", serializer=Reason)
    show_challenge = operation(openness_actions.show_challenge, path="show", serializer=Openness)
    follow_challenge = operation(challenge_actions.follow_challenge, path="follow", serializer=c.FollowChallenge)
    issue_addendum = operation(
        challenge_actions.issue_addendum,
        path="issue-addendum",
        serializer=c.AddendumIn,
        response=c.AddendumOut,
        code=201,
    )

    @extend_schema(operation_id="list_standing", responses=b.StandingOut(many=True))
    @action(detail=True, methods=["get"], url_path="standing", pagination_class=None, filter_backends=[])
    def standing(self, request: Request, pk: Any = None) -> Response:
        """The order of the opened bids, as far as the actor may know it."""
        challenge = self.fetch(pk)
        now = progress(challenge)
        rows = standing_for(self.actor, challenge)
        return Response(
            self.shown(rows, b.StandingOut, many=True),
            headers={"X-Sheets": f"{now.locked}/{now.wanted}"} if rows else {},
        )


class BidViewSet(CheckDoors):
    """Bids that exist for the actor: sealed ones for their own organisation alone."""

    room = "needs"
    model = Bid
    view_rule = "needs.view_bid"
    serializer_class = b.BidOut
    id_name = "bid_id"
    create_action = bid_actions.start_bid
    create_serializer = b.BidStart
    edit_action = bid_actions.save_bid
    edit_serializer = b.BidEdit
    filterset_fields = {"challenge": ["exact"], "state": ["exact", "in"]}
    ordering_fields = ["created_at", "submitted_at"]
    search_fields = ["challenge__title", "seen_name"]

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        named = with_seen_names(rows).select_related("challenge__need", "challenge__issuer", "bidder")
        return named.prefetch_related(
            "budgets",
            "declarations",
            "findings",
            "challenge__conditions",
            "machines__machine",
            "files__file",
            "commitments__specification",
            Prefetch("challenge__indicators", _INDICATORS),
        )

    submit_bid = operation(bid_actions.submit_bid, path="submit", serializer=b.SubmittedVersion)
    withdraw_bid = operation(bid_actions.withdraw_bid, path="withdraw")
    admit_bid = operation(bid_actions.admit_bid, path="admit")
    exclude_bid = operation(bid_actions.exclude_bid, path="exclude", serializer=Reason)
    remove_bid_file = operation(bid_actions.remove_bid_file, path="remove-file", serializer=b.RemoveBidFile)
    score_bid = operation(review_actions.score_bid, path="score", serializer=b.Marks, response=b.ScoreSheetOut)
    record_consensus = operation(consensus_actions.record_consensus, path="record-consensus", serializer=a.ConsensusIn)
    lock_sheet = operation(review_actions.lock_sheet, path="lock", response=b.ScoreSheetOut)
    write_feedback = operation(
        award_actions.write_feedback, path="write-feedback", serializer=a.FeedbackIn, response=b.FeedbackOut
    )

    @extend_schema(request={"multipart/form-data": b.BidFileIn}, responses={200: b.BidOut}, parameters=[KEY_HEADER])
    @action(detail=True, methods=["post"], url_path="add-file", parser_classes=[MultiPartParser])
    def add_bid_file(self, request: Request, pk: Any = None) -> Response:
        """Add a file to a draft, as multipart."""
        values = self.checked(b.BidFileIn)
        return self._answer(self._again(bid_actions.add_bid_file(actor=self.actor, bid_id=pk, **values)))

    @extend_schema(operation_id="get_bid_file", responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], url_path=r"files/(?P<file_id>[0-9a-f-]{36})")
    def file(self, request: Request, pk: Any = None, file_id: str = "") -> Any:
        """A file of the bid."""
        row = policy.fetch(self.actor, "needs.view_bid_file", BidFile, file_id)
        return respond(shown_file(self.actor, row.bid_id, row.file), request._request)

    @extend_schema(operation_id="list_resembling", responses=b.ResemblingOut(many=True))
    @action(detail=True, methods=["get"], url_path="resembling", pagination_class=None, filter_backends=[])
    def resembling(self, request: Request, pk: Any = None) -> Response:
        """Work and bids that the bid resembles, as far as the actor may read both."""
        return Response(self.shown(resembling(self.actor, self.fetch(pk)), b.ResemblingOut, many=True))

    @extend_schema(operation_id="get_bid_receipt", responses={(200, "application/json"): OpenApiTypes.OBJECT})
    @action(detail=True, methods=["get"], url_path="receipt")
    def receipt(self, request: Request, pk: Any = None) -> Any:
        """The newest submission: exactly the bytes whose SHA-256 is the receipt."""
        bid = self.fetch(pk)
        row = policy.visible_to(self.actor, BidSubmission).filter(bid=bid).order_by("-number").first()
        found = row or policy.fetch(self.actor, "needs.view_bid_submission", BidSubmission, pk)
        return HttpResponse(found.body.encode(), content_type="application/json", headers={"X-Receipt": found.sha256})


class PanelMemberViewSet(RoomViewSet):
    """Seats of panels: one's own, and those of the own organisation's challenges."""

    room = "needs"
    model = PanelMember
    view_rule = "needs.view_panel_member"
    serializer_class = b.PanelMemberOut
    id_name = "seat_id"
    create_action = review_actions.invite_panelist
    create_serializer = b.PanelInvitation
    filterset_fields = {"challenge": ["exact"], "state": ["exact"]}

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("person", "challenge__issuer", "challenge__need")

    declare_conflict = operation(review_actions.declare_conflict, path="declare", serializer=b.ConflictDeclaration)
    recuse = operation(review_actions.recuse, path="recuse", serializer=Reason)
    replace_panelist = operation(review_actions.replace_panelist, path="replace", serializer=Reason)
    name_chair = operation(review_actions.name_chair, path="name-chair")


class ScoreSheetViewSet(RoomViewSet):
    """Marks: one's own, and others' locked ones after one's own are locked."""

    room = "needs"
    model = ScoreSheet
    view_rule = "needs.view_score_sheet"
    serializer_class = b.ScoreSheetOut
    filterset_fields = {"bid": ["exact"], "bid__challenge": ["exact"]}

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("panel_member__person").prefetch_related("scores")


class AwardViewSet(RoomViewSet):
    """Awards: proposals to issuer and panel, signed ones to everyone who sees the challenge."""

    room = "needs"
    model = Award
    view_rule = "needs.view_award"
    serializer_class = b.AwardOut
    id_name = "award_id"
    create_action = award_actions.propose_award
    create_serializer = b.AwardProposal
    edit_action = award_actions.edit_award
    edit_serializer = b.AwardEdit
    filterset_fields = {"challenge": ["exact"], "state": ["exact"]}
    ordering_fields = ["created_at", "amount"]
    _judged: set[UUID] | None = None

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related(
            "challenge__issuer", "challenge__need", "bid__bidder", "proposed_by", "signed_by"
        ).prefetch_related("payers__organisation")

    def judges(self, award: Award) -> bool:
        """Whether the actor reads the reasons: who may read the bid and is not its bidder."""
        if self._judged is None:
            self._judged = set(
                bids_visible_to(self.actor).exclude(bidder_id=self.actor.organisation_id).values_list("pk", flat=True)
            )
        return award.bid_id in self._judged

    sign_award = operation(award_actions.sign_award, path="sign", serializer=b.SubmittedVersion)
    propose_race = operation(
        race_actions.propose_race,
        path="propose-race",
        serializer=a.RaceProposal,
        response=b.AwardsOut,
        detail=False,
        code=201,
    )
    void_award = operation(award_actions.void_award, path="void", serializer=Reason)


class FeedbackViewSet(RoomViewSet):
    """What bidders learn of their own bids."""

    room = "needs"
    model = Feedback
    view_rule = "needs.view_feedback"
    serializer_class = b.FeedbackOut
    filterset_fields = {"bid": ["exact"], "bid__challenge": ["exact"]}

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("bid__challenge").prefetch_related(
            "remarks",
            "bid__commitments__specification",
            Prefetch("bid__challenge__indicators", _INDICATORS),
        )


routes = [
    ("challenges", ChallengeViewSet, "challenge"),
    ("bids", BidViewSet, "bid"),
    ("panel-members", PanelMemberViewSet, "panel-member"),
    ("score-sheets", ScoreSheetViewSet, "score-sheet"),
    ("awards", AwardViewSet, "award"),
    ("feedback", FeedbackViewSet, "feedback"),
]
