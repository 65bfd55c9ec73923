"""How fast the book takes entries in and numbers them, beside raw inserts into the same server in the same run."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"

COUNT = int(os.environ.get("BOOK_ENTRIES", "200000"))
RECORDED = 2000
GOAL = 10_000


def main() -> None:
    from tests.support import servers as support

    servers = support.start()
    name = support.clone(servers, support.template(servers))
    try:
        os.environ["DATABASE_URL"] = servers.environment(name)["DATABASE_URL"]
        compare(servers, name)
    finally:
        support.drop(servers, name)


def compare(servers: Any, name: str) -> None:
    import django

    django.setup()
    from django.db import connection, connections, transaction

    from config.roles import OWNER
    from core import book
    from core.book import queries, services, verifying
    from tests import factories
    from tests.support.book import fill

    with servers.postgres.cursor(OWNER, name) as cursor:
        fill(cursor, COUNT)
        cursor.execute(
            "CREATE TABLE raw_place (index bigint PRIMARY KEY, entry_id bigint UNIQUE REFERENCES book_entry, root bytea)"
        )
        cursor.execute("SELECT min(id) FROM book_entry")
        first = cursor.fetchone()[0]
    print(f"{COUNT:,} entries wait; batches of 5,000, a transaction each; test server without fsync")

    def raw(at_once: int, count: int) -> None:
        with connection.cursor() as cursor:
            for start in range(0, count, at_once):
                many = min(count, start + at_once) - start
                values = [one for at in range(start, start + many) for one in (at, first + at, b"\x00" * 32)]
                cursor.execute("INSERT INTO raw_place VALUES " + ",".join(["(%s,%s,%s)"] * many), values)

    baseline = rate(COUNT, lambda: raw(5000, COUNT))
    print(f"raw INSERT, 5,000 rows a statement: {baseline:>10,.0f} rows a second")
    with servers.postgres.cursor(OWNER, name) as cursor:
        cursor.execute("TRUNCATE raw_place")
    single = rate(RECORDED, lambda: raw(1, RECORDED))
    print(f"raw INSERT, one row a transaction:  {single:>10,.0f} rows a second")

    def number() -> None:
        while services.sequence():
            pass

    numbered = rate(COUNT, number)
    print(f"sequencer:                          {numbered:>10,.0f} entries a second ({numbered / baseline:.2f} of the raw batches)")  # fmt: skip
    assert queries.tree_size() == COUNT

    row = factories.organisation()
    actor = factories.actor(row)

    def record() -> None:
        for at in range(RECORDED):
            with transaction.atomic():
                book.record(actor, "measure", row, after={"number": at}, reason="")

    written = rate(RECORDED, record)
    print(f"recording, one a transaction:       {written:>10,.0f} entries a second ({written / single:.2f} of the raw rows)")  # fmt: skip
    number()
    found = verifying.verify()
    assert found.is_sound and found.entries == COUNT + RECORDED, found
    print(f"goal of {GOAL:,} numbered a second: {'reached' if numbered >= GOAL else 'NOT reached'}; the book is sound")
    assert numbered >= GOAL
    connections.close_all()


def rate(count: int, call: Callable[[], None]) -> float:
    began = time.monotonic()
    call()
    return count / (time.monotonic() - began)


if __name__ == "__main__":
    main()
