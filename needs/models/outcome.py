"""What became of results: applications, their outcomes, needs and money that follow, and demands before a pilot."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chains.models import ChainNode
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.indicators.models import Measurement, Specification, quantity
from needs.models.need import Need
from needs.models.result import Result
from needs.states.outcome import ApplicationState, OutcomeState, RequirementKind


class Application(VersionedModel):
    """That a node has adopted a result: by whom, since when, with which effect (R017)."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="applications", verbose_name=_("Result"))
    node = models.ForeignKey(
        ChainNode, on_delete=models.PROTECT, related_name="applications", verbose_name=_("Node that adopted it")
    )
    user = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("User of the result"),
    )
    applied_on = models.DateField(_("In use since"))
    effect = models.TextField(_("Effect"))
    state = models.CharField(
        _("State"), max_length=20, choices=ApplicationState.choices, default=ApplicationState.CLAIMED
    )
    state_reason = models.TextField(blank=True)
    is_public = models.BooleanField(_("Shown to everyone, also without signing in"), default=False, db_default=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", ApplicationState, "application_state_known"),
            models.UniqueConstraint(
                fields=["result", "node", "user"], nulls_distinct=False, condition=~Q(state="withdrawn"),
                name="application_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.result.name} → {self.node}"


class Outcome(VersionedModel):
    """One indicator before and after an application; the specification holds the baseline and the words (R018, R025)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="outcomes")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(_("Period"), max_length=80)
    # The value was not measured but follows from the words and the chosen factor (N3).
    is_from_factor = models.BooleanField(default=False)
    state = models.CharField(_("State"), max_length=20, choices=OutcomeState.choices, default=OutcomeState.DECLARED)
    state_reason = models.TextField(blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [known_states("state", OutcomeState, "outcome_state_known")]

    def __str__(self) -> str:
        return str(self.specification)


class FollowUp(UuidModel):
    """The need that an application of a result gave rise to; with its origin the loop is closed (R004)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="follow_ups")
    need = models.OneToOneField(Need, on_delete=models.PROTECT, related_name="follows")
    raised_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.need)


class Reinvestment(UuidModel):
    """Money that an application earned and that goes back into innovation (R004)."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reinvestments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(FollowUp, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount = MoneyField(verbose_name=_("Amount"))
    invested_on = models.DateField(_("Invested on"))
    purpose = models.TextField(_("What for"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-invested_on", "-created_at"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="reinvestment_above_zero")]

    def __str__(self) -> str:
        return self.purpose[:60]


class ResultRequirement(UuidModel):
    """What a result must keep before its pilot: a clause of a standard, or a cost at a volume; or who waived it (R010)."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="requirements")
    kind = models.CharField(_("Kind"), max_length=20, choices=RequirementKind.choices)
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    clause = models.CharField(_("Standard and clause"), max_length=200, blank=True)
    volume = quantity(verbose_name=_("Annual volume"))
    volume_unit = models.CharField(_("Unit of the volume"), max_length=40, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    waived_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    waived_at = models.DateTimeField(null=True, blank=True)
    waive_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            known_states("kind", RequirementKind, "requirement_kind_known"),
            models.CheckConstraint(condition=~Q(kind="standard") | ~Q(clause=""), name="standard_has_clause"),
            models.CheckConstraint(
                condition=~Q(kind="cost") | (Q(volume__gt=0) & ~Q(volume_unit="")), name="cost_has_volume"
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True) | (Q(waived_by__isnull=False) & ~Q(waive_reason="")),
                name="waiver_has_name",
            ),
        ]

    def __str__(self) -> str:
        return self.clause or str(self.specification)
