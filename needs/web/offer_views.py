"""Resources on offer and asked for: the list, one of them, and the flows between them (R003)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.models import Chain
from chains.states import Tier
from core import book
from core.access import policy
from core.search import queries as search
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page, sent_version
from needs.actions import offer as actions
from needs.models.offer import Flow, Offer
from needs.queries.offer import fitting, flows_visible_to, offers_visible_to
from needs.states.offer import FLOW, Direction, FlowDirection, FlowState, OfferState, ResourceKind
from needs.web import offer_forms as forms
from needs.web.doors import act, actor_of
from needs.web.need_forms import ReasonForm


def _chains() -> list[tuple[Any, str]]:
    return [(row.pk, str(row)) for row in Chain.objects.all()]


class Offers(tables.Table):
    columns = [
        tables.Column("title", _("Title"), sort="title", is_primary=True, note=lambda row: row.code,
                      link=lambda row: reverse("needs:offer", args=[row.pk])),
        tables.Column("code", _("Number"), kind="code", sort="code", in_page=False),
        tables.Column("direction", _("Offer or request"), sort="direction"),
        tables.Column("kind", _("Kind"), sort="kind"),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name"),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.node.chain), sort="node__chain__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node), sort="node__name"),
        tables.Column("amount", _("Amount"), kind="money", sort="amount"),
        tables.Column("open_until", _("Open until"), kind="date", sort="open_until"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("text", _("What it is"), in_page=False),
        tables.Column("terms", _("Terms"), in_page=False),
        tables.Column("reach", _("Who may read it"), in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("direction", _("Offer or request"), choices=Direction.choices, facet=True),
        tables.Choice("kind", _("Kind"), choices=ResourceKind.choices, facet=True),
        tables.Choice("chain", _("Chain"), lookup="node__chain_id", choices=_chains),
        tables.Choice("tier", _("Tier"), lookup="node__tier", choices=Tier.choices),
        tables.Choice("state", _("State"), choices=OfferState.choices, facet=True),
        tables.NumberRange("amount", _("Amount"), unit=_("10,000 yuan"), scale=Decimal(10000)),
        tables.DateRange("until", _("Open until"), lookup="open_until"),
    ]  # fmt: skip
    search = ["title"]
    search_hint = _("Search in both languages")
    default_sort = "-created_at"
    file_name = "offers"
    empty = tables.Empty(
        _("Nothing offered or asked for yet"), _("Technology, talent, data and capital that flow along the chain begin here."),
        icon="arrows-exchange",
    )  # fmt: skip

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["actor"].organisation_id, "owner_id"), *self.filters]

    def search_condition(self, text: str) -> Q:
        """Through the one search: words of both languages, pairs of characters, typing errors."""
        return search.found_by_words(self.context["actor"], text, "offer")


def of_chain(chain_id: str) -> Q:
    """Flows that begin or end in the chain."""
    return Q(from_node__chain_id=chain_id) | Q(to_node__chain_id=chain_id)


class Flows(tables.Table):
    columns = [
        tables.Column("what", _("Resource"), value="offer.title", sort="offer__title", is_primary=True,
                      link=lambda row: reverse("needs:flow", args=[row.pk])),
        tables.Column("kind", _("Kind"), sort="kind"),
        tables.Column("giver", _("From"), value="giver.name", sort="giver__name", note=lambda row: row.from_node),
        tables.Column("from_node", _("From node"), value=lambda row: str(row.from_node), in_page=False),
        tables.Column("taker", _("To"), value="taker.name", sort="taker__name", note=lambda row: row.to_node),
        tables.Column("to_node", _("To node"), value=lambda row: str(row.to_node), in_page=False),
        tables.Column("direction", _("Direction"), sort="direction"),
        tables.Column("starts_on", _("From which day"), kind="date", sort="starts_on"),
        tables.Column("agreement", _("Agreement"), sort="agreement"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("recorded_at", _("Recorded"), kind="datetime", sort="recorded_at", in_page=False),
    ]  # fmt: skip
    filters = [
        tables.Choice("kind", _("Kind"), choices=ResourceKind.choices, facet=True),
        tables.Choice("direction", _("Direction"), choices=FlowDirection.choices, facet=True),
        tables.Choice("chain", _("Chain"), choices=_chains, apply=of_chain),
        tables.Choice("state", _("State"), choices=FlowState.choices, facet=True),
        tables.DateRange("day", _("From which day"), lookup="starts_on"),
    ]
    search = ["offer__title", "request__title", "giver__name", "taker__name", "agreement"]
    default_sort = "-created_at"
    file_name = "flows"
    empty = tables.Empty(
        _("Nothing flows yet"), _("A flow is recorded when an offer and a request come together."), icon="arrows-exchange"
    )  # fmt: skip


def list_offers(request: HttpRequest) -> HttpResponse:
    """What is offered and asked for, of all four kinds."""
    actor = actor_of(request)
    rows = offers_visible_to(actor).select_related("owner", "node__chain")
    buttons = []
    if actor.organisation and policy.can(actor, "needs.post_offer", actor.organisation):
        buttons = [
            {"label": _("Offer something"), "url": reverse("needs:post_offer") + "?direction=offer", "icon": "plus", "primary": True},
            {"label": _("Ask for something"), "url": reverse("needs:post_offer") + "?direction=request", "icon": "plus"},
        ]  # fmt: skip
    return tables.render(
        request, Offers(rows, actor=actor), title=_("Offers"), actions=buttons, template="needs/offers.html", context={"tabs": parts()},
        intro=_("Technology, talent, data and capital: who offers it, who asks for it, and what flows."),
    )  # fmt: skip


def list_flows(request: HttpRequest) -> HttpResponse:
    """Every flow one may see, with its agreement and its day."""
    actor = actor_of(request)
    rows = flows_visible_to(actor).select_related("offer", "giver", "taker", "from_node", "to_node")
    return tables.render(
        request, Flows(rows), title=_("Flows"), template="needs/offers.html", context={"tabs": parts()}, crumbs=_crumbs(_("Flows"))
    )  # fmt: skip


def post_offer(request: HttpRequest) -> HttpResponse:
    """Offer a resource or ask for one."""
    actor = actor_of(request)
    policy.require(actor, "needs.post_offer", actor.organisation)
    known = {name: request.GET[name] for name in ("direction", "kind", "node") if name in request.GET}
    return form_page(
        request, "components/form_page.html", forms.NewOffer, action=actions.post_offer, title=_("Offer or ask"), draft="offer",
        crumbs=_crumbs(_("Offer or ask")), initial=known, form_kwargs={"owner": actor.organisation_id}, message=_("It stands in the list."),
        success=lambda row: reverse("needs:offer", args=[row.pk]),
    )  # fmt: skip


def offer_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it is, under which terms, what fits it, and what flows."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_offer", Offer, pk)
    own, is_open = actor.belongs_to(row.owner_id), row.state == OfferState.OPEN
    flows = flows_visible_to(actor).filter(Q(offer=row) | Q(request=row))
    may = {
        name: is_open and policy.can(actor, f"needs.{name}", row)
        for name in ("edit_offer", "withdraw_offer", "propose_flow")
    }
    shown = {
        "offer": row, "own": own, "may": may, "stated": row,
        "fitting": fitting(actor, row) if is_open else [], "flows": list(flows.select_related("giver", "taker", "from_node", "to_node")[:50]),
        "ours": _ours(actor, row) if is_open and not own else [],
        "readers": list(row.readers.order_by("name")) if own else [],
        "timeline": book.timeline(row) if own else [],
    }  # fmt: skip
    facts: list[tuple[Any, Any]] = [
        (row.get_direction_display(), row.get_kind_display()), (_("Owner"), row.owner.name), (_("Chain"), str(row.node.chain)),
        (_("Node"), str(row.node)),
    ]  # fmt: skip
    return render_page(request, "needs/offer.html", shown, title=row.title, crumbs=_crumbs(row.code), facts=facts)


def _ours(actor: Any, row: Offer) -> list[Offer]:
    """The reader's own open rows that could go with it."""
    other = Direction.REQUEST if row.direction == Direction.OFFER else Direction.OFFER
    rows = offers_visible_to(actor).filter(owner_id=actor.organisation_id, state=OfferState.OPEN)
    return list(rows.filter(direction=other, kind=row.kind)[:20])


