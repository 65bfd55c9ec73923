"""Results of research: how far advanced and how fit for industry, apart, and what was measured (R009)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states
from core.indicators.models import Specification
from needs.models.need import Need
from needs.states.need import Confidentiality, DemandSide
from needs.states.result import CapabilityState, FitPart, ResultState


def score(label: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    """A mark from 0 to 100; empty while nobody has judged it."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class Result(VersionedModel):
    """What research brought about (成果). Advancement and industrial fit are two scores and never one (R009)."""

    code = models.CharField(_("Number"), max_length=20, unique=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="results", verbose_name=_("Owner"))
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    text = models.TextField(_("Description"))
    # Where it is at home; `nodes` holds this node and the others that it suits, in whatever chain.
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="results", verbose_name=_("Chain"))
    node = models.ForeignKey(ChainNode, on_delete=models.PROTECT, related_name="results_here", verbose_name=_("Node"))
    nodes = models.ManyToManyField(ChainNode, related_name="results", verbose_name=_("Nodes that it suits"))
    demand_side = models.CharField(_("Demand side"), max_length=20, choices=DemandSide.choices, blank=True)
    field = models.CharField(_("Technical field"), max_length=80, blank=True)
    trl = models.PositiveSmallIntegerField(_("Technology readiness (TRL)"), null=True, blank=True)
    advancement = score(_("Advancement"))
    fit_process = score(_("Process fit"))
    fit_standard = score(_("Standards fit"))
    fit_cost = score(_("Cost fit"))
    fit_supply = score(_("Supply fit"))
    # The mean of the parts that were judged, kept for sorting; written with them.
    fit = models.DecimalField(_("Industrial fit"), max_digits=5, decimal_places=2, null=True, blank=True)
    scores_basis = models.TextField(_("What the scores rest on"), blank=True)
    origin_need = models.ForeignKey(
        Need, null=True, blank=True, on_delete=models.PROTECT, related_name="results", verbose_name=_("Need it answers")
    )
    # A project lies in a room above: its id, and no key.
    origin_project_id = models.UUIDField(_("Project it comes from"), null=True, blank=True, db_index=True)
    confidentiality = models.CharField(
        _("Who may read it"), max_length=20, choices=Confidentiality.choices, default=Confidentiality.MEMBERS
    )
    state = models.CharField(_("State"), max_length=20, choices=ResultState.choices, default=ResultState.DRAFT)
    state_reason = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    cleared_for_pilot_at = models.DateTimeField(null=True, blank=True)
    cleared_for_pilot_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state"], name="result_state")]
        constraints = [
            known_states("state", ResultState, "result_state_known"),
            known_states("confidentiality", Confidentiality, "result_confidentiality_known"),
            models.CheckConstraint(
                condition=Q(demand_side="") | Q(demand_side__in=DemandSide.values), name="result_side_known"
            ),
            models.CheckConstraint(condition=Q(trl__isnull=True) | Q(trl__gte=1, trl__lte=9), name="result_trl_known"),
            models.CheckConstraint(
                condition=Q(
                    *(Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lte": 100}) for name in (
                        "advancement", "fit_process", "fit_standard", "fit_cost", "fit_supply",
                    ))
                ),
                name="result_scores_to_100",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        """The title in the reader's language, where there is one."""
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title

    @property
    def fit_parts(self) -> list[tuple[Any, int | None]]:
        """Each part of industrial fit in words, with its mark."""
        return [(part.label, getattr(self, f"fit_{part}")) for part in FitPart]


class ResultValue(UuidModel):
    """One indicator that was measured on a result: one of the need's, or one of its own. Values are measurements of it."""

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="values_measured")
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "created_at"]
        constraints = [models.UniqueConstraint(fields=["result", "specification"], name="result_value_once")]

    def __str__(self) -> str:
        return str(self.specification)


class Capability(VersionedModel):
    """What a team or an organisation is able to do (能力), so that needs find it before there is a result."""

    owner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="capabilities", verbose_name=_("Owner")
    )
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("Title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    team = models.CharField(_("Team"), max_length=120, blank=True)
    text = models.TextField(_("Description"))
    nodes = models.ManyToManyField(ChainNode, related_name="capabilities", verbose_name=_("Chain nodes"))
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("Tags"))
    field = models.CharField(_("Technical field"), max_length=80, blank=True)
    state = models.CharField(
        _("State"), max_length=20, choices=CapabilityState.choices, default=CapabilityState.PUBLISHED
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "capabilities"
        indexes = [models.Index(fields=["state"], name="capability_state")]
        constraints = [known_states("state", CapabilityState, "capability_state_known")]

    def __str__(self) -> str:
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title
