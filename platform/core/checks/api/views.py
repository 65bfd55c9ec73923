"""The alerts' REST door."""

from __future__ import annotations

from rest_framework import serializers

from core.api.serializers import Reason
from core.api.views import RoomViewSet, operation
from core.checks import actions
from core.checks.models import Alert


class AlertOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Alert
        fields = [
            "id", "code", "rule", "numbers", "object_type", "object_id", "object_label", "clears", "link", "state", "mute_reason",
            "cleared_at", "created_at",
        ]  # fmt: skip


class Alerts(RoomViewSet):
    room, model, view_rule, id_name = "checks", Alert, "checks.view_alert", "alert_id"
    serializer_class = AlertOut
    filterset_fields = ["code", "state", "object_id"]
    mute = operation(actions.mute_alert, path="mute", serializer=Reason)
