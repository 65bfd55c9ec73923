"""The inbox's REST door."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.access import policy
from core.api.serializers import Nothing
from core.api.views import KEY_HEADER, MATCH_HEADER, Door, RoomViewSet, operation, version_asked
from core.errors import NotFound
from core.inbox import actions, feeds
from core.inbox.api import serializers as forms
from core.inbox.deadlines import AHEAD, deadlines_for, sources
from core.inbox.models import Absence, Feed, Notification, Preferences, Task
from core.inbox.queries import feed_of, preferences_of, pulse_of

ETAG = "W/"


class Tasks(RoomViewSet):
    room, model, view_rule, id_name = "inbox", Task, "inbox.view_task", "task_id"
    serializer_class = forms.TaskOut
    filterset_fields = ["state", "kind", "object_id", "holder"]
    ordering_fields = ["created_at", "due_at"]
    hand_on = operation(actions.hand_on_task, path="hand_on", serializer=forms.HandOnIn)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("person", "holder", "closed_by")

    @extend_schema(operation_id="get_task_history", responses={200: forms.TaskHistory})
    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: Any = None) -> Response:
        """What became of the task: who handed it on to whom, and why."""
        return Response(self.shown(self.fetch(pk), forms.TaskHistory))


class Notifications(RoomViewSet):
    room, model, view_rule, id_name = "inbox", Notification, "inbox.view_notification", "notification_id"
    serializer_class = forms.NotificationOut
    filterset_fields = ["kind", "object_id"]
    read = operation(actions.read_notification, path="read")
    read_all = operation(actions.read_all_notifications, path="read_all", response=forms.CountOut, detail=False)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows


class Absences(RoomViewSet):
    room, model, view_rule, id_name = "inbox", Absence, "inbox.view_absence", "absence_id"
    serializer_class = forms.AbsenceOut
    create_action, create_serializer = actions.name_cover, forms.CoverIn
    filterset_fields = ["person", "cover"]
    ordering_fields = ["created_at", "starts_at"]
    end = operation(actions.end_cover, path="end")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("person", "cover")

    @extend_schema(operation_id="get_absence_limits", responses={200: forms.AbsenceBeyond})
    @action(detail=True, methods=["get"])
    def cannot(self, request: Request, pk: Any = None) -> Response:
        """What the cover cannot do for the absent person."""
        return Response(self.shown(self.fetch(pk), forms.AbsenceBeyond))


class Summary(Door):
    """How many tasks wait and how many notifications are unread; cheap to ask again with If-None-Match."""

    room = "inbox"
    serializer_class = forms.SummaryOut

    @extend_schema(
        responses={200: forms.SummaryOut, 304: None},
        parameters=[
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of the last answer.")
        ],
    )
    def retrieve(self, request: Request) -> Response:
        pulse = pulse_of(self.actor)
        label = ngettext("Inbox, %(n)s thing to do", "Inbox, %(n)s things to do", pulse.tasks) % {"n": pulse.tasks}
        mark = f'"{hashlib.sha256(f"{pulse.mark}|{label}".encode()).hexdigest()[:24]}"'
        headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match", "").removeprefix(ETAG) == mark:
            return Response(status=304, headers=headers)
        shown = {"tasks": pulse.tasks, "unread": pulse.unread, "label": label}
        return Response(self.shown(shown), headers=headers)


class PreferencesDoor(Door):
    """What one is told and how: quiet hours, digest, and a choice for each kind of message."""

    room = "inbox"
    serializer_class = forms.PreferencesOut

    @extend_schema(responses={200: forms.PreferencesOut})
    def retrieve(self, request: Request) -> Response:
        policy.require(self.actor, "inbox.view_preferences")
        assert self.actor.person is not None
        return self._answer(preferences_of(self.actor.person))

    @extend_schema(
        operation_id="edit_preferences", request=forms.PreferencesIn, responses={200: forms.PreferencesOut},
        parameters=[MATCH_HEADER, KEY_HEADER],
    )  # fmt: skip
    def partial_update(self, request: Request) -> Response:
        """Change what is named; kinds that must not be silenced are refused."""
        policy.require(self.actor, "inbox.edit_preferences")
        version = version_asked(request)
        sent = forms.PreferencesIn(data=request.data)
        sent.is_valid(raise_exception=True)
        changes = dict(sent.validated_data)
        return self._answer(actions.edit_preferences(actor=self.actor, changes=changes, version=version))

    def _answer(self, row: Preferences) -> Response:
        return Response(self.shown(row), headers={"ETag": f'"{row.version}"'})


class DeadlinesDoor(Door):
    """All deadlines that one may see, in order of time."""

    room = "inbox"
    serializer_class = forms.DeadlinesOut

    @extend_schema(responses={200: forms.DeadlinesOut}, parameters=[forms.DeadlinesIn])
    def retrieve(self, request: Request) -> Response:
        """From `start` to `end`, both included; without them from today on for 400 days."""
        policy.require(self.actor, "inbox.view_deadlines")
        # A plain dictionary: of a form's data an empty value would pass for one that was not sent.
        asked = forms.DeadlinesIn(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        start = asked.validated_data.get("start") or clock.today()
        end = asked.validated_data.get("end") or start + AHEAD
        source = asked.validated_data.get("source", "")
        if source and source not in dict(sources()):
            raise exceptions.ValidationError({"source": ["There is no such source."]})
        if not dt.timedelta() <= end - start <= 2 * AHEAD or not 1900 <= start.year <= 9000:
            raise exceptions.ValidationError({"end": ["At most 800 days, and not before the start."]})
        first, last = (dt.datetime.combine(day, dt.time(), clock.CHINA) for day in (start, end + dt.timedelta(days=1)))
        return Response(self.shown({"results": deadlines_for(self.actor, first, last, source)}))


class FeedDoor(Door):
    """The secret address under which calendar programs read one's deadlines."""

    room = "inbox"
    serializer_class = forms.FeedOut

    @extend_schema(responses={200: forms.FeedOut})
    def retrieve(self, request: Request) -> Response:
        policy.require(self.actor, "inbox.view_feed")
        row = feed_of(self.actor.person)
        if row is None:
            raise NotFound(_("Your calendar has no address; renew makes one."))
        return self._answer(row)

    @extend_schema(operation_id="renew_calendar", request=None, responses={200: forms.FeedOut}, parameters=[KEY_HEADER])
    def renew(self, request: Request) -> Response:
        """Make a new address; an earlier one stops working in the same moment."""
        self.checked(Nothing)
        return self._answer(actions.renew_feed(actor=self.actor))

    @extend_schema(operation_id="close_calendar", responses={204: None}, parameters=[KEY_HEADER])
    def destroy(self, request: Request) -> Response:
        """Close the address for good."""
        actions.revoke_feed(actor=self.actor)
        return Response(status=204)

    def _answer(self, row: Feed) -> Response:
        shown = {"address": feeds.address_of(row), "renewed_at": row.renewed_at, "read_at": row.read_at}
        return Response(self.shown(shown))
