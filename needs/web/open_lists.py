"""Lists for everybody: what may be read without signing in, and nothing else of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core.web import tables
from needs.queries.public import found_public
from needs.states.challenge import IpTerms
from needs.states.outcome import ApplicationState


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


class OpenTable(tables.Table):
    """A list for everybody: asked by the one search among public rows, and by the names and numbers that it does not hold."""

    kind = ""
    can_export = False

    def search_condition(self, text: str) -> Q:
        return found_public(text, self.kind) | super().search_condition(text)


class OpenChallenges(OpenTable):
    kind = "challenge"
    columns = [
        tables.Column("title", _("Challenge"), sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("open:challenge", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.need.chain), sort="need__chain__name",
                      note=lambda row: str(row.need.node)),
        tables.Column("issuer", _("Issuer"), value="issuer.name", sort="issuer__name"),
        tables.Column("indicators", _("Indicators"), template="open/_targets.html",
                      value=lambda row: [one.specification for one in row.indicators.all()]),
        tables.Column("budget", _("Budget"), kind="money", sort="budget"),
        tables.Column("deadline_at", _("Bids until"), sort="deadline_at", template="open/_deadline.html"),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), lookup="need__chain_id", choices=_chains, facet=True),
        tables.Choice("ip", _("IP terms"), lookup="ip_terms", choices=IpTerms.choices),
        tables.NumberRange("budget", _("Budget"), unit=_("yuan")),
        tables.DateRange("deadline", _("Deadline"), lookup="deadline_at", is_moment=True),
    ]
    search = ["code", "title", "summary", "issuer__name", "need__chain__name", "need__node__name"]
    default_sort = "deadline_at"
    empty = tables.Empty(
        _("No challenge is open to everyone at the moment"),
        _("Most challenges are read by members of the platform; sign in to see those."),
        icon="trophy",
    )


class OpenResults(OpenTable):
    kind = "result"
    columns = [
        tables.Column("title", _("Result"), value="name", sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("open:result", args=[row.pk])),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name", note=lambda row: str(row.node)),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("fit", _("Industrial fit"), kind="number", sort="fit"),
        tables.Column("advancement", _("Advancement"), kind="number", sort="advancement"),
        tables.Column("trl", _("TRL"), kind="number", sort="trl"),
        tables.Column("published_at", _("Published"), kind="date", sort="published_at"),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain"), lookup="chain_id", choices=_chains, facet=True),
        tables.NumberRange("trl", _("TRL")),
        tables.DateRange("published", _("Published"), lookup="published_at", is_moment=True),
    ]
    search = ["code", "title", "title_en", "text", "field", "owner__name", "chain__name", "node__name"]
    default_sort = "-published_at"
    empty = tables.Empty(
        _("No result is open to everyone at the moment"),
        _("Most results are read by members of the platform; sign in to see those."),
        icon="bulb",
    )


class OpenOutcomes(OpenTable):
    kind = "outcome"
    columns = [
        tables.Column("result", _("Result"), value="result.name", sort="result__title", is_primary=True,
                      link=lambda row: reverse("open:outcome", args=[row.pk]), note=lambda row: row.result.owner.name),
        tables.Column("node", _("Node that adopted it"), value=lambda row: str(row.node), sort="node__name",
                      note=lambda row: str(row.node.chain)),
        tables.Column("effect", _("Effect")),
        tables.Column("applied_on", _("In use since"), kind="date", sort="applied_on"),
        tables.Column("state", _("Who says so"), kind="badge", sort="state"),
    ]  # fmt: skip
    filters = [
        tables.Choice("chain", _("Chain of the node"), lookup="node__chain_id", choices=_chains, facet=True),
        tables.Choice("state", _("Who says so"), facet=True,
                      choices=[(one.value, one.label) for one in (ApplicationState.CONFIRMED, ApplicationState.CLAIMED)]),
        tables.DateRange("since", _("In use since"), lookup="applied_on"),
    ]  # fmt: skip
    search = ["result__title", "result__title_en", "result__code", "effect", "node__name", "node__chain__name"]
    default_sort = "-applied_on"
    empty = tables.Empty(
        _("No outcome is open to everyone at the moment"),
        _("Where results are in use, and what they changed, stands here once their owners show it."),
        icon="chart-line",
    )
