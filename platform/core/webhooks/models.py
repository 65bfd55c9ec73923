"""Endpoints of organisations, what is to be told to them, and each attempt to tell it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation
from core.db import UuidModel, VersionedModel, known_states
from core.webhooks.states import DeliveryState, EndpointState, Fault


class Endpoint(VersionedModel):
    """An address of an organisation's own system, and the kinds of news it asked for."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="webhook_endpoints")
    name = models.CharField(_("Name"), max_length=80)
    url = models.CharField(_("Address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=100), default=list)
    state = models.CharField(max_length=20, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    sealed_secret = models.TextField(blank=True)
    sealed_old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True, blank=True)
    # How it has been lately: failures in a row, since when, and until when it is left in peace.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    resting_until = models.DateTimeField(null=True, blank=True)

    # Set on the instance that registering and rotating return; never stored in the open.
    fresh_secret: str = ""

    class Meta:
        ordering = ["name"]
        indexes = [GinIndex(fields=["kinds"], name="endpoint_kinds")]
        constraints = [known_states("state", EndpointState, "endpoint_state_known")]

    def __str__(self) -> str:
        return self.name


class Delivery(UuidModel):
    """One message for one endpoint. Its id is the message's id, the same at every attempt and replay."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=100)
    occurred_at = models.DateTimeField()
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    body = models.TextField()
    state = models.CharField(max_length=20, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    # Who sends it now holds the claim until the lease ends; a worker that dies leaves both behind.
    claim = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    # The last attempt, for the list.
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("delivery")
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["pending", "failed"]), name="webhook_delivery_due"
            ),
            models.Index(fields=["endpoint", "-occurred_at"], name="webhook_delivery_log"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_delivery_once"),
            known_states("state", DeliveryState, "webhook_delivery_state_known"),
            models.CheckConstraint(
                condition=models.Q(fault__in=["", *Fault.values]), name="webhook_delivery_fault_known"
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=False) | ~models.Q(state__in=["pending", "failed"]),
                name="webhook_delivery_unfinished_is_due",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class Attempt(UuidModel):
    """One attempt to deliver: when, what came back, how long it took."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    took_ms = models.PositiveIntegerField()
    fault = models.CharField(max_length=20, choices=Fault.choices, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.status or self.fault}"
