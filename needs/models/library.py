"""Calls found in public, as facts with their source; not needs of ours (N8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.db import UuidModel


class PublicCall(UuidModel):
    """A call that somebody elsewhere published: title, indicators, source. A kind of its own."""

    title = models.CharField(_("Title"), max_length=300)
    chain_words = models.CharField(_("Chain"), max_length=120, blank=True)
    stage = models.CharField(_("Stage"), max_length=60, blank=True)
    issuer = models.CharField(_("Issuer"), max_length=200, blank=True)
    source = models.TextField(_("Source"))
    note = models.TextField(_("Note"), blank=True)
    indicators = models.JSONField(default=list)
    constraints_text = models.TextField(_("Constraints"), blank=True)
    budget_text = models.CharField(_("Budget"), max_length=300, blank=True)
    duration_months = models.CharField(_("Duration in months"), max_length=60, blank=True)
    fact_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
