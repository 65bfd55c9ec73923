"""Pages of the contract of an award, and the sheets of the award that are printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import book, checks
from core.access import policy
from core.accounts.actor import Actor
from core.errors import NotFound
from core.web import forms
from core.web.capitals import in_capitals
from core.web.display import in_chinese
from core.web.forms import form_page
from core.web.page import crumb, render_page, sent_version
from needs.actions import contract as actions
from needs.models.award import Award
from needs.models.contract import Contract, ContractSignature
from needs.models.notice import AwardNotice
from needs.queries.contract import promised_awards
from needs.queries.review import awards_visible_to, standing_for
from needs.queries.verdict import answers_of, as_text, specifications_of
from needs.services.award import award_facts
from needs.services.contract import CLAUSES, article_title, contract_answers
from needs.states.award import AwardState
from needs.states.contract import CONTRACT
from needs.web.doors import act, actor_of


class ContractForm(forms.Form):
    """The articles, in the order of the official form; amount, parties and indicators are the award's own."""

    subject = forms.LongTextField(label=_("Subject of the development"), required=False, rows=4)
    plan = forms.LongTextField(label=_("Development plan"), required=False, rows=5)
    payment = forms.LongTextField(label=_("Funds and payment"), required=False, rows=5)
    equipment = forms.LongTextField(
        label=_("Equipment bought with the funds"), required=False, rows=3, help_text=_("Whose it is; or that none is bought.")
    )  # fmt: skip
    secrecy = forms.LongTextField(
        label=_("Secrecy"), required=False, rows=3, help_text=_("What is kept secret, by whom, for how long.")
    )
    risk = forms.LongTextField(
        label=_("Risk"), required=False, rows=3, help_text=_("Who tells whom when the technology fails, and what then.")
    )
    risk_client_percent = forms.PercentField(
        label=_("Share of the risk borne by the commissioning party, percent"), required=False, decimal_places=2
    )
    ip = forms.LongTextField(label=_("Ownership and sharing of the results"), required=False, rows=4)
    acceptance = forms.LongTextField(label=_("Acceptance: standard, manner, disputes"), required=False, rows=4)
    other = forms.LongTextField(label=_("Other terms"), required=False, rows=3)


@require_POST
def draft_contract(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.draft_contract,
        award_id=pk,
        success=lambda made: reverse("needs:contract", args=[made.pk]),
        message=_("Drafted. Both sides can change it until both have signed."),
    )


def contract_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The contract to whoever may read it: articles, acceptance table, signatures, and what is missing still."""
    actor = actor_of(request)
    contract = policy.fetch(actor, "needs.view_contract", Contract, pk)
    open_here = CONTRACT.is_open(contract.state, "sign_contract")
    hits = checks.hits_at("needs.sign_contract", contract) if open_here else []
    signed = {one.organisation_id for one in _signatures(contract) if one.voided_at is None}
    shown = _whole(contract, actor) | {
        "lacking": [hit.missing for _check, hit in hits if hit.missing],
        "open_here": open_here,
        "signed_here": actor.organisation_id in signed,
        "may_edit": open_here and policy.can(actor, "needs.edit_contract", contract),
        "may_sign": open_here
        and actor.organisation_id not in signed
        and policy.can(actor, "needs.sign_contract", contract),
        "timeline": book.timeline(contract),
        "stated": contract,
    }
    return render_page(
        request,
        "needs/contract.html",
        shown,
        title=_("Contract %(code)s") % {"code": contract.code},
        crumbs=_contract_crumbs(contract),
    )


def contract_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The contract as it goes on paper: parties, amount in figures and words, articles, table, signature blocks."""
    actor = actor_of(request)
    contract = policy.fetch(actor, "needs.view_contract", Contract, pk)
    return render_page(
        request,
        "needs/contract_sheet.html",
        _whole(contract, actor),
        title=_("Technology development contract"),
        crumbs=_contract_crumbs(contract, _("To print")),
    )


