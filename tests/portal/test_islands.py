"""The island report: who stands alone, who fits, and how a match takes both off it."""

from __future__ import annotations

from typing import Any

import pytest

from core import checks
from core.checks.models import Alert
from needs.services.need import index_need
from tests import factories
from tests.factories import challenges, results


@pytest.mark.req("R001", "A01", whole=True)
@pytest.mark.parametrize(("of_results", "of_needs"), [(3, 12), (1, 2)])
def test_an_accepted_match_takes_need_and_institute_off_the_report(
    api: Any, client: Any, frozen_clock: Any, of_results: int, of_needs: int
) -> None:
    leader = factories.actor(factories.organisation("甲整车"))
    chain = factories.chain("固态电池链", leader=leader.organisation)
    institute = factories.actor(factories.organisation("乙研究院", kinds=["research_institute"]))
    node = chain.nodes.order_by("order").first()
    for number in range(of_results):
        results.published(
            institute, title=f"硫化物固态电解质薄膜 {number}", text="室温离子电导率高的固态电解质。", node=node.pk
        )
    needs = [
        challenges.published_need(
            leader.organisation, chain=chain, specs=[], title=f"固态电解质离子电导率不足 {number}"
        )
        for number in range(of_needs)
    ]
    for one in needs:
        index_need(one)
    theirs = api.as_person(leader.person, leader.organisation)
    before = theirs.get("islands/").data
    assert [one["name"] for one in before["organisations"]] == ["乙研究院"]
    assert {one["id"] for one in before["needs"]} == {str(one.pk) for one in needs}
    assert len(before["results"]) == of_results and len(before["nodes"]) == 2 and before["count"] == of_needs + 1
    client.sign_in(leader.person, leader.organisation)
    assert "固态电解质离子电导率不足" in client.get("/islands/needs/").content.decode()
    listed = client.get("/islands/needs/?file=csv").content.decode("utf-8-sig")
    assert len(listed.splitlines()) - 1 == of_needs
    assert "乙研究院" in client.get("/islands/").content.decode()
    shown = client.get(f"/islands/needs/{needs[0].pk}/").content.decode()
    assert "乙研究院" in shown and "硫化物固态电解质薄膜" in shown, "with the reason"
    ranked = theirs.get("islands/suggestions/", {"organisation": str(institute.organisation_id)}).data["suggestions"]
    assert ranked and all(one["organisation"]["name"] == "乙研究院" for one in ranked)
    frozen_clock.move(days=31)
    checks.watch({"A01"})
    alone = Alert.objects.filter(code="A01", state__in=["raised", "told"])
    assert alone.count() == of_needs + 1
    assert client.post(f"/needs/pairings/propose/{needs[0].pk}/{institute.organisation_id}/").status_code == 302
    assert theirs.get("islands/").data["count"] == of_needs + 1, "a proposal joins nobody yet"
    mine = api.as_person(institute.person, institute.organisation)
    pk = mine.get("pairings/").data["results"][0]["id"]
    assert theirs.post(f"pairings/{pk}/accept/", {}).status_code == 403, "the other side accepts"
    accepted = mine.post(f"pairings/{pk}/accept/", {})
    assert accepted.status_code == 200 and accepted.data["state"] == "accepted", api.text(accepted)
    after = theirs.get("islands/").data
    assert after["count"] == before["count"] - 2 and after["organisations"] == []
    assert str(needs[0].pk) not in {one["id"] for one in after["needs"]}
    checks.watch({"A01"})
    assert alone.count() == of_needs - 1


def test_others_learn_nothing_of_who_stands_alone(api: Any, client: Any) -> None:
    leader = factories.actor(factories.organisation())
    chain = factories.chain(leader=leader.organisation)
    need = challenges.published_need(leader.organisation, chain=chain)
    institute = factories.actor(factories.organisation(kinds=["university"]))
    stranger = factories.actor(factories.organisation("路人"))
    theirs = api.as_person(stranger.person, stranger.organisation)
    seen = theirs.get("islands/").data
    assert seen["needs"] == [] and [one["name"] for one in seen["organisations"]] == ["路人"]
    assert theirs.get("islands/suggestions/", {"need": str(need.pk)}).status_code == 404
    assert theirs.get("islands/suggestions/", {"need": "x"}).status_code == 400
    client.sign_in(stranger.person, stranger.organisation)
    assert client.get(f"/islands/organisations/{institute.organisation_id}/").status_code == 404
    other = theirs.post("pairings/", {"need": str(need.pk), "organisation": str(institute.organisation_id)})
    assert other.status_code == 422 and "organisation" in other.data["errors"]
    mine = api.as_person(institute.person, institute.organisation)
    made = mine.post("pairings/", {"need": str(need.pk), "note": "方向一致"})
    assert made.status_code == 201, api.text(made)
    assert mine.post("pairings/", {"need": str(need.pk)}).status_code == 422, "once"
    assert theirs.get(f"pairings/{made.data['id']}/").status_code == 404
    client.sign_out()
    client.sign_in(leader.person, leader.organisation)
    assert "方向一致" in client.get(f"/needs/pairings/{made.data['id']}/").content.decode()
    sent = client.post(f"/needs/pairings/{made.data['id']}/decline/", {"reason": "已有伙伴"})
    assert sent.status_code == 302 and mine.get(f"pairings/{made.data['id']}/").data["reason"] == "已有伙伴"


def test_who_accepts_an_invitation_to_solve_a_need_stands_alone_no_more(api: Any) -> None:
    leader = factories.actor(factories.organisation())
    chain = factories.chain(leader=leader.organisation)
    need = challenges.published_need(leader.organisation, chain=chain, specs=[])
    institute = factories.actor(factories.organisation(kinds=["research_institute"]))
    result, _maker = results.published(institute, node=chain.nodes.first().pk)
    theirs, mine = (api.as_person(one.person, one.organisation) for one in (leader, institute))
    before = theirs.get("islands/").data["count"]
    sent = theirs.post(f"needs/{need.pk}/invite_solver/", {"object_id": str(result.pk)})
    assert sent.status_code in (200, 201), api.text(sent)
    assert theirs.get("islands/").data["count"] == before
    pk = mine.get("solver-invitations/").data["results"][0]["id"]
    assert mine.post(f"solver-invitations/{pk}/accept/", {}).status_code == 200
    after = theirs.get("islands/").data
    assert after["count"] == before - 2
    assert (after["needs"], after["organisations"]) == ([], [])
