"""What people do with alerts."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.checks import services
from core.checks.models import Alert
from core.command import command
from core.errors import Invalid


@command
def mute_alert(*, actor: Actor, alert_id: UUID, reason: str) -> Alert:
    """Call an alert a false alarm, with the reason; it stays muted while its cause lasts."""
    alert = policy.fetch_for_update(actor, "checks.mute_alert", Alert, alert_id)
    if not reason.strip():
        raise Invalid(_("Say why this is a false alarm."), field="reason")
    services.mute(alert, person=actor.person, reason=reason.strip())
    book.record(actor, "mute_alert", alert, reason=reason)
    return alert
