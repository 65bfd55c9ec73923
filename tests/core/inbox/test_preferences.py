"""What people want to be told and how: the page, the REST door, and what nobody may silence."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.inbox import kinds
from core.inbox.models import Choice, Preferences
from core.inbox.web.forms import Wishes, initial_of
from tests import factories

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ["platform/core", "platform/chains", "platform/portal", "needs", "projects", "benefits", "talent", "datahub"]


def kinds_in_code() -> Iterator[tuple[str, str, bool]]:
    """Every `inbox.notify(kind="…")` and `inbox.open_task(kind="…")`: where, the kind, and whether it is a task."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
                if name not in ("notify", "open_task", "tell_watchers"):
                    continue
                for word in node.keywords:  # type: ignore[attr-defined]
                    if word.arg == "kind" and isinstance(word.value, ast.Constant):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", str(word.value.value), name == "open_task"


def test_every_kind_that_the_product_sends_is_named_in_the_preferences() -> None:
    found = list(kinds_in_code())
    assert len(found) > 30
    missing = [
        f"{where} {kind}"
        for where, kind, is_task in found
        if not kinds.known(kind) or kinds.kind_of(kind).is_task != is_task
    ]
    assert not missing, "register these in the room's inbox.py, tasks as asked, notifications as told:\n" + "\n".join(
        missing
    )


def sent(person: Any, **changes: Any) -> dict[str, Any]:
    """The page's form as a browser sends it, with changes."""
    wishes = Preferences.objects.filter(person=person).first() or Preferences(person=person)
    choices = {row.kind: row for row in Choice.objects.filter(preferences=wishes.pk)}
    first = initial_of(wishes, choices) | changes
    form = Wishes()
    values = {name: first[name] for name in form.fields if first.get(name) not in (None, False)}
    return {name: value.strftime("%H:%M") if isinstance(value, dt.time) else value for name, value in values.items()}


@pytest.mark.parametrize(
    ("quiet", "digest", "zone", "kind", "mail"),
    [
        (("22:00", "07:00"), "08:30", "Asia/Shanghai", "gate_decided", "daily"),
        (("12:00", "13:15"), "18:00", "Europe/Berlin", "answer_survey", "never"),
    ],
)
def test_a_person_chooses_on_the_page_and_finds_it_again(
    client: Any, quiet: tuple[str, str], digest: str, zone: str, kind: str, mail: str
) -> None:
    actor = factories.actor(factories.organisation())
    client.sign_in(actor.person)
    page = client.get("/inbox/preferences/").content.decode()
    assert "它带有约定的期限" in page, "what is locked says why"
    changes = {"quiet_from": quiet[0], "quiet_to": quiet[1], "digest_at": digest, "zone": zone, f"mail-{kind}": mail}
    answer = client.post("/inbox/preferences/", sent(actor.person, **changes, **{"shown-project_created": False}))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    row = Preferences.objects.get(person=actor.person)
    assert [f"{row.quiet_from:%H:%M}", f"{row.quiet_to:%H:%M}", f"{row.digest_at:%H:%M}", row.zone] == [
        *quiet,
        digest,
        zone,
    ]
    assert row.choices.get(kind=kind).mail == mail
    assert not row.choices.get(kind="project_created").is_shown
    again = client.get("/inbox/preferences/").content.decode()
    for text in (*quiet, digest, f'value="{mail}" selected'):
        assert text in again


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quiet_from": "22:00", "quiet_to": ""}, "quiet_to"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet_to"),
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"digest_at": "25:00"}, "digest_at"),
    ],
)
def test_a_wrong_time_is_named_beside_its_field_and_nothing_is_kept(
    client: Any, changes: dict[str, str], field: str
) -> None:
    actor = factories.actor(factories.organisation())
    client.sign_in(actor.person)
    answer = client.post("/inbox/preferences/", sent(actor.person) | changes)
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()
    assert not Preferences.objects.filter(person=actor.person).exists()


def test_a_program_reads_and_changes_the_same_preferences(api: Any) -> None:
    actor = factories.actor(factories.organisation(), language="en")
    door = api.as_person(actor.person)
    first = door.get("inbox/preferences/")
    assert first.data["language"] == "en"
    by_kind = {row["kind"]: row for row in first.data["kinds"]}
    assert by_kind["gate_decided"]["mail"] == "at_once"
    assert by_kind["pay_call"]["locked"]
    assert door.patch("inbox/preferences/", {"zone": "UTC"}).status_code == 428
    wanted = {
        "quiet_from": "21:00",
        "quiet_to": "06:30",
        "choices": [{"kind": "gate_decided", "in_product": False, "mail": "daily"}],
    }
    changed = door.patch("inbox/preferences/", wanted, etag=first.headers["ETag"])
    assert changed.status_code == 200, door.text(changed)
    assert changed.headers["ETag"] != first.headers["ETag"]
    now = {row["kind"]: row for row in changed.data["kinds"]}["gate_decided"]
    assert (now["in_product"], now["mail"]) == (False, "daily")
    for etag in (first.headers["ETag"], '"²"', '"٣"', '"12345678901"', '"x"'):
        assert door.patch("inbox/preferences/", {"zone": "UTC"}, etag=etag).status_code == 412, etag
    assert door.patch("inbox/preferences/", {"zone": "Mars"}, etag=changed.headers["ETag"]).status_code == 422
    assert door.get("inbox/preferences/").data["quiet_to"] == "06:30:00"


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"kind": "pay_call", "mail": "never"}, "cannot be silenced"),
        ({"kind": "second_factor", "mail": "daily"}, "safety"),
        ({"kind": "close_need", "in_product": False}, "stays in the inbox"),
        ({"kind": "no_such_kind"}, "no kind of message"),
    ],
)
def test_what_must_be_told_cannot_be_silenced(api: Any, choice: dict[str, Any], words: str) -> None:
    actor = factories.actor(factories.organisation(), language="en")
    door = api.as_person(actor.person)
    answer = door.patch("inbox/preferences/", {"choices": [choice]}, etag='"1"')
    assert answer.status_code == 422
    assert words in answer.data["errors"]["choices"][0]
    assert not Choice.objects.exists()


def test_a_machine_has_no_preferences(api: Any, client: Any) -> None:
    from core.accounts import actions

    actor = factories.actor(factories.organisation())
    machine = actions.create_client(
        actor=actor, organisation_id=actor.organisation_id, name="ERP", scopes=["inbox:read", "inbox:write"], roles=[]
    )
    door = api.as_machine(machine)
    assert door.get("inbox/preferences/").status_code == 403
    assert door.get("inbox/calendar/").status_code == 403
    assert door.get("inbox/deadlines/").status_code == 200
    assert client.get("/inbox/preferences/").status_code == 302
