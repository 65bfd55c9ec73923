"""Alerts: hits of checks that were told to people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.checks.states import ALIVE, AlertState, Severity
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
    # Nobody is silent for another: who called it a false alarm stands in `mutes`, and `standing` is what a reader sees.
    state = models.CharField(max_length=20, choices=AlertState.choices, default=AlertState.RAISED)
    cleared_at = models.DateTimeField(null=True, blank=True)
    # Neither read nor written any more; the next release takes these three away.
    muted_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mute_reason = models.TextField(blank=True)
    muted_until = models.DateTimeField(null=True, blank=True)
    severity = models.CharField(
        _("Severity"), max_length=10, choices=Severity.choices, default=Severity.WARNING, db_default=Severity.WARNING
    )
    chain_id = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", AlertState, "alert_state_known"),
            known_states("severity", Severity, "alert_severity_known"),
            models.UniqueConstraint(
                fields=["check_name", "object_id", "hit_key"],
                condition=models.Q(state__in=list(ALIVE)),
                name="alert_alive_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.object_label}"


class Mute(UuidModel):
    """One organisation calls an alert a false alarm: it is silent for them while its cause lasts, or until a moment."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="mutes")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["alert", "organisation"], name="mute_once_each")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.alert}"


class AlertTold(UuidModel):
    """One person to be told of one alert; `told_at` is empty while it waits for the end of the present round."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="told")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    is_folded = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="alert_told_once")]
        indexes = [models.Index(fields=["person"], condition=models.Q(told_at__isnull=True), name="alert_to_tell")]

    def __str__(self) -> str:
        return f"{self.alert} → {self.person}"


class Wave(UuidModel):
    """Alerts of one rule that reached one person without a calm between them; many are told in one notice."""

    code = models.CharField(max_length=10)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    is_folded = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["person", "code", "-last_at"], name="wave_last")]

    def __str__(self) -> str:
        return f"{self.code} × {self.count}"


class ThresholdChange(UuidModel):
    """A chain's own value of a rule's threshold, or its return to the default; only ever added to, the newest counts."""

    code = models.CharField(max_length=10)
    name = models.CharField(max_length=40)
    chain_id = models.UUIDField()
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    before = models.DecimalField(max_digits=18, decimal_places=4)
    reason = models.TextField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["chain_id", "code", "name", "-created_at"], name="threshold_newest")]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="threshold_has_reason")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
