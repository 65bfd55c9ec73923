"""Quiet hours and the digest's hour, in the person's own zone."""

from __future__ import annotations

import datetime as dt

import pytest

from core.inbox.models import Preferences
from core.inbox.states import Mailing
from core.inbox.timing import mail_time, next_digest, quiet_until


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def wishes(zone: str = "Asia/Shanghai", quiet: tuple[int, int] | None = None, digest: int = 8) -> Preferences:
    start, end = (dt.time(hour) for hour in quiet) if quiet else (None, None)
    return Preferences(zone=zone, quiet_from=start, quiet_to=end, digest_at=dt.time(digest))


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "until"),
    [
        # 22:00 to 07:00 in China is 14:00 to 23:00 UTC.
        ("Asia/Shanghai", (22, 7), "2026-11-25T13:59:59", None),
        ("Asia/Shanghai", (22, 7), "2026-11-25T14:00:00", "2026-11-25T23:00:00"),
        ("Asia/Shanghai", (22, 7), "2026-11-25T16:30:00", "2026-11-25T23:00:00"),  # half past midnight there
        ("Asia/Shanghai", (22, 7), "2026-11-25T22:59:59", "2026-11-25T23:00:00"),
        ("Asia/Shanghai", (22, 7), "2026-11-25T23:00:00", None),
        # Within one day.
        ("Asia/Shanghai", (12, 14), "2026-11-25T05:00:00", "2026-11-25T06:00:00"),
        ("Asia/Shanghai", (12, 14), "2026-11-25T06:00:00", None),
        # The night in which Berlin's clocks go back is an hour longer, the one in which they go forward an hour shorter.
        ("Europe/Berlin", (22, 7), "2026-10-24T20:00:00", "2026-10-25T06:00:00"),
        ("Europe/Berlin", (22, 7), "2026-03-28T21:00:00", "2026-03-29T05:00:00"),
        # An end that no clock shows: half past two does not exist in this night.
        ("America/New_York", (23, 2), "2026-03-08T05:00:00", "2026-03-08T07:00:00"),
    ],
)  # fmt: skip
def test_quiet_hours_end_by_the_clock_on_the_persons_wall(
    zone: str, quiet: tuple[int, int], now: str, until: str | None
) -> None:
    assert quiet_until(wishes(zone, quiet), utc(now)) == (utc(until) if until else None)


def test_who_named_no_quiet_hours_has_none() -> None:
    assert quiet_until(wishes(), utc("2026-11-25T18:00:00")) is None


@pytest.mark.parametrize(
    ("zone", "hour", "now", "at"),
    [
        ("Asia/Shanghai", 8, "2026-11-24T23:59:59", "2026-11-25T00:00:00"),
        ("Asia/Shanghai", 8, "2026-11-25T00:00:00", "2026-11-26T00:00:00"),
        ("America/Los_Angeles", 18, "2026-11-25T00:00:00", "2026-11-25T02:00:00"),
        ("Europe/Berlin", 7, "2026-10-24T12:00:00", "2026-10-25T06:00:00"),  # winter time from this morning on
    ],
)
def test_the_digest_comes_at_the_next_such_hour(zone: str, hour: int, now: str, at: str) -> None:
    assert next_digest(wishes(zone, digest=hour), utc(now)) == utc(at)


def test_a_digest_that_falls_into_quiet_hours_waits_for_their_end_and_what_is_urgent_waits_for_nothing() -> None:
    row, now = wishes(quiet=(22, 9), digest=8), utc("2026-11-25T15:00:00")
    assert mail_time(row, Mailing.DAILY, now) == utc("2026-11-26T01:00:00")
    assert mail_time(row, Mailing.AT_ONCE, now) == utc("2026-11-26T01:00:00")
    assert mail_time(row, Mailing.AT_ONCE, now, is_urgent=True) == now
    assert mail_time(row, Mailing.NEVER, now) is None
