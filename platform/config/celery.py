"""The Celery application. A worker and the beat refuse to start as a database superuser, as the web does."""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    before_task_publish,
    heartbeat_sent,
    task_postrun,
    task_prerun,
    worker_init,
    worker_ready,
)

from core import metrics, trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("xielian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

REQUEST_ID = "xielian_request_id"  # a header of the message
RESULTS = ("success", "failure", "fault")
_at_work: dict[str, tuple[float, AbstractContextManager[str]]] = {}


@worker_init.connect
@beat_init.connect
def check_role(**_: Any) -> None:
    from config.startup import refuse_missing_keys, refuse_powerful_role

    refuse_missing_keys()
    refuse_powerful_role()


@heartbeat_sent.connect
def tell_that_it_lives(**_: Any) -> None:
    from core.ops import heartbeats

    heartbeats.touch("worker")


@before_task_publish.connect
def send_request_id(headers: dict[str, Any], **_: Any) -> None:
    headers.setdefault(REQUEST_ID, trace.current())


@task_prerun.connect
def enter_request(task_id: str, task: Any, **_: Any) -> None:
    """The job's lines carry the id of the request that asked for it; a job of the beat gets an id of its own."""
    work = trace.bound(task.request.get(REQUEST_ID) or trace.fresh(), task=task.name)
    _at_work[task_id] = (time.perf_counter(), work)
    work.__enter__()


@task_postrun.connect
def leave_request(task_id: str, task: Any, state: str | None = None, retval: Any = None, **_: Any) -> None:
    """Counts the job; one that returns False did its work and found a fault (the nightly checks)."""
    if task_id not in _at_work:
        return
    began, work = _at_work.pop(task_id)
    work.__exit__(None, None, None)
    result = "fault" if retval is False else (state or "unknown").lower()
    metrics.TASKS.labels(task.name, result).inc()
    metrics.TASK_SECONDS.labels(task.name).observe(time.perf_counter() - began)


@worker_ready.connect
def begin_counts(**_: Any) -> None:
    """Every job stands at nought from the start: of a figure that is born with 1 nobody sees that it grew."""
    for name in app.tasks:
        for result in RESULTS if not name.startswith("celery.") else ():
            metrics.TASKS.labels(name, result).inc(0)


@worker_ready.connect
def serve_metrics(**_: Any) -> None:
    from django.conf import settings

    if settings.METRICS_PORT:
        from core.ops.metrics import serve

        serve(settings.METRICS_PORT)
