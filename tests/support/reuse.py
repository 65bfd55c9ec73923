"""Databases that tests take in turns: emptied after each test, which is several times as fast as another clone.

What a test left is found by reading, not by trust: tables that were empty are emptied again, numbers begin anew, and a database
whose tables of reference data, functions, triggers or rights were changed is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg2
from psycopg2 import sql

from config.embedded.postgres import SUPERUSER
from config.embedded.servers import Servers
from tests.support import servers as support

# So much that lies dead in the tables makes reading them slower than a clone.
TURNS, ROWS = 50, 3000

MADE = """
SELECT max(made) FROM (
    SELECT max(xmin::text::bigint) AS made FROM pg_class UNION ALL SELECT max(xmin::text::bigint) FROM pg_trigger
    UNION ALL SELECT max(xmin::text::bigint) FROM pg_constraint UNION ALL SELECT max(xmin::text::bigint) FROM pg_proc
    UNION ALL SELECT max(xmin::text::bigint) FROM pg_namespace UNION ALL SELECT max(xmin::text::bigint) FROM pg_policy
    UNION ALL SELECT max(xmin::text::bigint) FROM pg_index UNION ALL SELECT max(xmin::text::bigint) FROM pg_attrdef) AS parts
"""
COUNTED = """
SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_constraint),
    (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_policy),
    (SELECT count(*) FROM pg_db_role_setting AS one JOIN pg_database ON pg_database.oid = setdatabase
        WHERE datname = current_database())
"""
TABLES = """
SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
SET_BACK = "SELECT setval(format('public.%%I', %s)::regclass, %s, %s)"
NUMBERS = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


@dataclass
class Kept:
    """A clone with the superuser's line to it, and what it held when it was new."""

    name: str
    line: psycopg2.extensions.connection
    shape: tuple[int, ...] = ()
    reference: tuple[int, ...] = ()
    numbers: frozenset[tuple[str, int]] = frozenset()
    turns: int = 0


_mine: dict[str, Kept] = {}
_free: list[Kept] = []


def take(servers: Servers, source: str) -> str:
    """The name of an empty database like `source` that nobody else uses."""
    if _free:
        return _free.pop().name
    name = support.clone(servers, source)
    line = psycopg2.connect(servers.postgres.url(SUPERUSER, name), connect_timeout=20)
    line.autocommit = True
    kept = Kept(name, line)
    with line.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute(NUMBERS)
        numbers = [row[0] for row in cursor.fetchall()]
        cursor.execute(_which(tables))
        filled = [row[0] for row in cursor.fetchall()]
        # Planning to read so many tables takes thirty times as long as reading them.
        cursor.execute(sql.SQL("PREPARE filled AS ") + _which([one for one in tables if one not in filled]))
        cursor.execute(sql.SQL("PREPARE moved AS ") + _moved(numbers))
        cursor.execute(sql.SQL("PREPARE reference AS ") + _reference(filled))
        kept.shape, kept.reference = _shape(cursor), _row(cursor, "EXECUTE reference")
        kept.numbers = _given(cursor)
    _mine[name] = kept
    return name


def give_back(servers: Servers, name: str) -> None:
    """Empty it for the next test, or drop it when it cannot be trusted to be as it was."""
    kept = _mine[name]
    kept.turns += 1
    try:
        if kept.turns < TURNS and _emptied(kept):
            _free.append(kept)
            return
    except psycopg2.Error:  # the test dropped it, or put another in its place
        pass
    kept.line.close()
    del _mine[name]
    support.drop(servers, name)


def drop_all(servers: Servers) -> None:
    """At the end of a run."""
    for kept in _mine.values():
        kept.line.close()
        support.drop(servers, kept.name)
    _mine.clear()
    _free.clear()


def _emptied(kept: Kept) -> bool:
    """Whether it holds again what it held when it was new."""
    with kept.line.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        if _shape(cursor) != kept.shape or _row(cursor, "EXECUTE reference") != kept.reference:
            return False
        cursor.execute("EXECUTE filled")
        tables = [row[0] for row in cursor.fetchall()]
        # Rows that refuse to be deleted and keys that point elsewhere are for the product's own connections.
        cursor.execute("SET session_replication_role = replica")
        gone = 0
        for table in tables:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            gone += cursor.rowcount
        before = dict(kept.numbers)
        for name, _last in _given(cursor) - kept.numbers:
            cursor.execute(SET_BACK, [name, before.get(name, 1), name in before])
        return gone < ROWS


def _which(tables: list[str]) -> sql.Composed:
    """Asks which of the tables hold a row."""
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
    return sql.SQL(" UNION ALL ").join([one.format(sql.Literal(name), sql.Identifier(name)) for name in tables])


def _moved(numbers: list[str]) -> sql.Composed:
    """Asks which of the sequences have given a number, and the last one."""
    one = sql.SQL("SELECT {}, last_value FROM {} WHERE is_called")
    return sql.SQL(" UNION ALL ").join([one.format(sql.Literal(name), sql.Identifier(name)) for name in numbers])


def _given(cursor: psycopg2.extensions.cursor) -> frozenset[tuple[str, int]]:
    cursor.execute("EXECUTE moved")
    return frozenset(cursor.fetchall())


def _reference(tables: list[str]) -> sql.Composed:
    """Asks for the youngest row and the number of rows of each table."""
    one = sql.SQL("(SELECT max(xmin::text::bigint) FROM {0}), (SELECT count(*) FROM {0})")
    return sql.SQL("SELECT ") + sql.SQL(", ").join([one.format(sql.Identifier(name)) for name in tables])


def _shape(cursor: psycopg2.extensions.cursor) -> tuple[int, ...]:
    """The youngest row and the number of rows of what says how the database is made."""
    cursor.execute(MADE)
    return (*cursor.fetchone(), *_row(cursor, COUNTED))  # type: ignore[misc]  # one row each


def _row(cursor: psycopg2.extensions.cursor, query: str) -> tuple[int, ...]:
    cursor.execute(query)
    found = cursor.fetchone()
    assert found is not None
    return found
