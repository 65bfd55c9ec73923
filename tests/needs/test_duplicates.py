"""Research that is done twice is found, and nothing of it is told to those who may not read it (R106)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chains.models import ChainNode
from core import checks
from core.checks.actions import change_threshold
from core.checks.models import Alert
from core.inbox.models import Task
from needs.models import Need, SimilarPair
from needs.queries.duplicate import alike_enough, group_of, of_object, related_to
from needs.services import need as services
from needs.services.duplicate import compare_changed
from needs.tasks.duplicate import compare_submitted, find_duplicates
from tests import factories
from tests.factories import needs as make

CALLS = [json.loads(line) for line in Path("needs/data/public_calls.jsonl").read_text().splitlines()]
BARRIER: dict[str, Any] = {
    "name": "氧气透过率", "kind": "threshold", "operator": "le", "target": "1", "unit": "cm3/m2", "method": "GB/T 1038"
}  # fmt: skip
FILMS = [
    ("可降解高阻隔包装膜", "食品软包装需要可降解高阻隔包装膜，替代铝塑复合膜，阻隔氧气和水汽。秘方甲：聚乙醇酸涂层。"),
    (
        "高阻隔可降解食品包装膜研发",
        "可降解包装膜的氧气阻隔不足，希望研发高阻隔可降解薄膜替代铝箔。秘方乙：纳米蒙脱土。",
    ),
    ("全生物降解高阻隔薄膜用于食品包装", "食品包装用可降解薄膜阻隔性差，需高阻隔且可降解。秘方丙：等离子镀氧化硅。"),
]
CELLS = [
    ("十五分钟快充动力电池", "电动汽车充电慢，需要15分钟充至80%的快充动力电池电芯。秘方甲：硅碳负极。"),
    ("动力电池15分钟快充电芯", "用户嫌充电慢，希望电芯15分钟快充，循环寿命不降。秘方乙：多孔涂层。"),
    (
        "Traction battery cell that fast-charges in 15 minutes",
        "Charging of electric vehicles is slow; fast charging 15 min. Secret C.",
    ),
]


def filed(title: str, text: str, node: Any, indicators: Any = (), **fields: Any) -> tuple[Need, Any]:
    """A need that its owner has published; the way there is another test's."""
    from needs.actions import need as actions

    need, owner = make.draft(
        title=title, pain_point=text, affected_users=title, chain=node.chain, node=node.pk, **fields
    )
    for one in indicators:
        actions.define_indicator(actor=owner, need_id=need.pk, **make.decimals(one))
    Need.objects.filter(pk=need.pk).update(state="published")
    need.refresh_from_db()
    services.index_need(need)
    return need, owner


