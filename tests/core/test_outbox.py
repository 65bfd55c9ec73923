"""News reaches each listener once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from core import clock, outbox
from core.outbox.models import Delivery, Event


@outbox.event("tests.bell_rung")
@dataclass(frozen=True)
class BellRung:
    bell_id: UUID
    times: int = 1


heard: list[BellRung] = []
broken = {"now": False}


@outbox.on(BellRung)
def hear(news: BellRung) -> None:
    if broken["now"]:
        raise RuntimeError("deaf")
    heard.append(news)


@pytest.fixture(autouse=True)
def quiet() -> None:
    heard.clear()
    broken["now"] = False


def test_publishing_outside_a_transaction_is_refused(db: Any) -> None:
    with pytest.raises(RuntimeError):
        outbox.publish(BellRung(uuid4()))


def test_what_was_rolled_back_is_never_told(db: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish(BellRung(uuid4()))
        raise ZeroDivisionError
    outbox.deliver_pending()
    assert heard == []


def test_a_listener_has_each_event_once_with_its_types(db: Any) -> None:
    bell = uuid4()
    with transaction.atomic():
        outbox.publish(BellRung(bell, 3))
    assert outbox.deliver_pending() + outbox.deliver_pending() == 1
    assert heard == [BellRung(bell, 3)]


def test_a_failing_listener_is_tried_again_and_the_mark_is_undone_with_it(db: Any, frozen_clock: Any) -> None:
    broken["now"] = True
    with transaction.atomic():
        outbox.publish(BellRung(uuid4()))
    assert outbox.deliver_pending() == 0
    row = Event.objects.get()
    assert row.attempts == 1 and "deaf" in row.last_error and not Delivery.objects.exists()
    assert outbox.deliver_pending() == 0, "not before its time"
    broken["now"] = False
    with clock.frozen(row.retry_at):
        assert outbox.deliver_pending() == 1
    assert len(heard) == 1
