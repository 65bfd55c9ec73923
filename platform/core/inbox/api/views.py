"""The inbox's REST door."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from core.api.views import RoomViewSet, operation
from core.inbox import actions
from core.inbox.models import Notification, Task


class TaskOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    title = serializers.CharField(source="sentence")
    why = serializers.CharField(source="reason")

    class Meta:
        model = Task
        fields = [
            "id",
            "kind",
            "title",
            "why",
            "link",
            "object_type",
            "object_id",
            "organisation",
            "role",
            "due_at",
            "state",
            "created_at",
        ]


class NotificationOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    title = serializers.CharField(source="sentence")

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "body", "link", "object_type", "object_id", "read_at", "created_at"]


class Tasks(RoomViewSet):
    room, model, view_rule = "inbox", Task, "inbox.view_task"
    serializer_class = TaskOut
    filterset_fields = ["state", "kind", "object_id"]


class Notifications(RoomViewSet):
    room, model, view_rule, id_name = "inbox", Notification, "inbox.view_notification", "notification_id"
    serializer_class = NotificationOut
    filterset_fields = ["kind", "object_id"]
    read = operation(actions.read_notification, path="read")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows
