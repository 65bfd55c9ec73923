"""Writing down what is to be told, and sending it: safe to run twice, and when a worker dies half-way.

A sender claims a delivery by a row lock that skips what others hold, leaves its claim and a lease in the row, sends
outside of any transaction, and records the outcome only while the claim is still its own.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import uuid
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_noop

from core import book, clock, metrics, outbox, sealing
from core.accounts.actor import Actor
from core.accounts.states import Role
from core.command import system_command
from core.inbox import services as inbox
from core.webhooks import kinds, queries, signing, wire
from core.webhooks.models import Attempt, Delivery, Endpoint
from core.webhooks.states import DELIVERY, ENDPOINT, UNFINISHED, DeliveryState, EndpointState, Fault

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=120)  # longer than any exchange may take
MAX_TRIES = 15  # the last about three days after the first
FIRST_PAUSE = 15  # seconds; each further pause is four times as long, at most
LONGEST_PAUSE = 8 * 3600
AT_ONCE = 4  # messages on their way to one endpoint
PER_SWEEP = 20  # messages of one endpoint that one sweep starts
QUIET_AFTER = 5  # failures in a row, after which an endpoint is left in peace for a while
MIN_FAILURES = 10  # before an endpoint is switched off, however long ago the first was
GONE = 410


def enqueue(kind: kinds.Kind, object_id: UUID) -> int:
    """Write a delivery for each endpoint that asked for this kind and whose organisation may read the object now."""
    told = outbox.present()
    asked = Endpoint.objects.filter(kinds__contains=[kind.name]).exclude(state=EndpointState.DELETED)
    may: dict[UUID, bool] = {}
    rows = []
    for endpoint in asked.select_related("organisation"):
        owner = endpoint.organisation
        if owner.pk not in may:
            may[owner.pk] = queries.may_read(owner, kind.model, object_id)
        if may[owner.pk]:
            about = (kind.model._meta.label_lower, object_id, kind.link(object_id))
            rows.append(_written(endpoint, kind.name, told.id, told.at, about))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    _hint(rows)
    return len(rows)


def ping(endpoint: Endpoint) -> Delivery:
    """A message about nothing but the endpoint itself, tried once, in the present transaction."""
    link = settings.PUBLIC_URL.rstrip("/") + reverse("webhook-endpoint-detail", args=[endpoint.pk])
    row = _written(endpoint, kinds.PING, uuid.uuid4(), clock.now(), (endpoint._meta.label_lower, endpoint.pk, link))
    row.save(force_insert=True)
    _hint([row])
    return row


def start_due(limit: int = 500) -> list[UUID]:
    """What the sweep starts: the oldest due deliveries, few of each endpoint, so that a slow one delays nobody."""
    place = Window(RowNumber(), partition_by=F("endpoint_id"), order_by=F("due_at").asc())
    due = queries.sendable(clock.now()).annotate(place=place).filter(place__lte=PER_SWEEP)
    return list(due.order_by("due_at").values_list("pk", flat=True)[:limit])


@dataclass(frozen=True)
class _Claimed:
    """What a sender needs outside of the transaction."""

    delivery_id: UUID
    endpoint_id: UUID
    claim: UUID
    url: str
    body: str
    keys: list[str]


def send(delivery_id: UUID) -> bool:
    """Try one delivery if it is due and in nobody's hands; True when it was tried."""
    claimed = _claim(delivery_id)
    if claimed is None:
        return False
    headers = signing.headers(str(claimed.delivery_id), clock.now(), claimed.body, claimed.keys)
    outcome = wire.post(claimed.url, claimed.body, headers)
    _settle(claimed, outcome)
    if outcome.is_delivered:
        _start_next(claimed.endpoint_id)
    return True


def _start_next(endpoint_id: UUID) -> None:
    """One out, one in: a long row of messages drains as fast as the endpoint takes them."""
    following = queries.sendable(clock.now()).filter(endpoint_id=endpoint_id).order_by("due_at").first()
    if following is not None:
        _start([str(following.pk)])


