"""What people do with their inbox."""

from __future__ import annotations

from uuid import UUID

from core import clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.inbox.models import Notification
from core.inbox.queries import notifications_visible_to


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
    return notifications_visible_to(actor).filter(read_at__isnull=True).update(read_at=clock.now())
