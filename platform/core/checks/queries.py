"""Which alerts an actor sees."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.accounts.actor import Actor
from core.checks.models import Alert
from core.checks.states import AlertState


def alerts_visible_to(actor: Actor) -> QuerySet[Alert]:
    """Alerts told to the acting organisation; the operator's admins see those told to the operator as well."""
    if actor.organisation is None:
        return Alert.objects.none()
    mine = Q(organisations=actor.organisation)
    if actor.is_platform_admin:
        mine |= Q(to_operator=True)
    return Alert.objects.filter(Q(pk__in=Alert.objects.filter(mine).values("pk")))


def open_alerts(actor: Actor) -> QuerySet[Alert]:
    """Those that still fire and were not muted."""
    return alerts_visible_to(actor).filter(state__in=[AlertState.RAISED, AlertState.TOLD])
