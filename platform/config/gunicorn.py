"""Settings of gunicorn: `gunicorn -c python:config.gunicorn config.wsgi:application`."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

# Before the product is imported: its processes share their counts through files, this server's own.
_counts = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="xielian-counts-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts

from core.ops import garbage, logs  # noqa: E402

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS", "4"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 120
graceful_timeout = 30
keepalive = 5
control_socket_disable = True  # signals do it; a socket would want a folder of its own to write to
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112 - in memory: a slow disk is no reason to kill a worker
logconfig_dict = logs.configuration(os.environ.get("LOG_FORMAT") or "json", os.environ.get("LOG_LEVEL") or "INFO")


def on_starting(server: Any) -> None:
    """What an earlier server counted is over."""
    for old in Path(_counts).glob("*.db"):
        old.unlink()


def post_worker_init(worker: Any) -> None:
    garbage.settle()


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(_counts, ignore_errors=True)
