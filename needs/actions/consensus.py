"""What a panel does after everybody has locked: the chair records what was agreed, members keep their dissent (R015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Missing, WrongState
from core.indicators.engine import plain
from needs.models.bid import Bid
from needs.models.challenge import Challenge, Criterion
from needs.models.consensus import Consensus, Dissent
from needs.models.review import PanelMember, ScoreSheet
from needs.services.challenge import challenge_link, ensure_closed
from needs.states.award import LIVE
from needs.states.bid import COMPETING
from needs.states.challenge import JUDGING
from needs.states.review import PanelState


@command
def record_consensus(*, actor: Actor, bid_id: UUID, marks: Sequence[Mapping[str, Any]]) -> Bid:
    """Record, as the chair, what the panel agreed on for a bid: per criterion a mark, or not assessed, with a note.

    Every member's own locked marks stay; only the agreed mark counts in their place. Criteria that are not named stay.
    """
    bid, seat = _conferred(actor, "needs.record_consensus", bid_id)
    criteria = {str(one.pk): one for one in bid.challenge.criteria.all()}
    wrong: dict[str, list[Any]] = {}
    found: list[dict[str, Any]] = []
    for row in marks:
        key, criterion = f"marks.{row.get('criterion')}", criteria.get(str(row.get("criterion")))
        if criterion is None:
            wrong[key] = [_("This is not a criterion of the challenge.")]
            continue
        is_na, value, note = bool(row.get("is_na")), row.get("value"), str(row.get("note") or "").strip()
        problem = _shape(criterion, value, is_na=is_na)
        if problem:
            wrong[key] = [problem]
        elif not note:
            wrong[f"{key}.note"] = [_("Say what the panel agreed on and why.")]
        else:
            found.append({"criterion": criterion, "value": value, "is_na": is_na, "note": note})
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    if not found:
        raise Invalid(_("Give the agreed mark of one criterion at least."))
    for row in found:
        _replace(bid, seat, row)
    told = {str(row["criterion"].pk): "n/a" if row["is_na"] else str(row["value"]) for row in found}
    # As with a locked sheet: bound, not told, because the entry is read by the chair's whole organisation.
    book.record(
        actor,
        "record_consensus",
        seat,
        after={"criteria": len(found), "marks": book.sealed({"bid": str(bid.pk), "marks": told})},
    )
    return bid


@command
def record_dissent(*, actor: Actor, consensus_id: UUID, text: str) -> Dissent:
    """Keep on record that you, a member of the panel, do not share a consensus, and why."""
    seen = policy.fetch(actor, "needs.record_dissent", Consensus, consensus_id)
    _bid, seat = _conferred(actor, "needs.lock_sheet", seen.bid_id)
    consensus = Consensus.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if consensus.superseded_at is not None:
        raise WrongState(_("A newer consensus stands in its place."), code="consensus_superseded")
    if consensus.seat_id == seat.pk:
        raise WrongState(_("You recorded this consensus; record another one instead."), code="own_consensus")
    if not text.strip():
        raise Invalid(_("Please say why."), field="text")
    dissent, _fresh = Dissent.objects.update_or_create(
        consensus=consensus, seat=seat, defaults={"text": text.strip(), "given_at": clock.now()}
    )
    book.record(actor, "record_dissent", seat, after={"text": book.sealed({"id": str(dissent.pk), "text": text})})
    return dissent


def _conferred(actor: Actor, rule: str, bid_id: UUID) -> tuple[Bid, PanelMember]:
    """The bid that every cleared member has locked, with the actor's seat, while no award stands on its marks."""
    seen = policy.fetch(actor, rule, Bid, bid_id)
    challenge = (
        Challenge.objects.select_for_update(of=("self",)).select_related("need", "issuer").get(pk=seen.challenge_id)
    )
    ensure_closed(challenge)
    bid = policy.fetch_for_update(actor, rule, Bid, seen.pk)
    bid.challenge = challenge
    if challenge.state not in JUDGING or bid.state not in COMPETING:
        raise WrongState(_("The bids of this challenge are not under review."), code="not_under_review")
    if challenge.awards.filter(state__in=LIVE).exists():
        raise WrongState(
            _("An award is proposed on these marks; it must be voided before the panel changes them."),
            code="award_exists",
        )
    locked = set(ScoreSheet.objects.filter(bid=bid, locked_at__isnull=False).values_list("panel_member_id", flat=True))
    seats = list(challenge.panel.filter(state=PanelState.CLEARED).select_related("person"))
    waiting = [one for one in seats if one.pk not in locked]
    if waiting:
        raise WrongState(
            _("The panel confers when everyone has locked their own marks."),
            code="sheets_open",
            missing=[
                Missing(
                    _("The locked sheet of %(person)s") % {"person": one.person},
                    str(one.person),
                    f"{challenge_link(challenge)}?tab=review",
                )
                for one in waiting
            ],
        )
    seat = next(one for one in seats if actor.person is not None and one.person_id == actor.person.pk)
    return bid, seat


def _replace(bid: Bid, seat: PanelMember, row: Mapping[str, Any]) -> None:
    """The new consensus in place of the former; one that says the same stays, with the dissent under it."""
    former = Consensus.objects.filter(bid=bid, criterion=row["criterion"], superseded_at__isnull=True).first()
    if former is not None:
        if (former.value, former.is_na, former.note) == (row["value"], row["is_na"], row["note"]):
            return
        former.superseded_at = clock.now()
        former.save(update_fields=["superseded_at"])
    Consensus.objects.create(bid=bid, seat=seat, recorded_at=clock.now(), **row)


def _shape(criterion: Criterion, value: Any, *, is_na: bool) -> str:
    if is_na and value is not None:
        return _("Give a mark, or say that it is not assessed, not both.")
    if is_na:
        return ""
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= criterion.max_score:
        return _("A mark lies between 0 and %(max)s.") % {"max": plain(criterion.max_score)}
    return "" if value == value.quantize(Decimal("0.01")) else _("Marks have at most two decimal places.")
