"""Shapes of what is typed about results and capabilities."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.models import ChainNode
from core.accounts.actor import Actor
from core.files.values import list_of_words
from core.indicators.forms import MeasurementForm
from core.indicators.kinds import Direction
from core.indicators.models import Specification
from core.web import forms
from needs.models.result import Capability, Result
from needs.queries.need import needs_visible_to
from needs.queries.origins import our_projects
from needs.states.need import LISTED, OFFERED, Confidentiality, DemandSide

DIRECTIONS = [(one.value, one.label) for one in (Direction.HIGHER, Direction.LOWER)]
# A choice of everything would be no choice; a need that is not among them is named on its own page.
MOST_NEEDS = 200


def node_choices() -> list[tuple[str, str]]:
    """Every node with its chain."""
    nodes = ChainNode.objects.select_related("chain").order_by("chain__name", "order")
    return [(str(one.pk), f"{one.chain} · {one}") for one in nodes]


class ResultForm(forms.Form):
    """What is said of a result; advancement and the parts of industrial fit apart (R009)."""

    title = forms.TextField(label=_("Title"), max_length=200)
    text = forms.LongTextField(
        label=_("Description"), help_text=_("What it is, what it is good for, what it still lacks.")
    )
    node = forms.SelectField(label=_("Chain node"))
    nodes = forms.MultipleChoiceField(label=_("Further nodes that it suits"), required=False)
    demand_side = forms.SelectField(label=_("Demand side"), choices=DemandSide.choices, required=False)
    field = forms.TextField(label=_("Technical field"), max_length=80, required=False)
    trl = forms.SelectField(
        label=_("Technology readiness (TRL)"), choices=[(str(n), str(n)) for n in range(1, 10)], required=False,
        help_text=_("1 principle observed … 9 proven in use."),
    )  # fmt: skip
    advancement = forms.IntegerField(
        label=_("Advancement"), unit="/ 100", required=False, help_text=_("How far ahead of what is known.")
    )
    fit_process = forms.IntegerField(
        label=_("Process fit"), unit="/ 100", required=False, help_text=_("Runs on the machines that users have.")
    )
    fit_standard = forms.IntegerField(
        label=_("Standards fit"), unit="/ 100", required=False, help_text=_("Keeps the standards of its use.")
    )
    fit_cost = forms.IntegerField(
        label=_("Cost fit"), unit="/ 100", required=False, help_text=_("Affordable at the volume that is needed.")
    )
    fit_supply = forms.IntegerField(
        label=_("Supply fit"), unit="/ 100", required=False, help_text=_("Its materials and parts can be had.")
    )
    scores_basis = forms.LongTextField(
        label=_("What the scores rest on"), rows=2, required=False,
        help_text=_("Who judged, by which test or comparison. A part that nobody judged stays empty and does not move the mean."),
    )  # fmt: skip
    origin_need = forms.SelectField(label=_("Need it answers"), required=False, blank=_("None"))
    origin_project = forms.SelectField(label=_("Project it comes from"), required=False, blank=_("None"))
    title_en = forms.TextField(label=_("English title"), max_length=200, required=False)
    confidentiality = forms.RadioField(label=_("Who may read it"), choices=OFFERED, initial=Confidentiality.MEMBERS)

    def __init__(self, *args: Any, actor: Actor, result: Result | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = node_choices()
        self.fields["node"].choices = nodes  # type: ignore[attr-defined]
        self.fields["nodes"].choices = nodes  # type: ignore[attr-defined]
        seen = needs_visible_to(actor)
        needs = list(seen.filter(state__in=LISTED).order_by("-published_at")[:MOST_NEEDS])
        if result is not None and result.origin_need is not None and result.origin_need not in needs:
            needs.insert(0, result.origin_need)
        self.fields["origin_need"].choices = [(str(one.pk), str(one)) for one in needs]  # type: ignore[attr-defined]
        projects = [(str(one.id), one.label) for one in our_projects(actor)]
        self.fields["origin_project"].choices = projects  # type: ignore[attr-defined]

    def clean_trl(self) -> int | None:
        said = self.cleaned_data.get("trl")
        return int(said) if said else None

    @staticmethod
    def initial_of(row: Result) -> dict[str, Any]:
        """The form's first values for a change."""
        names = set(ResultForm.base_fields) - {"node", "nodes", "origin_need", "origin_project"}
        return {name: getattr(row, name) for name in names} | {
            "node": str(row.node_id),
            "nodes": [str(one.pk) for one in row.nodes.all() if one.pk != row.node_id],
            "origin_need": str(row.origin_need_id or ""),
            "origin_project": str(row.origin_project_id or ""),
        }


class ResultValueForm(MeasurementForm):
    """A measured value: of a known indicator, or of a new one that gets its name here."""

    specification = forms.SelectField(label=_("Indicator"), required=False, blank=_("A new one, named below"))
    name = forms.TextField(label=_("Name of the new indicator"), max_length=120, required=False)
    name_en = forms.TextField(label=_("English name"), max_length=160, required=False)
    direction = forms.SelectField(label=_("Which way is better"), choices=DIRECTIONS, required=False)
    method = forms.TextField(label=_("Test method"), max_length=300, required=False)
    level_scale = forms.TextField(
        label=_("Levels"), required=False, help_text=_("From lowest to highest, separated by commas: L0, L1, L2.")
    )
    field_order = ["specification", "name", "direction", "value", "unit", "environment", "measured_on", "source"]

    def __init__(self, *args: Any, specifications: list[Specification], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(str(one.pk), f"{one} ({one.target_text})") for one in specifications]
        self.fields["specification"].choices = known  # type: ignore[attr-defined]

    def clean_level_scale(self) -> list[str]:
        return list_of_words(self.cleaned_data.get("level_scale") or "")


class CapabilityForm(forms.Form):
    """What a team is able to do."""

    title = forms.TextField(label=_("Title"), max_length=200)
    text = forms.LongTextField(label=_("Description"), help_text=_("What the team is able to do, with which means."))
    team = forms.TextField(label=_("Team"), max_length=120, required=False)
    nodes = forms.MultipleChoiceField(label=_("Chain nodes"), choices=node_choices)
    field = forms.TextField(label=_("Technical field"), max_length=80, required=False)
    tags = forms.TextField(label=_("Tags"), required=False, help_text=_("Separated by commas."), max_length=900)
    title_en = forms.TextField(label=_("English title"), max_length=200, required=False)

    def clean_tags(self) -> list[str]:
        return list_of_words(self.cleaned_data.get("tags") or "")

    @staticmethod
    def initial_of(row: Capability) -> dict[str, Any]:
        names = ("title", "text", "team", "field", "title_en")
        return {name: getattr(row, name) for name in names} | {
            "nodes": [str(one.pk) for one in row.nodes.all()], "tags": ", ".join(row.tags),
        }  # fmt: skip
