"""Processes, ports and locks: who runs the servers, whether one still runs, and which port is free."""

from __future__ import annotations

import fcntl
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RunAs:
    """The user that servers run as: ourselves, or `nobody` when we are root, because PostgreSQL refuses root."""

    uid: int
    gid: int

    @classmethod
    def fitting(cls) -> RunAs:
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        for name in ("nobody", "daemon"):
            with suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise SystemExit(
            "PostgreSQL refuses to run as root, and there is no user `nobody`: run this as an ordinary user."
        )

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, *command: str | Path, log: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, apart from our terminal, so that Ctrl-C does not reach what it starts."""
        switch: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_")) and k != "LANG"}
        with log.open("a") if log else nullcontext(subprocess.PIPE) as output:
            return subprocess.run(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                env=environment | {"HOME": "/", "LC_ALL": "C"},
                start_new_session=True,
                check=False,
                **switch,
            )

    def own(self, folder: Path, mode: int = 0o700) -> Path:
        """A folder that belongs to this user."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.is_other:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(mode)
        return folder

    def write(self, path: Path, text: str) -> Path:
        """A file that only this user (and root) can read."""
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        if self.is_other:
            os.chown(path, self.uid, self.gid)
        return path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; the lock falls with the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(wanted: int, name: str = "", say: Any = None) -> int:
    """The wanted port, or the next free one, and a word about it."""
    for port in range(wanted, wanted + 200):
        if is_free(port):
            if port != wanted and say:
                say(f"Port {wanted} is taken; {name} listens on {port}.")
            return port
    raise SystemExit(f"None of the ports {wanted} to {wanted + 199} is free for {name}.")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError, IndexError):  # a zombie still has a pid, but serves nobody
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return True


def runs_in(pid: int, program: str, folder: Path) -> bool:
    """Whether this process is the program and works in the folder. A recycled pid is somebody else's."""
    if not is_alive(pid):
        return False
    if not Path("/proc").is_dir():  # another system than Linux: the pid file is all there is
        return True
    try:
        exe, cwd = Path(f"/proc/{pid}/exe").readlink().name, Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return False
    return exe.removesuffix(" (deleted)") == program and cwd == folder.resolve()


def working_in(program: str, folder: Path) -> list[int]:
    """Processes of the program whose working folder this is: what a killed server leaves behind."""
    found = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")] if Path("/proc").is_dir() else []
    return [pid for pid in found if runs_in(pid, program, folder)]


def end(pids: list[int], patience: float = 10) -> None:
    """End these processes: politely, then not."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        until = time.monotonic() + patience
        while any(is_alive(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.05)
