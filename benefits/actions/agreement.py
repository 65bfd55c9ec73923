"""What the parties do: share tables, signatures, income, settlement, payments (R079 to R082, R088)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits import queries, services
from benefits.events import AgreementInForce, IncomeSettled
from benefits.models import AgreementSignature, AgreementVersion, Income, Settlement, ShareAgreement, Statement
from benefits.services.agreement import agreement_link, paid_to_party, payable_to, statement_link
from benefits.states import STATEMENT, IncomeState, VersionState
from core import book, checks, clock, outbox
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Missing, WrongState
from core.inbox import services as inbox
from core.ledger import services as ledger
from core.ledger.services import Line


@command
def propose_version(
    *, actor: Actor, agreement_id: UUID, lines: Sequence[Mapping[str, Any]], note: str = ""
) -> AgreementVersion:
    """Propose a share table with a reason per party; it must sum to exactly 100.00 % (R079, A28)."""
    agreement = policy.fetch_for_update(actor, "benefits.propose_version", ShareAgreement, agreement_id)
    version = services.propose_version(agreement=agreement, lines=lines, note=note.strip(), actor=actor)
    checks.guard("benefits.propose_version", version)
    shares = {str(one): str(one.percent) for one in version.lines.filter(parent__isnull=True)}
    book.record(actor, "propose_version", agreement, after={"version": version.number, "shares": shares}, reason=note)
    return version


@command
def propose_from_template(
    *,
    actor: Actor,
    agreement_id: UUID,
    template_version: UUID | str,
    assignments: Sequence[Mapping[str, Any]],
    note: str = "",
) -> AgreementVersion:
    """Propose the shares of a benefit template that two chains have signed: say which party plays which role (R130)."""
    agreement = policy.fetch_for_update(actor, "benefits.propose_version", ShareAgreement, agreement_id)
    template = queries.templates_for(agreement).filter(pk=template_version).first()
    if template is None:
        raise Invalid(_("Choose a template that is in force."), field="template_version")
    lines = services.lines_from_template(agreement=agreement, template=template, assignments=assignments)
    version = services.propose_version(
        agreement=agreement, lines=lines, note=note.strip(), actor=actor, template_version=template
    )
    checks.guard("benefits.propose_version", version)
    shares = {str(one): str(one.percent) for one in version.lines.filter(parent__isnull=True)}
    after = {"version": version.number, "shares": shares, "template": str(template)}
    book.record(actor, "propose_version", agreement, after=after, reason=note)
    return version


@command
def sign_agreement(*, actor: Actor, version_id: UUID) -> AgreementSignature:
    """Sign a share table for one's organisation; with the last signature it is in force."""
    version = policy.fetch_for_update(actor, "benefits.sign_agreement", AgreementVersion, version_id)
    if version.state != VersionState.SIGNING:
        raise WrongState(_("Only the newest table that is being signed can be signed."))
    checks.guard("benefits.sign_agreement", version)
    row = services.sign_version(version, actor)
    book.record(actor, "sign_agreement", version.agreement, after={"version": version.number})
    if version.state == VersionState.IN_FORCE:
        outbox.publish(AgreementInForce(agreement_id=version.agreement_id, subject_id=version.agreement.subject_id))
    return row


