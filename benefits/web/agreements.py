"""Pages of share agreements: the one ledger of all parties, the share tables, what is earned."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from benefits import queries
from benefits.actions import agreement as actions
from benefits.models import AgreementParty, AgreementVersion, Dispute, Income, ShareAgreement, Statement
from benefits.states import DisputeState, VersionState
from benefits.web import forms
from benefits.web.doors import act, actor_of
from benefits.web.figures import flow, share_text
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.web import tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page

TABS = ("ledger", "shares", "history")
KINDS: dict[str, Any] = {"settlement": _("Settlement"), "payment_confirmed": _("Payment confirmed")}
ACCOUNTS: dict[str, Any] = {
    "income": _("Income to be shared"),
    "payable": _("Owed to %(party)s"),
    "paid": _("Received by %(party)s"),
}


class Agreements(tables.Table):
    """The agreements one is a party of."""

    columns = [
        tables.Column(
            "subject_title", _("Agreement of"), sort="subject_title", is_primary=True,
            link=lambda row: reverse("benefits:agreement", args=[row.pk]),
        ),
        tables.Column("party_count", _("Parties"), kind="number", sort="party_count"),
        tables.Column(
            "in_force", _("Share table in force"), sort="in_force", value=lambda row: f"v{row.in_force}" if row.in_force else None
        ),
        tables.Column("income_total", _("Income"), kind="money", sort="income_total"),
        tables.Column("created_at", _("Opened on"), kind="date", sort="created_at"),
    ]  # fmt: skip
    search = ["subject_title", "parties__organisation__name"]
    filters = [
        tables.Choice(
            "state", _("Share table"), choices=[("yes", _("In force")), ("no", _("Not in force yet"))],
            apply=lambda value: Q(in_force__isnull=value == "no"),
        ),
        tables.DateRange("opened", _("Opened on"), lookup="created_at", is_moment=True),
    ]  # fmt: skip
    default_sort = "-created_at"
    file_name = "agreements"
    empty = tables.Empty(
        _("No share agreement yet"),
        _("Each project's parties agree here on how they share what it earns; the project's page opens the agreement."),
        icon="chart-pie",
    )

    def search_condition(self, text: str) -> Q:
        """Parties are searched in a query of their own, so that an agreement shows once."""
        found = Q()
        for word in text.split()[:8]:
            party = ShareAgreement.objects.filter(parties__organisation__name__icontains=word).values("pk")
            found &= Q(subject_title__icontains=word) | Q(pk__in=party)
        return found


class Entries(tables.Table):
    """The ledger's entries of one agreement."""

    columns = [
        tables.Column("booked_at", _("When"), kind="datetime", value="txn.booked_at", sort="txn__booked_at", is_primary=True),
        tables.Column("id", _("Entry"), kind="code", value=lambda row: f"E-{row.pk}", sort="id"),
        tables.Column("kind", _("What"), value=lambda row: KINDS.get(row.txn.kind, row.txn.kind), sort="txn__kind"),
        tables.Column("account", _("Account"), value=lambda row: account_name(row.account)),
        tables.Column("amount", _("Into (+) or out of (−)"), kind="exact_money", value="yuan", sort="amount"),
        tables.Column("balance", _("Balance after"), kind="exact_money", value="yuan_after"),
        tables.Column("cites", _("Cites"), value="txn.reason"),
        tables.Column("txn", _("Transaction"), value=lambda row: str(row.txn_id), in_page=False),
    ]  # fmt: skip
    search = ["account__organisation__name", "txn__reason"]
    filters = [
        tables.Choice("kind", _("What"), lookup="txn__kind", choices=lambda: KINDS.items()),
        tables.DateRange("booked", _("When"), lookup="txn__booked_at", is_moment=True),
    ]
    default_sort = "-booked_at"
    file_name = "ledger"
    empty = tables.Empty(
        _("Nothing is posted yet"),
        _("Each settlement and each confirmed payment posts its entries here."),
        icon="scale",
    )


def account_name(account: Any) -> str:
    """What an account holds, in words."""
    words = str(ACCOUNTS.get(account.kind, account.kind))
    return words % {"party": account.organisation} if account.organisation_id else words


