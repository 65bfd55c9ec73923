"""What people do with their inbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation
from core.accounts.states import Role
from core.command import command
from core.errors import Conflict, Invalid, Missing, NotAllowed, Stale, WrongState
from core.inbox import feeds, kinds, services
from core.inbox.models import Absence, Choice, Feed, Notification, Preferences, Task
from core.inbox.queries import colleagues, may_go_on, notifications_visible_to, preferences_of
from core.inbox.states import Mailing, TaskState

LONGEST = dt.timedelta(days=366)
MEMBERS = "/accounts/members/"


@command
def read_notification(*, actor: Actor, notification_id: UUID) -> Notification:
    """Mark one notification as read; reading is nobody else's business and leaves no book entry."""
    row = policy.fetch_for_update(actor, "inbox.read_notification", Notification, notification_id)
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
    return row


@command
def read_all_notifications(*, actor: Actor) -> int:
    """Mark everything the person was told as read; returns how many."""
    policy.require(actor, "inbox.read_all_notifications")
    return notifications_visible_to(actor).filter(read_at__isnull=True).update(read_at=clock.now())


@command
def edit_preferences(*, actor: Actor, changes: Mapping[str, Any], version: int | None = None) -> Preferences:
    """Change when and how e-mail comes: `zone`, `quiet_from` and `quiet_to`, `digest_at`, and `choices` by kind.

    E-mail that still waits follows the new wishes. Kinds that must not be silenced are refused.
    """
    policy.require(actor, "inbox.edit_preferences")
    assert actor.person is not None
    Preferences.objects.bulk_create([Preferences(person=actor.person)], ignore_conflicts=True)
    row = Preferences.objects.select_for_update().get(person=actor.person)
    if version is not None and version != row.version:
        raise Stale(_("Your preferences were changed meanwhile; read them again."))
    for name in ("zone", "quiet_from", "quiet_to", "digest_at"):
        if name in changes:
            setattr(row, name, changes[name])
    _check_times(row)
    chosen = [_checked_choice(one) for one in changes.get("choices", [])]
    row.touch()
    row.save()
    for choice in chosen:
        Choice.objects.update_or_create(
            preferences=row, kind=choice["kind"], defaults={"is_shown": choice["is_shown"], "mail": choice["mail"]}
        )
    services.replan_mail(row)
    return row


def _check_times(row: Preferences) -> None:
    if row.zone not in available_timezones():
        raise Invalid(_("There is no such time zone."), field="zone")
    if (row.quiet_from is None) != (row.quiet_to is None):
        lacking = "quiet_to" if row.quiet_to is None else "quiet_from"
        raise Invalid(_("Quiet hours need both a beginning and an end."), field=lacking)
    if row.quiet_from is not None and row.quiet_from == row.quiet_to:
        raise Invalid(_("Quiet hours end at another time than they begin."), field="quiet_to")


def _checked_choice(choice: Mapping[str, Any]) -> dict[str, Any]:
    """The choice, or Invalid: the kind is known, and what must not be silenced stays as it is."""
    code = str(choice["kind"])
    if not kinds.known(code):
        raise Invalid(_("There is no kind of message called %(kind)s.") % {"kind": code[:60]}, field="choices")
    kind = kinds.kind_of(code)
    is_shown, mail = bool(choice.get("is_shown", True)), str(choice.get("mail", Mailing.AT_ONCE))
    if kind.is_locked and (not is_shown or mail != Mailing.AT_ONCE):
        raise Invalid(
            _("“%(kind)s” cannot be silenced. %(why)s") % {"kind": kind.label, "why": kind.locked}, field="choices"
        )
    if kind.is_task and not is_shown:
        raise Invalid(
            _("“%(kind)s” cannot be silenced. %(why)s") % {"kind": kind.label, "why": kinds.WAITS}, field="choices"
        )
    return {"kind": code, "is_shown": is_shown, "mail": mail}


@command
def hand_on_task(*, actor: Actor, task_id: UUID, to: UUID, note: str = "") -> Task:
    """Hand a task of the organisation on to another member who holds the role it needs; the history keeps the note.

    What was asked of a person stays with that person; once they have left, an admin hands it on.
    """
    task = policy.fetch_for_update(actor, "inbox.hand_on_task", Task, task_id)
    if task.organisation is None or not may_go_on(task):
        raise NotAllowed(
            _("This is asked of you as a person, not of your organisation: nobody else can do it for you."),
            code="personal_task",
            missing=[Missing(_("Another person is asked"), _("whoever asked you"), task.link)],
        )
    if task.state != TaskState.OPEN:
        raise WrongState(_("This task is over; there is nothing to hand on."))
    seat = colleagues(task.organisation).filter(person=to).first()
    if seat is None:
        raise Invalid(
            _("Tasks are handed on to members of %(organisation)s only.") % {"organisation": task.organisation.name},
            field="to",
            missing=[Missing(_("A seat in the organisation"), _("an admin of the organisation"), MEMBERS)],
        )
    _check_role(task, seat)
    if task.holder_id == seat.person_id:
        raise Invalid(_("%(person)s has this task already.") % {"person": seat.person}, field="to")
    before = str(task.holder) if task.holder else ""
    task.holder = seat.person
    task.save(update_fields=["holder"])
    note = note.strip()
    book.record(actor, "hand_on_task", task, before={"holder": before}, after={"holder": str(seat.person)}, reason=note)
    if actor.person != seat.person:
        services.notify(
            kind="task_handed_on",
            title=gettext_noop("%(by_person)s hands a task on to you"),
            params={**task.params, "by_person": str(actor.person)},
            why=task.title,
            body=note,
            to=seat.person,
            obj=task,
            link=f"/inbox/tasks/{task.pk}/",
        )
    return task


