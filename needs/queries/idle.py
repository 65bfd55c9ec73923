"""Idle results (闲置成果): neither applied nor on the way to a pilot for so many months (R012)."""

from __future__ import annotations

import calendar
import datetime as dt

from django.db.models import Case, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest

from core import clock
from core.checks.queries import thresholds_by_chain
from needs.models.outcome import Application
from needs.models.result import Result
from needs.states.outcome import APPLIED
from needs.states.result import ResultState


def months_ago(months: int) -> dt.datetime:
    """The moment so many months back; the last day of a shorter month."""
    now = clock.now()
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def last_activity(result: Result) -> dt.datetime | None:
    """When it was published, last applied or cleared for a pilot; None while it is applied somewhere, or not published."""
    if result.published_at is None or result.applications.filter(state__in=APPLIED).exists():
        return None
    last = result.applications.aggregate(last=Max("updated_at"))["last"]
    moments: list[dt.datetime | None] = [result.published_at, result.cleared_for_pilot_at, last]
    return max(one for one in moments if one is not None)


def with_idleness(rows: QuerySet[Result]) -> QuerySet[Result]:
    """Results with `is_idle`, each by the months of its chain."""
    default, own = thresholds_by_chain("A09", "idle_months")
    whens = [When(chain_id=chain, then=Value(months_ago(int(months)))) for chain, months in own.items()]
    limit = Value(months_ago(int(default)), DateTimeField())
    cutoff = Case(*whens, default=limit, output_field=DateTimeField()) if whens else limit
    used = Application.objects.filter(result=OuterRef("pk"))
    last = used.order_by().values("result").annotate(last=Max("updated_at")).values("last")
    active = Greatest("published_at", "cleared_for_pilot_at", Subquery(last, output_field=DateTimeField()))
    return rows.annotate(_active_at=active, _in_use=Exists(used.filter(state__in=APPLIED)), _cutoff=cutoff).annotate(
        is_idle=Case(
            When(Q(state=ResultState.PUBLISHED, _in_use=False) & Q(_active_at__lte=F("_cutoff")), then=Value(True)),
            default=Value(False),
        )
    )
