"""Reads: one's own endpoints and their log, and what an organisation may read at this moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from core import context
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import MachineClient, Organisation
from core.accounts.states import OrganisationState, Role
from core.webhooks.kinds import PING
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.states import UNFINISHED, EndpointState


def endpoints_visible_to(actor: Actor) -> QuerySet[Endpoint]:
    """The endpoints of the acting organisation, to its admins."""
    if actor.is_system:
        return Endpoint.objects.all()
    if actor.organisation is None or Role.ADMIN not in actor.roles:
        return Endpoint.objects.none()
    return Endpoint.objects.filter(organisation=actor.organisation).exclude(state=EndpointState.DELETED)


def deliveries_visible_to(actor: Actor) -> QuerySet[Delivery]:
    """The log of the endpoints one sees."""
    return Delivery.objects.filter(endpoint__in=endpoints_visible_to(actor))


def reader(organisation: Organisation) -> Actor:
    """The organisation as a machine of its own with no more than a member's place would see the platform."""
    machine = MachineClient(organisation=organisation, name="webhooks")
    return Actor(client=machine, organisation=organisation, roles=frozenset({Role.MEMBER.value}))


def may_read(organisation: Organisation, model: type[Model], pk: UUID) -> bool:
    """Whether the organisation may read the object now. Asked inside a transaction, in the organisation's context."""
    return bool(readable(organisation, model, [pk]))


def readable(organisation: Organisation, model: type[Model], pks: Iterable[UUID]) -> set[UUID]:
    """Those of the objects that the organisation may read now. Asked inside a transaction, in the organisation's context."""
    if not (organisation.is_verified or organisation.is_merged):
        return set()
    actor = reader(organisation)
    context.local(actor)
    try:
        return set(policy.visible_to(actor, model).filter(pk__in=list(pks)).values_list("pk", flat=True))
    finally:
        context.local(Actor.system())


def sendable(now: dt.datetime) -> QuerySet[Delivery]:
    """What is due and in nobody's hands, of endpoints that take messages; a ping goes to paused ones as well."""
    awake = Q(endpoint__resting_until__isnull=True) | Q(endpoint__resting_until__lte=now)
    taking = Q(endpoint__state=EndpointState.ACTIVE) & awake
    asked = Q(kind=PING) & ~Q(endpoint__state=EndpointState.DELETED)
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    acting = Q(endpoint__organisation__state__in=[OrganisationState.VERIFIED, OrganisationState.MERGED])
    return Delivery.objects.filter(free, acting, taking | asked, state__in=UNFINISHED, due_at__lte=now)
