"""Where research goes: needs by priority against teams, money and machines (R022)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core.accounts.actor import Actor
from core.errors import NotAllowed
from core.web import tables
from needs.models.need import PRIORITIES
from needs.queries.library import of_chain
from portal.queries import allocation
from portal.web.tabs import tabs

FLAGS = {
    "unserved": (_("Nobody bids"), Q(is_unserved=True)), "crowded": (_("Crowded"), Q(is_crowded=True)),
    "none": (_("Even"), Q(is_unserved=False, is_crowded=False)),
}  # fmt: skip


def flag_of(row: Any) -> Any:
    """What is uneven about a need, in a word."""
    return FLAGS["unserved"][0] if row.is_unserved else FLAGS["crowded"][0] if row.is_crowded else ""


class Allocation(tables.Table):
    """Published needs, the most urgent first."""

    columns = [
        tables.Column("title", _("Need"), sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("needs:need", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("priority", _("Priority"), kind="number", sort="priority"),
        tables.Column("teams", _("Teams"), kind="number", sort="teams"),
        tables.Column("money", _("Money committed"), kind="money", sort="money"),
        tables.Column("machines", _("Machines"), kind="number", sort="machines"),
        tables.Column("flag", _("Allocation"), value=flag_of, template="portal/_allocation.html", export=lambda row: str(flag_of(row))),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), apply=of_chain, choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.Choice("priority", _("Priority"), choices=PRIORITIES),
        tables.Choice("flag", _("Allocation"), choices=[(key, label) for key, (label, _condition) in FLAGS.items()],
                      apply=lambda value: FLAGS[value][1]),
    ]  # fmt: skip
    search = ["title", "code"]
    default_sort = "priority"
    file_name = "allocation"
    empty = tables.Empty(_("No published need"), _("Needs appear here as soon as they are published."), icon="scale")

    def row_css(self, row: Any) -> str:
        return "is-bad" if row.is_unserved else "is-warn" if row.is_crowded else ""


def allocation_page(request: HttpRequest) -> HttpResponse:
    """Needs by priority with what is committed to each; over- and under-served ones are flagged."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the actor's middleware
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    rows = allocation.allocated(actor).select_related("chain")
    return tables.render(
        request, Allocation(rows), title=_("Allocation"), template="portal/allocation.html", context={"tabs": tabs()},
        intro=_("Teams count that have bid, once the bids are opened, or work in a project; money and machines likewise, as far as you see."),
    )  # fmt: skip
