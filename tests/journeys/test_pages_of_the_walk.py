"""The reference walk is played over HTTP; then five people open what it left, in both languages, on desk and phone."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support import axe

PAGES = {
    "leader": ["/", "/needs/", "need", "challenge", "project", "agreement", "/inbox/", "/chains/", "chain", "/book/"],
    "institute": ["/", "bid", "project", "gate", "/benefits/statements/"],
    "investor": ["/", "fund", "agreement", "/benefits/tranches/"],
    "approver": ["/", "/projects/approvals/", "gate", "/alerts/"],
    "expert1": ["/", "/needs/seats/", "review"],
}


@pytest.fixture
def world(live_server: str, tmp_path: Path) -> Any:
    from tests.architecture.world import World

    return World(live_server, tmp_path)


def places(world: Any) -> dict[str, str]:
    from projects.models import Gate

    ids = world.play.ids
    gate = Gate.objects.get(project_id=ids["project"], stage="pilot")
    return {
        "need": f"/needs/{ids['need']}/", "challenge": f"/needs/challenges/{ids['challenge']}/", "project": f"/projects/{ids['project']}/",
        "agreement": f"/benefits/agreements/{ids['agreement']}/", "chain": f"/chains/{ids['chain']}/", "bid": f"/needs/bids/{ids['bid:institute']}/",
        "gate": f"/projects/gates/{gate.pk}/", "fund": _fund(), "review": f"/needs/challenges/{ids['challenge']}/review/",
    }  # fmt: skip


def _fund() -> str:
    from benefits.models import RiskFund

    return f"/benefits/funds/{RiskFund.objects.get().pk}/"


def person(local: str) -> Any:
    from core.accounts.models import Person
    from portal.walk.cases import DOMAIN

    return Person.objects.get(email=f"{local}@{DOMAIN}")


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.timeout(400)
def test_five_people_open_their_pages_in_both_languages(world: Any, new_page: Any, tmp_path: Path) -> None:
    where = places(world)
    troubles: list[str] = []
    for who, names in PAGES.items():
        local = who if who in ("approver", "expert1") else f"battery-{who}"
        for language, width, scheme in (("zh-hans", 1440, "light"), ("en", 390, "dark")):
            someone = person(local)
            someone.language = language
            someone.save(update_fields=["language"])
            page = new_page(
                someone,
                None,
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                locale="zh-CN" if language != "en" else "en-US",
            )
            noise: list[str] = []
            page.on(
                "console", lambda message, heard=noise: heard.append(message.text) if message.type == "error" else None
            )
            for name in names:
                path = where.get(name, name)
                answer = page.goto(path)
                assert answer is not None and answer.status == 200, (
                    f"{who} {name}: {answer.status if answer else 'no answer'}"
                )
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wide > 1:
                    troubles.append(f"{who} {name} at {width}: the page is {wide} px too wide")
                # axe styles what it measures and the policy reports that late; so inline styles are looked for in the source.
                troubles += [f"{who} {name} at {width}: {one}" for one in noise if "Applying inline style" not in one]
                noise.clear()
                troubles += [
                    f"{who} {name}: {found}" for found in re.findall(r' style="[^"]*"| on[a-z]+="', answer.text())
                ]
                troubles += [f"{who} {name} at {width}: {one}" for one in axe.violations(page)]
                if language == "en":
                    frame = page.locator("nav, .head, .card-h, th, button").all_inner_texts()
                    left = [text for text in frame if re.search(r"待办|需求库|账本|项目$", text)]
                    troubles += [f"{who} {name}: Chinese in the English page: {text[:40]}" for text in left]
    assert not troubles, "\n".join(dict.fromkeys(troubles))


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_a_picture_of_the_gate_for_the_readme(world: Any, new_page: Any, tmp_path: Path) -> None:
    page = new_page(person("approver"), None, viewport={"width": 1440, "height": 1000}, color_scheme="light")
    page.goto(places(world)["gate"])
    target = Path(os.environ.get("WRITE_PICTURE", tmp_path / "gate.png"))
    page.screenshot(path=str(target))
    assert target.stat().st_size > 20_000
