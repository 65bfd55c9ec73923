"""What the parties and the manager of a risk fund do (R083 to R085)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits import services
from benefits.events import ClaimPaid
from benefits.models import Claim, ClaimEvidence, FundCall, FundCallLine, FundParty, RiskFund
from benefits.services.fund import fund_link, missing_evidence
from benefits.states import CLAIM, ClaimState, EvidenceKind
from chains.models import Chain
from core import book, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.errors import Invalid, WrongState
from core.files import services as files
from core.inbox import services as inbox


@command
def open_fund(
    *, actor: Actor, name: str, target: Decimal, rate_percent: Decimal, claim_cap: Decimal, supervised_account: str,
    parties: Sequence[Mapping[str, Any]], party_cap: Decimal | None = None, chain: UUID | str | None = None,
) -> RiskFund:  # fmt: skip
    """Open a fund with its target, its terms and the parties' ratios; one's own organisation manages it (R083)."""
    manager = policy.acting_for(actor, "benefits.open_fund")
    wrong: dict[str, list[Any]] = {}
    known = {str(one.pk): one for one in policy.visible_to(actor, Organisation).filter(state="verified")}
    rows: list[tuple[Organisation, Decimal]] = []
    for at, one in enumerate(parties):
        organisation, percent = known.get(str(one.get("organisation"))), one.get("percent")
        if organisation is None:
            wrong[f"parties.{at}.organisation"] = [_("Choose a verified organisation.")]
        if not isinstance(percent, Decimal) or not 0 < percent <= 100:
            wrong[f"parties.{at}.percent"] = [_("A ratio is above 0 and at most 100 percent.")]
        elif organisation is not None:
            rows.append((organisation, percent))
    for field, value in (("target", target), ("claim_cap", claim_cap), ("rate_percent", rate_percent)):
        if value <= 0:
            wrong[field] = [_("Give an amount above zero.")]
    if rate_percent > 100:
        wrong["rate_percent"] = [_("At most 100 percent of a loss is paid.")]
    if not name.strip():
        wrong["name"] = [_("Please give a name.")]
    if not supervised_account.strip():
        wrong["supervised_account"] = [_("Name the supervised account that holds the cash; the platform holds none.")]
    found = Chain.objects.filter(pk=chain).first() if chain else None
    if chain and found is None:
        wrong["chain"] = [_("There is no such chain.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    fund = services.open_fund(
        manager=manager, parties=rows, actor=actor,
        fields={"name": name.strip(), "target": target, "rate_percent": rate_percent, "claim_cap": claim_cap, "party_cap": party_cap,
                "supervised_account": supervised_account.strip(), "chain": found},
    )  # fmt: skip
    book.record(
        actor, "open_fund", fund, after={"target": target, "parties": {str(one): str(percent) for one, percent in rows}}
    )
    return fund


@command
def agree_to_fund(*, actor: Actor, party_id: UUID) -> FundParty:
    """Agree, as a signatory of the party, to the fund's ratio, account and terms: from now on it can be called (R083)."""
    party = policy.fetch_for_update(actor, "benefits.agree_to_fund", FundParty, party_id)
    return _answer(actor, party, "agree_to_fund", "")


@command
def refuse_fund(*, actor: Actor, party_id: UUID, reason: str) -> FundParty:
    """Refuse, as a signatory of the party, to take part in the fund; its manager reads why."""
    party = policy.fetch_for_update(actor, "benefits.refuse_fund", FundParty, party_id)
    if not reason.strip():
        raise Invalid(_("Give the reason; the manager of the fund reads it."), field="reason")
    return _answer(actor, party, "refuse_fund", reason.strip()[:1000])


def _answer(actor: Actor, party: FundParty, move: str, reason: str) -> FundParty:
    services.answer_fund(party, move, actor, reason)
    fund = party.fund
    book.record(
        actor, move, fund, reason=reason,
        after={"party": str(party), "percent": party.percent, "supervised_account": fund.supervised_account, "target": fund.target},
    )  # fmt: skip
    inbox.notify(
        kind="fund_answered", title=gettext_noop("%(party)s has agreed to the fund “%(fund)s”") if move == "agree_to_fund"
        else gettext_noop("%(party)s has refused the fund “%(fund)s”"),
        params={"party": party.organisation.name, "fund": fund.name}, body=reason, to=fund.manager, obj=fund, link=fund_link(fund),
        key=f"fund_answered:{party.pk}:{party.state}",
    )  # fmt: skip
    return party


@command
def call_fund(*, actor: Actor, fund_id: UUID, due_on: dt.date, amount: Decimal | None = None) -> FundCall:
    """Call the parties for the whole target, or a part of it, by their ratios (R083)."""
    fund = policy.fetch_for_update(actor, "benefits.call_fund", RiskFund, fund_id)
    wanted = fund.target if amount is None else amount
    if wanted <= 0:
        raise Invalid(_("Give an amount above zero."), field="amount")
    if due_on < clock.today():
        raise Invalid(_("The due day has passed already."), field="due_on")
    call = services.call_fund(fund=fund, amount=wanted, due_on=due_on, actor=actor)
    book.record(actor, "call_fund", fund, after={"amount": wanted, "due_on": due_on})
    return call


