"""What must stand before a challenge is published, a bid submitted, an award signed; each guard lists exactly the rest."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import checks, clock
from core.checks import Hit
from core.errors import Missing
from needs.models.award import Award, Feedback
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.review import PanelMember
from needs.queries.anonymity import named_for_all
from needs.queries.review import progress, standing
from needs.services.award import better_than, place_of
from needs.services.bid import requested, stages_of
from needs.states.award import LIVE
from needs.states.bid import RECEIVED
from needs.states.challenge import IpTerms
from needs.states.review import PanelState

HUNDRED = Decimal(100)


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


@checks.check(
    "challenge_incomplete",
    title=gettext_lazy("A challenge must be whole before it is published"),
    guards=["needs.publish_challenge", "needs.submit_for_check"],
)
def challenge_whole(challenge: Challenge, **about: Any) -> Iterator[Hit]:
    """Deadline, money, IP terms, criteria, gates and indicators (R015)."""
    link = reverse("needs:edit_challenge", args=[challenge.pk])
    who = _("The issuer, %s") % challenge.issuer

    def lacks(what: str, anchor: str, **numbers: Any) -> Hit:
        told = {name: str(value) for name, value in numbers.items()}
        return Hit(challenge, what, told, Missing(what, who, f"{link}#{anchor}"), link=link)

    if not challenge.title.strip():
        yield lacks(_("The title is missing."), "title")
    if not challenge.summary.strip():
        yield lacks(_("What is asked is not described."), "summary")
    if challenge.deadline_at is None:
        yield lacks(_("The deadline is missing."), "deadline_at")
    elif challenge.is_past_deadline:
        yield lacks(
            _("The deadline %(deadline)s has passed.") % {"deadline": f"{challenge.deadline_local:%Y-%m-%d %H:%M:%S}"},
            "deadline_at",
            deadline=challenge.deadline_at,
        )
    if not challenge.eligibility.strip():
        yield lacks(_("Who may bid is not said."), "eligibility")
    if challenge.ip_terms == IpTerms.TO_BE_DETERMINED:
        yield lacks(_("The IP terms are still “to be determined”."), "ip_terms")
    elif not challenge.ip_text.strip():
        yield lacks(_("The IP terms are not put in words."), "ip_text")
    yield from _money(challenge, lacks)
    yield from _criteria(challenge, lacks)
    yield from _gates(challenge, lacks)


def _money(challenge: Challenge, lacks: Any) -> Iterator[Hit]:
    paid = sum((one.amount for one in challenge.payers.all()), Decimal(0))
    if challenge.budget is None:
        yield lacks(_("The budget is missing."), "budget")
    elif paid != challenge.budget:
        yield lacks(
            _("The payers give %(paid)s yuan, the budget is %(budget)s yuan.")
            % {"paid": _yuan(paid), "budget": _yuan(challenge.budget)},
            "payers",
            paid=paid,
            budget=challenge.budget,
        )


def _criteria(challenge: Challenge, lacks: Any) -> Iterator[Hit]:
    weights = [one.weight for one in challenge.criteria.all()]
    if not weights:
        yield lacks(_("There are no criteria."), "criteria")
    elif sum(weights, Decimal(0)) != HUNDRED:
        total = sum(weights, Decimal(0))
        yield lacks(
            _("The weights of the criteria sum to %(sum)s, not to 100.") % {"sum": total}, "criteria", sum=total
        )


def _gates(challenge: Challenge, lacks: Any) -> Iterator[Hit]:
    asked = [one.specification for one in challenge.indicators.select_related("specification")]
    if not asked:
        yield lacks(_("The challenge asks for no indicator."), "gates")
    gates = list(challenge.gates.prefetch_related("specifications"))
    if not gates:
        yield lacks(_("There are no gates."), "gates")
        return
    total = sum((one.share_percent for one in gates), Decimal(0))
    if total != HUNDRED:
        yield lacks(
            _("The gates' shares of the budget sum to %(sum)s, not to 100.") % {"sum": total}, "gates", sum=total
        )
    before = challenge.deadline_at.astimezone(clock.CHINA).date() if challenge.deadline_at else None
    for gate in gates:
        if gate.planned_on is None:
            yield lacks(_("The gate “%(gate)s” has no planned day.") % {"gate": gate}, "gates")
            continue
        if before is not None and gate.planned_on <= before:
            yield lacks(
                _("The gate “%(gate)s” on %(day)s does not come after %(before)s, the day before it in the plan.")
                % {"gate": gate, "day": gate.planned_on, "before": before},
                "gates",
                day=gate.planned_on,
                before=before,
            )
        before = gate.planned_on
    due = {spec.pk for gate in gates for spec in gate.specifications.all()}
    for spec in asked:
        if spec.is_must and spec.pk not in due:
            yield lacks(_("The must-have indicator “%(name)s” is due at no gate.") % {"name": spec.name}, "gates")


@checks.check(
    "bid_incomplete",
    title=gettext_lazy("A bid must be whole before it is submitted"),
    guards=["needs.submit_bid"],
)
def bid_whole(bid: Bid, **about: Any) -> Iterator[Hit]:
    """A promise for every must-have indicator, team, plan, money per stage within the budget, terms accepted (R015)."""
    link = reverse("needs:edit_bid", args=[bid.pk])

    def lacks(what: str, anchor: str, **numbers: Any) -> Hit:
        told = {name: str(value) for name, value in numbers.items()}
        return Hit(bid, what, told, Missing(what, _("Your organisation"), f"{link}#{anchor}"), link=link)

    given = {one.specification_id for one in bid.commitments.all() if one.is_given}
    for row in bid.challenge.indicators.select_related("specification"):
        if row.specification.is_must and row.specification_id not in given:
            yield lacks(
                _("There is no commitment for the must-have indicator “%(name)s”.") % {"name": row.specification.name},
                f"commitment-{row.specification_id}",
            )
    if not bid.team.strip():
        yield lacks(_("The team is missing."), "team")
    if not bid.plan.strip():
        yield lacks(_("The plan is missing."), "plan")
    amounts = {one.stage: one.amount for one in bid.budgets.all()}
    for gate in bid.challenge.gates.all():
        if gate.stage not in amounts:
            yield lacks(_("The money for the stage “%(stage)s” is missing.") % {"stage": gate}, f"budget-{gate.stage}")
    total, limit = requested(bid), bid.challenge.budget or Decimal(0)
    if total > limit:
        yield lacks(
            _("You ask for %(total)s yuan; the budget is %(budget)s yuan.")
            % {"total": _yuan(total), "budget": _yuan(limit)},
            f"budget-{stages_of(bid)[0]}",
            total=total,
            budget=limit,
        )
    elif amounts and total <= 0:
        yield lacks(_("The money asked for is zero."), f"budget-{next(iter(amounts))}")
    if not bid.accepts_terms:
        yield lacks(_("The IP terms of the challenge are not accepted."), "accepts_terms")


@checks.check(
    "review_incomplete",
    title=gettext_lazy("An award needs a finished review"),
    guards=["needs.propose_award", "needs.sign_award"],
)
def review_finished(subject: Challenge | Award, **about: Any) -> Iterator[Hit]:
    """Every cleared member has locked every sheet, every seat has declared, and every criterion was assessed (R015)."""
    challenge = subject.challenge if isinstance(subject, Award) else subject
    link = reverse("needs:challenge", args=[challenge.pk]) + "?tab=review"

    def lacks(what: str, who: str, **numbers: Any) -> Hit:
        return Hit(subject, what, numbers, Missing(what, who, link), link=link)

    now = progress(challenge)
    if not now.members:
        yield lacks(_("The panel has no cleared member."), _("The issuer, %s") % challenge.issuer)
    for seat in challenge.panel.select_related("person").filter(state__in=[PanelState.INVITED, PanelState.CLEARED]):
        if seat.state == PanelState.INVITED:
            yield lacks(
                _("%(person)s has not declared whether there is a conflict.") % {"person": seat.person},
                str(seat.person),
            )
        elif now.members.get(seat.pk, 0) < now.bids:
            locked = now.members.get(seat.pk, 0)
            yield lacks(
                _("%(person)s has locked %(locked)d of %(wanted)d sheets.")
                % {"person": seat.person, "locked": locked, "wanted": now.bids},
                str(seat.person),
                locked=locked,
                wanted=now.bids,
            )
    yield from _apart(challenge, lacks)
    yield from _unfilled(challenge, lacks)


def _apart(challenge: Challenge, lacks: Any) -> Iterator[Hit]:
    """Bids on which the members lie as far apart as the challenge's limit, and have not conferred."""
    apart = {one.bid_id: one for one in standing(challenge) if one.is_admitted and one.is_complete and one.must_confer}
    for bid in named_for_all(Bid.objects.filter(pk__in=apart)):
        place = apart[bid.pk]
        yield lacks(
            _("The members lie %(spread)s points apart on the bid of %(bidder)s, the limit is %(limit)s: confer.")
            % {"spread": place.spread, "bidder": bid.shown_bidder, "limit": place.limit.normalize()},
            _("The chair of the panel"),
            spread=str(place.spread),
            limit=str(place.limit),
        )


