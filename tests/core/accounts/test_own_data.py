"""All that is kept about one person, in one file, for that person alone."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.accounts import actions, factors, own_data, services
from core.accounts.models import Person
from core.book.models import Body
from core.inbox.models import Absence, Notification, Preferences, Task
from tests import factories
from tests.factories import PASSWORD

PLACE = "/accounts/profile/data/"


def read(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [own_data.NAME]
        found: dict[str, Any] = json.loads(archive.read(own_data.NAME))
    return found


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def someone(db: str) -> Person:
    return factories.member(factories.organisation("甲厂"), name="张工", password=PASSWORD)


def test_a_person_takes_out_all_that_is_kept_about_them_and_nothing_secret(
    someone: Person, client: Any, api: Any, frozen_clock: Any, settings: Any
) -> None:
    settings.FRESH_SIGN_IN_MINUTES, settings.API_RATES = 15, {"own-data": (2, 3600)}
    home = someone.memberships.get().organisation
    other = factories.member(home, name="李工")
    Preferences.objects.create(person=someone)
    Absence.objects.create(
        person=someone, organisation=home, cover=other, note="出差", starts_on=clock.today(), ends_on=clock.today(),
        starts_at=clock.now(), ends_at=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    for person, key in ((someone, "mine"), (other, "not mine")):
        Notification.objects.create(person=person, kind="x", title=f"told to {key}", key=key)
    client.post(
        "/accounts/sign-in/", {"username": someone.email, "password": PASSWORD}, headers={"user-agent": "Firefox/140"}
    )
    door = api.as_person(someone)
    assert PLACE in client.get("/accounts/profile/").content.decode()
    frozen_clock.move(minutes=16)
    assert client.post(PLACE).headers["Location"].startswith("/accounts/confirm/")
    assert door.post("me/data/", {}).data["code"] == "sign_in_again"
    client.post("/accounts/confirm/", {"password": PASSWORD})
    secret = factors.fresh_secret()
    codes = factors.set_up(someone, secret, factors.code_at(secret, clock.now()))
    answer = client.post(PLACE)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="xielian-own-data-')
    content = body_of(answer)
    told = read(content)
    assert (told["kind"], told["person"]) == ("xielian.own-data/1", str(someone.pk))
    assert told["account"][0]["email"] == someone.email
    assert [(one["organisation_name"], one["is_active"]) for one in told["seats"]] == [("甲厂", True)]
    assert "Firefox/140" in [one["browser"] for one in told["sign_ins"]]
    assert [one["sentence"] for one in told["notifications"]] == ["told to mine"]
    assert [(one["cover_name"], one["note"]) for one in told["absences"]] == [("李工", "出差")]
    assert told["preferences"] and told["second_factor"][0]["recovery_codes_left"] == len(codes)
    assert told["book_entries"][-1]["operation"] == "take_own_data"
    assert Body.objects.filter(operation="take_own_data", person=someone).count() == 1
    someone.refresh_from_db()
    plain = json.dumps(told, ensure_ascii=False)
    for hidden in (secret, *codes, someone.password, client.session.session_key, other.email):
        assert hidden not in plain
    session = door.client.session
    session["confirmed_at"] = int(clock.now().timestamp())
    session.save()
    assert read(body_of(door.client.post("/api/v1/me/data/")))["account"] == told["account"]
    assert client.post(PLACE).status_code == 429
    assert Body.objects.filter(operation="take_own_data").count() == 2, "what was not handed out is not booked"


def test_what_an_organisation_asked_is_told_while_one_has_a_seat_there(someone: Person) -> None:
    home = someone.memberships.get()
    for organisation, title in ((home.organisation, "Sign the secret one"), (None, "Confirm the address")):
        Task.objects.create(
            person=someone, organisation=organisation, kind="x", title=title, key=title, link="/needs/1/"
        )

    def tasks() -> list[tuple[str, str]]:
        return [(one["sentence"], one["link"]) for one in read(own_data.packed(someone).read())["tasks"]]

    assert tasks() == [("Sign the secret one", "/needs/1/"), ("Confirm the address", "/needs/1/")]
    with transaction.atomic():
        services.end_seat(home)
    assert tasks() == [("", ""), ("Confirm the address", "/needs/1/")]


def test_it_is_ones_own_alone(api: Any, client: Any, db: str) -> None:
    assert api.post("me/data/", {}).status_code == 401
    half = api.as_person(factories.person()).client.post("/api/v1/me/data/", data="{", content_type="application/json")
    assert half.status_code == 400, "half a document is read by none"
    home = factories.organisation()
    scopes = ["accounts:read", "accounts:write"]
    machine = actions.create_client(
        actor=factories.actor(home), organisation_id=home.pk, name="ERP", scopes=scopes, roles=[]
    )
    assert api.as_machine(machine).post("me/data/", {}).status_code == 403
    assert client.post(PLACE).status_code in (302, 403)
