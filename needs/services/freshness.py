"""Whether a need still stands: review dates, and what happens when nobody confirms (R021, A10)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_noop

from core import book, clock
from core.accounts.actor import Actor
from core.command import system_command
from core.inbox import services as inbox
from needs.models.need import Need
from needs.queries.freshness import leaves_matching_on, next_review
from needs.services.need import index_need, need_link
from needs.states.need import NeedState

# Needs of one turn; what is left is found by the next.
AT_ONCE = 2_000


def review_due() -> tuple[int, int]:
    """Mark what nobody confirmed by its review date, and take out of matching what waited one interval more.

    Safe to run twice and at once; gives how many were marked and how many left.
    """
    today = clock.today()
    overdue = Need.objects.filter(state=NeedState.PUBLISHED, review_on__lte=today, dormant_at__isnull=True)
    stale = left = 0
    for pk in list(overdue.order_by("review_on").values_list("pk", flat=True)[:AT_ONCE]):
        with system_command("needs.review_due") as system:
            need = overdue.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if need is None:
                continue
            if need.stale_at is None:
                _mark_stale(need, system)
                stale += 1
            if leaves_matching_on(need) <= today:
                _leave_matching(need, system)
                left += 1
    return stale, left


def settle_review(need: Need, review_on: dt.date | None) -> None:
    """The owner has confirmed: the next date, no mark, and back into matching. The caller saves and indexes."""
    need.confirmed_at, need.stale_at, need.dormant_at = clock.now(), None, None
    need.review_on = review_on or next_review(need.chain_id)
    inbox.close_tasks(obj=need, kind="confirm_need")


def _mark_stale(need: Need, system: Actor) -> None:
    need.stale_at = clock.now()
    need.save(update_fields=["stale_at"])
    leaves_on = leaves_matching_on(need)
    inbox.open_task(
        kind="confirm_need", title=gettext_noop("Confirm that “%(need)s” still stands"), params={"need": need.title},
        why=gettext_noop("Its review date has come; unconfirmed it leaves matching"), organisation=need.owner, role="member",
        obj=need, link=need_link(need), due_at=dt.datetime.combine(leaves_on, dt.time(), clock.CHINA),
        key=f"confirm_need:{need.pk}",
    )  # fmt: skip
    inbox.notify(
        kind="need_stale", title=gettext_noop("“%(need)s” was not confirmed by its review date %(day)s"),
        params={"need": need.title, "day": str(need.review_on)}, to=need.owner, obj=need, link=need_link(need),
        key=f"stale:{need.pk}:{need.review_on}",
    )  # fmt: skip
    book.record(system, "mark_stale", need, after={"review_on": need.review_on, "leaves_matching_on": leaves_on})


def _leave_matching(need: Need, system: Actor) -> None:
    need.dormant_at = clock.now()
    need.save(update_fields=["dormant_at"])
    index_need(need)
    inbox.notify(
        kind="need_left_matching", title=gettext_noop("“%(need)s” is no longer matched until you confirm it"),
        params={"need": need.title}, to=need.owner, obj=need, link=need_link(need), key=f"dormant:{need.pk}:{need.review_on}",
    )  # fmt: skip
    book.record(system, "leave_matching", need, after={"review_on": need.review_on})
