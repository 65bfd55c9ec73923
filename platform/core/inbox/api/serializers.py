"""What the inbox takes and gives by REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import book
from core.api.serializers import Input, Ref
from core.inbox import kinds
from core.inbox.models import Absence, Choice, Notification, Preferences, Task
from core.inbox.queries import beyond
from core.inbox.states import Mailing


class TaskOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    title = serializers.CharField(source="sentence")
    why = serializers.CharField(source="reason")
    person = Ref(allow_null=True)
    holder = Ref(allow_null=True)
    closed_by = Ref(allow_null=True)

    class Meta:
        model = Task
        fields = [
            "id", "kind", "title", "why", "link", "object_type", "object_id", "organisation", "role", "person", "holder", "due_at",
            "state", "closed_at", "closed_by", "created_at",
        ]  # fmt: skip


class HandOnIn(Input):
    to = serializers.UUIDField(help_text="The member who gets the task.")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class HistoryOut(serializers.Serializer):  # type: ignore[type-arg]
    """What became of a task."""

    when = serializers.DateTimeField()
    who = serializers.CharField()
    organisation = serializers.CharField()
    operation = serializers.CharField()
    reason = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()


class TaskHistory(serializers.Serializer):  # type: ignore[type-arg]
    entries = serializers.SerializerMethodField()

    def get_entries(self, task: Task) -> list[dict[str, Any]]:
        return list(HistoryOut(book.timeline(task, 100), many=True).data)


class NotificationOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    title = serializers.CharField(source="sentence")

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "body", "link", "object_type", "object_id", "read_at", "created_at"]


class CountOut(serializers.Serializer):  # type: ignore[type-arg]
    count = serializers.SerializerMethodField()

    def get_count(self, count: int) -> int:
        return count


class SummaryOut(serializers.Serializer):  # type: ignore[type-arg]
    tasks = serializers.IntegerField(help_text="Open tasks that wait.")
    unread = serializers.IntegerField(help_text="Notifications not read yet.")
    label = serializers.CharField(help_text="The same in words.")  # type: ignore[assignment]


class ChoiceIn(Input):
    kind = serializers.CharField(max_length=60)
    in_product = serializers.BooleanField(source="is_shown", required=False, default=True)
    mail = serializers.ChoiceField(choices=Mailing.choices, required=False, default=Mailing.AT_ONCE)


@extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"})
class TimeOfDay(serializers.TimeField):
    """A time on the person's own clock: no zone, so not the description format's `time`."""


class PreferencesIn(Input):
    zone = serializers.CharField(max_length=60, required=False, help_text="A name of the IANA time zone database.")
    quiet_from = TimeOfDay(required=False, allow_null=True)
    quiet_to = TimeOfDay(required=False, allow_null=True)
    digest_at = TimeOfDay(required=False)
    choices = ChoiceIn(many=True, required=False, help_text="Kinds that are not named stay as they are.")


class KindOut(serializers.Serializer):  # type: ignore[type-arg]
    """One kind, what was chosen for it, and whether it may be silenced."""

    room = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_task = serializers.BooleanField()
    in_product = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=Mailing.choices)
    locked = serializers.CharField(help_text="Why it cannot be silenced; empty where it can.")


class PreferencesOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    language = serializers.CharField(source="person.language", help_text="The language of e-mail, as of the pages.")
    quiet_from = TimeOfDay(allow_null=True)
    quiet_to = TimeOfDay(allow_null=True)
    digest_at = TimeOfDay()
    kinds = serializers.SerializerMethodField()

    class Meta:
        model = Preferences
        fields = ["zone", "quiet_from", "quiet_to", "digest_at", "language", "kinds"]

    def get_kinds(self, row: Preferences) -> list[dict[str, Any]]:
        chosen = {one.kind: one for one in Choice.objects.filter(preferences=row.pk)}
        found = []
        for group in kinds.groups():
            for kind in group.kinds:
                choice = chosen.get(kind.code)
                found.append(
                    {
                        "room": group.room,
                        "kind": kind.code,
                        "label": kind.label,
                        "is_task": kind.is_task,
                        "in_product": choice.is_shown if choice else True,
                        "mail": choice.mail if choice else Mailing.AT_ONCE,
                        "locked": kind.locked,
                    }
                )
        return list(KindOut(found, many=True).data)


class CoverIn(Input):
    cover = serializers.UUIDField(help_text="A member of the acting organisation.")
    starts_on = serializers.DateField(help_text="The first day away, in one's own time zone.")
    ends_on = serializers.DateField(help_text="The last day away.")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class BeyondOut(serializers.Serializer):  # type: ignore[type-arg]
    """What the cover cannot do: roles lacking, open tasks for them, open tasks asked of the person."""

    roles = serializers.ListField(child=serializers.CharField())
    tasks = serializers.IntegerField()
    personal = serializers.IntegerField()


class AbsenceOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    person = Ref()
    cover = Ref()

    class Meta:
        model = Absence
        fields = [
            "id",
            "person",
            "cover",
            "organisation",
            "starts_on",
            "ends_on",
            "starts_at",
            "ends_at",
            "ended_at",
            "note",
            "created_at",
        ]


class AbsenceBeyond(serializers.Serializer):  # type: ignore[type-arg]
    cannot = serializers.SerializerMethodField()

    def get_cannot(self, row: Absence) -> dict[str, Any]:
        return dict(BeyondOut(beyond(row)).data)


class DeadlineOut(serializers.Serializer):  # type: ignore[type-arg]
    key = serializers.CharField(help_text="Stays the same for ever.")
    source = serializers.CharField()  # type: ignore[assignment]
    title = serializers.CharField()
    link = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True, help_text="The moment, where the time of day counts.")
    on = serializers.DateField(source="day", help_text="The day in China.")
    organisation = serializers.CharField()
    object_id = serializers.UUIDField(allow_null=True)
    is_late = serializers.BooleanField()


class DeadlinesOut(serializers.Serializer):  # type: ignore[type-arg]
    results = DeadlineOut(many=True)


class DeadlinesIn(serializers.Serializer):  # type: ignore[type-arg]
    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)
    source = serializers.CharField(required=False, max_length=40)  # type: ignore[assignment]


class FeedOut(serializers.Serializer):  # type: ignore[type-arg]
    address = serializers.CharField(help_text="Secret: whoever has it reads the calendar without signing in.")
    renewed_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
