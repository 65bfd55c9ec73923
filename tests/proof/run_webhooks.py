"""Webhooks under kills: workers die by kill -9 while receivers fail, hang up and dawdle; every message arrives, each
under one id, and its signature fits. Then how fast one receiver in good health is served."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

MESSAGES = 300
GOOD = 300


def trouble(handler: Any) -> None:
    """Half of all answers are good; the others are errors, broken connections and pauses."""
    lot = random.random()
    if lot < 0.15:
        handler.connection.close()
        return
    if lot < 0.25:
        time.sleep(0.3)
    handler.send_response(500 if 0.25 <= lot < 0.5 else 204)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_every_message_arrives(db: str, worker: Any, receiver: Any, tmp_path: Path) -> None:
    from standardwebhooks import Webhook

    from core import clock
    from core.webhooks import tasks
    from core.webhooks.models import Attempt, Delivery, Endpoint
    from tests.factories import webhooks
    from tests.support.machines import Worker

    random.seed(7)
    second = Worker(worker.environment, tmp_path / "second.log")
    second.start()
    endpoints = [webhooks.endpoint(receiver.url) for _number in range(3)]
    receiver.answers = [trouble] * 100_000
    begun, kills = time.monotonic(), 0
    for _turn in range(10):
        webhooks.news(count=MESSAGES // 30)
    try:
        while Delivery.objects.exclude(state="delivered").exists():
            assert time.monotonic() - begun < 400, Counter(Delivery.objects.values_list("state", flat=True))
            Endpoint.objects.update(resting_until=None)  # time is pressed together: pauses and rests end at once
            Delivery.objects.filter(state="failed", leased_until=None).update(due_at=clock.now())
            tasks.send_due.delay()
            time.sleep(1.5)
            if kills < 8:
                for one in (worker, second):
                    one.kill()
                    kills += 1
                Delivery.objects.filter(leased_until__isnull=False).update(
                    leased_until=clock.now()
                )  # two minutes passed
                worker.start()
                second.start()
        took = time.monotonic() - begun
        came = Counter(one.headers["webhook-id"] for one in receiver.received)
        wanted = {str(pk) for pk in Delivery.objects.values_list("pk", flat=True)}
        assert set(came) == wanted
        secrets = {str(one.pk): one.fresh_secret for one in endpoints}
        owner = {str(pk): str(of) for pk, of in Delivery.objects.values_list("pk", "endpoint_id")}
        for one in receiver.received:
            Webhook(secrets[owner[one.headers["webhook-id"]]]).verify(one.body, one.headers)
        print(f"\n{len(wanted)} messages to 3 endpoints, {kills} workers killed: all delivered in {took:.0f} s")
        print(
            f"{len(receiver.received)} requests came, all signatures fit; {Attempt.objects.count()} attempts recorded"
        )
        receiver.answers = []
        receiver.received.clear()
        begun = time.monotonic()
        Endpoint.objects.exclude(pk=endpoints[0].pk).update(state="paused")
        webhooks.news(count=GOOD, is_told=False)
        written = time.monotonic() - begun
        until = time.monotonic() + 300
        while len(receiver.received) < GOOD:
            assert time.monotonic() < until
            time.sleep(0.1)
        whole = time.monotonic() - begun
        print(
            f"{GOOD} pieces of news for one good endpoint: published in {written:.1f} s, all there after {whole:.1f} s,"
        )
        print(f"{GOOD / whole:.0f} a second with two workers of two threads; {len(receiver.received)} requests")
        receiver.received.clear()
        begun = time.monotonic()
        good = Delivery.objects.filter(endpoint=endpoints[0])
        good.update(state="pending", due_at=clock.now(), tries=0)
        tasks.send_due.delay()
        while len(receiver.received) < good.count():
            assert time.monotonic() < begun + 300
            time.sleep(0.1)
        whole = time.monotonic() - begun
        print(
            f"{good.count()} messages that were written already: all there after {whole:.1f} s, {good.count() / whole:.0f} a second"
        )
    finally:
        second.stop()


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=900", __file__]))
