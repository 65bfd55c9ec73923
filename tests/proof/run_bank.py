"""The ledger under load and at random: a bank with 32 connections for minutes, and a state machine against a model.

XIELIAN_BANK_SECONDS and XIELIAN_MACHINE_EXAMPLES make it shorter or longer.
"""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

SECONDS = float(os.environ.get("XIELIAN_BANK_SECONDS", "180"))
EXAMPLES = int(os.environ.get("XIELIAN_MACHINE_EXAMPLES", "300"))


@pytest.mark.parametrize("clients", [32])
def test_bank(db: Any, clients: int) -> None:
    from core.ledger import services as ledger
    from tests.support import bank

    done = bank.run(clients, SECONDS, seed=20261126)
    made, report = len(done.keys), ledger.verify()
    print(f"\nbank: {clients} connections, {done.seconds:.0f} s, seed 20261126")
    for name, count in sorted(done.counts.items()):
        print(f"  {name:28} {count:8}")
    print(f"  answered keys {made}, as many transactions; {made / done.seconds:.0f} new transactions a second")
    print(f"  {report.transactions} transactions and {report.entries} entries replayed, {len(report.faults)} faults")
    print(f"  {done.looks} looks meanwhile: total constant, nobody below zero; faults {len(done.faults)}")
    assert done.faults == [], done.faults[:10]


def test_machine(db: Any) -> None:
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from core.ledger import services as ledger
    from core.ledger.models import Txn
    from tests.support.ledger_model import machine

    began = time.monotonic()
    run_state_machine_as_test(
        machine(),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=60, deadline=None, database=None, print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    report = ledger.verify()
    print(
        f"\nstate machine: {EXAMPLES} runs of up to 60 operations in {time.monotonic() - began:.0f} s, "
        f"{Txn.objects.count()} transactions, each reply as the model says; replay: {len(report.faults)} faults"
    )
    assert report.is_sound, report.faults[:10]


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=3600", __file__]))
