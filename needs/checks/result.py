"""What must be noticed about results: advanced but unfit for industry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks
from needs.models.result import Result
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
    if result.advancement is None or result.fit is None:
        return
    advanced = checks.threshold("A04", "advanced_from", result.chain_id)
    floor = checks.threshold("A04", "fit_floor", result.chain_id)
    if result.advancement < advanced or result.fit >= floor:
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
