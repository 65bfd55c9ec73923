"""The notice period of proposed awards: what it shows, when it is over, what ends it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_noop

from core import book, clock
from core.accounts.actor import Actor
from core.command import system_command
from core.inbox import services as inbox
from needs.models.award import Award
from needs.models.challenge import Challenge
from needs.models.notice import AwardNotice, Objection
from needs.services.challenge import challenge_link, fingerprint, tell_watchers
from needs.states.award import LIVE, AwardState
from needs.states.notice import ObjectionState


def notice_content(challenge: Challenge) -> list[dict[str, Any]]:
    """Who is proposed for how much: what a notice makes known, and what makes it another notice when it changes."""
    rows = challenge.awards.filter(state__in=LIVE).select_related("bid__bidder").order_by("rank", "bid_id")
    return [
        {
            "bid": str(one.bid_id),
            "bidder_id": str(one.bid.bidder_id),
            "bidder": one.bid.bidder.name,
            "amount": format(one.amount, "f"),
        }
        for one in rows
    ]


def content_hash(challenge: Challenge) -> str:
    return fingerprint(notice_content(challenge))


def live_notice(challenge: Challenge) -> AwardNotice | None:
    """The notice that stands, running or over."""
    return AwardNotice.objects.filter(challenge=challenge, withdrawn_at__isnull=True).first()


def open_objections(challenge: Challenge) -> list[Objection]:
    """The objections that nobody has decided, of withdrawn notices as well."""
    rows = Objection.objects.filter(notice__challenge=challenge, state=ObjectionState.RAISED)
    return list(rows.select_related("organisation", "handler"))


def end_of(challenge: Challenge, days: int) -> dt.datetime:
    """So many whole days after today, on the challenge's own wall clock: today does not count."""
    zone = ZoneInfo(challenge.deadline_zone)
    day = clock.now().astimezone(zone).date() + dt.timedelta(days=days + 1)
    return dt.datetime.combine(day, dt.time(), tzinfo=zone).astimezone(dt.UTC)


def withdraw_notice(challenge: Challenge, actor: Actor, reason: str) -> AwardNotice | None:
    """End a notice whose proposals changed; whoever follows or bids is told. None when none stood."""
    notice = AwardNotice.objects.select_for_update(of=("self",)).filter(challenge=challenge, withdrawn_at=None).first()
    if notice is None:
        return None
    notice.withdrawn_at, notice.withdraw_reason = clock.now(), reason
    notice.save(update_fields=["withdrawn_at", "withdraw_reason"])
    book.record(actor, "withdraw_notice", challenge, after={"number": notice.number}, reason=reason)
    inbox.cancel_tasks(obj=challenge, kind="sign_award")
    tell_watchers(
        challenge,
        kind="notice_withdrawn",
        title=gettext_noop("The notice of the proposed award of %(challenge)s is withdrawn"),
        key=f"notice_withdrawn:{notice.pk}",
    )
    return notice


def ask_second(award: Award) -> None:
    """Ask for what the proposal needs next: to be made known where the challenge states a notice, else the signature."""
    challenge = award.challenge
    inbox.close_tasks(key=f"renew_award:{award.pk}")
    if challenge.notice_days:
        inbox.open_task(
            kind="open_notice",
            title=gettext_noop("Make the proposed award of %(challenge)s known"),
            params={"challenge": str(challenge)},
            why=gettext_noop("The challenge states a notice period before the second signature."),
            organisation=challenge.issuer,
            role="signatory",
            obj=challenge,
            link=challenge_link(challenge) + "?tab=award",
            key=f"open_notice:{challenge.pk}",
        )
        return
    ask_signature(award)


def ask_signature(award: Award) -> None:
    inbox.open_task(
        kind="sign_award",
        title=gettext_noop("Sign the award of %(challenge)s"),
        params={"challenge": str(award.challenge)},
        why=gettext_noop("An award needs a second signature, by another person than who proposed it."),
        organisation=award.challenge.issuer,
        role="signatory",
        obj=award.challenge,
        link=reverse("needs:award", args=[award.pk]),
        key=f"sign_award:{award.pk}",
    )


def ask_when_ready(challenge: Challenge) -> bool:
    """Ask for the second signatures once the notice is over and every objection decided."""
    notice = live_notice(challenge)
    if notice is None or notice.is_running or open_objections(challenge):
        return False
    for award in challenge.awards.filter(state=AwardState.PROPOSED):
        ask_signature(award)
    return True


def end_due(now: dt.datetime | None = None) -> int:
    """Ask for signatures where a notice has ended; safe to run twice. Returns how many notices ended."""
    now = now or clock.now()
    due = AwardNotice.objects.filter(Q(ends_at__lte=now), withdrawn_at=None, told_at=None).values_list("pk", flat=True)
    ended = 0
    for pk in list(due):
        with system_command("needs.end_notice") as actor:
            notice = (
                AwardNotice.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=pk, withdrawn_at=None, told_at=None)
                .select_related("challenge__issuer")
                .first()
            )
            if notice is None:
                continue
            notice.told_at = now
            notice.save(update_fields=["told_at"])
            book.record(actor, "end_notice", notice.challenge, after={"number": notice.number})
            ask_when_ready(notice.challenge)
            ended += 1
    return ended
