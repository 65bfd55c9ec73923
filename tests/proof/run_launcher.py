"""`./dev up` from a clean clone: first page, twice in a row, after kill -9 of everything, port taken, Ctrl-C.
Prints the seconds until the first page, case by case; from the second start on proxies lead nowhere."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.proof import timed  # noqa: E402 - the path comes first

PORT = 8640
NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
NOWHERE |= {"PIP_NO_INDEX": "1", "no_proxy": "127.0.0.1,localhost"}


class Launched:
    """One `./dev up` in the clone, with what it says in a file."""

    def __init__(self, clone: Path, **more: str) -> None:
        self.clone, self.said = clone, clone.parent / "said.txt"
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                ["./dev", "up", "--port", str(PORT)], cwd=clone, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=os.environ | more, start_new_session=True,
            )  # fmt: skip

    def url(self) -> str:
        """The address, when its first page has been read."""
        until = time.monotonic() + 900
        while not (found := re.search(r"Xielian is at (http://\S+)", self.said.read_text())):
            if self.process.poll() is not None or time.monotonic() > until:
                sys.exit(f"./dev up does not come up:\n{self.said.read_text()[-3000:]}")
            time.sleep(0.2)
        with urllib.request.urlopen(found[1] + "/accounts/sign-in/", timeout=30) as answer:
            assert answer.status == 200
        return found[1]

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0, self.said.read_text()[-2000:]
        assert not running(self.clone), "something still runs after Ctrl-C"


def running(clone: Path) -> list[int]:
    """Every process that was started from the clone or works in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            if str(clone) in words + str((entry / "cwd").readlink()) and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def first_page(what: str, clone: Path, **more: str) -> tuple[Launched, str]:
    """What was launched and where it answers, when it does."""
    with timed(what):
        launched = Launched(clone, **more)
        return launched, launched.url()


def main() -> None:
    top = Path(tempfile.mkdtemp(prefix="launcher-"))
    top.chmod(0o755)
    clone = top / "clone"
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, _ = first_page("clean clone, with installation and walk", clone)
        first.end()

        second, _ = first_page("again, without network", clone, **NOWHERE)

        for pid in running(clone):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        second.process.wait()
        third, _ = first_page("after kill -9 of everything", clone, **NOWHERE)

        third.process.kill()
        third.process.wait()
        time.sleep(10)  # web, worker and beat end by themselves when the launcher is gone
        left = [Path(f"/proc/{pid}/exe").readlink().name for pid in running(clone)]
        assert {*left} <= {"postgres", "redis-server"}, left
        with socket.create_server(("127.0.0.1", PORT)):
            fourth, address = first_page("after kill -9 of the launcher, port taken", clone, **NOWHERE)
            assert address != f"http://127.0.0.1:{PORT}"
            assert f"Port {PORT} is taken" in fourth.said.read_text()
            fourth.end()
    finally:
        for pid in running(clone):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
