"""Complaints in free words, counted by meaning; what a person corrects stays; from a cluster to a need."""

from __future__ import annotations

from typing import Any

import pytest

from core.book.models import Body
from core.inbox.models import Notification
from core.search.models import Document
from needs.models import Cluster, Complaint, Need
from needs.tasks.complaint import regroup_complaints
from tests import factories

POWER = ["芯片功耗过高", "主控太费电，手机一天充两次", "SoC 耗电大，电池撑不到晚上", "The chip draws too much power"]
HEAT = ["散热性能不足", "机身烫手，温度降不下来"]
NOISE = ["外机声音太吵", "半夜有异响", "嗡嗡的噪音让人没法睡", "The fan is noisy", "噪声超标"]
DELIVERY = ["交货一拖再拖", "连接器缺货，产线在等", "供货周期翻倍"]


def scene(texts: list[str], api: Any, **more: Any) -> tuple[Any, Any, Any, list[Any]]:
    """A leader with their door, a chain, and firms that complain one text each by REST."""
    leader = factories.actor(factories.organisation())
    chain = factories.chain(leader=leader.organisation)
    firms = []
    for text in texts:
        firm = factories.actor(factories.organisation())
        door = api.as_person(firm.person, firm.organisation)
        body = {"chain": str(chain.pk), "node": str(chain.nodes.last().pk), "text": text} | more
        filed = door.post("complaints/", body)
        assert filed.status_code == 201, api.text(filed)
        firms.append(firm)
    return leader, api.as_person(leader.person, leader.organisation), chain, firms


@pytest.mark.req("R023", whole=True)
@pytest.mark.parametrize(("larger", "smaller"), [(POWER, HEAT), (NOISE, DELIVERY)])
def test_complaints_in_other_words_are_counted_together_and_a_hand_move_stays(
    api: Any, client: Any, larger: list[str], smaller: list[str]
) -> None:
    leader, door, chain, _firms = scene([*larger, *smaller], api)
    found = {one["id"]: one for one in door.get("clusters/").data["results"]}
    assert sorted(one["size"] for one in found.values()) == sorted([len(larger), len(smaller)])
    big, small = sorted(found.values(), key=lambda one: -one["size"])
    assert (big["label"] in " ".join(larger)) and (small["label"] in " ".join(smaller)) and big["firms"] == len(larger)
    members = {one["text"] for one in door.get("complaints/", {"cluster": big["id"]}).data["results"]}
    assert members == set(larger)
    client.sign_in(leader.person, leader.organisation)
    page = client.get("/needs/clusters/").content.decode()
    assert big["label"] in page and small["label"] in page
    page = client.get(f"/needs/clusters/{big['id']}/").content.decode()
    assert all(text in page for text in larger)
    # A wrong member is moved by hand, and stays moved when all are grouped anew.
    wrong = door.get("complaints/", {"cluster": big["id"]}).data["results"][0]
    answer = client.post(f"/needs/complaints/{wrong['id']}/move/", {"cluster": small["id"]})
    assert answer.status_code == 302
    regroup_complaints()
    assert door.post("clusters/regroup/", {"chain_id": str(chain.pk)}).status_code == 200
    late = factories.actor(factories.organisation())
    api.as_person(late.person, late.organisation).post("complaints/", {"chain": str(chain.pk), "text": larger[0]})
    sizes = {one["id"]: one["size"] for one in door.get("clusters/").data["results"]}
    assert sizes == {big["id"]: len(larger), small["id"]: len(smaller) + 1}
    moved = door.get(f"complaints/{wrong['id']}/").data
    assert moved["cluster"] == small["id"] and moved["is_placed_by_hand"]


