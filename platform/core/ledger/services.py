"""The ledger's operations, in yuan; the database keeps fen and the invariants.

Every operation carries a key. The same key with the same content gives the same transaction, whenever it is asked again;
with other content it is refused. That a refused command stays refused under its key is `core.command`'s part.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from core import clock, metrics
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Conflict, Invalid, Refusal, WrongState
from core.ledger.models import Account, Entry, Limit, Phase, Txn


@dataclass(frozen=True)
class Line:
    """Yuan into (+) or out of (−) an account."""

    account: Account
    amount: Decimal


@dataclass(frozen=True)
class Balances:
    """An account in yuan: posted, pending in and out, and what is available."""

    posted: Decimal
    pending_in: Decimal
    pending_out: Decimal
    available: Decimal


def to_fen(amount: Decimal) -> int:
    """Whole fen; raises Invalid when the amount does not end at the fen, or is more than an account can hold."""
    scaled = Decimal(amount) * 100
    if scaled != scaled.to_integral_value():
        raise Invalid(_("Amounts end at the fen."), field="amount")
    if abs(scaled) >= 2**63:
        raise _too_much()
    return int(scaled)


def _too_much() -> Invalid:
    return Invalid(_("This is more money than an account can hold."), code="too_much", field="amount")


def open_account(
    code: str, *, organisation: Organisation | None = None, kind: str, currency: str = "CNY", limit: str = Limit.NONE
) -> Account:
    """The account of this code, opened if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_open_account(%s, %s, %s, %s, %s, %s, %s)",
            [uuid.uuid4(), code, organisation.pk if organisation else None, kind, currency, str(limit), clock.now()],
        )
    return Account.objects.get(code=code)


def post(
    key: str, lines: Sequence[Line], *, kind: str, actor: Actor, reference: Model | None = None, reason: str = "",
    effective_on: dt.date | None = None,
) -> Txn:  # fmt: skip
    """One balanced transaction, at once."""
    return _write(Phase.POSTED, key, lines, kind, actor, reference, reason, effective_on)


def hold(
    key: str, lines: Sequence[Line], *, kind: str, actor: Actor, reference: Model | None = None, reason: str = "",
    expires_at: dt.datetime | None = None,
) -> Txn:  # fmt: skip
    """A pending transaction: it counts against limits at once, and ends by capture, void or expiry, once."""
    return _write(Phase.HOLD, key, lines, kind, actor, reference, reason, None, expires_at=expires_at)


def capture(
    key: str,
    pending: Txn,
    *,
    actor: Actor,
    lines: Sequence[Line] | None = None,
    amount: Decimal | None = None,
    reason: str = "",
) -> Txn:
    """End a hold by posting it: whole, or the given part of each line; what is left returns."""
    if lines is None:
        held = list(Entry.objects.filter(txn=pending).select_related("account"))
        if amount is not None:
            if len(held) != 2:
                raise Invalid(
                    _("Say which lines are captured; an amount alone is for two-sided holds."), field="amount"
                )
            if amount <= 0:
                raise Invalid(_("Give an amount above zero."), field="amount")
        lines = [
            Line(one.account, (amount if one.amount > 0 else -amount) if amount is not None else one.yuan)
            for one in held
        ]
    return _resolve(Phase.CAPTURE, key, pending, actor, reason, lines)


def void(key: str, pending: Txn, *, actor: Actor, reason: str = "") -> Txn:
    """End a hold with nothing posted."""
    return _resolve(Phase.VOID, key, pending, actor, reason, [])


def holds_due() -> list[Txn]:
    """The holds whose time is over."""
    return list(Txn.objects.filter(phase=Phase.HOLD, expires_at__lte=clock.now(), resolution__isnull=True))


def expire(pending: Txn, *, actor: Actor) -> bool:
    """End a hold whose time is over; False when somebody else ended it meanwhile."""
    try:
        _resolve(Phase.EXPIRE, f"expire:{pending.pk}", pending, actor, "", [])
    except Refusal:
        return False
    return True


