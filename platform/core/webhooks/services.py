"""Writing down what is to be told, and sending it: safe to run twice, and when a worker dies half-way.

A sender claims what is due for one endpoint, leaves its claim and a lease in the rows, sends outside of any transaction,
a few at once, and records each outcome as it comes, while the claim is still its own. What it did not get to is free again.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import uuid
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, Model, OuterRef, QuerySet, Value, When, Window
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
BATCH = 20  # messages of one endpoint that one sender claims
BATCH_SECONDS = 10  # after which it begins no more of them, so that what is read at the claim is true when it is sent
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

    claim: UUID
    endpoint_id: UUID
    url: str
    keys: list[str]
    bodies: dict[UUID, str]  # by delivery, in the order in which they are due


def send(delivery_id: UUID) -> int:
    """Try a delivery that is due, and with it what else is due for its endpoint; gives how many were tried.

    None while another sender is at work for the endpoint: that one, or the sweep, finds it.
    """
    claimed = _claim(UUID(str(delivery_id)))
    if claimed is None:
        return 0
    waiting, left = deque(claimed.bodies), list[UUID]()
    tried = delivered = 0

    def post(pk: UUID) -> wire.Outcome:
        body = claimed.bodies[pk]
        return wire.post(claimed.url, body, signing.headers(str(pk), clock.now(), body, claimed.keys))

    for outcomes in wire.several(post, waiting, at_once=AT_ONCE, seconds=BATCH_SECONDS):
        tried += len(outcomes)
        delivered += sum(outcome.is_delivered for outcome in outcomes.values())
        if _settle(claimed, outcomes):
            left += waiting
            waiting.clear()
    left += waiting
    if left:
        Delivery.objects.filter(pk__in=left, claim=claimed.claim).update(claim=None, leased_until=None)
    if delivered:
        _start_next(claimed.endpoint_id)
    return tried


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
    """This delivery and others that are due for its endpoint, with a lease of our own; None when there is nothing to send
    (any more, yet, or for us)."""
    now = clock.now()
    if not _may_begin(list(queries.sendable(now).annotate(is_busy=_busy(now)).filter(pk=delivery_id))):
        return None  # many hints come while a sender is at work: they cost one statement and wait for no lock
    with system_command("webhooks.send"):
        endpoint = (
            Endpoint.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .filter(pk__in=Delivery.objects.filter(pk=delivery_id).values("endpoint_id"))
            .first()
        )
        if endpoint is None:
            return None
        rows = _due(endpoint, delivery_id, now)
        if not rows:
            return None
        readable = _readable(endpoint, rows)
        for row in rows:
            if row.pk not in readable:
                _finish(row, Fault.HIDDEN)
        rows = [row for row in rows if row.pk in readable]
        try:
            keys = keys_of(endpoint, now)
        except sealing.SealBrokenError:
            for row in rows:
                _finish(row, Fault.SECRET)
            return None
        if not rows:
            return None
        claim = uuid.uuid4()
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(claim=claim, leased_until=now + LEASE)
        return _Claimed(claim, endpoint.pk, endpoint.url, keys, {row.pk: row.body for row in rows})


def _due(endpoint: Endpoint, first: UUID, now: dt.datetime) -> Sequence[Delivery]:
    """What may be sent now, locked, `first` at its head; nothing if that may not."""
    place = Case(When(pk=first, then=Value(0)), default=Value(1))
    due = queries.sendable(now).filter(endpoint=endpoint).annotate(is_busy=_busy(now), place=place)
    rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("place", "due_at")[:BATCH])
    if not _may_begin(rows) or rows[0].pk != first:
        return []
    return rows[:1] if rows[0].kind == kinds.PING else rows


def _busy(now: dt.datetime) -> Exists:
    return Exists(Delivery.objects.filter(endpoint_id=OuterRef("endpoint_id"), leased_until__gt=now))


def _may_begin(rows: Sequence[Any]) -> bool:
    """One sender at a time serves an endpoint; but a test message goes at once."""
    return bool(rows) and (rows[0].kind == kinds.PING or not rows[0].is_busy)


def keys_of(endpoint: Endpoint, now: dt.datetime) -> list[str]:
    """The secrets that sign now: the present one, and the one before it for as long as it is valid."""
    keys = [signing.unseal(endpoint.sealed_secret)]
    if endpoint.sealed_old_secret and endpoint.old_secret_until is not None and endpoint.old_secret_until > now:
        keys.append(signing.unseal(endpoint.sealed_old_secret))
    return keys


def _readable(endpoint: Endpoint, rows: Sequence[Delivery]) -> set[UUID]:
    """Those whose object the organisation may read now; a ping is about nothing else."""
    found = {row.pk for row in rows if row.kind == kinds.PING}
    by_model: dict[type[Model], dict[UUID, list[UUID]]] = {}
    for row in rows:
        kind = kinds.kind_of(row.kind)
        if kind is not None and row.kind != kinds.PING:
            by_model.setdefault(kind.model, {}).setdefault(row.object_id, []).append(row.pk)
    for model, objects in by_model.items():
        for pk in queries.readable(endpoint.organisation, model, objects):
            found.update(objects[pk])
    return found


def _finish(row: Delivery, fault: Fault) -> None:
    """Give it up unsent."""
    row.state, row.due_at, row.fault = DELIVERY.after(row.state, "give_up"), None, fault
    row.save(update_fields=["state", "due_at", "fault"])


def _settle(claimed: _Claimed, outcomes: dict[UUID, wire.Outcome]) -> bool:
    """Record the attempts and what follows from them; True when the endpoint shall be left in peace for now."""
    if all(outcome.is_delivered for outcome in outcomes.values()) and _note_delivered(claimed, outcomes):
        return False
    resting = [_settle_one(claimed, pk, outcome) for pk, outcome in outcomes.items()]
    return any(resting)


def _note_delivered(claimed: _Claimed, outcomes: dict[UUID, wire.Outcome]) -> bool:
    """The good case in two statements: all arrived, none was taken over, and the endpoint has nothing to be forgiven."""
    now = clock.now()
    mine = Delivery.objects.filter(pk__in=outcomes, claim=claimed.claim, state__in=UNFINISHED, endpoint__failures=0)
    try:
        with system_command("webhooks.send"):
            settled = mine.update(
                state=DELIVERY.after(DeliveryState.PENDING, "deliver"), due_at=None, claim=None, leased_until=None,
                tries=F("tries") + 1, sent_at=now, fault="",
                status=Case(*[When(pk=pk, then=Value(one.status)) for pk, one in outcomes.items()]),
                took_ms=Case(*[When(pk=pk, then=Value(one.took_ms)) for pk, one in outcomes.items()]),
            )  # fmt: skip
            if settled != len(outcomes):
                raise _NotSoSimpleError
            Attempt.objects.bulk_create([_attempt(pk, outcome) for pk, outcome in outcomes.items()])
    except _NotSoSimpleError:
        return False
    for outcome in outcomes.values():
        metrics.WEBHOOKS.labels(_result(outcome)).inc()
    return True


class _NotSoSimpleError(Exception):
    """Undoes the short way of recording; the long way looks at each row."""


def _attempt(delivery_id: UUID, outcome: wire.Outcome) -> Attempt:
    return Attempt(
        delivery_id=delivery_id, status=outcome.status, took_ms=outcome.took_ms, fault=outcome.fault, answer=outcome.answer
    )  # fmt: skip


def _result(outcome: wire.Outcome) -> str:
    return outcome.fault or f"{(outcome.status or 0) // 100}xx"


def _settle_one(claimed: _Claimed, delivery_id: UUID, outcome: wire.Outcome) -> bool:
    """Record one attempt, unless another sender holds the claim by now; True when the endpoint takes no more for now."""
    now = clock.now()
    with system_command("webhooks.send") as system:
        endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=claimed.endpoint_id)
        row = Delivery.objects.select_for_update().filter(pk=delivery_id, claim=claimed.claim).first()
        if row is None:
            log.warning("delivery %s was taken over by another sender", delivery_id)
            return False
        metrics.WEBHOOKS.labels(_result(outcome)).inc()
        _attempt(row.pk, outcome).save(force_insert=True)
        row.tries, row.claim, row.leased_until, row.sent_at = row.tries + 1, None, None, now
        row.status, row.took_ms, row.fault = outcome.status, outcome.took_ms, outcome.fault
        _move(row, outcome, now)
        row.save()
        is_failed_test = row.kind == kinds.PING and not outcome.is_delivered  # says nothing about the news
        if not is_failed_test and (endpoint.failures or not outcome.is_delivered):
            _note(endpoint, outcome, now)
            if _is_hopeless(endpoint, outcome, now):
                disable(system, endpoint)
            endpoint.save()
        return endpoint.state != EndpointState.ACTIVE or endpoint.resting_until is not None


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
