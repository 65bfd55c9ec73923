"""Writes on bids that ask no permission: parts, snapshot and receipt."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785
from django.utils.translation import gettext as _

from chains.models import Machine
from core.errors import Invalid
from core.indicators.models import Specification
from needs.models.bid import Bid, BidBudget, BidMachine, Commitment
from needs.services.challenge import FEN, fingerprint, moment_text
from needs.services.eligibility import declared
from needs.states.challenge import STAGE_ORDER, Stage

LIMIT = Decimal(10) ** 15


def set_commitments(bid: Bid, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what is promised for the indicators named in `rows`; the others stay. Raises Invalid naming the indicator."""
    asked = {
        one.specification_id: one.specification for one in bid.challenge.indicators.select_related("specification")
    }
    wrong: dict[str, list[Any]] = {}
    found: list[dict[str, Any]] = []
    for row in rows:
        spec = asked.get(_uuid(row.get("specification")))  # type: ignore[arg-type]
        key = f"commitments.{row.get('specification')}"
        if spec is None:
            wrong[key] = [_("This is not an indicator of the challenge.")]
            continue
        problem = _shape(spec, row)
        if problem:
            wrong[key] = [problem]
        found.append(
            {
                "specification": spec,
                **{name: row.get(name) for name in ("value", "low", "high")},
                "level": str(row.get("level") or "").strip(),
                "note": str(row.get("note") or "").strip(),
            }
        )
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    for one in found:
        Commitment.objects.update_or_create(bid=bid, specification=one.pop("specification"), defaults=one)


def set_budgets(bid: Bid, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the money asked per stage; raises Invalid naming the stage."""
    wrong: dict[str, list[Any]] = {}
    stages = {gate.stage for gate in bid.challenge.gates.all()} or set(Stage.values)
    for row in rows:
        stage, amount = str(row.get("stage") or ""), row.get("amount")
        key = f"budgets.{stage}"
        if stage not in stages:
            wrong[key] = [_("The challenge has no gate for this stage.")]
        elif amount is not None and (
            not isinstance(amount, Decimal) or not 0 <= amount < LIMIT or amount != amount.quantize(FEN)
        ):
            wrong[key] = [_("Give an amount of zero or more, to the fen.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    for row in rows:
        if row.get("amount") is None:
            BidBudget.objects.filter(bid=bid, stage=row["stage"]).delete()
        else:
            BidBudget.objects.update_or_create(bid=bid, stage=row["stage"], defaults={"amount": row["amount"]})


def set_machines(bid: Bid, rows: Sequence[Any]) -> None:
    """Replace the machines the solution must run on: words, or ids of machines in the park."""
    found: list[BidMachine] = []
    for position, row in enumerate(rows):
        text = row if isinstance(row, str) else str(row.get("text") or "")
        machine_id = None if isinstance(row, str) else _uuid(row.get("machine"))
        machine = Machine.objects.filter(pk=machine_id).first() if machine_id else None
        if machine_id and machine is None:
            raise Invalid(_("This machine is not in the machine park."), field=f"machines.{position}")
        if text.strip() or machine:
            found.append(BidMachine(bid=bid, machine=machine, text=text.strip()[:200], position=position))
    bid.machines.all().delete()
    BidMachine.objects.bulk_create(found)


def requested(bid: Bid) -> Decimal:
    """The money asked over all stages."""
    return sum((one.amount for one in bid.budgets.all()), Decimal(0))


def snapshot(bid: Bid, *, number: int, submitted_at: Any) -> tuple[str, str]:
    """The bid as RFC 8785 JSON and its SHA-256: what the receipt proves."""
    record: dict[str, Any] = {
        "challenge": bid.challenge.code,
        "challenge_id": str(bid.challenge_id),
        "challenge_hash": bid.challenge.frozen_hash,
        "bid": str(bid.pk),
        "bidder": str(bid.bidder_id),
        "bidder_uscc": bid.bidder.uscc,
        # Where bids are judged without names, nobody finds the name by trying all organisations against the receipt.
        "nonce": secrets.token_hex(16),
        "number": number,
        "submitted_at": moment_text(submitted_at),
        "team": bid.team,
        "plan": bid.plan,
        "months": bid.months,
        "trl_from": bid.trl_from,
        "trl_to": bid.trl_to,
        "accepts_terms": bid.accepts_terms,
        "contact": bid.contact,
        "commitments": [
            {
                "specification": str(one.specification_id),
                "value": _text(one.value),
                "low": _text(one.low),
                "high": _text(one.high),
                "level": one.level,
                "note": one.note,
            }
            for one in bid.commitments.order_by("specification_id")
        ],
        "budgets": {one.stage: _text(one.amount) for one in bid.budgets.all()},
        "declarations": declared(bid),
        "machines": [
            {"machine": str(one.machine_id) if one.machine_id else None, "text": one.text} for one in bid.machines.all()
        ],
        "files": [
            {"name": one.file.name, "sha256": one.file.sha256, "size": one.file.size}
            for one in bid.files.select_related("file").order_by("created_at")
        ],
    }
    return rfc8785.dumps(record).decode(), fingerprint(record)


def stages_of(bid: Bid) -> list[str]:
    """The stages a bid gives money for: those of the challenge's gates, in order."""
    have = {gate.stage for gate in bid.challenge.gates.all()}
    return [str(stage) for stage in STAGE_ORDER if stage in have]


def _shape(spec: Specification, row: Mapping[str, Any]) -> str:
    """What is wrong with a promise for this indicator; empty when nothing is. An empty promise is allowed in a draft."""
    level = str(row.get("level") or "").strip()
    numbers: list[Any] = [row.get(name) for name in ("value", "low", "high") if row.get(name) is not None]
    if any(not isinstance(one, Decimal) or not one.is_finite() or abs(one) >= LIMIT for one in numbers):
        return _("Give a number.")
    if any(one != one.quantize(Decimal(10) ** -12) for one in numbers):
        return _("At most twelve decimal places are kept.")
    if spec.kind == "level":
        if numbers:
            return _("This indicator is answered by a level, not by a number.")
        if level and level not in [str(one) for one in spec.level_scale or []]:
            return _("Choose one of the levels: %s.") % ", ".join(str(one) for one in spec.level_scale or [])
    elif level:
        return _("This indicator is answered by a number.")
    low, high = row.get("low"), row.get("high")
    if low is not None and high is not None and low > high:
        return _("The lower end lies above the upper end.")
    return ""


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value.normalize() + 0, "f")


def _uuid(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        return None
