"""Writes of a bid's declarations; they are a part of the bid and of what its receipt proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Invalid
from needs.models.bid import Bid
from needs.models.eligibility import BidDeclaration


def set_declarations(bid: Bid, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what is declared on the conditions named in `rows`; nothing said takes a declaration away."""
    asked = {str(one.pk): one for one in bid.challenge.conditions.all()}
    wrong: dict[str, list[Any]] = {}
    for row in rows:
        key = str(row.get("condition"))
        if key not in asked:
            wrong[f"declarations.{key}"] = [_("This is not a condition of the challenge.")]
        elif len(str(row.get("note") or "")) > 500:
            wrong[f"declarations.{key}"] = [_("At most %d characters.") % 500]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    for row in rows:
        condition, holds = asked[str(row["condition"])], row.get("holds")
        if holds is None:
            BidDeclaration.objects.filter(bid=bid, condition=condition).delete()
        else:
            said = {"holds": bool(holds), "note": str(row.get("note") or "").strip()}
            BidDeclaration.objects.update_or_create(bid=bid, condition=condition, defaults=said)


def declared(bid: Bid) -> list[dict[str, Any]]:
    """The declarations as plain values, in the order of the conditions."""
    rows = bid.declarations.select_related("condition").order_by("condition__position", "condition_id")
    return [
        {"condition": str(one.condition_id), "text": one.condition.text, "holds": one.holds, "note": one.note}
        for one in rows
    ]
