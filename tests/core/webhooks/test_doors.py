"""What an organisation's admin does with its webhooks: by page and by REST, and who may not."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from standardwebhooks import Webhook

from core import book, clock
from core.errors import Invalid, NotAllowed, NotFound, Stale, WrongState
from core.webhooks import actions, services
from core.webhooks.models import Delivery, Endpoint
from core.webhooks.states import DELIVERY, ENDPOINT, DeliveryState, EndpointState
from tests import factories
from tests.factories import webhooks
from tests.support.receiver import Receiver

URL = "http://127.0.0.1:9/hook"


def keeper() -> Any:
    return factories.actor(factories.organisation())


def test_every_move_of_an_endpoint_and_a_delivery_is_legal_or_refused() -> None:
    legal = {
        "active": {"pause_endpoint", "disable_endpoint", "delete_endpoint"},
        "paused": {"resume_endpoint", "delete_endpoint"},
        "disabled": {"resume_endpoint", "delete_endpoint"},
        "deleted": set(),
    }
    assert {state: set(ENDPOINT.open_moves(state)) for state in EndpointState.values} == legal
    for state in DeliveryState.values:
        moves = {"deliver", "fail", "give_up"} if state in ("pending", "failed") else set()
        assert set(DELIVERY.open_moves(state)) == moves | {"replay_delivery"}


def test_only_an_admin_of_a_verified_organisation_registers(db: Any) -> None:
    home = factories.organisation()
    for one in (
        factories.actor(home, roles=["member"]),
        factories.actor(home, roles=["signatory", "finance"]),
        factories.actor(factories.organisation(verified=False)),
        factories.actor(),
    ):
        with pytest.raises(NotAllowed):
            webhooks.endpoint(URL, keeper=one)
    assert not Endpoint.objects.exists()


def test_who_keeps_no_webhooks_of_this_organisation_finds_nothing(db: Any) -> None:
    actor = keeper()
    endpoint = webhooks.endpoint(URL, keeper=actor)
    delivery = actions.ping_endpoint(actor=actor, endpoint_id=endpoint.pk)
    others = [keeper(), factories.actor(actor.organisation, roles=["member"]), factories.operator()]
    for other in others:
        for act in (actions.ping_endpoint, actions.pause_endpoint, actions.rotate_secret, actions.delete_endpoint):
            with pytest.raises(NotFound):
                act(actor=other, endpoint_id=endpoint.pk)
        with pytest.raises(NotFound):
            actions.replay_delivery(actor=other, delivery_id=delivery.pk)
        with pytest.raises(NotFound):
            actions.replay_range(actor=other, endpoint_id=endpoint.pk, since=clock.now() - dt.timedelta(days=1))


def test_what_makes_no_sense_is_refused_beside_its_field(db: Any) -> None:
    actor = keeper()
    for field, changes in (
        ("name", {"name": "  "}),
        ("url", {"url": "gopher://x"}),
        ("kinds", {"kinds": []}),
        ("kinds", {"kinds": ["needs.bid_opened"]}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.register_endpoint(actor=actor, **({"name": "ERP", "url": URL, "kinds": [webhooks.KIND]} | changes))
        assert refused.value.field == field
    endpoint = webhooks.endpoint(URL, keeper=actor)
    for hours in (-1, 169):
        with pytest.raises(Invalid):
            actions.rotate_secret(actor=actor, endpoint_id=endpoint.pk, hours=hours)
    with pytest.raises(Invalid):
        actions.replay_range(actor=actor, endpoint_id=endpoint.pk, since=clock.now() + dt.timedelta(hours=1))
    with pytest.raises(WrongState):
        actions.resume_endpoint(actor=actor, endpoint_id=endpoint.pk)


def test_an_organisation_keeps_at_most_twenty(db: Any) -> None:
    actor = keeper()
    for _number in range(actions.MAX_ENDPOINTS):
        last = webhooks.endpoint(URL, keeper=actor)
    with pytest.raises(Invalid):
        webhooks.endpoint(URL, keeper=actor)
    actions.delete_endpoint(actor=actor, endpoint_id=last.pk)
    assert webhooks.endpoint(URL, keeper=actor).pk


def test_a_deleted_webhook_is_erased_and_silent(db: Any, receiver: Receiver) -> None:
    actor = keeper()
    endpoint = webhooks.endpoint(receiver.url, keeper=actor)
    webhooks.news()
    actions.delete_endpoint(actor=actor, endpoint_id=endpoint.pk)
    webhooks.news()
    assert services.start_due() == []
    stored = Endpoint.objects.get()
    assert (stored.sealed_secret, stored.state) == ("", EndpointState.DELETED)
    assert [one.state for one in Delivery.objects.all()] == [DeliveryState.GIVEN_UP]
    with pytest.raises(NotFound):
        actions.ping_endpoint(actor=actor, endpoint_id=endpoint.pk)


def test_paused_news_waits_and_a_test_goes_through(db: Any, receiver: Receiver) -> None:
    actor = keeper()
    endpoint = webhooks.endpoint(receiver.url, keeper=actor)
    actions.pause_endpoint(actor=actor, endpoint_id=endpoint.pk)
    webhooks.news()
    actions.ping_endpoint(actor=actor, endpoint_id=endpoint.pk)
    assert [services.send(pk) for pk in services.start_due()] == [True]
    assert json.loads(receiver.received[0].body)["type"] == "webhooks.ping"
    actions.resume_endpoint(actor=actor, endpoint_id=endpoint.pk)
    assert [services.send(pk) for pk in services.start_due()] == [True]
    assert [row.operation for row in book.timeline(endpoint)] == [
        "resume_endpoint", "ping_endpoint", "pause_endpoint", "register_endpoint",
    ]  # fmt: skip


def test_everything_since_a_moment_is_replayed_or_only_what_never_arrived(
    db: Any, receiver: Receiver, frozen_clock: Any
) -> None:
    actor = keeper()
    endpoint = webhooks.endpoint(receiver.url, keeper=actor)
    webhooks.news(count=2)
    frozen_clock.move(hours=2)
    since = clock.now() - dt.timedelta(hours=1)
    webhooks.news(count=3)
    receiver.answers = [204] * 4 + [500]
    for pk in list(services.start_due()):
        services.send(pk)
    frozen_clock.move(seconds=1)
    assert actions.replay_range(actor=actor, endpoint_id=endpoint.pk, since=since) == 1
    again = actions.replay_range(actor=actor, endpoint_id=endpoint.pk, since=since, is_everything=True)
    assert again == 3
    assert sum(services.send(pk) for pk in services.start_due()) == 3
    ids = [one.headers["webhook-id"] for one in receiver.received]
    assert (len(ids), len(set(ids))) == (8, 5)
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}


def test_an_older_edit_is_refused(db: Any) -> None:
    actor = keeper()
    endpoint = webhooks.endpoint(URL, keeper=actor)
    actions.edit_endpoint(actor=actor, endpoint_id=endpoint.pk, changes={"name": "PLM"}, version=1)
    with pytest.raises(Stale):
        actions.edit_endpoint(actor=actor, endpoint_id=endpoint.pk, changes={"name": "MES"}, version=1)


def test_the_whole_life_by_rest_as_a_machine(api: Any, receiver: Receiver) -> None:
    from core.accounts import actions as accounts

    actor = keeper()
    machine = accounts.create_client(
        actor=actor, organisation_id=actor.organisation_id, name="ERP", scopes=["webhooks:read", "webhooks:write"], roles=["admin"]
    )  # fmt: skip
    door = api.as_machine(machine)
    offered = {one["name"]: one for one in door.get("webhook-kinds/").json()}
    assert offered["needs.need_published"] == {
        "name": "needs.need_published", "words": "需求已发布", "object_type": "needs.need"
    }  # fmt: skip
    sent = {"name": "ERP", "url": receiver.url, "kinds": [webhooks.KIND]}
    made = door.post("webhook-endpoints/", sent, key="k1")
    assert made.status_code == 201, api.text(made)
    secret, pk, etag = made.data["secret"], made.data["id"], made.headers["ETag"]
    assert secret.startswith("whsec_")
    again = door.post("webhook-endpoints/", sent, key="k1")
    assert (again.data["id"], again.data["secret"]) == (pk, ""), "the same key makes no second one and tells no secret"
    assert door.get(f"webhook-endpoints/{pk}/").data["secret"] == ""
    assert door.patch(f"webhook-endpoints/{pk}/", {"name": "PLM"}, etag=etag).data["name"] == "PLM"
    ping = door.post(f"webhook-endpoints/{pk}/ping/")
    assert ping.status_code == 202, api.text(ping)
    services.send(ping.data["id"])
    log = door.get("webhook-deliveries/", {"endpoint": pk, "state": "delivered"}).data["results"]
    assert [one["kind"] for one in log] == ["webhooks.ping"]
    whole = door.get(f"webhook-deliveries/{ping.data['id']}/").data
    assert [(one["status"], one["fault"]) for one in whole["attempts"]] == [(204, "")]
    assert door.post(f"webhook-deliveries/{ping.data['id']}/replay/").data["state"] == "pending"
    rotated = door.post(f"webhook-endpoints/{pk}/rotate_secret/", {"hours": 0})
    services.send(ping.data["id"])
    got = receiver.received[-1]
    assert Webhook(rotated.data["secret"]).verify(got.body, got.headers)
    since = (clock.now() - dt.timedelta(days=1)).isoformat()
    replayed = door.post(f"webhook-endpoints/{pk}/replay/", {"since": since, "is_everything": True})
    assert (replayed.status_code, replayed.data) == (202, {"messages": 1})
    assert door.post(f"webhook-endpoints/{pk}/pause/").data["open_operations"] == ["resume_endpoint", "delete_endpoint"]
    assert door.post(f"webhook-endpoints/{pk}/resume/").data["state"] == "active"
    assert door.post(f"webhook-endpoints/{pk}/delete/").status_code == 200
    assert door.get(f"webhook-endpoints/{pk}/").status_code == 404
    bad = door.post("webhook-endpoints/", sent | {"url": "ftp://x", "kinds": ["nothing"]})
    assert (bad.status_code, bad.json()["errors"].keys()) == (422, {"url"})
    clerk = accounts.create_client(
        actor=actor, organisation_id=actor.organisation_id, name="BI", scopes=["webhooks:read", "webhooks:write"], roles=[]
    )  # fmt: skip
    assert api.as_machine(clerk).post("webhook-endpoints/", sent).status_code == 403
    assert api.as_machine(machine, scope="webhooks:read").post("webhook-endpoints/", sent).status_code == 403
    assert api.as_stranger().get("webhook-endpoints/").status_code == 401


def test_the_whole_life_by_page(client: Any, receiver: Receiver) -> None:
    actor = keeper()
    client.sign_in(actor.person, actor.organisation)
    assert "还没有推送地址" in client.get("/webhooks/").content.decode()
    sent = {"name": "工厂 ERP", "url": receiver.url, "kinds": [webhooks.KIND, "needs.need_published"]}
    wrong = client.post("/webhooks/new/", sent | {"url": "ftp://x"})
    assert wrong.status_code == 422
    assert "工厂 ERP" in wrong.content.decode()
    page = client.post("/webhooks/new/", sent)
    endpoint = Endpoint.objects.get()
    secret = services.keys_of(endpoint, clock.now())[0]
    assert secret in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    own = f"/webhooks/{endpoint.pk}/"
    assert secret not in client.get(own).content.decode()
    tested = client.post(f"{own}ping/")
    delivery = Delivery.objects.get()
    assert tested.headers["Location"] == f"/webhooks/messages/{delivery.pk}/"
    receiver.answers = [503]
    services.send(delivery.pk)
    shown = client.get(tested.headers["Location"]).content.decode()
    assert "503" in shown and str(delivery.pk) in shown and "webhooks.ping" in shown
    client.post(f"/webhooks/messages/{delivery.pk}/replay/")
    services.send(delivery.pk)
    assert len(receiver.received) == 2
    rows = client.get(f"{own}?file=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and str(delivery.pk) in rows[1] and "204" in rows[1]
    assert "没有符合的行" not in client.get(f"{own}?state=delivered&sort=-took_ms").content.decode()
    rotated = client.post(f"{own}secret/", {"hours": "24"}).content.decode()
    assert services.keys_of(Endpoint.objects.get(), clock.now())[0] in rotated
    for step, state in (("pause", "paused"), ("resume", "active")):
        assert client.post(f"{own}{step}/").status_code == 302
        endpoint.refresh_from_db()
        assert endpoint.state == state
    client.post(f"{own}edit/", sent | {"name": "MES", "kinds": [webhooks.KIND]})
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.kinds) == ("MES", [webhooks.KIND])
    assert client.post(f"{own}replay/", {"since": "2020-01-01T00:00:00", "is_everything": "on"}).status_code == 302
    assert client.post(f"{own}delete/").headers["Location"] == "/webhooks/"
    assert client.get(own).status_code == 404


def test_pages_are_for_admins(client: Any) -> None:
    home = factories.organisation()
    endpoint = webhooks.endpoint(URL, keeper=factories.actor(home))
    assert client.get("/webhooks/").status_code == 302
    client.sign_in(factories.member(home, roles=["member"]), home)
    refused = client.get("/webhooks/")
    assert refused.status_code == 403
    assert "已认证组织的管理员" in refused.content.decode()
    assert client.get(f"/webhooks/{endpoint.pk}/").status_code == 404
    assert client.get("/").content.decode().count("/webhooks/") == 0
