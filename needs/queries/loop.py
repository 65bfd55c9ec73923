"""The loop from need to need: need → project → result → application → new need, from whichever object one stands at (R004)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.accounts.actor import Actor
from needs.models.need import Need
from needs.models.outcome import Application, FollowUp
from needs.models.result import Result
from needs.queries.need import needs_visible_to
from needs.queries.origins import projects_seen
from needs.queries.outcome import applications_visible_to, applied, follow_ups_visible_to
from needs.queries.result import results_visible_to


@dataclass(frozen=True)
class Step:
    """One object of the loop: what it is, its name and address; no address where the reader may not see it."""

    kind: str
    word: str
    label: str = ""
    link: str = ""
    is_here: bool = False

    @property
    def is_missing(self) -> bool:
        return not self.label


@dataclass(frozen=True)
class Loop:
    """One way through the loop; five steps, the last ones missing while nothing followed yet."""

    steps: Sequence[Step]

    @property
    def is_closed(self) -> bool:
        return all(not step.is_missing for step in self.steps)


def _hidden(word: str) -> str:
    return _("%(thing)s that you may not see") % {"thing": word}


class _Reader:
    """What one reader sees of the objects, looked up once for all loops."""

    def __init__(self, actor: Actor, ways: Sequence[tuple[Result | None, Application | None, FollowUp | None]]) -> None:
        origins = {result.origin_need_id for result, _use, _next in ways if result and result.origin_need_id}
        nexts = {follow.need_id for _result, _use, follow in ways if follow}
        self.needs = {row.pk: row for row in needs_visible_to(actor).filter(pk__in=origins | nexts)}
        self.results = set(
            results_visible_to(actor)
            .filter(pk__in=[result.pk for result, _use, _next in ways if result])
            .values_list("pk", flat=True)
        )
        self.projects = projects_seen(actor, [result.origin_project_id for result, _use, _next in ways if result])

    def need(self, pk: Any, word: str, here: Any) -> Step:
        if pk is None:
            return Step("need", word)
        row = self.needs.get(pk)
        if row is None:
            return Step("need", word, _hidden(word))
        return Step("need", word, str(row), reverse("needs:need", args=[pk]), is_here=pk == here)

    def project(self, pk: Any) -> Step:
        word = _("Project")
        if pk is None:
            return Step("project", word)
        row = self.projects.get(pk)
        return Step("project", word, row.label, row.link) if row else Step("project", word, _hidden(word))

    def result(self, row: Result | None, here: Any) -> Step:
        word = _("Result")
        if row is None:
            return Step("result", word)
        if row.pk not in self.results:
            return Step("result", word, _hidden(word))
        return Step("result", word, str(row), reverse("needs:result", args=[row.pk]), is_here=row.pk == here)

    def application(self, row: Application | None, here: Any) -> Step:
        word = _("Application")
        if row is None:
            return Step("application", word)
        return Step(
            "application", word, str(row.node), reverse("needs:application", args=[row.pk]), is_here=row.pk == here
        )

    def loop(self, result: Result | None, use: Application | None, follow: FollowUp | None, here: Any) -> Loop:
        return Loop([
            self.need(result.origin_need_id if result else None, _("Need"), here),
            self.project(result.origin_project_id if result else None),
            self.result(result, here),
            self.application(use, here),
            self.need(follow.need_id if follow else None, _("New need"), here),
        ])  # fmt: skip


def _ways_from(results: Sequence[Result], actor: Actor) -> list[tuple[Result, Application | None, FollowUp | None]]:
    """Every way on from the results, as far as the reader sees it."""
    if not results:
        return []
    uses = list(applied(applications_visible_to(actor)).filter(result__in=results).select_related("node", "result"))
    follows = list(follow_ups_visible_to(actor).filter(application__in=uses))
    ways: list[tuple[Result, Application | None, FollowUp | None]] = []
    for result in results:
        mine = [use for use in uses if use.result_id == result.pk]
        if not mine:
            ways.append((result, None, None))
        for use in mine:
            nexts = [follow for follow in follows if follow.application_id == use.pk]
            ways += [(result, use, follow) for follow in nexts] or [(result, use, None)]
    return ways


def loops_from_need(actor: Actor, need: Need, limit: int = 20) -> list[Loop]:
    """Forward from a need, what it led to; backward, which application it grew out of."""
    results = list(results_visible_to(actor).filter(origin_need=need).order_by("created_at")[:limit])
    ways: list[tuple[Result | None, Application | None, FollowUp | None]] = list(_ways_from(results, actor))
    # Of most needs nothing came and to most nothing led: what one may see is asked only where there is something.
    came = list(FollowUp.objects.filter(need=need).select_related("application__result", "application__node"))
    if came:
        seen = set(applications_visible_to(actor).filter(follow_ups__in=came).values_list("pk", flat=True))
        ways += [(one.application.result, one.application, one) for one in came if one.application_id in seen]
    return _read(actor, ways, need.pk)


def loops_of_result(actor: Actor, result: Result) -> list[Loop]:
    return _read(actor, list(_ways_from([result], actor)), result.pk)


def loops_of_application(actor: Actor, use: Application) -> list[Loop]:
    follows: list[FollowUp | None] = list(follow_ups_visible_to(actor).filter(application=use))
    return _read(actor, [(use.result, use, follow) for follow in follows or [None]], use.pk)


def loop_of(actor: Actor, follow: FollowUp) -> Loop:
    """The one loop that ends in this new need."""
    return _read(actor, [(follow.application.result, follow.application, follow)], None)[0]


def _read(
    actor: Actor, ways: Sequence[tuple[Result | None, Application | None, FollowUp | None]], here: Any
) -> list[Loop]:
    if not ways:
        return []
    reader = _Reader(actor, ways)
    return [reader.loop(result, use, follow, here) for result, use, follow in ways]
