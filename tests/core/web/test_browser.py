"""The shell in a browser: theme, keyboard, drafts, drawer, lists without reloading, and nothing the policy refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.support import axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def guide(new_page: Any, settings: Any) -> Any:
    """A function that opens the style guide as a member, and the browser's complaints in `page.complaints`."""
    settings.DEMO = True
    firm = factories.organisation("甲整车", kinds=["large_firm", "end_user"])
    for name in ("乙研究院", "丙封测", "丁电极", "戊基地", "己基金", "庚大学"):
        factories.organisation(name)
    me = factories.member(firm, name="周岚")

    def open_guide(**options: Any) -> Any:
        page = new_page(me, firm, **options)
        page.complaints = []
        page.on(
            "console", lambda said: page.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto("/styleguide/")
        return page

    return open_guide


@pytest.mark.parametrize("width", [1440, 1000, 390])
def test_nothing_is_wider_than_the_window_and_nothing_breaks_the_policy(guide: Any, width: int) -> None:
    page = guide(viewport={"width": width, "height": 900})
    page.wait_for_selector("#sample-line canvas")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.complaints == []


def test_the_theme_turns_and_is_remembered(guide: Any) -> None:
    page = guide(color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.click("[data-theme-toggle]")  # as the device -> light
    page.click("[data-theme-toggle]")  # light -> dark
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    dark = page.evaluate(colour)
    page.reload()
    assert page.evaluate(colour) == dark != light


def test_the_keyboard_reaches_content_and_search(guide: Any) -> None:
    page = guide()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"


def test_menus_open_and_close_by_keyboard(guide: Any) -> None:
    page = guide()
    page.focus(".orgs > summary")
    page.keyboard.press("Enter")
    assert page.is_visible("text=您代表")
    page.keyboard.press("Escape")
    assert not page.is_visible("text=您代表")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_drawer_opens_on_a_phone_and_holds_the_way_out(guide: Any) -> None:
    page = guide(viewport={"width": 390, "height": 844})
    assert not page.is_visible("#side")
    page.click("#drawer-open")
    assert page.is_visible("#side") and page.is_visible(".side-p >> text=退出登录")
    page.keyboard.press("Escape")
    page.wait_for_selector("#side", state="hidden")


def test_a_list_filters_sorts_and_pages_in_place_and_keeps_the_address(guide: Any) -> None:
    page = guide()
    page.evaluate("window.stayed = true")
    page.fill("#table-q", "甲整车")
    page.keyboard.press("Enter")
    expect(page.locator("#table tbody tr")).to_have_count(1)
    assert "q=" in page.url and page.evaluate("window.stayed") is True
    page.click("text=全部清除")
    expect(page.locator("#table tbody tr")).to_have_count(5)
    page.click("#table th a >> nth=0")
    page.wait_for_selector("#table th[aria-sort=ascending]")
    page.click("#table .pg[rel=next]")
    page.wait_for_url(re.compile(r"page=2"))
    page.reload()
    assert page.locator("#table tbody tr").count() == 2


def test_a_list_works_without_scripts(guide: Any) -> None:
    page = guide(java_script_enabled=False)
    page.fill("#table-q", "甲整车")
    page.click("#table button[type=submit]")
    assert page.locator("#table tbody tr").count() == 1


def test_drafts_are_their_persons_and_go_with_signing_out(new_page: Any, settings: Any) -> None:
    settings.DEMO = True
    home = factories.organisation("甲整车")
    one, other = factories.member(home), factories.member(factories.organisation("乙研究院"))
    page, later = new_page(one, home), new_page(other)
    kept = "Object.keys(localStorage).filter((name) => name.startsWith('xl-draft:')).length"

    def write() -> None:
        page.goto("/styleguide/")
        page.fill("#id_title", "half a secret")
        page.wait_for_timeout(700)  # drafts are kept a moment after the last key
        page.reload()
        assert (page.input_value("#id_title"), page.evaluate(kept)) == ("half a secret", 1)

    own, others = page.context.cookies(), later.context.cookies()
    write()
    page.context.clear_cookies()
    page.goto("/accounts/sign-in/")
    assert page.evaluate(kept) == 1, "a session that ran out takes nothing"
    page.context.add_cookies(others)
    page.goto("/styleguide/")
    assert (page.input_value("#id_title"), page.evaluate(kept)) == ("", 0), "the next person sees nothing of it"
    page.context.add_cookies(own)
    write()
    page.click(".me > summary")
    page.click(".me form button")
    page.wait_for_url(re.compile("/accounts/sign-in/"))
    assert page.evaluate(kept) == 0


def test_a_draft_comes_back_and_can_be_discarded(guide: Any) -> None:
    page = guide()
    page.fill("#id_title", "half a sentence")
    page.wait_for_timeout(700)  # drafts are kept a moment after the last key
    page.reload()
    assert page.input_value("#id_title") == "half a sentence"
    page.click("text=放弃草稿")
    assert page.input_value("#id_title") == ""


def test_a_draft_outlives_a_session_that_ended_and_goes_when_the_form_took_effect(new_page: Any) -> None:
    firm = factories.organisation("甲整车", kinds=["large_firm"])
    chain = factories.chain("产业链", leader=firm)
    page = new_page(factories.member(firm), firm)
    page.goto("/needs/new/")
    page.fill("#id_title", "冬季续航")
    page.fill("#id_pain_point", "用户不敢跑长途")
    page.select_option("#id_node", index=1)
    page.check("[name=demand_side][value=rd]")
    page.wait_for_timeout(700)
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies([one for one in kept if "csrf" in one["name"]])
    page.click("form.form button[type=submit]")
    page.wait_for_load_state()
    assert not chain.nodes.filter(needs__isnull=False).exists()
    page.context.add_cookies(kept)
    page.goto("/needs/new/")
    assert page.input_value("#id_title") == "冬季续航"
    page.click("form.form button[type=submit]")
    page.wait_for_url(re.compile(r"/needs/[0-9a-f-]{36}/$"))
    page.goto("/needs/new/")
    assert page.input_value("#id_title") == ""


def test_a_refused_form_keeps_what_was_typed_and_leads_to_the_errors(guide: Any) -> None:
    page = guide()
    page.fill("#id_title", "a title")
    page.fill("#id_budget", "many")
    page.click("form.form button[type=submit]")
    page.wait_for_selector("#form-errors")
    assert page.input_value("#id_title") == "a title" and page.input_value("#id_budget") == "many"
    assert page.evaluate(
        "document.activeElement.classList.contains('refuse') || document.activeElement.id === 'form-errors'"
    )
    assert page.get_attribute("#id_budget", "aria-invalid") == "true"


def test_two_clicks_send_a_form_once(guide: Any) -> None:
    page = guide()
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.route("**/styleguide/", lambda route: None if route.request.method == "POST" else route.continue_())
    page.evaluate("const b = document.querySelector('form.form button[type=submit]'); b.click(); b.click(); b.click();")
    page.wait_for_timeout(300)
    assert len(posts) == 1


@pytest.mark.parametrize(("theme", "language"), [("light", "zh-hans"), ("dark", "en")])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_component_is_accessible(guide: Any, theme: str, language: str, width: int) -> None:
    page = guide(viewport={"width": width, "height": 900})
    address = page.url.removesuffix("/styleguide/")
    page.context.add_cookies(
        [
            {"name": "xl_theme", "value": theme, "url": address},
            {"name": "django_language", "value": language, "url": address},
        ]
    )
    page.goto("/styleguide/?state=verified")
    page.click("form.form button[type=submit]")
    page.wait_for_selector("#form-errors")
    wrong = axe.violations(page)
    assert not wrong, "\n".join(wrong)