@pytest.mark.req("R023")
def test_a_cluster_becomes_a_need_and_who_complained_is_told(api: Any, client: Any) -> None:
    leader, door, chain, firms = scene([*POWER, *HEAT], api)
    cluster = Cluster.objects.get(complaints__text=POWER[0])
    client.sign_in(leader.person, leader.organisation)
    form = client.get(f"/needs/clusters/{cluster.pk}/need/").content.decode()
    assert POWER[1] in form
    node = str(chain.nodes.first().pk)
    body = {"title": "低功耗芯片", "node": node, "pain_point": "\n".join(POWER), "demand_side": "rd"}
    made = door.post(f"clusters/{cluster.pk}/turn_into_need/", body)
    assert made.status_code == 201 and made.data["state"] == "draft", api.text(made)
    assert door.post(f"clusters/{cluster.pk}/turn_into_need/", body).data["id"] == made.data["id"]
    assert Need.objects.count() == 1
    told = Notification.objects.filter(kind="complaint_answered").values_list("person", flat=True)
    assert set(told) == {firm.person.pk for firm in firms[:4]}
    assert cluster.label in client.get(f"/needs/{made.data['id']}/").content.decode()
    theirs = api.as_person(firms[0].person, firms[0].organisation)
    assert theirs.get(f"clusters/{cluster.pk}/").data["state"] == "answered"
    assert theirs.post(f"clusters/{cluster.pk}/rename/", {"label": "x"}).status_code == 403
    # Merging and naming by hand, and a need that stands already.
    other = Cluster.objects.get(complaints__text=HEAT[0])
    assert door.post(f"clusters/{other.pk}/rename/", {"label": "散热"}).data["label"] == "散热"
    regroup_complaints()
    other.refresh_from_db()
    assert other.label == "散热" and other.state == "open"
    assert door.post(f"clusters/{cluster.pk}/merge/", {"into": str(other.pk)}).status_code == 409
    linked = door.post(f"clusters/{other.pk}/link_need/", {"need": made.data["id"]})
    assert linked.status_code == 200 and str(linked.data["need"]) == made.data["id"]


def test_words_for_the_leader_alone_reach_nobody_else_and_name_nothing(api: Any, client: Any) -> None:
    secret = "代号凤凰的平台功耗过高"
    _leader, door, chain, firms = scene([secret], api, reach="leader")
    cluster = Cluster.objects.get()
    stranger = factories.actor(factories.organisation())
    theirs = api.as_person(stranger.person, stranger.organisation)
    assert theirs.get(f"clusters/{cluster.pk}/").status_code == 404 and theirs.get("complaints/").data["results"] == []
    theirs.post("complaints/", {"chain": str(chain.pk), "text": POWER[0]})
    seen = theirs.get(f"clusters/{cluster.pk}/")
    assert seen.status_code == 200 and seen.data["size"] == 1 and "凤凰" not in seen.data["label"]
    assert door.get(f"clusters/{cluster.pk}/").data["size"] == 2
    for actor in (stranger, factories.operator()):
        client.sign_in(actor.person, actor.organisation)
        for path in (f"/needs/clusters/{cluster.pk}/", "/needs/complaints/", "/needs/clusters/?export=csv"):
            assert "凤凰" not in client.get(path).content.decode(), path
    assert (
        not Document.objects.filter(text__contains="凤凰").exists()
        and not Document.objects.filter(title__contains="凤凰").exists()
    )
    assert not [one for one in Body.objects.all() if "凤凰" in str(one.content)]
    mine = api.as_person(firms[0].person, firms[0].organisation)
    own = mine.get("complaints/").data["results"]
    assert secret in {one["text"] for one in own}
    pk = Complaint.objects.get(text=secret).pk
    assert theirs.post(f"complaints/{pk}/withdraw/", {}).status_code == 404
    assert mine.post(f"complaints/{pk}/withdraw/", {}).data["state"] == "withdrawn"
    assert door.get(f"clusters/{cluster.pk}/").data["size"] == 1
    assert client.get("/needs/complaints/new/").status_code == 200
    bad = client.post("/needs/complaints/new/", {"chain": str(chain.pk), "text": "", "reach": "members"})
    assert bad.status_code == 422


def test_many_at_once_leave_the_same_clusters(api: Any, in_threads: Any) -> None:
    _leader, door, chain, firms = scene(POWER[:1], api)
    texts = [*POWER[1:], *HEAT]

    def file(at: int) -> int:
        one = api.as_person(firms[0].person, firms[0].organisation)
        return int(one.post("complaints/", {"chain": str(chain.pk), "text": texts[at]}).status_code)

    assert in_threads(len(texts), file) == [201] * len(texts)
    assert sorted(one["size"] for one in door.get("clusters/").data["results"]) == [2, 4]
