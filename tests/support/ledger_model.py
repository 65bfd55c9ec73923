"""The ledger once more in plain Python, and a machine that plays random operations against both.

The model knows nothing of the product's code: it says what each operation must do, or for which reasons it may be refused.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

MOST = 2**63 - 1  # fen
ACCOUNTS = {  # name → (currency, may go below zero)
    "world": ("CNY", True), "a": ("CNY", False), "b": ("CNY", False), "c": ("CNY", True), "w2": ("USD", True), "d": ("USD", False),
}  # fmt: skip
SMALL = st.integers(1, 60)
FEN = st.one_of(SMALL, SMALL.map(lambda n: n * 1000), st.sampled_from([MOST, MOST // 2, 0]))


@dataclasses.dataclass
class Totals:
    """An account's four gross totals, and how many entries it has."""

    posted_in: int = 0
    posted_out: int = 0
    pending_in: int = 0
    pending_out: int = 0
    entries: int = 0

    def copy(self) -> Totals:
        return dataclasses.replace(self)


@dataclasses.dataclass
class Kept:
    """A transaction of the model."""

    phase: str
    lines: dict[str, int]
    on: dt.date
    expires: dt.datetime | None = None
    is_ended: bool = False
    is_reversed: bool = False


class Model:
    """Accounts, transactions, and what an operation would do."""

    def __init__(self) -> None:
        self.totals = {name: Totals() for name in ACCOUNTS}
        self.kept: dict[str, Kept] = {}

    def why_not(self, lines: list[tuple[str, int]]) -> set[str]:
        """What is wrong with lines as such."""
        wrong = set()
        if len(lines) < 2:
            wrong.add("no_lines")
        if len({name for name, _ in lines}) < len(lines):
            wrong.add("account_twice")
        if sum(amount for _, amount in lines):
            wrong.add("unbalanced")
        if any(amount == 0 for _, amount in lines):
            wrong.add("zero_line")
        if len({ACCOUNTS[name][0] for name, _ in lines}) > 1:
            wrong.add("mixed_currencies")
        return wrong

    def after(
        self, lines: dict[str, int], *, pending: bool, ends: dict[str, int] | None = None
    ) -> tuple[dict[str, Totals], set[str]]:
        """The totals that these lines leave, and why they may not be left."""
        left, wrong = {}, set()
        for name in {*lines, *(ends or {})}:
            row = self.totals[name].copy()
            was, amount = (ends or {}).get(name, 0), lines.get(name, 0)
            row.pending_in -= max(was, 0)
            row.pending_out -= max(-was, 0)
            if pending:
                row.pending_in += max(amount, 0)
                row.pending_out += max(-amount, 0)
            else:
                row.posted_in += max(amount, 0)
                row.posted_out += max(-amount, 0)
            row.entries += bool(amount)
            if (
                max(row.posted_in, row.posted_out, row.pending_in, row.pending_out, row.posted_out + row.pending_out)
                > MOST
            ):
                wrong.add("too_much")
            if not ACCOUNTS[name][1] and row.posted_in - row.posted_out - row.pending_out < 0:
                wrong.add("overdrawn")
            left[name] = row
        return left, wrong


