"""The frame: refusals as pages, headers, languages, navigation, slots and badges."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core.accounts.actor import Actor
from core.accounts.states import OrganisationState
from core.errors import Blocked, Invalid, Missing, NotAllowed, NotFound, WrongState
from core.web import badges, icons, nav, slots
from core.web.middleware import RefusalMiddleware
from tests import factories


def refused(refusal: Exception, *, path: str = "/x/", **headers: str) -> HttpResponse | None:
    request = RequestFactory().get(path, headers=headers)
    request.actor = Actor.nobody()  # type: ignore[attr-defined]
    return RefusalMiddleware(lambda _request: HttpResponse()).process_exception(request, refusal)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound("no such need"), 404),
        (NotAllowed("not for your role"), 403),
        (WrongState("already closed"), 409),
        (Invalid("cannot be"), 422),
        (Blocked("two are missing", missing=[Missing("a signature", "the owner", "/sign/", "A02")]), 409),
    ],
)
def test_a_refusal_is_a_page_that_says_why(refusal: Any, status: int) -> None:
    response = refused(refusal)
    assert response is not None and response.status_code == status
    text = response.content.decode()
    assert "<html" in text and str(refusal.message) in text
    for one in refusal.missing:
        assert str(one.what) in text and str(one.who) in text and f'href="{one.link}"' in text


def test_htmx_receives_the_panel_where_the_page_keeps_room_for_it() -> None:
    response = refused(WrongState("already closed"), HX_Request="true")
    assert response is not None and response.status_code == 409
    assert response["HX-Retarget"] == "#refusal" and "<html" not in response.content.decode()


def test_who_is_not_signed_in_is_led_to_the_door_and_back() -> None:
    refusal = NotAllowed("Please sign in first.", code="not_signed_in")
    page, part = refused(refusal, path="/needs/?q=1"), refused(refusal, HX_Request="true")
    assert page is not None and page.status_code == 302 and page["Location"].endswith("?next=%2Fneeds%2F%3Fq%3D1")
    assert part is not None and part["HX-Redirect"].endswith("?next=%2F")


def test_programs_get_a_problem_document_where_people_get_a_page(client: Any) -> None:
    answer = client.get("/api/v1/no-such-thing/")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        404,
        "application/problem+json",
        "not_found",
    )


def test_other_errors_and_the_api_are_left_alone() -> None:
    assert refused(ValueError("x")) is None
    assert refused(NotFound("x"), path="/api/v1/needs/") is None


@pytest.mark.parametrize(("referer", "is_kept"), [("http://testserver/needs/", True), ("https://evil.example/", False)])
def test_the_way_back_leads_only_home(referer: str, is_kept: bool) -> None:
    response = refused(NotAllowed("no"), Referer=referer)
    assert response is not None and (f'href="{referer}"' in response.content.decode()) is is_kept


def test_pages_run_nothing_inline_and_nothing_from_elsewhere(client: Any) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    text = response.content.decode()
    assert "style=" not in text and "onclick=" not in text and "http://" not in text.replace("http://www.w3.org", "")


def test_templates_hold_no_inline_script_or_style() -> None:
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[3] / "templates"
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)(?![^>]*application/json)", re.I)
    wrong = [
        f"{path.name}: {found[0]}"
        for path in root.rglob("*.html")
        if "mail" not in path.parts  # a message has no stylesheet beside it, and no policy
        and (found := inline.search(path.read_text(encoding="utf-8")))
    ]
    assert not wrong


def test_the_language_is_chinese_until_chosen_and_then_remembered_on_the_person(client: Any) -> None:
    me = factories.member(factories.organisation())
    client.sign_in(me)
    assert 'lang="zh-hans"' in client.get("/no/", headers={"Accept-Language": "en"}).content.decode()
    response = client.post("/language/", {"language": "en", "next": "/no/"})
    assert response["Location"] == "/no/"
    me.refresh_from_db()
    assert me.language == "en"
    assert 'lang="en"' in client.get("/no/").content.decode()
    client.cookies.clear()
    client.sign_in(me)
    assert 'lang="en"' in client.get("/no/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_switches_never_lead_elsewhere(client: Any, elsewhere: str) -> None:
    for address in ("/language/", "/theme/"):
        assert client.post(address, {"language": "en", "theme": "dark", "next": elsewhere})["Location"] == "/"


def test_the_theme_is_remembered(client: Any) -> None:
    client.post("/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/no/").content.decode()
    client.post("/theme/", {"theme": "pink"})
    assert 'data-theme="dark"' in client.get("/no/").content.decode()


def test_the_shell_shows_the_seat_and_every_other_seat(client: Any) -> None:
    first, second = factories.organisation("甲整车"), factories.organisation("乙研究院")
    me = factories.member(first)
    factories.actor(second, person_=me)
    client.sign_in(me, second)
    text = client.get("/no/").content.decode()
    assert "甲整车" in text and 'aria-current="true"' in text[text.index("乙研究院") - 900 :]


def test_navigation_shows_each_actor_only_what_is_meant_for_them(monkeypatch: Any) -> None:
    monkeypatch.setattr(nav, "_entries", {})
    nav.register(section=nav.DATA, label="For all", icon="home", url_name="coreweb:language", order=2)
    nav.register(
        section=nav.DATA,
        label="For the operator",
        icon="home",
        url_name="coreweb:theme",
        order=1,
        shows=lambda actor: actor.is_platform_admin,
        count=lambda _actor: 7,
    )
    nav.register(section=nav.DATA, label="Not mounted", icon="home", url_name="nowhere:list")
    assert nav.sections(Actor.nobody(), "/", lambda _count: None) == []
    shown = nav.sections(Actor.system(), "/language/deep/", lambda count: count(Actor.system()))
    assert [item.label for section in shown for item in section.items] == ["For all"]
    assert shown[0].items[0].is_current


def test_slots_are_filled_in_order_and_escape_plain_text(monkeypatch: Any) -> None:
    monkeypatch.setattr(slots, "_fillings", {})
    slots.register("room.page", lambda _request, **_context: "<b>plain</b>", order=2)
    slots.register(
        "room.page", lambda _request, **context: Template("<i>{{ who }}</i>").render(Context(context)), order=1
    )
    slots.register("room.page", lambda _request, **_context: None)
    assert slots.fill("room.page", RequestFactory().get("/"), who="甲") == "<i>甲</i>&lt;b&gt;plain&lt;/b&gt;"


def test_a_badge_has_icon_word_and_tone(db: str) -> None:
    with translation.override("en"):
        html = Template("{% badge firm %}").render(Context({"firm": factories.organisation()}))
    assert "st-ok" in html and "Verified" in html and "<svg" in html
    with translation.override("zh-hans"):
        assert str(badges.look_of(OrganisationState.SUSPENDED).label) == "已停用"
    assert badges.look_of(OrganisationState.SUSPENDED).tone == "bad"


def test_icons_named_in_code_and_templates_exist() -> None:
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    used: dict[str, str] = {}
    for path in root.glob("templates/**/*.html"):
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")):
            used[name] = path.name
    for room in ("platform", "needs", "projects", "benefits"):
        for path in (root / room).rglob("*.py"):
            for name in re.findall(r'\bicon="([a-z0-9-]+)"', path.read_text(encoding="utf-8")):
                used[name] = path.name
    assert not {name: where for name, where in used.items() if name not in icons.names()}
