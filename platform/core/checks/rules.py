"""Who sees alerts and who may call one a false alarm."""

from __future__ import annotations

from core.access import policy
from core.accounts.actor import Actor
from core.checks.models import Alert
from core.checks.queries import alerts_visible_to


def may_mute(actor: Actor, alert: Alert) -> bool:
    """A person of an organisation that was told, or a platform admin."""
    return actor.person is not None and alerts_visible_to(actor).filter(pk=alert.pk).exists()


policy.visible(Alert, "checks.view_alert", alerts_visible_to)
policy.register({"checks.mute_alert": may_mute})
