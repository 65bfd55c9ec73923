"""A copy brings everything back; what is not whole is not called a copy, and nothing is restored over anything."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, connections, transaction

from config import env, roles
from config.embedded.postgres import SUPERUSER
from core.accounts.actor import Actor
from core.book import services
from core.book.models import Entry, Place
from core.files import services as files
from core.files.models import StoredFile
from core.ops import copies, heartbeats
from core.ops.copies import listing, postgres, streams
from core.ops.copies.make import CopyFailedError, copies_in, mac
from core.ops.copies.restore import NotRestoredError
from tests import factories
from tests.core.book.test_book import place_all
from tests.support import servers as support


def use(servers: Any, settings: Any, name: str, media: Path) -> None:
    """The product works on that database and folder from now on, as after a move to another machine."""
    addresses = servers.environment(name)
    connections.close_all()
    connections.settings["default"].update(env.database(addresses["DATABASE_URL"]))
    settings.DATABASE_OWNER_URL = addresses["DATABASE_OWNER_URL"]
    settings.MEDIA_ROOT = str(media)


@pytest.fixture
def home(db: str, servers: Any, settings: Any, tmp_path: Path) -> Path:
    settings.BACKUP_KEY = ""
    use(servers, settings, db, tmp_path / "media")
    return tmp_path


@pytest.fixture
def move(home: Path, servers: Any, settings: Any) -> Iterator[Callable[[], None]]:
    """`move()` makes an empty database and an empty folder, and lets the product work there."""
    name = f"clone_{os.getpid()}_elsewhere"
    support.drop(servers, name)

    def to_an_empty_place() -> None:
        roles.create_database(servers.postgres, SUPERUSER, name)
        use(servers, settings, name, home / "elsewhere")

    yield to_an_empty_place
    connections.close_all()
    support.drop(servers, name)


def fill() -> tuple[Any, Any, StoredFile]:
    """An organisation, a member who can sign in, a file, three entries of which one waits for its place."""
    organisation = factories.organisation("某某精密")
    person = factories.member(organisation)
    actor = Actor.system()
    with transaction.atomic():
        stored = files.store(actor, SimpleUploadedFile("报告.txt", "测量结果 580".encode()))
        for number in range(2):
            services.record(actor, "tests.note", organisation, after={"number": number})
    place_all(2)
    with transaction.atomic():
        services.record(actor, "tests.note", organisation, after={"number": 2})
    return organisation, person, stored


def quiet(_text: str) -> None:
    pass


def test_a_copy_brings_back_rows_files_book_and_grants(home: Path, move: Any, client: Any) -> None:
    organisation, person, stored = fill()
    client.sign_in(person, organisation)
    placed = Place.objects.count()
    last = Entry.objects.order_by("-pk")[0]
    copy = copies.make(home / "copies", say=quiet)
    manifest = json.loads((copy / "manifest.json").read_text())
    assert manifest["book"]["entries"] == placed and manifest["book"]["waiting"] >= 1
    assert heartbeats.age("backup") == 0

    move()
    said: list[str] = []
    copies.restore(copy, say=said.append)
    assert any("ended, Redis emptied" in line for line in said)
    assert files_of(stored) == "测量结果 580".encode()
    assert Place.objects.filter(entry_id=last.pk).exists(), "what waited for its place has got it"
    call_command("verify_book", stdout=io.StringIO())
    assert client.get("/needs/").status_code == 302, "who was signed in signs in again"
    client.sign_in(person, organisation)
    assert client.get("/needs/").status_code == 200
    # The runtime role can do there what it could, and no more.
    with pytest.raises(Exception, match=r"permission denied|append-only|only grows"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM book_entry")
    with transaction.atomic():
        services.record(Actor.system(), "tests.note", organisation, after={"number": 3})
    call_command("verify_book", stdout=io.StringIO())


def files_of(stored: StoredFile) -> bytes:
    from django.core.files.storage import default_storage

    with default_storage.open(StoredFile.objects.get(pk=stored.pk).path) as file:
        return bytes(file.read())


def test_an_encrypted_copy_shows_no_content_and_needs_its_key(home: Path, move: Any, settings: Any) -> None:
    settings.BACKUP_KEY = "a long random word"
    _, _, stored = fill()
    copy = copies.make(home / "copies", say=quiet)
    for path in copy.rglob("*"):
        if path.is_file() and path.name not in ("manifest.json", "manifest.mac"):
            content = path.read_bytes()
            assert content.startswith(streams.MARK)
            assert b"PGDMP" not in content and "测量".encode() not in content
    names = " ".join(str(path.relative_to(copy)) for path in copy.rglob("*"))
    told = names + (copy / "manifest.json").read_text() + (copy / "manifest.mac").read_text()
    assert stored.sha256 not in told and Path(stored.path).name not in told
    move()
    settings.BACKUP_KEY = ""
    with pytest.raises(NotRestoredError, match="set BACKUP_KEY"):
        copies.restore(copy, say=quiet)
    settings.BACKUP_KEY = "another word"
    with pytest.raises(NotRestoredError, match="another BACKUP_KEY"):
        copies.restore(copy, say=quiet)
    settings.BACKUP_KEY = "a long random word"
    copies.restore(copy, say=quiet)
    assert files_of(stored) == "测量结果 580".encode()


def test_nothing_is_restored_over_anything(home: Path) -> None:
    fill()
    copy = copies.make(home / "copies", say=quiet)
    before = Place.objects.count()
    with pytest.raises(NotRestoredError, match=r"is not empty \(\d+ tables\).*config.roles"):
        copies.restore(copy, say=quiet)
    assert Place.objects.count() == before


def test_a_copy_that_was_changed_is_refused_before_anything_is_touched(home: Path, move: Any, settings: Any) -> None:
    _, _, stored = fill()
    copy = copies.make(home / "copies", say=quiet)
    media = copy / "media" / stored.path
    changes: list[tuple[str, Callable[[Path], Any]]] = [
        ("database.dump of the copy is missing or damaged", lambda at: (at / "database.dump").open("ab").write(b"x")),
        ("is missing or damaged", lambda at: (at / media.relative_to(copy)).unlink()),
        ("media.sha256 was changed", lambda at: (at / "media.sha256").write_text("")),
        ("manifest was changed", lambda at: (at / "manifest.json").write_text((at / "manifest.json").read_text() + " ")),
        ("holds no whole copy", lambda at: (at / "manifest.mac").unlink()),
    ]  # fmt: skip
    move()
    for number, (reason, change) in enumerate(changes):
        other = home / f"changed-{number}"
        shutil.copytree(copy, other)
        change(other)
        with pytest.raises(NotRestoredError, match=reason):
            copies.restore(other, say=quiet)
    key, settings.BOOK_KEY = settings.BOOK_KEY, "the key of another book"
    with pytest.raises(NotRestoredError, match="BOOK_KEY is not the one"):
        copies.restore(copy, say=quiet)
    settings.BOOK_KEY = key
    copies.restore(copy, only_check=True, say=quiet)
    with postgres.as_owner() as cursor:
        assert postgres.tables(cursor) == []
    assert not (home / "elsewhere").exists()


def test_a_file_that_is_damaged_or_gone_makes_the_copy_fail_aloud(home: Path) -> None:
    _, _, stored = fill()
    path = home / "media" / stored.path
    path.chmod(0o600)
    path.write_bytes(b"rotten")
    errors = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("backup", str(home / "copies"), stdout=io.StringIO(), stderr=errors)
    assert ended.value.code == 1 and "has another content than its row says" in errors.getvalue()
    path.unlink()
    with pytest.raises(CopyFailedError, match="is missing"):
        copies.make(home / "copies", say=quiet)
    assert list((home / "copies").iterdir()) == [], "nothing half-made is left"
    assert heartbeats.age("backup") is None


def test_what_an_upload_left_half_written_is_not_copied(home: Path) -> None:
    fill()
    half = home / "media/files/ab" / ("ab" * 32)
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"the first half of")
    copy = copies.make(home / "copies", say=quiet)
    assert not (copy / "media/files/ab" / half.name).exists()
    assert subprocess.run(["sha256sum", "--check", "--quiet", "media.sha256"], cwd=copy, check=False).returncode == 0


def test_a_second_copy_shares_files_with_the_first_and_the_oldest_go(home: Path) -> None:
    _, _, stored = fill()
    folder = home / "copies"
    made = [copies.make(folder, keep=2, say=quiet) for _ in range(3)]
    assert copies_in(folder) == made[1:]
    one, two = ((copy / "media" / stored.path).stat() for copy in made[1:])
    assert one.st_ino == two.st_ino
    assert copies.restore(made[-1], only_check=True, say=quiet)["media"]["linked"] == 1


def test_under_another_key_nothing_is_shared_and_a_check_says_which_key_is_missing(
    home: Path, move: Any, settings: Any
) -> None:
    settings.BACKUP_KEY = "the first word"
    _, _, stored = fill()
    first = copies.make(home / "copies", say=quiet)
    settings.BACKUP_KEY = "the second word"
    with pytest.raises(NotRestoredError, match="another BACKUP_KEY"):
        copies.restore(first, only_check=True, say=quiet)
    second = copies.make(home / "copies", say=quiet)
    third = copies.make(home / "copies", say=quiet)
    assert [json.loads((one / "manifest.json").read_text())["media"]["linked"] for one in (second, third)] == [0, 1]
    move()
    copies.restore(second, say=quiet)
    assert files_of(stored) == "测量结果 580".encode()


def test_an_encrypted_copy_of_the_first_format_is_still_read_and_shares_nothing(
    home: Path, move: Any, settings: Any
) -> None:
    settings.BACKUP_KEY = "a long random word"
    _, _, stored = fill()
    copy = copies.make(home / "copies", say=quiet)
    manifest = json.loads((copy / "manifest.json").read_text())
    (kept,) = listing.read(copy, manifest)
    named = copy / "media" / kept.path
    named.parent.mkdir(parents=True)
    (copy / kept.place).rename(named)
    (copy / "media.sha256").write_text(f"{kept.sha256}  media/{kept.path}\n")
    manifest["media"]["listing_sha256"] = streams.digest_of(copy / "media.sha256")
    text = json.dumps(manifest | {"format": 1}).encode()
    (copy / "manifest.json").write_bytes(text)
    (copy / "manifest.mac").write_text(mac(text))
    copies.make(home / "copies", say=quiet)
    assert copies.restore(copies_in(home / "copies")[-1], only_check=True, say=quiet)["media"]["linked"] == 0
    move()
    copies.restore(copy, say=quiet)
    assert files_of(stored) == "测量结果 580".encode()


def test_a_file_that_rots_in_the_copy_before_is_written_anew(home: Path) -> None:
    _, _, stored = fill()
    first = copies.make(home / "copies", say=quiet)
    rotten = first / "media" / stored.path
    rotten.write_bytes(b"rotten")
    said: list[str] = []
    second = copies.make(home / "copies", say=said.append)
    assert [line for line in said if "is missing or damaged: written anew" in line]
    assert copies.restore(second, only_check=True, say=quiet)["media"]["linked"] == 0


def test_a_copy_of_a_newer_version_is_refused(home: Path, move: Any, monkeypatch: Any) -> None:
    from core.ops import health

    fill()
    copy = copies.make(home / "copies", say=quiet)
    known = frozenset(one for one in health.known_migrations() if one[0] != "needs")
    monkeypatch.setattr(health, "known_migrations", lambda: known)
    move()
    with pytest.raises(NotRestoredError, match="knows migrations that this version does not"):
        copies.restore(copy, say=quiet)


def test_a_copy_names_what_its_schema_came_by_and_what_that_stands_for_is_known(home: Path) -> None:
    from core.ops import health

    copy = copies.make(home / "copies", say=quiet)
    newest = set(json.loads((copy / "manifest.json").read_text())["migrations"].items())
    assert ("outbox", "0001_tables") in newest and newest <= health.wanted_migrations()
    assert ("outbox", "0002_request_id") in health.known_migrations() - health.wanted_migrations()


def test_a_tool_that_is_too_old_is_passed_over(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    for version in (9, 99):
        folder = tmp_path / str(version)
        folder.mkdir()
        (folder / "pg_dump").write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.1'\n")
        (folder / "pg_dump").chmod(0o755)
    settings.POSTGRES_BIN = str(tmp_path / "9")
    monkeypatch.setenv("PATH", str(tmp_path / "99"), prepend=os.pathsep)
    assert postgres.tool("pg_dump", 18) == str(tmp_path / "99" / "pg_dump")
    with pytest.raises(postgres.ToolMissingError, match=r"9/pg_dump is 9.*POSTGRES_BIN"):
        postgres.tool("pg_dump", 100)


@pytest.mark.parametrize("size", [0, 1, streams.CHUNK - 1, streams.CHUNK, streams.CHUNK + 1, 2 * streams.CHUNK])
def test_what_was_encrypted_comes_back_and_a_cut_is_noticed(settings: Any, tmp_path: Path, size: int) -> None:
    settings.BACKUP_KEY = "a long random word"
    content = os.urandom(size)
    target = tmp_path / "kept"
    written = streams.write(target, [content[:100], content[100:]])
    assert (written.bytes, written.sha256) == (target.stat().st_size, streams.digest_of(target))
    assert b"".join(streams.read(target, is_encrypted=True)) == content
    whole = target.read_bytes()
    head, step = len(streams.MARK) + 32, streams.CHUNK + streams.TAG
    for changed in (
        whole[:-1],
        whole[:head] if size else whole[:10],
        whole + b"x",
        whole[: head + step] if size > streams.CHUNK else b"",
    ):
        target.write_bytes(changed)
        with pytest.raises(streams.DamagedError):
            list(streams.read(target, is_encrypted=True))
