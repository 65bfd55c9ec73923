"""The Celery application. A worker and the beat refuse to start as a database superuser, as the web does."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, heartbeat_sent, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("xielian")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def check_role(**_: Any) -> None:
    from config.startup import refuse_powerful_role

    refuse_powerful_role()


@heartbeat_sent.connect
def tell_that_it_lives(**_: Any) -> None:
    from core.ops import heartbeats

    heartbeats.touch("worker")
