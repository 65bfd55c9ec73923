"""Rises and falls that are claimed without what they are measured against (A45)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks
from core.accounts.models import Organisation
from needs.models.need import Need
from needs.models.outcome import Application
from needs.queries.claims import MAYBE, Figure, factors_of, figures_in, unbacked
from needs.queries.need import current_version, specifications_in
from needs.states.need import NeedState
from needs.states.outcome import APPLIED, OutcomeState

CODE = "A45"
FIGURES = {"figures": gettext_lazy("As it is said")}
SUBMITTED = (NeedState.DEFINING, NeedState.DEFINED, NeedState.PUBLISHED)
STANDS = (OutcomeState.DECLARED, OutcomeState.VERIFIED)


def _applications() -> Iterable[Application]:
    rows = Application.objects.filter(state__in=APPLIED, effect__iregex=MAYBE)
    return rows.select_related("result", "organisation").iterator(chunk_size=500)


def _needs() -> Iterable[Need]:
    said = Q(title__iregex=MAYBE) | Q(pain_point__iregex=MAYBE) | Q(expected_results__iregex=MAYBE)
    return Need.objects.filter(said, state__in=SUBMITTED).select_related("owner").iterator(chunk_size=500)


def _hit(row: Any, bare: Sequence[Figure], tell: Organisation, clears: str, link: str) -> checks.Hit:
    said = "；".join(one.words for one in bare)
    return checks.Hit(
        row, rule=_("“%(figures)s”: baseline, period and source are missing") % {"figures": said},
        numbers={"figures": said}, tell=[tell], clears=clears, link=link,
    )  # fmt: skip


@checks.check(
    CODE,
    title=gettext_lazy("A rise or a fall without its baseline"),
    watches=_applications,
    chain_of=lambda row: row.result.chain_id,
    figures=FIGURES,
)
def effect_without_baseline(row: Application, **about: Any) -> Iterator[checks.Hit]:
    """The effect of an application is a percentage or a multiple, and no outcome says against what (R018)."""
    figures = figures_in(row.effect) if row.state in APPLIED else []
    if not figures:
        return
    stands = row.outcomes.filter(state__in=STANDS).select_related("specification__indicator", "measurement")
    bare = unbacked(figures, factors_of((one.specification, one.measurement) for one in stands))
    if bare:
        clears = _("Clears when an outcome with baseline, period and source shows the figure, or the application ends.")
        yield _hit(row, bare, row.organisation, clears, reverse("needs:application", args=[row.pk]))


@checks.check(
    CODE,
    title=gettext_lazy("A need speaks of a rise or a fall without its baseline"),
    watches=_needs,
    chain_of=lambda need: need.chain_id,
    figures=FIGURES,
)
def need_without_baseline(need: Need, **about: Any) -> Iterator[checks.Hit]:
    """The words of a need ask for a percentage or a multiple, and none of its indicators says against what (R018)."""
    figures = figures_in(need.title, need.pain_point, need.expected_results) if need.state in SUBMITTED else []
    if not figures:
        return
    bare = unbacked(figures, factors_of((one, None) for one in specifications_in(current_version(need))))
    if bare:
        clears = _("Clears when an indicator with baseline, period and source says the figure, or the words change.")
        yield _hit(need, bare, need.owner, clears, reverse("needs:need", args=[need.pk]) + "#indicators")
