"""Jobs of the inbox: e-mail for notifications, reminders for tasks."""

from __future__ import annotations

import datetime as dt
import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.accounts.queries import members_with_role
from core.inbox import services
from core.inbox.models import Notification, Task
from core.inbox.states import TaskState

log = logging.getLogger(__name__)


@shared_task(name="inbox.mail_notifications", ignore_result=True)
def mail_notifications() -> int:
    """Send the e-mail of notifications that have none yet; each is claimed from its row, so two runs send one."""
    sent = 0
    for pk in list(Notification.objects.filter(mailed_at__isnull=True).values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            row = (
                Notification.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("person")
                .filter(pk=pk, mailed_at__isnull=True)
                .first()
            )
            if row is None:
                continue
            try:
                _mail(row)
            except OSError:
                log.warning("mail server away; notification %s waits", pk)
                break
            row.mailed_at = clock.now()
            row.save(update_fields=["mailed_at"])
            sent += 1
    return sent


@shared_task(name="inbox.remind", ignore_result=True)
def remind() -> int:
    """Remind once a day before and after its due time of a task that still waits; at most five times."""
    now = clock.now()
    due = Task.objects.filter(state=TaskState.OPEN, due_at__lte=now + dt.timedelta(days=1), reminders__lt=5).filter(
        Q(reminded_at__isnull=True) | Q(reminded_at__lte=now - dt.timedelta(days=1))
    )
    count = 0
    for pk in list(due.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            task = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
            if task is None:
                continue
            task.reminders += 1
            task.reminded_at = now
            task.save(update_fields=["reminders", "reminded_at"])
            people = (
                [task.person]
                if task.person
                else list(members_with_role(task.organisation, task.role))
                if task.organisation
                else []
            )
            services.notify(
                kind="task_due",
                title=task.title,
                params=task.params,
                to=people,
                link=task.link,
                key=f"remind:{task.pk}:{task.reminders}",
            )
            count += 1
    return count


def _mail(row: Notification) -> None:
    with translation.override(row.person.language or settings.LANGUAGE_CODE):
        lines = [row.sentence, ""]
        if row.body:
            lines += [row.body, ""]
        if row.link:
            lines += [settings.PUBLIC_URL.rstrip("/") + row.link, ""]
        lines.append(_("You receive this message because you take part in it on Xielian."))
        subject = " ".join(row.sentence.split())[:180]
        EmailMessage(subject=subject, body="\n".join(lines), to=[row.person.email]).send()
