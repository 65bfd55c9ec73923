"""Publishing inside the transaction, delivering after it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import uuid
from typing import Any, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Q

from core import clock, trace
from core.outbox import registry
from core.outbox.models import Delivery, Event

log = logging.getLogger(__name__)


def publish(news: Any) -> None:
    """Write the event in the present transaction; refuses to run outside one."""
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs inside the action's transaction")
    row = Event.objects.create(
        name=registry.name_of(news), payload=_plain(dataclasses.asdict(news)), request_id=trace.current()
    )
    transaction.on_commit(lambda: _hint(row.pk), robust=True)


def deliver_pending(limit: int = 500) -> int:
    """Deliver what waits, oldest first; safe to run twice at once. Returns how many events were finished."""
    due = Event.objects.filter(delivered_at__isnull=True).filter(
        Q(retry_at__isnull=True) | Q(retry_at__lte=clock.now())
    )
    return sum(deliver(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


def deliver(event_id: uuid.UUID) -> bool:
    """Hand one event to every listener that has not had it; True when all have."""
    row = Event.objects.filter(pk=event_id).first()
    if row is None or row.delivered_at is not None:
        return False
    with trace.bound(row.request_id or trace.current()):
        return _hand_out(row)


def _hand_out(row: Event) -> bool:
    kind = registry.publishers.get(row.name)
    failed = ""
    for name, handler in registry.listeners.get(row.name, {}).items():
        try:
            with transaction.atomic(), registry.telling(registry.Told(row.pk, row.created_at)):
                _mark, fresh = Delivery.objects.get_or_create(event=row, handler=name)
                if fresh and kind is not None:
                    handler(_rebuilt(kind, row.payload))
        except Exception as error:
            log.exception("listener %s failed on %s", name, row.name)
            failed = f"{name}: {error}"
    if failed:
        pause = dt.timedelta(seconds=min(3600, 5 * 2 ** min(row.attempts, 10)))
        Event.objects.filter(pk=row.pk).update(
            attempts=row.attempts + 1, last_error=failed[:2000], retry_at=clock.now() + pause
        )
        return False
    Event.objects.filter(pk=row.pk).update(delivered_at=clock.now(), last_error="")
    return True


def _hint(event_id: uuid.UUID) -> None:
    """A message is only a hint: when the broker is away, the sweep of the next minute delivers."""
    from core.outbox.tasks import deliver_event

    try:
        deliver_event.apply_async(kwargs={"event_id": str(event_id)}, retry=False)
    except Exception:
        log.warning("no broker; event %s waits for the sweep", event_id)


def _plain(payload: dict[str, Any]) -> Any:
    import json

    return json.loads(json.dumps(payload, cls=DjangoJSONEncoder))


def _rebuilt(kind: type, payload: dict[str, Any]) -> Any:
    """The dataclass again; ids become UUIDs where the field says so, unknown fields are ignored."""
    hints = get_type_hints(kind)
    values = {}
    for field in dataclasses.fields(kind):
        if field.name not in payload:
            continue
        value = payload[field.name]
        wants_uuid = "UUID" in str(hints[field.name])
        values[field.name] = uuid.UUID(value) if wants_uuid and isinstance(value, str) else value
    return kind(**values)