@command
def record_income(*, actor: Actor, agreement_id: UUID, amount: Decimal, received_on: dt.date, source: str) -> Income:
    """Record money that was earned; settling it is the next step (R080)."""
    agreement = policy.fetch_for_update(actor, "benefits.record_income", ShareAgreement, agreement_id)
    wrong: dict[str, list[Any]] = {}
    if amount <= 0:
        wrong["amount"] = [_("Give an amount above zero.")]
    if received_on > clock.today():
        wrong["received_on"] = [_("This day is still to come.")]
    if not source.strip():
        wrong["source"] = [_("Say where the money comes from.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    ledger.to_fen(amount)
    income = Income.objects.create(
        agreement=agreement, amount=amount, received_on=received_on, source=source.strip()[:300], recorded_by=actor.person,
        organisation=actor.organisation,
    )  # fmt: skip
    inbox.notify(
        kind="income_recorded", title=gettext_noop("%(amount)s yuan of income recorded for “%(subject)s”"),
        params={"amount": f"{amount:,.2f}", "subject": agreement.subject_title}, obj=agreement, link=agreement_link(agreement),
        to=[one.organisation for one in agreement.parties.select_related("organisation")], key=f"income:{income.pk}",
    )  # fmt: skip
    book.record(
        actor, "record_income", agreement, after={"amount": amount, "received_on": received_on, "source": source}
    )
    return income


@command
def settle_income(*, actor: Actor, income_id: UUID) -> Settlement:
    """Split an income by the agreement in force, exact to the fen; settling twice settles once (R080 to R082)."""
    income = policy.fetch_for_update(actor, "benefits.settle_income", Income, income_id)
    if income.state == IncomeState.SETTLED:
        return income.settlement
    # The agreement's row is the fence: no other settlement and no new version while the rests are read and written.
    agreement = ShareAgreement.objects.select_for_update().get(pk=income.agreement_id)
    version = agreement.versions.filter(state=VersionState.IN_FORCE).first()
    if version is None:
        raise WrongState(
            _("No share agreement is in force yet."), code="no_agreement",
            missing=[Missing(_("A share table signed by every party"), _("The signatories of all parties"), agreement_link(agreement))],
        )  # fmt: skip
    income.agreement = agreement
    settlement = services.settle(income=income, version=version, actor=actor)
    for row in settlement.statements.select_related("organisation"):
        inbox.notify(
            kind="statement", title=gettext_noop("Statement: %(amount)s yuan from “%(subject)s”"),
            params={"amount": f"{row.amount:,.2f}", "subject": agreement.subject_title}, to=row.organisation, obj=agreement,
            link=statement_link(row), key=f"statement:{row.pk}",
        )  # fmt: skip
    book.record(
        actor, "settle_income", agreement,
        after={"income": income.amount, "version": version.number,
               "statements": {str(one.organisation): one.amount for one in settlement.statements.select_related("organisation")}},
    )  # fmt: skip
    outbox.publish(IncomeSettled(agreement_id=agreement.pk, settlement_id=settlement.pk))
    return settlement


@command
def instruct_payment(*, actor: Actor, statement_id: UUID, evidence: str = "") -> Statement:
    """Say that a payment was instructed at the bank; the platform moves no money."""
    row = policy.fetch_for_update(actor, "benefits.instruct_payment", Statement, statement_id)
    row.state = STATEMENT.after(row.state, "instruct_payment")
    row.evidence, row.instructed_at = evidence.strip()[:200], clock.now()
    row.save(update_fields=["state", "evidence", "instructed_at"])
    agreement = row.settlement.income.agreement
    inbox.open_task(
        kind="confirm_payment", title=gettext_noop("Confirm that %(amount)s yuan from “%(subject)s” have come"),
        params={"amount": f"{row.amount:,.2f}", "subject": agreement.subject_title}, organisation=row.organisation, role="finance",
        obj=row, link=statement_link(row), key=f"confirm_payment:{row.pk}",
    )  # fmt: skip
    book.record(actor, "instruct_payment", agreement, after={"to": str(row.organisation), "amount": row.amount})
    return row


@command
def confirm_payment(*, actor: Actor, statement_id: UUID) -> Statement:
    """The payee says that the money has come."""
    row = policy.fetch_for_update(actor, "benefits.confirm_payment", Statement, statement_id)
    row.state, row.confirmed_at = STATEMENT.after(row.state, "confirm_payment"), clock.now()
    row.save(update_fields=["state", "confirmed_at"])
    agreement = row.settlement.income.agreement
    if row.amount > 0:
        lines = [
            Line(payable_to(agreement, row.organisation), -row.amount),
            Line(paid_to_party(agreement, row.organisation), row.amount),
        ]
        ledger.post(
            f"confirm:{row.pk}",
            lines,
            kind="payment_confirmed",
            actor=actor,
            reference=row,
            reason=f"statement {row.pk}",
        )
    inbox.close_tasks(key=f"confirm_payment:{row.pk}")
    book.record(actor, "confirm_payment", agreement, after={"to": str(row.organisation), "amount": row.amount})
    return row


@command
def reconcile_payment(*, actor: Actor, statement_id: UUID, evidence: str) -> Statement:
    """Compare a confirmed payment with the bank's record."""
    row = policy.fetch_for_update(actor, "benefits.reconcile_payment", Statement, statement_id)
    if not evidence.strip():
        raise Invalid(_("Give the bank's reference."), field="evidence")
    row.state, row.evidence = STATEMENT.after(row.state, "reconcile_payment"), evidence.strip()[:200]
    row.save(update_fields=["state", "evidence"])
    agreement = row.settlement.income.agreement
    book.record(actor, "reconcile_payment", agreement, after={"to": str(row.organisation), "reference": evidence})
    return row
