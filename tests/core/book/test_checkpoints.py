"""Signed checkpoints, what is kept outside the database, and forks: a restored backup, a rewritten history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core import checks, clock
from core.book import checkpoints, keys, note, queries, services, tasks, tree, verifying, witness
from core.book.models import Checkpoint, Entry, SelfCheck, Verdict
from tests.core.book.test_book import place_all, write


@pytest.fixture
def outside(settings: Any, tmp_path: Path) -> witness.Witness:
    settings.BOOK_WITNESS = str(tmp_path / "outside")
    return witness.Witness(tmp_path / "outside")


@pytest.fixture
def as_owner(db: str, servers: Any) -> Any:
    """Somebody with all power over the database: triggers do not stop them."""

    @contextmanager
    def cursor() -> Iterator[Any]:
        from config.embedded.postgres import SUPERUSER

        with servers.postgres.cursor(SUPERUSER, db) as found:
            found.execute("SET session_replication_role = replica")
            yield found

    return cursor


def signed(count: int, frozen_clock: Any) -> Checkpoint:
    """So many more entries, numbered, under a checkpoint."""
    write(count)
    place_all(count)
    frozen_clock.move(minutes=2)
    made = checkpoints.make_checkpoint()
    assert made is not None
    return made


def cut_back(cursor: Any, size: int) -> None:
    """What restoring a backup of that size leaves."""
    cursor.execute("DELETE FROM book_checkpoint WHERE size > %s", [size])
    cursor.execute("DELETE FROM book_node WHERE ((position + 1) << level) > %s", [size])
    cursor.execute(
        "DELETE FROM book_body WHERE entry_id IN (SELECT entry_id FROM book_place WHERE index >= %s)", [size]
    )
    cursor.execute(
        "WITH gone AS (DELETE FROM book_place WHERE index >= %s RETURNING entry_id)"
        " DELETE FROM book_entry WHERE id IN (SELECT entry_id FROM gone)",
        [size],
    )


def test_a_checkpoint_is_a_note_over_size_and_root(db: Any, frozen_clock: Any, outside: witness.Witness) -> None:
    made = signed(5, frozen_clock)
    text, key = note.opened(made.note, keys.known())
    assert note.read_checkpoint(text) == ("xielian/book", 5, queries.root_at(5))
    assert key.vkey == made.vkey
    assert outside.newest() == made.note
    assert outside.hashes(0, 10) == queries.leaf_hashes(0, 5)


def test_at_most_one_a_minute_and_only_when_something_changed(db: Any, frozen_clock: Any) -> None:
    assert checkpoints.make_checkpoint() is None
    signed(2, frozen_clock)
    frozen_clock.move(minutes=5)
    assert tasks.checkpoint() is None
    signed(1, frozen_clock)
    write(1)
    place_all(1)
    frozen_clock.move(seconds=59)
    assert tasks.checkpoint() is None
    frozen_clock.move(seconds=1)
    assert tasks.checkpoint() == 4
    assert list(Checkpoint.objects.order_by("pk").values_list("size", flat=True)) == [2, 3, 4]


def test_nothing_is_signed_without_a_key(db: Any, settings: Any) -> None:
    settings.BOOK_SIGNING_KEY = ""
    write(1)
    place_all(1)
    assert checkpoints.make_checkpoint() is None
    assert verifying.verify().is_sound


@pytest.mark.parametrize("table", ["book_checkpoint", "book_selfcheck"])
def test_checkpoints_and_findings_only_grow(db: Any, frozen_clock: Any, table: str) -> None:
    signed(1, frozen_clock)
    verifying.self_check()
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET root = root", f"TRUNCATE {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_new_key_signs_anew_and_old_checkpoints_hold_while_the_old_key_is_listed(
    db: Any, settings: Any, frozen_clock: Any
) -> None:
    old = keys.signer()
    signed(3, frozen_clock)
    settings.BOOK_SIGNING_KEY = note.encode(b"\x09" * 32)
    settings.BOOK_PUBLIC_KEYS = [old.key.vkey]  # type: ignore[union-attr]
    frozen_clock.move(minutes=2)
    renewed = checkpoints.make_checkpoint()
    assert renewed is not None and (renewed.size, renewed.vkey) == (3, keys.known()[0].vkey)
    assert [one.vkey for one in keys.known()] == [renewed.vkey, old.key.vkey]  # type: ignore[union-attr]
    assert verifying.verify().is_sound
    settings.BOOK_PUBLIC_KEYS = []
    assert verifying.verify().reason == checkpoints.UNSIGNED


def test_proofs_from_the_kept_nodes_are_those_over_all_leaves(db: Any) -> None:
    write(70)
    place_all(70)
    hashes = queries.leaf_hashes(0, 70)
    for size in (1, 2, 15, 16, 17, 31, 33, 64, 65, 70):
        for index in range(0, size, 3):
            assert queries.inclusion_proof(index, size) == tree.inclusion_proof(index, hashes[:size])
        for first in range(1, size + 1, 5):
            assert queries.consistency_proof(first, size) == tree.consistency_proof(first, hashes[:size])


def test_a_proof_asks_twice_however_large_the_tree(db: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    write(40)
    place_all(40)
    with CaptureQueriesContext(connection) as asked:
        queries.inclusion_proof(21, 40)
    assert len(asked) == 2


def test_entries_of_a_restored_dump_are_numbered(db: Any, as_owner: Any) -> None:
    """On another server the transactions count from the beginning: waiting entries bear numbers of the future."""
    write(2)
    with as_owner() as cursor:
        cursor.execute("UPDATE book_entry SET xid = xid + 1000000000")
        cursor.execute("UPDATE book_waiting SET xid = xid + 1000000000")
    write(1)
    assert place_all(3) == 3
    assert verifying.verify().is_sound


def test_an_entry_taken_out_of_the_line_is_noticed(db: Any, as_owner: Any) -> None:
    write(2)
    with as_owner() as cursor:
        cursor.execute("DELETE FROM book_waiting WHERE entry_id = (SELECT min(entry_id) FROM book_waiting)")
    place_all(1)
    assert verifying.verify().reason == verifying.NEVER_NUMBERED


@pytest.mark.req("R069")
@pytest.mark.parametrize(("statement", "reason"), [
    ("UPDATE book_entry SET leaf = set_byte(leaf, 100, CASE get_byte(leaf, 100) WHEN 48 THEN 49 ELSE 48 END)", verifying.LEAF_CHANGED),
    ("UPDATE book_entry SET leaf = set_byte(leaf, 0, 32)", verifying.NOT_CANONICAL),
    ("UPDATE book_body SET content = set_byte(content, 20, 65)", verifying.BODY_CHANGED),
    ("UPDATE book_body SET object_id = gen_random_uuid()", verifying.OTHER_OBJECT),
    ("DELETE FROM book_body", verifying.BODY_MISSING),
    ("UPDATE book_place SET root = decode(repeat('00', 32), 'hex')", verifying.ROOT_WRONG),
    ("DELETE FROM book_place", verifying.MISSING),
])  # fmt: skip
def test_one_changed_byte_names_the_first_broken_entry(
    db: Any, as_owner: Any, frozen_clock: Any, statement: str, reason: str
) -> None:
    signed(20, frozen_clock)
    column = "entry_id" if "book_body" in statement or "book_place" in statement else "id"
    with as_owner() as cursor:
        cursor.execute(f"{statement} WHERE {column} IN (SELECT entry_id FROM book_place WHERE index IN (11, 15))")
    found = verifying.verify()
    assert (found.verdict, found.broken_index, found.reason) == (Verdict.BROKEN, 11, reason)


def test_a_wrong_inner_node_is_named(db: Any, as_owner: Any) -> None:
    write(40)
    place_all(40)
    with as_owner() as cursor:
        cursor.execute("UPDATE book_node SET hash = decode(repeat('00', 32), 'hex') WHERE level = 4 AND position = 1")
    found = verifying.verify()
    assert (found.broken_index, found.reason) == (31, verifying.NODE_WRONG)


@pytest.mark.parametrize("knows_leaves", [True, False])
def test_a_restored_backup_is_a_fork(
    db: Any, as_owner: Any, frozen_clock: Any, outside: witness.Witness, knows_leaves: bool
) -> None:
    signed(5, frozen_clock)
    signed(4, frozen_clock)
    with as_owner() as cursor:
        cut_back(cursor, 7)
    if not knows_leaves:
        outside.leaves_file.unlink()
    found = verifying.verify()
    assert (found.verdict, found.reason, found.entries) == (Verdict.FORK, checkpoints.BEHIND, 7)
    assert (found.broken_index, found.last_index) == ((7, None) if knows_leaves else (5, 7))


def test_a_backup_that_was_continued_is_a_fork_and_nothing_is_signed(
    db: Any, as_owner: Any, frozen_clock: Any, outside: witness.Witness
) -> None:
    signed(5, frozen_clock)
    signed(4, frozen_clock)
    with as_owner() as cursor:
        cut_back(cursor, 7)
    write(6)
    place_all(6)
    frozen_clock.move(minutes=5)
    assert tasks.checkpoint() is None and tasks.checkpoint() is None
    assert Checkpoint.objects.count() == 1 and SelfCheck.objects.count() == 1
    found = verifying.verify()
    assert (found.verdict, found.broken_index, found.reason) == (Verdict.FORK, 7, checkpoints.REWRITTEN)


def test_a_history_rewritten_with_all_its_hashes_is_a_fork(
    db: Any, as_owner: Any, frozen_clock: Any, outside: witness.Witness
) -> None:
    """Whoever owns the database recomputes everything in it, checkpoints aside; only the signatures do not follow."""
    signed(9, frozen_clock)
    with as_owner() as cursor:
        cursor.execute("SELECT e.id, e.leaf FROM book_entry e JOIN book_place p ON p.entry_id = e.id WHERE p.index = 4")
        pk, written = cursor.fetchone()
        changed = bytes(written).replace(b'"actor":"', b'"actor":"', 1)
        forged = changed.replace(changed[10:20], b"0123456789", 1)
        cursor.execute(
            "UPDATE book_entry SET leaf = %s, leaf_hash = %s WHERE id = %s", [forged, tree.leaf_hash(forged), pk]
        )
    grown = tree.Frontier()
    with as_owner() as cursor:
        for index, hashed in enumerate(queries.leaf_hashes(0, 9)):
            grown.add(hashed)
            cursor.execute("UPDATE book_place SET root = %s WHERE index = %s", [grown.root(), index])
    found = verifying.verify()
    assert (found.verdict, found.broken_index, found.reason) == (Verdict.FORK, 4, checkpoints.REWRITTEN)


def test_erased_bodies_are_skipped_and_counted(db: Any, frozen_clock: Any) -> None:
    from core.book.models import Body

    signed(3, frozen_clock)
    Body.objects.filter(entry__place__index=1).update(salt=None, content=None, erased_at=clock.now())
    found = verifying.verify()
    assert (found.is_sound, found.erased, found.checkpoints) == (True, 1, 1)


def test_a_note_torn_by_a_crash_is_left_out_and_replaced(db: Any, frozen_clock: Any, outside: witness.Witness) -> None:
    first = signed(2, frozen_clock)
    with outside.notes_file.open("a") as file:
        file.write(first.note[:40])
    assert outside.newest() == first.note
    second = signed(2, frozen_clock)
    assert list(outside.notes(outside.written())) == [first.note, second.note]
    assert verifying.verify().witnessed == 2


def test_a_fork_raises_one_alert_for_the_operators_until_a_reading_is_sound(
    db: Any, client: Any, as_owner: Any, frozen_clock: Any, outside: witness.Witness
) -> None:
    from core.checks.models import Alert

    signed(3, frozen_clock)
    with as_owner() as cursor:
        cut_back(cursor, 2)
        cursor.execute("DELETE FROM book_checkpoint")
    assert tasks.verify() is False
    frozen_clock.move(days=1)
    assert tasks.verify() is False
    checks.watch({"BOOK"})
    alert = Alert.objects.get(code="BOOK")
    assert alert.to_operator and alert.numbers["first"] == 2
    told = client.get("/health/ready").json()["told"]["book"]
    assert (told["verdict"], told["first"]) == ("fork", 2)
    outside.notes_file.rename(outside.folder / "before-the-fork.txt")
    outside.leaves_file.unlink()
    frozen_clock.move(days=1)
    assert tasks.verify() is True
    checks.watch({"BOOK"})
    alert.refresh_from_db()
    assert alert.cleared_at is not None


def test_what_was_found_beside_the_witness_is_not_ended_by_a_reading_without_it(
    db: Any, client: Any, as_owner: Any, frozen_clock: Any, outside: witness.Witness, settings: Any
) -> None:
    first = signed(2, frozen_clock)
    kept = outside.notes_file.read_text(), outside.leaves_file.read_bytes()
    signed(1, frozen_clock)
    with as_owner() as cursor:
        cut_back(cursor, 2)
    frozen_clock.move(minutes=2)
    assert checkpoints.make_checkpoint() is None, "the signer finds it first"
    fault = queries.standing_fault()
    assert fault is not None and fault.verdict == Verdict.FORK
    frozen_clock.move(minutes=2)
    with settings_without(settings, "BOOK_WITNESS"):
        assert tasks.verify() is True
        assert queries.standing_fault() == fault
        assert client.get("/health/ready").json()["told"]["book"]["verdict"] == "fork"
    assert checkpoints.make_checkpoint() is None
    assert SelfCheck.objects.exclude(verdict=Verdict.SOUND).count() == 1, "it is known already"
    outside.notes_file.write_text(kept[0])
    outside.leaves_file.write_bytes(kept[1])
    frozen_clock.move(minutes=2)
    assert tasks.verify() is True and queries.standing_fault() is None and first.size == 2


@contextmanager
def settings_without(settings: Any, name: str) -> Iterator[None]:
    kept = getattr(settings, name)
    setattr(settings, name, "")
    yield
    setattr(settings, name, kept)


def test_a_process_without_keys_compares_with_the_witness_too(
    db: Any, as_owner: Any, frozen_clock: Any, outside: witness.Witness, settings: Any
) -> None:
    signed(2, frozen_clock)
    signed(1, frozen_clock)
    settings.BOOK_SIGNING_KEY, settings.BOOK_PUBLIC_KEYS = "", []
    assert verifying.verify().is_sound and verifying.verify().witnessed == 2
    with as_owner() as cursor:
        cut_back(cursor, 2)
    assert (verifying.verify().verdict, verifying.verify().broken_index) == (Verdict.FORK, 2)


def test_the_command_names_the_first_broken_entry(db: Any, as_owner: Any, capsys: Any) -> None:
    write(4)
    place_all(4)
    call_command("verify_book")
    assert "4 entries" in capsys.readouterr().out
    with as_owner() as cursor:
        cursor.execute("UPDATE book_entry SET leaf_hash = decode(repeat('00', 32), 'hex') WHERE id = %s", [Entry.objects.earliest("pk").pk])  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        call_command("verify_book")
    assert ended.value.code == 1
    assert "entry 0" in capsys.readouterr().err


def test_the_keys_are_printed_and_made(capsys: Any) -> None:
    call_command("book_key")
    assert note.Key.read(capsys.readouterr().out.strip()) == keys.known()[0]
    call_command("book_key", "--new")
    made = capsys.readouterr().out.split()
    seed, vkey = made[0].removeprefix("BOOK_SIGNING_KEY="), made[-1]
    assert note.Signer("xielian/book", keys.seed_of(seed)).key.vkey == vkey


def test_a_batch_is_all_or_nothing(db: Any, monkeypatch: Any) -> None:
    write(10)
    with monkeypatch.context() as patch:
        patch.setattr(services, "_copy", lambda *_words: (_ for _ in ()).throw(RuntimeError("the power went off")))
        with pytest.raises(RuntimeError):
            place_all(10)
    assert queries.tree_size() == 0
    assert place_all(10) == 10
    assert verifying.verify().is_sound and dt.UTC


@pytest.mark.req("R069")
def test_one_byte_in_twenty_thousand_entries_is_named(db: str, servers: Any, as_owner: Any) -> None:
    """The small version of tests/proof/run_book_million.py; more than two slices of a reading."""
    from config.roles import OWNER
    from tests.support.book import fill

    with servers.postgres.cursor(OWNER, db) as cursor:
        fill(cursor, 20_000)
    assert place_all(20_000) == 20_000
    assert verifying.verify().is_sound
    assert queries.consistency_proof(16_385, 20_000) == tree.consistency_proof(16_385, queries.leaf_hashes(0, 20_000))
    with as_owner() as cursor:
        cursor.execute(
            "UPDATE book_body SET content = set_byte(content, 30, 65)"
            " WHERE entry_id = (SELECT entry_id FROM book_place WHERE index = 17000)"
        )
    found = verifying.verify()
    assert (found.verdict, found.broken_index, found.reason) == (Verdict.BROKEN, 17_000, verifying.BODY_CHANGED)
