"""The notice period (公示) of proposed awards, and objections against them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states
from needs.models.challenge import Challenge
from needs.states.notice import ObjectionState


class AwardNotice(UuidModel):
    """That the proposed awards are made known, until when; any change of a proposal withdraws it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="notices")
    number = models.PositiveSmallIntegerField()
    statement = models.TextField(_("Words of the notice"), blank=True)
    content = models.JSONField(default=list)
    content_hash = models.CharField(max_length=64)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField(_("Until"), db_index=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdraw_reason = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="award_notice_number_once"),
            models.UniqueConstraint(
                fields=["challenge"], condition=Q(withdrawn_at__isnull=True), name="award_notice_one_live"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="award_notice_lasts"),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.code} · {self.number}"

    @property
    def is_live(self) -> bool:
        """Whether it stands: not withdrawn by a change."""
        return self.withdrawn_at is None

    @property
    def is_running(self) -> bool:
        """Whether objections are still taken, by the clock."""
        return self.is_live and clock.now() < self.ends_at


class Objection(VersionedModel):
    """What an organisation holds against a proposed award; a named person answers and decides."""

    notice = models.ForeignKey(AwardNotice, on_delete=models.PROTECT, related_name="objections")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    grounds = models.TextField(_("Grounds"))
    state = models.CharField(max_length=20, choices=ObjectionState.choices, default=ObjectionState.RAISED)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(_("Answer due"))
    handler = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(_("Answer"), blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_at"]
        constraints = [
            known_states("state", ObjectionState, "objection_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["dismissed", "upheld"])
                | (Q(handler__isnull=False, decided_at__isnull=False) & ~Q(answer="")),
                name="objection_decided_by_name",
            ),
            models.CheckConstraint(condition=~Q(grounds=""), name="objection_has_grounds"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.organisation}"