def reverse(key: str, txn: Txn, *, actor: Actor, reason: str) -> Txn:
    """The exact inverse of a posted or captured transaction, once."""
    if txn.phase not in (Phase.POSTED, Phase.CAPTURE):
        raise WrongState(_("Only what was posted can be reversed."))
    if not reason.strip():
        raise Invalid(_("Say why it is reversed."), field="reason")
    lines = [Line(one.account, -one.yuan) for one in Entry.objects.filter(txn=txn).select_related("account")]
    reference = (txn.reference_type, txn.reference_id)
    return _write(
        Phase.REVERSAL, key, lines, txn.kind, actor, None, reason, None, reverses=txn, raw_reference=reference
    )


def balances(account: Account) -> Balances:
    """The account now."""
    row = Account.objects.get(pk=account.pk)
    return Balances(row.posted, Decimal(row.pending_in) / 100, Decimal(row.pending_out) / 100, row.available)


def _write(
    phase: str, key: str, lines: Sequence[Line], kind: str, actor: Actor, reference: Model | None, reason: str,
    effective_on: dt.date | None, *, expires_at: dt.datetime | None = None, reverses: Txn | None = None,
    raw_reference: tuple[str, uuid.UUID | None] | None = None,
) -> Txn:  # fmt: skip
    reference_type, reference_id = raw_reference or (
        (reference._meta.label_lower, reference.pk) if reference is not None else ("", None)
    )
    content = {
        "phase": phase, "kind": kind, "lines": _plain(lines), "reference": str(reference_id or ""), "on": str(effective_on or ""),
        "reverses": str(reverses.pk if reverses else ""),
    }  # fmt: skip
    pk, fingerprint = uuid.uuid4(), _fingerprint(content)
    accounts, amounts = _array(one.account.pk for one in lines), _array(to_fen(one.amount) for one in lines)
    when: list[Any] = [effective_on or clock.today(), clock.now(), expires_at]
    rest: list[Any] = [
        reverses.pk if reverses else None, reference_type, reference_id, reason, actor.id, actor.organisation_id,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_enter(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [str(pk), key, fingerprint, accounts, amounts, phase, kind, *when, *rest],
        )
        refused, known, currency = cursor.fetchone()
    if refused:
        raise _SENTENCES[refused]()
    if known != pk:
        return Txn.objects.get(pk=known)
    values = [pk, key, fingerprint, phase, kind, currency, *when, None, *rest]  # in the order of the columns
    txn = Txn.from_db(connection.alias, _COLUMNS, values)
    _count(txn)
    return txn


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(map(str, values)) + "}"


def _resolve(phase: str, key: str, pending: Txn, actor: Actor, reason: str, lines: Sequence[Line]) -> Txn:
    content = {"phase": phase, "pending": str(pending.pk), "lines": _plain(lines)}
    arguments: list[Any] = [
        phase, pending.pk, [one.account.pk for one in lines], [to_fen(one.amount) for one in lines], clock.now(), reason, actor.id,
        actor.organisation_id,
    ]  # fmt: skip
    pk = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_ANSWER} FROM ledger_resolve_once(%s, %s, %s, %s, %s, %s::uuid[], %s::bigint[], %s, %s, %s, %s)",
            [pk, key, _fingerprint(content), *arguments],
        )
        refused, *values = cursor.fetchone()
    if refused:
        raise _SENTENCES[refused]()
    txn = Txn.from_db(connection.alias, _COLUMNS, values)
    if txn.pk == pk:
        _count(txn)
    return txn


