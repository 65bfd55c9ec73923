"""The finder: what nobody meets in one chain, and what another chain is able to do (R122)."""

from __future__ import annotations

from typing import Any

import pytest

from needs.services.opportunity import find_changed
from needs.tasks.opportunity import find_opportunities
from tests import factories
from tests.factories import needs as make
from tests.factories import results


def chain_with(name: str, node: str, **options: Any) -> Any:
    row = factories.chain(name, **options)
    row.nodes.filter(pk=row.nodes.first().pk).update(name=node)
    return row


@pytest.mark.req("R122", whole=True)
@pytest.mark.parametrize(
    ("there", "here", "title", "pain", "able", "text", "word", "demand"),
    [
        (("电子信息产业链", "AI"), ("汽车产业链", "智能驾驶"), "智能驾驶夜间感知误报", "夜间视觉感知误报多，行人识别率低。",
         "夜间视觉感知算法", "面向行人识别的夜间视觉感知算法。", "夜间", "车规级"),
        (("新材料产业链", "高分子"), ("生物医药产业链", "植入器械"), "植入支架涂层易脱落", "植入支架的涂层在血流冲刷下易脱落。",
         "抗冲刷植入涂层", "植入支架用的高分子涂层，耐血流冲刷。", "涂层", "医疗器械级"),
    ],
)  # fmt: skip
def test_an_unmet_need_and_what_another_chain_can_do_are_proposed_with_the_reason_until_dismissed(
    api: Any, client: Any, there: Any, here: Any, title: str, pain: str, able: str, text: str, word: str, demand: str
) -> None:
    lead = factories.actor(factories.organisation("链主"))
    home, away = chain_with(*here, leader=lead.organisation), chain_with(*there)
    need, owner, _others = make.published(title=title, pain_point=pain, chain=home)
    skill, maker = results.capability(title=able, text=text, nodes=[away.nodes.first().pk])
    results.capability(title=f"本链{able}", text=text, nodes=[home.nodes.first().pk])
    hidden, _maker = results.published(
        title=f"{able}机密成果", text=text, node=away.nodes.first().pk, confidentiality="restricted"
    )
    secret, _owner, _rest = make.published(
        title=f"机密{title}", pain_point=pain, chain=home, confidentiality="restricted"
    )
    keeper, other = api.as_person(lead.person, lead.organisation), api.as_person(maker.person, maker.organisation)
    assert keeper.post("qualifications/", {"chain": str(home.pk), "name": demand}).status_code == 201
    assert keeper.get("opportunities/").data["results"] == []

    # One is proposed: across chains, with need, capability, the words of both and what must be adapted; nothing confidential.
    assert find_opportunities() >= 3
    assert find_changed() == 0, "what did not change is not looked at again"
    (row,) = keeper.get("opportunities/").data["results"]
    assert row["direction"] == f"{there[0]} · {there[1]} → {here[0]} · {here[1]}"
    assert (row["need"]["id"], row["capability"]["id"]) == (str(need.pk), str(skill.pk))
    assert float(row["strength"]) >= 8 and word in {one["word"] for one in row["words"]}
    assert 0 < sum(one["share"] for one in row["words"]) <= 110
    assert [one["name"] for one in row["lacks"]] == [demand]
    page = client.sign_in(lead.person, lead.organisation).get("/needs/opportunities/").content.decode()
    assert row["direction"] in page and title in page and able in page and f"需适配:{demand}" in page
    for one in (page, client.get("/needs/opportunities/", {"file": "csv"}).getvalue().decode()):
        assert "机密" not in one
    assert title in client.get("/needs/opportunities/", {"file": "csv"}).getvalue().decode()
    narrowed = {"to_chain": str(away.pk)}
    assert title not in client.get("/needs/opportunities/", narrowed).content.decode()
    assert keeper.get("opportunities/", narrowed).data["results"] == []
    assert api.as_stranger().get("opportunities/").status_code == 401 and hidden and secret

    # Dismissed with the reason it stays away, also after it was looked for again; for others it stands.
    keeper, other = api.as_person(lead.person, lead.organisation), api.as_person(maker.person, maker.organisation)
    where = f"/needs/opportunities/{row['id']}/dismiss/"
    assert client.post(where, {"reason": " "}).status_code == 422
    assert client.post(where, {"reason": "产线不兼容"}).status_code == 302
    assert (
        other.patch(
            f"capabilities/{skill.pk}/", {"text": f"{text}已在三家试用。"}, headers={"If-Match": '"1"'}
        ).status_code
        == 200
    )
    assert find_changed() == 1
    assert keeper.get("opportunities/").data["results"] == []
    assert able not in client.get("/needs/opportunities/").content.decode()
    assert "产线不兼容" in client.get("/needs/opportunities/", {"dismissed": "yes"}).content.decode()
    assert keeper.get(f"opportunities/{row['id']}/").data["is_dismissed"] is True
    assert [one["id"] for one in other.get("opportunities/").data["results"]] == [row["id"]]
    (gone,) = keeper.get("match-dismissals/").data["results"]
    assert keeper.post(f"match-dismissals/{gone['id']}/restore/").status_code == 200
    assert [one["id"] for one in keeper.get("opportunities/").data["results"]] == [row["id"]]

    # What is met, hidden or withdrawn is proposed to nobody, before any run.
    reader = api.as_person(owner.person, owner.organisation)
    assert reader.post(f"needs/{need.pk}/invite_solver/", {"object_id": str(skill.pk)}).status_code == 201
    (asked,) = other.get("solver-invitations/").data["results"]
    assert keeper.get("opportunities/").data["results"]
    assert other.post(f"solver-invitations/{asked['id']}/accept/").status_code == 200
    assert keeper.get("opportunities/").data["results"] == []
    assert other.post(f"capabilities/{skill.pk}/withdraw/", {"reason": "团队解散"}).status_code == 200
    assert find_changed() == 0 and keeper.get(f"opportunities/{row['id']}/").status_code == 404
