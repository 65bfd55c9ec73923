"""Alerts: hits of checks that were told to people."""

from __future__ import annotations

from django.db import models

from core.accounts.models import Organisation, Person
from core.checks.states import ALIVE, AlertState
from core.db import UuidModel, known_states


class Alert(UuidModel):
    """One thing the platform noticed, about one object, until it clears or is muted as a false alarm."""

    code = models.CharField(max_length=10, db_index=True)
    check_name = models.CharField(max_length=200)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField(db_index=True)
    hit_key = models.CharField(max_length=100, blank=True)
    object_label = models.CharField(max_length=200)
    rule = models.TextField()
    numbers = models.JSONField(default=dict)
    clears = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    organisations = models.ManyToManyField(Organisation, related_name="alerts")
    to_operator = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=AlertState.choices, default=AlertState.RAISED)
    cleared_at = models.DateTimeField(null=True, blank=True)
    muted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mute_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", AlertState, "alert_state_known"),
            models.UniqueConstraint(
                fields=["check_name", "object_id", "hit_key"],
                condition=models.Q(state__in=list(ALIVE)),
                name="alert_alive_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.object_label}"
