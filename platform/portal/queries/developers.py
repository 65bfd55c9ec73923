"""What the developer page tells: every operation of the description with its worked example, as curl and as Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import yaml
from django.utils.translation import get_language

DOCS = Path(__file__).resolve().parents[2] / "docs"
SESSION = DOCS.parent / "clients" / "python" / "session.py"
DESCRIPTION = DOCS / "openapi.yaml"
HOME = DOCS / "examples"
EXAMPLES, WORDS = HOME / "examples.json", HOME / "words.yaml"
PACKAGE = "xielian_client"
WIDE = 88


@dataclass(frozen=True)
class Field:
    """A name that goes in, in the address or in the body."""

    name: str
    kind: str
    is_required: bool
    about: str = ""
    inner: list[Field] = field(default_factory=list)


@dataclass(frozen=True)
class Operation:
    """One operation: where it stands in the description, and its example."""

    name: str
    method: str
    template: str
    room: str
    scope: str
    words: str
    more: str
    places: list[Field]
    queries: list[Field]
    body: list[Field]
    body_model: str
    is_form: bool
    success: list[str]
    problems: list[str]
    formats: dict[str, str]
    needs_key: bool

    @property
    def thing(self) -> str:
        """What it is about: the first part of its address."""
        return self.template.split("/")[3]

    @property
    def takes_body(self) -> bool:
        """Whether something is sent with it."""
        return bool(self.body_model)

    @property
    def summary(self) -> str:
        """What it does, in the present language."""
        return str(words()["operations"][self.name]["zh"]) if _is_chinese() else self.words

    @property
    def about(self) -> str:
        """More of it, where the present language is the description's own."""
        return "" if _is_chinese() else self.more.replace("`", "")

    @property
    def callers(self) -> str:
        """Who may call it, in the present language."""
        who = words()["callers"][words()["operations"][self.name]["who"]]
        return str(who["zh" if _is_chinese() else "en"])

    @property
    def example(self) -> dict[str, Any]:
        """Who asked, what was sent and what came."""
        return examples()[self.name]

    @property
    def caller(self) -> str:
        """Who sent the example: machine, person or stranger."""
        return str(self.example["by"])

    def address(self, asked: dict[str, Any]) -> str:
        """Path and question of a request."""
        path = self.template
        for name, value in asked.get("path", {}).items():
            path = path.replace("{" + name + "}", quote(str(value), safe=""))
        return path + (f"?{urlencode(asked['query'], doseq=True)}" if asked.get("query") else "")

    @property
    def is_for_persons(self) -> bool:
        """Whether a machine is refused, or has nothing of its own here."""
        return self.caller == "person"

    @property
    def is_open(self) -> bool:
        """Whether one need not sign in."""
        return self.caller == "stranger"

    @property
    def curl(self) -> str:
        """The example as a shell command."""
        asked = self.example
        ways = {
            "machine": ['-H "Authorization: Bearer $TOKEN"'],
            "person": ['-b "$SESSION"', '-H "X-CSRFToken: $CSRF"'],
        }
        lines = [
            f'curl{"" if self.method == "GET" else f" -X {self.method}"} "$URL{self.address(asked)}"',
            *ways.get(asked["by"], []),
        ]
        if self.method in ("POST", "PATCH", "DELETE") and self.caller != "stranger":
            lines.append(f'-H "Idempotency-Key: {self.name}-1"')
        if asked.get("if_match"):
            lines.append(f"-H 'If-Match: {asked['if_match']}'")
        lines += self._sent_by_curl(asked)
        return " \\\n  ".join(lines)

    def _sent_by_curl(self, asked: dict[str, Any]) -> list[str]:
        if "file" in asked:
            fields = [f"-F {_shell(f'{name}={value}')}" for name, value in asked.get("form", {}).items()]
            return [f"-F {_shell('file=@' + asked['file'] + ';type=application/pdf')}", *fields]
        if "body" not in asked:
            return []
        told = json.dumps(asked["body"], ensure_ascii=False)
        told = json.dumps(asked["body"], ensure_ascii=False, indent=2) if len(told) > WIDE else told
        return ['-H "Content-Type: application/json"', f"-d {_shell(told)}"]

    def python(self, asked: dict[str, Any] | None = None) -> str:
        """A request, or the example's, as a call of the generated client; `xielian` is the client."""
        asked = self.example if asked is None else asked
        given = [f"{name}={self._typed(name, value)}" for name, value in asked.get("path", {}).items()]
        given += [
            f"{re.sub('_+', '_', name)}={self._typed(name, value)}" for name, value in asked.get("query", {}).items()
        ]
        if asked.get("if_match"):
            given.append(f"if_match={_literal(asked['if_match'])}")
        if self.needs_key:
            given.append(f"idempotency_key={_literal(asked.get('key', f'{self.name}-1'))}")
        needs_file = "file" in asked
        if needs_file:
            inner = [f'file=File(payload=content, file_name={_literal(asked["file"])}, mime_type="application/pdf")']
            inner += [f"{name}={self._typed(name, value)}" for name, value in asked.get("form", {}).items()]
            given.append(f"body={self.body_model}({', '.join(inner)})")
        elif "body" in asked:
            given.append(f"body={self.body_model}.from_dict({_literal(asked['body'], 1, 30)})")
        call = f"{self.name}.sync(client=xielian{''.join(f', {one}' for one in given)})"
        if len(call) > WIDE - 10:
            call = f"{self.name}.sync(\n    client=xielian,\n" + "".join(f"    {one},\n" for one in given) + ")"
        lines = [f"answer = {call}"]
        if needs_file:
            lines = [
                f'with open({_literal(asked["file"])}, "rb") as content:',
                *(f"    {line}" for line in lines[0].splitlines()),
            ]
        code = "\n".join(lines)
        return "\n".join([*self._imports(code, needs_file), "", code])

    def _imports(self, code: str, needs_file: bool) -> list[str]:
        found = ["import datetime"] if "datetime." in code else []
        found += ["from uuid import UUID"] if "UUID(" in code else []
        found += [""] if found else []
        found.append(f"from {PACKAGE}.api.{self.room} import {self.name}")
        found += (
            [f"from {PACKAGE}.models import {self.body_model}"]
            if f"{self.body_model}" and self.body_model in code
            else []
        )
        return found + ([f"from {PACKAGE}.types import File"] if needs_file else [])

    def _typed(self, name: str, value: Any) -> str:
        """A value of the address or of a form as the client takes it."""
        kinds = {
            "uuid": "UUID({})",
            "date": "datetime.date.fromisoformat({})",
            "date-time": "datetime.datetime.fromisoformat({})",
        }
        return kinds.get(self.formats.get(name, ""), "{}").format(_literal(value))

    @property
    def answer(self) -> str:
        """What came back, as text."""
        if "answer" in self.example:
            return json.dumps(self.example["answer"], ensure_ascii=False, indent=2)
        return ""


