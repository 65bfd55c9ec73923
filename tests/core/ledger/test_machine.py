"""Random operations against a model of the ledger in plain Python; `tests/proof/run_bank.py` runs it for long."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from core.ledger import services as ledger
from tests.support.ledger_model import machine


def test_the_ledger_does_what_a_model_in_plain_python_says(db: Any) -> None:
    run_state_machine_as_test(
        machine(),
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert ledger.verify().is_sound
