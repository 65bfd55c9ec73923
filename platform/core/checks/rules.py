"""Who sees alerts, who may call one a false alarm, and who sets the figures of a chain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.accounts.actor import Actor
from core.checks import registry
from core.checks.models import Alert
from core.checks.queries import alerts_visible_to


def may_mute(actor: Actor, alert: Alert) -> bool:
    """A person of an organisation that was told, or a platform admin; each for their own organisation alone."""
    return actor.person is not None and alerts_visible_to(actor).filter(pk=alert.pk).exists()


def may_set(actor: Actor, chain_id: Any) -> bool:
    """A person: an admin of the chain's leader, or of the platform."""
    if actor.person is None or not isinstance(chain_id, UUID):
        return False
    return actor.is_platform_admin or registry.leads_chain(actor, chain_id)


policy.visible(Alert, "checks.view_alert", alerts_visible_to)
policy.register(
    {"checks.mute_alert": may_mute, "checks.unmute_alert": may_mute, "checks.change_threshold": may_set},
    told={
        "checks.change_threshold": _("An admin of the chain's leader, or of the platform, sets the figures of a chain.")
    },
)
