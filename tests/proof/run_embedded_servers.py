"""The embedded servers come back: twice in a row, after kill -9 of everything, with their ports and pids taken, from a
closed folder, and with data kept. Prints one line per case with the seconds it took."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from config import embedded  # noqa: E402 - the path comes first
from config.embedded import processes  # noqa: E402
from config.embedded.postgres import SUPERUSER  # noqa: E402
from config.embedded.servers import Servers, erase, parts  # noqa: E402
from config.roles import OWNER, RUNTIME  # noqa: E402

PORTS = {"postgres_port": 56800, "redis_port": 65200}


def count(servers: Servers) -> int:
    with servers.postgres.cursor(OWNER, "xielian") as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1); SELECT count(*) FROM kept"
        )
        return int(cursor.fetchone()[0])


def pids(home: Path) -> list[int]:
    cluster, cache, _ = parts(home)
    return processes.working_in("postgres", cluster.data) + cache.pids()


def kill(wanted: list[int]) -> None:
    for pid in wanted:
        os.kill(pid, signal.SIGKILL)


def first_start(home: Path) -> None:
    servers = embedded.start(home, **PORTS)
    assert count(servers) == 1
    with servers.postgres.cursor(RUNTIME, "xielian") as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT show_trgm('充电桩') <> '{}'")
        assert cursor.fetchone()[0]


def twice(home: Path) -> None:
    before = pids(home)
    assert count(embedded.start(home, **PORTS)) == 2
    assert sorted(before) == sorted(pids(home))


def killed(home: Path) -> None:
    kill(pids(home))
    assert count(embedded.start(home, **PORTS)) == 3


def orphan_left(home: Path) -> None:
    """The postmaster dies alone, while one backend is busy and holds the shared memory."""
    cluster, _, kept = parts(home)
    servers = embedded.start(home, **PORTS)
    import psycopg2

    busy = psycopg2.connect(
        host="127.0.0.1", port=servers.postgres.port, user=SUPERUSER, password=kept[SUPERUSER], dbname="xielian"
    )
    number = busy.get_backend_pid()
    os.kill(number, signal.SIGSTOP)
    kill([int(cluster.pid_lines()[0])])
    time.sleep(0.3)
    assert count(embedded.start(home, **PORTS)) == 4


def recycled_pid(home: Path) -> None:
    cluster, _, _ = parts(home)
    kill(pids(home))
    time.sleep(0.3)
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    (cluster.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert count(embedded.start(home, **PORTS)) == 5


def ports_taken(home: Path) -> None:
    embedded.stop(home)
    said: list[str] = []
    with (
        socket.create_server(("127.0.0.1", PORTS["postgres_port"])),
        socket.create_server(("127.0.0.1", PORTS["redis_port"])),
    ):
        servers = embedded.start(home, **PORTS, say=said.append)
        assert count(servers) == 6
    assert servers.postgres.port > PORTS["postgres_port"]
    assert sum("is taken" in line for line in said) == 2, said


def half_initialised(home: Path) -> None:
    """A kill in the middle of the very first start."""
    other = home.parent / "half"
    cluster, _, _ = parts(other)
    cluster.run_as.own(cluster.folder)
    cluster.run_as.own(cluster.data)
    (cluster.data / "PG_VERSION").write_text("18\n")
    assert count(embedded.start(other, postgres_port=56900, redis_port=65300)) == 1
    erase(other)


def closed_folder(home: Path) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    assert count(embedded.start(closed / "home", postgres_port=56950, redis_port=65350)) == 1
    erase(closed / "home")


CASES: list[Callable[[Path], None]] = [
    first_start, twice, killed, orphan_left, recycled_pid, ports_taken, half_initialised, closed_folder,
]  # fmt: skip


def main() -> None:
    top = Path(tempfile.mkdtemp(prefix="servers-"))
    top.chmod(0o755)
    home = top / "home"
    try:
        for case in CASES:
            began = time.monotonic()
            case(home)
            print(f"{case.__name__.replace('_', ' '):20} {time.monotonic() - began:6.1f} s")
    finally:
        erase(home)
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
