"""One id from the door to the worker's line."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from celery import shared_task
from celery.contrib.testing.worker import start_worker
from celery.signals import after_task_publish
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls
from config.celery import REQUEST_ID, app
from core import outbox, trace
from core.outbox.models import Event
from tests import factories


def break_down(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the secret of the inside")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [*urls.urlpatterns, path("break/", break_down), path("api/v1/break/", break_down), path("no/", forbid)]
handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


@outbox.event("tests.gong_struck")
@dataclass(frozen=True)
class GongStruck:
    gong_id: UUID


heard: list[tuple[str, str]] = []


@outbox.on(GongStruck)
def hear(news: GongStruck) -> None:
    heard.append((trace.current(), trace.task()))


@shared_task(name="tests.tell_trace", ignore_result=True)
def tell_trace() -> None:
    heard.append((trace.current(), trace.task()))


@pytest.fixture(autouse=True)
def silence() -> None:
    heard.clear()


@pytest.mark.parametrize("sent", ["abcdefgh", "0f0e-11ee.5_A", "x" * 64])
def test_a_well_formed_id_is_kept_and_sent_back(client: Any, sent: str) -> None:
    answer = client.get("/accounts/sign-in/", headers={"X-Request-ID": sent})
    assert answer.headers["X-Request-ID"] == sent


@pytest.mark.parametrize(
    "sent",
    ["", "short", "x" * 65, "with a space in it", "line\nbreak-and-more", "<script>alert(1)</script>", "-begins"],
)
def test_any_other_id_is_replaced(client: Any, sent: str) -> None:
    answer = client.get("/accounts/sign-in/", headers={"X-Request-ID": sent})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_two_requests_have_two_ids_and_nothing_is_left_behind(client: Any) -> None:
    ids = {client.get("/accounts/sign-in/").headers["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2
    assert trace.current() == ""


@pytest.mark.parametrize(("address", "status"), [("/break/", 500), ("/no/", 403), ("/nothing-here/", 404)])
def test_the_error_page_shows_the_number_to_tell_the_operator(
    client: Any, settings: Any, address: str, status: int
) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    answer = client.get(address, headers={"X-Request-ID": "number-of-mine"})
    assert answer.status_code == status
    assert "number-of-mine" in answer.content.decode()
    assert "the secret of the inside" not in answer.content.decode()


@pytest.mark.parametrize(("address", "status"), [("/api/v1/break/", 500), ("/api/v1/nothing/", 404), ("/api/v1/needs/", 401)])  # fmt: skip
def test_a_problem_document_names_its_occurrence(client: Any, settings: Any, address: str, status: int) -> None:
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    answer = client.get(address, headers={"X-Request-ID": "number-of-mine"})
    assert answer.status_code == status
    problem = answer.json()
    assert problem["request_id"] == "number-of-mine"
    assert problem["instance"] == "urn:xielian:request:number-of-mine"


def test_the_book_names_the_request(client: Any) -> None:
    from core.book.models import Body

    person = factories.person(password=factories.PASSWORD)
    client.sign_in(person)
    client.post(
        "/accounts/organisations/new/",
        {"name": "甲", "uscc": factories.make_uscc(), "kinds": ["sme"]},
        headers={"X-Request-ID": "number-of-mine"},
    )
    bodies = [bytes(body.content).decode() for body in Body.objects.all()]
    assert bodies and all('"request":"number-of-mine"' in body for body in bodies)


def test_news_carries_the_request_to_its_listener(db: Any) -> None:
    with trace.bound("number-of-mine"), transaction.atomic():
        outbox.publish(GongStruck(uuid4()))
    assert Event.objects.get().request_id == "number-of-mine"
    assert outbox.deliver_pending() == 1
    assert heard == [("number-of-mine", "")]
    assert trace.current() == ""


def test_a_job_runs_under_the_id_of_who_asked_and_a_job_of_nobody_under_its_own(db: Any) -> None:
    app.loader.import_default_modules()
    app.control.purge()  # what other tests of this process left, on databases that are gone
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        with trace.bound("number-of-mine"):
            tell_trace.apply_async()
        tell_trace.apply_async()
        wait_for(2)
    assert heard[0] == ("number-of-mine", "tests.tell_trace")
    assert re.fullmatch("[0-9a-f]{32}", heard[1][0])
    assert trace.current() == "" and trace.task() == ""


def wait_for(number: int) -> None:
    until = time.monotonic() + 30
    while len(heard) < number and time.monotonic() < until:
        time.sleep(0.02)


def test_the_id_travels_in_a_header_of_the_message(db: Any) -> None:
    sent: list[str] = []
    with trace.bound("number-of-mine"), app.connection_for_write() as line:
        producer = app.amqp.Producer(line)

        def note(headers: dict[str, Any], **_: Any) -> None:
            sent.append(headers[REQUEST_ID])

        after_task_publish.connect(note)
        tell_trace.apply_async(producer=producer)
        after_task_publish.disconnect(note)
    assert sent == ["number-of-mine"]


def test_one_line_a_request_with_the_view_and_never_the_path(client: Any, caplog: Any) -> None:
    person = factories.member(factories.organisation())
    client.sign_in(person)
    with caplog.at_level(logging.INFO, "xielian.request"):
        client.get("/needs/?q=a-private-word", headers={"X-Request-ID": "number-of-mine"})
    (record,) = [one for one in caplog.records if one.name == "xielian.request"]
    assert (record.view, record.method, record.status, record.actor) == ("needs:needs", "GET", 200, str(person.pk))
    assert "a-private-word" not in record.getMessage()


def test_probes_and_static_files_leave_no_line(client: Any, caplog: Any) -> None:
    with caplog.at_level(logging.INFO, "xielian.request"):
        client.get("/health/live")
        client.get("/static/xielian/app.css")
    assert not [one for one in caplog.records if one.name == "xielian.request"]
