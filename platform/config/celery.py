"""The Celery application. A worker and the beat refuse to start as a database superuser, as the web does."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any

from celery import Celery
from celery.signals import beat_init, before_task_publish, heartbeat_sent, task_postrun, task_prerun, worker_init

from core import trace

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("xielian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

REQUEST_ID = "xielian_request_id"  # a header of the message
_at_work: dict[str, AbstractContextManager[str]] = {}


@worker_init.connect
@beat_init.connect
def check_role(**_: Any) -> None:
    from config.startup import refuse_powerful_role

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
    _at_work[task_id] = trace.bound(task.request.get(REQUEST_ID) or trace.fresh(), task=task.name)
    _at_work[task_id].__enter__()


@task_postrun.connect
def leave_request(task_id: str, **_: Any) -> None:
    if work := _at_work.pop(task_id, None):
        work.__exit__(None, None, None)
