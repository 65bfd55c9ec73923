"""The servers that tests run on, the template database, and its clones."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from psycopg2 import sql

from config import embedded, roles
from config.embedded import processes
from config.embedded.postgres import SUPERUSER
from config.embedded.servers import Servers
from config.roles import OWNER

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
ENOUGH = 3 << 30
NO_DATABASE = "this_test_did_not_ask_for_the_fixture_db"
ROOMS = ["platform", "needs", "projects", "benefits", "talent", "datahub"]

# Copies the files instead of logging each page: half the time for databases as small as these.
FILES = "STRATEGY file_copy"
_numbers = itertools.count()


def home() -> Path:
    """Where the tests' servers keep their files: in memory where there is room, since each test copies a whole database."""
    if named := os.environ.get("XIELIAN_TEST_HOME"):
        return Path(named)
    own = MEMORY / f"xielian-{os.getuid()}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
    try:
        if not own.exists() and shutil.disk_usage(MEMORY).free < ENOUGH:
            return ROOT / ".xielian" / "test"
        own.mkdir(mode=0o755, exist_ok=True)
        if own.is_symlink() or own.stat().st_uid != os.getuid():
            return ROOT / ".xielian" / "test"
    except OSError:
        return ROOT / ".xielian" / "test"
    return own


HOME = home()


def start() -> Servers:
    """The servers for tests: started once per checkout, shared by every pytest process, left running."""
    return embedded.start(HOME, postgres_port=55329, redis_port=64790, for_tests=True)


def schema_hash() -> str:
    """A name for what migrations make: it changes when a migration, its SQL or its helpers change."""
    digest = hashlib.sha256()
    paths = {ROOT / "platform/core/db.py", ROOT / "platform/config/settings.py", ROOT / "platform/config/roles.py"}
    for room in ROOMS:
        paths |= {p for p in (ROOT / room).rglob("*") if p.suffix in {".py", ".sql"} and "migrations" in p.parts}
        paths |= set((ROOT / room).rglob("*.sql"))
    for path in sorted(paths):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def template(servers: Servers) -> str:
    """The name of a migrated database, built by the first who needs it."""
    name = f"template_{schema_hash()}"
    with processes.locked(HOME / "template.lock"):
        if not exists(servers, name):
            build(servers, name)
    return name


def build(servers: Servers, name: str) -> None:
    """Migrate a fresh database as the owner, in a process of its own, and give it its name when it is whole."""
    half = f"building_{os.getpid()}"
    drop(servers, half)
    roles.create_database(servers.postgres, SUPERUSER, half)
    made = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--noinput", "-v", "1"],
        env=os.environ
        | servers.environment(half)
        | {"DJANGO_SETTINGS_MODULE": "config.settings_test", "DATABASE_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        drop(servers, half)
        raise RuntimeError(
            f"The migrations do not run on an empty database:\n{made.stdout[-1500:]}\n{made.stderr[-4000:]}"
        )
    execute(servers, SUPERUSER, "ALTER DATABASE {} RENAME TO {}", half, name)


def clone(servers: Servers, source: str) -> str:
    """A database of this test's own, made by the owner."""
    name = f"clone_{os.getpid()}_{next(_numbers)}"
    execute(servers, OWNER, f"CREATE DATABASE {{}} TEMPLATE {{}} OWNER {{}} {FILES}", name, source, OWNER)
    return name


def copy(servers: Servers, source: str, name: str) -> None:
    """A second database like the first, whose connections end."""
    with servers.postgres.cursor(SUPERUSER, "postgres") as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [source],
        )
    execute(servers, OWNER, f"CREATE DATABASE {{}} TEMPLATE {{}} OWNER {{}} {FILES}", name, source, OWNER)


def drop(servers: Servers, name: str) -> None:
    execute(servers, SUPERUSER, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def drop_abandoned(servers: Servers) -> None:
    """Remove the clones of test runs that were killed."""
    with servers.postgres.cursor(SUPERUSER, "postgres") as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^(clone|building)_[0-9]+'")
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        if (found := re.match(r"[a-z]+_(\d+)", name)) and not processes.is_alive(int(found[1])):
            drop(servers, name)


def exists(servers: Servers, name: str) -> bool:
    with servers.postgres.cursor(SUPERUSER, "postgres") as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def execute(servers: Servers, role: str, statement: str, *names: str) -> None:
    with servers.postgres.cursor(role, "postgres") as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