def machine(verify_each: bool = False) -> type[RuleBasedStateMachine]:
    """The machine's class; it runs on the present database, with accounts of its own for every example."""
    from django.db import transaction

    from core import clock
    from core.accounts.actor import Actor
    from core.errors import Conflict, Invalid, Refusal
    from core.ledger import services as ledger
    from core.ledger import tasks
    from core.ledger.models import Account, Entry, Txn

    me = Actor.system()

    class Operations(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.mark, self.numbers = Model(), uuid.uuid4().hex[:10], itertools.count()
            self.calls: dict[str, tuple[Callable[[], Any], Any]] = {}
            self.clock, self.now = ExitStack(), dt.datetime(2026, 3, 1, 3, tzinfo=dt.UTC)

        @initialize()
        def open(self) -> None:
            self.set_clock(dt.timedelta())
            self.rows = {
                name: ledger.open_account(
                    f"{self.mark}:{name}", kind="t", currency=currency, limit="none" if below else "no_overdraft"
                )
                for name, (currency, below) in ACCOUNTS.items()
            }

        def set_clock(self, step: dt.timedelta) -> None:
            self.clock.close()
            self.now += step
            self.clock.enter_context(clock.frozen(self.now))

        def lines(self, lines: list[tuple[str, int]]) -> list[Any]:
            return [ledger.Line(self.rows[name], Decimal(amount) / 100) for name, amount in lines]

        def do(self, call: Callable[[str], Any], wrong: set[str], then: Callable[[str], None]) -> None:
            """Make the call: it is done when nothing is wrong, else refused for one of these reasons."""
            key = f"{self.mark}:{next(self.numbers)}"

            def once() -> Any:
                with transaction.atomic():
                    return call(key)

            try:
                made = once()
            except Refusal as refused:
                assert refused.code in wrong, f"refused as {refused.code}, expected {wrong or 'success'}"
                assert not Txn.objects.filter(key=key).exists()
                return
            assert not wrong, f"done, but must be refused as {wrong}"
            then(key)
            self.calls[key] = (once, made.pk)
            found = dict(Entry.objects.filter(txn=made).values_list("account__code", "amount"))
            wanted = {f"{self.mark}:{name}": amount for name, amount in self.model.kept[key].lines.items()}
            assert found == wanted

        # Moving money.

        pair = st.tuples(st.sampled_from(["world", "a", "b", "c"]), st.sampled_from(["world", "a", "b", "c"]))
        odd = st.lists(st.tuples(st.sampled_from(sorted(ACCOUNTS)), st.integers(-3, 3)), max_size=4)
        three = st.tuples(st.permutations(["world", "a", "b", "c"]), SMALL, SMALL)

        @rule(pair=pair, fen=FEN, days=st.sampled_from([None, None, -3, 3]))
        def post(self, pair: tuple[str, str], fen: int, days: int | None) -> None:
            self.write([(pair[0], -fen), (pair[1], fen)], days=days)

        @rule(lines=odd, is_hold=st.booleans())
        def write_odd_lines(self, lines: list[tuple[str, int]], is_hold: bool) -> None:
            self.write(lines, is_hold=is_hold)

        @rule(three=three, is_hold=st.booleans())
        def write_three_lines(self, three: tuple[list[str], int, int], is_hold: bool) -> None:
            (x, y, z, _), one, two = three
            self.write([(x, -one - two), (y, one), (z, two)], is_hold=is_hold)

        @rule(pair=pair, fen=FEN, hours=st.sampled_from([None, 0, 2, 30]))
        def hold(self, pair: tuple[str, str], fen: int, hours: int | None) -> None:
            self.write([(pair[0], -fen), (pair[1], fen)], is_hold=True, hours=hours)

        @rule(fen=SMALL)
        def post_in_another_currency(self, fen: int) -> None:
            self.write([("w2", -fen), ("d", fen)])

        def write(
            self, lines: list[tuple[str, int]], *, is_hold: bool = False, days: int | None = None, hours: int | None = None
        ) -> None:  # fmt: skip
            wrong = self.model.why_not(lines)
            left: dict[str, Totals] = {}
            if not wrong:
                left, wrong = self.model.after(dict(lines), pending=is_hold)
            elif max((abs(amount) for _, amount in lines), default=0) > 60000:
                wrong |= {"too_much"}
            on = self.today() if days is None else self.today() + dt.timedelta(days=days)
            expires = None if hours is None else self.now + dt.timedelta(hours=hours)

            def then(key: str) -> None:
                self.model.totals |= left
                self.model.kept[key] = Kept("hold" if is_hold else "posted", dict(lines), on, expires)

            if is_hold:
                self.do(
                    lambda key: ledger.hold(key, self.lines(lines), kind="t", actor=me, expires_at=expires), wrong, then
                )
            else:
                self.do(
                    lambda key: ledger.post(
                        key, self.lines(lines), kind="t", actor=me, effective_on=None if days is None else on
                    ),
                    wrong, then,
                )  # fmt: skip

        def today(self) -> dt.date:
            return (self.now + dt.timedelta(hours=8)).date()

        # Ending holds.

        @precondition(lambda self: self.model.kept)
        @rule(at=st.integers(0, 200), how=st.sampled_from(["whole", "amount", "lines"]), fen=SMALL, data=st.data())
        def capture(self, at: int, how: str, fen: int, data: st.DataObject) -> None:
            name, held = self.pick(at, holds=True)
            txn = Txn.objects.get(key=name)
            wrong = self.why_not_end(held)
            if held.expires is not None and held.expires <= self.now:
                wrong |= {"hold_expired"}
            lines = list(held.lines.items())
            extra: dict[str, Any] = {}
            if how == "amount" and len(held.lines) == 2:
                lines = [(one, fen if amount > 0 else -fen) for one, amount in lines]
                extra = {"amount": Decimal(fen) / 100}
            elif how == "lines":
                part = data.draw(
                    st.lists(st.tuples(st.sampled_from(["a", "b", "c", "world"]), st.integers(-5, 5)), max_size=3)
                )
                lines = part
                extra = {"lines": self.lines(lines)}
            if sum(amount for _, amount in lines) or not lines:
                wrong |= {"unbalanced"}
            if len({one for one, _ in lines}) < len(lines):
                wrong |= {"account_twice"}
            if any(
                amount == 0 or amount * held.lines.get(one, 0) <= 0 or abs(amount) > abs(held.lines[one])
                for one, amount in lines
            ):
                wrong |= {"more_than_held"}
            left: dict[str, Totals] = {}
            if not wrong:
                left, wrong = self.model.after(dict(lines), pending=False, ends=held.lines)

            def then(key: str) -> None:
                self.model.totals |= left
                held.is_ended = True
                self.model.kept[key] = Kept("capture", dict(lines), self.today())

            self.do(lambda key: ledger.capture(key, txn, actor=me, **extra), wrong, then)

        @precondition(lambda self: self.model.kept)
        @rule(at=st.integers(0, 200))
        def void(self, at: int) -> None:
            name, held = self.pick(at, holds=True)
            txn = Txn.objects.get(key=name)

            def then(key: str) -> None:
                self.model.totals |= self.model.after({}, pending=False, ends=held.lines)[0]
                held.is_ended = True
                self.model.kept[key] = Kept("void", {}, self.today())

            self.do(lambda key: ledger.void(key, txn, actor=me), self.why_not_end(held), then)

        def why_not_end(self, held: Kept) -> set[str]:
            return {"no_such_hold"} if held.phase != "hold" else {"hold_resolved"} if held.is_ended else set()

        def pick(self, at: int, *, holds: bool) -> tuple[str, Kept]:
            """One of the transactions; mostly of the kind that fits."""
            fitting = [name for name, one in self.model.kept.items() if (one.phase == "hold") == holds]
            names = fitting if fitting and at % 8 else list(self.model.kept)
            return (name := names[at % len(names)]), self.model.kept[name]

        @rule(hours=st.sampled_from([1, 5, 40]))
        def let_time_pass(self, hours: int) -> None:
            self.set_clock(dt.timedelta(hours=hours))
            tasks.expire_holds()
            for name, one in list(self.model.kept.items()):
                if one.phase == "hold" and not one.is_ended and one.expires is not None and one.expires <= self.now:
                    self.model.totals |= self.model.after({}, pending=False, ends=one.lines)[0]
                    one.is_ended = True
                    assert Txn.objects.get(pending__key=name).phase == "expire"

        @precondition(lambda self: self.model.kept)
        @rule(at=st.integers(0, 200), reason=st.sampled_from(["x", "x", "x", " "]))
        def reverse(self, at: int, reason: str) -> None:
            name, was = self.pick(at, holds=False)
            txn = Txn.objects.get(key=name)
            wrong: set[str] = set()
            if was.phase not in {"posted", "capture"}:
                wrong |= {"not_reversible", "wrong_state"}
            if not reason.strip():
                wrong |= {"invalid"}
            if was.is_reversed:
                wrong |= {"reversed_already"}
            if was.on > self.today():
                wrong |= {"reversed_before"}
            lines = {one: -amount for one, amount in was.lines.items()}
            left, more = self.model.after(lines, pending=False)
            wrong |= more

            def then(key: str) -> None:
                self.model.totals |= left
                was.is_reversed = True
                self.model.kept[key] = Kept("reversal", lines, self.today())

            self.do(lambda key: ledger.reverse(key, txn, actor=me, reason=reason), wrong, then)

        # Asking again.

        @precondition(lambda self: self.calls)
        @rule(at=st.integers(0, 200))
        def ask_again(self, at: int) -> None:
            """Whatever has happened since, the same key with the same content gives the same transaction."""
            once, pk = list(self.calls.values())[at % len(self.calls)]
            assert once().pk == pk

        @precondition(lambda self: self.calls)
        @rule(at=st.integers(0, 200))
        def ask_for_something_else(self, at: int) -> None:
            key = list(self.calls)[at % len(self.calls)]
            try:
                with transaction.atomic():
                    ledger.post(key, self.lines([("world", -61), ("c", 61)]), kind="t", actor=me)
                raise AssertionError("another content was taken under a used key")
            except Conflict as refused:
                assert refused.code == "ledger_key_reused"

        @rule(pair=pair)
        def ask_for_less_than_a_fen(self, pair: tuple[str, str]) -> None:
            lines = [
                ledger.Line(self.rows[pair[0]], Decimal("-0.001")),
                ledger.Line(self.rows[pair[1]], Decimal("0.001")),
            ]
            try:
                with transaction.atomic():
                    ledger.post(f"{self.mark}:half", lines, kind="t", actor=me)
                raise AssertionError("less than a fen was taken")
            except Invalid:
                return

        # What always holds.

        @invariant()
        def the_database_says_what_the_model_says(self) -> None:
            if not hasattr(self, "rows"):
                return
            rows = Account.objects.filter(code__startswith=f"{self.mark}:")
            found = {
                row.code.split(":")[1]: Totals(
                    row.posted_in, row.posted_out, row.pending_in, row.pending_out, row.number
                )
                for row in rows
            }
            assert found == self.model.totals
            for currency in ("CNY", "USD"):
                own = [one for name, one in found.items() if ACCOUNTS[name][0] == currency]
                assert sum(one.posted_in - one.posted_out for one in own) == 0
                assert sum(one.pending_in - one.pending_out for one in own) == 0
            count = Txn.objects.filter(key__startswith=f"{self.mark}:").count()
            assert count == len(self.calls), "as many transactions as keys"

        def teardown(self) -> None:
            self.clock.close()
            if verify_each:
                assert ledger.verify().is_sound

    return Operations
