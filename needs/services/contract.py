"""Drafting a contract from a final award, its words, and what is signed under."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import clock
from core.accounts.models import Organisation, Person
from core.errors import Invalid
from core.inbox import services as inbox
from core.indicators.engine import plain
from needs.models.award import Award
from needs.models.contract import Contract, ContractSignature
from needs.queries.verdict import Answer, answers_of, as_text, specifications_of
from needs.services.award import AwardFacts, award_facts
from needs.services.challenge import fingerprint

# The articles in the order of the official form of a technology development contract.
CLAUSES = ("subject", "plan", "payment", "equipment", "secrecy", "risk", "ip", "acceptance", "other")
# What a contract cannot be signed without: everything but other terms.
REQUIRED = CLAUSES[:-1]
EDITABLE = (*CLAUSES, "risk_client_percent")


def contract_link(contract: Contract) -> str:
    return reverse("needs:contract", args=[contract.pk])


def article_title(name: str) -> str:
    """What an article is called, in the reader's language."""
    return str(Contract._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column, never a relation


def next_number(award: Award) -> str:
    """The number of the challenge with H for 合同, and a running number within it; the challenge's row is held."""
    made = Contract.objects.filter(award__challenge=award.challenge).count()
    return f"H{award.challenge.code[1:]}-{made + 1}"


def first_words(award: Award) -> dict[str, str]:
    """What the award, the challenge and the bid already say, article by article; the rest is for the two sides."""
    facts = award_facts(award)
    challenge, bid = facts.challenge, facts.bid
    days = [
        _("%(stage)s: gate on %(day)s") % {"stage": one.stage_label, "day": one.planned_on}
        for one in facts.gates
        if one.planned_on
    ]
    months = [_("Duration: %(n)s months.") % {"n": bid.months}] if bid.months else []
    terms = [challenge.get_ip_terms_display(), challenge.ip_text]
    return {
        "subject": "\n".join(one for one in (challenge.title, challenge.summary) if one),
        "plan": "\n".join(one for one in (bid.plan, *months, *days) if one),
        "payment": "\n".join(payment_words(facts)),
        "ip": "\n".join(str(one) for one in terms if one),
        "acceptance": _(
            "Standard: the table of indicators of this contract, each measured by its test method. "
            "Manner: at each gate by the panel on the evidence handed in."
        ),
    }


def payment_words(facts: AwardFacts) -> list[str]:
    """A line per stage with its amount and share, and a line per payer."""
    stages = [
        _("%(stage)s: %(amount)s yuan (%(share)s%%)")
        % {"stage": one.stage_label, "amount": f"{one.amount:,.2f}", "share": plain(one.share_percent)}
        for one in facts.gates
    ]
    payers = [
        _("Paid by %(payer)s: %(amount)s yuan") % {"payer": payer.name, "amount": f"{part:,.2f}"}
        for payer, part in facts.shares
    ]
    return stages + payers


def write_clauses(contract: Contract, changes: Mapping[str, Any]) -> bool:
    """Put changed articles on the contract; False when nothing differs. Raises Invalid beside the field."""
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise Invalid(_("Unknown field: %s.") % ", ".join(unknown), field=unknown[0])
    differs = False
    for name, value in changes.items():
        given: Any = value
        if name == "risk_client_percent":
            check_percent(given)
        else:
            given = (value or "").strip()
        if getattr(contract, name) != given:
            setattr(contract, name, given)
            differs = True
    return differs


def check_percent(value: Decimal | None) -> None:
    """Raises Invalid unless it is nothing or a percentage with two places."""
    if value is None:
        return
    if not value.is_finite() or not 0 <= value <= 100 or value != value.quantize(Decimal("0.01")):
        raise Invalid(_("Give a percentage from 0 to 100 with two places."), field="risk_client_percent")


def contract_answers(contract: Contract) -> list[Answer]:
    """The acceptance table: each indicator of the challenge with what the bid promised."""
    award = contract.award
    return answers_of(award.bid, specifications_of(award.challenge))


def acceptance_table(contract: Contract) -> list[dict[str, Any]]:
    """The acceptance table in plain values, as it is signed under and as REST tells it."""
    return [
        {
            "specification": str(one.specification.pk),
            "name": one.specification.name,
            "target": one.specification.target_text,
            "unit": one.specification.unit,
            "method": one.specification.method,
            "is_must": one.specification.is_must,
            "promised": as_text(one.commitment),
        }
        for one in contract_answers(contract)
    ]


def contract_words(contract: Contract) -> dict[str, Any]:
    """Exactly what a signature stands under."""
    percent = contract.risk_client_percent
    return {
        "code": contract.code,
        "award": str(contract.award_id),
        "client": str(contract.client_id),
        "developer": str(contract.developer_id),
        "amount": format(contract.amount, "f"),
        **{name: getattr(contract, name) for name in CLAUSES},
        "risk_client_percent": None if percent is None else format(percent, ".2f"),
        "indicators": acceptance_table(contract),
        "version": contract.version,
    }


def sign_words(contract: Contract, organisation: Organisation, person: Person) -> ContractSignature:
    """One side's signature under the contract as it stands now."""
    return ContractSignature.objects.create(
        contract=contract,
        organisation=organisation,
        person=person,
        content_hash=fingerprint(contract_words(contract)),
        signed_at=clock.now(),
    )


def void_contract_signatures(contract: Contract) -> int:
    """Whoever signed before signed other words. Returns how many."""
    return contract.signatures.filter(voided_at__isnull=True).update(voided_at=clock.now())


def ask_side(contract: Contract, side: Organisation) -> None:
    """Ask the signatories of a side for its signature, once."""
    inbox.open_task(
        kind="sign_contract",
        title=gettext_noop("Sign the contract of %(challenge)s"),
        params={"challenge": str(contract.award.challenge)},
        why=gettext_noop("The contract of an award stands when both sides have signed the same words."),
        organisation=side,
        role="signatory",
        obj=contract,
        link=contract_link(contract),
        key=signature_key(contract, side),
    )


def signature_key(contract: Contract, side: Organisation) -> str:
    return f"sign_contract:{contract.pk}:{side.pk}"


def tell_sides(contract: Contract, kind: str, title: str, *sides: Organisation) -> None:
    """Tell the members of the sides what happened, once per version of the contract."""
    inbox.notify(
        kind=kind,
        title=title,
        to=list(sides),
        params={"challenge": str(contract.award.challenge)},
        obj=contract,
        link=contract_link(contract),
        key=f"{kind}:{contract.pk}:{contract.version}",
    )
