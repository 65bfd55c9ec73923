"""All deadlines in one calendar: what each may see, by page, by REST and for calendar programs."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from icalendar import Calendar

from core.accounts import services as accounts
from core.inbox import actions, services
from core.inbox.deadlines import deadlines_for, deadlines_of_person
from core.inbox.models import Feed
from tests import factories
from tests.factories import challenges, projects

NOW = dt.datetime(2026, 11, 25, 1, tzinfo=dt.UTC)


def ask(organisation: Any, key: str, due_at: dt.datetime, title: str = "") -> Any:
    return services.open_task(
        kind="close_need",
        title=title or f"Sign {key}",
        key=key,
        organisation=organisation,
        link="/needs/",
        due_at=due_at,
    )


def address(actor: Any) -> str:
    """The path of the person's feed, freshly made."""
    from core.inbox import feeds

    return feeds.address_of(actions.renew_feed(actor=actor)).removeprefix(_public_url())


def _public_url() -> str:
    from django.conf import settings

    return settings.PUBLIC_URL


def unfolded(made: bytes) -> list[str]:
    return re.sub(rb"\r\n[ \t]", b"", made).decode().split("\r\n")


@pytest.mark.parametrize(("days", "title"), [(3, "Water the plants"), (9, "签署，含“;,\\”的说明" + "长" * 120)])
def test_the_feed_is_a_calendar_that_programs_read(
    client: Any, frozen_clock: Any, settings: Any, days: int, title: str
) -> None:
    settings.PUBLIC_URL = "https://xielian.example"
    frozen_clock.set(NOW)
    actor = factories.actor(factories.organisation("甲公司"))
    actions.edit_preferences(actor=actor, changes={"zone": "Europe/Berlin"})
    task = ask(actor.organisation, "t", NOW + dt.timedelta(days=days), title)
    path = address(actor)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    made = answer.content
    assert made.startswith(b"BEGIN:VCALENDAR\r\n")
    assert made.endswith(b"END:VCALENDAR\r\n")
    assert not re.search(rb"[^\r]\n", made), "every line ends with CRLF"
    assert max(len(line) for line in made.split(b"\r\n")) <= 75, "long lines are folded by octets"
    calendar = Calendar.from_ical(made)
    [event] = calendar.walk("VEVENT")
    assert str(event["summary"]) == title
    assert str(event["uid"]) == f"task-{task.pk}@xielian.example"
    assert event["dtstamp"].dt == NOW
    assert event["dtstart"].dt == NOW + dt.timedelta(days=days)
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert str(event["url"]) == "https://xielian.example/needs/"
    assert {"VERSION:2.0", "CALSCALE:GREGORIAN", "TRANSP:TRANSPARENT"} <= set(unfolded(made))
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    frozen_clock.move(hours=5)
    assert client.get(path).headers["ETag"] == answer.headers["ETag"], "the same deadlines are the same bytes"
    ask(actor.organisation, "t2", NOW + dt.timedelta(days=2))
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_the_address_is_renewed_and_revoked_and_is_kept_as_a_hash(client: Any, api: Any, settings: Any) -> None:
    actor = factories.actor(factories.organisation())
    client.sign_in(actor.person)
    assert client.post("/inbox/calendar/renew/").status_code == 302
    page = client.get("/inbox/calendar/").content.decode()
    first = re.search(rf'value="{_public_url()}(/inbox/calendar/feed/[^"]+)"', page)
    assert first
    secret = first[1].removeprefix("/inbox/calendar/feed/").removesuffix(".ics")
    row = Feed.objects.get()
    assert len(secret) >= 43
    assert secret not in (row.token_hash, row.sealed)
    client.sign_out()
    assert client.get(first[1]).status_code == 200
    door = api.as_person(actor.person)
    renewed = door.post("inbox/calendar/renew/")
    second = renewed.data["address"].removeprefix(_public_url())
    assert second != first[1]
    assert door.get("inbox/calendar/").data["address"].endswith(second)
    assert (client.get(first[1]).status_code, client.get(second).status_code) == (404, 200)
    assert door.post("inbox/calendar/renew/", {"address": "mine"}).status_code == 400
    assert door.delete("inbox/calendar/").status_code == 204
    assert client.get(second).status_code == 404
    assert door.get("inbox/calendar/").status_code == 404
    assert "生成地址" in client.sign_in(actor.person).get("/inbox/calendar/").content.decode()


def test_an_ended_account_and_a_guessed_address_open_nothing_and_reading_has_a_limit(
    client: Any, settings: Any, frozen_clock: Any
) -> None:
    assert (settings.API_RATES["feed"], settings.API_RATES["feed-guess"]) == ((60, 60), (20, 60))
    settings.API_RATES = {"feed": (4, 60), "feed-guess": (2, 60)}
    actor = factories.actor(factories.organisation())
    path = address(actor)
    answers = [client.get(path, REMOTE_ADDR=f"203.0.113.{n}") for n in range(5)]
    assert [one.status_code for one in answers] == [200] * 4 + [429]
    assert answers[0].headers["RateLimit"].startswith('"feed";r=3;t=')
    guesses = [client.get(f"/inbox/calendar/feed/guess{n}.ics", REMOTE_ADDR=f"2001:db8:1:2::{n}") for n in range(3)]
    assert [one.status_code for one in guesses] == [404, 404, 429], "a household's IPv6 network is one visitor"
    assert guesses[-1].headers["RateLimit-Policy"] == '"feed-guess";q=2;w=60'
    assert 1 <= int(guesses[-1].headers["Retry-After"]) <= 60
    assert client.get("/inbox/calendar/feed/guess.ics", REMOTE_ADDR="2001:db8:1:3::1").status_code == 404
    actor.person.is_active = False
    actor.person.save(update_fields=["is_active"])
    ended = client.get(path)
    assert (ended.status_code, "VCALENDAR" in ended.content.decode()) == (404, False)