def _check_role(task: Task, seat: Membership) -> None:
    """Nothing, or Invalid: the receiver lacks the role that the task needs."""
    if task.role and task.role != Role.MEMBER and task.role not in seat.roles:
        words = {"person": seat.person, "role": Role(task.role).label, "organisation": seat.organisation.name}
        raise Invalid(
            _("%(person)s cannot do this: it needs the role “%(role)s” in %(organisation)s.") % words,
            field="to",
            missing=[
                Missing(_("The role “%(role)s” for %(person)s") % words, _("an admin of the organisation"), MEMBERS)
            ],
        )


@command
def name_cover(*, actor: Actor, cover: UUID, starts_on: dt.date, ends_on: dt.date, note: str = "") -> Absence:
    """While one is away, both days included, a colleague sees one's tasks as well. It gives no right to act."""
    policy.require(actor, "inbox.name_cover", actor.organisation)
    assert actor.person is not None
    assert actor.organisation is not None
    # One at a time per person: two requests at once would each find no absence of the other.
    Membership.objects.select_for_update().get(person=actor.person, organisation=actor.organisation)
    zone = preferences_of(actor.person).tz
    _check_days(starts_on, ends_on, clock.now().astimezone(zone).date())
    starts_at = dt.datetime.combine(starts_on, dt.time(), zone).astimezone(dt.UTC)
    ends_at = dt.datetime.combine(ends_on + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
    seat = _covering_seat(actor, actor.organisation, cover)
    lasting = Absence.objects.filter(
        organisation=actor.organisation, ended_at__isnull=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if other := lasting.filter(person=actor.person).first():
        raise Conflict(_("%(cover)s covers for you in this time already; end that first.") % {"cover": other.cover})
    if lasting.filter(person=seat.person).exists():
        raise Invalid(
            _("%(person)s is away in this time; name somebody else.") % {"person": seat.person}, field="cover"
        )
    row = Absence.objects.create(
        person=actor.person,
        organisation=actor.organisation,
        cover=seat.person,
        starts_on=starts_on,
        ends_on=ends_on,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note.strip(),
    )
    days = {"from": starts_on.isoformat(), "to": ends_on.isoformat()}
    book.record(actor, "name_cover", row, after={"cover": str(seat.person), **days}, reason=row.note)
    services.notify(
        kind="cover_named",
        title=gettext_noop("You cover for %(person)s from %(from)s to %(to)s"),
        params={"person": str(actor.person), **days},
        body=row.note,
        to=seat.person,
        obj=row,
        link="/inbox/absences/",
        key=f"cover:{row.pk}",
    )
    return row


def _check_days(starts_on: dt.date, ends_on: dt.date, today: dt.date) -> None:
    if ends_on < starts_on:
        raise Invalid(_("The last day is before the first."), field="ends_on")
    if ends_on < today:
        raise Invalid(_("These days are over."), field="ends_on")
    if ends_on - starts_on > LONGEST:
        raise Invalid(_("An absence lasts a year at most."), field="ends_on")


def _covering_seat(actor: Actor, organisation: Organisation, cover: UUID) -> Membership:
    """The colleague's seat, or Invalid with what is missing."""
    if actor.person is not None and cover == actor.person.pk:
        raise Invalid(_("Nobody covers for themselves; name somebody else."), field="cover")
    seat = colleagues(organisation).filter(person=cover).first()
    if seat is None:
        raise Invalid(
            _("Only a member of %(organisation)s can cover for you there.") % {"organisation": organisation.name},
            field="cover",
            missing=[Missing(_("A seat in the organisation"), _("an admin of the organisation"), MEMBERS)],
        )
    return seat


@command
def end_cover(*, actor: Actor, absence_id: UUID) -> Absence:
    """End an absence before its time, or call off one that has not begun."""
    row = policy.fetch_for_update(actor, "inbox.end_cover", Absence, absence_id)
    now = clock.now()
    if row.ended_at is not None or row.ends_at <= now:
        raise WrongState(_("This absence is over."))
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    book.record(actor, "end_cover", row)
    services.notify(
        kind="cover_named",
        title=gettext_noop("You no longer cover for %(person)s"),
        params={"person": str(row.person)},
        to=row.cover,
        obj=row,
        link="/inbox/absences/",
        key=f"cover-ended:{row.pk}",
    )
    return row


@command
def renew_feed(*, actor: Actor) -> Feed:
    """Give the person's calendar a new secret address; an earlier one stops working in the same moment."""
    policy.require(actor, "inbox.renew_feed")
    assert actor.person is not None
    _secret, hashed, sealed = feeds.fresh_secret()
    values = {"token_hash": hashed, "sealed": sealed, "renewed_at": clock.now(), "read_at": None}
    return Feed.objects.update_or_create(person=actor.person, defaults=values)[0]


@command
def revoke_feed(*, actor: Actor) -> int:
    """Close the address of the person's calendar for good; returns how many there were."""
    policy.require(actor, "inbox.revoke_feed")
    # The row stays, under a hash that belongs to no address: who repeats a request finds what it made.
    _secret, hashed, _sealed = feeds.fresh_secret()
    return Feed.objects.filter(person=actor.person).exclude(sealed="").update(token_hash=hashed, sealed="")
