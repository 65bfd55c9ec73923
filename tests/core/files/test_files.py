"""Files through their doors: kept private, handed out whole or in part, scanned where a scanner is set."""

from __future__ import annotations

import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from core.book.models import Body
from core.errors import Invalid
from core.files import scanning, services, tasks
from core.files.models import StoredFile
from core.files.states import ScanState
from core.inbox.models import Notification
from tests import factories
from tests.factories import needs as need_factory
from tests.factories.needs import PDF

VIRUS = b"%PDF-1.4 a very bad thing \n%%EOF"


def looks_bad(file: IO[bytes]) -> str:
    """The scanner of these tests, named by FILE_SCANNER as a site's own would be."""
    content = file.read()
    if b"breaks" in content:
        raise OSError("the scanner is away")
    return "Test.Bad" if b"very bad" in content else ""


@pytest.fixture
def scanner(settings: Any) -> None:
    settings.FILE_SCANNER = "python:tests.core.files.test_files.looks_bad"


class Desk:
    """A need with one piece of evidence, its owner's browser, and a stranger's."""

    def __init__(self) -> None:
        self.need, self.owner = need_factory.draft()
        self.browser, self.other = Client(), Client()
        self.browser.force_login(self.owner.person)
        self.other.force_login(factories.member(factories.organisation()))

    def send(self, content: bytes, name: str = "检测 报告.pdf", **more: Any) -> Any:
        return self.browser.post(
            f"/needs/{self.need.pk}/evidence/", {"file": SimpleUploadedFile(name, content), **more}
        )

    def address(self) -> str:
        row = self.need.evidence.order_by("-created_at").first()
        return f"/needs/evidence/{row.pk}/file/"

    @property
    def stored(self) -> StoredFile:
        return self.need.evidence.order_by("-created_at").first().file


@pytest.fixture
def desk(db: str) -> Desk:
    return Desk()


def test_a_file_lies_private_under_its_digest_and_comes_back_as_an_attachment(desk: Desk, settings: Any) -> None:
    assert desk.send(PDF, caption="图").status_code == 302
    kept = Path(settings.MEDIA_ROOT) / desk.stored.path
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "报告" not in str(kept)
    assert desk.stored.sha256 in str(kept)
    answer = desk.browser.get(desk.address())
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"__ __.pdf\"; filename*=UTF-8''%E6%A3%80%E6%B5%8B%20%E6%8A%A5%E5%91%8A.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert desk.other.get(desk.address()).status_code == 404
    assert desk.stored.sha256[:12] in desk.browser.get(f"/needs/{desk.need.pk}/").content.decode()


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, PDF[:4]),
        ("bytes=5-", 206, PDF[5:]),
        ("bytes=-6", 206, PDF[-6:]),
        ("bytes=0-99999", 200, PDF),
        ("bytes=99999-", 416, b""),
        ("bytes=3-1", 416, b""),
        ("bytes=-0", 416, b""),
        ("lines=1-2", 200, PDF),
        ("bytes=0-1,3-4", 200, PDF),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(desk: Desk, asked: str, status: int, content: bytes) -> None:
    desk.send(PDF)
    answer = desk.browser.get(desk.address(), headers={"Range": asked})
    assert answer.status_code == status
    assert (b"".join(answer.streaming_content) if answer.streaming else answer.content) == content
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(PDF)}")
        stale = desk.browser.get(desk.address(), headers={"Range": asked, "If-Range": '"of another file"'})
        assert stale.status_code == 200


def test_a_refused_file_is_told_beside_its_field_and_what_was_typed_stays(desk: Desk) -> None:
    answer = desk.send(b"MZ a program", name="报告.pdf", caption="很长的说明")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "id_file_error" in page or "id_file-error" in page
    assert "很长的说明" in page
    assert not desk.need.evidence.filter(caption="很长的说明").exists()


def test_what_is_too_large_is_dropped_on_the_way_and_the_rest_of_the_form_arrives(desk: Desk, settings: Any) -> None:
    settings.UPLOAD_REQUEST_LIMIT = 3 * 1024 * 1024
    answer = desk.send(PDF + bytes(4 * 1024 * 1024), caption="留着我")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "留着我" in page
    with translation.override("zh-hans"):
        assert translation.gettext("The files sent together are larger than is accepted; send fewer at once.") in page


def test_rest_refuses_with_a_problem_document_that_names_the_field(desk: Desk) -> None:
    answer = desk.browser.post(
        f"/api/v1/needs/{desk.need.pk}/add_evidence/",
        {"file": SimpleUploadedFile("a.pdf", b"MZ a program"), "caption": "x"},
    )
    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == ["file"]


def test_a_file_waits_for_its_scan_and_is_handed_out_when_clean(desk: Desk, scanner: None, frozen_clock: Any) -> None:
    desk.send(PDF + b" waits")
    assert desk.stored.scan_state == ScanState.WAITING
    assert desk.browser.get(desk.address()).status_code == 409
    frozen_clock.move(minutes=1)
    assert tasks.scan_waiting() == 1
    assert desk.stored.scan_state == ScanState.CLEAN
    assert desk.browser.get(desk.address()).status_code == 200


