"""Both servers together: secrets, roles, the database, and the environment that the product reads."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config import roles
from config.embedded import processes
from config.embedded.postgres import FAST, SUPERUSER, Postgres, binaries
from config.embedded.processes import RunAs
from config.embedded.redis import Redis, binary
from config.roles import LOADER, OWNER, RUNTIME, Server

Say = Callable[[str], object]


@dataclass(frozen=True)
class Servers:
    """What runs, and how to reach it."""

    postgres: Server
    redis_url: str

    def environment(self, database: str = "xielian") -> dict[str, str]:
        """The variables that `config.settings` reads."""
        return {
            "DATABASE_URL": self.postgres.url(RUNTIME, database),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER, database),
            "DATABASE_LOADER_URL": self.postgres.url(LOADER, database),
            "REDIS_URL": self.redis_url,
        }


def secrets_of(home: Path) -> dict[str, str]:
    """The secrets of this checkout, made at the first call and kept where only their owner reads them."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    names = (SUPERUSER, OWNER, RUNTIME, LOADER, "redis", "SECRET_KEY", "PASSWORD_KEY", "BOOK_KEY", "BOOK_SIGNING_KEY")
    missing = {name: _made(name) for name in names if name not in kept}
    if missing:
        kept |= missing
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(kept, file, indent=1)
        fresh.replace(path)
    return kept


def _made(name: str) -> str:
    """A signing key is 32 bytes exactly; the others are only hard to guess."""
    return secrets.token_urlsafe(32 if name == "BOOK_SIGNING_KEY" else 40)


def place_for(home: Path, run_as: RunAs) -> Path:
    """Where the servers' folders lie: in `home`, or under /var/lib when root keeps the checkout closed to `nobody`."""
    if not run_as.is_other:
        return home
    home.mkdir(parents=True, exist_ok=True)
    if run_as.run("/bin/sh", "-c", f"cd '{home.resolve()}'").returncode == 0:
        return home
    place = Path("/var/lib/xielian") / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    place.mkdir(parents=True, exist_ok=True)
    for folder in (place.parent, place):
        folder.chmod(0o755)
    return place


def parts(home: Path, *, for_tests: bool = False) -> tuple[Postgres, Redis, dict[str, str]]:
    """Both servers of this home, running or not."""
    run_as = RunAs.fitting()
    place = place_for(home, run_as)
    kept = secrets_of(home)
    cluster = Postgres(place / "postgres", run_as, binaries(run_as, place), options=FAST if for_tests else "")
    return cluster, Redis(place / "redis", run_as, binary(run_as, place), kept["redis"], keeps=not for_tests), kept


def start(
    home: Path,
    *,
    postgres_port: int = 54329,
    redis_port: int = 63790,
    for_tests: bool = False,
    say: Say | None = None,
) -> Servers:
    """Start what is not running yet and return where it listens. Safe to call from several processes at once."""
    with processes.locked(home / "lock"):
        cluster, cache, kept = parts(home, for_tests=for_tests)
        cluster.initialise(kept[SUPERUSER])
        port = cluster.start(postgres_port)
        server = Server("127.0.0.1", port, kept)
        roles.assert_locale(server, SUPERUSER, "template1")
        roles.create_roles(server, SUPERUSER)
        if not for_tests:
            roles.create_database(server, SUPERUSER, "xielian")
        cache_port = cache.start(redis_port)
    if say:
        for name, wanted, got in (("PostgreSQL", postgres_port, port), ("Redis", redis_port, cache_port)):
            say(f"{name} listens on {got}" + ("." if wanted == got else f", because port {wanted} is taken."))
    return Servers(server, f"redis://:{kept['redis']}@127.0.0.1:{cache_port}/0")


def stop(home: Path) -> None:
    """Stop both servers of this home, if they run."""
    with processes.locked(home / "lock"):
        cluster, cache, _ = parts(home)
        cache.stop()
        cluster.stop()


def erase(home: Path) -> None:
    """Stop both servers and remove all that they and the product kept."""
    import shutil

    if not home.exists():
        return
    stop(home)
    place = place_for(home, RunAs.fitting())
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