def _fingerprint(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _count(txn: Txn) -> None:
    transaction.on_commit(lambda: metrics.LEDGER.labels(txn.kind, txn.phase).inc(), robust=True)


_COLUMNS = [field.attname for field in Txn._meta.concrete_fields]
_ANSWER = "SELECT refused, " + ", ".join(f"(txn).{field.column}" for field in Txn._meta.concrete_fields)

_SENTENCES: dict[str, Callable[[], Refusal]] = {
    "key_reused": lambda: Conflict(_("This key was used before for another transaction."), code="ledger_key_reused"),
    "reversed_already": lambda: WrongState(_("This transaction was reversed already."), code="reversed_already"),
    "too_much": lambda: _too_much(),
    "unbalanced": lambda: Invalid(_("The lines do not sum to zero."), code="unbalanced"),
    "no_lines": lambda: Invalid(_("A transaction has at least two lines."), code="no_lines"),
    "zero_line": lambda: Invalid(_("A line moves something."), code="zero_line"),
    "mixed_currencies": lambda: Invalid(_("All lines are in one currency."), code="mixed_currencies"),
    "no_such_account": lambda: Invalid(_("There is no such account."), code="no_such_account"),
    "overdrawn": lambda: WrongState(_("There is not enough money in the account."), code="overdrawn"),
    "no_such_phase": lambda: Invalid(_("The ledger knows no such operation."), code="no_such_phase"),
    "account_twice": lambda: Invalid(_("Each account stands in a transaction once."), code="account_twice"),
    "not_reversible": lambda: WrongState(_("Only what was posted can be reversed."), code="not_reversible"),
    "reversed_before": lambda: Invalid(_("A reversal is not dated before what it reverses."), code="reversed_before"),
    "not_the_inverse": lambda: Invalid(_("A reversal is the exact inverse."), code="not_the_inverse"),
    "no_such_hold": lambda: WrongState(_("There is no such hold."), code="no_such_hold"),
    "hold_resolved": lambda: WrongState(_("The hold was ended already."), code="hold_resolved"),
    "hold_expired": lambda: WrongState(_("The hold has expired."), code="hold_expired"),
    "more_than_held": lambda: WrongState(_("No more can be captured than is held."), code="more_than_held"),
    "gate_not_passed": lambda: WrongState(
        _("The gate before this stage is not passed; the money stays held."), code="gate_not_passed"
    ),
}


def _plain(lines: Sequence[Line]) -> list[list[str]]:
    return sorted([str(one.account.pk), str(to_fen(one.amount))] for one in lines)


@dataclass(frozen=True)
class Report:
    """What a replay of the whole ledger found: counts, and each difference in words."""

    transactions: int
    entries: int
    faults: Sequence[str]

    @property
    def is_sound(self) -> bool:
        return not self.faults


def verify() -> Report:
    """Replay everything as it was at one instant: each transaction sums to zero, each account's totals, running balances
    and numbers agree with its entries, no capture exceeds its hold, each reversal is the inverse."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:
            with connection.cursor() as cursor:
                # One snapshot: postings that happen meanwhile are not mistaken for faults.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        faults = [*_faulty_transactions(), *_faulty_accounts()]
        return Report(Txn.objects.count(), Entry.objects.count(), faults)


def _faulty_transactions() -> Iterator[str]:
    rows = Txn.objects.prefetch_related("entries", "pending__entries", "reverses__entries").order_by("booked_at", "pk")
    for txn in rows.iterator(chunk_size=1000):
        moved = {one.account_id: one.amount for one in txn.entries.all()}
        if sum(moved.values()) != 0:
            yield f"transaction {txn.key} does not balance"
        if txn.pending is not None:
            held = {one.account_id: one.amount for one in txn.pending.entries.all()}
            if any(abs(amount) > abs(held.get(account, 0)) for account, amount in moved.items()):
                yield f"transaction {txn.key} captures more than was held"
        if txn.reverses is not None and moved != {one.account_id: -one.amount for one in txn.reverses.entries.all()}:
            yield f"transaction {txn.key} is not the inverse of {txn.reverses.key}"


def _faulty_accounts() -> Iterator[str]:
    resolved = set(Txn.objects.filter(pending__isnull=False).values_list("pending_id", flat=True))
    for account in Account.objects.iterator(chunk_size=1000):
        balance, totals, number = 0, [0, 0, 0, 0], 0
        for one in Entry.objects.filter(account=account).order_by("number").iterator(chunk_size=2000):
            number += 1
            if one.number != number:
                yield f"account {account.code}: entry {number} is missing"
                break
            if one.is_pending:
                if one.txn_id not in resolved:
                    totals[2 if one.amount > 0 else 3] += abs(one.amount)
            else:
                balance += one.amount
                totals[0 if one.amount > 0 else 1] += abs(one.amount)
            if one.balance_after != balance:
                yield f"account {account.code}: the balance after entry {one.number} is wrong"
        kept = [account.posted_in, account.posted_out, account.pending_in, account.pending_out]
        if totals != kept or number != account.number:
            yield f"account {account.code}: totals differ from the entries"