def edit_contract(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the articles; signatures under the former words are void."""
    actor = actor_of(request)
    contract = policy.fetch(actor, "needs.edit_contract", Contract, pk)
    version = sent_version(request)

    def save(*, actor: Actor, **changes: Any) -> Contract:
        return actions.edit_contract(actor=actor, contract_id=pk, changes=changes, version=version)

    return form_page(
        request,
        "needs/contract_edit.html",
        ContractForm,
        action=save,
        success=reverse("needs:contract", args=[pk]),
        title=_("Change the contract"),
        crumbs=_contract_crumbs(contract, _("Change the contract")),
        initial={name: getattr(contract, name) for name in (*CLAUSES, "risk_client_percent")},
        submit=_("Save the contract"),
        message=_("Saved."),
        draft=f"contract-{pk}-{contract.version}",
        context={
            "contract": contract,
            "row_version": contract.version,
            "is_signed": contract.signatures.filter(voided_at__isnull=True).exists(),
        },
    )


@require_POST
def sign_contract(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request,
        actions.sign_contract,
        contract_id=pk,
        version=sent_version(request),
        success=reverse("needs:contract", args=[pk]),
        message=_("Signed."),
    )


def award_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The result of the challenge to print: winners, amounts, notice; order and totals to those who judged it."""
    actor = actor_of(request)
    award = policy.fetch(actor, "needs.view_award", Award, pk)
    challenge = award.challenge
    winners = awards_visible_to(actor).filter(challenge=challenge, state=award.state).order_by("rank", "pk")
    places = {one.bid_id: one for one in standing_for(actor, challenge)}
    rows = [
        {"award": one, "place": places.get(one.bid_id), "capitals": _capitals(one.amount)}
        for one in winners.select_related("bid__bidder", "bid__challenge")
    ]
    notices = AwardNotice.objects.filter(challenge=challenge, withdrawn_at__isnull=True)
    return render_page(
        request,
        "needs/award_sheet.html",
        {
            "award": award,
            "challenge": challenge,
            "indicators": specifications_of(challenge),
            "winners": rows,
            "judged": bool(places),
            "ranked": len(places),
            "is_final": award.state == AwardState.SIGNED,
            "notice": notices.first() if policy.can(actor, "needs.view_challenge", challenge) else None,
            "is_issuer": actor.belongs_to(challenge.issuer_id),
        },
        title=_("Result of the challenge"),
        crumbs=_crumbs(award, _("Result of the challenge")),
    )


def award_pledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The letter of commitment of the leading person: what was promised, by when, and what follows if it is missed."""
    actor = actor_of(request)
    rows = promised_awards(actor).filter(pk=pk, state=AwardState.SIGNED)
    award = rows.select_related("challenge__issuer", "challenge__need", "bid__bidder").first()
    if award is None:
        raise NotFound(_now("There is nothing here, or you have no access to it."))
    answers = answers_of(award.bid, specifications_of(award.challenge))
    return render_page(
        request,
        "needs/award_pledge.html",
        {
            "award": award,
            "challenge": award.challenge,
            "bid": award.bid,
            "facts_of": award_facts(award),
            "answers": [(one, as_text(one.commitment)) for one in answers],
            "capitals": _capitals(award.amount),
        },
        title=_("Letter of commitment"),
        crumbs=_crumbs(award, _("Letter of commitment")),
    )


def _signatures(contract: Contract) -> list[ContractSignature]:
    return list(contract.signatures.select_related("organisation", "person"))


def _whole(contract: Contract, actor: Actor) -> dict[str, Any]:
    """What page and paper show alike."""
    signatures = _signatures(contract)
    stands = {one.organisation_id: one for one in signatures if one.voided_at is None}
    return {
        "contract": contract,
        "challenge": contract.award.challenge,
        "sees_challenge": policy.can(actor, "needs.view_challenge", contract.award.challenge),
        "articles": [
            (_number(at), article_title(name), getattr(contract, name), name) for at, name in enumerate(CLAUSES, 1)
        ],
        "developer_percent": _rest(contract.risk_client_percent),
        "answers": [(one, as_text(one.commitment)) for one in contract_answers(contract)],
        "capitals": _capitals(contract.amount),
        "signatures": signatures,
        "sides": [
            (_("Commissioning party"), contract.client, stands.get(contract.client_id)),
            (_("Developing party"), contract.developer, stands.get(contract.developer_id)),
        ],
    }


def _number(at: int) -> str:
    """第三条, as contracts count; in English a plain number."""
    return f"第{'一二三四五六七八九'[at - 1]}条" if in_chinese() else f"{at}."


def _rest(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else Decimal(100) - percent


def _capitals(amount: Decimal) -> str:
    """The amount in Chinese capital numerals, where the page is Chinese."""
    return in_capitals(amount) if in_chinese() else ""


def _crumbs(award: Award, here: Any) -> list[Any]:
    challenge = award.challenge
    return [
        crumb(_("Challenges"), reverse("needs:challenges")),
        crumb(challenge.code, reverse("needs:challenge", args=[challenge.pk])),
        crumb(_("Award"), reverse("needs:award", args=[award.pk])),
        crumb(here),
    ]


def _contract_crumbs(contract: Contract, here: Any = None) -> list[Any]:
    """Below the list of contracts: whoever reads a contract need not see its challenge."""
    above = crumb(_("Contracts"), reverse("needs:contracts"))
    if here is None:
        return [above, crumb(contract.code)]
    return [above, crumb(contract.code, reverse("needs:contract", args=[contract.pk])), crumb(here)]
