"""What an organisation's admin does with its webhooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale
from core.webhooks import addresses, services, signing
from core.webhooks.kinds import kind_of
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.states import ENDPOINT, DeliveryState, EndpointState

MAX_ENDPOINTS = 20
OVERLAP_HOURS = 24
MAX_OVERLAP_HOURS = 7 * 24


@command
def register_endpoint(*, actor: Actor, name: str, url: str, kinds: Iterable[str]) -> Endpoint:
    """An address that is told what happens; `fresh_secret` on the answer signs its messages and is told once."""
    organisation = policy.acting_for(actor, "webhooks.register_endpoint")
    own = Endpoint.objects.filter(organisation=organisation).exclude(state=EndpointState.DELETED)
    if own.count() >= MAX_ENDPOINTS:
        raise Invalid(
            _("An organisation keeps at most %d webhooks; delete one first.") % MAX_ENDPOINTS, code="too_many"
        )
    secret = signing.fresh_secret()
    endpoint = Endpoint(
        organisation=organisation, name=_named(name), url=addresses.check(url).url, kinds=_known(kinds),
        sealed_secret=signing.seal(secret),
    )  # fmt: skip
    endpoint.save(force_insert=True)
    book.record(actor, "register_endpoint", endpoint, after=_told(endpoint))
    endpoint.fresh_secret = secret
    return endpoint


@command
def edit_endpoint(
    *, actor: Actor, endpoint_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Endpoint:
    """Change name, address or kinds of news."""
    endpoint = policy.fetch_for_update(actor, "webhooks.edit_endpoint", Endpoint, endpoint_id)
    if version is not None and version != endpoint.version:
        raise Stale(_("Somebody changed this webhook meanwhile; compare and save again."))
    before = _told(endpoint)
    if "name" in changes:
        endpoint.name = _named(changes["name"])
    if "url" in changes:
        endpoint.url = addresses.check(changes["url"]).url
    if "kinds" in changes:
        endpoint.kinds = _known(changes["kinds"])
    endpoint.touch()
    endpoint.save()
    book.record(actor, "edit_endpoint", endpoint, before=before, after=_told(endpoint))
    return endpoint


@command
def ping_endpoint(*, actor: Actor, endpoint_id: UUID) -> Delivery:
    """Send a message about nothing, to see whether it arrives; also while the webhook is paused or switched off."""
    endpoint = policy.fetch_for_update(actor, "webhooks.ping_endpoint", Endpoint, endpoint_id)
    book.record(actor, "ping_endpoint", endpoint)
    return services.ping(endpoint)


@command
def pause_endpoint(*, actor: Actor, endpoint_id: UUID) -> Endpoint:
    """Hold the messages back; they are written down and wait."""
    endpoint = policy.fetch_for_update(actor, "webhooks.pause_endpoint", Endpoint, endpoint_id)
    return _moved(actor, endpoint, "pause_endpoint")


@command
def resume_endpoint(*, actor: Actor, endpoint_id: UUID) -> Endpoint:
    """Send again, what waited first; failures are forgiven."""
    endpoint = policy.fetch_for_update(actor, "webhooks.resume_endpoint", Endpoint, endpoint_id)
    endpoint.failures, endpoint.failing_since, endpoint.resting_until = 0, None, None
    return _moved(actor, endpoint, "resume_endpoint")


@command
def rotate_secret(*, actor: Actor, endpoint_id: UUID, hours: int = OVERLAP_HOURS) -> Endpoint:
    """A new secret, told once on `fresh_secret`; for some hours messages carry a signature by each of the two."""
    endpoint = policy.fetch_for_update(actor, "webhooks.rotate_secret", Endpoint, endpoint_id)
    if not 0 <= hours <= MAX_OVERLAP_HOURS:
        raise Invalid(_("The old secret stays valid for 0 to %d hours.") % MAX_OVERLAP_HOURS, field="hours")
    secret = signing.fresh_secret()
    endpoint.sealed_old_secret = endpoint.sealed_secret if hours else ""
    endpoint.old_secret_until = clock.now() + dt.timedelta(hours=hours) if hours else None
    endpoint.sealed_secret = signing.seal(secret)
    endpoint.touch()
    endpoint.save()
    book.record(actor, "rotate_secret", endpoint, after={"hours": hours})
    endpoint.fresh_secret = secret
    return endpoint


@command
def delete_endpoint(*, actor: Actor, endpoint_id: UUID) -> Endpoint:
    """End the webhook: its secrets are erased, what waited is never sent."""
    endpoint = policy.fetch_for_update(actor, "webhooks.delete_endpoint", Endpoint, endpoint_id)
    endpoint.sealed_secret = endpoint.sealed_old_secret = ""
    endpoint.old_secret_until = None
    services.drop_waiting(endpoint)
    return _moved(actor, endpoint, "delete_endpoint")


@command
def replay_delivery(*, actor: Actor, delivery_id: UUID) -> Delivery:
    """Send one message again, under the same message id."""
    row = policy.fetch(actor, "webhooks.replay_delivery", Delivery, delivery_id)
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=row.endpoint_id)  # first, as everywhere
    services.replay(endpoint, Delivery.objects.filter(pk=row.pk))
    book.record(actor, "replay_delivery", endpoint, after={"delivery": str(row.pk)})
    row.refresh_from_db()
    return row


@command
def replay_range(
    *,
    actor: Actor,
    endpoint_id: UUID,
    since: dt.datetime,
    until: dt.datetime | None = None,
    is_everything: bool = False,
) -> int:
    """Send again what happened since a moment (until another): what never arrived, or everything. Returns how many."""
    endpoint = policy.fetch_for_update(actor, "webhooks.replay_range", Endpoint, endpoint_id)
    until = until or clock.now()
    if until <= since:
        raise Invalid(_("The beginning lies before the end, and not in the future."), field="since")
    rows = endpoint.deliveries.filter(occurred_at__gte=since, occurred_at__lt=until)
    if not is_everything:
        rows = rows.exclude(state=DeliveryState.DELIVERED)
    count = services.replay(endpoint, rows)
    book.record(
        actor, "replay_range", endpoint, after={"since": since, "until": until, "everything": is_everything, "messages": count}
    )  # fmt: skip
    return count


def _moved(actor: Actor, endpoint: Endpoint, move: str) -> Endpoint:
    endpoint.state = ENDPOINT.after(EndpointState(endpoint.state), move)
    endpoint.touch()
    endpoint.save()
    book.record(actor, move, endpoint)
    return endpoint


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid(_("Please give a name."), field="name")
    return name.strip()


def _known(names: Iterable[str]) -> list[str]:
    """The kinds without repeats; each must be offered."""
    wanted = sorted(set(names))
    unknown = [name for name in wanted if kind_of(name) is None]
    if unknown:
        raise Invalid(_("There is no such kind of news: %s.") % ", ".join(unknown), field="kinds")
    if not wanted:
        raise Invalid(_("Choose at least one kind of news."), field="kinds")
    return wanted


def _told(endpoint: Endpoint) -> dict[str, Any]:
    return {"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds}
