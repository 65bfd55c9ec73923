"""Pages for everybody: open challenges, results and outcomes, without signing in (R015, R017)."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.errors import NotFound
from core.inbox.mail import absolute
from core.web import tables
from core.web.page import crumb, render_page
from needs.queries.public import (
    applications_public,
    challenges_public,
    lines_public,
    open_challenges_public,
    questions_public,
    results_public,
    values_public,
    with_indicators,
)
from needs.states.challenge import ChallengeState
from needs.web.open_lists import OpenChallenges, OpenOutcomes, OpenResults

M = TypeVar("M", bound=Model)
FRONT = _("Open to everyone")


def _tabs(here: str) -> list[dict[str, Any]]:
    names = [("challenges", _("Open challenges")), ("results", _("Results")), ("outcomes", _("Outcomes"))]
    return [{"label": label, "url": reverse(f"open:{name}"), "is_current": name == here} for name, label in names]


def _meta(request: HttpRequest, said: Any, feed: str) -> dict[str, Any]:
    """What search engines and feed readers are told: the description, the one address of the page, its feeds."""
    return {
        "meta_description": " ".join(Truncator(str(said)).chars(200).split()),
        "canonical": absolute(request.path),
        "feeds": _feeds(feed),
    }


def _feeds(name: str) -> list[dict[str, Any]]:
    """The feed of a list as Atom, and the deadlines of its challenges as a calendar: address, kind, title, icon and label."""
    titles = {"challenges": _("Open challenges"), "results": _("Open results"), "outcomes": _("Open outcomes")}
    atom = {"url": reverse(f"open:{name}_feed"), "kind": "application/atom+xml", "title": titles[name]}
    found = [atom | {"icon": "bell", "label": _("Subscribe (Atom)")}]
    if name == "challenges":
        calendar = {"url": reverse("open:deadlines"), "kind": "text/calendar", "title": _("Deadlines as a calendar")}
        found.append(calendar | {"icon": "calendar", "label": _("Deadlines as a calendar")})
    return found


def _list(request: HttpRequest, table: tables.Table, name: str, title: Any, intro: Any) -> HttpResponse:
    shown = {"list_tabs": _tabs(name), **_meta(request, intro, name)}
    return tables.render(request, table, title=title, template="open/list.html", intro=intro, context=shown)


@require_safe
def list_challenges(request: HttpRequest) -> HttpResponse:
    """Challenges that take bids and that their issuers show to everyone (open to strangers)."""
    return _list(
        request, OpenChallenges(with_indicators(open_challenges_public())), "challenges", _("Open challenges"),
        _("What chain leaders and firms ask innovators to solve: targets, budget, deadline. To bid, sign in."),
    )  # fmt: skip


@require_safe
def list_results(request: HttpRequest) -> HttpResponse:
    """Results of research that their owners show to everyone (open to strangers)."""
    return _list(
        request, OpenResults(results_public().select_related("owner", "chain", "node")), "results", _("Open results"),
        _("What research brought about: how advanced, how fit for industry, what was measured, and who owns it."),
    )  # fmt: skip


@require_safe
def list_outcomes(request: HttpRequest) -> HttpResponse:
    """Results in use, with their effect, as far as their owners show it to everyone (open to strangers)."""
    rows = applications_public().select_related("result__owner", "node__chain")
    return _list(
        request, OpenOutcomes(rows), "outcomes", _("Open outcomes"),
        _("Results in use and what they changed; self-declared until the user of the result stands for it."),
    )  # fmt: skip


def _found(rows: QuerySet[M], pk: UUID) -> M:
    """The row, or the same answer as for one that does not exist."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound(_now("There is nothing here, or you have no access to it."))
    return row


def _crumbs(name: str, label: Any, last: Any) -> list[Any]:
    return [crumb(FRONT, reverse("open:challenges")), crumb(label, reverse(f"open:{name}")), crumb(last)]


@require_safe
def challenge_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One challenge; its address stays after the deadline (open to strangers)."""
    row = _found(with_indicators(challenges_public()).prefetch_related("criteria", "conditions", "addenda"), pk)
    shown = {
        "challenge": row,
        "takes_bids": row.state == ChallengeState.PUBLISHED and not row.is_past_deadline,
        "has_details": hasattr(row, "details"),
        "questions": questions_public(row),
        "specifications": [one.specification for one in row.indicators.all()],
        **_meta(request, row.summary or row.title, "challenges"),
    }
    facts = [
        (_("Issuer"), row.issuer.name),
        (_("Number"), row.code),
        (_("Node"), f"{row.need.chain} · {row.need.node}"),
    ]
    crumbs = _crumbs("challenges", _("Open challenges"), row.code)
    return render_page(request, "open/challenge.html", shown, title=row.title, crumbs=crumbs, facts=facts)


@require_safe
def result_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One result, its two scores and what was measured (open to strangers)."""
    row = _found(results_public().select_related("owner", "chain", "node"), pk)
    shown = {
        "result": row,
        "values": values_public(row),
        "uses": applications_public().filter(result=row).select_related("node__chain"),
        **_meta(request, row.text, "results"),
    }
    facts = [(_("Owner"), row.owner.name), (_("Number"), row.code), (_("Node"), f"{row.chain} · {row.node}")]
    crumbs = _crumbs("results", _("Results"), row.code)
    return render_page(request, "open/result.html", shown, title=row.name, crumbs=crumbs, facts=facts)


@require_safe
def outcome_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One result in use: its effect and what changed, without the name of its user (open to strangers)."""
    row = _found(applications_public().select_related("result__owner", "node__chain"), pk)
    shown = {"application": row, "stated": row, "lines": lines_public(row), **_meta(request, row.effect, "outcomes")}
    facts = [(_("Result"), row.result.name), (_("Owner"), row.result.owner.name)]
    facts.append((_("Node"), f"{row.node.chain} · {row.node}"))
    title = f"{row.result.name} → {row.node}"
    crumbs = _crumbs("outcomes", _("Outcomes"), row.result.code)
    return render_page(request, "open/outcome.html", shown, title=title, crumbs=crumbs, facts=facts)
