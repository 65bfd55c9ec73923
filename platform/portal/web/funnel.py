"""The funnel of needs with its key figures, and the needs behind each of them (R026, R048)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core.accounts.actor import Actor
from core.errors import NotAllowed
from core.web import tables
from needs.queries.library import of_chain
from portal.queries import funnel
from portal.queries.funnel import Step
from portal.web.tabs import tabs


def _steps() -> list[tuple[str, Any]]:
    return list(Step.choices)


class Travelled(tables.Table):
    """Needs with how far they came."""

    columns = [
        tables.Column("title", _("Need"), sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("needs:need", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("reached", _("Came to"), value=lambda row: str(funnel.STEPS[row.reached - 1].label), sort="reached"),
        tables.Column("published_at", _("Published"), kind="date", sort="published_at"),
        tables.Column("bid_at", _("First bid"), kind="date", sort="bid_at", in_page=False),
        tables.Column("awarded_at", _("Award signed"), kind="date", sort="awarded_at", in_page=False),
        tables.Column("match", _("Days to the match"), kind="number", value=lambda row: funnel.days_between(row, "match")),
        tables.Column("match_contract", _("to the contract"), kind="number", value=lambda row: funnel.days_between(row, "match_contract")),
        tables.Column("contract_applied", _("to the application"), kind="number",
                      value=lambda row: funnel.days_between(row, "contract_applied")),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), apply=of_chain, choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.Choice("reached", _("Came at least to"), choices=_steps, apply=funnel.reached),
        tables.Choice("stopped", _("Stands at"), choices=_steps, apply=funnel.stopped),
        tables.Choice("way", _("Has gone"), choices=lambda: [*_steps()[1:], *funnel.WAYS.items()], apply=funnel.way),
        tables.Choice("published", _("Published"), choices=[("yes", _("Yes"))], apply=lambda _value: Q(published_at__isnull=False)),
        tables.Choice("result", _("Has a result"), choices=[("yes", _("Yes")), ("no", _("No"))], apply=lambda value: Q(has_result=value == "yes")),
    ]  # fmt: skip
    search = ["title", "code", "owner__name"]
    default_sort = "-reached"
    file_name = "funnel"
    empty = tables.Empty(
        _("No need here"),
        _("A need appears as soon as somebody posts it."),
        _("Post a need"),
        "/needs/new/",
        icon="filter",
    )


def funnel_page(request: HttpRequest) -> HttpResponse:
    """Steps, drop-offs and days over the needs one sees, for one chain or all; below, the needs themselves."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    table = Travelled(funnel.travelled(actor).select_related("chain", "owner"))
    if answer := tables.respond(request, table):
        return answer
    chains = list(Chain.objects.all())
    chain = chain_of(request.GET.get("chain", ""), chains)
    key = chain.pk if chain else None
    shown = {
        "stages": funnel.funnel(actor, key), "kpis": funnel.kpis(actor, key), "chain": chain,
        "tabs": tabs(),
        "chains": [(row, funnel.listed(row.pk)) for row in chains], "everywhere": funnel.listed(None),
    }  # fmt: skip
    return tables.render(
        request, table, title=_("From need to application"), template="portal/funnel.html", context=shown,
        intro=_("Every figure counts what you may see, and opens the list that it counts."),
    )  # fmt: skip


def chain_of(asked: str, chains: list[Chain]) -> Chain | None:
    try:
        key = UUID(asked)
    except ValueError:
        return None
    return next((row for row in chains if row.pk == key), None)
