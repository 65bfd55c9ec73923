"""The one table of ties."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation, Person
from core.db import UuidModel, known_states


class TieKind(models.TextChoices):
    EMPLOYED = "employed", _("employed by")
    CO_APPLIED = "co_applied", _("applied together with")
    SHARED_PROJECT = "shared_project", _("shared a project with")
    DECLARED = "declared", _("declared")
    OWNS = "owns", _("holds a share of")


class Tie(UuidModel):
    """A tie from a person or an organisation to an organisation, from when until when, and how it is known."""

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="ties")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="ties")
    to_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="ties_here")
    kind = models.CharField(max_length=20, choices=TieKind.choices)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-since_on"]
        indexes = [models.Index(fields=["to_organisation", "person"], name="tie_pair")]
        constraints = [
            known_states("kind", TieKind, "tie_kind_known"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation__isnull=True) | Q(person__isnull=True, organisation__isnull=False),
                name="tie_from_one",
            ),
            models.CheckConstraint(condition=Q(until_on__isnull=True) | Q(until_on__gte=models.F("since_on")), name="tie_ends_after"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person or self.organisation} {self.kind} {self.to_organisation}"