def _unfilled(challenge: Challenge, lacks: Any) -> Iterator[Hit]:
    if now_chairless(challenge):
        yield lacks(_("The panel has no chair."), _("The issuer, %s") % challenge.issuer)
    for place in standing(challenge):
        if not place.is_admitted or place.is_below_minimum:
            continue
        # A minimum that nobody judged cannot be said to be reached; other criteria are simply left out of the total.
        empty = [
            one for one in challenge.criteria.all() if one.minimum_mark is not None and place.means.get(one.pk) is None
        ]
        if empty and place.is_complete:
            bidder = named_for_all(Bid.objects.all()).get(pk=place.bid_id).shown_bidder
            yield lacks(
                _("Nobody assessed “%(criterion)s” for %(bidder)s.")
                % {"criterion": ", ".join(str(one) for one in empty), "bidder": bidder},
                _("The panel"),
            )


def now_chairless(challenge: Challenge) -> bool:
    """Whether no seated member chairs the panel."""
    seats = PanelMember.objects.filter(challenge=challenge, state__in=[PanelState.INVITED, PanelState.CLEARED])
    return seats.exists() and not seats.filter(is_chair=True).exists()


@checks.check(
    "award_incomplete",
    title=gettext_lazy("An award must stand on the ranking, the budget and feedback to everyone"),
    guards=["needs.sign_award"],
)
def award_whole(award: Award, **about: Any) -> Iterator[Hit]:
    """Within the budget, an exception explained, feedback written for every bidder (R015)."""
    challenge = award.challenge
    link = reverse("needs:award", args=[award.pk])
    who = _("The issuer, %s") % challenge.issuer

    def lacks(what: str, **numbers: Any) -> Hit:
        return Hit(award, what, {name: str(v) for name, v in numbers.items()}, Missing(what, who, link), link=link)

    live = list(challenge.awards.filter(state__in=LIVE))
    total, budget = sum((one.amount for one in live), Decimal(0)), challenge.budget or Decimal(0)
    if total > budget:
        yield lacks(
            _("The awards sum to %(total)s yuan; the budget is %(budget)s yuan.")
            % {"total": _yuan(total), "budget": _yuan(budget)},
            total=total,
            budget=budget,
        )
    places = standing(challenge)
    own = place_of(award.bid, places)
    if own is None or own.rank is None:
        yield lacks(_("The bid has no rank: it is not admitted, below a minimum mark or without marks."))
    elif better_than(award.bid, places, [one.bid_id for one in live]) and not award.exception_reason.strip():
        yield lacks(
            _("The bid stands at %(rank)d; breaking the order needs a reason.") % {"rank": own.rank}, rank=own.rank
        )
    if challenge.feedback_days is not None:
        return  # the words follow within the clock that the challenge states
    written = set(Feedback.objects.filter(bid__challenge=challenge).exclude(text="").values_list("bid_id", flat=True))
    for bid in named_for_all(Bid.objects.filter(challenge=challenge, state__in=RECEIVED)):
        if bid.pk not in written:
            yield lacks(_("The feedback for %(bidder)s is not written.") % {"bidder": bid.shown_bidder})
