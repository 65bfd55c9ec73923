"""Every page of the walked world, opened by somebody who may see it: accessible, whole, quiet, in one language; and on paper."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse

from tests.architecture import world as everything
from tests.architecture.permissions import TABLE
from tests.support import axe
from tests.support.kept_world import world_of

EYES = ["leader", "party", "reviewer", "admin", "other", "conflicted", "stranger"]
# Pages that do something when they are opened, or end the session.
LEFT_OUT = {"accounts:sign_out", "inbox:notification"}
LOOKS = [("zh-hans", 1440, "light"), ("en", 390, "dark")]
# What the page reports of broken rules of its content policy, before axe measures (which styles what it measures).
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


Found = tuple[str, str, str, str]


def pages(world: Any) -> Iterator[Found]:
    """Name, path, one of those who may open it, and what it says in Chinese, of every address that answers with a page."""
    speak(world, "zh-hans")
    clients = clients_in(world, "zh-hans")
    for door in everything.doors():
        if door.is_api or door.name in LEFT_OUT:
            continue
        try:
            path = reverse(door.name, kwargs=world.arguments(door))
        except NoReverseMatch:
            continue
        letters = dict(zip(everything.PEOPLE, TABLE.get(door.name, ""), strict=False))
        for who in sorted(EYES, key=lambda one, letters=letters: letters.get(one) != "y"):
            answer = clients[who].get(path)
            if answer.status_code == 405:
                break
            if answer.status_code == 200:
                text = "" if answer.streaming else answer.content.decode("utf-8", "replace")
                if answer.headers["Content-Type"].startswith("text/html") and "<html" in text:
                    yield door.name, path, who, text
                break


class Words(HTMLParser):
    """What a page says: its texts and the attributes that are read aloud or shown."""

    SAID = ("title", "placeholder", "aria-label", "alt", "data-lost", "data-label")
    SILENT = ("script", "style", "code", "pre", "textarea", "kbd", "q")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in self.SILENT:
            self._silent += 1
        foreign = "lang" in told and tag != "html"
        self.found |= {value for name, value in attrs if name in self.SAID and value and not foreign}

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.add(" ".join(data.split()))


def data_of_the_world() -> list[str]:
    """Every text that lies in the database, longest first: what a page may say in the language it was written in."""
    found: set[str] = set()

    def take(value: Any) -> None:
        if isinstance(value, str):
            found.update(part for line in value.splitlines() if (part := " ".join(line.split())))
            found.add(" ".join(value.split()))
        elif isinstance(value, dict):
            for one in value.values():
                take(one)
        elif isinstance(value, list | tuple):
            for one in value:
                take(one)

    for model in apps.get_models():
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
            or field.get_internal_type() == "ArrayField"
        ]
        if names and model._meta.label not in ("sessions.Session", "auth.Permission"):
            for row in model._default_manager.values_list(*names):
                for value in row:
                    take(value)
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def left_over(said: set[str], data: list[str], strange: re.Pattern[str]) -> set[str]:
    """What is said in the wrong language once everything that is data is taken away."""
    wrong = set()
    for text in said:
        rest = text
        is_cut = text.endswith(("…", "...")) and any(text.rstrip(".…").strip() in value for value in data)
        if is_cut or not strange.search(rest):
            continue
        for value in data:
            if value in rest:
                rest = rest.replace(value, " ")
                if not strange.search(rest):
                    break
        else:
            wrong.add(text)
    return wrong


# 182 mm between the margins at 96 dots an inch.
PAPER = {"width": 688, "height": 972}
PRINTED = {
    "needs:challenge": "leader", "needs:bid": "party", "needs:award": "leader", "projects:gate": "leader", "projects:project": "leader",
    "benefits:agreement": "leader", "benefits:settlement": "leader", "benefits:statement": "party", "book:entries": "leader", "needs:contract_sheet": "leader",
}  # fmt: skip
LOOK = Path(__file__).with_name("paper.js").read_text(encoding="utf-8")

POSTED = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
TOKEN = 'name="csrfmiddlewaretoken"'
PLAIN_LIST = re.compile(r'</header>\s*<div id="refusal"[^>]*></div>\s*<section class="card list"')
PLAIN_FORM = re.compile(r'<div class="narrow">\s*<section class="card card-pad">\s*<form')
ENGLISH = re.compile(r"\b[A-Za-z]+(?:[ ']+[a-z]{2,}){2,}")  # three words in a row
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def speak(world: Any, language: str) -> None:
    from core.accounts.models import Person

    Person.objects.update(language=language)


@pytest.fixture
def world(live_server: str, tmp_path: Path, settings: Any) -> Any:
    settings.API_RATES = {}
    return world_of(live_server, tmp_path)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.timeout(900)
def test_every_page_is_whole_accessible_and_in_one_language(
    world: Any, new_page: Any, live_server: str, tmp_path: Path
) -> None:
    found = list(pages(world))
    assert len(found) > 90, len(found)
    only = os.environ.get("ONLY_PAGES")
    if only:
        found = [one for one in found if re.search(only, one[0])]
    troubles = languages(world, found) + eyes(world, looked_at(found), new_page, live_server) + paper(world, new_page)
    troubles += picture(world, new_page, tmp_path)
    assert not troubles, f"{len(troubles)} troubles\n" + "\n".join(dict.fromkeys(troubles))


def looked_at(found: list[Found]) -> list[Found]:
    """The pages that the browser opens: of those that are one plain form or one plain list, which are built by one template each, every
    fourth; all others.

    With LOOKS=all, or where pages were named, every one of them.
    """
    if os.environ.get("LOOKS") == "all" or os.environ.get("ONLY_PAGES"):
        return found
    return [one for one in found if not _is_plain(one[3]) or crc32(one[0].encode()) % 4 == 0]


def _is_plain(text: str) -> bool:
    return bool(PLAIN_FORM.search(text) or PLAIN_LIST.search(text))


def clients_in(world: Any, language: str) -> dict[str, Any]:
    clients = {who: everything.client_of(world, who) for who in EYES}
    for client in clients.values():
        client.cookies["django_language"] = language
    return clients


def languages(world: Any, found: list[Found]) -> list[str]:
    """English sentences in Chinese pages and Chinese words in English ones, outside of data."""
    troubles = []
    data = data_of_the_world()
    for language, strange in (("zh-hans", ENGLISH), ("en", CHINESE)):
        speak(world, language)
        clients = clients_in(world, language)
        told: set[str] = set()
        for name, path, who, chinese in found:
            text = chinese if language == "zh-hans" else clients[who].get(path).content.decode()
            troubles += [f"{name}: a form without its token" for form in POSTED.findall(text) if TOKEN not in form]
            said = Words(text).found - told
            told |= said
            troubles += [f"{name} in {language}: {one[:160]}" for one in left_over(said, data, strange)]
    return troubles


def eyes(world: Any, found: list[Found], new_page: Any, url: str) -> list[str]:
    """What the browser finds wrong, on a desk and on a phone.

    A page is loaded in one look and turned into the other, so that it is drawn in both for the price of one; axe measures
    it as it was loaded. With LOOKS=all every page is loaded and measured in each look.
    """
    troubles = []
    turns = [[look] for look in LOOKS] if os.environ.get("LOOKS") == "all" else [LOOKS]
    for looks in turns:
        speak(world, looks[-1][0])
        windows: dict[str, Any] = {}
        shells: set[tuple[str, int]] = set()
        noise: list[str] = []
        for place, (name, path, who, _text) in enumerate(found):
            if who not in windows:
                windows[who] = window_of(world, who, looks[-1], new_page, url, noise)
            page = windows[who]
            noise.clear()
            # Where the window stands from the page before is where this one is loaded.
            order = looks if place % 2 else looks[::-1]
            for turn, (_language, width, scheme) in enumerate(order):
                where = f"{name} as {who} at {width}"
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 900})
                if not turn:
                    answer = page.goto(path)
                    if answer is None or answer.status != 200:
                        troubles.append(f"{where}: {answer.status if answer else 'no answer'}")
                        break
                wide, refused, title = page.evaluate(f"[{WIDE}, window.refused.splice(0), document.title]")
                if wide > 1:
                    troubles.append(f"{where}: {wide} px too wide")
                if len(title) < 4:
                    troubles.append(f"{where}: no title")
                troubles += [f"{where}: refused by the policy: {one}" for one in refused]
                # The browser reports late what axe styled on the page before.
                troubles += [f"{where}: {one}" for one in noise if "inline style" not in one]
                if folder := os.environ.get("WRITE_PICTURES"):
                    page.wait_for_timeout(300)  # the drawer slides away
                    page.screenshot(path=f"{folder}/{name.replace(':', '.')}-{width}.png", full_page=True)
                if not turn:  # colours that have just been turned may still be on their way
                    seen_before = (who, width) in shells
                    shells.add((who, width))
                    troubles += [f"{where}: {one}" for one in axe.violations(page, but_shell=seen_before)]
    return troubles


def window_of(world: Any, who: str, look: tuple[str, int, str], new_page: Any, url: str, noise: list[str]) -> Any:
    language, width, scheme = look
    actor = None if who == "stranger" else world.actor_of(who)
    page = new_page(
        actor and actor.person,
        actor and actor.organisation,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    page.context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    page.add_init_script(LISTEN)
    page.add_init_script(axe.source())
    page.on("console", lambda said: noise.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: noise.append(str(error)))
    return page


def paper(world: Any, new_page: Any) -> list[str]:
    """What comes out wrong on A4: something to press, something clipped, a row that may break, a dark ground, no head."""
    troubles = []
    speak(world, "zh-hans")
    doors = {door.name: door for door in everything.doors()}
    for name, who in PRINTED.items():
        actor = world.actor_of(who)
        page = new_page(actor.person, actor.organisation, viewport=PAPER, color_scheme="dark")
        page.emulate_media(media="print", color_scheme="dark")
        page.goto(reverse(name, kwargs=world.arguments(doors[name])))
        found = page.evaluate(LOOK)
        if actor.organisation.name not in found.pop("head") or not found.pop("isShown"):
            troubles.append(f"{name} on paper: no head")
        troubles += [
            f"{name} on paper: {what}: {', '.join(sorted(set(where)))}" for what, where in found.items() if where
        ]
        if folder := os.environ.get("WRITE_PICTURES"):
            page.screenshot(path=f"{folder}/{name.replace(':', '.')}-paper.png", full_page=True)
            Path(f"{folder}/{name.replace(':', '.')}.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
        page.context.close()
    return troubles


def picture(world: Any, new_page: Any, folder: Path) -> list[str]:
    """The picture in the README, taken anew into WRITE_PICTURE; elsewhere it is only seen to be there."""
    from core.accounts.models import Person

    speak(world, "zh-hans")
    gate = next(door for door in everything.doors() if door.name == "projects:gate")
    who = Person.objects.get(email__startswith="approver")
    page = new_page(who, None, viewport={"width": 1440, "height": 1000}, color_scheme="light")
    page.goto(reverse(gate.name, kwargs=world.arguments(gate)))
    target = Path(os.environ.get("WRITE_PICTURE", folder / "gate.png"))
    page.screenshot(path=str(target))
    page.context.close()
    return [] if target.stat().st_size > 20_000 else ["the picture of a gate is empty"]
