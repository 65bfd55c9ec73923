"""Claimed idempotency keys with their outcome."""

from __future__ import annotations

from django.db import models

from core.db import UuidModel


class CommandRecord(UuidModel):
    """What a command with a key came to: its result or its refusal, so that a retry is answered alike."""

    actor_id = models.UUIDField()
    organisation_id = models.UUIDField(null=True)
    key = models.CharField(max_length=255)
    name = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    outcome = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="command_key_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"
