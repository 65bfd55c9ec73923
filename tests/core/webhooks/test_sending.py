"""From the news to the receiver: signed, tried again, safe to run twice, never about what one may not read."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import itertools
import json
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook, WebhookVerificationError

from core import clock, outbox
from core.access import policy
from core.accounts.states import OrganisationState
from core.inbox.models import Notification
from core.webhooks import actions, kinds, queries, services, tasks
from core.webhooks.models import Attempt, Delivery, Endpoint
from core.webhooks.states import DeliveryState, EndpointState, Fault
from needs.actions import award as review
from needs.events.challenge import AwardSigned
from needs.models import Bid
from tests import factories
from tests.factories import challenges, webhooks
from tests.support.receiver import Receiver


def keeper() -> Any:
    return factories.actor(factories.organisation())


def send_all(times: int = 1) -> int:
    """Everything that is due, as the sweep and its small jobs would."""
    return sum(services.send(pk) for _turn in range(times) for pk in services.start_due())


def until_due(frozen_clock: Any, row: Delivery) -> None:
    row.refresh_from_db()
    row.endpoint.refresh_from_db()
    frozen_clock.set(max(row.due_at, row.endpoint.resting_until or row.due_at) + dt.timedelta(seconds=1))


def test_a_message_is_signed_as_standard_webhooks_describes(db: Any, receiver: Receiver) -> None:
    endpoint = webhooks.endpoint(receiver.url)
    about = webhooks.news()
    assert send_all() == 1
    got = receiver.received[0]
    told = Webhook(endpoint.fresh_secret).verify(got.body, got.headers)
    assert told == {
        "id": got.headers["webhook-id"],
        "type": webhooks.KIND,
        "timestamp": told["timestamp"],
        "data": {
            "object_type": "accounts.organisation",
            "object_id": str(about.pk),
            "link": f"http://localhost:8000/api/v1/organisations/{about.pk}/",
        },
    }
    assert got.headers["content-type"] == "application/json"
    # The same by hand, from the words of the specification.
    key = base64.b64decode(endpoint.fresh_secret.removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.{got.body}"
    digest = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{digest}"


@pytest.mark.parametrize("part", ["body", "webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_message_that_was_changed_on_its_way_is_not_verified(db: Any, receiver: Receiver, part: str) -> None:
    endpoint = webhooks.endpoint(receiver.url)
    webhooks.news()
    send_all()
    got = receiver.received[0]
    headers, body = dict(got.headers), got.body
    if part == "body":
        body = body.replace("accounts", "account5")
    elif part == "webhook-timestamp":
        headers[part] = str(int(headers[part]) + 1)
    else:
        headers[part] = headers[part][:-3] + ("AAA" if not headers[part].endswith("AAA") else "BBB")
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.fresh_secret).verify(body, headers)


def test_while_a_secret_is_rotated_both_verify_and_afterwards_the_new_one_alone(
    db: Any, receiver: Receiver, frozen_clock: Any
) -> None:
    actor = keeper()
    old = webhooks.endpoint(receiver.url, keeper=actor)
    new = actions.rotate_secret(actor=actor, endpoint_id=old.pk, hours=24)
    assert new.fresh_secret not in ("", old.fresh_secret)
    webhooks.news()
    send_all()
    frozen_clock.move(hours=24, seconds=1)
    webhooks.news()
    send_all()
    within, after = receiver.received
    assert within.headers["webhook-signature"].count("v1,") == 2
    frozen_clock.release()

    def verifies(secret: str, got: Any) -> bool:
        fresh = dict(got.headers)
        signed = hmac.new(
            base64.b64decode(secret.removeprefix("whsec_")),
            f"{fresh['webhook-id']}.{fresh['webhook-timestamp']}.{got.body}".encode(),
            hashlib.sha256,
        ).digest()
        return f"v1,{base64.b64encode(signed).decode()}" in fresh["webhook-signature"].split(" ")

    assert verifies(old.fresh_secret, within) and verifies(new.fresh_secret, within)
    assert not verifies(old.fresh_secret, after) and verifies(new.fresh_secret, after)
    assert Webhook(old.fresh_secret).verify(within.body, within.headers)
    assert Webhook(new.fresh_secret).verify(within.body, within.headers)


def test_failures_are_tried_again_later_and_later_under_the_same_id(
    db: Any, receiver: Receiver, frozen_clock: Any
) -> None:
    webhooks.endpoint(receiver.url)
    receiver.answers = [500, 503, 302]
    webhooks.news()
    row = Delivery.objects.get()
    pauses = []
    for _turn in range(3):
        assert send_all() == 1
        assert send_all() == 0, "not due yet"
        row.refresh_from_db()
        assert row.state == DeliveryState.FAILED
        pauses.append((row.due_at - clock.now()).total_seconds())
        until_due(frozen_clock, row)
    send_all()
    row.refresh_from_db()
    assert (row.state, row.status, row.tries, row.due_at) == (DeliveryState.DELIVERED, 204, 4, None)
    assert [one.status for one in row.attempts.order_by("created_at")] == [500, 503, 302, 204]
    assert {one.headers["webhook-id"] for one in receiver.received} == {str(row.pk)}
    for base, pause in zip((15, 60, 240), pauses, strict=True):
        assert base <= pause <= base * 1.2


def test_the_pauses_grow_to_eight_hours_and_end_after_three_days() -> None:
    pauses = [services.pause_after(tries).total_seconds() for tries in range(1, services.MAX_TRIES)]
    assert all(later > earlier for earlier, later in itertools.pairwise(pauses[:7]))
    assert all(8 * 3600 <= one <= 8 * 3600 * 1.2 for one in pauses[7:])
    assert 2.7 * 86400 <= sum(pauses) <= 3.6 * 86400
    assert len({services.pause_after(9) for _ in range(20)}) > 1, "jitter"


def test_after_the_last_try_a_message_is_given_up_and_may_be_replayed(
    db: Any, receiver: Receiver, frozen_clock: Any, settings: Any
) -> None:
    settings.WEBHOOK_FAILURE_DAYS = 30
    actor = keeper()
    webhooks.endpoint(receiver.url, keeper=actor)
    receiver.answers = [500] * services.MAX_TRIES
    webhooks.news()
    row = Delivery.objects.get()
    began = clock.now()
    while row.due_at is not None:
        until_due(frozen_clock, row)
        assert send_all() == 1
        row.refresh_from_db()
    assert (row.state, row.tries, row.attempts.count()) == (
        DeliveryState.GIVEN_UP,
        services.MAX_TRIES,
        services.MAX_TRIES,
    )
    assert dt.timedelta(days=2.5) < clock.now() - began < dt.timedelta(days=4)
    actions.replay_delivery(actor=actor, delivery_id=row.pk)
    assert send_all() == 1
    row.refresh_from_db()
    assert (row.state, row.tries) == (DeliveryState.DELIVERED, 1)
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1


def test_a_server_may_ask_for_more_patience(db: Any, receiver: Receiver, frozen_clock: Any) -> None:
    def later(handler: Any) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", "3600")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    webhooks.endpoint(receiver.url)
    receiver.answers = [later]
    webhooks.news()
    send_all()
    assert Delivery.objects.get().due_at - clock.now() >= dt.timedelta(seconds=3600)


def test_gone_switches_the_endpoint_off_and_tells_its_admins(db: Any, receiver: Receiver) -> None:
    actor = keeper()
    clerk = factories.actor(actor.organisation, roles=["member"])
    endpoint = webhooks.endpoint(receiver.url, keeper=actor)
    receiver.answers = [410]
    webhooks.news()
    send_all()
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.DISABLED
    told = Notification.objects.filter(kind="webhook_disabled")
    assert [one.person for one in told] == [actor.person]
    assert told[0].link == f"/webhooks/{endpoint.pk}/" and clerk.person != actor.person
    webhooks.news()
    assert send_all() == 0, "what happens meanwhile waits"
    actions.resume_endpoint(actor=actor, endpoint_id=endpoint.pk)
    Delivery.objects.update(due_at=clock.now())
    assert send_all() == 2


def test_days_of_failure_switch_the_endpoint_off(db: Any, receiver: Receiver, frozen_clock: Any, settings: Any) -> None:
    settings.WEBHOOK_FAILURE_DAYS = 1
    endpoint = webhooks.endpoint(receiver.url)
    receiver.stop()
    webhooks.news(count=2)
    row = Delivery.objects.first()
    assert row is not None
    began = clock.now()
    while endpoint.state == EndpointState.ACTIVE:
        until_due(frozen_clock, row)
        send_all()
        endpoint.refresh_from_db()
    assert dt.timedelta(days=1) <= clock.now() - began < dt.timedelta(days=2)
    assert Notification.objects.filter(kind="webhook_disabled").count() == 1
    assert Attempt.objects.filter(fault=Fault.CONNECTION).count() >= services.MIN_FAILURES


def test_a_success_forgives_all_failures(db: Any, receiver: Receiver, frozen_clock: Any) -> None:
    endpoint = webhooks.endpoint(receiver.url)
    receiver.answers = [500] * 5
    webhooks.news(count=5)
    send_all()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.resting_until is not None) == (5, True)
    assert send_all() == 0, "it is left in peace for a while"
    row = Delivery.objects.first()
    assert row is not None
    until_due(frozen_clock, row)
    send_all()
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.resting_until) == (0, None, None)


def test_news_about_what_one_may_not_read_is_never_written_down(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    hidden = factories.organisation(verified=False)
    webhooks.news(hidden)
    assert not Delivery.objects.exists()


def test_what_one_may_no_longer_read_at_the_moment_of_sending_is_not_sent(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    about = webhooks.news()
    about.state = "suspended"
    about.save()
    assert send_all() == 0
    row = Delivery.objects.get()
    assert (row.state, row.fault, receiver.received) == (DeliveryState.GIVEN_UP, Fault.HIDDEN, [])


def test_a_suspended_organisation_is_told_nothing(db: Any, receiver: Receiver) -> None:
    actor = keeper()
    webhooks.endpoint(receiver.url, keeper=actor)
    webhooks.news()
    actor.organisation.state = "suspended"
    actor.organisation.save()
    webhooks.news()
    assert send_all() == 0
    assert Delivery.objects.count() == 1


def test_an_award_reaches_others_when_it_is_signed_and_no_message_names_a_bid(
    db: Any, receiver: Receiver, frozen_clock: Any
) -> None:
    keepers = {"stranger": keeper()}
    names = [kind.name for kind in kinds.all_kinds()]
    webhooks.endpoint(receiver.url, keeper=keepers["stranger"], kinds=names)
    scene = challenges.Reviewed(frozen_clock).marked()
    keepers |= {"issuer": scene.drafter, "loser": scene.second_bidder}
    for one in (scene.drafter, scene.second_bidder):
        webhooks.endpoint(receiver.url, keeper=factories.actor(one.organisation), kinds=names)
    award = scene.propose(scene.challenge, scene.first)
    with transaction.atomic():  # news that comes too early is not told to whoever may not read the award yet
        outbox.publish(AwardSigned(award.pk, scene.challenge.pk, scene.first.pk, scene.challenge.need_id))
    outbox.deliver_pending()
    asked = Delivery.objects.filter(kind="needs.award_signed").values_list("endpoint__organisation_id", flat=True)
    assert list(asked) == [scene.issuer.pk]
    review.sign_award(actor=scene.second, award_id=award.pk)
    outbox.deliver_pending()
    assert set(asked.all()) == {one.organisation_id for one in keepers.values()}
    send_all(3)
    said = "".join(one.body for one in receiver.received)
    assert "needs.award_signed" in said
    assert not any(str(bid) in said for bid in Bid.objects.values_list("pk", flat=True))


def test_two_workers_send_one_message_once(db: Any, receiver: Receiver, in_threads: Any) -> None:
    webhooks.endpoint(receiver.url)
    webhooks.news()
    pk = Delivery.objects.get().pk
    assert sorted(in_threads(4, lambda _number: services.send(pk))) == [False, False, False, True]
    assert (len(receiver.received), Attempt.objects.count()) == (1, 1)


def test_a_sender_that_lost_its_claim_records_nothing(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    webhooks.news()
    row = Delivery.objects.get()

    def taken_over(handler: Any) -> None:
        Delivery.objects.filter(pk=row.pk).update(claim=uuid.uuid4())
        handler.send_response(500)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        connection.close()

    receiver.answers = [taken_over]
    services.send(row.pk)
    row.refresh_from_db()
    assert (row.state, row.tries, Attempt.objects.count()) == (DeliveryState.PENDING, 0, 0)


def test_what_a_dead_worker_left_is_sent_after_its_lease(db: Any, receiver: Receiver, frozen_clock: Any) -> None:
    webhooks.endpoint(receiver.url)
    webhooks.news()
    Delivery.objects.update(claim=uuid.uuid4(), leased_until=clock.now() + services.LEASE)
    assert send_all() == 0
    frozen_clock.move(seconds=services.LEASE.total_seconds() + 1)
    assert send_all() == 1


def test_one_event_makes_one_message_however_often_it_is_told(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    webhooks.news()
    outbox.models.Delivery.objects.all().delete()
    outbox.models.Event.objects.update(delivered_at=None)
    outbox.deliver_pending()
    assert Delivery.objects.count() == 1


def test_a_busy_endpoint_takes_one_place_and_others_go_on(db: Any, receiver: Receiver) -> None:
    slow = webhooks.endpoint(receiver.url)
    quick = webhooks.endpoint(receiver.url)
    webhooks.news(count=services.PER_SWEEP + 10)
    due = Delivery.objects.filter(pk__in=services.start_due())
    assert {due.filter(endpoint=one).count() for one in (slow, quick)} == {services.PER_SWEEP}
    busy = slow.deliveries.first()
    assert busy is not None
    Delivery.objects.filter(pk=busy.pk).update(claim=uuid.uuid4(), leased_until=clock.now() + services.LEASE)
    free = slow.deliveries.filter(leased_until=None).first()
    assert free is not None
    assert services.send(free.pk) == 0, "another sender is at work for it"
    ping = actions.ping_endpoint(actor=factories.actor(slow.organisation), endpoint_id=slow.pk)
    assert services.send(ping.pk) == 1, "a test goes at once"
    assert services.send(quick.deliveries.first().pk) == services.BATCH


def test_a_sender_takes_many_messages_with_few_statements(db: Any, receiver: Receiver) -> None:
    one = webhooks.endpoint(receiver.url)
    webhooks.news()
    many = webhooks.endpoint(receiver.url)
    alone = one.deliveries.get().pk
    with CaptureQueriesContext(connection) as single:
        assert services.send(alone) == 1
    webhooks.news(count=services.BATCH)
    first = many.deliveries.last()
    assert first is not None
    with CaptureQueriesContext(connection) as batch:
        assert services.send(first.pk) == services.BATCH
    assert len(single) <= 16, [query["sql"] for query in single]
    assert len(batch) <= 12 + 5 * services.BATCH
    ids = Counter(received.headers["webhook-id"] for received in receiver.received)
    assert max(ids.values()) == 1 and len(ids) == services.BATCH + 1
    assert Attempt.objects.filter(status=204, delivery__endpoint=many).count() == services.BATCH
    done = Delivery.objects.filter(endpoint=many)
    assert set(done.values_list("state", "tries", "status", "claim", "due_at")) == {("delivered", 1, 204, None, None)}


def test_few_are_on_their_way_at_once_and_what_a_sender_does_not_get_to_is_free_again(
    db: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH_SECONDS", 0.1)
    webhooks.endpoint(receiver.url)
    webhooks.news(count=10)
    present, most = [0], [0]

    def slow(handler: Any) -> None:
        present[0] += 1
        most[0] = max(most[0], present[0])
        time.sleep(0.3)
        present[0] -= 1
        handler.send_response(204)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers = [slow] * 10
    assert services.send(Delivery.objects.last().pk) == services.AT_ONCE == most[0]
    left = Delivery.objects.filter(state=DeliveryState.PENDING)
    assert set(left.values_list("claim", "leased_until")) == {(None, None)} and left.count() == 6


def test_a_server_that_fails_again_and_again_is_left_in_peace_within_a_batch(db: Any, receiver: Receiver) -> None:
    endpoint = webhooks.endpoint(receiver.url)
    webhooks.news(count=services.BATCH)
    receiver.answers = [500] * services.BATCH
    tried = send_all()
    assert services.QUIET_AFTER <= tried < services.QUIET_AFTER + services.AT_ONCE
    assert tried == len(receiver.received) == Attempt.objects.count()
    endpoint.refresh_from_db()
    assert endpoint.failures == tried and endpoint.resting_until is not None
    assert not Delivery.objects.filter(leased_until__isnull=False).exists()


def test_of_a_batch_only_what_is_still_ones_own_is_recorded(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    webhooks.news(count=3)
    lost = Delivery.objects.all()[1]

    def taken_over(handler: Any) -> None:
        Delivery.objects.filter(pk=lost.pk).update(claim=uuid.uuid4())
        connection.close()
        handler.send_response(204)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answers = [taken_over] * 3
    services.send(Delivery.objects.last().pk)
    assert set(Attempt.objects.values_list("delivery_id", flat=True)).isdisjoint({lost.pk})
    assert Attempt.objects.count() == Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 2


def test_in_a_batch_each_message_is_about_what_one_may_still_read(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    shown, hidden = webhooks.news(count=2), webhooks.news(factories.organisation(), count=2)
    hidden.state = OrganisationState.SUSPENDED
    hidden.save()
    assert send_all() == 2
    assert {json.loads(one.body)["data"]["object_id"] for one in receiver.received} == {str(shown.pk)}
    assert Delivery.objects.filter(fault=Fault.HIDDEN, state=DeliveryState.GIVEN_UP).count() == 2


def test_the_log_cannot_be_rewritten(db: Any, receiver: Receiver) -> None:
    webhooks.endpoint(receiver.url)
    webhooks.news()
    send_all()
    for statement in (
        "UPDATE webhooks_attempt SET status = 200",
        "DELETE FROM webhooks_attempt",
        "UPDATE webhooks_delivery SET body = '{}'",
        "DELETE FROM webhooks_delivery",
        "DELETE FROM webhooks_endpoint",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Attempt.objects.get().status == 204


def test_the_log_is_forgotten_after_its_days(db: Any, receiver: Receiver, frozen_clock: Any, settings: Any) -> None:
    settings.WEBHOOK_LOG_DAYS = 7
    webhooks.endpoint(receiver.url)
    webhooks.news(count=2)
    send_all()
    frozen_clock.move(days=6)
    webhooks.news()
    assert services.forget_old() == 0
    frozen_clock.move(days=2)
    assert services.forget_old() == 2
    assert (Delivery.objects.count(), Attempt.objects.count()) == (1, 0)


def test_secrets_lie_sealed(db: Any, receiver: Receiver) -> None:
    endpoint = webhooks.endpoint(receiver.url)
    stored = Endpoint.objects.get()
    assert endpoint.fresh_secret not in stored.sealed_secret
    assert stored.fresh_secret == ""
    assert len(base64.b64decode(endpoint.fresh_secret.removeprefix("whsec_"))) == 32


def test_every_offered_kind_names_a_model_that_is_visible_by_a_rule_and_a_rest_door(db: Any) -> None:
    reader = queries.reader(factories.organisation())
    assert len(kinds.all_kinds()) > 10
    for kind in kinds.all_kinds():
        assert not policy.visible_to(reader, kind.model).filter(pk=uuid.uuid4()).exists()
        assert kind.link(uuid.uuid4()).startswith("http://localhost:8000/api/v1/")


def test_a_real_worker_delivers_and_goes_on_when_the_receiver_comes_back(
    db: Any, worker: Any, receiver: Receiver
) -> None:
    endpoint = webhooks.endpoint(receiver.url)
    webhooks.news(count=12)
    assert len({one.headers["webhook-id"] for one in receiver.wait(12)}) == 12
    receiver.stop()
    webhooks.news()
    until = time.monotonic() + 40
    while not Attempt.objects.filter(fault=Fault.CONNECTION).exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    worker.kill()
    receiver.start()
    Delivery.objects.filter(state=DeliveryState.FAILED).update(due_at=clock.now())
    worker.start()
    tasks.send_due.delay()
    got = receiver.wait(13)[-1]
    assert json.loads(got.body)["type"] == webhooks.KIND
    assert Webhook(endpoint.fresh_secret).verify(got.body, got.headers)


def test_the_integrators_example_verifies_a_real_message(db: Any, receiver: Receiver) -> None:
    page = (Path(__file__).resolve().parents[3] / "platform/docs/integrators.md").read_text(encoding="utf-8")
    told: dict[str, Any] = {}
    blocks = [block.split("```")[0] for block in page.split("```python\n")[1:]]
    exec(next(block for block in blocks if "hmac" in block), told)
    endpoint = webhooks.endpoint(receiver.url)
    webhooks.news()
    send_all()
    got = receiver.received[0]
    assert told["verify"](endpoint.fresh_secret, got.headers, got.body.encode())
    assert not told["verify"](endpoint.fresh_secret, got.headers, got.body.encode() + b" ")
    assert not told["verify"](
        endpoint.fresh_secret, got.headers | {"webhook-timestamp": "1700000000"}, got.body.encode()
    )
