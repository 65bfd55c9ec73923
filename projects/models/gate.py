"""Gates: frozen definition, package, panel, findings, signed decision, conditions (R086, R087)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states
from core.files.models import StoredFile
from core.indicators.models import Measurement, Specification
from projects.models.project import Party, Project, ProjectIndicator
from projects.states import ConditionState, GateState, Outcome, PanelState, Stage


class Gate(VersionedModel):
    """The gate at the end of a stage; passing it moves the money of the next stage."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="gates")
    stage = models.CharField(_("Stage"), max_length=20, choices=Stage.choices)
    position = models.PositiveSmallIntegerField()
    planned_on = models.DateField(_("Planned for"), null=True, blank=True)
    review_on = models.DateField(_("Next review"), null=True, blank=True)
    indicators = models.ManyToManyField(ProjectIndicator, blank=True, related_name="gates")
    must_meet = models.JSONField(default=list)
    definition = models.JSONField(default=dict)
    definition_hash = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("State"), max_length=20, choices=GateState.choices, default=GateState.OPEN)
    attempt = models.PositiveSmallIntegerField(default=1)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["project", "position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "stage"], name="gate_once_per_stage"),
            known_states("state", GateState, "gate_state_known"),
            known_states("stage", Stage, "gate_stage_known"),
        ]

    @property
    def number(self) -> int:
        return self.position + 1

    @property
    def due_on(self) -> object:
        """The day that counts: the next review, else the planned day."""
        return self.review_on or self.planned_on

    def __str__(self) -> str:
        return f"{self.project.code} · G{self.number} {self.get_stage_display()}"


class GatePackage(UuidModel):
    """What the parties hand in, version by version; new evidence is a new version."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    note = models.TextField(_("Note"), blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=clock.now)
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["gate", "number"], name="gate_package_number_once")]

    def __str__(self) -> str:
        return f"v{self.number}"


class GateFile(UuidModel):
    """A file for the gate; it belongs to the package it was handed in with."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="files")
    package = models.ForeignKey(GatePackage, null=True, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("What it shows"), max_length=200, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.file.name


class PackageMeasurement(UuidModel):
    """A measured value as it stands in a package."""

    package = models.ForeignKey(GatePackage, on_delete=models.PROTECT, related_name="measurements")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    measurement = models.ForeignKey(Measurement, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "specification"], name="package_measures_once")]

    def __str__(self) -> str:
        return str(self.measurement)


class GatePanelMember(UuidModel):
    """An expert asked to review; with a conflict of interest they see and do nothing."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="panel")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="gate_seats")
    state = models.CharField(max_length=20, choices=PanelState.choices, default=PanelState.INVITED)
    declaration = models.TextField(_("Declaration"), blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    conflicts = models.JSONField(default=list)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["gate", "person"], name="gate_seat_once"),
            known_states("state", PanelState, "gate_seat_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Finding(UuidModel):
    """One reviewer's judgement on one package; a new package version voids it."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="findings")
    package = models.ForeignKey(GatePackage, on_delete=models.PROTECT, related_name="findings")
    member = models.ForeignKey(GatePanelMember, on_delete=models.PROTECT, related_name="findings")
    answers = models.JSONField(default=list)
    recommendation = models.CharField(_("Recommendation"), max_length=20, choices=Outcome.choices)
    text = models.TextField(_("Reasons"))
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["package", "member"], condition=Q(voided_at__isnull=True), name="finding_once"
            ),
            known_states("recommendation", Outcome, "finding_recommendation_known"),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_recommendation_display()}"


class GateDecision(UuidModel):
    """A signed decision. Rows come from the database's own signing function only and never change (R086)."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="decisions")
    package = models.ForeignKey(GatePackage, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("Decision"), max_length=20, choices=Outcome.choices)
    reason = models.TextField(_("Reason"))
    review_on = models.DateField(_("Next review"), null=True, blank=True)
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by")
    attempt = models.PositiveSmallIntegerField(default=1)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["-signed_at"]
        constraints = [
            known_states("outcome", Outcome, "gate_outcome_known"),
            models.UniqueConstraint(fields=["gate"], condition=Q(outcome__in=["go", "kill"]), name="gate_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gate}: {self.get_outcome_display()}"


class GateCondition(UuidModel):
    """What must still happen after a conditional go: text, owner, day."""

    decision = models.ForeignKey(GateDecision, on_delete=models.PROTECT, related_name="conditions")
    text = models.CharField(_("Condition"), max_length=500)
    owner = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("Due on"))
    state = models.CharField(max_length=20, choices=ConditionState.choices, default=ConditionState.OPEN)
    evidence = models.CharField(_("Evidence"), max_length=500, blank=True)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on"]
        constraints = [known_states("state", ConditionState, "gate_condition_state_known")]

    def __str__(self) -> str:
        return self.text
