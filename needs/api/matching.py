"""The REST door of matches, dismissals and invitations."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.serializers import Input, Reason, Ref, open_moves
from core.api.views import RoomViewSet, operation
from needs.actions import matching as actions
from needs.models.matching import Dismissal, SolverInvitation
from needs.queries.duplicate import related_to
from needs.queries.matching import Match, matches_of
from needs.states.matching import INVITATION


class MetOut(serializers.Serializer[Any]):
    """An indicator of the need and what the result reaches."""

    indicator = serializers.CharField(source="specification.name")
    target = serializers.CharField(source="specification.target_text")
    value = serializers.CharField()
    outcome = serializers.CharField(source="verdict.outcome")


class LackOut(serializers.Serializer[Any]):
    """A qualification that the need's chain demands and that was not shown."""

    id = serializers.UUIDField(source="qualification.pk")
    name = serializers.CharField(source="qualification.name")
    evidence = serializers.ChoiceField(
        choices=["", "submitted", "expired"],
        help_text="`submitted`: it waits for the chain's leader; `expired`: its day has passed.",
    )
    words = serializers.CharField(source="*", help_text="As the page says it.")


class MatchOut(serializers.Serializer[Match]):
    """Something that fits, and why."""

    place = serializers.IntegerField()
    kind = serializers.CharField(source="document.kind")
    group = serializers.CharField(help_text="The kind; of an offer what it offers: people, data, fund or technology.")
    object_id = serializers.UUIDField(source="document.object_id")
    title = serializers.CharField(source="document.title")
    link = serializers.CharField(source="document.link")
    organisation = serializers.CharField(source="document.organisation.name")
    words = serializers.ListField(child=serializers.CharField(), help_text="Words that both share, most telling first.")
    is_across = serializers.BooleanField(help_text="It belongs to other chains only.")
    is_same_node = serializers.BooleanField()
    indicators = MetOut(many=True)
    lacks = LackOut(many=True)


class MatchesOut(serializers.Serializer[Any]):
    found = MatchOut(many=True)
    across = serializers.IntegerField(help_text="How many of them belong to other chains only.")
    groups = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many of the best sixty are of each group."
    )


GROUPS = ["result", "capability", "equipment", "people", "data", "fund", "technology", "need"]
GROUP = OpenApiParameter("group", str, enum=GROUPS, description="Only matches of this group.")
ACROSS = OpenApiParameter("across", str, enum=["yes", "no"], description="`no` leaves other chains out.")


def match_door(name: str) -> Any:
    """The door of what fits a need, a result or a capability, under its own name."""

    @extend_schema(operation_id=name, parameters=[ACROSS, GROUP], responses=MatchesOut)
    @action(
        detail=True, methods=["get"], url_path="matches", url_name="matches", filter_backends=[], pagination_class=None
    )
    def matches(self: Any, request: Request, pk: Any = None) -> Response:
        """The best matches with their reasons, best first; other chains' by choice (R121)."""
        unknown = set(request.query_params) - {"across", "group"}
        across, group = request.query_params.get("across", "yes"), request.query_params.get("group", "")
        wrong = {name: ["Unknown parameter."] for name in unknown}
        if across not in ("yes", "no"):
            wrong["across"] = ["Say yes or no."]
        if group and group not in GROUPS:
            wrong["group"] = [f"One of: {', '.join(GROUPS)}."]
        if wrong:
            raise ValidationError(wrong)
        found = matches_of(self.actor, self.fetch(pk), across=across == "yes", group=group)
        return Response(self.shown(found, MatchesOut))

    return matches


class RelatedOut(serializers.Serializer[Any]):
    """Somebody else's need, result or project near this one."""

    kind = serializers.CharField(source="document.kind")
    object_id = serializers.UUIDField(source="document.object_id")
    title = serializers.CharField(source="document.title")
    link = serializers.CharField(source="document.link")
    organisation = serializers.CharField(source="document.organisation.name")
    words = serializers.ListField(child=serializers.CharField(), help_text="Words that both share, most telling first.")


def related_door(name: str) -> Any:
    """The door of what others do near a need or a result, under its own name."""

    @extend_schema(operation_id=name, responses=RelatedOut(many=True))
    @action(
        detail=True,
        methods=["get"],
        url_path="related_work",
        url_name="related-work",
        filter_backends=[],
        pagination_class=None,
    )
    def related_work(self: Any, request: Request, pk: Any = None) -> Response:
        """At most five works of others near this one, nearest first; what is told to be similar is not among them (R106)."""
        if unknown := set(request.query_params):
            raise ValidationError({name: ["Unknown parameter."] for name in unknown})
        return Response(self.shown(related_to(self.actor, self.fetch(pk)), RelatedOut, many=True))

    return related_work


class DismissIn(Reason):
    object_id = serializers.UUIDField(help_text="The id of what was found.")


class SolverInviteIn(Input):
    object_id = serializers.UUIDField(help_text="The id of what was found; its owner is invited.")
    message = serializers.CharField(max_length=20000, required=False, allow_blank=True, default="")


class SolvingAnswer(Input):
    answer = serializers.CharField(max_length=20000, required=False, allow_blank=True, default="")


class DismissalOut(serializers.ModelSerializer[Dismissal]):
    class Meta:
        model = Dismissal
        fields = ["id", "subject_type", "subject_id", "object_type", "object_id", "reason", "restored_at", "created_at"]


class SolverInvitationOut(serializers.ModelSerializer[SolverInvitation]):
    need = Ref()
    organisation = Ref()
    open_moves = serializers.SerializerMethodField()

    class Meta:
        model = SolverInvitation
        fields = [
            "id",
            "need",
            "organisation",
            "object_type",
            "object_id",
            "message",
            "state",
            "answer",
            "answered_at",
            "created_at",
            "open_moves",
        ]

    def get_open_moves(self, row: SolverInvitation) -> list[str]:
        return open_moves(self.context["view"].actor, INVITATION, row, "needs")


class DismissalViewSet(RoomViewSet):
    """Matches that one's organisation does not want to see again, and why."""

    room, model, view_rule, id_name = "needs", Dismissal, "needs.view_dismissal", "dismissal_id"
    serializer_class = DismissalOut
    filterset_fields = {"subject_id": ["exact"], "object_id": ["exact"], "restored_at": ["isnull"]}
    restore_match = operation(actions.restore_match, path="restore")


class InvitationViewSet(RoomViewSet):
    """Invitations to solve a need: sent by its owner, answered by the organisation invited."""

    room, model, view_rule, id_name = "needs", SolverInvitation, "needs.view_solver_invitation", "invitation_id"
    serializer_class = SolverInvitationOut
    filterset_fields = {"need": ["exact"], "organisation": ["exact"], "state": ["exact"]}
    accept_solving = operation(actions.accept_solving, path="accept", serializer=SolvingAnswer)
    decline_solving = operation(actions.decline_solving, path="decline", serializer=Reason)
    withdraw_solving = operation(actions.withdraw_solving, path="withdraw")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("need", "organisation")
