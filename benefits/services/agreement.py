"""Agreements, signatures and settlement (R079 to R082)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from benefits.allocation import RULE, Part, evened, shares_of, split
from benefits.models import (
    AgreementParty,
    AgreementSignature,
    AgreementVersion,
    Income,
    Residual,
    Settlement,
    ShareAgreement,
    ShareLine,
    Statement,
)
from benefits.states import INCOME, VERSION, VersionState
from chains.models import BenefitTemplateVersion
from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid
from core.inbox import services as inbox
from core.ledger import services as ledger
from core.ledger.models import Account
from core.ledger.services import Line
from core.search import services as search

PAYMENT_DAYS = 30


def agreement_link(agreement: ShareAgreement | UUID) -> str:
    return reverse("benefits:agreement", args=[agreement.pk if isinstance(agreement, ShareAgreement) else agreement])


def statement_link(row: Statement) -> str:
    return reverse("benefits:statement", args=[row.pk])


def open_agreement(
    *,
    subject_id: UUID,
    subject_title: str,
    subject_link: str,
    organisations: Sequence[tuple[Organisation, str]],
    actor: Actor,
) -> ShareAgreement:
    """The agreement of a subject with its parties, opened once."""
    agreement, _fresh = ShareAgreement.objects.get_or_create(
        subject_id=subject_id, defaults={"subject_title": subject_title[:200], "subject_link": subject_link}
    )
    for organisation, role_label in organisations:
        AgreementParty.objects.get_or_create(
            agreement=agreement, organisation=organisation, defaults={"role_label": role_label}
        )
    index_agreement(agreement)
    return agreement


def index_agreement(agreement: ShareAgreement) -> None:
    """Refresh the search document; only the parties find it."""
    parties = [one.organisation for one in agreement.parties.select_related("organisation")]
    names = " ".join(str(one) for one in parties)
    search.index(
        agreement, title=agreement.subject_title, text=f"{_('Share agreement')} {names}", room="benefits", kind="agreement",
        link=agreement_link(agreement), parties=parties,
    )  # fmt: skip


def add_agreement_party(agreement: ShareAgreement, organisation: Organisation, role_label: str = "") -> AgreementParty:
    """A party of the agreement; a new party needs a new version before it shares."""
    row, _fresh = AgreementParty.objects.get_or_create(
        agreement=agreement, organisation=organisation, defaults={"role_label": role_label}
    )
    index_agreement(agreement)
    return row


def propose_version(
    *,
    agreement: ShareAgreement,
    lines: Sequence[Mapping[str, Any]],
    note: str,
    actor: Actor,
    template_version: BenefitTemplateVersion | None = None,
) -> AgreementVersion:
    """A new share table to sign; whatever was being signed is superseded, and its signatures with it.

    A line is {organisation, percent, reason} or a group {label, percent, reason, members: [{organisation, weight}]}.
    Raises Invalid naming line and field. Whether the sum is 100.00 % is the check A28's business.
    """
    parties = {str(one.organisation_id): one.organisation for one in agreement.parties.select_related("organisation")}
    wrong: dict[str, list[Any]] = {}
    seen: set[str] = set()

    def party(value: Any, name: str) -> Organisation | None:
        found = parties.get(str(value))
        if found is None:
            wrong[name] = [_("Choose a party of this agreement.")]
        elif str(value) in seen:
            wrong[name] = [_("This party stands here twice.")]
        seen.add(str(value))
        return found

    number = (agreement.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    version = AgreementVersion(
        agreement=agreement,
        number=number,
        note=note,
        rounding_rule=RULE,
        proposed_by=actor.person,
        template_version=template_version,
    )
    rows: list[ShareLine] = []
    for at, line in enumerate(lines):
        percent = line.get("percent")
        if not isinstance(percent, Decimal) or not 0 <= percent <= 100:
            wrong[f"lines.{at}.percent"] = [_("A share lies between 0 and 100 percent.")]
            continue
        if not str(line.get("reason") or "").strip():
            wrong[f"lines.{at}.reason"] = [_("Say what the party gets its share for.")]
        top = ShareLine(
            version=version, percent=percent, reason=str(line.get("reason") or "").strip()[:300], position=at * 100
        )
        members = line.get("members") or []
        if members:
            top.label = str(line.get("label") or "").strip()[:80]
            if not top.label:
                wrong[f"lines.{at}.label"] = [_("Name the group.")]
            rows.append(top)
            for inner, member in enumerate(members):
                weight = member.get("weight")
                if not isinstance(weight, Decimal) or weight <= 0:
                    wrong[f"lines.{at}.members.{inner}.weight"] = [_("A weight is above zero.")]
                organisation = party(member.get("organisation"), f"lines.{at}.members.{inner}.organisation")
                rows.append(
                    ShareLine(
                        version=version,
                        parent=top,
                        organisation=organisation,
                        weight=weight,
                        position=at * 100 + inner + 1,
                    )
                )
        else:
            top.organisation = party(line.get("organisation"), f"lines.{at}.organisation")
            rows.append(top)
    if not lines:
        wrong["lines"] = [_("A share table has at least one line.")]
    if wrong:
        raise Invalid(_("Some of what you entered needs a second look."), fields=wrong)
    for old in agreement.versions.filter(state=VersionState.SIGNING):
        old.state = VERSION.after(old.state, "supersede")
        old.save(update_fields=["state"])
        inbox.cancel_tasks(key_prefix=f"sign_agreement:{old.pk}:")
    version.save()
    for row in rows:
        row.save()
    for party_row in parties.values():
        inbox.open_task(
            kind="sign_agreement", title=gettext_noop("Sign the share agreement of “%(subject)s” (v%(number)d)"),
            params={"subject": agreement.subject_title, "number": number}, organisation=party_row, role="signatory", obj=agreement,
            why=gettext_noop("Your organisation is a party"), link=agreement_link(agreement),
            key=f"sign_agreement:{version.pk}:{party_row.pk}",
        )  # fmt: skip
    return version


def sign_version(version: AgreementVersion, actor: Actor) -> AgreementSignature:
    """A party's signature, once; with the last one the version is in force and supersedes the one before."""
    assert actor.organisation is not None
    row, _fresh = AgreementSignature.objects.get_or_create(
        version=version, organisation=actor.organisation, defaults={"person": actor.person}
    )
    inbox.close_tasks(key=f"sign_agreement:{version.pk}:{actor.organisation_id}")
    parties = set(version.agreement.parties.values_list("organisation_id", flat=True))
    signed = set(version.signatures.values_list("organisation_id", flat=True))
    if parties <= signed:
        for old in version.agreement.versions.filter(state=VersionState.IN_FORCE):
            old.state = VERSION.after(old.state, "supersede")
            old.save(update_fields=["state"])
        version.state, version.in_force_at = VERSION.after(version.state, "enter_into_force"), clock.now()
        version.save(update_fields=["state", "in_force_at"])
        inbox.notify(
            kind="agreement_in_force", title=gettext_noop("The share agreement of “%(subject)s” is in force"),
            params={"subject": version.agreement.subject_title}, obj=version.agreement, link=agreement_link(version.agreement),
            to=[one.organisation for one in version.agreement.parties.select_related("organisation")], key=f"in_force:{version.pk}",
        )  # fmt: skip
    return row


