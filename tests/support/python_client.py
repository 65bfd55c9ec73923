"""The generated Python client, made once per description, and a walker who asks through nothing else."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import httpx

from config import python_client
from config.embedded import processes
from portal.walk.client import File, Visitor
from tests.support import servers

# The operations that walkers have asked for through the client.
asked: set[str] = set()


@cache
def package() -> Path:
    """The package on the path of imports; it takes some seconds where the description is new."""
    folder = servers.HOME / f"client-{python_client.version()}"
    with processes.locked(servers.HOME / "client.lock"):
        if not (folder / python_client.NAME).exists():
            for old in servers.HOME.glob("client-*"):
                shutil.rmtree(old)
            python_client.make(folder)
    sys.path.insert(0, str(folder))
    return folder / python_client.NAME


@cache
def operations() -> list[tuple[str, re.Pattern[str], str, str]]:
    """Method, address, room and name of every operation, plain addresses before those with a hole."""
    import yaml

    from config.description import HOME

    paths = yaml.load(HOME.read_text(), Loader=yaml.CSafeLoader)["paths"]
    found = [
        (method.upper(), re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), one["tags"][0], one["operationId"])
        for path, methods in paths.items()
        for method, one in methods.items()
    ]
    return sorted(found, key=lambda one: one[1].groups)


def function(room: str, name: str) -> Any:
    """The operation's function; it gives status, headers and the parsed answer."""
    package()
    return import_module(f"{python_client.NAME}.api.{room}.{name}").sync_detailed


class ClientVisitor(Visitor):
    """A person whose every request below /api/v1/ is a call of the generated client, and who reads what it has parsed."""

    def __init__(self, url: str, email: str, password: str, prefix: str) -> None:
        package()
        super().__init__(url, email, password, prefix)
        session = import_module(f"{python_client.NAME}.session")
        self._refused: type[Exception] = session.Refused
        self._http = httpx.Client(base_url=url, cookies=self.http.cookies, timeout=60, trust_env=False)
        self._door = session.through(self._http)

    def send(
        self, method: str, path: str, *, params: dict[str, Any] | None = None, body: dict[str, Any] | None = None,
        file: File | None = None, key: str = "", match: str = "",
    ) -> httpx.Response:  # fmt: skip
        """The operation at this address."""
        room, name, ids = next(
            (room, name, fits.groupdict())
            for kind, address, room, name in operations()
            if kind == method and (fits := address.fullmatch(f"/api/v1/{path}"))
        )
        asked.add(name)
        call = function(room, name)
        takes = inspect.signature(call).parameters
        given: dict[str, Any] = ids | {_plain(name): value for name, value in (params or {}).items()}
        headers = self._headers(key)
        for argument, header, value in (
            ("idempotency_key", "Idempotency-Key", headers.pop("Idempotency-Key", "")),
            ("if_match", "If-Match", match),
        ):
            if value and argument in takes:
                given[argument] = value
            elif value:
                headers[header] = value
        if "body" in takes:
            given["body"] = body_of(takes["body"].annotation, body or {}, file)
        self._http.headers.update(headers)
        try:
            answer = call(client=self._door, **given)
        except self._refused as refused:
            return httpx.Response(refused.status, json=refused.problem)  # type: ignore[attr-defined]
        return httpx.Response(
            int(answer.status_code), headers=_kept(answer.headers), content=json.dumps(said(answer.parsed))
        )


def body_of(annotation: Any, body: dict[str, Any], file: File | None = None) -> Any:
    """The operation's own model of what is sent."""
    model = next(one for one in (annotation, *get_args(annotation)) if hasattr(one, "from_dict"))
    made = model.from_dict(body | ({"file": file[1]} if file else {}))
    if file:
        made.file.file_name, made.file.mime_type = file[0], file[2]
    return made


def said(parsed: Any) -> Any:
    """What the client has parsed, as it would be written again."""
    if isinstance(parsed, list):
        return [said(one) for one in parsed]
    return parsed.to_dict() if hasattr(parsed, "to_dict") else parsed


def _plain(name: str) -> str:
    return re.sub("_+", "_", name)


def _kept(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in ("ETag",) if name in headers} | {"Content-Type": "application/json"}
