"""The figures homes are made of: a number, the newest rows behind it, and the list that holds them all (R027)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from benefits.queries import agreements_visible_to, funds_visible_to, statements_visible_to, tranches_visible_to
from benefits.queries.agreement import NOT_CONFIRMED
from benefits.states import TrancheState
from chains.queries import chains_visible_to, machines_visible_to
from core import clock
from core.accounts.actor import Actor
from core.accounts.queries import organisations_visible_to
from core.accounts.states import OrganisationState
from core.checks.queries import open_alerts
from core.checks.states import AlertState
from core.errors import Text
from needs.queries.bid import bids_visible_to
from needs.queries.challenge import challenges_visible_to
from needs.queries.need import needs_visible_to
from needs.queries.review import panel_visible_to
from needs.states.challenge import ChallengeState
from needs.states.need import NeedState
from needs.states.review import PanelState
from projects.queries import gates_waiting, packages_of, projects_visible_to

SHOWN = 3


@dataclass(frozen=True)
class Line:
    """One row behind a figure: its name and page, and the one thing worth knowing about it."""

    title: Text
    url: str = ""
    note: Text = ""
    state: Any = None
    on: Any = None
    amount: Any = None


@dataclass(frozen=True)
class Figure:
    """One number of a role, the rows behind it, and their list."""

    label: Text
    rows: Callable[[Actor], QuerySet[Any]]
    line: Callable[[Any], Line]
    url: Callable[[Actor], str]

    def shown(self, actor: Actor) -> dict[str, Any]:
        """What the home page shows: two queries."""
        rows = self.rows(actor)
        lines = [self.line(row) for row in rows[:SHOWN]]
        value = rows.count() if len(lines) == SHOWN else len(lines)
        return {"label": self.label, "value": value, "url": self.url(actor), "lines": lines}


def _list(name: str, **asked: Any) -> Callable[[Actor], str]:
    """The address of a list with these filters set."""
    return lambda _actor: reverse(name) + ("?" + urlencode(asked, doseq=True) if asked else "")


def _page(name: str, row: Any) -> str:
    return reverse(name, args=[row.pk])


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.CHINA).date()


def _need(row: Any) -> Line:
    return Line(row.title, _page("needs:need", row), note=row.owner.name)


def _challenge(row: Any) -> Line:
    return Line(row.title, _page("needs:challenge", row), on=row.deadline_at)


PUBLISHED_NEEDS = Figure(
    _("Published needs"),
    lambda one: needs_visible_to(one).filter(state=NeedState.PUBLISHED).select_related("owner").order_by("-published_at"),
    _need, _list("needs:needs", state=NeedState.PUBLISHED.value),
)  # fmt: skip
OUR_NEEDS = Figure(
    _("Our needs"), lambda one: needs_visible_to(one).filter(owner=one.organisation).order_by("-created_at"),
    lambda row: Line(row.title, _page("needs:need", row), state=row), _list("needs:needs", whose="ours"),
)  # fmt: skip
OPEN_CHALLENGES = Figure(
    _("Open challenges"),
    lambda one: challenges_visible_to(one).filter(state=ChallengeState.PUBLISHED).order_by("deadline_at"),
    _challenge, _list("needs:challenges", state=ChallengeState.PUBLISHED.value),
)  # fmt: skip
BIDS = Figure(
    _("Bids"), lambda one: bids_visible_to(one).select_related("challenge").order_by("-created_at"),
    lambda row: Line(row.challenge.title, _page("needs:bid", row), state=row), _list("needs:bids"),
)  # fmt: skip
PROJECTS = Figure(
    _("Our projects"), lambda one: projects_visible_to(one).order_by("-created_at"),
    lambda row: Line(row.title, _page("projects:project", row), state=row), _list("projects:projects"),
)  # fmt: skip
ALL_PROJECTS = Figure(_("Projects"), PROJECTS.rows, PROJECTS.line, PROJECTS.url)
PACKAGES = Figure(
    _("Our work packages"), lambda one: packages_of(one).order_by("due_on"),
    lambda row: Line(row.title, reverse("projects:project", args=[row.project_id]), on=row.due_on),
    lambda actor: "#packages" if packages_of(actor).exists() else reverse("projects:projects"),
)  # fmt: skip
STATEMENTS = Figure(
    _("Statements to settle"),
    lambda one: statements_visible_to(one).filter(organisation=one.organisation, state__in=NOT_CONFIRMED)
    .select_related("settlement__income__agreement").order_by("due_on"),
    lambda row: Line(row.settlement.income.agreement.subject_title, _page("benefits:statement", row), amount=row.amount),
    _list("benefits:statements", whose="ours", state=[one.value for one in NOT_CONFIRMED]),
)  # fmt: skip
AGREEMENTS = Figure(
    _("Share agreements"), lambda one: agreements_visible_to(one).order_by("-created_at"),
    lambda row: Line(row.subject_title, _page("benefits:agreement", row), on=_day(row.created_at)), _list("benefits:agreements"),
)  # fmt: skip


def _tranche(row: Any) -> Line:
    title = f"{row.get_stage_display()} · {row.subject_title}"
    return Line(title, reverse("benefits:staged", args=[row.subject_id]), amount=row.amount)


TRANCHES = Figure(
    _("Staged money"), lambda one: tranches_visible_to(one).order_by("-created_at", "position"), _tranche, _list("benefits:tranches")
)  # fmt: skip
HELD = Figure(
    _("Tranches held"), lambda one: TRANCHES.rows(one).filter(state=TrancheState.HELD), _tranche,
    _list("benefits:tranches", state=TrancheState.HELD.value),
)  # fmt: skip
FUNDS = Figure(
    _("Risk funds"), lambda one: funds_visible_to(one).order_by("name"),
    lambda row: Line(row.name, _page("benefits:fund", row), amount=row.target), _list("benefits:funds"),
)  # fmt: skip
ALERTS = Figure(
    _("Open alerts"), lambda one: open_alerts(one).order_by("-created_at"),
    lambda row: Line(row.rule, _page("alerts:alert", row), note=row.object_label), 
    _list("alerts:list", state=[AlertState.RAISED.value, AlertState.TOLD.value]),
)  # fmt: skip


def _machine(row: Any) -> Line:
    return Line(str(row), note=f"× {row.count}")


OUR_MACHINES = Figure(
    _("Our machines"), lambda one: machines_visible_to(one).filter(organisation=one.organisation).order_by("name"),
    _machine, _list("chains:machines", whose="ours"),
)  # fmt: skip
MACHINES = Figure(
    _("Machine park"), lambda one: machines_visible_to(one).select_related("organisation").order_by("-created_at"),
    lambda row: Line(str(row), note=row.organisation.name), _list("chains:machines"),
)  # fmt: skip
CHAINS = Figure(
    _("Industry chains"), lambda one: chains_visible_to(one).order_by("name"),
    lambda row: Line(str(row), _page("chains:chain", row)), _list("chains:chains"),
)  # fmt: skip


def _review(row: Any) -> Line:
    desk = reverse("needs:review_desk", args=[row.challenge_id])
    return Line(
        row.challenge.title,
        desk if row.state == PanelState.CLEARED else _page("needs:declare_conflict", row),
        state=row,
    )


REVIEWS = Figure(
    _("Reviews of challenges"),
    lambda one: panel_visible_to(one).filter(person=one.person).select_related("challenge").order_by("-created_at"),
    _review, _list("needs:seats"),
)  # fmt: skip


def _gate(row: Any) -> Line:
    return Line(f"{row} · {row.project.title}", _page("projects:gate", row), state=row)


GATES = Figure(
    _("Gates to decide"), lambda one: gates_waiting(one).select_related("project").order_by("planned_on"),
    _gate, _list("projects:approvals"),
)  # fmt: skip
GATE_REVIEWS = Figure(_("Gate reviews"), GATES.rows, _gate, GATES.url)
TO_VERIFY = Figure(
    _("Organisations to verify"), lambda one: organisations_visible_to(one).filter(state=OrganisationState.REGISTERED).order_by("created_at"),
    lambda row: Line(row.name, _page("accounts:organisation", row), on=_day(row.created_at)),
    _list("accounts:organisations", state=OrganisationState.REGISTERED.value),
)  # fmt: skip