@pytest.mark.req("R106", "A36", whole=True)
@pytest.mark.parametrize(
    ("texts", "indicator", "unrelated", "kind", "budgets", "saving"),
    [
        (FILMS, BARRIER, ("高速包装机械伺服控制", "包装机械封口速度低，伺服系统同步误差大，换产慢。"), "merge", (3000000, 5000000, 2000000), "5000000.00"),
        (CELLS, make.CHARGING, ("充电桩外壳防腐涂料", "充电桩在沿海地区外壳锈蚀，需要耐盐雾涂料。"), "race", (4000000, 1000000, 1000000), "1400000.00"),
    ],
)  # fmt: skip
def test_three_who_research_the_same_learn_of_each_other_and_nothing_secret(
    api: Any, client: Any, texts: Any, indicator: Any, unrelated: Any, kind: str, budgets: Any, saving: str
) -> None:
    lead = factories.actor(factories.organisation("轻工链主"))
    chain = factories.chain("轻工产业链", leader=lead.organisation)
    node = chain.nodes.first()
    other_node = ChainNode.objects.create(chain=chain, name="装备制造", tier="midstream", order=7)
    filed_by = [filed(*text, node, [indicator], confidentiality="restricted") for text in texts]
    apart, apart_owner = filed(*unrelated, other_node)
    for need, _owner in [*filed_by, (apart, None)]:
        compare_submitted(object_id=str(need.pk))

    # Each sees that there are two more, and nothing of what they say; what is unrelated is not flagged.
    doors = [api.as_person(owner.person, owner.organisation) for _need, owner in filed_by]
    for place, (need, owner) in enumerate(filed_by):
        page = client.sign_in(owner.person, owner.organisation).get(f"/needs/{need.pk}/").content.decode()
        assert "2 个相似项目" in page
        seen = (
            page
            + client.get("/needs/similar/").content.decode()
            + client.get("/needs/similar/?file=csv").content.decode()
        )
        seen += str(doors[place].get("similar-pairs/").data)
        for other, (other_need, other_owner) in enumerate(filed_by):
            if other != place:
                secret = texts[other][1].split("：")[-1]
                assert secret not in seen and texts[other][0] not in seen
                assert other_owner.organisation.name not in seen and str(other_need.pk) not in seen
        rows = doors[place].get("similar-pairs/").data["results"]
        assert len(rows) == 2 and all(row["that"]["title"] is None and row["percent"] is None for row in rows)
    page = client.sign_in(apart_owner.person, apart_owner.organisation).get(f"/needs/{apart.pk}/").content.decode()
    assert "相似项目" not in page
    assert (
        not SimilarPair.objects.filter(one_id=apart.pk).exists()
        and not SimilarPair.objects.filter(other_id=apart.pk).exists()
    )

    # The alert tells each owner and the chain's leader, and clears by itself.
    checks.watch({"A36"})
    assert Alert.objects.filter(code="A36", state="told").count() == 4
    told = api.as_person(lead.person, lead.organisation)
    assert [row["object_label"] for row in told.get("alerts/", {"code": "A36"}).data["results"]] == ["轻工产业链"]

    # The leader proposes; nobody is named until all agree, and the estimate needs the budgets told with the consent.
    pair = told.get("similar-pairs/").data["results"][0]
    assert pair["this"]["title"] is None and pair["that"]["title"] is None
    body = {"kind": kind, "text": "三家合为一项，样机共享"}
    assert (
        api.as_person(apart_owner.person, apart_owner.organisation)
        .post(f"similar-pairs/{pair['id']}/propose_joint/", body)
        .status_code
        == 404
    )
    made = told.post(f"similar-pairs/{pair['id']}/propose_joint/", body)
    assert made.status_code == 201, made.data
    link = f"joint-proposals/{made.data['id']}/"
    assert told.post(f"similar-pairs/{pair['id']}/propose_joint/", body).status_code == 409, "one at a time"
    assert Task.objects.filter(kind="answer_joint", state="open").count() == 3
    for place, (door, budget) in enumerate(zip(doors, budgets, strict=True)):
        answer = door.post(f"{link}agree/", {"budget": str(budget)})
        assert answer.status_code == 200, answer.data
        others = [
            one for one in answer.data["parties"] if one["title"] != f"{filed_by[place][0].code} {texts[place][0]}"
        ]
        assert answer.data["state"] == ("agreed" if place == 2 else "proposed")
        assert all(bool(one["organisation"]) == (place == 2) for one in others)
    assert doors[0].post(f"{link}agree/", {}).status_code == 409
    shown = told.get(link).data
    assert shown["saving"]["amount"] == saving and shown["saving"]["known"] == 3
    assert {one["title"].split(" ", 1)[1] for one in shown["parties"]} == {title for title, _text in texts}
    page = (
        client.sign_in(lead.person, lead.organisation)
        .get(f"/needs/similar/proposals/{made.data['id']}/")
        .content.decode()
    )
    assert texts[0][0] in page and "万" in page and "节省" in page
    assert Task.objects.get(kind="carry_out_joint").state == "open"
    assert told.post(f"{link}carry_out/", {"reason": "并入需求一"}).status_code == 200
    assert Task.objects.get(kind="carry_out_joint").state == "done"

    # What is withdrawn is like nothing any more: the night ends the pairs, and the alerts clear.
    Need.objects.filter(pk__in=[need.pk for need, _owner in filed_by[1:]]).update(state="withdrawn")
    for need, _owner in filed_by[1:]:
        need.refresh_from_db()
        services.index_need(need)
    find_duplicates()
    checks.watch({"A36"})
    assert not Alert.objects.filter(code="A36", state__in=["raised", "told"]).exists()


def test_the_night_compares_once_what_changed_and_readable_ones_come_with_their_words(db: str, client: Any) -> None:
    node = factories.chain().nodes.first()
    one, owner = filed(*FILMS[0], node, [BARRIER])
    two, _other = filed(*FILMS[1], node, [BARRIER])
    assert find_duplicates() == 2
    pair = SimilarPair.objects.get()
    assert find_duplicates() == 0, "nothing changed"
    page = client.sign_in(owner.person, owner.organisation).get(f"/needs/{one.pk}/").content.decode()
    assert FILMS[1][0] in page and "阻隔" in page and "1 个相似项目" in page
    refused = client.post(f"/needs/similar/{pair.pk}/propose/", {"kind": "merge", "text": ""})
    assert refused.status_code == 422
    made = client.post(f"/needs/similar/{pair.pk}/propose/", {"kind": "split", "text": "各做一半", "budget": "300"})
    assert made.status_code == 302, made.content.decode()
    assert "各做一半" in client.get("/needs/similar/proposals/").content.decode()
    assert client.post(f"{made.headers['Location']}withdraw/", {"reason": "改日再议"}).status_code == 302
    Need.objects.filter(pk=two.pk).update(title="电解水制氢隔膜", pain_point="隔膜电阻大", affected_users="制氢厂")
    two.refresh_from_db()
    services.index_need(two)
    assert compare_changed() == 1
    pair.refresh_from_db()
    assert pair.gone_at is not None or pair.score < Decimal("0.30")


