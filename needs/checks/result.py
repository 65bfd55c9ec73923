"""What must be noticed about results: unfit for industry, off the standard, too dear, idle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks
from core.accounts.models import Organisation
from core.errors import Missing
from core.indicators import services as indicators
from core.indicators.engine import Verdict, compare, plain
from core.indicators.kinds import Outcome
from core.indicators.models import Measurement
from needs.models.outcome import ResultRequirement
from needs.models.result import Result
from needs.queries.idle import last_activity, months_ago
from needs.queries.standing import is_at_risk
from needs.states.outcome import RequirementKind
from needs.states.result import ResultState


@checks.check(
    "A04",
    title=gettext_lazy("Adaptation risk"),
    watches=lambda: _published(),
    chain_of=lambda result: result.chain_id,
    figures={
        "advancement": gettext_lazy("Advancement"), "fit": gettext_lazy("Industrial fit"),
        "advanced_from": gettext_lazy("Counts as advanced from"), "fit_floor": gettext_lazy("Least industrial fit"),
    },
    thresholds=[
        checks.Threshold("advanced_from", gettext_lazy("A result counts as advanced from"), 60, low=0, high=100, is_whole=True),
        checks.Threshold("fit_floor", gettext_lazy("Least industrial fit of an advanced result"), 50, low=0, high=100, is_whole=True),
        checks.Threshold(
            "fit_weight", gettext_lazy("Weight of industrial fit when results are ranked; the rest is advancement"), 60,
            unit="%", low=50, high=100, is_whole=True,
        ),
    ],
)  # fmt: skip
def adaptation_risk(result: Result, **about: Any) -> Iterator[checks.Hit]:
    """The result is advanced, but its industrial fit lies below what its chain asks for (R009)."""
    advanced = checks.threshold("A04", "advanced_from", result.chain_id)
    floor = checks.threshold("A04", "fit_floor", result.chain_id)
    if result.fit is None or not is_at_risk(result, advanced=advanced, floor=floor):
        return
    yield checks.Hit(
        result,
        rule=_("Advanced, but hardly fit for industry: advancement %(advancement)s, fit %(fit)s") % {
            "advancement": result.advancement, "fit": f"{result.fit.normalize():f}",
        },
        numbers={"advancement": result.advancement, "fit": result.fit, "advanced_from": advanced, "fit_floor": floor},
        tell=[result.owner],
        clears=_("Clears when the fit is judged anew at %(floor)s or more, or the result is withdrawn.") % {"floor": floor},
        link=reverse("needs:result", args=[result.pk]),
    )  # fmt: skip


def _published() -> Iterable[Result]:
    return Result.objects.filter(state=ResultState.PUBLISHED).select_related("owner").iterator(chunk_size=500)


def _judged(result: Result, kind: str) -> Iterator[tuple[ResultRequirement, Measurement | None, Verdict]]:
    """The demands of the kind that nobody waived, each with the newest value and its verdict."""
    rows = list(result.requirements.filter(kind=kind, waived_at__isnull=True).select_related("specification"))
    newest = indicators.latest([one.specification for one in rows], result.pk)
    for row in rows:
        measured = newest.get(row.specification_id)
        yield row, measured, compare(row.specification.to_spec(), measured.to_value() if measured else None)


def _value_words(measured: Measurement | None) -> str:
    if measured is None or measured.value is None:
        return _("not measured")
    return f"{plain(measured.value)} {measured.unit}".strip()


def _with_requirements(kind: str) -> Iterable[Result]:
    asked = ResultRequirement.objects.filter(kind=kind, waived_at__isnull=True).values("result_id")
    rows = (
        Result.objects.filter(pk__in=asked)
        .exclude(state=ResultState.WITHDRAWN)
        .select_related("owner", "origin_need__owner")
    )
    return rows.iterator(chunk_size=500)


def _who_asked(result: Result) -> list[Organisation]:
    need = result.origin_need
    return [result.owner, *([need.owner] if need is not None and need.owner_id != result.owner_id else [])]


@checks.check(
    "A05",
    title=gettext_lazy("Parameter off the standard"),
    guards=["needs.clear_for_pilot"],
    watches=lambda: _with_requirements(RequirementKind.STANDARD),
    chain_of=lambda result: result.chain_id,
    figures={"clause": gettext_lazy("Standard and clause"), "target": gettext_lazy("Target"), "value": gettext_lazy("Value")},
)  # fmt: skip
def off_the_standard(result: Result, *, before_pilot: bool = False, **about: Any) -> Iterator[checks.Hit]:
    """A value lies outside what a clause of a production standard allows (R010); before a pilot also one not measured."""
    for row, measured, verdict in _judged(result, RequirementKind.STANDARD):
        if verdict.is_met or (verdict.outcome == Outcome.NOT_MEASURED and not before_pilot):
            continue
        told = {
            "clause": row.clause, "indicator": row.specification, "target": row.specification.target_text,
            "value": _value_words(measured),
        }  # fmt: skip
        words = _("%(clause)s: “%(indicator)s” must be %(target)s, it is %(value)s") % told
        yield _hit(result, row, words, {"clause": row.clause, "target": told["target"], "value": told["value"]})


@checks.check(
    "A06",
    title=gettext_lazy("Too dear to scale"),
    guards=["needs.clear_for_pilot"],
    watches=lambda: _with_requirements(RequirementKind.COST),
    chain_of=lambda result: result.chain_id,
    figures={"cap": gettext_lazy("Cost cap"), "cost": gettext_lazy("Unit cost"), "volume": gettext_lazy("Annual volume")},
)  # fmt: skip
def too_dear_to_scale(result: Result, *, before_pilot: bool = False, **about: Any) -> Iterator[checks.Hit]:
    """The unit cost at the stated annual volume lies above the cap (R010)."""
    for row, measured, verdict in _judged(result, RequirementKind.COST):
        if verdict.is_met or (verdict.outcome == Outcome.NOT_MEASURED and not before_pilot):
            continue
        volume = f"{plain(row.volume)} {row.volume_unit}" if row.volume is not None else ""
        told = {"cap": row.specification.target_text, "volume": volume, "cost": _value_words(measured)}
        words = _("Too dear to scale: at %(volume)s the unit cost must be %(cap)s, it is %(cost)s") % told
        yield _hit(result, row, words, told)


def _hit(result: Result, row: ResultRequirement, words: str, numbers: dict[str, Any]) -> checks.Hit:
    link = reverse("needs:result", args=[result.pk]) + "#demands"
    who = _("%(owner)s by a new value, or a signatory of the need's owner or the chain's leader by a waiver") % {
        "owner": result.owner
    }
    return checks.Hit(
        result, rule=words, numbers=numbers, missing=Missing(words, who, link), tell=_who_asked(result), link=link, key=str(row.pk),
        clears=_("Clears when a value keeps the demand, or somebody who answers for the use waives it by name."),
    )  # fmt: skip


@checks.check(
    "A09",
    title=gettext_lazy("Idle result"),
    watches=lambda: _published(),
    chain_of=lambda result: result.chain_id,
    figures={"since": gettext_lazy("Nothing since"), "months": gettext_lazy("Months")},
    thresholds=[
        checks.Threshold(
            "idle_months", gettext_lazy("Months without application or pilot until a result counts as idle"), 12,
            unit=gettext_lazy("months"), low=1, high=120, is_whole=True,
        ),
    ],
)  # fmt: skip
def idle_result(result: Result, **about: Any) -> Iterator[checks.Hit]:
    """A published result without application or pilot for so many months (R012)."""
    months = int(checks.threshold("A09", "idle_months", result.chain_id))
    since = last_activity(result)
    if since is None or since > months_ago(months):
        return
    yield checks.Hit(
        result,
        rule=_("Idle: no application and no pilot since %(since)s") % {"since": f"{since:%Y-%m-%d}"},
        numbers={"since": since, "months": months},
        tell=[result.owner],
        clears=_("Clears when an application is recorded, the result is cleared for a pilot, or it is withdrawn."),
        link=reverse("needs:result", args=[result.pk]),
    )  # fmt: skip
