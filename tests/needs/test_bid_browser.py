"""Challenges in a browser: a bid that saves itself, two people at one draft, pages that fit and read well."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from needs.models.bid import Bid
from tests.factories.challenges import D, Reviewed, Scene, save_bid
from tests.support import axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_bid_saves_itself_and_of_two_people_nobody_loses_a_word(db: str, new_page: Any) -> None:
    scene = Scene()
    bidder = scene.bidder()
    bid = scene.drafted_bid(scene.published(), bidder, density=D(255))
    page = new_page(bidder.person, bidder.organisation)
    page.goto(f"/needs/bids/{bid.pk}/edit/")
    page.fill("#id_team", "十二位研究员")
    expect(page.locator("#bid-version")).to_have_value("3")
    assert Bid.objects.get().team == "十二位研究员"
    field = page.locator("[id$=_value]").first
    field.fill("261.5")
    expect(page.locator("#bid-version")).to_have_value("4")
    expect(page.locator("#bid-saved")).to_contain_text("2/2")
    save_bid(actor=bidder, bid_id=bid.pk, team="同事写的")
    page.fill("#id_plan", "我的计划")
    conflict = page.locator("#bid-saved [role=alert]")
    expect(conflict).to_contain_text("同事写的")
    expect(conflict).to_contain_text("十二位研究员")
    assert Bid.objects.get().team == "同事写的"
    assert page.input_value("#id_plan") == "我的计划"
    conflict.locator("button").click()
    page.wait_for_url(f"**/needs/bids/{bid.pk}/preview/")
    kept = Bid.objects.get()
    assert (kept.team, kept.plan) == ("十二位研究员", "我的计划")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_fit_the_window_and_pass_axe(db: str, frozen_clock: Any, new_page: Any, width: int, scheme: str) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17)
    scene.mark(scene.member, scene.first, 31, 27, None)
    other = Scene()
    challenge, draft = other.published(), other.draft(ip_terms="to_be_determined")
    bidder = other.bidder()
    bid = other.drafted_bid(challenge, bidder)
    looks = [
        (scene.member, f"/needs/challenges/{scene.challenge.pk}/review/"),
        (scene.member, f"/needs/bids/{scene.other.pk}/score/"),
        (scene.drafter, f"/needs/challenges/{scene.challenge.pk}/?tab=review"),
        (other.drafter, f"/needs/challenges/{draft.pk}/edit/"),
        (bidder, f"/needs/challenges/{challenge.pk}/"),
        (bidder, f"/needs/bids/{bid.pk}/edit/"),
        (bidder, f"/needs/bids/{bid.pk}/preview/"),
        (bidder, "/needs/challenges/"),
    ]
    for actor, address in looks:
        page = new_page(actor.person, actor.organisation, viewport={"width": width, "height": 900}, color_scheme=scheme)
        said: list[str] = []
        page.on("console", lambda one, said=said: said.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda one, said=said: said.append(str(one)))
        page.goto(address)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (beyond, said) == (0, []), address
        assert axe.violations(page) == [], address
        page.close()