def test_public_calls_for_the_same_find_each_other_and_packaging_machinery_is_not_among_them(db: str) -> None:
    lead = factories.actor(factories.organisation())
    chain = factories.chain("轻工", leader=lead.organisation)
    materials, machines, cells = (
        ChainNode.objects.create(chain=chain, name=name, tier="upstream", order=9)
        for name in ("包装材料", "装备制造", "动力电池")
    )

    def call(number: int, node: Any) -> Any:
        found = CALLS[number]
        asked = (f"{one['name']} {one['target']} {one['unit'] or ''}" for one in found["indicators"])
        return filed(found["title"], " ".join([found["title"], *found["constraints"], *asked]), node)[0].pk

    packaging, barrier = {call(number, materials) for number in (41, 42)}, call(40, materials)
    machinery = filed("高速包装机械伺服控制", "包装机械封口速度低，伺服系统同步误差大。", machines)[0].pk
    # Of the calls one names 15 minutes and one 350 kW; needs for a cell that charges in 15 minutes join the two.
    charging = {call(26, cells), call(28, cells), filed(*CELLS[1], cells)[0].pk, filed(*CELLS[2], cells)[0].pk}
    for number in (0, 3, 10):
        call(number, factories.chain().nodes.first())
    compare_changed()
    groups = [{pk for _kind, pk, _owner in group_of(pair)} for pair in SimilarPair.objects.filter(alike_enough())]
    assert groups and all(charging == group for group in groups)
    # Stiffer and better recyclable boards and films are alike only where a chain asks for little; a gas barrier is another goal.
    change_threshold(
        actor=lead, chain_id=chain.pk, code="A36", name="likeness", value=Decimal(20), reason="包装材料放宽"
    )
    groups = [{pk for _kind, pk, _owner in group_of(pair)} for pair in SimilarPair.objects.filter(alike_enough())]
    assert packaging in groups and charging in groups
    assert not any({machinery, barrier} & group for group in groups)


def related_ids(actor: Any, need_id: Any) -> list[Any]:
    return [one.document.object_id for one in related_to(actor, Need.objects.get(pk=need_id))]


def test_public_calls_for_one_thing_name_each_other_as_related_work(db: str) -> None:
    chains: dict[str, Any] = {}

    def call(number: int) -> Any:
        found = CALLS[number]
        node = chains.setdefault(found["chain"], factories.chain(f"{found['chain']} {number}").nodes.first())
        asked = (f"{one['name']} {one['target']} {one['unit'] or ''}" for one in found["indicators"])
        return filed(found["title"], " ".join([found["title"], *found["constraints"], *asked]), node)[0].pk

    called = [call(number) for number in range(len(CALLS))]
    barrier, board, plastics = called[40:43]
    machinery = filed("高速包装机械伺服控制", "包装机械封口速度低，伺服系统同步误差大。", chains[CALLS[40]["chain"]])[
        0
    ].pk
    compare_changed()
    anyone = factories.actor()
    assert {barrier, board} < set(related_ids(anyone, plastics))
    assert plastics in related_ids(anyone, barrier) and plastics in related_ids(anyone, board)
    minutes, power = called[26], called[28]
    flagged = SimilarPair.objects.filter(alike_enough() & of_object(minutes)).values_list("one_id", "other_id")
    assert power in {*related_ids(anyone, minutes), *(pk for pair in flagged for pk in pair)}
    assert minutes in {*related_ids(anyone, power), *(pk for pair in flagged for pk in pair)}
    assert not SimilarPair.objects.filter(alike_enough() & of_object(machinery)).exists()


def test_related_work_is_told_of_what_one_may_read_and_what_came_later_stands_beside_what_was_there(
    client: Any, api: Any, db: str
) -> None:
    lead = factories.actor(factories.organisation())
    chain = factories.chain("轻工", leader=lead.organisation)
    node = chain.nodes.first()
    change_threshold(actor=lead, chain_id=chain.pk, code="A36", name="likeness", value=Decimal(95), reason="只看相近")
    first, owner = filed("造纸包装材料增挺", "多层纸板需要增加挺度的包装材料，可回收。", node)
    compare_changed()
    assert related_to(owner, first) == []
    open_one, _other = filed("可回收包装材料的新用途", "聚烯烃类包装材料可回收，寻找纸板之外的新用途。", node)
    hidden, secret = filed("保密的包装材料课题", "多层纸板挺度用可回收包装材料的保密方案。", node)
    Need.objects.filter(pk=hidden.pk).update(confidentiality="restricted")
    hidden.refresh_from_db()
    services.index_need(hidden)
    compare_changed()
    assert related_ids(owner, first.pk) == [open_one.pk]
    assert set(related_ids(secret, hidden.pk)) == {first.pk, open_one.pk}
    page = client.sign_in(owner.person, owner.organisation).get(f"/needs/{first.pk}/").content.decode()
    assert open_one.title in page and hidden.title not in page
    told = api.as_person(owner.person, owner.organisation).get(f"needs/{first.pk}/related_work/").json()
    assert [(one["kind"], one["object_id"]) for one in told] == [("need", str(open_one.pk))]
    Need.objects.filter(pk=open_one.pk).update(state="withdrawn")
    open_one.refresh_from_db()
    services.index_need(open_one)
    assert related_to(owner, first) == []
