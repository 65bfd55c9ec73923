"""The inbox stays up to date without a reload, and its pages work on a phone and by keyboard."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.inbox import actions, services
from tests import factories
from tests.support import axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SEEN = "document.dispatchEvent(new Event('visibilitychange'))"


def ask(organisation: Any, key: str) -> Any:
    due = clock.now() + dt.timedelta(days=1)
    return services.open_task(kind="close_need", title=f"Sign {key}", key=key, organisation=organisation, due_at=due)


def test_the_summary_answers_304_while_nothing_changes(api: Any) -> None:
    actor = factories.actor(factories.organisation())
    door = api.as_person(actor.person)
    first = door.get("inbox/summary/")
    assert (first.data["tasks"], first.data["unread"]) == (0, 0)
    mark = {"If-None-Match": first.headers["ETag"]}
    assert door.get("inbox/summary/", headers=mark).status_code == 304
    ask(actor.organisation, "a")
    changed = door.get("inbox/summary/", headers=mark)
    assert (changed.status_code, changed.data["tasks"]) == (200, 1)
    services.close_tasks(key="a")
    ask(actor.organisation, "b")
    other = door.get("inbox/summary/", headers={"If-None-Match": changed.headers["ETag"]})
    assert (other.status_code, other.data["tasks"]) == (200, 1), "one gone and one come is a change"


def test_count_list_and_home_follow_without_a_reload(new_page: Any) -> None:
    actor = factories.actor(factories.organisation())
    ask(actor.organisation, "first")
    page, home = (new_page(actor.person) for _ in range(2))
    trouble: list[str] = []
    for one in (page, home):
        one.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.goto("/inbox/")
    home.goto("/")
    page.evaluate("window.stays = true")
    ask(actor.organisation, "second")
    for one in (page, home):
        one.evaluate(SEEN)
        one.get_by_text("Sign second").first.wait_for()
        assert one.locator(".tb .cnt").inner_text() == "2"
    assert page.evaluate("window.stays") is True
    assert "2" in page.locator("#live-news").inner_text(), "said aloud"
    services.close_tasks(key="first")
    services.close_tasks(key="second")
    page.evaluate(SEEN)
    page.get_by_text("没有等您处理的事").wait_for()
    assert page.locator(".tb .cnt").is_hidden()
    assert trouble == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_pages_are_readable_by_everyone(new_page: Any, width: int, scheme: str) -> None:
    organisation = factories.organisation("甲公司")
    actor, cover = factories.actor(organisation), factories.actor(organisation, roles=["member"])
    task = ask(organisation, "one")
    actions.hand_on_task(actor=actor, task_id=task.pk, to=cover.person.pk, note="请看")
    day = clock.today()
    absence = actions.name_cover(actor=actor, cover=cover.person.pk, starts_on=day, ends_on=day)
    actions.renew_feed(actor=actor)
    page = new_page(cover.person, viewport={"width": width, "height": 900}, color_scheme=scheme)
    paths = {
        1440: ["/inbox/", "/inbox/preferences/", "/inbox/calendar/", f"/inbox/absences/{absence.pk}/"],
        390: [f"/inbox/tasks/{task.pk}/", "/inbox/absences/new/", "/inbox/preferences/", "/inbox/calendar/?view=list"],
    }
    for path in paths[width]:
        page.goto(path)
        assert axe.violations(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    page.goto("/inbox/calendar/")
    link = page.locator(".cal-i a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "calendar" not in url)
