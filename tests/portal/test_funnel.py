"""How needs travel, the key figures, and one search over every kind of resource: each figure opens the list that it counts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from html import unescape
from statistics import median
from typing import Any

import pytest

from chains import actions as chain_actions
from core import clock
from needs.actions import offer as offers
from needs.models import Award, Need, Pairing
from needs.services.need import index_need
from needs.services.offer import index_offer
from projects.models import Party, Project, ProjectNeed
from tests import factories
from tests.factories import challenges, results

DAY = dt.timedelta(days=1)


class World:
    """A leader's chain with needs that came to different steps, in the order collected, published, bids, awarded, contracted, applied."""

    def __init__(
        self,
        frozen_clock: Any,
        stopped: list[int],
        match: list[int],
        contract: list[int],
        paired: list[tuple[int, int]],
    ) -> None:
        self.scene = challenges.Scene()
        self.leader, self.institute = (
            self.scene.drafter,
            factories.actor(factories.organisation(kinds=["research_institute"])),
        )
        self.chain = factories.chain("固态电池链", leader=self.scene.issuer)
        self.clock, self.number = frozen_clock, 0
        self.match, self.contract = iter(match), iter(contract)
        Need.objects.all().update(state="withdrawn", owner=factories.organisation(), confidentiality="restricted")
        pairs = iter(paired)
        drafts, published, bid, awarded, contracted, applied = stopped
        for _one in range(drafts):
            self.need(state="draft", published_at=None)
        for _one in range(published):
            self.need()
        for _one in range(bid):
            self.bid(self.need())
        for _one in range(awarded):
            self.award(self.need())
        for _one in range(contracted):
            need, (matched, begun) = self.need(), next(pairs, (None, None))
            project = self.project(need)
            if matched is not None and begun is not None:
                self.pair(need, matched)
                project.started_at = need.published_at + (matched + begun) * DAY
                project.save(update_fields=["started_at"])
        for _one in range(applied):
            need = self.need()
            self.apply(need, self.project(need))

    def need(self, **fields: Any) -> Need:
        self.number += 1
        return challenges.published_need(self.scene.issuer, chain=self.chain, specs=[], **fields)

    def bid(self, need: Need) -> Any:
        need.current_version = 1
        self.scene.need = need
        for spec in challenges.specifications(self.scene.issuer):
            need.versions.get().indicators.create(specification=spec)
        challenge = self.scene.published()
        bid = self.scene.submitted_bid(challenge, self.institute)
        self.clock.move(days=11)
        return bid

    def award(self, need: Need) -> None:
        bid, now = self.bid(need), clock.now()
        bid.refresh_from_db()
        after = next(self.match)
        Award.objects.create(
            challenge=bid.challenge, bid=bid, rank=1, total=Decimal(90), amount=Decimal(100), state="signed", proposed_by=self.scene.drafter.person,
            proposed_at=now, signed_by=self.scene.second.person, signed_at=need.published_at + after * DAY,
        )  # fmt: skip

    def pair(self, need: Need, after: int) -> None:
        Pairing.objects.create(
            need=need, organisation=self.institute.organisation, proposed_for=self.scene.issuer, state="accepted",
            answered_at=need.published_at + after * DAY,
        )  # fmt: skip

    def project(self, need: Need, *, linked: bool = True) -> Project:
        self.number += 1
        row = Project.objects.create(
            code=f"P-TEST-{self.number}", title="固态电池联合开发", origin="need_pulled", lead=self.scene.issuer, chain=self.chain, state="running",
            started_at=clock.now(),
        )  # fmt: skip
        Party.objects.create(project=row, organisation=self.scene.issuer, role="leader")
        if linked:
            ProjectNeed.objects.create(project=row, need=need)
        return row

    def apply(self, need: Need, project: Project) -> None:
        result, owner = results.published(self.institute, title="硫化物电解质膜", node=self.chain.nodes.first().pk)
        result.origin_project_id = project.pk
        result.save(update_fields=["origin_project_id"])
        use = results.applied(owner, result, self.leader)
        use.applied_on = project.started_at.date() + next(self.contract) * DAY
        use.save(update_fields=["applied_on"])


def rows_behind(client: Any, url: str) -> int:
    answer = client.get(f"{url}{'&' if '?' in url else '?'}file=csv")
    assert answer.status_code == 200, url
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) - 1


