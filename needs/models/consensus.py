"""What a panel agrees on after everybody has marked alone, and who disagrees."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.db import UuidModel
from needs.models.bid import Bid
from needs.models.challenge import Criterion
from needs.models.review import PanelMember


class Consensus(UuidModel):
    """The panel's mark of a bid for a criterion, with the chair's note; a newer one takes the place of an older one."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="consensus")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(_("Mark"), max_digits=6, decimal_places=2, null=True, blank=True)
    is_na = models.BooleanField(_("Not assessed"), default=False)
    note = models.TextField(_("Why"))
    seat = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["bid", "criterion"], condition=Q(superseded_at__isnull=True), name="consensus_once"
            ),
            models.CheckConstraint(
                condition=Q(is_na=True, value__isnull=True) | Q(is_na=False, value__gte=0),
                name="consensus_value_or_na",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="consensus_has_note"),
        ]

    def __str__(self) -> str:
        return _now("n/a") if self.is_na else str(self.value)


class Dissent(UuidModel):
    """That a member does not share a consensus, and why; kept with it for good."""

    consensus = models.ForeignKey(Consensus, on_delete=models.PROTECT, related_name="dissents")
    seat = models.ForeignKey(PanelMember, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Why you disagree"))
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at"]
        constraints = [models.UniqueConstraint(fields=["consensus", "seat"], name="dissent_once")]

    def __str__(self) -> str:
        return f"{self.seat} · {self.consensus.criterion}"
