"""Who keeps an organisation's webhooks: its admins, and its machines that were given the admin's role."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.access.predicates import role_in
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.accounts.states import Role
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.queries import deliveries_visible_to, endpoints_visible_to


def keeps_webhooks(actor: Actor, organisation: Any) -> bool:
    """An admin of this verified organisation."""
    return isinstance(organisation, Organisation) and role_in(actor, organisation, Role.ADMIN)


def is_own(actor: Actor, endpoint: Any) -> bool:
    return keeps_webhooks(actor, endpoint.organisation)


policy.register(
    {
        "webhooks.view_endpoints": keeps_webhooks,
        "webhooks.register_endpoint": keeps_webhooks,
        "webhooks.edit_endpoint": is_own,
        "webhooks.ping_endpoint": is_own,
        "webhooks.pause_endpoint": is_own,
        "webhooks.resume_endpoint": is_own,
        "webhooks.rotate_secret": is_own,
        "webhooks.delete_endpoint": is_own,
        "webhooks.replay_range": is_own,
        "webhooks.replay_delivery": lambda actor, row: is_own(actor, row.endpoint),
    },
    told=dict.fromkeys(
        ["webhooks.view_endpoints", "webhooks.register_endpoint"],
        _("Only an admin of a verified organisation keeps its webhooks."),
    ),
    fresh=["webhooks.register_endpoint", "webhooks.edit_endpoint", "webhooks.rotate_secret"],
    begins=[
        "webhooks.register_endpoint",
    ],
)
policy.visible(Endpoint, "webhooks.view_endpoint", endpoints_visible_to)
policy.visible(Delivery, "webhooks.view_delivery", deliveries_visible_to)