def settle(*, income: Income, version: AgreementVersion, actor: Actor) -> Settlement:
    """Split an income by the version in force, post what is owed, write the statements (R080 to R082).

    Groups first, then their members, each level with its carried rest. The transaction cites version and income, and each
    statement keeps what was owed exactly and what is carried, so that every fen can be explained.
    """
    agreement = income.agreement
    dues = _dues(version, ledger.to_fen(income.amount), agreement)
    source = ledger.open_account(f"agreement:{agreement.pk}:income", kind="income")
    entries = [Line(source, -income.amount)]
    for one in dues:
        if one.fen:
            entries.append(Line(payable_to(agreement, one.organisation), Decimal(one.fen) / 100))
    txn = ledger.post(
        f"settle:{income.pk}", entries, kind="settlement", actor=actor, reference=income,
        reason=f"agreement {agreement.pk} v{version.number}, income {income.pk}",
    )  # fmt: skip
    settlement = Settlement.objects.create(income=income, version=version, txn=txn, settled_by=actor.person)
    due_on = clock.today() + dt.timedelta(days=PAYMENT_DAYS)
    Statement.objects.bulk_create(
        Statement(
            settlement=settlement, organisation=one.organisation, line=one.line, amount=Decimal(one.fen) / 100, due_on=due_on,
            entitled=str(one.entitled), carried_before=str(one.before), carried_after=str(one.after),
        )
        for one in dues
    )  # fmt: skip
    income.state = INCOME.after(income.state, "settle_income")
    income.save(update_fields=["state"])
    return settlement


