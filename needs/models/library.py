"""The library besides needs: searches that people keep, and calls found in public (N8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states
from needs.models.need import Need
from needs.states.library import Pace


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


class SavedSearch(UuidModel):
    """What somebody looks for in the library, and how often they are told of new needs that fit (R019)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_searches")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=120)
    query = models.JSONField(_("What is looked for"), default=dict)
    pace = models.CharField(_("Tell me"), max_length=20, choices=Pace.choices, default=Pace.DAILY)
    looked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name", "created_at"]
        constraints = [
            known_states("pace", Pace, "saved_search_pace_known"),
            models.UniqueConstraint(
                fields=["person", "organisation", "name"], name="saved_search_name_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["pace", "looked_at"], name="saved_search_due")]

    def __str__(self) -> str:
        return self.name


class SavedSearchHit(UuidModel):
    """A need that the owner of a saved search was told of, once."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="hits")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["search", "need"], name="saved_search_hit_once")]

    def __str__(self) -> str:
        return f"{self.search}: {self.need}"
