"""The panel of a challenge, its marks and its sheets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Person
from core.db import UuidModel, VersionedModel, known_states
from needs.models.bid import Bid, BidSubmission
from needs.models.challenge import Challenge, Criterion
from needs.states.review import PanelState


class PanelMember(UuidModel):
    """A person's seat on the panel of a challenge, with what they declared and what the platform found."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="panel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="panel_seats")
    state = models.CharField(max_length=20, choices=PanelState.choices, default=PanelState.INVITED)
    is_chair = models.BooleanField(_("Chair"), default=False)
    declared_at = models.DateTimeField(null=True, blank=True)
    declaration = models.TextField(blank=True)
    conflicts = models.JSONField(default=list, blank=True)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "person"], name="panel_seat_once"),
            models.UniqueConstraint(
                fields=["challenge"],
                condition=Q(is_chair=True, state__in=["invited", "cleared"]),
                name="panel_one_chair",
            ),
            known_states("state", PanelState, "panel_state_known"),
            models.CheckConstraint(
                condition=~Q(state="cleared") | Q(declared_at__isnull=False), name="panel_cleared_has_declared"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class ScoreSheet(VersionedModel):
    """One member's marks for one bid; what others gave shows only after it is locked, and then it stays as it is."""

    panel_member = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="sheets")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="sheets")
    submission = models.ForeignKey(BidSubmission, on_delete=models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["panel_member", "bid"], name="score_sheet_once")]

    def __str__(self) -> str:
        return f"{self.panel_member} · {self.bid}"


class Score(UuidModel):
    """One mark: a value within the criterion's range, or "not assessed", which moves no mean."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    is_na = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="score_once"),
            models.CheckConstraint(
                condition=Q(is_na=True, value__isnull=True) | Q(is_na=False, value__gte=0), name="score_value_or_na"
            ),
        ]

    def __str__(self) -> str:
        return _now("n/a") if self.is_na else str(self.value)
