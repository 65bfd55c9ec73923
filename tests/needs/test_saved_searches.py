"""Searches of the library that tell their owner of new needs (R019)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.inbox.models import Notification
from needs.models import Need, SavedSearch
from needs.services.need import index_need
from needs.tasks.library import tell_searches
from tests import factories
from tests.factories import challenges


def published(title: str, **fields: Any) -> Need:
    owner = factories.organisation()
    need = challenges.published_need(owner, title=title, specs=[], pain_point=title, published_at=clock.now(), **fields)
    index_need(need)
    return need


@pytest.mark.req("R019")
@pytest.mark.parametrize(
    ("pace", "hours", "word", "fits"),
    [("daily", 24, "充电", "寒区 charging 慢"), ("hourly", 1, "包装膜", "包装膜撕裂")],
)
def test_whoever_keeps_a_search_is_told_once_of_each_new_need_they_may_read(
    client: Any, api: Any, frozen_clock: Any, pace: str, hours: int, word: str, fits: str
) -> None:
    frozen_clock.set(dt.datetime(2026, 3, 2, 9, tzinfo=clock.CHINA))
    reader = factories.actor(factories.organisation())
    published(fits)
    client.sign_in(reader.person, reader.organisation)
    asked = {"q": word, "side": "rd"}
    empty = client.post("/needs/searches/new/", {"name": "冬季", "pace": pace})
    assert empty.status_code == 422 and "请先检索或筛选" in empty.content.decode()
    assert "/needs/searches/new/?q=" in client.get("/needs/", asked).content.decode()
    form = "/needs/searches/new/?q=" + word + "&side=rd"
    assert word in client.get(form).content.decode()
    assert client.post(form, {"name": "冬季", "pace": pace}).status_code == 302
    frozen_clock.move(minutes=30)
    fresh = published(fits + "，第二家")
    published(fits + "，机密", confidentiality="restricted")
    published(fits + "，售后", demand_side="service")
    published("玻璃基板翘曲")
    assert tell_searches() == 0, "not due yet"
    frozen_clock.move(hours=hours)
    assert (tell_searches(), tell_searches()) == (1, 0)
    told = Notification.objects.get(kind="saved_search")
    assert told.person == reader.person
    page = client.get(told.link).content.decode()
    assert fresh.title in page and "机密" not in page and "售后" not in page and "玻璃" not in page
    row = api.as_person(reader.person, reader.organisation).get("saved-searches/").data["results"][0]
    assert (row["name"], row["query"], row["pace"], row["found"]) == ("冬季", asked, pace, 1)
    frozen_clock.move(hours=hours)
    assert tell_searches() == 0 and Notification.objects.filter(kind="saved_search").count() == 1


@pytest.mark.req("R019")
def test_a_saved_search_is_its_owners_alone_changed_forgotten_and_refused_when_not_understood(
    api: Any, client: Any, frozen_clock: Any
) -> None:
    one, other = factories.actor(factories.organisation()), factories.actor(factories.organisation())
    mine, theirs = (api.as_person(actor.person, actor.organisation) for actor in (one, other))
    assert mine.post("saved-searches/", {"name": "x", "query": {"colour": "red"}}).status_code == 422
    assert mine.post("saved-searches/", {"name": "x", "query": {}}).status_code == 422
    made = mine.post("saved-searches/", {"name": "电芯", "query": {"q": "电芯"}, "pace": "weekly"})
    assert made.status_code == 201, api.text(made)
    door = f"saved-searches/{made.data['id']}/"
    twice = mine.post("saved-searches/", {"name": "电芯", "query": {"q": "膜"}})
    assert twice.status_code == 422 and list(twice.data["errors"]) == ["name"]
    assert theirs.get(door).status_code == 404 and theirs.get("saved-searches/").data["results"] == []
    assert theirs.post(door + "forget/").status_code == 404
    changed = mine.post(door + "change/", {"name": "电芯与膜", "pace": "never"})
    assert (changed.data["name"], changed.data["pace"], changed.data["hits"]) == ("电芯与膜", "never", [])
    published("电芯鼓包")
    frozen_clock.move(days=30)
    assert tell_searches() == 0, "who does not wish to be told is not told"
    client.sign_in(one.person, one.organisation)
    assert "电芯与膜" in client.get("/needs/searches/").content.decode()
    assert (
        client.post(f"/needs/searches/{made.data['id']}/change/", {"name": "电芯", "pace": "daily"}).status_code == 302
    )
    frozen_clock.move(days=2)
    assert tell_searches() == 0, "what came while nobody wished to hear is not told in one heap"
    assert mine.post(door + "forget/").data["name"] == "电芯" and not SavedSearch.objects.exists()
