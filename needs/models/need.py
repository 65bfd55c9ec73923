"""Needs, their evidence, versions of their indicators, and who signed what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.accounts.models import Organisation, Person
from core.db import MoneyField, UuidModel, VersionedModel, known_states
from core.files.models import StoredFile
from core.indicators.models import Specification
from needs.states.library import Freshness
from needs.states.need import Confidentiality, DefinerState, DemandSide, NeedState, SignatureVerdict

PRIORITIES = [(number, str(number)) for number in range(1, 6)]


class Need(VersionedModel):
    """A pain point of the chain in plain words, made measurable with partners (R002, R013, R014)."""

    code = models.CharField(_("Number"), max_length=20, unique=True)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="needs", verbose_name=_("Chain"))
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="needs", verbose_name=_("Node"))
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="needs", verbose_name=_("Owner"))
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    pain_point = models.TextField(_("Pain point"))
    affected_users = models.TextField(_("Affected users"), blank=True)
    demand_side = models.CharField(_("Demand side"), max_length=20, choices=DemandSide.choices)
    key_technologies = models.TextField(_("Key technologies"), blank=True, default="", db_default="")
    expected_results = models.TextField(_("Expected results"), blank=True, default="", db_default="")
    keywords = models.CharField(_("Keywords"), max_length=200, blank=True, default="", db_default="")
    constraints = models.TextField(_("Constraints"), blank=True)
    field = models.CharField(_("Field"), max_length=80, blank=True)
    region_code = models.CharField(_("Region"), max_length=6, blank=True)
    budget = MoneyField(verbose_name=_("Budget"), null=True, blank=True)
    # 1 comes first; empty while nobody has weighed it against the others.
    priority = models.PositiveSmallIntegerField(_("Priority"), null=True, blank=True, choices=PRIORITIES)
    starts_on = models.DateField(_("Work starts"), null=True, blank=True)
    deadline_on = models.DateField(_("Wanted by"), null=True, blank=True)
    review_on = models.DateField(_("Review date"), null=True, blank=True)
    confidentiality = models.CharField(
        _("Who may read it"), max_length=20, choices=Confidentiality.choices, default=Confidentiality.MEMBERS
    )
    state = models.CharField(_("State"), max_length=20, choices=NeedState.choices, default=NeedState.DRAFT)
    state_reason = models.TextField(blank=True)
    current_version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Past its review date without a confirmation, and one interval later out of matching; a confirmation empties both (R021).
    stale_at = models.DateTimeField(null=True, blank=True)
    dormant_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    class Meta:
        ordering = ["-created_at"]
        db_table = "needs_need"
        indexes = [
            models.Index(fields=["state"], name="need_state"),
            models.Index(fields=["demand_side"], name="need_side"),
            models.Index(fields=["field"], name="need_field"),
            models.Index(fields=["region_code"], name="need_region"),
            models.Index(fields=["published_at"], name="need_published"),
            models.Index(fields=["review_on"], condition=Q(state="published"), name="need_review"),
            models.Index(fields=["owner"], condition=Q(confidentiality="restricted"), name="need_restricted"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(priority__range=(1, 5)), name="need_priority_known"
            ),
            known_states("state", NeedState, "need_state_known"),
            known_states("demand_side", DemandSide, "need_side_known"),
            known_states("confidentiality", Confidentiality, "need_confidentiality_known"),
            models.CheckConstraint(condition=~Q(pain_point=""), name="need_has_pain_point"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def freshness(self) -> Freshness:
        """Whether the owner has confirmed it in time."""
        if self.dormant_at is not None:
            return Freshness.DORMANT
        return Freshness.STALE if self.stale_at is not None else Freshness.FRESH


class NeedChain(UuidModel):
    """A node of another chain that the need concerns as well; the need's own chain and node stay with the need (R121)."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="more_chains")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="more_needs")
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="more_needs")

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["need", "node"], name="need_chain_once")]

    def __str__(self) -> str:
        return f"{self.chain} · {self.node}"


class NeedEvidence(UuidModel):
    """A file that shows the pain."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("Caption"), max_length=200, blank=True)
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.caption or self.file.name


class NeedVersion(UuidModel):
    """A numbered set of indicators; a draft until the owner issues it, unchangeable from then on."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    note = models.TextField(_("What changed"), blank=True)
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["need", "number"], name="need_version_once")]

    def __str__(self) -> str:
        return f"v{self.number}"


class NeedIndicator(UuidModel):
    """One row of a version: a specification at its place."""

    version = models.ForeignKey(NeedVersion, on_delete=models.PROTECT, related_name="indicators")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [models.UniqueConstraint(fields=["version", "specification"], name="need_indicator_once")]

    def __str__(self) -> str:
        return str(self.specification)


class Definer(UuidModel):
    """A party that the owner invited to define the indicators together (R013)."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="definers")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="defines")
    role_label = models.CharField(_("Part"), max_length=80, blank=True)
    state = models.CharField(max_length=20, choices=DefinerState.choices, default=DefinerState.INVITED)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decline_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["need", "organisation"], name="definer_once"),
            known_states("state", DefinerState, "definer_state_known"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class IndicatorSignature(UuidModel):
    """That an organisation signed or refused one specification.

    It hangs on the specification, not on the version: a row that a new version leaves unchanged keeps its signatures, a
    changed one is another specification and has none.
    """

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="signatures")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=20, choices=SignatureVerdict.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["need", "specification", "organisation"], name="indicator_signature_once"),
            known_states("verdict", SignatureVerdict, "indicator_signature_known"),
            models.CheckConstraint(condition=Q(verdict="signed") | ~Q(reason=""), name="refusal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.verdict}"


class IndicatorComment(UuidModel):
    """What a party says about an indicator while it is being defined."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="comments")
    indicator = models.ForeignKey("indicators.Indicator", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Comment"))

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.text[:60]
