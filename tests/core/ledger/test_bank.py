"""Many connections at one bank; `tests/proof/run_bank.py` does it with 32 connections for minutes."""

from __future__ import annotations

from typing import Any


def test_a_bank_of_six_connections_loses_and_doubles_nothing(db: Any) -> None:
    from tests.support import bank

    done = bank.run(6, 3, numbers=250)
    assert done.faults == []
    assert done.counts["post"] and done.counts["hold"] and done.counts["asked again"] and done.looks
