"""What is counted, and who may ask."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from config.schedule import SCHEDULE
from core import metrics as counts
from core.checks.models import Alert
from core.checks.states import AlertState
from core.ops import heartbeats, metrics
from core.outbox.models import Event
from tests import factories

ROOT = Path(__file__).resolve().parents[2]


def value(name: str, **labels: object) -> float:
    return REGISTRY.get_sample_value(name, {key: str(text) for key, text in labels.items()}) or 0.0


def read(body: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of an answer, as Prometheus reads it."""
    families = text_string_to_metric_families(body.decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def test_requests_are_counted_by_the_name_of_their_view(client: Any) -> None:
    labels = {"view": "accounts:sign_in", "method": "GET", "status": 200}
    before = value("xielian_requests_total", **labels)
    client.get("/accounts/sign-in/?next=/a-private-address/")
    assert value("xielian_requests_total", **labels) == before + 1
    samples = read(client.get("/metrics").content)
    assert samples[("xielian_requests_total", tuple(sorted((k, str(v)) for k, v in labels.items())))] >= 1
    assert samples[("xielian_request_seconds_count", (("view", "accounts:sign_in"),))] >= 1
    assert not [labels for _name, labels in samples if "a-private-address" in str(labels)]


def test_addresses_that_nobody_serves_and_strange_methods_make_no_labels(client: Any) -> None:
    client.generic("BREW", "/accounts/sign-in/")
    client.get(f"/{uuid4()}/")
    samples = read(client.get("/metrics").content)
    assert [labels for name, labels in samples if name == "xielian_requests_total" and ("view", "none") in labels]
    methods = {dict(labels)["method"] for name, labels in samples if name == "xielian_requests_total"}
    assert methods <= {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "other"}


def test_commands_are_counted_by_operation_and_result(db: Any) -> None:
    from core.accounts import actions
    from core.errors import Refusal

    name = "core.accounts.register_organisation"
    done, refused = (value("xielian_commands_total", operation=name, result=one) for one in ("done", "refused"))
    me, code = factories.actor(), factories.make_uscc()
    actions.register_organisation(actor=me, name="甲", uscc=code, kinds=["sme"])
    with pytest.raises(Refusal):
        actions.register_organisation(actor=me, name="乙", uscc=code, kinds=["sme"])
    with pytest.raises(TypeError):
        actions.register_organisation(actor=me, nonsense=1)
    assert value("xielian_commands_total", operation=name, result="done") == done + 1
    assert value("xielian_commands_total", operation=name, result="refused") == refused + 1
    assert value("xielian_commands_total", operation=name, result="failed") == 1


def test_transactions_of_the_ledger_are_counted_when_they_are_committed(db: Any) -> None:
    from django.db import transaction

    from core.accounts.actor import Actor
    from core.ledger import services

    one, two = (services.open_account(code, kind="asset") for code in ("test-a", "test-b"))
    lines = [services.Line(one, Decimal(5)), services.Line(two, Decimal(-5))]
    before = value("xielian_ledger_transactions_total", kind="test", phase="posted")

    def post(key: str) -> None:
        services.post(key, lines, kind="test", actor=Actor.system())

    with transaction.atomic():
        post("k1")
        post("k1")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        post("k2")
        raise ZeroDivisionError
    assert value("xielian_ledger_transactions_total", kind="test", phase="posted") == before + 1


def test_sign_ins_that_fail_are_counted(client: Any) -> None:
    before = value("xielian_sign_in_failures_total", step="password")
    client.post("/accounts/sign-in/", {"username": "nobody@example.test", "password": "wrong-battery-horse"})
    assert value("xielian_sign_in_failures_total", step="password") == before + 1


def test_jobs_are_counted_by_name_and_result(db: Any) -> None:
    from core.ops.tasks import heartbeat

    before = value("xielian_tasks_total", task="ops.heartbeat", result="success")
    heartbeat.apply()
    assert value("xielian_tasks_total", task="ops.heartbeat", result="success") == before + 1
    assert value("xielian_task_seconds_count", task="ops.heartbeat") >= 1


def test_a_nightly_check_that_finds_a_fault_is_counted_as_one(db: Any, monkeypatch: Any) -> None:
    from core.book import tasks, verifying

    labels = {"task": "book.verify", "result": "fault"}
    before = value("xielian_tasks_total", **labels)
    broken = verifying.Report(3, "00", 2, "the root is wrong", verdict="broken")
    monkeypatch.setattr(verifying, "verify", lambda: broken)
    tasks.verify.apply()
    assert value("xielian_tasks_total", **labels) == before + 1


def test_every_job_stands_at_nought_from_the_start_of_a_worker() -> None:
    """An alert on growth sees the very first fault."""
    program = "import django; django.setup(); import config.celery as c; from core.ops import metrics; c.app.loader.import_default_modules()"
    program += "; c.begin_counts(); import sys; sys.stdout.buffer.write(metrics.counted())"
    values = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    made = subprocess.run([sys.executable, "-c", program], check=True, env=values, capture_output=True)
    samples = read(made.stdout)
    for task in [job["task"] for job in SCHEDULE.values()]:
        for result in ("success", "failure", "fault"):
            assert samples[("xielian_tasks_total", (("result", result), ("task", task)))] == 0, task
    assert not [labels for _name, labels in samples if "celery." in str(labels)]


def test_the_lag_of_the_outbox_alerts_and_signs_of_life_are_told(client: Any, frozen_clock: Any) -> None:
    Event.objects.create(name="tests.bell_rung", payload={})
    for number, state in enumerate([AlertState.TOLD, AlertState.TOLD, AlertState.MUTED, AlertState.CLEARED]):
        Alert.objects.create(
            code="A01", check_name="t", object_type="x", object_id=uuid4(), hit_key=str(number), object_label="x",
            rule="", state=state,
        )  # fmt: skip
    frozen_clock.move(seconds=90)
    heartbeats.note("beat")
    samples = read(client.get("/metrics").content)
    assert samples[("xielian_outbox_waiting", ())] == 1
    assert samples[("xielian_outbox_oldest_seconds", ())] == 90
    assert samples[("xielian_alerts", (("code", "A01"), ("state", "told")))] == 2
    assert samples[("xielian_alerts", (("code", "A01"), ("state", "muted")))] == 1
    assert ("xielian_alerts", (("code", "A01"), ("state", "cleared"))) not in samples
    assert samples[("xielian_heartbeat_age_seconds", (("process", "beat"),))] == 0
    assert samples[("xielian_database_up", ())] == 1
    assert samples[("xielian_disk_free_bytes", ())] > 0
    assert ("xielian_backup_age_seconds", ()) not in samples


def test_figures_are_there_while_the_database_is_away(client: Any) -> None:
    connection.close()
    connection.settings_dict["PORT"] = "1"
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert read(answer.content)[("xielian_database_up", ())] == 0


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("10.9.8.7", {}, 200),
        ("10.10.0.1", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 404),
        ("203.0.113.9", {"authorization": "Bearer a-token-for-figures"}, 200),
        ("203.0.113.9", {"authorization": "Bearer a-token-for-figures", "x-forwarded-for": "1.2.3.4"}, 200),
        ("203.0.113.9", {"authorization": "Bearer another"}, 404),
    ],
)
def test_only_named_addresses_and_the_token_are_answered(
    client: Any, settings: Any, address: str, headers: dict[str, str], status: int
) -> None:
    settings.METRICS_ALLOW = ["127.0.0.1", "10.9.0.0/16"]
    settings.METRICS_TOKEN = "a-token-for-figures"
    settings.PROXIES = 1
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer None"])
def test_no_token_set_means_no_token_fits(settings: Any, authorization: str) -> None:
    settings.METRICS_TOKEN = ""
    assert not metrics.may_ask("203.0.113.9", authorization, False)


