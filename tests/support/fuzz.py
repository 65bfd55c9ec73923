"""Every operation of the description, asked with data made from the description itself, as several kinds of client."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.architecture import world as everything

# What a case breaks when it breaks a rule of ours beside those of the description.
UNEXPECTED = "data as the description has it are refused with 400"


# An exact number is described as text; a number of JSON is read as well.
NUMBERS = re.compile(r"violates `type` at \S+ \(was string, became (integer|number)\)")
# What a description cannot say of a value that is refused.
BEYOND = {
    "deadline_at": "a moment of the years 1 to 9999 in China as well",
    "cursor": "one that we gave",
    "end": "at most 800 days after the start",
    "source": "a room that has deadlines",
    "website": "an address that could exist",
}
OTHERS = re.compile(r"violates `")


@dataclass
class Report:
    """What was asked and what came."""

    operations: set[str] = field(default_factory=set)
    cases: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass
class Sender:
    """What a client sends with every request."""

    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


class Fuzz:
    """The description over a played world. `run(operations, examples)` gives the report."""

    def __init__(self, world: everything.World, seed: int) -> None:
        import schemathesis
        from django.core.wsgi import get_wsgi_application

        from core.api.schema import Generator

        warnings.filterwarnings("ignore", module="schemathesis|hypothesis")
        self.world, self.seed = world, seed
        self.schema = schemathesis.openapi.from_dict(Generator().get_schema(public=True))
        self.schema.config.generation.update(allow_x00=False)
        self.schema.config.checks.negative_data_rejection.expected_statuses.append("412")
        self.schema.app = get_wsgi_application()
        self.doors = {door.name: door for door in everything.doors() if door.is_api}
        self.report = Report()
        self.clients = {"leader": person(world.leader), "machine": machine(world), "stranger": Sender()}

    def operations(self) -> list[Any]:
        """All of them, by name."""
        return [one.ok() for one in self.schema.get_all_operations()]

    def run(self, operations: list[Any], examples: int) -> Report:
        """So many cases per operation: half as the description has them, half not."""
        for operation in operations:
            self._one(operation, examples)
        return self.report

    def _one(self, operation: Any, examples: int) -> None:
        from hypothesis import HealthCheck, Phase, given, seed, settings
        from hypothesis.errors import Unsatisfiable
        from schemathesis import GenerationMode

        name = operation.definition.raw["operationId"]
        self.report.operations.add(name)
        here = self._ids(operation)
        kept = {"path_parameters": here} if here else {}
        half = max(1, examples // 2)
        shares = [(GenerationMode.POSITIVE, kept, half)]
        # Where an operation takes nothing but the id that stands there, nothing can be wrong: looking for it takes long.
        if operation.query or operation.headers or operation.body or (operation.path_parameters and not here):
            shares.append((GenerationMode.NEGATIVE, kept, half))
        if here:
            shares.append((GenerationMode.NEGATIVE, {}, max(1, examples // 10)))
        quiet = {
            "deadline": None,
            "database": None,
            "phases": [Phase.generate],
            "suppress_health_check": list(HealthCheck),
        }
        for mode, ids, count in shares:
            strategy = operation.as_strategy(generation_mode=mode, **ids)
            run = settings(max_examples=count, **quiet)(given(strategy)(self._asking(name)))
            try:
                seed(self.seed)(run)()
            except Unsatisfiable:
                continue  # nothing can be wrong with an operation that takes nothing

    def _ids(self, operation: Any) -> dict[str, Any]:
        """Real ids for the address."""
        from django.urls import resolve

        path = operation.path
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        for one in names:
            path = path.replace("{" + one + "}", "00000000-0000-0000-0000-000000000000")
        found = resolve(path)
        given = self.world.arguments(self.doors[str(found.view_name)]) or {}
        return {one: str(given["pk" if one == "id" else one]) for one in names}

    def _asking(self, name: str) -> Any:
        """Six of ten cases come from the leader, three from the machine, one from a stranger."""
        turns = itertools.count()

        def ask(case: Any) -> None:
            turn = next(turns) % 10
            self._ask(name, case, "stranger" if turn == 9 else "machine" if turn in (1, 4, 7) else "leader")

        return ask

    def _ask(self, name: str, case: Any, who: str) -> None:
        from schemathesis.core.failures import FailureGroup

        client = self.clients[who]
        answer = case.call(headers=client.headers, cookies=client.cookies)
        self.report.cases += 1
        self.report.statuses[str(answer.status_code)] += 1
        try:
            case.validate_response(answer, checks=CHECKS())
        except FailureGroup as group:
            for failure in group.exceptions:
                if NUMBERS.search(str(failure)) and not OTHERS.search(NUMBERS.sub("", str(failure))):
                    continue
                self._note(name, type(failure).__name__, who, case, answer, str(failure))
        mode = case.meta.generation.mode.value if case.meta else ""
        if answer.status_code == 400 and mode == "positive" and not _is_beyond_words(answer.json()):
            self._note(name, UNEXPECTED, who, case, answer, "")

    def _note(self, name: str, kind: str, who: str, case: Any, answer: Any, words: str) -> None:
        told = f"{who}: {case.method} {case.formatted_path} query={case.query} headers={case.headers} body={str(case.body)[:400]}"
        told += f"\n    {answer.status_code} {answer.text[:500]}\n    {words[:700]}"
        self.report.failures.setdefault((name, kind), told)


def _is_beyond_words(problem: dict[str, Any]) -> bool:
    """Whether it is refused for what no schema can say."""
    errors = set(problem.get("errors", {}))
    return bool(errors) and errors <= BEYOND.keys()


def CHECKS() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    return [
        not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance,
        checks.response_schema_conformance, checks.negative_data_rejection,
    ]  # fmt: skip


def person(actor: Any) -> Sender:
    """A signed-in person's browser."""
    client = _signed_in(actor)
    token = "a" * 32
    return Sender({"X-CSRFToken": token}, {"sessionid": client.cookies["sessionid"].value, "csrftoken": token})


def _signed_in(actor: Any) -> Any:
    from django.test import Client

    from tests.support.doors import sign_in

    client = Client()
    sign_in(client, actor.person, actor.organisation)
    return client


def machine(world: everything.World) -> Sender:
    """A machine that may do all that a machine may."""
    from oauth2_provider.models import AccessToken

    from core import clock
    from core.accounts import actions
    from core.api.schema import ROOMS

    made = actions.create_client(
        actor=world.party, organisation_id=world.party.organisation_id, name="MES",
        scopes=[f"{room}:{right}" for room in ROOMS for right in ("read", "write")], roles=["member", "finance"],
    )  # fmt: skip
    token = AccessToken.objects.create(
        application=made.application, token="token-of-all-scopes", scope=" ".join(made.scopes),
        expires=clock.now() + dt.timedelta(hours=8),
    )  # fmt: skip
    return Sender({"Authorization": f"Bearer {token.token}"})
