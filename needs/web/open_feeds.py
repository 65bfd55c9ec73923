"""Feeds for everybody: Atom of open challenges, results and outcomes, and the bidding deadlines as a calendar."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import formats, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chains.models import Chain
from core import limits
from core.errors import NotFound
from core.inbox import ical
from core.inbox.deadlines import Deadline
from core.inbox.mail import absolute, own_host
from core.web.display import money_exact
from core.web.feeds import marked
from needs.queries.public import applications_public, open_challenges_public, results_public, with_indicators

MOST = 100
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Item:
    """One entry of a feed."""

    pk: UUID
    title: str
    link: str
    text: str
    author: str
    published: dt.datetime
    changed: dt.datetime
    categories: tuple[str, ...]


# What XML cannot carry, and the marks that turn the direction of what follows.
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def clean(text: Any) -> str:
    """The text without control characters."""
    return UNFIT.sub("", str(text))


def _chain(request: HttpRequest) -> Chain | None:
    asked = request.GET.get("chain", "")
    if not asked:
        return None
    try:
        found = Chain.objects.filter(pk=UUID(asked)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(_("There is nothing here, or you have no access to it."))
    return found


def _challenges(chain: Chain | None) -> list[Item]:
    rows = with_indicators(open_challenges_public())
    if chain is not None:
        rows = rows.filter(need__chain=chain)
    found = []
    for row in rows.order_by("-published_at", "pk")[:MOST]:
        assert row.published_at is not None
        said = [
            row.summary,
            "; ".join(f"{one.specification}: {one.specification.target_text}" for one in row.indicators.all()),
            _("Budget: %s") % money_exact(row.budget),
            _("Bids until: %s") % f"{row.deadline_local:%Y-%m-%d %H:%M} {row.deadline_zone}",
        ]
        link, where = reverse("open:challenge", args=[row.pk]), (str(row.need.chain), str(row.need.node))
        found.append(
            Item(row.pk, row.title, link, "\n".join(filter(None, said)), row.issuer.name, row.published_at, row.updated_at, where)
        )  # fmt: skip
    return found


def _results(chain: Chain | None) -> list[Item]:
    rows = results_public().select_related("owner", "chain", "node")
    if chain is not None:
        rows = rows.filter(chain=chain)
    return [
        Item(row.pk, row.name, reverse("open:result", args=[row.pk]), row.text, row.owner.name, row.published_at or row.created_at,
             row.updated_at, (str(row.chain), str(row.node)))
        for row in rows.order_by("-published_at", "pk")[:MOST]
    ]  # fmt: skip


def _outcomes(chain: Chain | None) -> list[Item]:
    rows = applications_public().select_related("result__owner", "node__chain")
    if chain is not None:
        rows = rows.filter(node__chain=chain)
    found = []
    for row in rows.order_by("-applied_on", "pk")[:MOST]:
        since = _("In use since: %s") % formats.date_format(row.applied_on, "Y-m-d")
        text = f"{row.effect}\n{since}\n{row.get_state_display()}"
        where = (str(row.node.chain), str(row.node))
        found.append(
            Item(row.pk, f"{row.result.name} → {row.node}", reverse("open:outcome", args=[row.pk]), text, row.result.owner.name,
                 row.created_at, row.updated_at, where)
        )  # fmt: skip
    return found


def _language(request: HttpRequest) -> str:
    """The language that the address names, else the reader's own."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else (translation.get_language() or settings.LANGUAGE_CODE)


def atom(title: str, address: str, front: str, items: Iterable[Item], language: str) -> bytes:
    """The feed's bytes; the same items give the same bytes."""
    items = list(items)
    newest = max((one.changed for one in items), default=EPOCH)

    class Feed(Atom1Feed):
        def latest_post_date(self) -> dt.datetime:
            return newest

    feed = Feed(
        title=clean(title), link=absolute(front), description="", language=language, feed_url=absolute(address),
        feed_guid=absolute(address),
    )  # fmt: skip
    for one in items:
        feed.add_item(
            title=clean(one.title), link=absolute(one.link), description=clean(one.text), author_name=clean(one.author),
            pubdate=one.published, updateddate=one.changed, unique_id=f"urn:uuid:{one.pk}",
            categories=[clean(word) for word in one.categories],
        )  # fmt: skip
    return feed.writeString("utf-8").encode()


def answer(request: HttpRequest, body: bytes, kind: str, changes: Iterable[dt.datetime]) -> HttpResponseBase:
    """The body, and when its newest entry changed; or 304."""
    changed = http_date(max(changes, default=EPOCH).timestamp())
    return marked(request, body, kind, {"Last-Modified": changed})


FEEDS: dict[str, Any] = {"challenges": _challenges, "results": _results, "outcomes": _outcomes}


@require_safe
def feed(request: HttpRequest, name: str) -> HttpResponseBase:
    """The newest of a list as Atom, of one chain where the address names it (open to strangers)."""
    limits.ask(request, "feed")
    language = _language(request)
    with translation.override(language):
        titles = {"challenges": _("Open challenges"), "results": _("Open results"), "outcomes": _("Open outcomes")}
        chain = _chain(request)
        items = FEEDS[name](chain)
        title = " · ".join([str(_("Xielian")), titles[name], *([str(chain)] if chain else [])])
        address = reverse(f"open:{name}_feed") + (f"?chain={chain.pk}" if chain else "")
        body = atom(title, address, reverse(f"open:{name}"), items, language)
    return answer(request, body, "application/atom+xml; charset=utf-8", (one.changed for one in items))


@require_safe
def deadlines(request: HttpRequest) -> HttpResponseBase:
    """The bidding deadlines of open challenges for calendar programs (open to strangers)."""
    limits.ask(request, "feed")
    with translation.override(_language(request)):
        chain = _chain(request)
        rows = open_challenges_public().select_related("issuer")
        if chain is not None:
            rows = rows.filter(need__chain=chain)
        found = list(rows.order_by("deadline_at", "pk")[:MOST])
        body = ical.calendar_of(
            [
                Deadline(
                    key=f"open-challenge-{row.pk}", title=_("Bids until: %s") % clean(row.title), at=row.deadline_at,
                    link=reverse("open:challenge", args=[row.pk]), organisation=row.issuer.name, changed_at=row.updated_at,
                )
                for row in found
            ],
            host=own_host(),
        )  # fmt: skip
    return answer(request, body, "text/calendar; charset=utf-8", (row.updated_at for row in found))
