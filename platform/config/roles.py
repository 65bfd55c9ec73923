"""Creates the three database roles and the database. Run once by an administrator, before the first migration:

DATABASE_SUPERUSER_URL=... DATABASE_OWNER_URL=... DATABASE_URL=... DATABASE_LOADER_URL=... python -m config.roles
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2 import sql

from config import env

OWNER, RUNTIME, LOADER = "xielian_owner", "xielian_runtime", "xielian_loader"
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")


@dataclass(frozen=True)
class Server:
    """Where a PostgreSQL server listens, and the passwords of those who may come in."""

    host: str
    port: int
    passwords: Mapping[str, str]

    def url(self, role: str, database: str = "xielian") -> str:
        return f"postgres://{role}:{self.passwords[role]}@{self.host}:{self.port}/{database}"

    @contextmanager
    def cursor(self, role: str, database: str) -> Iterator[Any]:
        """A cursor in autocommit, for statements such as CREATE DATABASE."""
        connection = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=role,
            password=self.passwords[role],
            dbname=database,
            connect_timeout=20,
        )
        connection.autocommit = True
        try:
            yield connection.cursor()
        finally:
            connection.close()


def create_roles(server: Server, superuser: str) -> None:
    """Owner (may create databases), runtime and loader exist with these passwords; none is a superuser."""
    with server.cursor(superuser, "postgres") as cursor:
        for role, powers in ((OWNER, "CREATEDB"), (RUNTIME, "NOCREATEDB"), (LOADER, "NOCREATEDB")):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {powers} PASSWORD %s").format(
                    sql.Identifier(role)
                ),
                [server.passwords[role]],
            )


def create_database(server: Server, superuser: str, name: str) -> bool:
    """The database exists, belongs to the owner, sorts by C.UTF-8, and lets the runtime role use what the owner makes.

    True when it was made just now.
    """
    with server.cursor(superuser, "postgres") as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        made = cursor.fetchone() is None
        if made:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
    with server.cursor(superuser, name) as cursor:
        for statement in (
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {runtime}, {loader}",
            "GRANT USAGE ON SCHEMA public TO {runtime}, {loader}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
            " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {runtime}",
            *(f"CREATE EXTENSION IF NOT EXISTS {extension}" for extension in EXTENSIONS),
        ):
            cursor.execute(
                sql.SQL(statement).format(
                    name=sql.Identifier(name),
                    owner=sql.Identifier(OWNER),
                    runtime=sql.Identifier(RUNTIME),
                    loader=sql.Identifier(LOADER),
                )
            )
    return made


def assert_locale(server: Server, superuser: str, name: str) -> None:
    """Refuse a database in which trigrams would drop Chinese."""
    with server.cursor(superuser, name) as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s", [name]
        )
        found = cursor.fetchone()
    if found[0] != "UTF8" or any(locale.upper().replace("-", "") != "C.UTF8" for locale in found[1:]):
        raise RuntimeError(f"The database {name} has encoding and locale {found}; Xielian needs UTF8 and C.UTF-8.")


def main() -> None:
    def parts(variable: str) -> Any:
        address = env.url(variable)
        if not address:
            raise SystemExit(f"{variable} is not set.")
        return urlsplit(address)

    top = parts("DATABASE_SUPERUSER_URL")
    passwords = {unquote(top.username or ""): unquote(top.password or "")}
    for role, variable in ((OWNER, "DATABASE_OWNER_URL"), (RUNTIME, "DATABASE_URL"), (LOADER, "DATABASE_LOADER_URL")):
        passwords[role] = unquote(parts(variable).password or "")
    server = Server(top.hostname or "localhost", top.port or 5432, passwords)
    name = parts("DATABASE_URL").path.lstrip("/")
    create_roles(server, unquote(top.username or ""))
    create_database(server, unquote(top.username or ""), name)
    assert_locale(server, unquote(top.username or ""), name)
    print(f"{OWNER}, {RUNTIME} and {LOADER} stand, and so does the database {name}.")


if __name__ == "__main__":
    main()
