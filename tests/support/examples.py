"""The worked examples of the developer page: a story told through the REST door, by the generated client, and what came of it.

The story lies in `platform/docs/examples/story/`, as data. A step names an operation and who asks for it; the first step of an
operation that is not `unseen` is its example. `$name` stands for what an earlier step kept or what the played world is made of,
`$day:30` and `$moment:30` for a day and a moment so many days from now. A step `job` runs that job of the worker.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import time
import uuid
from importlib import import_module
from typing import Any

import httpx
import yaml

from config import python_client as maker
from portal.queries import developers
from tests.support import python_client
from tests.support.clock import Clock

STORY = developers.HOME / "story"
PARTS = ["chains", "needs", "results", "challenges", "projects", "benefits", "accounts", "platform"]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
NAME = re.compile(r"\$(\w+:-\d+|[\w:]+)")
# People of the walk whose address carries the chain's name.
OF_THE_CHAIN = {"leader", "second", "institute", "university", "supplier1", "supplier2", "investor", "user"}
NOBODY = "stranger"


class Told(Exception):  # noqa: N818 - the story stops here
    """A step that did not go as told."""


class Teller:
    """Tells the story on a played world, and keeps each operation's example as it went over the wire."""

    def __init__(self, world: Any, url: str) -> None:
        python_client.package()
        self.session = import_module(f"{maker.NAME}.session")
        self.url, self.clock = url, Clock()
        self.names: dict[str, Any] = {"url": url, **_names(world)}
        self.operations = {one.name: one for one in developers.operations()}
        self.examples: dict[str, dict[str, Any]] = {}
        self._doors: dict[tuple[str, bool], Any] = {}
        self._heard: list[httpx.Response] = []
        self._acting_for = ""

    def tell(self, parts: list[str] = PARTS) -> None:
        """All of it, in order."""
        try:
            for part in parts:
                for step in yaml.safe_load((STORY / f"{part}.yaml").read_text()):
                    self._step(step, part)
        finally:
            self.clock.release()

    def _step(self, step: dict[str, Any], part: str) -> None:
        for value in self._meant(step.get("each", [self.names.get("each")])):
            self.names["each"] = value
            if "steps" in step:
                for inner in step["steps"]:
                    self._step(inner, part)
            elif "sign" in step:
                self.clock.move(minutes=2)
                self.names |= _sign(step["sign"], self.names["leader"])
            elif "job" in step:
                _run(step["job"], self._meant(step.get("with", {})))
            elif "days" in step:
                self.clock.move(days=step["days"])
                self._doors.clear()  # a session does not outlive such a time
            else:
                self._do(step, part)

    def _do(self, step: dict[str, Any], part: str) -> None:
        operation = self.operations.get(step["do"])
        if operation is None:
            raise Told(f"{part}: there is no operation {step['do']}")
        self.clock.move(seconds=1)
        asked = self._asked(operation, self._meant({name: value for name, value in step.items() if name != "keep"}))
        who = self._meant(step.get("as", "leader"))
        self._acting_for = self._meant(step.get("for", ""))
        is_example = not step.get("unseen") and operation.name not in self.examples
        answer, by = self._ask(operation, asked, who, with_machine=is_example and not step.get("person"))
        if answer.status_code >= 400:
            raise Told(
                f"{part}: {who}: {operation.name} {json.dumps(asked, ensure_ascii=False, default=str)}: {answer.status_code} {answer.text[:900]}"
            )
        came = answer.json() if "json" in answer.headers.get("Content-Type", "") else None
        for name, path in _kept(step.get("keep")).items():
            self.names[name] = _at(came, path) if isinstance(path, str) else _id_where(came, *self._meant(path))
        if is_example:
            self.examples[operation.name] = self._example(asked, answer, by, came)

    def _ask(
        self, operation: Any, asked: dict[str, Any], who: str, *, with_machine: bool
    ) -> tuple[httpx.Response, str]:
        """Asked by the organisation's machine, and by the person where a machine may not, or would see nothing."""
        if with_machine and who != NOBODY:
            answer = self._call(operation, asked, who, is_machine=True)
            empty = "json" in answer.headers.get("Content-Type", "") and _is_empty(answer.json())
            if answer.status_code < 400 and not empty:
                return answer, "machine"
            if answer.status_code not in (200, 401, 403, 404):
                return answer, "machine"
        return self._call(operation, asked, who, is_machine=False), "stranger" if who == NOBODY else "person"

    def _call(self, operation: Any, asked: dict[str, Any], who: str, *, is_machine: bool) -> httpx.Response:
        door = self._door(who, is_machine)
        http = door.get_httpx_client()
        http.headers.pop("X-Organisation", None)
        if self._acting_for and not is_machine:
            http.headers["X-Organisation"] = self._acting_for
        before = len(self._heard)
        asked["key"] = f"{operation.name}-{before}"
        try:
            if operation.method == "PATCH":
                asked["if_match"] = door.get_httpx_client().get(operation.address(asked)).headers.get("ETag", "")
            exec(operation.python(asked), {"xielian": door, "open": _open})
        except self.session.Refused:
            pass
        except Exception as failed:
            raise Told(f"{operation.name} {asked}: {failed!r}") from failed
        return self._heard[before:][-1]

    def _door(self, who: str, is_machine: bool) -> Any:
        if (who, is_machine) not in self._doors:
            headers, cookies = {"Accept-Language": "zh-hans"}, dict[str, str]()
            if is_machine:
                headers["Authorization"] = f"Bearer {_token(_actor(who))}"
            elif who != NOBODY:
                cookies = _cookies(_actor(who))
                headers["X-CSRFToken"] = cookies["csrftoken"]
            http = httpx.Client(base_url=self.url, headers=headers, cookies=cookies, timeout=60, trust_env=False)
            http.event_hooks["response"] = [self._hear]
            self._doors[who, is_machine] = self.session.through(http)
        return self._doors[who, is_machine]

    def _hear(self, answer: httpx.Response) -> None:
        answer.read()
        self._heard.append(answer)

    def _asked(self, operation: Any, step: dict[str, Any]) -> dict[str, Any]:
        asked = {name: step[name] for name in ("path", "query", "body", "form", "file") if name in step}
        if "id" in step:
            asked["path"] = {"id": step["id"], **asked.get("path", {})}
        if operation.takes_body and "form" not in asked and "file" not in asked:
            asked.setdefault("body", {})
        return asked

    def _meant(self, value: Any) -> Any:
        """What a value stands for."""
        if isinstance(value, dict):
            return {self._meant(name): self._meant(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._meant(one) for one in value]
        if not isinstance(value, str):
            return value
        if value != "$each":
            value = value.replace("$each", str(self.names.get("each")))
        if whole := NAME.fullmatch(value):
            return self._named(whole[1])
        return NAME.sub(lambda found: str(self._named(found[1])), value)

    def _named(self, name: str) -> Any:
        from core import clock

        kind, _colon, days = name.partition(":")
        if kind == "day":
            return (clock.today() + dt.timedelta(days=int(days))).isoformat()
        if kind == "moment":
            return (clock.now() + dt.timedelta(days=int(days))).replace(microsecond=0).isoformat()
        if name not in self.names:
            raise Told(f"nothing is called ${name}")
        return self.names[name]

    def _example(self, asked: dict[str, Any], answer: httpx.Response, by: str, came: Any) -> dict[str, Any]:
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        del asked["key"]
        told: dict[str, Any] = {"by": by, **asked, "status": answer.status_code}
        if "ETag" in answer.headers:
            told["etag"] = answer.headers["ETag"]
        if came is None and answer.content:
            told["kind"] = kind
        elif came is not None:
            told["answer"] = _short(came)
        return Plain(self.names, self.url).plain(told)


class Plain:
    """The same example at every run: ids, moments, hashes and secrets give way to made-up ones that look alike."""

    UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
    MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
    DAY = re.compile(r"\d{4}-\d\d-\d\d")
    HEX = re.compile(r"\b[0-9a-f]{20,}\b")
    DRAWN = re.compile(r"(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+/-]{24,}={0,2}")
    TODAY = dt.date(2026, 12, 1)

    def __init__(self, names: dict[str, Any], url: str) -> None:
        self.known = {
            str(value): name for name, value in names.items() if isinstance(value, str) and self.UUID.fullmatch(value)
        }
        self.url, self.seen = url, dict[str, int]()

    def plain(self, value: Any) -> Any:
        """The value with everything that differs from run to run replaced."""
        if isinstance(value, dict):
            return {self.plain(name): self.plain(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.plain(one) for one in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        from core import clock

        def day(found: re.Match[str]) -> str:
            try:
                return (self.TODAY + (dt.date.fromisoformat(found[0]) - clock.today())).isoformat()
            except (ValueError, OverflowError):
                return found[0]

        text = re.sub(r"cursor=[\w%-]+", "cursor=cD0yMDI2LTEyLTAx", text.replace(self.url, "https://xielian.example"))
        text = self.UUID.sub(lambda found: str(uuid.uuid5(uuid.NAMESPACE_URL, self._name(found[0]))), text)
        text = self.MOMENT.sub(lambda found: f"{day(self.DAY.match(found[0]))}T09:30:00{found[4] or ''}", text)  # type: ignore[arg-type]
        text = self.DAY.sub(day, text) if not self.MOMENT.search(text) else text
        text = self.HEX.sub(lambda found: self._digest(found[0]).hex()[: len(found[0])].ljust(len(found[0]), "0"), text)
        return self.DRAWN.sub(
            lambda found: base64.b64encode(self._digest(found[0]) * 8).decode()[: len(found[0])], text
        )

    def _name(self, value: str) -> str:
        return self.known.get(value) or f"{self.seen.setdefault(value, len(self.seen))}"

    def _digest(self, value: str) -> bytes:
        return hashlib.sha256(self._name(value).encode()).digest()


def fits(came: Any, shown: Any) -> bool:
    """Whether two answers are made alike: the same names and kinds. What is null or empty in one of them says nothing."""
    if came is None or shown is None or came == [] or shown == []:
        return True
    if isinstance(came, dict) and isinstance(shown, dict):
        names, others = _names_in(came), _names_in(shown)
        return names == others and all(fits(came[name], shown[name]) for name in names)
    if isinstance(came, list) and isinstance(shown, list):
        return fits(came[0], shown[0])
    return type(came) is type(shown)


def _names_in(value: dict[str, Any]) -> set[str]:
    return {name for name in value if not Plain.UUID.fullmatch(name)}


def _short(value: Any) -> Any:
    """An answer of a size that one reads: two rows of a list tell what the others look like."""
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    return [_short(one) for one in value[:2]] if isinstance(value, list) else value


def _is_empty(came: Any) -> bool:
    return came == [] or (isinstance(came, dict) and came.get("results") == [])


def _kept(keep: Any) -> dict[str, Any]:
    """What is kept, under which names: a place in the answer, or [rows, field, value] for the id of one of the rows."""
    return {keep: "id"} if isinstance(keep, str) else keep or {}


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def _id_where(came: Any, rows: str, field: str, wanted: str) -> str:
    found: str = next(row["id"] for row in came[rows] if wanted in (row[field], _inner(row[field])))
    return found


def _inner(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else None


def _run(job: str, given: dict[str, Any]) -> None:
    from celery import current_app

    current_app.loader.import_default_modules()
    current_app.tasks[job](**given)


def _open(_name: str, _mode: str) -> Any:
    import io

    return io.BytesIO(PDF)


def _actor(who: str) -> Any:
    from core.accounts.actor import Actor
    from core.accounts.models import Person
    from portal.walk.cases import DOMAIN

    name, _at, organisation = who.partition("@")
    if organisation:
        person = Person.objects.get(email=who)
    else:
        person = Person.objects.get(email=f"battery-{name}@{DOMAIN}" if name in OF_THE_CHAIN else f"{name}@{DOMAIN}")
    seat = person.memberships.filter(is_active=True).select_related("organisation").order_by("created_at").first()
    return Actor.for_person(person, seat.organisation if seat else None)


def _cookies(actor: Any) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    from tests.support.doors import sign_in

    client = Client()
    sign_in(client, actor.person, actor.organisation)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value, "csrftoken": "a" * 32}


def _token(actor: Any) -> str:
    """A machine of the person's organisation, with all scopes and the person's own roles."""
    from oauth2_provider.models import AccessToken, Application

    from core import clock
    from core.accounts.models import MachineClient
    from core.api.schema import ROOMS

    if actor.organisation is None:
        return "none"
    scopes = [f"{room}:{right}" for room in ROOMS for right in ("read", "write")]
    application = Application.objects.create(
        name="MES", client_type="confidential", authorization_grant_type="client-credentials"
    )
    MachineClient.objects.create(
        organisation=actor.organisation,
        name="MES",
        application=application,
        scopes=scopes,
        roles=sorted(actor.roles),
        created_by=actor.person,
    )
    token = f"token-{uuid.uuid4()}"
    AccessToken.objects.create(
        application=application, token=token, scope=" ".join(scopes), expires=clock.now() + dt.timedelta(hours=9)
    )
    return token


def _names(world: Any) -> dict[str, Any]:
    """What the story may speak of from the beginning."""
    from core.accounts.models import Person
    from portal.walk.cases import DOMAIN

    people = Person.objects.filter(email__endswith=DOMAIN)
    names = {f"person:{one.email.partition('@')[0].removeprefix('battery-')}": str(one.pk) for one in people}
    return {**world.ids, **names, **_secrets(world)}


def _secrets(world: Any) -> dict[str, Any]:
    """What comes by e-mail and is read nowhere else: the tokens of an account and of an invitation; a seat to change and a lost phone."""
    from core import clock
    from core.accounts import entry, factors, services
    from tests import factories

    admin = world.other
    _invitation, token = services.issue_invitation(
        organisation=admin.organisation, email="new.expert@example.test", roles=["member"], invited_by=admin.person
    )
    seat = services.seat(
        factories.person("罗助理", email="assistant@example.test"), world.party.organisation, ["member"]
    )
    secret, careless = factors.fresh_secret(), factories.person("陆工", email="lost.phone@example.test")
    factors.set_up(careless, secret, factors.code_at(secret, clock.now()))
    account = entry.token_for("new.expert@example.test")
    return {"account_token": account, "invitation_token": token, "seat_to_change": str(seat.pk)}


def _sign(name: str, leader: str) -> dict[str, Any]:
    """A signed head of the log, as a worker makes it each minute, and an entry that lies under it."""
    from core.book import checkpoints, services
    from core.book.models import Body

    own = Body.objects.filter(organisation_id=leader)
    for _turn in range(100):  # an open transaction of another database on the server may hold the line for a moment
        services.sequence()
        if own.filter(entry__place__isnull=False).exists():
            break
        time.sleep(0.1)
    head = checkpoints.make_checkpoint()
    assert head is not None
    return {f"{name}_size": head.size, "own_entry": str(own.filter(entry__place__isnull=False).earliest("entry_id").pk)}


def write(examples: dict[str, dict[str, Any]]) -> None:
    """Keep what has come, so that the page shows it."""
    order = [one.name for one in developers.operations() if one.name in examples]
    told = {name: examples[name] for name in order}
    developers.EXAMPLES.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    import os
    import sys

    import pytest

    # python -m tests.support.examples --write: tells the story and keeps what came
    if "--write" in sys.argv:
        os.environ["WRITE_EXAMPLES"] = "yes"
    sys.exit(pytest.main(["-q", "-n", "0", "tests/portal/test_examples.py"]))
