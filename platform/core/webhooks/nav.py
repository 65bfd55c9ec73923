"""Webhooks in the navigation, for who keeps them; how their states look."""

from django.utils.translation import gettext_lazy as _

from core.accounts.states import Role
from core.web import badges, nav
from core.webhooks.states import DeliveryState, EndpointState

nav.register(
    section=nav.ORGANISATION,
    label=_("Webhooks"),
    icon="webhook",
    url_name="webhooks:list",
    order=30,
    shows=lambda actor: actor.organisation is not None and Role.ADMIN in actor.roles,
)
badges.register(
    EndpointState,
    {
        EndpointState.ACTIVE: "ok",
        EndpointState.PAUSED: ("none", "player-pause"),
        EndpointState.DISABLED: "bad",
        EndpointState.DELETED: "quiet",
    },
)
badges.register(
    DeliveryState,
    {
        DeliveryState.PENDING: "info",
        DeliveryState.DELIVERED: "ok",
        DeliveryState.FAILED: "warn",
        DeliveryState.GIVEN_UP: "bad",
    },
)