def list_agreements(request: HttpRequest) -> HttpResponse:
    """The agreements one is a party of."""
    rows = queries.with_sums(queries.agreements_visible_to(actor_of(request)))
    return tables.render(request, Agreements(rows), title=_("Share agreements"))


def agreement_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One ledger that every party sees with the same totals (R088)."""
    actor = actor_of(request)
    agreement = policy.fetch(actor, "benefits.view_agreement", ShareAgreement, pk)
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else TABS[0]
    rows = agreement.versions.select_related("template_version__template")
    versions = list(rows.prefetch_related("lines__organisation", "signatures__organisation", "signatures__person"))
    newest = versions[0] if versions else None
    present = next((one for one in versions if one.state == VersionState.IN_FORCE), None)
    shown = {
        "agreement": agreement, "versions": versions, "present": present, "newest": newest, "tab": tab, "tabs": _tabs(agreement, tab),
        "tab_template": f"benefits/_agreement_{tab}.html", "waiting": _unsigned(newest), "stated": present or newest,
        **_PARTS[tab](actor, agreement, present), **_asks(actor, agreement, newest),
    }  # fmt: skip
    parties = agreement.parties.count()
    facts = [(_("Parties"), parties), (_("Share table"), f"v{present.number}" if present else _("not in force yet"))]
    return render_page(
        request, "benefits/agreement.html", shown, title=agreement.subject_title, crumbs=crumbs(agreement), facts=facts
    )


def list_entries(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agreement's ledger, entry by entry."""
    agreement = policy.fetch(actor_of(request), "benefits.view_agreement", ShareAgreement, pk)
    table = Entries(queries.ledger_entries(agreement))
    intro = _("Every transaction sums to zero; nothing is ever changed, a mistake is corrected by a reversing entry.")
    way = [*crumbs(agreement, pk), crumb(_("Ledger entries"))]
    return tables.render(request, table, title=_("Ledger entries"), crumbs=way, intro=intro)


def propose_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose a share table (R079)."""
    agreement = policy.fetch(actor_of(request), "benefits.propose_version", ShareAgreement, pk)
    newest = agreement.versions.order_by("-number").first()
    return form_page(
        request, "benefits/propose_version.html", forms.ShareTable, action=partial(actions.propose_version, agreement_id=pk),
        title=_("Propose a share table"), submit=_("Propose"), crumbs=[*crumbs(agreement, pk), crumb(_("Share table"))],
        form_kwargs={"agreement": agreement}, initial=forms.share_table_initial(agreement, newest), draft=f"shares-{pk}",
        success=f"{reverse('benefits:agreement', args=[pk])}?tab=shares", message=_("Proposed; every party now signs."),
        context={
            "cancel_url": reverse("benefits:agreement", args=[pk]), "newest": newest, "agreement": agreement,
            "offered": queries.templates_for(agreement)[:10],
        },
    )  # fmt: skip


@require_POST
def sign_agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    version = policy.fetch(actor_of(request), "benefits.view_version", AgreementVersion, pk)
    home = reverse("benefits:agreement", args=[version.agreement_id])
    return act(request, actions.sign_agreement, version_id=pk, success=f"{home}?tab=shares", message=_("Signed."))


def record_income(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record money that was earned (R080)."""
    agreement = policy.fetch(actor_of(request), "benefits.record_income", ShareAgreement, pk)
    home = reverse("benefits:agreement", args=[pk])
    return form_page(
        request, "components/form_page.html", forms.IncomeForm, action=partial(actions.record_income, agreement_id=pk),
        title=_("Record income"), submit=_("Record"), success=home, crumbs=[*crumbs(agreement, pk), crumb(_("Record income"))],
        message=_("Recorded; settling it is the next step."), context={"cancel_url": home},
    )  # fmt: skip


@require_POST
def settle_income(request: HttpRequest, pk: UUID) -> HttpResponse:
    policy.fetch(actor_of(request), "benefits.view_income", Income, pk)
    return act(
        request, actions.settle_income, income_id=pk, message=_("Settled to the fen."),
        success=lambda row: reverse("benefits:settlement", args=[row.pk]),
    )  # fmt: skip


