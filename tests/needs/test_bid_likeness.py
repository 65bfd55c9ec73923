"""Bids are compared with their bidder's own work and bids, and once opened with each other; nothing of it leaves the seal (R106, R015)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.accounts.actor import Actor
from core.book.models import Body
from core.inbox.models import Notification
from core.outbox.models import Event
from core.search import services as search
from needs.actions import bid as bid_actions
from needs.models import SimilarBid
from needs.models.bid import BidBudget
from needs.queries.bid_likeness import resembling, shared_passages
from needs.services.challenge import close_due
from needs.tasks.duplicate import compare_bid, compare_bids
from tests import factories
from tests.factories import results
from tests.factories.challenges import Scene, save_bid
from tests.needs.test_seal import told
from tests.support.leaks import leaks

SECRET_TITLE = "与军工用户的保密项目"
PLANS = [
    (
        "采用多孔涂层隔膜与高浓度电解液协同设计，先做软包电芯验证，再放大到量产电芯，并在整车上验证寿命与安全。绝密钌基配方只写在这里。",
        "以硅碳负极配合新型粘结剂降低膨胀，通过脉冲化成稳定界面，十五个月内交付样品并完成第三方检测。",
    ),
    (
        "We coat the separator with a porous ceramic layer, build pouch cells first and scale the coating to the width of a production line. "
        "The ruthenium recipe stands nowhere else.",
        "A silicon anode with a soft binder, formed in pulses, is tested by a third party within fifteen months of the award.",
    ),
]


class Twins(Scene):
    """A bidder with a public and a confidential result and a sealed bid elsewhere, all for the same; a rival that copied; one that did not."""

    def __init__(self, plans: tuple[str, str], **changes: Any) -> None:
        super().__init__()
        self.plan, other_plan = plans
        self.challenge = self.published(**changes)
        self.twice, self.copier, self.honest = (self.bidder(name) for name in ("乙衡研究院", "丙抄大学", "丁实公司"))
        title = f"{self.challenge.title} 快充电芯"
        self.open_result, _owner = results.published(self.twice, title=title, text=self.plan[:60])
        self.secret_work = search.index(
            self.challenge.need, title=SECRET_TITLE, text=self.plan, room="projects", kind="project", link="/projects/secret/",
            organisation=self.twice.organisation, parties=[self.twice.organisation], facets={"state": "running"},
        )  # fmt: skip
        self.elsewhere = Scene(factories.organisation("另一家整车"))
        self.other_challenge = self.elsewhere.published()
        self.sealed = self.handed_in(self.other_challenge, self.twice, self.plan)
        self.bid = self.handed_in(self.challenge, self.twice, self.plan)
        self.copy = self.handed_in(self.challenge, self.copier, "我们的方案。" + self.plan[:60] + "样机由三家中试。")
        self.own_way = self.handed_in(self.challenge, self.honest, other_plan)
        self.judge = self.panelist(self.challenge, is_chair=True)
        assert self.challenge.deadline_at is not None
        self.deadline = self.challenge.deadline_at

    def handed_in(self, challenge: Any, bidder: Actor, plan: str) -> Any:
        bid = self.drafted_bid(challenge, bidder)
        save_bid(actor=bidder, bid_id=bid.pk, plan=plan)
        return bid_actions.submit_bid(actor=bidder, bid_id=bid.pk)


def titles(actor: Actor, bid: Any) -> set[str]:
    from needs.queries.bid import bids_visible_to

    return {one.link for one in resembling(actor, bids_visible_to(actor).get(pk=bid.pk))}


@pytest.mark.req("R106", "R015")
def test_double_funding_and_copies_are_found_and_sealed_as_the_bids_are(
    db: str, client: Any, frozen_clock: Any
) -> None:
    scene = Twins(PLANS[0])
    BidBudget.objects.filter(bid__in=[scene.bid, scene.sealed]).delete()
    for bid, stage, amount in (
        (scene.bid, "rd", 300_000),
        (scene.bid, "pilot", 200_000),
        (scene.sealed, "rd", 450_000),
    ):
        BidBudget.objects.create(bid=bid, stage=stage, amount=amount)
    for one in (scene.bid, scene.copy, scene.own_way, scene.sealed):
        compare_bid(bid_id=str(one.pk))
    compare_bids()
    # One second before the opening the bidder alone sees what its bid repeats; copies nobody has looked for.
    frozen_clock.set(scene.deadline - dt.timedelta(seconds=1))
    assert not SimilarBid.objects.filter(measure="copied").exists()
    own_page = client.sign_in(scene.twice.person, scene.twice.organisation).get(f"/needs/bids/{scene.bid.pk}/")
    assert f"/needs/bids/{scene.sealed.pk}/" in told(own_page) and scene.open_result.title in told(own_page)
    assert SECRET_TITLE in told(own_page)
    [repeated] = [one for one in resembling(scene.twice, scene.bid) if str(scene.sealed.pk) in one.link]
    assert repeated.twice == Decimal(450_000) and "450,000" in told(own_page) and "可能重复资助" in told(own_page)
    assert "揭榜方自己的" in told(own_page) and scene.copier.organisation.name not in told(own_page)
    for actor in (scene.drafter, scene.judge, scene.copier, factories.operator(["admin"])):
        client.sign_in(actor.person, actor.organisation)
        assert client.get(f"/needs/bids/{scene.bid.pk}/").status_code == 404
        page = told(client.get(f"/needs/challenges/{scene.challenge.pk}/"))
        assert (
            "resembles" not in page and "shared-passages" not in page and shared_passages(actor, scene.challenge) == []
        )
    result_page = told(
        client.sign_in(scene.drafter.person, scene.drafter.organisation).get(f"/needs/results/{scene.open_result.pk}/")
    )
    assert str(scene.bid.pk) not in result_page

    # One second after, the judges see the copy and the public work; not the confidential one, nor the bid that is sealed elsewhere.
    frozen_clock.set(scene.deadline + dt.timedelta(seconds=1))
    type(scene.other_challenge).objects.filter(pk=scene.other_challenge.pk).update(
        deadline_at=scene.deadline + dt.timedelta(days=5)
    )
    assert close_due() == 1
    compare_bids()
    for actor in (scene.drafter, scene.judge):
        client.sign_in(actor.person, actor.organisation)
        page = told(client.get(f"/needs/bids/{scene.bid.pk}/"))
        assert "丙抄大学" in page and scene.open_result.title in page and scene.plan[:30] in page
        assert str(scene.sealed.pk) not in page and SECRET_TITLE not in page
        assert "可能重复资助" not in page and "450,000" not in page
        [pair] = shared_passages(actor, scene.challenge)
        assert {pair.one.pk, pair.other.pk} == {scene.bid.pk, scene.copy.pk} and pair.percent >= 15
        assert "shared-passages" in told(client.get(f"/needs/challenges/{scene.challenge.pk}/"))
        assert str(scene.copy.pk) not in titles(actor, scene.own_way)
    # A bidder learns of no other bid, whether or not it was copied.
    for bidder, bid in ((scene.twice, scene.bid), (scene.copier, scene.copy)):
        page = told(client.sign_in(bidder.person, bidder.organisation).get(f"/needs/bids/{bid.pk}/"))
        assert "逐字相同" not in page and shared_passages(bidder, scene.challenge) == []
    assert not {one for one in titles(scene.copier, scene.copy) if str(scene.bid.pk) in one}
    # What two organisations ask is never set against each other, not even before a judge who reads both bids.
    SimilarBid.objects.filter(bid=scene.bid, other_id=scene.copy.pk).update(measure="alike", score=1)
    [foreign] = [one for one in resembling(scene.judge, scene.bid) if str(scene.copy.pk) in one.link]
    assert foreign.twice is None

    # Nothing of it went anywhere else.
    secret = scene.plan[-20:]
    assert not any(
        str(scene.sealed.pk) in str(row.payload) or secret in str(row.payload) for row in Event.objects.all()
    )
    outside = Notification.objects.exclude(organisation=scene.twice.organisation)
    assert not any(secret in f"{row.title} {row.params} {row.body}" for row in outside)
    assert not any(secret in bytes(body.content).decode() for body in Body.objects.all())
    client.logout()
    assert leaks(client) == []


@pytest.mark.req("R106", "R015")
def test_judged_without_names_only_shared_passages_are_told(db: str, client: Any, frozen_clock: Any) -> None:
    scene = Twins(PLANS[0], anonymous_bidders=True)
    frozen_clock.set(scene.deadline + dt.timedelta(seconds=1))
    close_due()
    compare_bids()
    assert SimilarBid.objects.filter(bid=scene.bid, measure="alike", other_id=scene.open_result.pk).exists()
    for actor in (scene.drafter, scene.judge):
        client.sign_in(actor.person, actor.organisation)
        page = told(client.get(f"/needs/bids/{scene.bid.pk}/")) + told(
            client.get(f"/needs/challenges/{scene.challenge.pk}/")
        )
        assert "shared-passages" in page and "逐字相同" in page and "揭榜方 " in page
        for word in (
            "乙衡研究院",
            "丙抄大学",
            scene.open_result.title,
            str(scene.open_result.pk),
            str(scene.sealed.pk),
        ):
            assert word not in page, word
    assert scene.open_result.title in told(
        client.sign_in(scene.twice.person, scene.twice.organisation).get(f"/needs/bids/{scene.bid.pk}/")
    )


@pytest.mark.req("R106")
@pytest.mark.parametrize("plans", PLANS)
def test_the_night_compares_with_own_work_alone_and_what_a_withdrawn_bid_resembled_is_over(
    db: str, plans: tuple[str, str]
) -> None:
    scene = Twins(plans)
    compare_bids()
    kept = SimilarBid.objects.filter(bid=scene.bid, gone_at__isnull=True)
    assert {one.other_id for one in kept} >= {scene.open_result.pk, scene.sealed.pk}
    assert not SimilarBid.objects.filter(bid=scene.own_way, score__gte="0.3").exists(), "another way to the same end"
    assert not kept.filter(other_id__in=[scene.copy.pk, scene.own_way.pk]).exists(), (
        "other bidders' sealed bids are not read"
    )
    bid_actions.withdraw_bid(actor=scene.twice, bid_id=scene.bid.pk)
    compare_bids()
    assert not kept.all().exists()
    assert not SimilarBid.objects.filter(bid=scene.sealed, other_id=scene.bid.pk, gone_at__isnull=True).exists()
    bid_actions.submit_bid(actor=scene.twice, bid_id=scene.bid.pk)
    compare_bids()
    assert kept.filter(other_id=scene.sealed.pk).exists()
