"""The whole product as processes on servers of its own, for proofs: one folder is one machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from config import embedded
from config.embedded import processes
from config.embedded.servers import Servers, erase, parts
from config.roles import OWNER
from tests.support.proof import launcher

ROOT = Path(__file__).resolve().parents[2]


class Product:
    """PostgreSQL, Redis, files and the product's processes; `code` is the folder of the version that runs."""

    def __init__(self, home: Path, port: int, keys: dict[str, str], code: Path = ROOT) -> None:
        self.home, self.port, self.code = home, processes.free_port(port), code
        self.running: list[subprocess.Popen[bytes]] = []
        self.servers: Servers = embedded.start(home / "servers", postgres_port=port + 1000, redis_port=port + 2000)
        self.url = f"http://127.0.0.1:{self.port}"
        self.values = os.environ | self.servers.environment() | keys | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "DEMO": "1", "XIELIAN_HOME": str(home),
            "MEDIA_ROOT": str(home / "media"), "STATIC_ROOT": str(home.parent / "static"), "EMAIL_URL": f"file://{home / 'mail'}",
            "WEB_BIND": f"127.0.0.1:{self.port}", "WEB_WORKERS": "2", "PUBLIC_URL": self.url, "LOG_FORMAT": "text",
        }  # fmt: skip

    def environment(self) -> dict[str, str]:
        return self.values | {"PYTHONPATH": f"{self.code}:{self.code / 'platform'}"}

    def manage(self, *words: str, may_fail: bool = False, **more: str) -> subprocess.CompletedProcess[str]:
        """`manage.py` of the version that runs."""
        made = subprocess.run([sys.executable, self.code / "manage.py", *words], cwd=self.code, env=self.environment() | more,
                              capture_output=True, text=True, check=False)  # fmt: skip
        if made.returncode and not may_fail:
            sys.exit(
                f"manage.py {' '.join(words)} ended with {made.returncode}:\n{made.stdout[-2000:]}\n{made.stderr[-3000:]}"
            )
        return made

    def serve(self) -> None:
        """Start web, worker and beat, and wait until the web is ready."""
        for name, command in launcher().PROGRAMS.items():
            with (self.home / f"{name}.log").open("ab") as log:
                self.running.append(
                    subprocess.Popen(
                        [sys.executable, "-m", *command], cwd=self.code, env=self.environment(), stdin=subprocess.DEVNULL,
                        stdout=log, stderr=log, start_new_session=True,
                    )
                )  # fmt: skip
        until = time.monotonic() + 120
        while not self.answers():
            if time.monotonic() > until:
                sys.exit((self.home / "web.log").read_text()[-3000:])
            time.sleep(0.3)

    def answers(self) -> bool:
        """Whether the web shows its first page."""
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/accounts/sign-in/", timeout=10) as answer:
            return bool(answer.status == 200)
        return False

    def end(self) -> None:
        """Web, worker and beat end as they are told to."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(60)
        self.running.clear()

    def ask(self, query: str, role: str = OWNER) -> Any:
        """The first figure of a query."""
        with self.servers.postgres.cursor(role, "xielian") as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def destroy(self) -> None:
        """As a machine ends: nothing is said to anybody, and the disk is gone."""
        for process in self.running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
        cluster, cache, _ = parts(self.home / "servers")
        for pid in processes.working_in("postgres", cluster.data) + cache.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)
        erase(self.home / "servers")
        shutil.rmtree(self.home, ignore_errors=True)
