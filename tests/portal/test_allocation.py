"""Needs by priority against what is committed to them: whom nobody serves, and where teams crowd (R022, A11)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest

from core import checks, clock
from core.checks.models import Alert, ThresholdChange
from needs.models import Need
from projects.models import Party, Project, ProjectNeed
from tests import factories
from tests.factories import challenges, projects


def bid_for(scene: challenges.Scene, need: Need, bidders: list[Any]) -> None:
    """A challenge on the need with so many bids; sealed until its deadline."""
    scene.need = need
    for spec in challenges.specifications(scene.issuer):
        need.versions.get().indicators.create(specification=spec)
    challenge = scene.published(deadline_at=clock.now() + dt.timedelta(days=10))
    for one in bidders:
        scene.submitted_bid(challenge, one)


@pytest.mark.req("R022", "A11", whole=True)
@pytest.mark.parametrize(("urgent", "later", "teams", "crowd"), [(1, 3, 5, None), (2, 4, 3, 3)])
def test_an_urgent_need_without_a_team_and_a_crowded_one_are_flagged(
    api: Any, client: Any, frozen_clock: Any, urgent: int, later: int, teams: int, crowd: int | None
) -> None:
    scene = challenges.Scene()
    leader, chain = scene.drafter, scene.need.chain
    alone, crowded, even = (
        challenges.published_need(scene.issuer, chain=chain, specs=[], title=title) for title in ("甲", "乙", "丙")
    )
    if crowd:
        ThresholdChange.objects.create(
            code="A11",
            name="crowd",
            chain_id=chain.pk,
            before=Decimal(5),
            value=Decimal(crowd),
            organisation=scene.issuer,
            person=leader.person,
            reason="小链",
        )
    mine = api.as_person(leader.person, leader.organisation)
    for row, priority in ((alone, urgent), (crowded, later), (even, later)):
        assert mine.post(f"needs/{row.pk}/set_priority/", {"priority": priority}).data["priority"] == priority
    assert mine.post(f"needs/{even.pk}/set_priority/", {"priority": 6}).status_code in (400, 422)
    bidders = [scene.bidder() for _one in range(teams)]
    bid_for(scene, crowded, bidders)

    def told() -> dict[str, Any]:
        found = mine.get("allocation/", {"chain": str(chain.pk)}).data
        return {one["title"]: one for one in found["needs"]} | {"n": (found["unserved"], found["crowded"])}

    assert told()["n"] == (1, 0) and told()["乙"]["teams"] == 0, "a sealed bid is no team yet, not even as a number"
    checks.watch({"A11"})
    assert set(Alert.objects.filter(code="A11").values_list("object_id", flat=True)) == {alone.pk}
    frozen_clock.move(days=11)
    seen = told()
    assert seen["n"] == (1, 1) and seen["甲"]["is_unserved"] and seen["乙"]["is_crowded"]
    assert (seen["乙"]["teams"], seen["乙"]["machines"], seen["丙"]["teams"]) == (teams, teams, 0)
    assert mine.get("allocation/").data["needs"][0]["title"] == "甲", "the most urgent first"
    checks.watch({"A11"})
    raised = Alert.objects.filter(code="A11", state__in=["raised", "told"])
    assert set(raised.values_list("object_id", flat=True)) == {alone.pk, crowded.pk}
    client.sign_in(leader.person, leader.organisation)
    page = client.get("/allocation/").content.decode()
    assert "无人揭榜" in page and "过度集中" in page
    file = client.get("/allocation/?flag=crowded&file=csv").content.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(file))][1:] == ["乙"]
    # A team that works on the need, and another priority, clear both.
    project = Project.objects.create(
        code="P-TEST-1", title="协同", origin="need_pulled", lead=scene.issuer, chain=chain, state="running", started_at=clock.now()
    )  # fmt: skip
    ProjectNeed.objects.create(project=project, need=alone)
    for party in (scene.issuer, bidders[0].organisation):
        Party.objects.create(
            project=project, organisation=party, role="innovator" if party != scene.issuer else "leader"
        )
    client.post(f"/needs/{crowded.pk}/priority/", {"priority": "1"})
    assert told()["n"] == (0, 0) and told()["甲"]["teams"] == 1, "the owner itself is no team"
    checks.watch({"A11"})
    assert not raised.exists()
    # The money that the stages of a project hold stands beside its need.
    held = projects.Scene([str(teams * 1000), "2000", "3000.50"]).started()
    funded = challenges.published_need(held.organisation(held.leader), chain=chain, specs=[])
    ProjectNeed.objects.create(project=held.project, need=funded)
    rows = api.as_person(held.leader.person, held.leader.organisation).get("allocation/").data["needs"]
    found = next(one for one in rows if one["id"] == str(funded.pk))
    assert Decimal(found["money"]) == Decimal(teams * 1000) + Decimal("5000.50") and found["teams"] == 2


@pytest.mark.req("R022")
def test_the_chains_leader_weighs_the_needs_of_others_and_strangers_do_not(api: Any) -> None:
    leader, owner, stranger = (factories.actor(factories.organisation()) for _one in range(3))
    chain = factories.chain(leader=leader.organisation)
    need = challenges.published_need(owner.organisation, chain=chain, specs=[])
    for actor, status in ((leader, 200), (owner, 200), (stranger, 403)):
        theirs = api.as_person(actor.person, actor.organisation)
        assert theirs.post(f"needs/{need.pk}/set_priority/", {"priority": 2}).status_code == status
    assert api.as_person(stranger.person, stranger.organisation).get("needs/", {"priority": 2}).data["results"][0][
        "id"
    ] == str(need.pk)
