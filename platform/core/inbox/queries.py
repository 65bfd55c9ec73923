"""What waits for the actor and what they were told; who covers for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person
from core.accounts.queries import members_with_role
from core.accounts.states import Role
from core.inbox.models import Absence, Feed, Notification, Preferences, Task
from core.inbox.states import TaskState


def absences_now() -> QuerySet[Absence]:
    """The absences that last at the moment, of people who still have their seat."""
    seat = Membership.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"), is_active=True)
    return _lasting().filter(Exists(seat))


def _lasting() -> QuerySet[Absence]:
    now = clock.now()
    return Absence.objects.filter(ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now)


def covered_by(actor: Actor) -> QuerySet[Absence]:
    """The absences in the acting organisation for which the actor stands in at the moment."""
    if actor.person is None or actor.organisation is None:
        return Absence.objects.none()
    return absences_now().filter(cover=actor.person, organisation=actor.organisation)


def away_for(actor: Actor) -> list[UUID]:
    """The people for whom the actor stands in at the moment: mostly nobody, and then no later question asks about them."""
    if actor.person is None or actor.organisation is None:
        return []
    # Asked on every page: whether those people still have their seats is asked only where there are any.
    people = _lasting().filter(cover=actor.person, organisation=actor.organisation).order_by()
    away = list(people.values_list("person_id", flat=True))
    seats = Membership.objects.filter(person__in=away, organisation=actor.organisation, is_active=True)
    return list(seats.order_by().values_list("person_id", flat=True)) if away else []


def tasks_visible_to(actor: Actor, away: list[UUID] | None = None) -> QuerySet[Task]:
    """Tasks of the person, those of the acting organisation for the roles the person holds there, those handed on to
    the person, and those of people for whom the person stands in (`away`, where the caller knows them already).

    Admins also see what was asked of members who have left since.
    """
    if actor.person is None and actor.organisation is None:
        return Task.objects.none()
    mine = Q(pk__in=[])
    if actor.person is not None:
        # A personal task belongs to a seat where it names an organisation: other seats do not show it.
        mine |= Q(person=actor.person) & (Q(organisation__isnull=True) | Q(organisation=actor.organisation))
    if actor.organisation is not None:
        roles = list(actor.roles | {Role.MEMBER})
        ours = Q(person__isnull=True) & (Q(role="") | Q(role__in=roles))
        if Role.ADMIN in actor.roles:
            ours |= left_behind()
        if actor.person is not None:
            ours |= Q(holder=actor.person)
            if away := away_for(actor) if away is None else away:
                ours |= _covered(actor, away)
        mine |= Q(organisation=actor.organisation) & ours
    return Task.objects.filter(mine)


def _covered(actor: Actor, away: list[UUID]) -> Q:
    """Tasks of people who are away: their own, those they hold, and those for a role that they hold."""
    seats = Membership.objects.filter(
        person__in=away, organisation=actor.organisation, is_active=True, roles__contains=[OuterRef("role")]
    )
    return Q(person__in=away) | Q(holder__in=away) | (Q(person__isnull=True) & Q(Exists(seats)))


def tasks_for(actor: Actor) -> QuerySet[Task]:
    """The open tasks that wait for the actor, the one due first on top.

    What was handed on waits for its holder alone, as long as that person keeps the seat.
    """
    away = away_for(actor)
    rows = tasks_visible_to(actor, away).filter(state=TaskState.OPEN)
    if actor.person is not None:
        rows = rows.filter(with_me(actor, away))
    return rows.order_by(F("due_at").asc(nulls_last=True), "created_at")


def left_behind() -> Q:
    """What an organisation's seat was asked, whose person has given the seat up since."""
    seats = Membership.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
    gone = seats.filter(Q(is_active=False) | Q(person__is_active=False))
    return Q(person__isnull=False, organisation__isnull=False) & Q(Exists(gone))


def may_go_on(task: Task) -> bool:
    """Whether the task may be handed on: it is asked of an organisation, or of somebody who has left it."""
    return task.person_id is None or Task.objects.filter(left_behind(), pk=task.pk).exists()


def with_me(actor: Actor, away: list[UUID]) -> Q:
    """Nobody else holds the task: it is unassigned, the actor's, or its holder is away or has left."""
    seat = Membership.objects.filter(person=OuterRef("holder"), organisation=OuterRef("organisation"), is_active=True)
    mine = Q(holder__isnull=True) | Q(holder=actor.person)
    return mine | (Q(holder__in=away) if away else Q()) | Q(~Exists(seat))


