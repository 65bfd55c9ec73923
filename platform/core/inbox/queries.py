"""What waits for the actor and what they were told."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet

from core.accounts.actor import Actor
from core.accounts.states import Role
from core.inbox.models import Notification, Task
from core.inbox.states import TaskState


def tasks_visible_to(actor: Actor) -> QuerySet[Task]:
    """Tasks of the person, and those of the acting organisation for the roles the person holds there."""
    if actor.person is None and actor.organisation is None:
        return Task.objects.none()
    mine = Q(pk__in=[])
    if actor.person is not None:
        # A personal task belongs to a seat where it names an organisation: other seats do not show it.
        mine |= Q(person=actor.person) & (Q(organisation__isnull=True) | Q(organisation=actor.organisation))
    if actor.organisation is not None:
        roles = list(actor.roles | {Role.MEMBER})
        mine |= Q(person__isnull=True, organisation=actor.organisation) & (Q(role="") | Q(role__in=roles))
    return Task.objects.filter(mine)


def tasks_for(actor: Actor) -> QuerySet[Task]:
    """The open tasks, the one due first on top."""
    return tasks_visible_to(actor).filter(state=TaskState.OPEN).order_by(F("due_at").asc(nulls_last=True), "created_at")


def notifications_visible_to(actor: Actor) -> QuerySet[Notification]:
    """What the person was told."""
    if actor.person is None:
        return Notification.objects.none()
    return Notification.objects.filter(person=actor.person)


def unread_count(actor: Actor) -> int:
    """How many open tasks wait: the number on the inbox."""
    return tasks_for(actor).count()
