"""A person at the product's own doors: signs in by the form, then uses the REST door with the session."""

from __future__ import annotations

import re
from typing import Any

import httpx
from django.conf import settings

File = tuple[str, bytes, str]


class Refused(Exception):  # noqa: N818 - an answer, told as such
    """An answer that was not expected; says what was asked and what came."""


class Visitor:
    """One person's session. Every POST carries a key made from the walk's step, so that a walk can go on where it stopped."""

    def __init__(self, url: str, email: str, password: str, prefix: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, follow_redirects=False, trust_env=False)
        self.email, self.password, self.prefix = email, password, prefix
        self.organisation = ""
        self._sign_in()

    def _sign_in(self) -> None:
        page = self.http.get("/accounts/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if not token:
            raise Refused(f"the sign-in page answered {page.status_code}")
        form = {"csrfmiddlewaretoken": token[1], "username": self.email, "password": self.password}
        answer = self.http.post("/accounts/sign-in/", data=form, headers={"Referer": str(self.http.base_url)})
        if answer.status_code != 302:
            raise Refused(f"{self.email} cannot sign in: {answer.status_code}")

    def _headers(self, key: str = "") -> dict[str, str]:
        headers = {
            "X-CSRFToken": self.http.cookies.get(settings.CSRF_COOKIE_NAME) or "",
            "Referer": str(self.http.base_url),
        }
        if self.organisation:
            headers["X-Organisation"] = self.organisation
        if key:
            headers["Idempotency-Key"] = f"walk:{self.prefix}:{key}"[:255]
        return headers

    def get(self, path: str, **params: Any) -> Any:
        """What a GET below /api/v1/ answers."""
        return self._read(self.send("GET", path, params=params), "GET", path)

    def post(self, path: str, body: Any = None, *, key: str) -> Any:
        """What a POST below /api/v1/ answers; the same key gives the same answer."""
        return self._read(self.send("POST", path, body=body or {}, key=key), "POST", path)

    def upload(self, path: str, name: str, content: bytes, *, key: str, **fields: str) -> Any:
        """Send a file."""
        answer = self.send("POST", path, body=fields, file=(name, content, "application/pdf"), key=key)
        return self._read(answer, "POST", path)

    def patch(self, path: str, body: Any, *, key: str) -> Any:
        """Change the row as it stands now."""
        tag = self.send("GET", path).headers.get("ETag", "")
        return self._read(self.send("PATCH", path, body=body, key=key, match=tag), "PATCH", path)

    def refused(self, path: str, body: Any = None, *, key: str, status: int) -> Any:
        """The problem document of a POST that must be refused with `status`."""
        answer = self.send("POST", path, body=body or {}, key=key)
        if answer.status_code != status:
            raise Refused(
                f"POST {path} was to be refused with {status} but answered {answer.status_code}: {answer.text[:500]}"
            )
        return answer.json()

    def send(
        self, method: str, path: str, *, params: dict[str, Any] | None = None, body: dict[str, Any] | None = None,
        file: File | None = None, key: str = "", match: str = "",
    ) -> httpx.Response:  # fmt: skip
        """One request below /api/v1/; a body with a file goes as a form."""
        headers = self._headers(key) | ({"If-Match": match} if match else {})
        sent: dict[str, Any] = (
            {"data": body, "files": {"file": file}} if file else {"json": body} if body is not None else {}
        )
        return self.http.request(method, f"/api/v1/{path}", params=params, headers=headers, **sent)

    def page(self, path: str) -> str:
        """A page's text; raises when it does not open."""
        answer = self.http.get(path)
        if answer.status_code != 200:
            raise Refused(f"{path} answered {answer.status_code}")
        return answer.text

    def _read(self, answer: httpx.Response, method: str, path: str) -> Any:
        if answer.status_code >= 400:
            raise Refused(f"{self.email}: {method} {path} answered {answer.status_code}: {answer.text[:800]}")
        return answer.json() if answer.content else None
