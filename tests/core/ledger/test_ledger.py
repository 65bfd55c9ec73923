"""The ledger: what it posts, what it refuses, and that nothing gets around it."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal as Dec
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from config.roles import OWNER
from core import clock
from core.accounts.actor import Actor
from core.command import command
from core.errors import Conflict, Invalid, Refusal, WrongState
from core.ledger import services as ledger
from core.ledger.models import Account, Entry, Txn
from core.ledger.services import Line
from core.ledger.tasks import expire_holds
from tests import factories

ME = Actor.system()


def accounts(*codes: str, limit: str = "none") -> list[Account]:
    return [ledger.open_account(code, kind="test", limit=limit) for code in codes]


def move(key: str, source: Account, target: Account, amount: str, how: Any = None) -> Txn:
    with transaction.atomic():
        return (how or ledger.post)(key, [Line(source, -Dec(amount)), Line(target, Dec(amount))], kind="test", actor=ME)


def test_a_transaction_moves_exactly_what_it_says(db: Any) -> None:
    world, shop = accounts("world", "shop")
    move("a", world, shop, "1000000.01")
    assert ledger.balances(shop).posted == Dec("1000000.01") and ledger.balances(world).posted == Dec("-1000000.01")
    assert ledger.verify().is_sound


@pytest.mark.parametrize(
    ("amounts", "code"), [(("1", "1"), "unbalanced"), (("1", "-2"), "unbalanced"), (("0", "0"), "zero_line")]
)
def test_lines_that_do_not_balance_are_refused(db: Any, amounts: tuple[str, str], code: str) -> None:
    world, shop = accounts("world", "shop")
    with pytest.raises(Invalid) as refused, transaction.atomic():
        ledger.post("a", [Line(world, Dec(amounts[0])), Line(shop, Dec(amounts[1]))], kind="test", actor=ME)
    assert refused.value.code == code and not Txn.objects.exists()


def test_less_than_a_fen_is_refused(db: Any) -> None:
    world, shop = accounts("world", "shop")
    with pytest.raises(Invalid):
        move("a", world, shop, "0.001")


def test_the_same_key_gives_the_same_transaction_and_other_content_a_conflict(db: Any) -> None:
    world, shop = accounts("world", "shop")
    assert move("a", world, shop, "5").pk == move("a", world, shop, "5").pk
    with pytest.raises(Conflict):
        move("a", world, shop, "6")
    assert ledger.balances(shop).posted == Dec(5)


def test_a_hold_counts_at_once_and_ends_once(db: Any) -> None:
    world, [safe] = accounts("world")[0], accounts("safe", limit="no_overdraft")
    move("fill", world, safe, "10")
    held = move("h", safe, world, "7", ledger.hold)
    assert (ledger.balances(safe).posted, ledger.balances(safe).available) == (Dec(10), Dec(3))
    with pytest.raises(WrongState) as refused:
        move("too-much", safe, world, "4")
    assert refused.value.code == "overdrawn"
    with transaction.atomic():
        ledger.capture("c", held, actor=ME, amount=Dec(5))
    assert (ledger.balances(safe).posted, ledger.balances(safe).available) == (Dec(5), Dec(5))
    with pytest.raises(WrongState) as refused, transaction.atomic():
        ledger.void("v", held, actor=ME)
    assert refused.value.code == "hold_resolved"
    assert ledger.verify().is_sound


def test_no_more_is_captured_than_is_held_and_nothing_after_expiry(db: Any, frozen_clock: Any) -> None:
    world, safe = accounts("world", "safe")
    lines = [Line(world, Dec(-7)), Line(safe, Dec(7))]
    with transaction.atomic():
        held = ledger.hold("h", lines, kind="t", actor=ME, expires_at=clock.now() + dt.timedelta(hours=1))
    with pytest.raises(WrongState) as refused, transaction.atomic():
        ledger.capture("c", held, actor=ME, amount=Dec(8))
    assert refused.value.code == "more_than_held"
    frozen_clock.move(hours=2)
    with pytest.raises(WrongState) as refused, transaction.atomic():
        ledger.capture("c2", held, actor=ME)
    assert refused.value.code == "hold_expired"
    assert expire_holds() == 1 and expire_holds() == 0
    assert ledger.balances(world).pending_out == 0 and ledger.verify().is_sound


def test_a_reversal_is_the_exact_inverse_once(db: Any) -> None:
    world, shop = accounts("world", "shop")
    txn = move("a", world, shop, "5")
    with transaction.atomic():
        ledger.reverse("r", txn, actor=ME, reason="typed wrongly")
    assert ledger.balances(shop).posted == 0 and Entry.objects.count() == 4
    with pytest.raises(WrongState), transaction.atomic():
        ledger.reverse("r2", txn, actor=ME, reason="again")


# "Today" is the day in Beijing, as for all bookings; the server's own calendar may still show the day before.
CALL = (
    "SELECT refused FROM ledger_enter(gen_random_uuid(), 'x', 'f', {1}, {2}, '{0}', 't', (now() AT TIME ZONE 'Asia/Shanghai')::date, now(), "
    "NULL, {3}, '', NULL, '', NULL, NULL)"
)
BOTH = "ARRAY(SELECT id FROM ledger_account ORDER BY code)"
SHOP_TWICE = "ARRAY(SELECT id FROM ledger_account, generate_series(1, 2) WHERE code = 'shop')"
TXN = "(SELECT id FROM ledger_txn LIMIT 1)"


@pytest.mark.parametrize(("statement", "word"), [
    (CALL.format("capture", BOTH, "ARRAY[5, -5]", "NULL"), "no_such_phase"),
    (CALL.format("reversal", BOTH, "ARRAY[5, -5]", "NULL"), "no_such_phase"),
    (CALL.format("posted", BOTH, "ARRAY[5, -5]", TXN), "no_such_phase"),
    (CALL.format("posted", SHOP_TWICE, "ARRAY[5, -5]", "NULL"), "account_twice"),
    (CALL.format("posted", "ARRAY(SELECT id FROM ledger_account WHERE code = 'shop')", "ARRAY[0]", "NULL"), "no_lines"),
    (CALL.format("reversal", BOTH, "ARRAY[-600, 600]", TXN), "not_the_inverse"),
    (CALL.format("reversal", BOTH, "ARRAY[500, -500]", TXN), "not_the_inverse"),
    (CALL.format("reversal", BOTH, "ARRAY[-500, 500]", TXN).replace("(now() AT TIME ZONE 'Asia/Shanghai')::date", "'2020-01-01'"), "reversed_before"),
])  # fmt: skip
def test_the_posting_function_itself_keeps_the_rules(db: Any, statement: str, word: str) -> None:
    world, shop = accounts("world", "shop")
    move("a", world, shop, "5")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.fetchone() == (word,)
    assert ledger.balances(shop).posted == Dec(5) and ledger.verify().is_sound


def test_a_part_of_a_hold_of_several_lines_is_captured_and_no_line_counts_twice(db: Any) -> None:
    world, shop, fees = accounts("world", "shop", "fees")
    lines = [Line(world, Dec(-10)), Line(shop, Dec(8)), Line(fees, Dec(2))]
    with transaction.atomic():
        held = ledger.hold("h", lines, kind="t", actor=ME)
    doubled = [Line(world, Dec(-5)), Line(world, Dec(-5)), Line(shop, Dec(8)), Line(fees, Dec(2))]
    with pytest.raises(Invalid) as refused, transaction.atomic():
        ledger.capture("twice", held, actor=ME, lines=doubled)
    assert refused.value.code == "account_twice"
    with transaction.atomic():
        ledger.capture("part", held, actor=ME, lines=[Line(world, Dec(-6)), Line(shop, Dec(6))])
    assert [ledger.balances(one).posted for one in (world, shop, fees)] == [Dec(-6), Dec(6), Dec(0)]
    assert all(ledger.balances(one).pending_in == ledger.balances(one).pending_out == 0 for one in (world, shop, fees))
    assert ledger.verify().is_sound


def test_more_than_an_account_can_hold_is_refused_in_words(db: Any) -> None:
    world, shop = accounts("world", "shop")
    most = "90000000000000000.00"
    move("a", world, shop, most)
    with pytest.raises(Invalid) as refused:
        move("b", world, shop, most)
    assert refused.value.code == "too_much" and ledger.balances(shop).posted == Dec(most)


def test_what_is_held_and_what_is_posted_must_fit_together(db: Any) -> None:
    """Else a hold could never be captured: an account without a limit can be full as well."""
    world, shop, mill = accounts("world", "shop", "mill")
    most = "92233720368547758.07"
    move("a", world, shop, "0.02")
    with pytest.raises(Invalid) as refused:
        move("b", world, mill, most, ledger.hold)
    assert refused.value.code == "too_much"
    move("c", world, mill, "92233720368547758.05", ledger.hold)
    assert ledger.verify().is_sound


def test_a_refused_key_stays_refused_when_money_has_come_meanwhile(db: Any) -> None:
    """The command that posts keeps its refusal under its key; a new key is a new try."""
    world, [safe] = accounts("world")[0], accounts("safe", limit="no_overdraft")
    payer = factories.actor(factories.organisation())

    @command
    def pay_out(*, actor: Actor, amount: Dec) -> None:
        ledger.post(f"pay:{actor.key}", [Line(safe, -amount), Line(world, amount)], kind="t", actor=actor)

    with pytest.raises(WrongState):
        pay_out(actor=payer.with_key("k1"), amount=Dec(5))
    move("fill", world, safe, "10")
    with pytest.raises(WrongState) as refused:
        pay_out(actor=payer.with_key("k1"), amount=Dec(5))
    assert refused.value.code == "overdrawn" and ledger.balances(safe).posted == Dec(10)
    pay_out(actor=payer.with_key("k2"), amount=Dec(5))
    assert ledger.balances(safe).posted == Dec(5)


def test_a_difference_between_totals_and_entries_is_found(db: Any, servers: Any) -> None:
    """Only the owner could make one; the replay and `verify_ledger` find it all the same."""
    world, shop = accounts("world", "shop")
    move("a", world, shop, "5")
    call_command("verify_ledger", stdout=StringIO())
    with servers.postgres.cursor(OWNER, db) as cursor:
        cursor.execute("UPDATE ledger_account SET posted_in = posted_in + 1 WHERE code = 'shop'")
    report = ledger.verify()
    assert not report.is_sound and "shop" in report.faults[0]
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger", stdout=StringIO(), stderr=StringIO())
    assert ended.value.code == 1


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_account SET posted_in = 5", "INSERT INTO ledger_account (id, code) VALUES (gen_random_uuid(), 'x')",
    "UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_txn CASCADE", "DELETE FROM ledger_txn",
    "INSERT INTO ledger_entry (txn_id, account_id, amount, is_pending, balance_after, number)"
    " SELECT txn_id, account_id, 1, false, 1, 99 FROM ledger_entry",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
])  # fmt: skip
def test_the_runtime_role_writes_nothing_by_itself(db: Any, statement: str) -> None:
    world, shop = accounts("world", "shop")
    move("a", world, shop, "5")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ledger.balances(shop).posted == Dec(5) and ledger.verify().is_sound


def test_ten_connections_with_one_key_post_once(db: Any, in_threads: Any) -> None:
    world, shop = accounts("world", "shop")
    results = in_threads(10, lambda number: move("same", world, shop, "5").pk)
    assert len(set(results)) == 1 and Txn.objects.count() == 1 and ledger.balances(shop).posted == Dec(5)


def test_random_moves_from_many_connections_keep_the_total_and_the_limits(db: Any, in_threads: Any) -> None:
    world = accounts("world")[0]
    safes = accounts(*[f"safe{n}" for n in range(5)], limit="no_overdraft")
    for number, safe in enumerate(safes):
        move(f"fill{number}", world, safe, "100")

    def call(number: int) -> int:
        dice, done = random.Random(number), 0
        for turn in range(15):
            source, target = dice.sample(safes, 2)
            try:
                how = ledger.hold if dice.random() < 0.3 else ledger.post
                txn = move(f"{number}:{turn}", source, target, str(dice.randint(1, 6000) / Dec(100)), how)
                if how is ledger.hold:
                    with transaction.atomic():
                        (ledger.void if dice.random() < 0.5 else ledger.capture)(f"{number}:{turn}:end", txn, actor=ME)
                done += 1
            except Refusal:
                continue
        return done

    results = in_threads(6, call)
    assert all(isinstance(one, int) and one > 0 for one in results), results
    assert sum(ledger.balances(safe).posted for safe in safes) == Dec(500)
    assert all(ledger.balances(safe).available >= 0 for safe in safes)
    assert ledger.verify().is_sound


class Model:
    """The ledger in a few lines: balances, holds out of each account, and which may not go below zero."""

    def __init__(self, limited: set[str]) -> None:
        self.limited, self.posted, self.held = limited, dict[str, int](), dict[str, int]()
        self.holds: dict[str, tuple[str, str, int]] = {}
        self.posts: dict[str, tuple[str, str, int]] = {}

    def may_leave(self, account: str, amount: int) -> bool:
        return account not in self.limited or self.posted.get(account, 0) - self.held.get(account, 0) >= amount

    def move(self, source: str, target: str, amount: int) -> None:
        self.posted[source] = self.posted.get(source, 0) - amount
        self.posted[target] = self.posted.get(target, 0) + amount


@pytest.mark.parametrize("seed", [1, 20, 300])
def test_random_operations_agree_with_a_small_model(db: Any, seed: int) -> None:
    """Every reply is predicted: what is done, what is refused and why; a key asked again answers alike."""
    dice = random.Random(seed)
    rows = {one.code: one for one in [*accounts("world"), *accounts("a", "b", "c", limit="no_overdraft")]}
    model, refused = Model({"a", "b", "c"}), 0
    for turn in range(120):
        key, choice = f"k{turn}", dice.random()
        source, target = dice.sample(sorted(rows), 2)
        amount = dice.randint(1, 900)
        if choice < 0.6 or not model.holds:
            how = ledger.hold if 0.3 < choice < 0.6 else ledger.post
            fits = model.may_leave(source, amount)
            try:
                txn = move(key, rows[source], rows[target], str(amount), how)
                assert fits and move(key, rows[source], rows[target], str(amount), how).pk == txn.pk
            except WrongState as error:
                assert not fits and error.code == "overdrawn"
                refused += 1
                continue
            if how is ledger.hold:
                model.holds[key] = (source, target, amount)
                model.held[source] = model.held.get(source, 0) + amount
            else:
                model.move(source, target, amount)
                model.posts[key] = (source, target, amount)
        elif choice < 0.85:
            held_key = dice.choice(sorted(model.holds))
            source, target, amount = model.holds.pop(held_key)
            model.held[source] -= amount
            held, part = Txn.objects.get(key=held_key), dice.randint(1, amount)
            with transaction.atomic():
                if dice.random() < 0.5:
                    ledger.capture(key, held, actor=ME, amount=Dec(part))
                    model.move(source, target, part)
                else:
                    ledger.void(key, held, actor=ME)
            with pytest.raises(WrongState), transaction.atomic():
                ledger.void(f"{key}-again", held, actor=ME)
        elif model.posts:
            posted_key = dice.choice(sorted(model.posts))
            source, target, amount = model.posts[posted_key]
            fits = model.may_leave(target, amount)
            try:
                with transaction.atomic():
                    ledger.reverse(key, Txn.objects.get(key=posted_key), actor=ME, reason="x")
                assert fits
            except WrongState as error:
                assert not fits and error.code == "overdrawn"
                continue
            model.move(target, source, amount)
            del model.posts[posted_key]
    for code, row in rows.items():
        found = ledger.balances(row)
        assert [found.posted, found.pending_out] == [Dec(one.get(code, 0)) for one in (model.posted, model.held)]
    assert refused and ledger.verify().is_sound
