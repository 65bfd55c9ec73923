"""Probes: whether a process lives, whether it can serve, and what they keep to themselves."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.ops import beat, health, heartbeats, probe, tasks
from core.outbox.models import Event


def test_live_answers_a_stranger_who_comes_by_a_bare_address(client: Any, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["xielian.example"]
    answer = client.get("/health/live", headers={"host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_ready_when_database_migrations_and_redis_are_well(client: Any) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "redis": "ok"}
    told = answer.json()["told"]
    assert told.pop("disk_free_mb") > 0
    assert told == {
        "outbox": {"waiting": 0, "oldest_seconds": 0},
        "heartbeats": {"worker": None, "beat": None},
        "book": None,
    }


def test_ready_asks_the_database_four_times_at_most(client: Any) -> None:
    client.get("/health/ready")
    with CaptureQueriesContext(connection) as queries:
        client.get("/health/ready")
    assert len(queries) <= 4


def test_what_lags_is_told_and_fails_nothing(client: Any, frozen_clock: Any) -> None:
    Event.objects.create(name="tests.bell_rung", payload={"bell_id": str(uuid4())})
    tasks.heartbeat()
    frozen_clock.move(minutes=10)
    heartbeats.note("beat")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["told"]["outbox"] == {"waiting": 1, "oldest_seconds": 600}
    assert answer.json()["told"]["heartbeats"] == {"worker": 600, "beat": 0}
    assert answer.json()["warnings"] == {"worker": "no sign of life for 600 s"}
    assert answer.json()["status"] == "degraded"


def test_all_is_well_while_worker_and_beat_give_signs_of_life(client: Any) -> None:
    tasks.heartbeat()
    heartbeats.note("beat")
    answer = client.get("/health/ready?strict")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["warnings"]) == ("ok", {})


def test_who_asks_strictly_hears_of_warnings_by_the_status(client: Any) -> None:
    heartbeats.note("beat")
    assert client.get("/health/ready").status_code == 200
    answer = client.get("/health/ready?strict")
    assert answer.status_code == 503
    assert answer.json()["warnings"] == {"worker": "no sign of life"}


def test_a_full_disk_is_a_warning_and_takes_no_page_away(client: Any, settings: Any) -> None:
    settings.DISK_FREE_MB = 1 << 40
    answer = client.get("/ready/")
    assert answer.status_code == 200
    assert answer.json()["warnings"]["disk"].endswith(f"MB free, less than {1 << 40}")


@pytest.mark.parametrize(("short", "whole"), [("/health/", "/health/live"), ("/ready", "/health/ready")])
def test_the_probes_have_short_names(client: Any, short: str, whole: str) -> None:
    assert set(client.get(short).json()) == set(client.get(whole).json())


def test_not_ready_without_the_database_and_no_secret_is_told(client: Any) -> None:
    connection.close()
    connection.settings_dict |= {"PASSWORD": "the-wrong-password", "PORT": "1"}
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "unreachable", "migrations": "not asked", "redis": "ok"}
    for secret in ("the-wrong-password", connection.settings_dict["USER"], connection.settings_dict["NAME"]):
        assert secret not in answer.content.decode()
    assert client.get("/health/live").status_code == 200


def test_not_ready_without_redis(client: Any, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://:a-secret@127.0.0.1:1/0",
        }
    }
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"] == "unreachable"
    assert answer.json()["told"]["heartbeats"] == {"worker": None, "beat": None}
    assert "a-secret" not in answer.content.decode()


def test_not_ready_as_long_as_a_migration_is_missing(client: Any, monkeypatch: Any) -> None:
    wanted = health.wanted_migrations()
    monkeypatch.setattr(health, "wanted_migrations", lambda: wanted | {("needs", "9999_the_next"), ("x", "0001")})
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "2 not applied"


@pytest.mark.parametrize("role", ["xielian_owner", "postgres"])
def test_not_ready_as_a_role_that_steps_over_the_rules(db: str, client: Any, servers: Any, role: str) -> None:
    from config import env

    connection.close()
    connection.settings_dict.update(env.database(servers.postgres.url(role, db)))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "role is too powerful"


def test_probes_are_not_counted_by_the_rate_limit(client: Any, settings: Any) -> None:
    settings.API_RATES = {"stranger": (1, 60)}
    assert {client.get("/health/live").status_code for _ in range(5)} == {200}


def test_probes_only_answer_questions(client: Any) -> None:
    assert client.post("/health/ready").status_code == 405
    assert client.head("/health/ready").status_code == 200


def test_beat_tells_that_it_lives(db: Any, settings: Any, tmp_path: Path) -> None:
    from config.celery import app

    settings.HEARTBEAT_DIR = str(tmp_path)
    scheduler = beat.Scheduler(app=app, schedule_filename=str(tmp_path / "schedule"))
    assert scheduler.tick() <= beat.EVERY
    assert heartbeats.ages() == {"worker": None, "beat": 0}
    assert probe.fault("beat", tmp_path) == ""


def test_a_container_whose_process_was_silent_for_long_is_not_well(tmp_path: Path) -> None:
    assert "no sign of life" in probe.fault("worker", tmp_path)
    sign = tmp_path / "worker.alive"
    sign.touch()
    assert probe.fault("worker", tmp_path) == ""
    os.utime(sign, (time.time() - 90, time.time() - 90))
    assert "90 s old" in probe.fault("worker", tmp_path)


def test_the_probe_of_a_page_says_what_is_missing(live_server: str, monkeypatch: Any) -> None:
    assert probe.fault(f"{live_server}/health/ready", Path()) == ""
    monkeypatch.setattr(health, "wanted_migrations", lambda: frozenset({("needs", "9999_the_next")}))
    assert "1 not applied" in probe.fault(f"{live_server}/health/ready", Path())
    assert probe.fault("http://127.0.0.1:1/health/live", Path()) != ""


def test_an_age_is_never_negative(db: Any, frozen_clock: Any) -> None:
    heartbeats.note("worker")
    frozen_clock.set(clock.now() - dt.timedelta(seconds=5))
    assert heartbeats.ages()["worker"] == 0
