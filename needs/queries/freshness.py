"""When a need is to be confirmed, and when it leaves matching; each chain sets both intervals (R021)."""

from __future__ import annotations

import calendar
import datetime as dt
from uuid import UUID

from core import checks, clock
from needs.models.need import Need


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_review(chain_id: UUID) -> dt.date:
    """When a need of the chain that stands today is to be confirmed again; each chain sets its interval."""
    return months_after(clock.today(), int(checks.threshold("A10", "review_months", chain_id)))


def leaves_matching_on(need: Need) -> dt.date:
    """The day from which an unconfirmed need is no longer matched."""
    assert need.review_on is not None
    return months_after(need.review_on, int(checks.threshold("A10", "grace_months", need.chain_id)))