def edit_offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.edit_offer", Offer, pk)
    version = sent_version(request)

    def run(actor: Any, **values: Any) -> Offer:
        return actions.edit_offer(actor=actor, offer_id=pk, changes=values, version=version)

    first = {name: getattr(row, name) for name in forms.OfferWords.base_fields if name != "readers"}
    first["readers"] = [str(one) for one in row.readers.values_list("pk", flat=True)]
    return _form(request, row, forms.OfferWords, run, _("Edit"), initial=first, owner=row.owner_id)


def withdraw_offer(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.withdraw_offer", Offer, pk)

    def run(actor: Any, **values: Any) -> Offer:
        return actions.withdraw_offer(actor=actor, offer_id=pk, **values)

    return _form(request, row, ReasonForm, run, _("Withdraw"))


def propose_flow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Join one's own offer or request with one of another organisation; that one answers."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.propose_flow", Offer, pk)

    def run(actor: Any, **values: Any) -> Flow:
        return actions.propose_flow(actor=actor, offer_id=pk, **values)

    return form_page(
        request, "components/form_page.html", forms.ProposeForm, action=run, title=_("Propose a flow"), submit=_("Propose"),
        crumbs=_crumbs(_("Propose a flow"), row), initial={"counterpart": request.GET.get("counterpart", "")},
        form_kwargs={"actor": actor, "offer": row}, message=_("Proposed. The other side is asked."),
        success=lambda flow: reverse("needs:flow", args=[flow.pk]),
    )  # fmt: skip


def flow_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From where to where, when, under which agreement and terms, and what is asked of the reader."""
    actor = actor_of(request)
    flow = policy.fetch(actor, "needs.view_flow", Flow, pk)
    is_party = actor.belongs_to(flow.giver_id) or actor.belongs_to(flow.taker_id)
    known = [move for move in FLOW.open_moves(flow.state) if policy.can(actor, f"needs.{move}", flow)]
    changed = flow.state == FlowState.PROPOSED and (
        (flow.offer.version, flow.request.version) != (flow.offer_version, flow.request_version)
    )
    seen = set(offers_visible_to(actor).filter(pk__in=[flow.offer_id, flow.request_id]).values_list("pk", flat=True))
    shown = {
        "flow": flow, "stated": flow, "moves": known, "is_party": is_party, "is_changed": changed, "seen": seen,
        "timeline": book.timeline(flow) if is_party else [],
    }  # fmt: skip
    facts = [(_("Kind"), flow.get_kind_display()), (_("Direction"), flow.get_direction_display())]
    crumbs = [*_crumbs(_("Flows"))[:1], crumb(_("Flows"), reverse("needs:flows")), crumb(str(flow))]
    return render_page(request, "needs/flow.html", shown, title=flow.offer.title, crumbs=crumbs, facts=facts)


@require_POST
def accept_flow(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.accept_flow, flow_id=pk, success=reverse("needs:flow", args=[pk]), message=_("Recorded.")
    )


@require_POST
def withdraw_flow(request: HttpRequest, pk: UUID) -> HttpResponse:
    return act(
        request, actions.withdraw_flow, flow_id=pk, success=reverse("needs:flow", args=[pk]), message=_("Taken back.")
    )


def decline_flow(request: HttpRequest, pk: UUID) -> HttpResponse:
    flow = policy.fetch(actor_of(request), "needs.decline_flow", Flow, pk)

    def run(actor: Any, **values: Any) -> Flow:
        return actions.decline_flow(actor=actor, flow_id=pk, **values)

    return form_page(
        request, "components/form_page.html", ReasonForm, action=run, title=_("Decline"), crumbs=_crumbs(str(flow)),
        submit=_("Decline"), success=reverse("needs:flow", args=[pk]),
    )  # fmt: skip


def parts(*, is_map: bool = False) -> list[Mapping[str, Any]]:
    """The pages that hang under the offers."""
    return [
        {"label": _("Offers and requests"), "url": reverse("needs:offers")},
        {"label": _("Flows"), "url": reverse("needs:flows")},
        {"label": _("Flow map"), "url": reverse("needs:flow_maps"), **({"is_current": True} if is_map else {})},
    ]


def _crumbs(last: Any, row: Offer | None = None) -> list[Any]:
    steps = [crumb(_("Offers"), reverse("needs:offers"))]
    if row is not None:
        steps.append(crumb(row.code, reverse("needs:offer", args=[row.pk])))
    return [*steps, crumb(last)]


def _form(
    request: HttpRequest, row: Offer, form: Any, run: Any, title: Any, *, initial: Any = None, **extra: Any
) -> HttpResponse:
    return form_page(
        request, "components/form_page.html", form, action=run, title=title, crumbs=_crumbs(title, row), initial=initial,
        form_kwargs=extra, success=reverse("needs:offer", args=[row.pk]), message=_("Saved."), context={"row_version": row.version},
    )  # fmt: skip
