"""The product's own machines, run as processes: a Celery worker on the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """A real Celery worker. `kill()` is kill -9, `start()` starts another."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment, self.log = environment, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-P", "threads", "-c", "2",
                 "--loglevel=INFO", "--without-gossip", "--without-mingle", "-n", f"test{os.getpid()}@%h"],
                env=self.environment, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT,
            )  # fmt: skip
        until = time.monotonic() + 60
        size = self.log.stat().st_size
        while b" ready." not in self.log.read_bytes()[max(0, size - 1) if size else 0 :]:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The worker does not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def worker(db: str, servers: Any, tmp_path: Path) -> Iterator[Worker]:
    """A Celery worker process on this test's database; hints sent by this process reach it."""
    import redis

    from config.celery import app

    url = f"{servers.redis_url.rsplit('/', 1)[0]}/{os.getpid() % 500 + 1}"
    redis.Redis.from_url(url).flushdb()
    environment = (
        os.environ
        | servers.environment(db)
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings_test",
            "TEST_BROKER_URL": url,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "LOG_LEVEL": "INFO",
        }
    )
    running = Worker(environment, tmp_path / "worker.log")
    before = app.conf.broker_url
    send_through(app, url)
    running.start()
    yield running
    running.stop()
    send_through(app, before)


def send_through(app: Any, url: str) -> None:
    """Messages of this process go to that broker from now on; connections kept to another one are forgotten."""
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None