def test_the_feed_is_read_while_nobody_can_count(client: Any, settings: Any) -> None:
    path = address(factories.actor(factories.organisation()))
    url = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}
    assert client.get(path).status_code == 200


def test_the_feed_holds_all_seats_and_leaves_out_those_that_ask_for_a_second_factor(
    client: Any, frozen_clock: Any
) -> None:
    frozen_clock.set(NOW)
    actor = factories.actor(factories.organisation())
    other, strict = factories.organisation(), factories.organisation(needs_second_factor=True)
    for number, organisation in enumerate((actor.organisation, other, strict)):
        ask(organisation, f"t{number}", NOW + dt.timedelta(days=number + 1))
    accounts.seat(actor.person, other, ["member"])
    accounts.seat(actor.person, strict, ["member"])
    events = Calendar.from_ical(client.get(address(actor)).content).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == ["Sign t0", "Sign t1"]


def test_rooms_put_their_days_into_the_calendar_of_those_who_may_see_them(db: str, frozen_clock: Any) -> None:
    scene = projects.Scene().started()
    issuer = challenges.Scene()
    challenge = issuer.published()
    start, end = frozen_clock.now - dt.timedelta(days=30), frozen_clock.now + dt.timedelta(days=900)
    found = deadlines_for(scene.leader, start, end)
    gates = {one.object_id for one in found if one.source in ("gates", "tasks")}
    assert set(scene.project.gates.values_list("pk", flat=True)) & gates
    assert challenge.pk in {one.object_id for one in found}, "a published challenge is everybody's"
    stranger = factories.actor(factories.organisation())
    seen = deadlines_for(stranger, start, end)
    assert {one.source for one in seen} <= {"challenges"}
    assert [one.at for one in seen if one.key == f"challenge-{challenge.pk}"] == [challenge.deadline_at]
    keys = [one.key for one in found]
    assert len(keys) == len(set(keys))
    assert {one.key for one in deadlines_of_person(scene.leader.person, start, end)} == set(keys)


@pytest.mark.parametrize(("count", "month"), [(2, "2026-12"), (6, "2027-01")])
def test_the_month_and_the_list_show_the_same_days(client: Any, frozen_clock: Any, count: int, month: str) -> None:
    frozen_clock.set(NOW)
    actor = factories.actor(factories.organisation())
    client.sign_in(actor.person)
    day = dt.datetime.fromisoformat(f"{month}-15T06:00:00+00:00")
    for number in range(count):
        ask(actor.organisation, f"t{number}", day)
    page = client.get(f"/inbox/calendar/?month={month}").content.decode()
    assert page.count("Sign t") == min(count, 4) * 2, "each with its title on hover"
    assert f"{count} 个截止日期" in page
    assert ("还有 2 项" in page) == (count == 6)
    assert "Sign t" not in client.get("/inbox/calendar/").content.decode()
    listed = client.get("/inbox/calendar/?view=list").content.decode()
    assert listed.count("Sign t") == count
    assert "Sign t1" in client.get("/inbox/calendar/?view=list&q=t1").content.decode()
    assert client.get(f"/inbox/calendar/?view=list&due_to={month}-14").content.decode().count("Sign t") == 0
    csv = client.get("/inbox/calendar/?view=list&file=csv").content.decode()
    assert csv.count("Sign t") == count
    assert "2026-12-15 14:00" in csv or "2027-01-15 14:00" in csv
    for asked in ("month=2026-13", "month=x", "source=nowhere", "view=list&due_from=x&sort=nothing"):
        assert client.get(f"/inbox/calendar/?{asked}").status_code == 200


def test_a_program_reads_the_deadlines_of_a_span(api: Any, frozen_clock: Any) -> None:
    frozen_clock.set(NOW)
    actor = factories.actor(factories.organisation())
    for number in range(3):
        ask(actor.organisation, f"t{number}", NOW + dt.timedelta(days=number))
    door = api.as_person(actor.person)
    rows = door.get("inbox/deadlines/", {"start": "2026-11-26", "end": "2026-11-27", "source": "tasks"}).data["results"]
    assert [(row["title"], row["on"]) for row in rows] == [("Sign t1", "2026-11-26"), ("Sign t2", "2026-11-27")]
    assert len(door.get("inbox/deadlines/").data["results"]) == 3
    for wrong in (
        {"start": "x"},
        {"source": "nowhere"},
        {"start": "2026-01-02", "end": "2026-01-01"},
        {"end": "9999-01-01"},
    ):
        assert door.get("inbox/deadlines/", wrong).status_code == 400
    assert api.get("inbox/deadlines/").status_code == 401