@cache
def examples() -> dict[str, dict[str, Any]]:
    """The examples by operation, as they were last written."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text())
    return found


@cache
def words() -> dict[str, Any]:
    """Who may call each operation, and what it does in Chinese."""
    found: dict[str, Any] = _read(WORDS)
    return found


@cache
def operations() -> list[Operation]:
    """All operations, by room, in the order of their addresses."""
    told = _read(DESCRIPTION)
    rooms = [tag["name"] for tag in told["tags"]]
    found = [
        _operation(told["components"], template, method, one)
        for template, methods in told["paths"].items()
        for method, one in methods.items()
    ]
    return sorted(found, key=lambda one: rooms.index(one.room))


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=yaml.CSafeLoader)


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _operation(components: dict[str, Any], template: str, method: str, one: dict[str, Any]) -> Operation:
    parameters = [_resolved(components, parameter) for parameter in one.get("parameters", [])]
    content = one.get("requestBody", {}).get("content", {})
    body = next(iter(content.values()))["schema"] if content else {}
    form = _whole(components, content.get("multipart/form-data", {}).get("schema", {})).get("properties", {})
    formats = {at["name"]: at["schema"] for at in parameters} | form
    scopes = [scope for way in one.get("security", []) for scope in way.get("oauth2", [])]
    words, more = one["summary"], one.get("description", "").strip()
    return Operation(
        name=one["operationId"], method=method.upper(), template=template, room=one["tags"][0], scope=scopes[0] if scopes else "",
        words=words, more="" if more.strip(" .;:") == words else more,
        places=[_field(components, at["name"], at["schema"], True) for at in parameters if at["in"] == "path"],
        queries=[_field(components, at["name"], at["schema"], at.get("required", False), at.get("description", "")) for at in parameters
                 if at["in"] == "query" and at["name"] not in ("cursor", "page_size")],
        body=_fields(components, body), body_model=body.get("$ref", "").rpartition("/")[2], is_form="multipart/form-data" in content,
        success=[code for code in one["responses"] if code < "400"], problems=[code for code in one["responses"] if code >= "400"],
        formats={name: _whole(components, schema).get("format", "") for name, schema in formats.items()},
        needs_key=any(at["name"] == "Idempotency-Key" and at.get("required") for at in parameters),
    )  # fmt: skip


def _resolved(components: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in told:
        _hash, _components, kind, name = told["$ref"].split("/")
        told = components[kind][name]
    return told


def _fields(components: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> list[Field]:
    told = _whole(components, schema)
    needed = set(told.get("required", []))
    return [
        _field(components, name, one, name in needed, "", depth) for name, one in told.get("properties", {}).items()
    ]


def _field(
    components: dict[str, Any], name: str, schema: dict[str, Any], needed: bool, about: str = "", depth: int = 0
) -> Field:
    told = _whole(components, schema)
    rows = _whole(components, told["items"]) if told.get("type") == "array" else {}
    of = told if told.get("properties") else rows
    inner = _fields(components, of, depth + 1) if of.get("properties") and depth < 3 else []
    return Field(name, _kind(components, told), needed, about or str(told.get("description", "")), inner)


def _whole(components: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema behind its references."""
    told = _resolved(components, schema)
    for many in ("allOf", "oneOf"):
        if many in told:
            return {**_whole(components, told[many][0]), **{name: one for name, one in told.items() if name != many}}
    return told


