"""A bank on the product's ledger: many connections move money at random, and nothing may be lost, doubled or overdrawn."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import threading
import time
from collections import Counter
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Sum

from core import clock
from core.accounts.actor import Actor
from core.errors import Conflict, Refusal
from core.ledger import services as ledger
from core.ledger import tasks
from core.ledger.models import Account, Phase, Txn
from tests.support.threads import run_together

ME = Actor.system()
FILL = 1_000_00


@dataclasses.dataclass
class Outcome:
    """What came of it: counts by operation, the keys that were used, and what was wrong."""

    seconds: float
    counts: Counter[str]
    keys: set[str]
    looks: int
    faults: list[str]


class Bank:
    """Some accounts that may not go below zero, one that may, and a plan: what each key does is fixed by its number."""

    def __init__(self, safes: int, numbers: int, seed: int) -> None:
        self.seed, self.numbers = seed, numbers
        self.world = ledger.open_account("bank:world", kind="bank")
        self.safes = [ledger.open_account(f"bank:{n}", kind="bank", limit="no_overdraft") for n in range(safes)]
        for number, safe in enumerate(self.safes):
            with transaction.atomic():
                ledger.post(f"bank:fill:{number}", self.lines(self.world, safe, FILL), kind="fill", actor=ME)
        self.faults: list[str] = []
        self.stop = threading.Event()

    def lines(self, source: Account, target: Account, fen: int) -> list[ledger.Line]:
        return [ledger.Line(source, -Decimal(fen) / 100), ledger.Line(target, Decimal(fen) / 100)]

    def kind(self, number: int) -> str:
        dice = random.Random(self.seed * 1_000_003 + number)
        return dice.choices(["post", "three", "hold", "capture", "void", "reverse"], [40, 5, 25, 15, 7, 8])[0]

    def ask(self, number: int, *, other: bool = False) -> Txn | None:
        """The operation of this number; None when what it builds on is not there yet."""
        dice, kind, key = random.Random(self.seed * 7 + number), self.kind(number), f"bank:{number}"
        a, b, c = dice.sample(self.safes, 3)
        fen = dice.randint(1, FILL // 25) + other
        with transaction.atomic():
            if kind == "post":
                return ledger.post(key, self.lines(a, b, fen), kind="post", actor=ME)
            if kind == "three":
                lines = [*self.lines(a, b, fen), ledger.Line(c, Decimal(fen) / 100)]
                lines[0] = ledger.Line(a, -Decimal(2 * fen) / 100)
                return ledger.post(key, lines, kind="three", actor=ME)
            if kind == "hold":
                ends = clock.now() + dt.timedelta(seconds=1) if dice.random() < 0.3 else None
                return ledger.hold(key, self.lines(a, b, fen), kind="hold", actor=ME, expires_at=ends)
            wanted = {"post", "three"} if kind == "reverse" else {"hold"}
            before = [n for n in range(max(0, number - 40), number) if self.kind(n) in wanted]
            row = Txn.objects.filter(key=f"bank:{dice.choice(before)}").first() if before else None
            if row is None:
                return None
            if kind == "reverse":
                return ledger.reverse(key, row, actor=ME, reason="x")
            if kind == "void":
                return ledger.void(key, row, actor=ME)
            held = max(one.amount for one in row.entries.all())
            part = None if dice.random() < 0.5 else Decimal(dice.randint(1, held)) / 100
            return ledger.capture(key, row, actor=ME, amount=part)

    def worker(self, number: int, until: float, at: list[int]) -> tuple[Counter[str], set[str]]:
        """Ask for one number after the other, near the others' numbers, so that keys meet."""
        dice, counts, keys = random.Random(self.seed + number), Counter[str](), set[str]()
        while time.monotonic() < until and at[0] < self.numbers:
            at[0] += 1  # not exact between threads, and need not be: keys are to meet
            mine = min(self.numbers - 1, max(0, at[0] - dice.randrange(6)))
            try:
                made = self.ask(mine)
                if made is None:
                    counts["not there yet"] += 1
                    continue
                keys.add(made.key)
                counts[self.kind(mine)] += 1
                if dice.random() < 0.2:
                    counts["asked again"] += 1
                    again = self.ask(mine)
                    if again is None or again.pk != made.pk:
                        self.faults.append(f"{made.key} asked again gave {again and again.pk}, not {made.pk}")
                if dice.random() < 0.03 and self.kind(mine) == "post":
                    try:
                        self.ask(mine, other=True)
                        self.faults.append(f"{made.key} was taken with other content")
                    except Conflict:
                        counts["other content refused"] += 1
            except Refusal as refused:
                counts[f"refused: {refused.code}"] += 1
            except DatabaseError as error:
                connection.close()
                self.faults.append(f"{self.kind(mine)}: {type(error).__name__} {str(error)[:120]}")
        return counts, keys

    def watch(self) -> int:
        """Look on while they work: at each instant the total is what it was, and nobody is below zero."""
        looks = 0
        while not self.stop.is_set():
            rows = Account.objects.filter(kind="bank")
            found = rows.aggregate(
                total=Sum("posted_in") - Sum("posted_out"), wait=Sum("pending_in") - Sum("pending_out")
            )
            low = [row.code for row in rows.filter(limit="no_overdraft") if row.available < 0]
            if found["total"] or found["wait"] or low:
                self.faults.append(f"look {looks}: total {found['total']}, pending {found['wait']}, below zero {low}")
            looks += 1
            time.sleep(0.05)
        return looks

    def expire(self) -> int:
        """The clock's own job, at work like the others."""
        ended = 0
        while not self.stop.is_set():
            try:
                ended += tasks.expire_holds()
            except DatabaseError as error:
                connection.close()
                self.faults.append(f"expire: {type(error).__name__} {str(error)[:120]}")
            time.sleep(0.3)
        return ended


