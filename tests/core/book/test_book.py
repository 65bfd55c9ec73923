"""The book: format, order, append only, erasing, and the first broken entry named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import book
from core.book import leaf, services, verifying
from core.book.models import Body, Entry, Place
from tests import factories


def write(count: int = 1, operation: str = "knock") -> Any:
    row = factories.organisation()
    actor = factories.actor(row)
    for number in range(count):
        with transaction.atomic():
            book.record(actor, operation, row, after={"number": number}, reason="why")
    return row


def place_all(count: int) -> int:
    """Sequence until so many are placed: an open transaction of another database on the server may hold the line for a moment."""
    import time

    placed = 0
    for _time in range(100):
        placed += services.sequence()
        if placed >= count:
            break
        time.sleep(0.1)
    return placed


def test_a_leaf_holds_pseudonyms_and_a_hash_and_nothing_else(db: Any, settings: Any) -> None:
    row = write()
    entry = Entry.objects.get()
    fields = json.loads(bytes(entry.leaf))
    assert set(fields) == {"type", "version", "time", "actor", "organisation", "object", "body"}
    assert fields["object"] == leaf.pseudonym(settings.BOOK_KEY.encode(), row.pk)
    assert str(row.pk) not in bytes(entry.leaf).decode()
    assert fields["time"].endswith("Z") and len(fields["time"]) == 27


def test_recording_outside_a_transaction_is_refused(db: Any) -> None:
    row = factories.organisation()
    with pytest.raises(RuntimeError):
        book.record(factories.actor(row), "knock", row)


def test_entries_show_before_they_are_sequenced_and_get_contiguous_indexes(db: Any) -> None:
    row = write(5)
    assert [one.index for one in book.timeline(row)] == [None] * 5
    assert place_all(5) == 5 and services.sequence() == 0
    assert [one.index for one in book.timeline(row)] == [4, 3, 2, 1, 0]
    assert verifying.verify().is_sound and verifying.verify().entries == 5


def test_the_sequencer_waits_for_an_older_open_transaction(db: Any, in_threads: Any) -> None:
    import threading

    row = factories.organisation()
    actor = factories.actor(row)
    opened, done = threading.Event(), threading.Event()

    def call(number: int) -> int:
        if number == 0:
            with transaction.atomic():
                book.record(actor, "slow", row)
                opened.set()
                done.wait(20)
            return 0
        opened.wait(20)
        with transaction.atomic():
            book.record(actor, "fast", row)
        placed = services.sequence()
        done.set()
        return placed

    assert in_threads(2, call) == [0, 0], "nothing may be placed before the older transaction ends"
    assert place_all(2) == 2
    assert list(Place.objects.order_by("index").values_list("entry__body__operation", flat=True)) == ["slow", "fast"]


def test_many_writers_while_sequencing_leave_a_sound_book(db: Any, in_threads: Any) -> None:
    row = factories.organisation()
    actor = factories.actor(row)

    def call(number: int) -> None:
        for _time in range(10):
            if number == 0:
                services.sequence()
            else:
                with transaction.atomic():
                    book.record(actor, "knock", row)

    assert in_threads(6, call) == [None] * 6
    place_all(50 - Place.objects.count())
    assert verifying.verify() == verifying.Report(50, verifying.verify().root)


@pytest.mark.parametrize("statement", [
    "UPDATE book_entry SET leaf = '\\x00'", "DELETE FROM book_entry", "TRUNCATE book_entry CASCADE",
    "UPDATE book_body SET operation = 'other'", "DELETE FROM book_body", "UPDATE book_place SET index = 9",
])  # fmt: skip
def test_nothing_is_changed_by_sql(db: Any, statement: str) -> None:
    write(2)
    place_all(2)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verifying.verify().is_sound


def test_erasing_a_body_keeps_the_log_whole(db: Any) -> None:
    from core import clock

    row = write(3)
    place_all(3)
    body = Body.objects.order_by("entry_id")[1]
    Body.objects.filter(pk=body.pk).update(salt=None, content=None, erased_at=clock.now())
    assert verifying.verify().is_sound
    assert book.timeline(row)[1].after == {}


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError):
        leaf.canonical({"amount": 0.1})
