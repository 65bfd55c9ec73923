"""The doors a person or a machine comes in by: pages, the API, a browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


def sign_in(client: Any, person: Any, organisation: Any = None) -> None:
    """The person is signed in and acts for the organisation, or for the only one they belong to."""
    from core.accounts.middleware import SESSION_ORGANISATION

    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    if organisation is not None:
        session = client.session
        session[SESSION_ORGANISATION] = str(organisation.pk)
        session.save()


@pytest.fixture
def client(db: str) -> Any:
    """Django's test client, with `client.sign_in(person, organisation=None)` and `client.sign_out()`."""
    from django.test import Client

    class SigningClient(Client):
        def sign_in(self, person: Any, organisation: Any = None) -> Any:
            sign_in(self, person, organisation)
            return self

        def sign_out(self) -> None:
            self.logout()

    return SigningClient()


class Api:
    """The REST door. Paths are below /api/v1/; bodies go in and come out as JSON.

    `api.as_person(person, org).post("needs/", {...}, key="k1")`; `api.as_machine(client)` brings a bearer token.
    Answers are DRF responses: `.status_code`, `.data`, `.json()`, `.headers`.
    """

    base = "/api/v1/"

    def __init__(self) -> None:
        from rest_framework.test import APIClient

        self.client = APIClient()

    def as_person(self, person: Any, organisation: Any = None) -> Api:
        other = Api()
        sign_in(other.client, person, organisation)
        return other

    def as_machine(self, machine: Any, scope: str | None = None) -> Api:
        """A machine client with a fresh token; its scopes, unless `scope` says otherwise."""
        import datetime as dt

        from oauth2_provider.models import AccessToken

        from core import clock

        scopes = scope if scope is not None else " ".join(machine.scopes)
        token = AccessToken.objects.create(
            application=machine.application,
            token=f"token-of-{machine.pk}-{AccessToken.objects.count()}",
            scope=scopes,
            expires=clock.now() + dt.timedelta(hours=1),
        )
        other = Api()
        other.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token.token}")
        return other

    def as_stranger(self) -> Api:
        return Api()

    def _call(
        self, method: str, path: str, data: Any = None, *, key: str | None = None, etag: str | None = None, **extra: Any
    ) -> Any:
        headers = dict(extra.pop("headers", {}))
        if key is not None:
            headers["Idempotency-Key"] = key
        if etag is not None:
            headers["If-Match"] = etag
        address = path if path.startswith("/") else self.base + path
        extra.setdefault("format", None if method == "get" else "json")
        if extra["format"] is None:
            extra.pop("format")
        return getattr(self.client, method)(address, data, headers=headers, **extra)

    def get(self, path: str, params: Any = None, **extra: Any) -> Any:
        return self._call("get", path, params, **extra)

    def post(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self._call("post", path, data if data is not None else {}, **extra)

    def patch(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self._call("patch", path, data if data is not None else {}, **extra)

    def put(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self._call("put", path, data if data is not None else {}, **extra)

    def delete(self, path: str, **extra: Any) -> Any:
        return self._call("delete", path, **extra)

    def upload(self, path: str, data: dict[str, Any], **extra: Any) -> Any:
        """A form with files, as multipart."""
        return self._call("post", path, data, format="multipart", **extra)

    @staticmethod
    def text(answer: Any) -> str:
        """An answer for a failing assertion to show."""
        return f"{answer.status_code} {json.dumps(getattr(answer, 'data', None), default=str, ensure_ascii=False)}"


@pytest.fixture
def api(db: str) -> Api:
    """The REST door, as a stranger until `as_person` or `as_machine`."""
    return Api()


@pytest.fixture
def live_server(db: str) -> Iterator[str]:
    """The address of the product, served by threads of this process on the test's own database."""
    import threading

    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(10)


NO_BROWSER = (
    "No Chromium was found, so no browser test can run. Get one with `apt-get install chromium` as root, "
    "or with `.venv/bin/python -m playwright install chromium` as any user; `./dev test` does whichever fits."
)
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for the whole run: the machine's own, or Playwright's."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        try:
            chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as problem:
            pytest.fail(f"{NO_BROWSER}\n{problem.message[:500]}", pytrace=False)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Any, live_server: str) -> Iterator[Any]:
    """`new_page(person=None, organisation=None, **context)`: a fresh browser window on the live server.

    With a person, that person is already signed in. Options of the context: viewport, color_scheme, locale.
    """
    contexts: list[Any] = []

    def open_window(person: Any = None, organisation: Any = None, **options: Any) -> Any:
        options = {
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1440, "height": 900},
        } | options
        context = browser.new_context(base_url=live_server, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person is not None:
            from django.conf import settings
            from django.test import Client

            door = Client()
            sign_in(door, person, organisation)
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": door.cookies[settings.SESSION_COOKIE_NAME].value}
            context.add_cookies([cookie | {"url": live_server}])
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Any) -> Any:
    """A browser's page on the live server, signed in as nobody. Mark such tests `xdist_group("browser")`."""
    return new_page()
