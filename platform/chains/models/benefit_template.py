"""How two chains share what they earn together: roles with percentages that both leaders have signed (R130)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chains.models.chain import Chain
from chains.states import TemplateState
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states


class BenefitTemplate(VersionedModel):
    """A way of sharing between two chains, which share agreements may begin from."""

    title = models.CharField(_("Title"), max_length=120)
    chain = models.ForeignKey(
        Chain, on_delete=models.PROTECT, related_name="benefit_templates", verbose_name=_("Chain")
    )
    other_chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+", verbose_name=_("Other chain"))
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(_("Taken back"), null=True, blank=True)
    retired_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=~Q(chain=models.F("other_chain")), name="benefit_template_between_chains")
        ]

    def __str__(self) -> str:
        return self.title


class BenefitTemplateVersion(UuidModel):
    """One table of roles; in force once both leaders have signed it, and never edited."""

    template = models.ForeignKey(BenefitTemplate, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=TemplateState.choices, default=TemplateState.SIGNING)
    note = models.TextField(blank=True)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="benefit_template_version_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="in_force"), name="one_benefit_template_in_force"
            ),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="signing"), name="one_benefit_template_signing"
            ),
            known_states("state", TemplateState, "benefit_template_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.template} v{self.number}"


class TemplateRole(UuidModel):
    """What a part is played for, and the percentage that it gets."""

    version = models.ForeignKey(BenefitTemplateVersion, on_delete=models.PROTECT, related_name="roles")
    label = models.CharField(_("Role"), max_length=80)
    percent = models.DecimalField(_("Percent"), max_digits=7, decimal_places=4)
    reason = models.CharField(_("For what"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "label"], name="template_role_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="template_role_percent"),
        ]

    def __str__(self) -> str:
        return self.label


class TemplateSignature(UuidModel):
    """The signature for one of the two chains, by whoever led it then."""

    version = models.ForeignKey(BenefitTemplateVersion, on_delete=models.PROTECT, related_name="signatures")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["version", "chain"], name="template_signature_once")]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.version}"