def test_a_worker_serves_its_figures_on_a_port_of_its_own(settings: Any) -> None:
    settings.METRICS_ALLOW = ["127.0.0.1"]
    counts.TASKS.labels("tests.one", "success").inc()
    server = metrics.serve(0, "127.0.0.1")
    try:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        with urllib.request.urlopen(f"{base}/metrics") as answer:
            assert ("xielian_tasks_total", (("result", "success"), ("task", "tests.one"))) in read(answer.read())
        for asked in (f"{base}/else", urllib.request.Request(f"{base}/metrics", headers={"X-Forwarded-For": "::1"})):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(asked)
    finally:
        server.shutdown()
        server.server_close()


def test_processes_of_one_server_share_their_counts(tmp_path: Path) -> None:
    program = "from core import metrics; metrics.TASKS.labels('tests.shared', 'success').inc(2)"
    values = os.environ | {
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], check=True, env=values)
    asked = "import django; django.setup(); from core.ops import metrics; import sys; sys.stdout.buffer.write(metrics.counted())"
    made = subprocess.run([sys.executable, "-c", asked], check=True, env=values, capture_output=True)
    assert read(made.stdout)[("xielian_tasks_total", (("result", "success"), ("task", "tests.shared")))] == 4


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 1.1.1.1, 198.51.100.1", "1.1.1.1"),
        (2, "198.51.100.1", "127.0.0.1"),
        (1, "no address", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_askers_address_is_what_the_outermost_of_our_proxies_saw(
    client: Any, settings: Any, proxies: int, header: str, seen: str
) -> None:
    from axes.models import AccessAttempt

    settings.PROXIES = proxies
    client.post(
        "/accounts/sign-in/",
        {"username": "nobody@example.test", "password": "wrong-battery-horse"},
        headers={"x-forwarded-for": header},
    )
    assert AccessAttempt.objects.get().ip_address == seen


def test_every_name_begins_with_the_products() -> None:
    families = text_string_to_metric_families(metrics.counted().decode())
    own = [family.name for family in families if not re.match("python_|process_", family.name)]
    assert own and all(name.startswith("xielian_") for name in own)
