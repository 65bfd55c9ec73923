"""What becomes of somebody's inbox in an organisation when they give up their seat there."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from core import clock, context
from core.accounts.models import Membership, Organisation, Person
from core.accounts.states import Role
from core.inbox import services
from core.inbox.models import Absence, Notification, Task
from core.inbox.queries import left_behind, people_asked
from core.inbox.states import TaskState


@transaction.atomic
def let_go(seat: Membership) -> None:
    """End what hung on the seat: e-mail that waits, covers, tasks handed on; the admins hear what was asked of the person alone."""
    person, organisation = seat.person, seat.organisation
    waiting = Notification.objects.filter(person=person, organisation=organisation, mailed_at__isnull=True)
    waiting.update(mail_after=None)
    _end_covers(person, organisation)
    _give_back(person, organisation)
    _tell_admins(seat)


def _end_covers(person: Person, organisation: Organisation) -> None:
    """Nobody covers for who has left, nor does who has left cover for anybody."""
    now = clock.now()
    lasting = Absence.objects.filter(organisation=organisation, ended_at__isnull=True, ends_at__gt=now)
    for row in lasting.filter(Q(person=person) | Q(cover=person)).select_related("person", "cover"):
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        is_cover = row.cover_id == person.pk
        title = (
            gettext_noop("%(person)s has left and no longer covers for you; name somebody else")
            if is_cover
            else gettext_noop("You no longer cover for %(person)s")
        )
        services.notify(
            kind="cover_named",
            title=title,
            params={"person": str(person)},
            to=row.person if is_cover else row.cover,
            obj=row,
            link="/inbox/absences/",
            key=f"cover-ended:{row.pk}",
        )


def _give_back(person: Person, organisation: Organisation) -> None:
    """Tasks handed on to the person wait for those again who hold their role, and these hear of it."""
    acting = context.acting_id()
    held = Task.objects.filter(organisation=organisation, holder=person, state=TaskState.OPEN)
    for task in held.select_for_update(of=("self",)):
        task.holder, task.reminders, task.reminded_at = None, 0, None
        task.save(update_fields=["holder", "reminders", "reminded_at"])
        services.announce(task, [one for one in people_asked(task) if one.pk != acting])


def _tell_admins(seat: Membership) -> None:
    """The organisation's admins see what remains, and hand it on."""
    rows = Task.objects.filter(left_behind(), organisation=seat.organisation, person=seat.person, state=TaskState.OPEN)
    rows.update(reminders=0, reminded_at=None)
    left = list(rows.order_by("due_at")[:2])
    if not left:
        return
    is_one = len(left) == 1
    services.notify(
        kind="tasks_left",
        title=gettext_noop("%(person)s has left, and something asked of them alone is still to be done; hand it on"),
        params={**left[0].params, "person": str(seat.person)} if is_one else {"person": str(seat.person)},
        why=left[0].title if is_one else "",
        to=seat.organisation,
        roles=(Role.ADMIN,),
        obj=left[0] if is_one else None,
        link=f"/inbox/tasks/{left[0].pk}/" if is_one else "/inbox/?box=left",
        key=f"left:{seat.pk}:{seat.left_at:%Y%m%d%H%M%S%f}" if seat.left_at else f"left:{seat.pk}",
    )