def test_an_infected_file_is_never_handed_out_and_its_sender_and_the_operators_are_told(
    desk: Desk, scanner: None
) -> None:
    operator = factories.operator()
    desk.send(VIRUS)
    tasks.scan_file(file_id=str(desk.stored.pk))
    tasks.scan_file(file_id=str(desk.stored.pk))
    assert (desk.stored.scan_state, desk.stored.threat) == (ScanState.INFECTED, "Test.Bad")
    assert desk.browser.get(desk.address()).status_code == 409
    told = Notification.objects.filter(kind="file_infected")
    assert {one.person_id for one in told} == {desk.owner.person.pk, operator.person.pk}
    assert Body.objects.filter(operation="scan_file", object_id=desk.stored.pk).count() == 1
    again = desk.send(VIRUS, name="other.pdf")
    assert again.status_code == 422
    admin = Client()
    admin.force_login(operator.person)
    page = admin.get("/files/").content.decode()
    assert "Test.Bad" in page
    listed = (
        page
        + admin.get("/files/?file=csv").content.decode()
        + "".join(str(one.params) for one in told.filter(person=operator.person))
    )
    assert desk.stored.name not in listed and desk.stored.sha256 not in listed, (
        "whose file it is, is not the operators'"
    )
    assert desk.browser.get("/files/").status_code == 403


def test_a_scan_that_fails_keeps_the_file_back_and_is_tried_again(
    desk: Desk, scanner: None, frozen_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send(b"%PDF-1.4 breaks the scanner\n%%EOF")
    tasks.scan_file(file_id=str(desk.stored.pk))
    assert desk.stored.scan_state == ScanState.FAILED
    assert desk.browser.get(desk.address()).status_code == 409
    assert tasks.scan_waiting() == 0
    monkeypatch.setattr("tests.core.files.test_files.looks_bad", lambda file: "")
    frozen_clock.move(minutes=6)
    assert tasks.scan_waiting() == 1
    assert desk.stored.scan_state == ScanState.CLEAN


def test_the_operators_page_says_when_nobody_scans(db: str) -> None:
    admin = Client()
    admin.force_login(factories.operator().person)
    page = admin.get("/files/").content.decode()
    assert "FILE_SCANNER" in page


class Clamd(threading.Thread):
    """A scanner's socket that speaks INSTREAM and answers as told."""

    def __init__(self, line: socket.socket, answer: bytes) -> None:
        super().__init__(daemon=True)
        self.line, self.answer, self.got = line, answer, b""

    def run(self) -> None:
        asker, _from = self.line.accept()
        with asker, asker.makefile("rb") as said:
            assert said.read(10) == b"zINSTREAM\0"
            while length := struct.unpack(">I", said.read(4))[0]:
                self.got += said.read(length)
            asker.sendall(self.answer)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as line:
        yield line


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(b"stream: OK\0", ""), (b"stream: Eicar-Signature FOUND\0", "Eicar-Signature"), (b"INSTREAM size limit exceeded. ERROR\0", None)],
)  # fmt: skip
def test_clamd_is_asked_over_its_socket(
    listening: socket.socket, settings: Any, tmp_path: Path, answer: bytes, verdict: str | None
) -> None:
    settings.FILE_SCANNER = f"clamd://127.0.0.1:{listening.getsockname()[1]}"
    clamd = Clamd(listening, answer)
    clamd.start()
    content = os.urandom(200_000)
    (tmp_path / "x").write_bytes(content)
    with (tmp_path / "x").open("rb") as file:
        if verdict is None:
            with pytest.raises(scanning.ScanFailed):
                scanning.scan(file)
        else:
            assert scanning.scan(file) == verdict
    clamd.join(5)
    assert clamd.got == content


@pytest.mark.parametrize(
    ("command", "verdict"),
    [("true", ""), ("sh -c 'cat >/dev/null; echo stdin: Worm FOUND; exit 1'", "Worm"), ("sh -c 'exit 2'", None), ("/no/such", None)],
)  # fmt: skip
def test_a_command_is_asked_by_its_exit_code(settings: Any, tmp_path: Path, command: str, verdict: str | None) -> None:
    settings.FILE_SCANNER = f"command:{command}"
    (tmp_path / "x").write_bytes(b"x")
    with (tmp_path / "x").open("rb") as file:
        if verdict is None:
            with pytest.raises(scanning.ScanFailed):
                scanning.scan(file)
        else:
            assert scanning.scan(file) == verdict


def test_the_same_content_is_kept_once(desk: Desk, settings: Any) -> None:
    desk.send(PDF, name="a.pdf")
    desk.send(PDF, name="b.pdf")
    assert len([one for one in (Path(settings.MEDIA_ROOT) / "files").rglob("*") if one.is_file()]) == 1
    with pytest.raises(Invalid):
        services.store(desk.owner, SimpleUploadedFile("x.pdf", b""))
