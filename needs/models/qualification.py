"""What a chain demands of whatever is delivered to it (车规级 …), and what shows that a result or capability has it (R127)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core import clock
from core.accounts.models import Organisation, Person
from core.db import VersionedModel, known_states
from core.files.models import StoredFile
from needs.models.result import Capability, Result
from needs.states.qualification import EvidenceState


class Qualification(VersionedModel):
    """A qualification that a chain demands; what lacks it has to be adapted first."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="qualifications", verbose_name=_("Chain"))
    name = models.CharField(_("Qualification"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    note = models.CharField(_("What it asks for"), max_length=500, blank=True)
    # Whom it concerns: empty for whatever is delivered, else only what speaks of one of these (AI 感知 …).
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("Concerns only"))
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "name"], condition=Q(retired_at__isnull=True), name="qualification_once_per_chain"
            )
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class QualificationEvidence(VersionedModel):
    """A certificate or a report, of whom, until when, and who confirmed it for the chain."""

    qualification = models.ForeignKey(
        Qualification, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("Qualification")
    )
    result = models.ForeignKey(Result, null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications")
    capability = models.ForeignKey(
        Capability, null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner"))
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    certificate = models.CharField(_("Certificate or report"), max_length=200)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    state = models.CharField(_("State"), max_length=20, choices=EvidenceState.choices, default=EvidenceState.SUBMITTED)
    reason = models.CharField(_("Reason"), max_length=500, blank=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_for = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", EvidenceState, "qualification_evidence_state_known"),
            models.CheckConstraint(
                condition=Q(result__isnull=True) ^ Q(capability__isnull=True), name="qualification_evidence_of_one"
            ),
            models.UniqueConstraint(
                fields=["qualification", "result"], condition=Q(state="submitted"), name="qualification_of_result_waits_once"
            ),
            models.UniqueConstraint(
                fields=["qualification", "capability"], condition=Q(state="submitted"), name="qualification_of_capability_waits_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.certificate

    @property
    def of(self) -> Result | Capability:
        """The result or the capability that it belongs to."""
        found = self.result or self.capability
        assert found is not None
        return found

    @property
    def is_over(self) -> bool:
        """Whether its day has passed."""
        return self.valid_until is not None and self.valid_until < clock.today()
