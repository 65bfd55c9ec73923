"""What a bid resembles: other work and bids of its bidder, work of others, and, once they are opened, the other bids of its challenge (R106)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.db import UuidModel, known_states
from needs.models.bid import Bid


class Measure(models.TextChoices):
    """By what the two are alike: by goal, indicators and field, or word for word."""

    ALIKE = "alike"
    COPIED = "copied"


class SimilarBid(UuidModel):
    """A bid and what is like it. Nobody reads a row of it: what one may know of it is asked of `needs.queries.bid_likeness`."""

    bid = models.ForeignKey(Bid, on_delete=models.CASCADE, related_name="+")
    other_type = models.CharField(max_length=60)
    other_id = models.UUIDField()
    measure = models.CharField(max_length=20, choices=Measure.choices)
    score = models.DecimalField(max_digits=5, decimal_places=3)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score"]
        indexes = [models.Index(fields=["other_id"], condition=Q(gone_at__isnull=True), name="similar_bid_other")]
        constraints = [
            models.UniqueConstraint(fields=["bid", "other_id", "measure"], name="similar_bid_once"),
            known_states("measure", Measure, "similar_bid_measure_known"),
        ]

    def __str__(self) -> str:
        return f"{self.bid_id} ~ {self.other_id}"
