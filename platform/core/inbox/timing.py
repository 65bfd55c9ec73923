"""When an e-mail may go out: quiet hours, the hour of the daily digest, each in the person's own zone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.inbox.states import Mailing

if TYPE_CHECKING:
    from core.inbox.models import Preferences


def quiet_until(wishes: Preferences, now: dt.datetime) -> dt.datetime | None:
    """The end of the quiet hours in which `now` lies; None outside of them. They may reach over midnight."""
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None or start == end:
        return None
    here = now.astimezone(wishes.tz)
    clock = here.time().replace(tzinfo=None)
    if start < end:
        return _moment(here.date(), end, wishes.tz) if start <= clock < end else None
    if clock >= start:
        return _moment(here.date() + dt.timedelta(days=1), end, wishes.tz)
    return _moment(here.date(), end, wishes.tz) if clock < end else None


def next_digest(wishes: Preferences, now: dt.datetime) -> dt.datetime:
    """The next moment at which the person wants the digest, later than `now`."""
    day = now.astimezone(wishes.tz).date()
    today = _moment(day, wishes.digest_at, wishes.tz)
    return today if today > now else _moment(day + dt.timedelta(days=1), wishes.digest_at, wishes.tz)


def mail_time(wishes: Preferences, mail: str, now: dt.datetime, *, is_urgent: bool = False) -> dt.datetime | None:
    """When the e-mail about something that happened `now` may go out; None for never."""
    if mail == Mailing.NEVER:
        return None
    wanted = next_digest(wishes, now) if mail == Mailing.DAILY else now
    return wanted if is_urgent else quiet_until(wishes, wanted) or wanted


def _moment(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The moment at which a clock on the wall shows this; in a gap of summer time the moment just after it."""
    return dt.datetime.combine(day, time, zone).astimezone(dt.UTC)