def notifications_visible_to(actor: Actor) -> QuerySet[Notification]:
    """What the person was told."""
    if actor.person is None:
        return Notification.objects.none()
    return Notification.objects.filter(person=actor.person, is_shown=True)


def unread_count(actor: Actor) -> int:
    """How many open tasks wait: the number on the inbox."""
    return tasks_for(actor).count()


@dataclass(frozen=True)
class Pulse:
    """What the shell shows of the inbox, and a mark that changes whenever the inbox does."""

    tasks: int
    unread: int
    mark: str


def pulse_of(actor: Actor) -> Pulse:
    """How many tasks wait and how many notifications are unread, in two queries."""
    waiting = tasks_for(actor).order_by().aggregate(count=Count("pk"), last=Max("created_at"), due=Max("due_at"))
    told = (
        notifications_visible_to(actor)
        .filter(read_at__isnull=True)
        .order_by()
        .aggregate(count=Count("pk"), last=Max("created_at"))
    )
    parts = [waiting["count"], waiting["last"], waiting["due"], told["count"], told["last"]]
    return Pulse(waiting["count"], told["count"], "|".join(str(part) for part in parts))


def absences_visible_to(actor: Actor) -> QuerySet[Absence]:
    """One's own absences and those one covers, in the acting organisation; its admins see all of it."""
    if actor.person is None or actor.organisation is None:
        return Absence.objects.none()
    rows = Absence.objects.filter(organisation=actor.organisation)
    if Role.ADMIN in actor.roles:
        return rows
    return rows.filter(Q(person=actor.person) | Q(cover=actor.person))


def colleagues(organisation: Organisation) -> QuerySet[Membership]:
    """The active seats of an organisation, by name."""
    seats = Membership.objects.filter(organisation=organisation, is_active=True, person__is_active=True)
    return seats.select_related("person").order_by("person__name", "created_at")


def people_asked(task: Task) -> list[Person]:
    """Whom a task waits for: its holder, its person, or whoever holds its role; and who stands in for them.

    Only those who still have their seat. Without its holder a task waits for its role again; what was asked of a
    person who has left waits for the organisation's admins.
    """
    if task.organisation is None:
        return [task.person] if task.person is not None else []
    named = [one for one in (task.holder, task.person) if one is not None]
    seated = {one.person_id for one in colleagues(task.organisation).filter(person__in=named)} if named else set()
    people = [one for one in named if one.pk in seated][:1]
    if not people:
        role = Role.ADMIN if task.person is not None else task.role or Role.MEMBER
        people = list(members_with_role(task.organisation, role))
    if people:
        here = colleagues(task.organisation).filter(person=OuterRef("cover")).order_by()
        standing_in = absences_now().filter(Exists(here), person__in=people, organisation=task.organisation)
        people += [one.cover for one in standing_in.select_related("cover")]
    return list({one.pk: one for one in people}.values())


def roles_lacking(absent: Iterable[str], cover: Iterable[str]) -> list[str]:
    """The roles in which the cover cannot act: those of the absent person that the cover does not hold."""
    held = set(cover) | {Role.MEMBER.value}
    return [role for role in Role.values if role in set(absent) - held]


@dataclass(frozen=True)
class Beyond:
    """What a cover cannot do for the absent person: the roles lacking, and how many open tasks wait for them."""

    roles: list[str]
    tasks: int
    personal: int

    @property
    def is_nothing(self) -> bool:
        return not self.roles and not self.personal


def beyond(absence: Absence) -> Beyond:
    """What stays undone while the cover stands in: nobody gets a right by covering."""
    seats = Membership.objects.filter(organisation=absence.organisation, is_active=True)
    held = dict(seats.filter(person__in=[absence.person, absence.cover]).values_list("person_id", "roles"))
    roles = roles_lacking(held.get(absence.person_id, []), held.get(absence.cover_id, []))
    waiting = Task.objects.filter(state=TaskState.OPEN)
    ours = (
        waiting.filter(organisation=absence.organisation, person__isnull=True, role__in=roles).count() if roles else 0
    )
    return Beyond(roles, ours, waiting.filter(person=absence.person).count())


def feed_of(person: Person | None) -> Feed | None:
    """The address of the person's calendar, if there is one that works."""
    return Feed.objects.filter(person=person).exclude(sealed="").first()


def preferences_of(person: Person | UUID) -> Preferences:
    """What the person chose; unsaved defaults where they chose nothing."""
    pk = person.pk if isinstance(person, Person) else person
    return Preferences.objects.filter(person=pk).first() or Preferences(person_id=pk)
