"""Opportunities across chains that the finder proposes (R122)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.db import UuidModel
from needs.models.need import Need
from needs.models.result import Capability, Result


class Opportunity(UuidModel):
    """A need of one chain and a result or capability of another that speak of the same."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="opportunities", verbose_name=_("Need"))
    result = models.ForeignKey(Result, null=True, on_delete=models.CASCADE, related_name="opportunities")
    capability = models.ForeignKey(Capability, null=True, on_delete=models.CASCADE, related_name="opportunities")
    from_chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="+", verbose_name=_("From chain"))
    from_node = models.ForeignKey(ChainNode, on_delete=models.CASCADE, related_name="+")
    to_chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="+", verbose_name=_("To chain"))
    # Per cent of what both say that is the same; and the shared words, each with its own part of it in per cent.
    strength = models.DecimalField(_("Strength"), max_digits=4, decimal_places=1)
    words = models.JSONField(default=list)
    found_at = models.DateTimeField(db_index=True)
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-strength"]
        verbose_name_plural = "opportunities"
        indexes = [models.Index(fields=["-strength"], condition=Q(gone_at__isnull=True), name="opportunity_strength")]
        constraints = [
            models.CheckConstraint(condition=Q(result__isnull=True) ^ Q(capability__isnull=True), name="opportunity_of_one"),
            models.CheckConstraint(condition=~Q(from_chain=models.F("to_chain")), name="opportunity_across_chains"),
            models.UniqueConstraint(fields=["need", "result"], name="opportunity_of_result_once"),
            models.UniqueConstraint(fields=["need", "capability"], name="opportunity_of_capability_once"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.from_chain} · {self.from_node} → {self.to_chain} · {self.need.node}"

    @property
    def found(self) -> Result | Capability:
        """The result or capability."""
        one = self.result or self.capability
        assert one is not None
        return one


class Sought(UuidModel):
    """As of which moment opportunities were looked for with a need, a result or a capability."""

    object_id = models.UUIDField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.object_id)
