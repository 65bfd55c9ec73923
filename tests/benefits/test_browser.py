"""Pages of benefit and risk in a browser: accessible, within the screen, with the chart's table beside the chart."""

from __future__ import annotations

from decimal import Decimal as Dec
from typing import Any

import pytest
from playwright.sync_api import expect

from benefits.actions import agreement as actions
from tests.factories import benefits as make
from tests.support import axe

SCREENS = [
    {"viewport": {"width": 1440, "height": 900}},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    {"viewport": {"width": 1440, "height": 900}, "locale": "en-US"},
]


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("screen", SCREENS, ids=["wide", "phone-dark", "english"])
def test_pages_are_accessible_and_stay_within_the_screen(new_page: Any, screen: Any) -> None:
    row, actors = make.agreement(5)
    table = make.lines(actors[:2], ["50", "30"])
    members = [{"organisation": one.organisation_id, "weight": Dec(1)} for one in actors[2:]]
    table.append({"label": "中小企业组", "percent": Dec(20), "reason": "配套研发与测试", "members": members})
    version = make.signed(row, actors, table)
    done = actions.settle_income(actor=actors[0], income_id=make.income(version, actors[0], "1000000").pk)
    statement = done.statements.get(organisation=actors[2].organisation)
    fund, manager, _parties = make.fund()
    make.paid_call(fund, manager, unpaid=3)
    claim = make.claim_in_review()
    page = new_page(actors[2].person, actors[2].organisation, **screen)
    for path in (
        f"agreements/{row.pk}/", f"agreements/{row.pk}/?tab=shares", f"agreements/{row.pk}/propose/", f"agreements/{row.pk}/entries/",
        f"settlements/{done.pk}/", f"statements/{statement.pk}/", "statements/", "agreements/",
    ):  # fmt: skip
        page.goto(f"/benefits/{path}")
        assert axe.violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["viewport"]["width"], path
    page.goto(f"/benefits/settlements/{done.pk}/")
    page.locator("details.chart-t summary").click()
    expect(page.locator("details.chart-t")).to_contain_text("66666.67")
    keeper = new_page(manager.person, manager.organisation, **screen)
    for path in (f"funds/{fund.pk}/", f"funds/{fund.pk}/?tab=calls", "funds/new/", "funds/", "claims/"):
        keeper.goto(f"/benefits/{path}")
        assert axe.violations(keeper) == [], path
        assert keeper.evaluate("document.documentElement.scrollWidth") <= screen["viewport"]["width"], path
    assert claim.state == "in_review"


@pytest.mark.xdist_group("browser")
def test_a_party_signs_and_another_settles_in_the_browser(new_page: Any) -> None:
    row, actors = make.agreement(2)
    first, second = (new_page(one.person, one.organisation) for one in actors)
    first.goto(f"/benefits/agreements/{row.pk}/propose/")
    for n, percent in enumerate(("60", "50")):
        first.locator(f"#id_percent_{n}").fill(percent)
        first.locator(f"#id_reason_{n}").fill("资金")
    first.get_by_role("button", name="提出", exact=True).click()
    expect(first.locator("#refusal")).to_contain_text("合计 110 %")
    expect(first.locator("#id_percent_0")).to_have_value("60")
    first.locator("#id_percent_1").fill("40")
    first.get_by_role("button", name="提出", exact=True).click()
    for page in (first, second):
        page.goto(f"/benefits/agreements/{row.pk}/")
        page.get_by_role("button", name="签署 v1").click()
        expect(page.get_by_role("button", name="签署 v1")).to_have_count(0)
    second.goto(f"/benefits/agreements/{row.pk}/income/")
    second.locator("#id_amount").fill("0.05")
    second.locator("#id_received_on").fill("2026-11-01")
    second.locator("#id_source").fill("试订单")
    second.get_by_role("button", name="登记").click()
    second.get_by_role("button", name="结算", exact=True).click()
    expect(second.locator(".sum").first).to_contain_text("0.05")
    expect(second.locator("table.t").first).to_contain_text("0.03")
