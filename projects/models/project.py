"""A project, its parties, its shared indicators and who is responsible for what (R005, R006, R016, R029)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states
from core.indicators.models import Specification
from needs.models.award import Award
from needs.models.need import Need
from projects.states import Origin, PartyRole, ProjectState, Stage


class Project(VersionedModel):
    """Work of several parties on shared indicators, stage by stage."""

    code = models.CharField(_("Number"), max_length=20, unique=True)
    title = models.CharField(_("Title"), max_length=160)
    summary = models.TextField(_("What it is about"), blank=True)
    origin = models.CharField(_("Origin"), max_length=20, choices=Origin.choices)
    lead = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="projects_led", verbose_name=_("Lead")
    )
    chain = models.ForeignKey(Chain, null=True, blank=True, on_delete=models.PROTECT, related_name="projects")
    award = models.OneToOneField(Award, null=True, blank=True, on_delete=models.PROTECT, related_name="project")
    state = models.CharField(_("State"), max_length=20, choices=ProjectState.choices, default=ProjectState.DRAFT)
    current_stage = models.CharField(_("Stage"), max_length=20, choices=Stage.choices, default=Stage.RD)
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state"], name="project_state")]
        constraints = [
            known_states("state", ProjectState, "project_state_known"),
            known_states("origin", Origin, "project_origin_known"),
            known_states("current_stage", Stage, "project_stage_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ProjectNeed(UuidModel):
    """The need a project answers; without one it is unanchored (R006)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="need_links")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="project_links")
    linked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "need"], name="project_need_once")]

    def __str__(self) -> str:
        return str(self.need)


class Party(UuidModel):
    """An organisation's part in a project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="project_parties")
    role = models.CharField(_("Part"), max_length=20, choices=PartyRole.choices)
    contact = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "organisation"], name="project_party_once"),
            known_states("role", PartyRole, "party_role_known"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class ProjectIndicator(UuidModel):
    """A target of the project; shared when each party says what it contributes to it (R005)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="indicators")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="project_uses")
    is_shared = models.BooleanField(_("Shared"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [models.UniqueConstraint(fields=["project", "specification"], name="project_indicator_once")]

    def __str__(self) -> str:
        return str(self.specification)


class IndicatorContribution(UuidModel):
    """What one party does for a shared indicator."""

    project_indicator = models.ForeignKey(ProjectIndicator, on_delete=models.PROTECT, related_name="contributions")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="contributions")
    text = models.CharField(_("Contribution"), max_length=300)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["project_indicator", "party"], name="contribution_once")]

    def __str__(self) -> str:
        return self.text


class WorkPackage(VersionedModel):
    """One line of the responsibility matrix: deliverable, day, responsible party, indicators (R016)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="packages")
    title = models.CharField(_("Work package"), max_length=160)
    deliverable = models.CharField(_("Deliverable"), max_length=300)
    due_on = models.DateField(_("Due on"))
    owner = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="packages")
    indicators = models.ManyToManyField(ProjectIndicator, blank=True, related_name="packages")

    class Meta:
        ordering = ["due_on", "created_at"]

    def __str__(self) -> str:
        return self.title


class CommunicationPlan(VersionedModel):
    """Whom to ask, by which channel, and within how many working days an answer comes (R029)."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="communication_plan")
    contacts = models.JSONField(default=list)
    channel = models.CharField(_("Channel"), max_length=200, blank=True)
    reply_days = models.PositiveSmallIntegerField(_("Working days to answer"))

    def __str__(self) -> str:
        return str(self.project)


class ProjectStart(UuidModel):
    """The signed start. Rows come from the database's own signing function only."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="start")
    definition_hash = models.CharField(max_length=64)
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.project)
