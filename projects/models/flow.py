"""From stage to stage and to the end: hand-over, acceptance, requests for stage funds (R006, R028)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.files.models import StoredFile
from projects.models.gate import Gate
from projects.models.project import Project
from projects.states import AcceptanceOutcome, AcceptanceState, HandoverState, Stage


class Handover(VersionedModel):
    """The results of a stage offered to the owner of the next: accepted with a receiving date, or refused (R028)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="handovers")
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="handovers")
    to_stage = models.CharField(_("Next stage"), max_length=20, choices=Stage.choices)
    documents = models.TextField(_("Documents"))
    parameters = models.TextField(_("Parameters"))
    open_risks = models.TextField(_("Open risks"))
    next_owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="handovers_received")
    state = models.CharField(max_length=20, choices=HandoverState.choices, default=HandoverState.OFFERED)
    offered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=clock.now)
    received_on = models.DateField(_("Received on"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", HandoverState, "handover_state_known"),
            models.UniqueConstraint(
                fields=["project", "to_stage"],
                condition=Q(state__in=["offered", "accepted"]),
                name="handover_alive_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(received_on__isnull=False), name="handover_accepted_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} → {self.get_to_stage_display()}"


class HandoverFile(UuidModel):
    """A document that goes over."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.file.name


class Acceptance(VersionedModel):
    """The verdict on the frozen indicators, signed by the need's owner and by an expert (R008)."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="acceptance")
    outcome = models.CharField(max_length=20, choices=AcceptanceOutcome.choices)
    verdicts = models.JSONField(default=list)
    note = models.TextField(blank=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner_signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    owner_signed_at = models.DateTimeField()
    expert = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acceptances")
    expert_signed_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=AcceptanceState.choices, default=AcceptanceState.WAITING)

    class Meta:
        constraints = [
            known_states("state", AcceptanceState, "acceptance_state_known"),
            known_states("outcome", AcceptanceOutcome, "acceptance_outcome_known"),
        ]

    def __str__(self) -> str:
        return str(self.project)


class StageFundRequest(UuidModel):
    """A party asks for the money of a stage; only anchored projects may (R006)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="fund_requests")
    stage = models.CharField(_("Stage"), max_length=20, choices=Stage.choices)
    amount = MoneyField(verbose_name=_("Amount"))
    reason = models.TextField(_("What it is for"), blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="stage_fund_positive"),
            known_states("stage", Stage, "stage_fund_stage_known"),
        ]

    def __str__(self) -> str:
        return f"{self.project.code} {self.get_stage_display()} {self.amount}"