@pytest.mark.req("R026", whole=True)
@pytest.mark.req("R048")
@pytest.mark.parametrize(
    ("stopped", "match", "contract", "paired"),
    [
        ([2, 3, 1, 2, 1, 2], [30, 50], [40, 61], [(10, 20)]),
        ([1, 0, 1, 1, 2, 1], [12], [7], [(4, 9), (6, 30)]),
    ],
)
def test_steps_and_key_figures_open_exactly_the_lists_that_they_count(
    api: Any,
    client: Any,
    frozen_clock: Any,
    stopped: list[int],
    match: list[int],
    contract: list[int],
    paired: list[tuple[int, int]],
) -> None:
    world = World(frozen_clock, stopped, match, contract, paired)
    world.project(world.need(state="draft", published_at=None), linked=False)
    stopped = [stopped[0] + 1, *stopped[1:]]
    leader = world.leader
    theirs = api.as_person(leader.person, leader.organisation)
    client.sign_in(leader.person, leader.organisation)
    stages = theirs.get("funnel/", {"chain": str(world.chain.pk)}).data["stages"]
    assert [one["step"] for one in stages] == ["collected", "published", "bids", "awarded", "contracted", "applied"]
    for at, stage in enumerate(stages):
        assert stage["count"] == sum(stopped[at:]), stage
        assert stage["dropped"] == (stopped[at - 1] if at else None)
        assert rows_behind(client, stage["link"]) == stage["count"]
    assert Decimal(stages[2]["median_days"]) == 0, "bid for on the day of publication"
    page = client.get(f"/funnel/?chain={world.chain.pk}").content.decode()
    for address, label in re.findall(r'<a href="([^"]*stopped=[^"]*)">(\d+)', page):
        assert rows_behind(client, unescape(address)) == int(label)
    figures = {one["key"]: one for one in theirs.get("kpis/", {"chain": str(world.chain.pk)}).data["figures"]}
    contracts = sum(stopped[4:])
    share = (Decimal(100) * contracts / (contracts + 1)).quantize(Decimal("0.1"))
    assert Decimal(figures["anchored"]["value"]) == share and figures["anchored"]["of"] == contracts + 1
    published = sum(stopped[1:])
    assert (figures["converted"]["count"], figures["converted"]["of"]) == (stopped[5], published)
    assert Decimal(figures["match"]["value"]) == Decimal(str(median([*match, *(one for one, _two in paired)])))
    assert Decimal(figures["match_contract"]["value"]) == Decimal(str(median([two for _one, two in paired])))
    assert abs(float(figures["contract_applied"]["value"]) - median(contract)) < 1, "days of the calendar"
    for one in figures.values():
        assert rows_behind(client, one["link"]) == one["count"], one
        assert one["formula"] in unescape(page) and f'id="kpi-{one["key"]}"' in page


@pytest.mark.req("R026", "R048")
def test_nobody_learns_from_the_funnel_what_they_may_not_see(api: Any, frozen_clock: Any) -> None:
    world = World(frozen_clock, [1, 1, 0, 1, 1, 0], [9], [], [])
    sealed = world.scene
    sealed.need = challenges.published_need(sealed.issuer, chain=world.chain)
    challenge = sealed.published()
    sealed.submitted_bid(challenge, world.institute)
    counts = {}
    for who, actor in {
        "issuer": sealed.drafter,
        "bidder": world.institute,
        "other": factories.actor(factories.organisation()),
    }.items():
        found = (
            api.as_person(actor.person, actor.organisation)
            .get("funnel/", {"chain": str(world.chain.pk)})
            .data["stages"]
        )
        counts[who] = [one["count"] for one in found]
    # Drafts and projects are the issuer's own; a bid that is sealed is its bidder's alone; signed awards are for all members.
    assert counts == {"issuer": [5, 4, 2, 2, 1, 0], "bidder": [4, 4, 2, 1, 0, 0], "other": [4, 4, 1, 1, 0, 0]}
    assert api.get("funnel/").status_code == 401
    asked = api.as_person(world.institute.person, world.institute.organisation)
    assert [asked.get(door, {"chain": ""}).status_code for door in ("funnel/", "kpis/", "allocation/")] == [400] * 3
    nobody = api.as_person(factories.person(), None).get("funnel/").data["stages"]
    assert [one["count"] for one in nobody] == [4, 4, 1, 1, 0, 0], "without an organisation, what all members see"


@pytest.mark.req("R048", whole=True)
@pytest.mark.parametrize(("word", "machines"), [("固态电池", 5), ("碳纤维", 2)])
def test_one_search_finds_every_kind_of_resource_in_groups(api: Any, client: Any, word: str, machines: int) -> None:
    owner = factories.actor(factories.organisation())
    chain = factories.chain("材料链", leader=owner.organisation)
    node = chain.nodes.first()
    index_need(challenges.published_need(owner.organisation, chain=chain, specs=[], title=f"{word}界面阻抗高"))
    for _one in range(machines - 1):  # others, of something else
        challenges.published_need(owner.organisation, chain=chain, specs=[], title="粘结剂开裂", pain_point="开裂")
    results.published(title=f"{word}薄膜", node=node.pk)
    results.capability(title=f"{word}失效分析")
    for number in range(machines):
        chain_actions.add_machine(actor=owner, name=f"{word}中试线 {number}", node_id=node.pk)
    for kind in ("talent", "data", "capital"):
        index_offer(
            offers.post_offer(
                actor=owner, direction="offer", kind=kind, title=f"{word}资源", text="可用", terms="议定", node=node.pk
            )
        )
    stranger = factories.actor(factories.organisation())
    theirs = api.as_person(stranger.person, stranger.organisation)
    found = theirs.get("search/", {"q": word, "per_group": "3"}).data
    groups = {one["group"]: one for one in found["groups"]}
    assert {"need", "result", "capability", "equipment", "people", "data", "fund"} <= set(groups)
    assert groups["equipment"]["count"] == machines and len(groups["equipment"]["results"]) == min(machines, 3)
    client.sign_in(stranger.person, stranger.organisation)
    page = client.get(f"/search/?q={word}").content.decode()
    assert all(f'id="group-{name}"' in page for name in groups)
    listed = client.get(f"/search/?q={word}&kind=equipment").content.decode()
    assert listed.count(f"{word}中试线") == machines
    stages = theirs.get("funnel/", {"chain": str(chain.pk)}).data["stages"]
    assert [one["count"] for one in stages] == [machines, machines, 0, 0, 0, 0] and stages[2]["dropped"] == machines
    assert theirs.get("search/", {"q": word, "per_group": "99"}).status_code == 400
