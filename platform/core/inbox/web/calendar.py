"""The calendar: all deadlines the reader may see, by month and as a list, and its address for calendar programs."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core import clock, limits
from core.accounts.actor import Actor
from core.errors import NotFound
from core.inbox import actions, feeds, ical
from core.inbox.deadlines import AHEAD, PAST, Deadline, deadlines_for, deadlines_of_person, sources, window
from core.inbox.mail import own_host
from core.inbox.models import Feed, Task
from core.inbox.queries import feed_of, preferences_of
from core.inbox.web.views import a_person
from core.web import tables
from core.web.feeds import marked
from core.web.forms import do
from core.web.page import render_page

SHOWN = 4  # deadlines in a day's cell; the list has all


class _Listed(list[Deadline]):
    """Rows that do not come from one query, offered as a file asks for them."""

    def iterator(self, chunk_size: int = 0) -> Iterator[Deadline]:
        return iter(self)


class Deadlines(tables.Table):
    columns = [
        tables.Column("due", _("Due by"), value=lambda row: row.at or row.on, kind="datetime", sort="due"),
        tables.Column("title", _("What"), sort="title", is_primary=True, link=lambda row: row.link or None),
        tables.Column("source", _("Kind"), value=lambda row: dict(sources())[row.source], sort="source"),
        tables.Column("organisation", _("Whose"), sort="organisation"),
    ]
    search = ["title"]
    search_hint = _("Search in these deadlines")
    default_sort = "due"
    file_name = "deadlines"
    empty = tables.Empty(
        _("Nothing falls due"),
        _("What you may see and what is asked of you stands here by its day."),
        icon="calendar-event",
    )

    def get_filters(self) -> list[tables.Filter]:
        return [
            tables.Choice("source", _("Kind"), choices=sources, apply=lambda _value: Q()),
            tables.DateRange("due", _("Due by")),
        ]

    @cached_property
    def filtered(self) -> Any:
        """What falls due, by what the reader asked; without days asked, also what is late."""
        start, end = self._span()
        source = next((value for value in self.asked.getlist("source") if value in dict(sources())), "")
        rows = deadlines_for(self.context["actor"], start, end, source)
        words = self.search_text.lower().split()
        rows = [row for row in rows if all(word in f"{row.title} {row.organisation}".lower() for word in words)]
        name = self.sort_key.removeprefix("-")
        keys = {"due": lambda row: row.moment, "title": lambda row: row.title, "source": lambda row: row.source}
        rows.sort(key=keys.get(name, lambda row: row.organisation), reverse=self.sort_key.startswith("-"))
        return _Listed(rows)

    def _span(self) -> tuple[dt.datetime, dt.datetime]:
        """The days asked; else what a calendar program sees as well."""
        first, last = (_day(self.asked.get(name, "")) for name in ("due_from", "due_to"))
        start = first or clock.today() - PAST
        end = last + dt.timedelta(days=1) if last else max(start, clock.today()) + AHEAD
        return _midnight(start), _midnight(max(end, start))

    def row_css(self, row: Deadline) -> str:
        return "is-bad" if row.is_late else ""


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), clock.CHINA)


@dataclass(frozen=True)
class Cell:
    """One day of the month as shown."""

    day: dt.date
    shown: list[Deadline]
    more: int
    more_url: str
    is_in_month: bool
    is_today: bool


def calendar_page(request: HttpRequest) -> HttpResponse:
    """All deadlines the reader may see: the month, or a list."""
    actor = a_person(request)
    is_list = request.GET.get("view") == "list"
    table = Deadlines(Task.objects.none(), actor=actor)
    table.title = _("Deadlines")
    if is_list and (answer := tables.respond(request, table)):
        return answer
    month = _month(request.GET.get("month", ""))
    source = request.GET.get("source", "")
    source = source if source in dict(sources()) else ""
    feed = feed_of(actor.person)
    shown: dict[str, Any] = {
        "is_list": is_list,
        "table": table,
        "views": [
            {"label": _("Month"), "url": _address(source=source), "is_current": not is_list},
            {"label": _("List"), "url": _address(view="list", source=source), "is_current": is_list},
        ],
        "feed_url": feeds.address_of(feed) if feed else "",
        "feed": feed,
        "wishes": preferences_of(actor.person) if actor.person else None,
    }
    if not is_list:
        shown |= _month_context(actor, month, source)
    return render_page(request, "inbox/calendar.html", shown, title=_("Calendar"))


def _month(text: str) -> dt.date:
    """The first day of the month asked for, or of the present one."""
    return _day(f"{text}-01") or clock.today().replace(day=1)


def _month_context(actor: Actor, month: dt.date, source: str) -> dict[str, Any]:
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    start, end = _midnight(weeks[0][0]), _midnight(weeks[-1][-1] + dt.timedelta(days=1))
    by_day: dict[dt.date, list[Deadline]] = defaultdict(list)
    for one in deadlines_for(actor, start, end, source):
        by_day[one.day].append(one)
    before, after = month - dt.timedelta(days=1), month + dt.timedelta(days=32)
    names = [weeks[0][number] for number in range(7)]
    return {
        "month": month,
        "month_name": formats.date_format(month, "YEAR_MONTH_FORMAT"),
        "weekdays": [(formats.date_format(day, "D"), formats.date_format(day, "l")) for day in names],
        "weeks": [[_cell(day, month, by_day[day], source) for day in week] for week in weeks],
        "count": sum(len(rows) for day, rows in by_day.items() if day.month == month.month),
        "source": source,
        "sources": sources(),
        "previous_url": _address(month=f"{before:%Y-%m}", source=source),
        "next_url": _address(month=f"{after:%Y-%m}", source=source),
        "today_url": _address(source=source),
    }


def _cell(day: dt.date, month: dt.date, rows: list[Deadline], source: str) -> Cell:
    more = _address(view="list", source=source, due_from=day.isoformat(), due_to=day.isoformat())
    return Cell(day, rows[:SHOWN], max(0, len(rows) - SHOWN), more, day.month == month.month, day == clock.today())


def _address(**asked: str) -> str:
    given = {name: value for name, value in asked.items() if value}
    return reverse("inbox:calendar") + (f"?{urlencode(given)}" if given else "")


@require_POST
def renew_feed(request: HttpRequest) -> HttpResponse:
    return do(
        request, actions.renew_feed, success=reverse("inbox:calendar") + "#feed",
        message=_("Here is the new address. An earlier one no longer works."),
    )  # fmt: skip


@require_POST
def revoke_feed(request: HttpRequest) -> HttpResponse:
    return do(
        request, actions.revoke_feed, success=reverse("inbox:calendar") + "#feed", message=_("The address no longer works.")
    )  # fmt: skip


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A person's deadlines for calendar programs, which bring the secret and no session (open to strangers)."""
    row = Feed.objects.select_related("person").filter(token_hash=feeds.hash_of(secret), person__is_active=True).first()
    if row is None:
        limits.ask(request, "feed-guess")
        raise NotFound(_("There is nothing here, or you have no access to it."))
    limits.ask(request, "feed", of=str(row.pk))
    wishes = preferences_of(row.person)
    with translation.override(row.person.language or settings.LANGUAGE_CODE):
        rows = deadlines_of_person(row.person, *window())
        made = ical.calendar_of(rows, zone=wishes.zone, host=own_host())
    now = clock.now()
    due = Q(read_at__isnull=True) | Q(read_at__lt=now - dt.timedelta(hours=1))
    Feed.objects.filter(due, pk=row.pk).update(read_at=now)
    headers = {"X-Robots-Tag": "noindex", "Content-Disposition": 'inline; filename="xielian.ics"'}
    return marked(request, made, "text/calendar; charset=utf-8", headers)
