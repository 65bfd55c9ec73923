"""How shares and fen are written, and how an amount's way is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from benefits.models import AgreementVersion, ShareLine, Statement
from core.accounts.actor import Actor
from core.ledger.models import Entry
from core.web import charts
from core.web.display import number_text

MINUS = "\u2212"


def yuan_text(fen: Fraction) -> str:
    """Fen as yuan: exact where it ends within six places, else three places and an ellipsis."""
    exact = fen * 10_000
    if exact.denominator == 1:
        value = Decimal(exact.numerator).scaleb(-6)
        return number_text(value, max(2, -int(value.normalize().as_tuple().exponent)))
    return f"{number_text(Decimal(int(fen * 10)).scaleb(-3), 3)}…"


def rest_text(fen: Fraction) -> str:
    """A rest below a fen: `+2/3`, or three places where the fraction is long."""
    if fen == 0:
        return "0"
    sign, size = ("+", fen) if fen > 0 else (MINUS, -fen)
    if size.denominator <= 1000:
        return f"{sign}{size.numerator}/{size.denominator}" if size.denominator > 1 else f"{sign}{size.numerator}"
    return f"≈{sign}{number_text(Decimal(int(size * 1000)).scaleb(-3), 3)}"


def share_text(share: Fraction) -> str:
    """A share in percent: `6.6667…`, `40`."""
    percent = share * 100
    scaled = percent * 10_000
    if scaled.denominator == 1:
        return number_text(Decimal(scaled.numerator).scaleb(-4))
    return f"{number_text(Decimal(int(scaled)).scaleb(-4), 4)}…"


@dataclass
class SettledLine:
    """One line of a settlement as people read it."""

    line: ShareLine
    name: str
    share: str
    weight: str
    entitled: str
    paid: Decimal
    before: str
    after: str
    statement: Any = None
    entry: Entry | None = None
    is_mine: bool = False

    @property
    def is_group(self) -> bool:
        return self.statement is None

    @property
    def is_member(self) -> bool:
        return self.line.parent_id is not None


def settled_lines(
    version: AgreementVersion, statements: Sequence[Statement], entries: Iterable[Entry], income: Decimal, actor: Actor
) -> list[SettledLine]:
    """The settlement line by line, groups before their members, each fen explained (R080, R081)."""
    by_line = {one.line_id: one for one in statements}
    by_party = {one.account.organisation_id: one for one in entries}
    lines = list(version.lines.select_related("organisation", "parent").order_by("position"))
    weights: dict[Any, Decimal] = {}
    paid: dict[Any, Decimal] = {}
    for line in lines:
        if line.parent_id:
            weights[line.parent_id] = weights.get(line.parent_id, Decimal(0)) + (line.weight or Decimal(0))
            if line.pk in by_line:
                paid[line.parent_id] = paid.get(line.parent_id, Decimal(0)) + by_line[line.pk].amount
    rows = []
    for line in lines:
        statement = by_line.get(line.pk)
        percent = number_text(line.percent) if line.percent is not None else ""
        weight = f"{number_text(line.weight)}/{number_text(weights[line.parent_id])}" if line.parent_id else ""
        if statement is None:
            entitled = yuan_text(Fraction(line.percent or 0) * Fraction(income))
            rows.append(SettledLine(line, str(line), percent, weight, entitled, paid.get(line.pk, Decimal(0)), "", ""))
            continue
        rows.append(
            SettledLine(
                line, str(line), percent, weight, yuan_text(Fraction(statement.entitled)), statement.amount,
                rest_text(Fraction(statement.carried_before)), rest_text(Fraction(statement.carried_after)), statement,
                by_party.get(statement.organisation_id), actor.belongs_to(statement.organisation_id),
            )
        )  # fmt: skip
    return rows


def flow(statements: Sequence[Statement], total: Decimal, actor: Actor) -> charts.Chart | None:
    """How an amount divides among groups and parties, as a Sankey with its table."""
    source = _("Income")
    sums: dict[tuple[str, str], Decimal] = {}
    for one in statements:
        if one.amount <= 0:
            continue
        party, group = str(one.organisation), one.line.parent
        # A group called like one of its members is another node all the same.
        head = f"{group} " if group and str(group) == party else str(group) if group else party
        for link in [(source, head)] + ([(head, party)] if group else []):
            sums[link] = sums.get(link, Decimal(0)) + one.amount
    if not sums:
        return None
    links = [(head, tail, amount) for (head, tail), amount in sums.items()]
    parties = {one.organisation_id for one in statements}
    summary = _("%(count)d parties share %(total)s yuan") % {"count": len(parties), "total": f"{total:,.2f}"}
    mine = str(actor.organisation or "")
    drawn = charts.sankey("flow", title=_("Who gets what"), summary=summary, links=links, mine=mine)
    if any(head != source for head, _tail in sums):
        # A group moves to the height of its members; without groups the table's order stays.
        drawn.option["series"][0]["layoutIterations"] = 32
    return drawn
