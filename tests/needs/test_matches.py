"""What fits a need: ranked with the reason, across chains by choice, dismissed for good, and invited (R121)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chains.actions import add_machine
from core.inbox.models import Notification, Task
from needs.actions.result import measure_result
from tests import factories
from tests.factories import needs as make
from tests.factories import offers, results


@pytest.mark.req("R121", whole=True)
@pytest.mark.parametrize(
    ("title", "pain", "found", "text", "value", "tag"),
    [
        ("车载毫米波雷达探测距离不足", "雨雾天毫米波雷达探测距离短，误报多。", "毫米波雷达射频芯片", "面向毫米波雷达的射频芯片，探测距离远。", "260", "1/1"),
        ("座舱语音识别在噪声下失灵", "高速行驶噪声大，语音识别率低。", "噪声环境语音识别模型", "噪声下的语音识别芯片与模型。", "180", "0/1"),
    ],
)  # fmt: skip
def test_a_need_finds_candidates_across_chains_with_the_reason_until_that_is_switched_off(
    api: Any, client: Any, title: str, pain: str, found: str, text: str, value: str, tag: str
) -> None:
    cars, chips = factories.chain("汽车产业链"), factories.chain("电子信息产业链")
    third = factories.chain("纺织产业链")
    owner = factories.actor(factories.organisation(kinds=["large_firm"]))
    spec = {
        "name": "有效距离",
        "kind": "threshold",
        "operator": "ge",
        "target": "200",
        "unit": "m",
        "method": "实测",
        "is_must": True,
    }
    need, owner, _others = make.published(
        owner, title=title, pain_point=pain, chain=cars, indicators=[spec], affected_users="驾驶员"
    )
    away, maker = results.published(title=found, text=text, node=chips.nodes.first().pk)
    measure_result(
        actor=maker,
        result_id=away.pk,
        name="有效距离",
        direction="higher",
        value=Decimal(value),
        unit="m",
        environment="field",
        source="路试",
    )
    near, _own = results.capability(title=f"{title[:6]}测试", text=pain, nodes=[cars.nodes.first().pk])
    both, _maker = results.capability(
        title=f"{found}设计", text=text, nodes=[third.nodes.first().pk, cars.nodes.first().pk]
    )
    results.published(title="涤纶少水染色", text="超临界二氧化碳染色", node=third.nodes.first().pk)
    door = api.as_person(owner.person, owner.organisation)

    rows = {row["title"].split(" ", 1)[-1]: row for row in door.get(f"needs/{need.pk}/matches/").data["found"]}
    assert set(rows) == {found, str(near), str(both)}
    assert rows[found]["is_across"] and rows[found]["words"]
    assert not rows[str(near)]["is_across"] and not rows[str(both)]["is_across"], (
        "what belongs to both chains is at home in both"
    )
    assert [(one["value"], one["outcome"]) for one in rows[found]["indicators"]] == [
        (f"{value} m", "met" if tag == "1/1" else "missed")
    ]
    page = client.sign_in(owner.person, owner.organisation).get(f"/needs/{need.pk}/matches/").content.decode()
    assert found in page and "跨链" in page and f"{value} m" in page
    assert found in client.get(f"/needs/{need.pk}/").content.decode()
    off = client.get(f"/needs/{need.pk}/matches/?across=no").content.decode()
    assert found not in off.replace(str(both), "") and str(near) in off and "跨链</span>" not in off
    assert {row["title"] for row in door.get(f"needs/{need.pk}/matches/", {"across": "no"}).data["found"]} == {
        str(near),
        str(both),
    }
    assert door.get(f"needs/{need.pk}/matches/", {"across": "maybe"}).status_code == 400

    # The other way round: the maker sees the need on its result, with the same figures.
    other = api.as_person(maker.person, maker.organisation)
    (back,) = other.get(f"results/{away.pk}/matches/").data["found"]
    assert back["object_id"] == str(need.pk) and back["is_across"] and back["indicators"][0]["value"] == f"{value} m"
    assert title in client.sign_in(maker.person, maker.organisation).get(f"/needs/results/{away.pk}/").content.decode()

    # It does not fit, says the maker: the pair is gone from the result's side for the maker alone, and comes back.
    doing = f"/needs/{need.pk}/matches/{away.pk}/"
    assert "/dismiss/" in client.get(f"/needs/results/{away.pk}/").content.decode()
    sent = client.post(f"{doing}dismiss/", {"reason": "产能已满"})
    assert sent["Location"].startswith(f"/needs/results/{away.pk}/")
    assert other.get(f"results/{away.pk}/matches/").data["found"] == []
    assert "产能已满" in client.get(f"/needs/results/{away.pk}/").content.decode()
    assert found in {row["title"].split(" ", 1)[-1] for row in door.get(f"needs/{need.pk}/matches/").data["found"]}
    (mine,) = other.get("match-dismissals/").data["results"]
    back = client.post(f"/needs/dismissals/{mine['id']}/restore/")
    assert back["Location"].startswith(f"/needs/results/{away.pk}/")
    assert len(other.get(f"results/{away.pk}/matches/").data["found"]) == 1

    # Invited: a task and a notice; the answer reaches the owner.
    assert other.post(f"needs/{need.pk}/invite_solver/", {"object_id": str(near.pk)}).status_code == 403
    client.sign_in(owner.person, owner.organisation)
    sent = client.post(f"/needs/{need.pk}/matches/{away.pk}/invite/", {"message": "请来看看"})
    assert sent.status_code == 302, sent.content.decode()
    assert door.post(f"needs/{need.pk}/invite_solver/", {"object_id": str(away.pk)}).status_code == 422
    assert Task.objects.get(kind="answer_solving").organisation == maker.organisation
    # Whoever is in touch already is neither proposed as a match nor invited once more.
    twice = {"need": str(need.pk), "organisation": str(maker.organisation_id)}
    assert door.post("pairings/", twice).status_code == 422
    assert door.post("pairings/", twice | {"organisation": str(both.owner_id)}).status_code == 201
    assert door.post(f"needs/{need.pk}/invite_solver/", {"object_id": str(both.pk)}).status_code == 422
    assert Notification.objects.filter(kind="solver_invited", person=maker.person).count() == 1
    (asked,) = other.get("solver-invitations/").data["results"]
    assert asked["open_moves"] == ["accept_solving", "decline_solving"] and asked["message"] == "请来看看"
    assert door.post(f"solver-invitations/{asked['id']}/accept/").status_code == 403
    assert other.post(f"solver-invitations/{asked['id']}/accept/", {"answer": "可以"}).data["state"] == "accepted"
    assert Task.objects.get(kind="answer_solving").state == "done"
    assert Notification.objects.filter(kind="solver_answered", person=owner.person).exists()

    # Dismissed with a reason it stays away, for one's own organisation alone; taken back it shows again.
    assert client.post(f"/needs/{need.pk}/matches/{near.pk}/dismiss/", {"reason": ""}).status_code == 422
    assert client.post(f"/needs/{need.pk}/matches/{near.pk}/dismiss/", {"reason": "只做台架"}).status_code == 302
    assert str(near) not in {row["title"] for row in door.get(f"needs/{need.pk}/matches/").data["found"]}
    assert str(near) in {row["title"] for row in other.get(f"needs/{need.pk}/matches/").data["found"]}
    assert "只做台架" in client.get(f"/needs/{need.pk}/matches/").content.decode()
    (gone,) = door.get("match-dismissals/").data["results"]
    assert other.get("match-dismissals/", {"restored_at__isnull": "true"}).data["results"] == []
    assert door.post(f"match-dismissals/{gone['id']}/restore/").status_code == 200
    assert str(near) in {row["title"] for row in door.get(f"needs/{need.pk}/matches/").data["found"]}

    # A need that concerns the other chain as well is at home there, too.
    assert door.post(f"needs/{need.pk}/set_chains/", {"other_nodes": [str(away.node_id)]}).status_code == 200
    home = {
        row["title"].split(" ", 1)[-1]: row
        for row in door.get(f"needs/{need.pk}/matches/", {"across": "no"}).data["found"]
    }
    assert not home[found]["is_across"]


@pytest.mark.req("R121", "R048")
@pytest.mark.parametrize(("count", "people"), [(2, "焊接工艺专家两名"), (5, "五人焊接团队")])
def test_people_and_machines_match_a_need_beside_results_and_are_invited(
    api: Any, client: Any, count: int, people: str
) -> None:
    chain = factories.chain("装备产业链")
    node = chain.nodes.first()
    need, owner, _others = make.published(
        title="铝合金激光焊接气孔多", pain_point="激光焊接铝合金气孔率高。", chain=chain
    )
    maker = factories.actor(factories.organisation("焊机厂"))
    machine = add_machine(actor=maker, name="铝合金激光焊接机", maker="焊机厂", count=count, node_id=node.pk)
    offered, lender = offers.offer(node=node, kind="talent", title=people, text="铝合金激光焊接气孔控制。")
    offers.offer(node=node, kind="talent", direction="request", title="求焊接气孔专家", text="铝合金激光焊接气孔控制。")
    results.published(title="激光焊接气孔抑制", text="铝合金激光焊接的气孔抑制方法。", node=node.pk)
    door = api.as_person(owner.person, owner.organisation)
    found = door.get(f"needs/{need.pk}/matches/").data
    assert found["groups"] == {"result": 1, "equipment": 1, "people": 1}, found
    assert {row["object_id"] for row in found["found"] if row["group"] != "result"} == {
        str(machine.pk),
        str(offered.pk),
    }
    only = door.get(f"needs/{need.pk}/matches/", {"group": "people"}).data["found"]
    assert [row["title"].split(" ", 1)[1] for row in only] == [people] and only[0]["words"]
    assert door.get(f"needs/{need.pk}/matches/", {"group": "horses"}).status_code == 400
    client.sign_in(owner.person, owner.organisation)
    page = client.get(f"/needs/{need.pk}/matches/?group=equipment").content.decode()
    assert "铝合金激光焊接机" in page and people not in page and "设备 1" in page and "人才 1" in page
    invited = client.post(f"/needs/{need.pk}/matches/{offered.pk}/invite/", {"message": "请来"})
    assert invited.status_code == 302
    assert Task.objects.filter(kind="answer_solving", organisation=lender.organisation, state="open").count() == 1
    client.post(f"/needs/{need.pk}/matches/{machine.pk}/dismiss/", {"reason": "功率不足"})
    assert door.get(f"needs/{need.pk}/matches/").data["groups"] == {"result": 1, "people": 1}