def replay(endpoint: Endpoint, rows: QuerySet[Delivery]) -> int:
    """Let these start anew, under the same message ids; what is on its way at this moment is left alone.

    Who asks for it has mended the server, so the endpoint, whose row the caller has locked, rests no longer.
    """
    now = clock.now()
    endpoint.resting_until = None
    endpoint.save(update_fields=["resting_until"])
    first = list(rows.order_by("occurred_at")[:PER_SWEEP])
    target = DELIVERY.after(DeliveryState.DELIVERED, "replay_delivery")
    resting = rows.exclude(leased_until__gt=now)
    count = resting.update(state=target, tries=0, due_at=now, claim=None, leased_until=None)
    _hint(first)
    return count


def forget_old() -> int:
    """Delete what is older than the log is kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT webhooks_forget(%s)", [clock.now() - dt.timedelta(days=max(1, settings.WEBHOOK_LOG_DAYS))]
        )
        return int(cursor.fetchone()[0])


def pause_after(tries: int) -> dt.timedelta:
    """How long to wait after so many tries: 15 s, 1 min, 4 min … 8 h, each up to a fifth longer; three days in all."""
    base = min(FIRST_PAUSE * 4 ** max(0, tries - 1), LONGEST_PAUSE)
    return dt.timedelta(seconds=base * (1 + secrets.randbelow(200) / 1000))


def _written(endpoint: Endpoint, kind: str, event_id: UUID, at: dt.datetime, about: tuple[str, UUID, str]) -> Delivery:
    """The message, thin by design: what happened to which object; the rest is read where the link leads."""
    row = Delivery(
        endpoint=endpoint, kind=kind, event_id=event_id, occurred_at=at, due_at=clock.now(), object_type=about[0], object_id=about[1]
    )  # fmt: skip
    row.body = json.dumps({
        "id": str(row.pk),
        "type": kind,
        "timestamp": at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
        "data": {"object_type": about[0], "object_id": str(about[1]), "link": about[2]},
    })  # fmt: skip
    return row


def _claim(delivery_id: UUID) -> _Claimed | None:
    """The delivery with a lease of our own, or None when there is nothing to send (any more, yet, or for us)."""
    now = clock.now()
    with system_command("webhooks.send"):
        row = (
            queries.sendable(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("endpoint__organisation")
            .filter(pk=delivery_id)
            .first()
        )
        if row is None:
            return None
        endpoint = row.endpoint
        if endpoint.deliveries.filter(leased_until__gt=now).count() >= AT_ONCE:
            return None  # the next sweep finds it again
        if not _is_readable(row):
            _finish(row, Fault.HIDDEN)
            return None
        try:
            keys = keys_of(endpoint, now)
        except sealing.SealBrokenError:
            _finish(row, Fault.SECRET)
            return None
        row.claim, row.leased_until = uuid.uuid4(), now + LEASE
        row.save(update_fields=["claim", "leased_until"])
        return _Claimed(row.pk, endpoint.pk, row.claim, endpoint.url, row.body, keys)


def keys_of(endpoint: Endpoint, now: dt.datetime) -> list[str]:
    """The secrets that sign now: the present one, and the one before it for as long as it is valid."""
    keys = [signing.unseal(endpoint.sealed_secret)]
    if endpoint.sealed_old_secret and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        keys.append(signing.unseal(endpoint.sealed_old_secret))
    return keys


def _is_readable(row: Delivery) -> bool:
    if row.kind == kinds.PING:
        return True
    kind = kinds.kind_of(row.kind)
    return kind is not None and queries.may_read(row.endpoint.organisation, kind.model, row.object_id)


def _finish(row: Delivery, fault: Fault) -> None:
    """Give it up unsent."""
    row.state, row.due_at, row.fault = DELIVERY.after(row.state, "give_up"), None, fault
    row.save(update_fields=["state", "due_at", "fault"])


def _settle(claimed: _Claimed, outcome: wire.Outcome) -> None:
    """Record the attempt and what follows from it, unless another sender holds the claim by now."""
    now = clock.now()
    with system_command("webhooks.send") as system:
        endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=claimed.endpoint_id)
        row = Delivery.objects.select_for_update().filter(pk=claimed.delivery_id, claim=claimed.claim).first()
        if row is None:
            log.warning("delivery %s was taken over by another sender", claimed.delivery_id)
            return
        metrics.WEBHOOKS.labels(outcome.fault or f"{(outcome.status or 0) // 100}xx").inc()
        Attempt.objects.create(
            delivery=row, status=outcome.status, took_ms=outcome.took_ms, fault=outcome.fault, answer=outcome.answer
        )
        row.tries, row.claim, row.leased_until, row.sent_at = row.tries + 1, None, None, now
        row.status, row.took_ms, row.fault = outcome.status, outcome.took_ms, outcome.fault
        _move(row, outcome, now)
        row.save()
        if row.kind == kinds.PING and not outcome.is_delivered:
            return  # a failed test says nothing about the news
        if outcome.is_delivered and not endpoint.failures:
            return  # all is well, as before
        _note(endpoint, outcome, now)
        if _is_hopeless(endpoint, outcome, now):
            disable(system, endpoint)
        endpoint.save()


def _move(row: Delivery, outcome: wire.Outcome, now: dt.datetime) -> None:
    if outcome.is_delivered:
        row.state, row.due_at = DELIVERY.after(row.state, "deliver"), None
    elif row.kind == kinds.PING or row.tries >= MAX_TRIES:
        row.state, row.due_at = DELIVERY.after(row.state, "give_up"), None
    else:
        asked = dt.timedelta(seconds=min(outcome.retry_after, LONGEST_PAUSE))
        row.state, row.due_at = DELIVERY.after(row.state, "fail"), now + max(pause_after(row.tries), asked)


def _note(endpoint: Endpoint, outcome: wire.Outcome, now: dt.datetime) -> None:
    """How the endpoint has been: a success forgives everything; after a few failures in a row it rests."""
    if outcome.is_delivered:
        endpoint.failures, endpoint.failing_since, endpoint.resting_until = 0, None, None
        return
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    late = endpoint.failures - QUIET_AFTER
    if late >= 0:
        endpoint.resting_until = now + dt.timedelta(seconds=min(30 * 2 ** min(late, 10), 600))


def _is_hopeless(endpoint: Endpoint, outcome: wire.Outcome, now: dt.datetime) -> bool:
    """Whether it is to be switched off: gone by its own word, or failing for days."""
    if endpoint.state != EndpointState.ACTIVE or outcome.is_delivered:
        return False
    limit = dt.timedelta(days=settings.WEBHOOK_FAILURE_DAYS)
    is_old = endpoint.failing_since is not None and now - endpoint.failing_since >= limit
    return outcome.status == GONE or (is_old and endpoint.failures >= MIN_FAILURES)


def disable(actor: Actor, endpoint: Endpoint) -> None:
    """Switch the endpoint off and tell the organisation's admins; its news waits for them. The caller saves."""
    endpoint.state = ENDPOINT.after(endpoint.state, "disable_endpoint")
    endpoint.resting_until = None
    endpoint.touch()
    book.record(actor, "disable_endpoint", endpoint, after={"failures": endpoint.failures})
    inbox.notify(
        kind="webhook_disabled",
        title=gettext_noop("The webhook “%(name)s” was switched off: its server did not take our messages"),
        params={"name": endpoint.name},
        why=gettext_noop("You are an admin of the organisation"),
        to=endpoint.organisation,
        roles=(Role.ADMIN.value,),
        obj=endpoint,
        link=reverse("webhooks:endpoint", args=[endpoint.pk]),
    )


def drop_waiting(endpoint: Endpoint) -> None:
    """Give up what was still to be sent, because the endpoint is no more."""
    waiting = endpoint.deliveries.filter(state__in=UNFINISHED)
    waiting.update(state=DELIVERY.after(DeliveryState.PENDING, "give_up"), due_at=None, claim=None, leased_until=None)


def _hint(rows: list[Delivery]) -> None:
    """Start the first few after commit; a message is only a hint, the sweep of the next minute finds the rest."""
    ids = [str(row.pk) for row in rows[: PER_SWEEP * AT_ONCE]]
    transaction.on_commit(lambda: _start(ids), robust=True)


def _start(ids: list[str]) -> None:
    from core.webhooks.tasks import send_delivery

    try:
        for one in ids:
            send_delivery.apply_async(kwargs={"delivery_id": one}, retry=False)
    except Exception:
        log.warning("no broker; webhook messages wait for the sweep")
