"""The risk fund: calls, payments, claims, compensation (R083 to R085)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits.allocation import Part, split
from benefits.models import Claim, ClaimEvidence, FundCall, FundCallLine, FundParty, RiskFund
from benefits.queries import fund_balance, paid_to
from benefits.states import CALL, CLAIM, PARTY, REQUIRED_EVIDENCE, CallState, ClaimKind, EvidenceKind, PartyState
from core import book, clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Blocked, Invalid, Missing
from core.inbox import services as inbox
from core.ledger import services as ledger
from core.ledger.models import Account, Limit
from core.ledger.services import Line
from core.search import services as search


def fund_link(fund: RiskFund | UUID) -> str:
    return reverse("benefits:fund", args=[fund.pk if isinstance(fund, RiskFund) else fund])


def cash_of(fund: RiskFund) -> Account:
    """The account that mirrors the fund's supervised account; it never goes below zero."""
    return ledger.open_account(
        f"fund:{fund.pk}:cash", organisation=fund.manager, kind="fund_cash", limit=Limit.NO_OVERDRAFT
    )


def open_fund(
    *, manager: Organisation, fields: Mapping[str, Any], parties: Sequence[tuple[Organisation, Decimal]], actor: Actor
) -> RiskFund:
    """A fund with its parties' ratios, which sum to exactly 100 %; all but its manager are asked whether they agree."""
    wrong: dict[str, list[Any]] = {}
    if not parties:
        wrong["parties"] = [_("A fund has at least one party.")]
    total = sum((percent for _organisation, percent in parties), Decimal(0))
    if parties and total != 100:
        wrong["parties"] = [_("The ratios sum to %(total)s%%, not to 100.00%%.") % {"total": f"{total.normalize():f}"}]
    if len({organisation.pk for organisation, _percent in parties}) != len(parties):
        wrong["parties"] = [_("A party stands here twice.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    fund = RiskFund.objects.create(manager=manager, **fields)
    for organisation, percent in parties:
        party = FundParty.objects.create(fund=fund, organisation=organisation, percent=percent)
        if organisation.pk == manager.pk:
            answer_fund(party, "agree_to_fund", actor)
            continue
        inbox.open_task(
            kind="answer_fund", title=gettext_noop("Agree to the terms of the risk fund “%(fund)s” of %(manager)s, or refuse them"),
            params={"fund": fund.name, "manager": manager.name}, organisation=organisation, role="signatory", obj=fund,
            link=reverse("benefits:answer_fund", args=[party.pk]), key=f"answer_fund:{party.pk}",
        )  # fmt: skip
    cash_of(fund)
    everyone = [manager, *(organisation for organisation, _percent in parties)]
    words = " ".join(str(one) for one in [*everyone, fund.chain or ""])
    search.index(
        fund, title=fund.name, text=words, room="benefits", kind="fund", link=fund_link(fund), organisation=manager, parties=everyone
    )  # fmt: skip
    return fund


def shares_of(fund: RiskFund) -> dict[UUID, Decimal]:
    """What each party pays of the whole target, to the fen."""
    return _split(fund.target, list(fund.parties.all()))


def _split(amount: Decimal, parties: Sequence[FundParty]) -> dict[UUID, Decimal]:
    parts = [Part(str(one.pk), Fraction(one.percent) / 100) for one in parties]
    shares = split(ledger.to_fen(amount), parts)
    return {one.pk: Decimal(shares.paid[str(one.pk)]) / 100 for one in parties}


def answer_fund(party: FundParty, move: str, actor: Actor, note: str = "") -> None:
    """The party's word on the fund's terms; both actions go through it."""
    party.state = PARTY.after(party.state, move)
    party.answered_by, party.answered_at, party.answer_note = actor.person, clock.now(), note
    party.save(update_fields=["state", "answered_by", "answered_at", "answer_note"])
    inbox.close_tasks(key=f"answer_fund:{party.pk}")


def call_fund(*, fund: RiskFund, amount: Decimal, due_on: dt.date, actor: Actor) -> FundCall:
    """A call for `amount` from all parties by ratio, exact to the fen (R083); refused until each of them has agreed."""
    parties = list(fund.parties.select_related("organisation"))
    if waiting := [one for one in parties if one.state != PartyState.AGREED]:
        raise Blocked(
            _("Nobody is called before all parties have agreed to the fund."), code="parties_not_agreed",
            missing=[
                Missing(_("%(party)s: %(state)s") % {"party": one, "state": one.get_state_display()}, str(one.organisation), fund_link(fund))
                for one in waiting
            ],
        )  # fmt: skip
    shares = _split(amount, parties)
    number = (fund.calls.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    call = FundCall.objects.create(fund=fund, number=number, amount=amount, due_on=due_on, called_by=actor.person)
    due_at = dt.datetime.combine(due_on, dt.time(23, 59, 59), clock.CHINA)
    for party in parties:
        line = FundCallLine.objects.create(call=call, party=party, amount=shares[party.pk])
        inbox.open_task(
            kind="pay_call", title=gettext_noop("Pay %(amount)s yuan into the fund “%(fund)s”"),
            params={"amount": f"{line.amount:,.2f}", "fund": fund.name}, organisation=party.organisation, role="finance", obj=fund,
            link=fund_link(fund), due_at=due_at, key=f"pay_call:{line.pk}",
        )  # fmt: skip
    return call


def record_call_payment(*, line: FundCallLine, paid_on: dt.date, evidence: str, actor: Actor) -> FundCallLine:
    """The payment of one part of a call, as the supervised account's statement shows it."""
    line.state = CALL.after(line.state, "record_call_payment")
    fund = line.call.fund
    payer = ledger.open_account(
        f"fund:{fund.pk}:from:{line.party.organisation_id}", organisation=line.party.organisation, kind="fund_payer"
    )
    ledger.post(
        f"call:{line.pk}", [Line(payer, -line.amount), Line(cash_of(fund), line.amount)], kind="fund_payment", actor=actor,
        reference=line, reason=evidence,
    )  # fmt: skip
    line.paid_on, line.evidence = paid_on, evidence
    line.save(update_fields=["state", "paid_on", "evidence"])
    inbox.close_tasks(key=f"pay_call:{line.pk}")
    return line


def mark_late_calls(actor: Actor) -> int:
    """Mark what is unpaid past its day as late and tell debtor and manager; gives how many."""
    due = FundCallLine.objects.filter(state=CallState.DUE, call__due_on__lt=clock.today())
    rows = due.select_related("call__fund__manager", "party__organisation").select_for_update(
        of=("self",), skip_locked=True
    )
    count = 0
    for line in rows:
        line.state = CALL.after(line.state, "mark_late")
        line.save(update_fields=["state"])
        fund, day = line.call.fund, str(line.call.due_on)
        inbox.notify(
            kind="call_late", title=gettext_noop("%(party)s has not paid %(amount)s yuan into “%(fund)s”, due on %(day)s"),
            params={"party": line.party.organisation.name, "amount": f"{line.amount:,.2f}", "fund": fund.name, "day": day},
            to=[line.party.organisation, fund.manager], obj=fund, link=fund_link(fund), key=f"call_late:{line.pk}",
        )  # fmt: skip
        book.record(actor, "mark_late_call", fund, after={"party": str(line.party), "amount": line.amount})
        count += 1
    return count


def open_claim(
    *, fund: RiskFund, claimant: Organisation, kind: str, loss: Decimal, reason: str, actor: Actor, subject_id: UUID | None = None,
    subject_title: str = "", leaves: Sequence[tuple[str, str, str]] = (),
) -> Claim:  # fmt: skip
    """A draft claim; `leaves` are book entries that prove it, as (kind of evidence, leaf hash, caption)."""
    wrong: dict[str, list[Any]] = {}
    if not fund.parties.filter(organisation=claimant, state=PartyState.AGREED).exists():
        wrong["fund"] = [_("Only a party of the fund claims.")]
    if kind not in ClaimKind.values:
        wrong["kind"] = [_("Choose what the claim is for.")]
    if loss <= 0:
        wrong["loss"] = [_("Give an amount above zero.")]
    if not reason.strip():
        wrong["reason"] = [_("Say what happened.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    claim = Claim.objects.create(
        fund=fund,
        claimant=claimant,
        kind=kind,
        loss=loss,
        reason=reason.strip(),
        subject_id=subject_id,
        subject_title=subject_title[:200],
    )
    for evidence_kind, leaf, caption in leaves:
        ClaimEvidence.objects.create(claim=claim, kind=evidence_kind, book_leaf=leaf, caption=caption[:200])
    return claim


def missing_evidence(claim: Claim) -> list[EvidenceKind]:
    """The kinds of evidence that the claim's kind requires and that are not there."""
    there = set(claim.evidence.values_list("kind", flat=True))
    return [kind for kind in REQUIRED_EVIDENCE[ClaimKind(claim.kind)] if kind not in there]


def assess_claim(claim: Claim) -> dict[str, Any]:
    """What the fund's rule pays: rate on the loss, cap per claim, cap per party, never more than the balance (R085).

    Gives each term and the one that decides, as text for the record.
    """
    fund = claim.fund
    by_rate = (claim.loss * fund.rate_percent / 100).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    terms: dict[str, Decimal] = {
        "rate": by_rate,
        "claim_cap": fund.claim_cap,
        "balance": fund_balance(fund),
    }
    if fund.party_cap is not None:
        terms["party_cap"] = max(Decimal(0), fund.party_cap - paid_to(fund, claim.claimant_id))
    decides = min(terms, key=lambda one: terms[one])
    return {
        "terms": {name: f"{value:.2f}" for name, value in terms.items()},
        "decides": decides,
        "pays": f"{terms[decides]:.2f}",
    }


def pay_claim(*, claim: Claim, reason: str, actor: Actor) -> Claim:
    """Pay what the rule gives, recorded against the supervised account; the balance was locked with the posting."""
    claim.state = CLAIM.after(claim.state, "pay_claim")
    claim.calculation = assess_claim(claim)
    pays = Decimal(claim.calculation["pays"])
    if pays > 0:
        receiver = ledger.open_account(
            f"fund:{claim.fund_id}:to:{claim.claimant_id}", organisation=claim.claimant, kind="fund_payee"
        )
        ledger.post(
            f"claim:{claim.pk}", [Line(cash_of(claim.fund), -pays), Line(receiver, pays)], kind="compensation", actor=actor,
            reference=claim, reason=reason,
        )  # fmt: skip
    claim.paid, claim.state_reason = pays, reason
    claim.decided_by, claim.decided_at = actor.person, clock.now()
    claim.touch()
    claim.save()
    return claim