def crumbs(agreement: ShareAgreement, pk: UUID | None = None) -> list[Crumb]:
    """The way to an agreement; with `pk` its own step is a link."""
    own = crumb(agreement.subject_title, reverse("benefits:agreement", args=[pk]) if pk else "")
    return [crumb(_("Share agreements"), reverse("benefits:agreements")), own]


def _tabs(agreement: ShareAgreement, tab: str) -> list[dict[str, Any]]:
    words = {"ledger": _("Ledger"), "shares": _("Share table"), "history": _("History")}
    home = reverse("benefits:agreement", args=[agreement.pk])
    return [{"label": words[key], "url": f"{home}?tab={key}", "is_current": key == tab} for key in TABS]


def _unsigned(newest: AgreementVersion | None) -> list[AgreementParty]:
    """The parties whose signature the newest table waits for."""
    if newest is None or newest.state != VersionState.SIGNING:
        return []
    return list(queries.unsigned_parties(newest))


def _ledger(actor: Actor, agreement: ShareAgreement, present: AgreementVersion | None) -> dict[str, Any]:
    totals = queries.ledger_totals(agreement)
    shares = {pk: share_text(share) for pk, share in queries.shares_of_version(present).items()} if present else {}
    rows = Statement.objects.filter(settlement__income__agreement=agreement)
    statements = list(rows.select_related("organisation", "line__parent").order_by("line__position"))
    disputes = Dispute.objects.filter(statement__settlement__income__agreement=agreement)
    newest = queries.ledger_entries(agreement)[:12]
    entries = [(one, account_name(one.account), KINDS.get(one.txn.kind, one.txn.kind)) for one in newest]
    return {
        "totals": totals, "shares": shares, "mine": next((one for one in totals.parties if actor.belongs_to(one.organisation_id)), None),
        "incomes": list(agreement.incomes.select_related("settlement__version", "organisation")),
        "can_settle": policy.can(actor, "benefits.record_income", agreement), "health": queries.health(agreement),
        "chart": flow(statements, totals.settled, actor), "entries": entries,
        "disputes": list(disputes.select_related("organisation", "statement__organisation")[:20]),
        "open_state": DisputeState.OPEN, "tranches": queries.tranches_of(agreement.subject_id),
        "exposure": queries.exposure(agreement.subject_id),
    }  # fmt: skip


def _shares(actor: Actor, agreement: ShareAgreement, present: AgreementVersion | None) -> dict[str, Any]:
    return {"parties": list(agreement.parties.select_related("organisation"))}


def _history(actor: Actor, agreement: ShareAgreement, present: AgreementVersion | None) -> dict[str, Any]:
    return {"timeline": book.timeline(agreement, limit=100)}


_PARTS: dict[str, Any] = {"ledger": _ledger, "shares": _shares, "history": _history}


def _asks(actor: Actor, agreement: ShareAgreement, newest: AgreementVersion | None) -> dict[str, Any]:
    """The buttons: what the state allows and the rules allow too."""
    buttons: list[dict[str, Any]] = []
    if newest is not None and _may_sign(actor, newest):
        url, label = (
            reverse("benefits:sign_agreement", args=[newest.pk]),
            _("Sign v%(number)d") % {"number": newest.number},
        )
        buttons.append({"label": label, "url": url, "post": True, "primary": True, "icon": "signature"})
    if policy.can(actor, "benefits.propose_version", agreement):
        url = reverse("benefits:propose_version", args=[agreement.pk])
        buttons.append(
            {"label": _("Propose a share table"), "url": url, "icon": "chart-pie", "primary": newest is None}
        )
    if policy.can(actor, "benefits.record_income", agreement):
        url = reverse("benefits:record_income", args=[agreement.pk])
        buttons.append({"label": _("Record income"), "url": url, "icon": "plus"})
    return {"actions": buttons}


def _may_sign(actor: Actor, version: AgreementVersion) -> bool:
    signed = {one.organisation_id for one in version.signatures.all()}
    is_open = version.state == VersionState.SIGNING and actor.organisation_id not in signed
    return is_open and policy.can(actor, "benefits.sign_agreement", version)
