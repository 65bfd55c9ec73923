"""News waiting for delivery, and the marks of what was delivered."""

from __future__ import annotations

from django.db import models

from core.db import UuidModel


class Event(UuidModel):
    """One piece of news, written in the transaction that made it true."""

    name = models.CharField(max_length=100)
    payload = models.JSONField()
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(delivered_at__isnull=True), name="event_waiting")
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """The mark that one listener has had one event; written in the listener's own transaction."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="delivery_once")]

    def __str__(self) -> str:
        return self.handler
