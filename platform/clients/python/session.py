"""What the generated client leaves to whoever uses it: tokens, keys, refusals as exceptions, lists row by row.

from xielian_client.api.needs import list_needs, post_need
from xielian_client.models import NeedIn
from xielian_client.session import Refused, connect, each

xielian = connect("https://xielian.example", client_id, client_secret)
try:
    need = post_need.sync(client=xielian, body=NeedIn.from_dict({"title": "充电慢", ...}))
except Refused as refused:
    print(refused.code, refused.errors, refused.missing)
for need in each(list_needs, client=xielian, state="published"):
    print(need.code, need.title)
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from xielian_client.client import AuthenticatedClient

# A token is renewed so many seconds before its end.
EARLY = 60


class Refused(Exception):  # noqa: N818 - an answer, told as such
    """The platform's problem document (RFC 9457): what was refused, why, and who can mend it."""

    def __init__(self, answer: httpx.Response) -> None:
        kind = answer.headers.get("Content-Type", "")
        told: Any = answer.json() if "json" in kind else {}
        self.problem: dict[str, Any] = told if isinstance(told, dict) else {}
        self.status = answer.status_code
        self.code: str = self.problem.get("code", "")
        self.detail: str = self.problem.get("detail", "") or answer.reason_phrase
        self.errors: dict[str, list[str]] = self.problem.get("errors", {})
        self.missing: list[dict[str, str]] = self.problem.get("missing", [])
        self.request_id: str = self.problem.get("request_id", "")
        self.retry_after = int(after) if (after := answer.headers.get("Retry-After", "")).isdigit() else None
        words = [f"{self.status} {self.code}: {self.detail}"]
        words += [f"{name}: {' '.join(lines)}" for name, lines in self.errors.items()]
        words += [f"missing: {one.get('what')} ({one.get('who')})" for one in self.missing]
        super().__init__("; ".join(words))


class ClientCredentials(httpx.Auth):
    """A machine client's token, fetched when it is first needed and renewed before it ends or once it is refused."""

    requires_response_body = True

    def __init__(self, token_url: str, client_id: str, client_secret: str) -> None:
        self._token_url, self._pair = token_url, httpx.BasicAuth(client_id, client_secret)
        self._token, self._until, self._lock = "", 0.0, threading.Lock()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with a good token."""
        if time.monotonic() >= self._until:
            yield from self._renew()
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == 401:
            yield from self._renew()
            request.headers["Authorization"] = f"Bearer {self._token}"
            request.extensions["renewed"] = True
            yield request

    def _renew(self) -> Generator[httpx.Request, httpx.Response, None]:
        asked = httpx.Request("POST", self._token_url, data={"grant_type": "client_credentials"})
        answer = yield next(self._pair.sync_auth_flow(asked))
        if answer.status_code != 200:
            raise Refused(answer)
        told = answer.json()
        with self._lock:
            self._token, self._until = told["access_token"], time.monotonic() + told["expires_in"] - EARLY


def connect(
    url: str, client_id: str, client_secret: str, *, language: str = "", timeout: float = 60
) -> AuthenticatedClient:
    """A machine client's door. Hand it to every generated function as `client=`, to `sync` as to `asyncio`."""
    auth = ClientCredentials(f"{url.rstrip('/')}/oauth/token/", client_id, client_secret)
    headers = {"Accept-Language": language} if language else {}
    given: dict[str, Any] = {"base_url": url, "auth": auth, "headers": headers, "timeout": timeout}
    return through(httpx.Client(**given), httpx.AsyncClient(**given))


def through(http: httpx.Client, waiting: httpx.AsyncClient | None = None) -> AuthenticatedClient:
    """The door over HTTP clients of one's own (a proxy, a certificate, a person's session), with keys and refusals."""
    http.event_hooks = {
        "request": [*http.event_hooks["request"], _with_key],
        "response": [*http.event_hooks["response"], _raise_refusal],
    }
    door = AuthenticatedClient(base_url=str(http.base_url), token="").set_httpx_client(http)
    if waiting is not None:
        waiting.event_hooks = {
            "request": [*waiting.event_hooks["request"], _with_key_soon],
            "response": [*waiting.event_hooks["response"], _raise_refusal_soon],
        }
        door.set_async_httpx_client(waiting)
    return door


def each(operation: Any, *, client: AuthenticatedClient, **asked: Any) -> Iterator[Any]:
    """All rows of a list, page by page: `each(list_needs, client=xielian, state="published")`."""
    page = operation.sync(client=client, **asked)
    if isinstance(page, list):  # a list that is short by its nature
        yield from page
        return
    yield from page.results
    while following := parse_qs(urlsplit(page.next_ or "").query).get("cursor"):
        page = operation.sync(client=client, cursor=following[0], **asked)
        yield from page.results


def _with_key(request: httpx.Request) -> None:
    """Every change carries a key, so that a repeated request takes effect once; give one of your own to repeat later."""
    if request.method in ("POST", "PATCH") and "Idempotency-Key" not in request.headers:
        request.headers["Idempotency-Key"] = str(uuid.uuid4())


async def _with_key_soon(request: httpx.Request) -> None:
    _with_key(request)


def _is_refused(answer: httpx.Response) -> bool:
    # The token's door answers in a form of its own, and a refused token is renewed first.
    if answer.status_code < 400 or answer.request.url.path == "/oauth/token/":
        return False
    return answer.status_code != 401 or "Authorization" not in answer.request.headers or _is_renewed(answer.request)


def _is_renewed(request: httpx.Request) -> bool:
    return request.extensions.get("renewed") is True


def _raise_refusal(answer: httpx.Response) -> None:
    if _is_refused(answer):
        answer.read()
        raise Refused(answer)


async def _raise_refusal_soon(answer: httpx.Response) -> None:
    if _is_refused(answer):
        await answer.aread()
        raise Refused(answer)
