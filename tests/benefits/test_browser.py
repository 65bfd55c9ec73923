"""Benefit in a browser: shares are signed, income is settled, and the chart has its table beside it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.factories import benefits as make


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
    second.locator("details.chart-t summary").click()
    expect(second.locator("details.chart-t")).to_contain_text("0.03")