def run(clients: int, seconds: float, *, safes: int = 8, numbers: int = 1_000_000, seed: int = 1) -> Outcome:
    """Let `clients` connections work for so long; everything is counted and checked at the end."""
    bank = Bank(safes, numbers, seed)
    began, at = time.monotonic(), [0]
    until = began + seconds
    left = [clients]

    def one(number: int) -> Any:
        if number == clients:
            return bank.watch()
        if number == clients + 1:
            return bank.expire()
        try:
            return bank.worker(number, until, at)
        finally:
            left[0] -= 1
            if left[0] <= 0:
                bank.stop.set()

    results = run_together(clients + 2, one, patience=seconds + 120)
    took = time.monotonic() - began
    bank.stop.set()
    connections.close_all()
    counts, keys = Counter[str](), {f"bank:fill:{n}" for n in range(safes)}
    for result in results[:clients]:
        if isinstance(result, BaseException):
            bank.faults.append(f"a client ended: {result!r}")
        else:
            counts += result[0]
            keys |= result[1]
    looks, expired = results[clients:]
    if isinstance(looks, BaseException) or isinstance(expired, BaseException):
        bank.faults.append(f"watcher {looks!r}, expiry {expired!r}")
    by_phase = Counter(Txn.objects.values_list("phase", flat=True))
    counts["expired"] = by_phase[Phase.EXPIRE]
    found = set(Txn.objects.exclude(phase=Phase.EXPIRE).values_list("key", flat=True))
    if found != keys or Txn.objects.exclude(phase=Phase.EXPIRE).count() != len(keys):
        bank.faults.append(f"{len(keys)} keys were answered, {len(found)} transactions stand")
    held = {name: getattr(ledger.balances(bank.world), name) for name in ("posted", "pending_in", "pending_out")}
    total = sum(ledger.balances(safe).posted for safe in bank.safes)
    if total != Decimal(FILL) / 100 * safes or held["posted"] != -total:
        bank.faults.append(f"the total is {total}, outside {held}")
    bank.faults += ledger.verify().faults
    return Outcome(took, counts, keys, looks if isinstance(looks, int) else 0, bank.faults)
