"""The list of contracts made of awards."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.web import tables
from needs.models.contract import ContractSignature
from needs.queries.contract import contracts_visible_to, oversees_contracts
from needs.states.contract import ContractState
from needs.web.doors import actor_of


class Contracts(tables.Table):
    """Contracts with their sides, amount and how many of the two signatures stand."""

    columns = [
        tables.Column("code", _("Contract"), sort="code", is_primary=True, note=lambda row: row.award.challenge.title,
                      link=lambda row: reverse("needs:contract", args=[row.pk])),
        tables.Column("challenge", _("Challenge"), value="award.challenge.code", kind="code", sort="award__challenge__code"),
        tables.Column("title", _("Title"), value="award.challenge.title", in_page=False),
        tables.Column("client", _("Commissioning party"), value="client.name", sort="client__name"),
        tables.Column("developer", _("Developing party"), value="developer.name", sort="developer__name"),
        tables.Column("amount", _("Amount"), kind="money", sort="amount"),
        tables.Column("signatures", _("Signatures of two"), kind="number",
                      value=lambda row: sum(one.voided_at is None for one in row.signatures.all())),
        tables.Column("created_at", _("Drafted on"), kind="date", sort="created_at"),
        tables.Column("signed_at", _("Concluded on"), kind="date", sort="signed_at"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
    ]  # fmt: skip
    filters = [
        tables.Choice("state", _("State"), choices=ContractState.choices, facet=True),
        tables.Values("challenge", _("Challenge"), lookup="award__challenge__code"),
        tables.NumberRange("amount", _("Amount"), unit=_("yuan")),
        tables.DateRange("signed", _("Concluded on"), lookup="signed_at", is_moment=True),
    ]
    search = ["code", "award__challenge__title", "award__challenge__code", "client__name", "developer__name"]
    default_sort = "-created_at"
    file_name = "contracts"
    empty = tables.Empty(
        _("No contract yet"),
        _("When an award has both signatures, its issuer drafts the contract; both sides change it and sign it here."),
        _("See the challenges"),
        "/needs/challenges/",
        icon="file-text",
    )

    def get_filters(self) -> Sequence[tables.Filter]:
        pk = self.context["actor"].organisation_id
        if pk is None:
            return self.filters
        sides = [("client", _("Commissioning party")), ("developer", _("Developing party"))]
        return [
            tables.Choice("side", _("We are"), choices=sides, apply=lambda side: Q(**{side: pk})),
            tables.Choice("waits", _("Still to sign"), apply=lambda whose: waits_for(whose, pk),
                          choices=[("ours", _("Our side")), ("theirs", _("The other side"))]),
            *self.filters,
        ]  # fmt: skip


def waits_for(whose: str, organisation_id: UUID) -> Q:
    """Drafts of the organisation that its own side, or the other one, has not signed as they stand."""
    stands = ContractSignature.objects.filter(contract=OuterRef("pk"), voided_at__isnull=True)
    by_us = stands.filter(organisation=organisation_id)
    missing = ~Exists(by_us) if whose == "ours" else ~Exists(stands.exclude(organisation=organisation_id))
    side = Q(client=organisation_id) | Q(developer=organisation_id)
    return Q(missing, side, state=ContractState.DRAFT)


def list_contracts(request: HttpRequest) -> HttpResponse:
    """The contracts that the actor may read: their own organisation's; concluded ones to who oversees staged money."""
    actor = actor_of(request)
    rows = contracts_visible_to(actor).select_related("award__challenge", "client", "developer")
    intro = (
        _("Contracts of your organisation; of the others you read the concluded ones.")
        if oversees_contracts(actor)
        else ""
    )
    table = Contracts(rows.prefetch_related("signatures"), actor=actor)
    return tables.render(request, table, title=_("Contracts"), intro=intro)