def payable_to(agreement: ShareAgreement, organisation: Organisation) -> Account:
    """The account of what a party is owed under an agreement."""
    return ledger.open_account(
        f"agreement:{agreement.pk}:payable:{organisation.pk}", organisation=organisation, kind="payable"
    )


def paid_to_party(agreement: ShareAgreement, organisation: Organisation) -> Account:
    """The account of what a party has confirmed to have received under an agreement."""
    return ledger.open_account(
        f"agreement:{agreement.pk}:paid:{organisation.pk}", organisation=organisation, kind="paid"
    )


@dataclass(frozen=True)
class Due:
    """What one line gets: whole fen, what it was entitled to exactly, and the rest below a fen before and after."""

    line: ShareLine
    organisation: Organisation
    fen: int
    entitled: Fraction
    before: Fraction
    after: Fraction


def _dues(version: AgreementVersion, total: int, agreement: ShareAgreement) -> list[Due]:
    """What each party gets of `total` fen; the agreement's carried rests are read and written."""
    lines = list(version.lines.select_related("organisation", "parent").order_by("position"))
    members: dict[Any, list[ShareLine]] = {}
    for line in lines:
        members.setdefault(line.parent_id, []).append(line)
    carried = {one.key: one for one in Residual.objects.select_for_update().filter(agreement=agreement)}
    done: dict[str, Fraction] = {}
    dues: list[Due] = []

    def share_out(rows: Sequence[ShareLine], shares: Mapping[str, Fraction], amount: int) -> None:
        parts = evened([Part(key, share, _rest(carried.get(key))) for key, share in shares.items()])
        result = split(amount, parts)
        done.update(result.carried)
        before = {one.key: one.carried for one in parts}
        for row in rows:
            paid = result.paid[row.key]
            if row.pk in members:
                inner = members[row.pk]
                share_out(inner, shares_of({one.key: one.weight or Decimal(0) for one in inner}), paid)
            elif row.organisation is not None:
                due = Due(
                    row, row.organisation, paid, shares[row.key] * amount, before[row.key], result.carried[row.key]
                )
                dues.append(due)

    tops = members.get(None, [])
    share_out(tops, {one.key: Fraction(one.percent or 0) / 100 for one in tops}, total)
    Residual.objects.filter(agreement=agreement).exclude(key__in=done).update(numerator="0", denominator="1")
    for key, rest in done.items():
        Residual.objects.update_or_create(
            agreement=agreement, key=key,
            defaults={"numerator": str(rest.numerator), "denominator": str(rest.denominator)},
        )  # fmt: skip
    return dues


def _rest(row: Residual | None) -> Fraction:
    return Fraction(int(row.numerator), int(row.denominator)) if row else Fraction(0)
