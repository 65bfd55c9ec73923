"""Deadlines as an iCalendar (RFC 5545) that calendar programs subscribe to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from core.inbox.deadlines import Deadline
from core.inbox.mail import absolute
from core.inbox.models import ZONE

YEAR = dt.timedelta(days=366)
EARLIEST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def calendar_of(deadlines: Iterable[Deadline], *, zone: str = ZONE, host: str) -> bytes:
    """The calendar's bytes; the same deadlines give the same bytes, so that a reader is told that nothing changed."""
    made = Calendar()
    made.add("prodid", "-//Xielian//Deadlines//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", _("Xielian: deadlines"))
    made.add("x-wr-calname", _("Xielian: deadlines"))
    made.add("x-wr-timezone", zone)
    made.add("refresh-interval", vDuration(dt.timedelta(hours=1)), parameters={"value": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    days = []
    for one in deadlines:
        made.add_component(_event(one, zone, host))
        days.append(one.day)
    if days:
        # Only the rules of summer time that these days need.
        made.add_missing_timezones(min(days) - YEAR, max(days) + YEAR)
    return bytes(made.to_ical())


def _event(one: Deadline, zone: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{one.key}@{host}")
    event.add("dtstamp", (one.changed_at or EARLIEST).astimezone(dt.UTC))
    event.add("summary", " ".join(one.title.split()))
    if one.at is not None:
        event.add("dtstart", one.at.astimezone(ZoneInfo(zone)).replace(microsecond=0))
    else:
        assert one.on is not None
        event.add("dtstart", one.on)
        event.add("dtend", one.on + dt.timedelta(days=1))
    if address := absolute(one.link):
        event.add("url", address)
    if one.organisation:
        event.add("description", one.organisation)
    event.add("transp", "TRANSPARENT")
    return event
