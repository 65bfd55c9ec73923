"""What must be noticed across rooms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chains.queries import leader_of
from core import checks, clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.checks.states import Severity
from needs.models import Need
from portal.queries import allocation, islands

ISLAND_DAYS = 30


def _alone() -> Iterator[Model]:
    yield from islands.lonely_needs(Actor.system()).select_related("owner")
    yield from islands.lonely_organisations(Actor.system())


@checks.check(
    "A01", title=gettext_lazy("Innovation island"), watches=_alone, severity=Severity.NOTICE,
    chain_of=lambda row: getattr(row, "chain_id", None), figures={"days": gettext_lazy("Days alone"), "limit": gettext_lazy("Limit in days")},
    thresholds=[
        checks.Threshold("island_days", gettext_lazy("Days without a link to the other side"), ISLAND_DAYS, unit=gettext_lazy("days"),
                         low=1, high=730, is_whole=True)
    ],
)  # fmt: skip
def island(row: Need | Organisation, **about: Any) -> Iterator[checks.Hit]:
    """An organisation or a published need without a link to the other side for too long (R001, A01)."""
    is_need = isinstance(row, Need)
    since = row.published_at if isinstance(row, Need) else row.created_at
    limit = int(checks.threshold("A01", "island_days", getattr(row, "chain_id", None)))
    if since is None or clock.now() - since < dt.timedelta(days=limit):
        return
    words = (
        _("The need has no partner from research") if is_need else _("The organisation has no link to the other side")
    )
    name = "portal:island_need" if is_need else "portal:island_organisation"
    yield checks.Hit(
        row, rule=words, numbers={"days": (clock.now() - since).days, "limit": limit}, tell=[row.owner if isinstance(row, Need) else row],
        clears=_("An accepted match, a common project or a flow joins it with the other side."), link=reverse(name, args=[row.pk]),
    )  # fmt: skip


def _weighed() -> Iterator[Model]:
    rows = allocation.allocated(Actor.system()).filter(Q(is_unserved=True) | Q(is_crowded=True))
    yield from rows.select_related("owner").iterator(chunk_size=500)


@checks.check(
    allocation.CODE, title=gettext_lazy("Nobody bids, or all crowd"), watches=_weighed, severity=Severity.NOTICE,
    chain_of=lambda row: row.chain_id, figures={"priority": gettext_lazy("Priority"), "teams": gettext_lazy("Teams")},
    thresholds=[
        checks.Threshold("high", gettext_lazy("Counts as urgent up to priority"), 2, low=1, high=5, is_whole=True),
        checks.Threshold("low", gettext_lazy("Counts as less urgent from priority"), 3, low=1, high=5, is_whole=True),
        checks.Threshold("crowd", gettext_lazy("Counts as crowded from so many teams"), 5, low=2, high=100, is_whole=True),
    ],
)  # fmt: skip
def uneven(row: Need, **about: Any) -> Iterator[checks.Hit]:
    """An urgent need that no team serves, or a less urgent one that teams crowd (R022, A11)."""
    found: Any = row if hasattr(row, "teams") else allocation.allocated(Actor.system()).filter(pk=row.pk).first()
    if found is None or not (found.is_unserved or found.is_crowded):
        return
    words = (
        _("Nobody bids: an urgent need without a team")
        if found.is_unserved
        else _("Crowded: more teams than the need deserves")
    )
    leader = leader_of(found.chain_id)
    yield checks.Hit(
        row, rule=words, numbers={"priority": found.priority, "teams": found.teams},
        tell=[row.owner, *([leader] if leader and leader != row.owner else [])],
        clears=_("A team that takes part, or another priority."), link=f"{reverse('portal:allocation')}?chain={found.chain_id}",
    )  # fmt: skip
