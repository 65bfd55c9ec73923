"""What goes in and out at the REST door of webhooks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.api.serializers import Input, Whole, open_moves
from core.webhooks.models import Attempt, Delivery, Endpoint
from core.webhooks.states import ENDPOINT


class EndpointIn(Input):
    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500, help_text="https, to a public server, at port 443 or 8443.")
    kinds = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=100, help_text="Names from webhook-kinds/."
    )


class EndpointEdit(EndpointIn):
    """Any of the three."""


class RotateIn(Input):
    hours = Whole(
        required=False, default=24, help_text="For so many hours messages carry a signature by the old secret as well."
    )


class ReplayIn(Input):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="Now, when left out.")
    is_everything = serializers.BooleanField(
        required=False, default=False, help_text="Also what was delivered; otherwise only what never arrived."
    )


class Replayed(serializers.Serializer):  # type: ignore[type-arg]  # no model: an answer
    messages = serializers.IntegerField(source="*")


class EndpointOut(serializers.ModelSerializer[Endpoint]):
    open_operations = serializers.SerializerMethodField()
    secret = serializers.SerializerMethodField(
        help_text="whsec_…; told once, in the answer that registers the endpoint or rotates its secret."
    )

    class Meta:
        model = Endpoint
        fields = [
            "id", "name", "url", "kinds", "state", "version", "failures", "failing_since", "resting_until", "old_secret_until", "created_at",
            "updated_at", "open_operations", "secret",
        ]  # fmt: skip

    def get_open_operations(self, row: Endpoint) -> list[str]:
        return open_moves(self.context["request"]._request.actor, ENDPOINT, row, "webhooks")

    def get_secret(self, row: Endpoint) -> str:
        return row.fresh_secret


class AttemptOut(serializers.ModelSerializer[Attempt]):
    class Meta:
        model = Attempt
        fields = ["id", "created_at", "status", "fault", "took_ms", "answer"]


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """A line of the log; the attempts stand on the single row."""

    class Meta:
        model = Delivery
        fields = [
            "id", "endpoint", "kind", "event_id", "occurred_at", "object_type", "object_id", "body", "state", "tries", "due_at", "sent_at",
            "status", "took_ms", "fault", "created_at",
        ]  # fmt: skip


class DeliveryWhole(DeliveryOut):
    attempts = AttemptOut(many=True)

    class Meta(DeliveryOut.Meta):
        fields = [*DeliveryOut.Meta.fields, "attempts"]


class KindOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: what the rooms offer
    name = serializers.CharField()
    words = serializers.CharField(source="label")
    object_type = serializers.SerializerMethodField()

    def get_object_type(self, kind: Any) -> str:
        return str(kind.model_label.lower())
