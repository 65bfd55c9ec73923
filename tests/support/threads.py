"""Calls made at one instant, each on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def run_together(count: int, call: Callable[[int], Any], *, patience: float = 60) -> list[Any]:
    """The result or the exception of each of `count` calls that started together."""
    gate = threading.Barrier(count)
    results: list[Any] = [TimeoutError("this call did not end in time")] * count

    def one(number: int) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait(patience)
            results[number] = call(number)
        except BaseException as problem:
            results[number] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return results
