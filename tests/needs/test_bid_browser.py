"""Challenges in a browser: a bid that saves itself, and two people at one draft."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from needs.models.bid import Bid
from tests.factories.challenges import D, Scene, save_bid

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
