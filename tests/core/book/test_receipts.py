"""Receipts: who gets which, and that they hold wherever they are checked: on the page, and by the script alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from core import book
from core.book import checkpoints, keys, note, receipts, script
from core.book.models import Body, Checkpoint
from tests import factories
from tests.core.book.test_book import place_all, write
from tests.core.book.test_checkpoints import signed

FILE = b"%PDF-1.7 what was handed in"


@pytest.fixture
def world(db: Any, frozen_clock: Any) -> Any:
    """An organisation with one entry about a file among others, under a checkpoint."""
    made = type("World", (), {})()
    made.organisation = factories.organisation("某研究院")
    made.person = factories.member(made.organisation)
    made.actor = factories.actor(made.organisation, person_=made.person)
    write(4)
    with transaction.atomic():
        made.entry = book.record(
            made.actor, "add_evidence", made.organisation, after={"files": [{"sha256": hashlib.sha256(FILE).hexdigest()}]},
            reason="按期提交",
        )  # fmt: skip
    write(3)
    place_all(8)
    made.head = checkpoints.make_checkpoint()
    made.url = f"/book/receipts/{made.entry.pk}/"
    return made


def run(folder: Path, *words: str, key: str | None = None) -> tuple[int, str]:
    """The script by itself: a copy elsewhere, no environment, no packages, no working folder of ours."""
    alone = folder / "xielian-verify.py"
    alone.write_bytes(Path(script.__file__).read_bytes())
    pinned = key or keys.known()[0].vkey
    made = subprocess.run(
        [sys.executable, "-I", "-S", str(alone), *words, "--key", pinned], env={}, cwd=folder, capture_output=True, check=False
    )  # fmt: skip
    return made.returncode, (made.stdout + made.stderr).decode()


def saved(folder: Path, document: Any, name: str = "receipt.json") -> str:
    path = folder / name
    path.write_bytes(document if isinstance(document, bytes) else receipts.as_file(document))
    return str(path)


@pytest.mark.req("R069")
def test_a_receipt_holds_with_nothing_but_script_file_and_pinned_key(world: Any, client: Any, tmp_path: Path) -> None:
    answer = client.sign_in(world.person, world.organisation).get(world.url)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-4.json"'
    receipt, file = saved(tmp_path, answer.content), tmp_path / "bid.pdf"
    file.write_bytes(FILE)
    code, said = run(tmp_path, receipt, "--file", str(file), "--lang", "en")
    assert code == 0, said
    assert (
        "at number 4" in said and "names the file bid.pdf" in said and "按期提交" in said and "Everything holds" in said
    )
    file.write_bytes(FILE + b" ")
    code, said = run(tmp_path, receipt, "--file", str(file), "--lang", "zh")
    assert code == 1 and "没有指明文件" in said


def mangle(found: dict[str, Any], how: str) -> dict[str, Any]:
    proof = found["tlog_proof"]
    match how:
        case "leaf":
            found["leaf"] = found["leaf"].replace("2", "3", 1)
        case "leaf form":
            found["leaf"] = found["leaf"].replace(",", ", ", 1)
        case "index":
            found["tlog_proof"] = proof.replace("index 4", "index 5")
        case "path":
            first = proof.split("\n")[2]
            found["tlog_proof"] = proof.replace(first, note.encode(b"\x05" * 32), 1)
        case "path short":
            found["tlog_proof"] = proof.replace(proof.split("\n")[2] + "\n", "", 1)
        case "size":
            found["tlog_proof"] = proof.replace("\n8\n", "\n9\n")
        case "origin":
            found["tlog_proof"] = proof.replace("xielian/book\n8", "xielian/hook\n8")
        case "salt":
            found["body"]["salt"] = "00" * 32
        case "content":
            found["body"]["content"] = found["body"]["content"].replace("按期提交", "逾期提交")
    return found


@pytest.mark.parametrize(
    "how", ["leaf", "leaf form", "index", "path", "path short", "size", "origin", "salt", "content"]
)
def test_a_mangled_receipt_does_not_hold(world: Any, tmp_path: Path, how: str) -> None:
    whole = receipts.receipt(world.actor, world.entry.pk)
    mangled = mangle(json.loads(receipts.as_file(whole)), how)
    assert mangled != whole
    findings = script.check_receipt(mangled, [keys.known()[0].vkey], [])
    assert script.verdict(findings)[0] == 1, [one.words("en") for one in findings]


def test_another_pinned_key_does_not_hold(world: Any, tmp_path: Path) -> None:
    receipt = saved(tmp_path, receipts.receipt(world.actor, world.entry.pk))
    other = note.Signer("xielian/book", b"\x03" * 32).key.vkey
    code, said = run(tmp_path, receipt, "--lang", "en", key=other)
    assert code == 1 and "not signed by a key that you trust" in said
    pinned = tmp_path / "keys.txt"
    pinned.write_text(f"{other}\n{keys.known()[0].vkey}\n")
    assert run(tmp_path, receipt, key=str(pinned))[0] == 0


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b"\xff\xfe", b'{"format":"other"}', b'{"format":"xielian.receipt/1"}', b"[" * 100_000,
    b'{"format":"xielian.receipt/1","format":"xielian.receipt/1"}', b'{"format":"xielian.receipt/1","leaf":1,"tlog_proof":"x"}',
    b'{"format":"xielian.receipt/1","leaf":"x","tlog_proof":"x"}', b'{"format":"xielian.receipt/1","leaf":"\\ud800","tlog_proof":"x"}',
    b'{"format":"xielian.consistency/1","first":"a","second":"b","proof":[1]}',
])  # fmt: skip
def test_what_is_no_receipt_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    if len(data) in (0, 2):
        code, said = run(tmp_path, saved(tmp_path, data))
        assert code == 2 and "Traceback" not in said
    with pytest.raises(script.Unreadable):
        found = script.load(data)
        check = script.check_receipt if found["format"] == receipts.RECEIPT else script.check_consistency
        check(found, [keys.known()[0].vkey], [])  # type: ignore[arg-type]


def test_an_erased_body_leaves_a_receipt_of_the_entry(world: Any, tmp_path: Path) -> None:
    from core import clock

    Body.objects.filter(pk=world.entry.pk).update(salt=None, content=None, erased_at=clock.now())
    receipt = saved(tmp_path, receipts.receipt(world.actor, world.entry.pk))
    assert run(tmp_path, receipt)[0] == 0
    file = tmp_path / "bid.pdf"
    file.write_bytes(FILE)
    code, said = run(tmp_path, receipt, "--file", str(file), "--lang", "en")
    assert code == 3 and "cannot be compared" in said


def test_strangers_and_others_get_none(world: Any, client: Any, api: Any) -> None:
    assert client.get(world.url).status_code == 302
    other = factories.member(factories.organisation("别家"))
    assert client.sign_in(other).get(world.url).status_code == 404
    assert api.as_person(other).get(f"book/{world.entry.pk}/receipt/").status_code == 404


def test_who_was_shown_a_history_gets_the_receipt_without_the_body(
    world: Any, client: Any, tmp_path: Path, frozen_clock: Any
) -> None:
    house = factories.organisation("别家")
    other = factories.member(house)
    reader = factories.actor(house, person_=other)
    shown = receipts.token(reader, world.entry.pk)
    client.sign_in(other)
    found = client.get(world.url, {"shown": shown}).json()
    assert found["body"] is None
    code, said = run(tmp_path, saved(tmp_path, found), "--lang", "en")
    assert code == 0 and "holds no body" in said
    assert client.get(f"/book/receipts/{world.entry.pk + 1}/", {"shown": shown}).status_code == 404
    third = factories.member(factories.organisation("第三家"))
    assert client.sign_in(third).get(world.url, {"shown": shown}).status_code == 404


def test_a_history_offers_the_receipt_of_each_numbered_entry(world: Any, client: Any) -> None:
    page = client.sign_in(world.person, world.organisation).get(f"/accounts/organisations/{world.organisation.pk}/")
    assert f"/book/receipts/{world.entry.pk}/?shown=" in page.content.decode()
    assert f"/book/receipts/{world.entry.pk}/" in client.get("/book/").content.decode()


def test_before_the_next_checkpoint_a_receipt_is_promised(world: Any, client: Any, settings: Any) -> None:
    with transaction.atomic():
        late = book.record(world.actor, "knock", world.organisation)
    client.sign_in(world.person, world.organisation)
    answer = client.get(f"/book/receipts/{late.pk}/")
    assert answer.status_code == 409 and "检查点" in answer.content.decode()


def test_the_proof_alone_in_the_form_of_other_logs(world: Any, client: Any) -> None:
    answer = client.sign_in(world.person, world.organisation).get(world.url, {"as": "tlog-proof"})
    text = answer.content.decode()
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 4\n") and text.endswith(world.head.note)


def test_rest_gives_receipts_keys_and_checkpoints(world: Any, api: Any, client: Any) -> None:
    mine = api.as_person(world.person, world.organisation).get(f"book/{world.entry.pk}/receipt/").json()
    assert mine["body"]["content"].startswith("{") and mine["format"] == "xielian.receipt/1"
    stranger = api.as_stranger()
    assert stranger.get("book/keys/").json() == {
        "origin": "xielian/book", "keys": [{"vkey": keys.known()[0].vkey, "is_present": True}],
    }  # fmt: skip
    head = stranger.get("book/checkpoint/").json()
    assert (head["size"], head["note"]) == (8, world.head.note)
    assert [one["size"] for one in stranger.get("book/checkpoints/").json()["results"]] == [8]
    assert client.get("/book/checkpoint/").content.decode() == world.head.note


def test_a_newer_checkpoint_is_proven_to_continue_an_older(
    world: Any, api: Any, tmp_path: Path, frozen_clock: Any
) -> None:
    signed(5, frozen_clock)
    proof = api.as_stranger().get("book/consistency/", {"first": 8}).json()
    kept = saved(tmp_path, world.head.note.encode(), "kept.txt")
    code, said = run(tmp_path, saved(tmp_path, proof), "--kept", kept, "--lang", "en")
    assert code == 0 and "13 entries begins with the log of 8" in said and "you kept is one of the two" in said
    forged = keys.signer().sign(note.checkpoint_text("xielian/book", 8, b"\x01" * 32))  # type: ignore[union-attr]
    code, said = run(tmp_path, saved(tmp_path, proof | {"first": forged}), "--lang", "en")
    assert code == 1 and "the history was changed" in said
    code, said = run(tmp_path, saved(tmp_path, proof), "--kept", saved(tmp_path, forged.encode(), "forged.txt"))
    assert code == 1


@pytest.mark.parametrize(
    "sizes", [{}, {"first": "x"}, {"first": 0}, {"first": "9" * 30}, {"first": 7}, {"first": 8, "second": 9}]
)
def test_sizes_that_were_never_signed_are_refused(world: Any, api: Any, sizes: dict[str, Any]) -> None:
    answer = api.as_stranger().get("book/consistency/", sizes)
    unsigned = sizes in ({"first": 7}, {"first": 8, "second": 9})
    assert answer.status_code == (404 if unsigned else 400)
    assert answer.json()["detail"] if unsigned else answer.json()["errors"]


def send(client: Any, data: bytes, **more: Any) -> Any:
    return client.post("/book/verify/", {"receipt": SimpleUploadedFile("receipt.json", data)} | more)


def test_anybody_checks_a_receipt_on_the_page(world: Any, client: Any) -> None:
    receipt = receipts.as_file(receipts.receipt(world.actor, world.entry.pk))
    assert client.get("/book/verify/").status_code == 200
    page = send(client, receipt, file=SimpleUploadedFile("标书.pdf", FILE)).content.decode()
    assert "全部成立" in page and "指明了文件 标书.pdf" in page
    page = send(client, receipt, sha256=hashlib.sha256(b"other").hexdigest().upper()).content.decode()
    assert "请勿依赖此回执" in page
    page = send(client, receipt.replace(b"index 4", b"index 3"), HTTP_ACCEPT_LANGUAGE="en")
    assert "不在已签名的树" in page.content.decode()


def test_the_page_says_beside_the_field_what_is_wrong(world: Any, client: Any) -> None:
    for data, more, words in (
        (b"no receipt", {}, "无法作为回执读取"), (b"x" * (1 << 20) + b"x", {}, "1 MB"), (b"{}", {"sha256": "abc"}, "64"),
    ):  # fmt: skip
        answer = send(client, data, **more)
        assert answer.status_code == 422 and words in answer.content.decode()
    assert client.post("/book/verify/").status_code == 422


def test_a_kept_checkpoint_is_compared_with_the_newest_on_the_page(world: Any, client: Any, frozen_clock: Any) -> None:
    signed(3, frozen_clock)
    page = send(client, world.head.note.encode()).content.decode()
    assert "11 条的账本以 8 条的账本开头" in page and "/api/v1/book/consistency/?first=8" in page
    assert Checkpoint.objects.count() == 2


def test_the_script_is_served_as_it_is(client: Any) -> None:
    answer = client.get("/book/xielian-verify.py")
    assert answer.content == Path(script.__file__).read_bytes()
