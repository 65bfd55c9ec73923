"""How strong a password is said to be, and a look at what is typed (ASVS 2.1.8, 2.1.12)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from core.accounts.models import Person
from core.accounts.strength import FAIR, GOOD, REFUSED, STRONG, WEAK, bits, strength_of
from tests import factories

ADDRESS = "/accounts/password/strength/"


@pytest.mark.parametrize(
    ("password", "level"),
    [
        ("short", REFUSED),
        ("123456789012", REFUSED),
        ("passwordpassword", WEAK),
        ("Password2024!", WEAK),
        ("qwertyuiop1234567", WEAK),
        ("aaaaaaaaaaaaaaaaaaaa", WEAK),
        ("wangxiaoming2026", REFUSED),
        ("vbzkqmtwxrpd", WEAK),
        ("tidal lantern", FAIR),
        ("seven crows read maps", GOOD),
        ("7hQ#vT2m!xLp9Rz", GOOD),
        ("老槐树下第三张石凳刻着棋盘", STRONG),
        ("nine otters drift past the old weir at noon", STRONG),
    ],
)
def test_a_password_is_as_strong_as_its_cheapest_way(db: str, password: str, level: int) -> None:
    found = strength_of(password, Person(email="xm.wang@xielian.test", name="wang xiaoming"))
    assert (found.level, bool(found.reasons)) == (level, level == REFUSED), bits(password)


def test_the_meter_answers_whoever_types_and_keeps_and_repeats_nothing(client: Any, settings: Any) -> None:
    answer = client.post(ADDRESS, {"password": "seven crows read maps", "old_password": "the old one"})
    page = answer.content.decode()
    assert 'value="3"' in page and "良好" in page and "crows" not in page
    assert "不能使用： 密码太短，至少 12 个字符。" in client.post(ADDRESS, {"new_password1": "Xy7"}).content.decode()
    assert "不能使用" in client.post(ADDRESS, {"new_password1": "password1234"}).content.decode()
    assert not client.post(ADDRESS, {}).content.strip()
    person = factories.person(name="欧阳若水与山")
    client.sign_in(person)
    assert "不能使用" in client.post(ADDRESS, {"new_password1": person.email}).content.decode()
    settings.API_RATES = {"meter": (1, 60)}
    answers = [client.post(ADDRESS, {"password": "seven crows read maps"}).status_code for _ in range(2)]
    assert answers == [200, 204]
    assert client.get(ADDRESS).status_code == 405


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_what_is_typed_can_be_looked_at_and_is_hidden_again_before_it_is_sent(new_page: Any) -> None:
    me = factories.person()
    page = new_page(me, viewport={"width": 390, "height": 844})
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto("/accounts/password/")
    field, look = page.locator("#id_new_password1"), page.get_by_role("button", name="显示输入内容: 新密码").first
    field.press_sequentially("seven crows read maps")
    expect(page.locator("#id_new_password1-strength")).to_contain_text("良好")
    assert page.locator("#id_new_password1-strength meter").get_attribute("value") == "3"
    look.press("Enter")
    expect(look).to_have_attribute("aria-pressed", "true")
    assert field.get_attribute("type") == "text" and field.input_value() == "seven crows read maps"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390 and refused == []
    types = page.evaluate(
        """() => new Promise((told) => {
          document.addEventListener("submit", (event) => { event.preventDefault(); told(document.querySelector("#id_new_password1").type); });
          document.querySelector("#main form").requestSubmit();
        })"""
    )
    assert types == "password"
    page.goto("/accounts/password/")
    assert "crows" not in page.evaluate("JSON.stringify(Object.assign({}, localStorage))")