@command
def record_call_payment(*, actor: Actor, line_id: UUID, paid_on: dt.date, evidence: str) -> FundCallLine:
    """Record that a party's part has come into the supervised account."""
    line = policy.fetch_for_update(actor, "benefits.record_call_payment", FundCallLine, line_id)
    if paid_on > clock.today():
        raise Invalid(_("This day is still to come."), field="paid_on")
    if not evidence.strip():
        raise Invalid(_("Give the bank's reference."), field="evidence")
    services.record_call_payment(line=line, paid_on=paid_on, evidence=evidence.strip()[:200], actor=actor)
    book.record(
        actor,
        "record_call_payment",
        line.call.fund,
        after={"party": str(line.party), "amount": line.amount, "paid_on": paid_on},
    )
    return line


@command
def open_claim(*, actor: Actor, fund_id: UUID, kind: str, loss: Decimal, reason: str, subject_title: str = "") -> Claim:
    """Begin a claim as a party of the fund; evidence comes next (R084)."""
    fund = policy.fetch_for_update(actor, "benefits.open_claim", RiskFund, fund_id)
    assert actor.organisation is not None
    claim = services.open_claim(
        fund=fund,
        claimant=actor.organisation,
        kind=kind,
        loss=loss,
        reason=reason,
        actor=actor,
        subject_title=subject_title,
    )
    book.record(actor, "open_claim", claim, after={"loss": loss, "kind": kind}, reason=reason)
    return claim


@command
def add_claim_evidence(
    *, actor: Actor, claim_id: UUID, kind: str, file: UploadedFile[Any], caption: str = ""
) -> ClaimEvidence:
    """Attach evidence of one kind to a claim."""
    claim = policy.fetch_for_update(actor, "benefits.add_claim_evidence", Claim, claim_id)
    if claim.state not in (ClaimState.DRAFT, ClaimState.RETURNED):
        raise WrongState(_("Evidence is added before the review."))
    if kind not in EvidenceKind.values:
        raise Invalid(_("Choose what the file shows."), field="kind")
    stored = files.store(actor, file)
    row = ClaimEvidence.objects.create(claim=claim, kind=kind, file=stored, caption=caption.strip()[:200])
    book.record(actor, "add_claim_evidence", claim, after={"kind": kind, "sha256": stored.sha256})
    return row


@command
def submit_claim(*, actor: Actor, claim_id: UUID) -> Claim:
    """Send a claim to review; without the evidence its kind requires it is returned with what is missing (R084)."""
    claim = policy.fetch_for_update(actor, "benefits.submit_claim", Claim, claim_id)
    missing = missing_evidence(claim)
    if missing:
        claim.state = CLAIM.after(claim.state, "return_claim")
        claim.state_reason = _("Missing: %(list)s") % {"list": "、".join(str(one.label) for one in missing)}
        operation = "return_claim"
    else:
        claim.state, claim.state_reason = CLAIM.after(claim.state, "submit_claim"), ""
        operation = "submit_claim"
        inbox.open_task(
            kind="decide_claim", title=gettext_noop("Decide on a claim of %(claimant)s on “%(fund)s”"), role="signatory",
            params={"claimant": claim.claimant.name, "fund": claim.fund.name}, organisation=claim.fund.manager, obj=claim,
            link=fund_link(claim.fund), key=f"decide_claim:{claim.pk}",
        )  # fmt: skip
    claim.touch()
    claim.save()
    book.record(actor, operation, claim, reason=claim.state_reason)
    return claim


@command
def decide_claim(*, actor: Actor, claim_id: UUID, is_approved: bool, reason: str) -> Claim:
    """Pay a claim by the fund's rule, or reject it; nobody decides for the own organisation (R085)."""
    claim = policy.fetch_for_update(actor, "benefits.decide_claim", Claim, claim_id)
    RiskFund.objects.select_for_update().get(pk=claim.fund_id)
    if not reason.strip():
        raise Invalid(_("Give the reasons of the decision."), field="reason")
    if is_approved:
        services.pay_claim(claim=claim, reason=reason.strip(), actor=actor)
        outbox.publish(ClaimPaid(claim_id=claim.pk, fund_id=claim.fund_id))
    else:
        claim.state, claim.state_reason = CLAIM.after(claim.state, "reject_claim"), reason.strip()
        claim.decided_by, claim.decided_at = actor.person, clock.now()
        claim.touch()
        claim.save()
    inbox.close_tasks(key=f"decide_claim:{claim.pk}")
    inbox.notify(
        kind="claim_decided", title=gettext_noop("The claim on “%(fund)s” was decided"), params={"fund": claim.fund.name},
        body=reason.strip(), to=claim.claimant, obj=claim, link=fund_link(claim.fund), key=f"claim_decided:{claim.pk}",
    )  # fmt: skip
    book.record(actor, "pay_claim" if is_approved else "reject_claim", claim, reason=reason, after=claim.calculation)
    return claim


@command
def record_continuation(*, actor: Actor, party_id: UUID, continues: bool, note: str = "") -> FundParty:
    """Record whether a party goes on after a loss (R085)."""
    party = policy.fetch_for_update(actor, "benefits.record_continuation", FundParty, party_id)
    party.continues, party.continuation_note = continues, note.strip()[:300]
    party.save(update_fields=["continues", "continuation_note"])
    book.record(
        actor, "record_continuation", party.fund, after={"party": str(party), "continues": continues}, reason=note
    )
    return party
