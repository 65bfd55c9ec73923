"""Resources of four kinds: offered, asked for, and flowing once both sides agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.inbox.models import Task
from core.search import queries as search
from needs.models import Flow, Offer
from tests import factories
from tests.factories import offers

KINDS = ["technology", "talent", "data", "capital"]


def body(node: Any, **fields: Any) -> dict[str, Any]:
    return {
        "direction": "offer", "kind": "data", "title": "路试数据", "text": "冬季路试", "terms": "一年", "node": str(node.pk),
    } | fields  # fmt: skip


def two_sides() -> tuple[Any, list[Any], Any, Any]:
    chain = factories.chain()
    nodes = list(chain.nodes.order_by("order"))
    return chain, nodes, factories.actor(factories.organisation()), factories.actor(factories.organisation())


def test_a_flow_needs_both_sides_and_is_told_to_each(api: Any, client: Any) -> None:
    _chain, nodes, giver, taker = two_sides()
    from_giver, from_taker = (api.as_person(one.person, one.organisation) for one in (giver, taker))
    made = from_giver.post("offers/", body(nodes[0]))
    assert made.status_code == 201, api.text(made)
    offer = made.data["id"]
    wrong = from_taker.post("offers/", body(nodes[2], direction="request", kind="talent")).data["id"]
    asked = from_taker.post("offers/", body(nodes[2], direction="request")).data["id"]
    propose = {"counterpart": offer, "agreement": "数据使用协议 2026-7", "starts_on": str(clock.today())}
    assert from_taker.post(f"offers/{wrong}/propose_flow/", propose).status_code == 422, "another kind"
    assert from_giver.post(f"offers/{asked}/propose_flow/", propose).status_code == 403, "not one's own"
    assert from_taker.post(f"offers/{asked}/propose_flow/", propose | {"agreement": ""}).status_code == 400
    flow = from_taker.post(f"offers/{asked}/propose_flow/", propose)
    assert flow.status_code == 201 and flow.data["state"] == "proposed", api.text(flow)
    assert flow.data["direction"] == "down" and flow.data["giver"]["id"] == str(giver.organisation_id)
    again = from_taker.post(f"offers/{asked}/propose_flow/", propose)
    assert again.status_code == 422 and "counterpart" in again.data["errors"]
    pk = flow.data["id"]
    assert Task.objects.get(key=f"answer_flow:{pk}").organisation_id == giver.organisation_id
    assert from_taker.post(f"flows/{pk}/accept/", {}).status_code == 403, (
        "the proposing side does not agree for the other"
    )
    stranger = factories.actor(factories.organisation())
    other = api.as_person(stranger.person, stranger.organisation)
    assert other.get(f"flows/{pk}/").status_code == 404, "a proposal is between two"
    client.sign_in(giver.person, giver.organisation)
    page = client.get(f"/needs/offers/flows/{pk}/").content.decode()
    assert "数据使用协议 2026-7" in page and f"/needs/offers/flows/{pk}/accept/" in page
    assert client.post(f"/needs/offers/flows/{pk}/accept/").status_code == 302
    assert from_taker.get(f"flows/{pk}/").data["state"] == "recorded"
    assert Task.objects.get(key=f"answer_flow:{pk}").state == "done"
    assert Offer.objects.get(pk=offer).state == "taken"
    assert other.get(f"flows/{pk}/").data["agreement"] == "数据使用协议 2026-7", "between two that all members read"
    assert from_giver.post(f"flows/{pk}/accept/", {}).status_code == 409


def test_changed_terms_void_a_proposal_and_declining_leaves_both_open(api: Any) -> None:
    _chain, nodes, giver, taker = two_sides()
    from_giver, from_taker = (api.as_person(one.person, one.organisation) for one in (giver, taker))
    offer, _owner = offers.offer(giver, node=nodes[0])
    asked, _owner = offers.offer(taker, node=nodes[1], direction="request")
    pk = from_giver.post(f"offers/{offer.pk}/propose_flow/", {"counterpart": str(asked.pk), "agreement": "A"}).data[
        "id"
    ]
    etag = from_giver.get(f"offers/{offer.pk}/").headers["ETag"]
    changed = from_giver.patch(f"offers/{offer.pk}/", {"terms": "三倍价格"}, etag=etag)
    assert changed.status_code == 200 and changed.data["terms"] == "三倍价格", api.text(changed)
    assert from_giver.patch(f"offers/{offer.pk}/", {"terms": "x"}, etag=etag).status_code == 412
    stale = from_taker.post(f"flows/{pk}/accept/", {})
    assert stale.status_code == 412, api.text(stale)
    declined = from_taker.post(f"flows/{pk}/decline/", {"reason": "太贵"})
    assert declined.status_code == 200 and declined.data["state"] == "declined"
    assert {one.state for one in Offer.objects.all()} == {"open"}
    second = from_giver.post(f"offers/{offer.pk}/propose_flow/", {"counterpart": str(asked.pk), "agreement": "B"})
    assert second.status_code == 201, "after a no one may propose again"
    gone = from_giver.post(f"offers/{offer.pk}/withdraw/", {"reason": "已售出"})
    assert gone.status_code == 200 and gone.data["state"] == "withdrawn"
    assert Flow.objects.get(pk=second.data["id"]).state == "withdrawn"
    assert not Task.objects.filter(kind="answer_flow", state="open").exists()


def test_what_is_for_chosen_readers_is_nowhere_for_others(api: Any, client: Any) -> None:
    _chain, nodes, giver, taker = two_sides()
    stranger = factories.actor(factories.organisation())
    chosen = {"reach": "chosen", "title": "机密工艺参数", "kind": "technology"}
    none = api.as_person(giver.person, giver.organisation).post("offers/", body(nodes[0], **chosen))
    assert none.status_code == 422 and "readers" in none.data["errors"]
    row = api.as_person(giver.person, giver.organisation).post(
        "offers/", body(nodes[0], **chosen, readers=[str(taker.organisation_id)])
    )
    pk = row.data["id"]
    client.sign_in(stranger.person, stranger.organisation)
    for address in ("/needs/offers/", "/needs/offers/?file=csv", "/search/?q=工艺", f"/chains/{nodes[0].chain_id}/"):
        assert "机密工艺参数" not in client.get(address).content.decode()
    assert client.get(f"/needs/offers/{pk}/").status_code == 404
    assert api.as_person(stranger.person, stranger.organisation).get("offers/").data["results"] == []
    assert not search.search(stranger, "机密工艺参数").exists() and search.search(taker, "机密工艺参数").exists()
    flow = offers.recorded(
        giver, taker, nodes[0], nodes[2], reach="chosen", readers=[taker.organisation_id, giver.organisation_id]
    )
    assert client.get(f"/needs/offers/flows/{flow.pk}/").status_code == 404
    client.sign_out()
    client.sign_in(taker.person, taker.organisation)
    assert "机密工艺参数" in client.get("/needs/offers/?q=工艺参数").content.decode()


def test_one_offer_is_taken_once_and_a_repeatable_one_stays(api: Any, in_threads: Any) -> None:
    from needs.actions import offer as actions

    _chain, nodes, giver, _taker = two_sides()
    for is_repeatable, wanted in ((False, 1), (True, 3)):
        given, _owner = offers.offer(giver, node=nodes[0], is_repeatable=is_repeatable)
        flows = []
        for _number in range(3):
            asked, taker = offers.offer(node=nodes[2], direction="request")
            flows.append(actions.propose_flow(actor=taker, offer_id=asked.pk, counterpart=given.pk, agreement="A"))
        in_threads(3, lambda n, flows=flows: actions.accept_flow(actor=giver, flow_id=flows[n].pk))
        assert Flow.objects.filter(offer=given, state="recorded").count() == wanted
        given.refresh_from_db()
        assert given.state == ("open" if is_repeatable else "taken")


def test_the_form_keeps_what_was_typed_and_names_what_is_wrong(client: Any) -> None:
    _chain, nodes, giver, _taker = two_sides()
    client.sign_in(giver.person, giver.organisation)
    yesterday = clock.today() - dt.timedelta(days=1)
    sent = body(nodes[0]) | {
        "terms": "",
        "open_until": yesterday.isoformat(),
        "reach": "members",
        "title": "留下的标题",
    }
    answer = client.post("/needs/offers/new/", sent)
    assert answer.status_code == 422 and "留下的标题" in answer.content.decode() and not Offer.objects.exists()
    done = client.post("/needs/offers/new/", sent | {"terms": "一年", "open_until": ""})
    assert done.status_code == 302, done.content.decode()[:500]
    row = Offer.objects.get()
    first = client.get(f"/needs/offers/{row.pk}/edit/").content.decode()
    assert 'name="version" value="1"' in first
    edit = {name: sent[name] for name in ("title", "text", "reach")} | {"terms": "两年", "version": "1"}
    assert client.post(f"/needs/offers/{row.pk}/edit/", edit).status_code == 302
    late = client.post(f"/needs/offers/{row.pk}/edit/", edit | {"terms": "三年"})
    assert late.status_code == 412 and "三年" in late.content.decode(), "no silent overwrite"
    row.refresh_from_db()
    assert row.terms == "两年"


@pytest.mark.req("R003", whole=True)
@pytest.mark.parametrize("counts", [(1, 1, 1, 1), (2, 0, 3, 1)])
def test_offers_of_each_kind_accepted_for_requests_are_the_flows_of_the_map(
    api: Any, client: Any, counts: tuple[int, ...]
) -> None:
    chain, nodes, giver, taker = two_sides()
    from_giver, from_taker = (api.as_person(one.person, one.organisation) for one in (giver, taker))
    client.sign_in(giver.person, giver.organisation)
    for kind, count in zip(KINDS, counts, strict=True):
        for _number in range(count):
            given = from_giver.post("offers/", body(nodes[0], kind=kind, amount="500000.00")).data
            asked = from_taker.post("offers/", body(nodes[2], kind=kind, direction="request")).data
            assert (given["owner"]["id"], given["terms"], given["reach"]) == (
                str(giver.organisation_id),
                "一年",
                "members",
            )
            flow = from_taker.post(
                f"offers/{asked['id']}/propose_flow/", {"counterpart": given["id"], "agreement": "A-1"}
            )
            assert client.post(f"/needs/offers/flows/{flow.data['id']}/accept/").status_code == 302
    # One flow that runs the other way, and one that only its two parties may know of.
    offers.recorded(taker, giver, nodes[2], nodes[0], kind="talent", title="驻厂工程师")
    offers.recorded(
        giver, taker, nodes[0], nodes[2], reach="chosen", readers=[giver.organisation_id, taker.organisation_id]
    )
    total = sum(counts)
    stranger = factories.actor(factories.organisation())
    theirs = api.as_person(stranger.person, stranger.organisation)
    shown = theirs.get("flows/map/", {"chain": str(chain.pk)}).data
    assert shown["total"] == total + 1 and shown["by_direction"] == {"down": total, "up": 1, "level": 0, "across": 0}
    down = theirs.get("flows/map/", {"chain": str(chain.pk), "direction": "down"}).data
    assert down["total"] == total and tuple(down["by_kind"][kind] for kind in KINDS) == counts
    assert sum(edge["count"] for edge in down["edges"]) == total
    assert {edge["from_node"]["id"] for edge in down["edges"]} == {str(nodes[0].pk)}
    assert from_giver.get("flows/map/", {"chain": str(chain.pk)}).data["total"] == total + 2
    recorded = theirs.get("flows/", {"state": "recorded", "kind": "technology"}).data["results"]
    assert len(recorded) == counts[0]
    for row in recorded:
        ends = (row["from_node"]["id"], row["to_node"]["id"])
        assert ends == (str(nodes[0].pk), str(nodes[2].pk))
        assert row["agreement"] == "A-1" and row["starts_on"] == str(clock.today()) and row["recorded_at"]
    client.sign_out()
    client.sign_in(stranger.person, stranger.organisation)
    for asked, number in (
        ({}, total + 1),
        ({"direction": "down"}, total),
        ({"kind": "data"}, counts[2]),
        ({"direction": "up"}, 1),
    ):
        listed = client.get(f"/needs/offers/map/{chain.pk}/", asked | {"file": "csv"}).content.decode("utf-8-sig")
        assert len(listed.splitlines()) - 1 == number, asked
        page = client.get(f"/needs/offers/map/{chain.pk}/", asked).content.decode()
        assert f"{number} 次已记录的流动" in page, asked