def _kind(components: dict[str, Any], told: dict[str, Any]) -> str:
    if "enum" in told:
        return " | ".join(str(one) for one in told["enum"] if one not in ("", None))
    if told.get("type") == "array":
        return f"[{_kind(components, _whole(components, told['items']))}]"
    kind = str(told.get("format") or told.get("type") or "any")
    limits = [f"≤ {told['maxLength']}"] if "maxLength" in told and kind == "string" else []
    limits += (
        [f"{told.get('minimum', '')}…{told.get('maximum', '')}"] if "minimum" in told and "maximum" in told else []
    )
    return " ".join([kind, *limits])


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _literal(value: Any, depth: int = 0, before: int = 0) -> str:
    """A value as Python writes it, broken into lines where it is long; `before` it the line has so many characters."""
    flat = _flat(value)
    # A Chinese character is as wide as two.
    if (
        len(flat) + sum(one > "\u2e80" for one in flat) + before + 4 * depth < WIDE - 8
        or not value
        or not isinstance(value, dict | list)
    ):
        return flat
    pad, end = "    " * (depth + 1), "    " * depth
    rows: Iterable[str]
    if isinstance(value, dict):
        rows = (f"{pad}{_flat(name)}: {_literal(one, depth + 1)},\n" for name, one in value.items())
        return "{\n" + "".join(rows) + end + "}"
    rows = (f"{pad}{_literal(one, depth + 1)},\n" for one in value)
    return "[\n" + "".join(rows) + end + "]"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flat(name)}: {_flat(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
