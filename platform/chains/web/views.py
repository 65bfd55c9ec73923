"""Chains, their map and their machines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains import actions
from chains.models import Chain, ChainNode, LeaderDesignation, NodeMember
from chains.queries import chains_visible_to, machines_visible_to
from chains.states import Tier
from chains.web import forms
from core import book
from core.access import policy
from core.errors import NotAllowed
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page


def present_leader(row: Chain) -> str:
    """The leader from the prefetched designations."""
    return next((str(one.organisation) for one in row.designations.all() if one.until is None), "")


class Chains(tables.Table):
    columns = [
        tables.Column(
            "name",
            _("Chain"),
            value=str,
            sort="name",
            is_primary=True,
            link=lambda row: reverse("chains:chain", args=[row.pk]),
        ),
        tables.Column("leader", _("Chain leader"), value=present_leader),
        tables.Column("node_count", _("Nodes"), kind="number", sort="node_count"),
        tables.Column("member_count", _("Organisations"), kind="number", sort="member_count"),
    ]
    search = ["name", "name_en", "intro"]
    default_sort = "name"
    file_name = "chains"
    filters = [
        tables.Choice(
            "led",
            _("Leader"),
            choices=[("yes", _("With a leader")), ("no", _("Without a leader"))],
            apply=lambda value: (
                Q(pk__in=LeaderDesignation.objects.filter(until__isnull=True).values("chain_id"))
                if value == "yes"
                else ~Q(pk__in=LeaderDesignation.objects.filter(until__isnull=True).values("chain_id"))
            ),
        ),
    ]
    empty = tables.Empty(_("No chain yet"), _("A platform admin draws the first chain map."))


class Machines(tables.Table):
    columns = [
        tables.Column("name", _("Machine"), sort="name", is_primary=True),
        tables.Column("maker", _("Maker"), sort="maker"),
        tables.Column("model", _("Type"), sort="model"),
        tables.Column("count", _("Number"), kind="number", sort="count"),
        tables.Column("organisation", _("Organisation"), value="organisation.name", sort="organisation__name"),
        tables.Column("node", _("Node"), value=lambda row: str(row.node) if row.node else ""),
    ]
    search = ["name", "maker", "model", "organisation__name"]
    filters = [
        tables.Choice(
            "node",
            _("Node"),
            lookup="node_id",
            choices=lambda: [(row.pk, str(row)) for row in ChainNode.objects.order_by("chain", "order")],
        )
    ]
    default_sort = "name"
    file_name = "machines"
    empty = tables.Empty(_("No machine yet"), _("Machines that bids and pilot runs refer to stand here."))

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["mine"], "organisation_id"), *self.filters]


def list_chains(request: HttpRequest) -> HttpResponse:
    """All chains."""
    actor = _actor(request)
    led = Prefetch("designations", LeaderDesignation.objects.filter(until__isnull=True).select_related("organisation"))
    rows = (
        chains_visible_to(actor)
        .prefetch_related(led)
        .annotate(
            node_count=Count("nodes", distinct=True), member_count=Count("nodes__members__organisation", distinct=True)
        )
    )
    buttons = []
    if policy.can(actor, "chains.create_chain"):
        buttons.append(
            {"label": _("New chain"), "url": reverse("chains:create_chain"), "icon": "plus", "primary": True}
        )
    return tables.render(request, Chains(rows), title=_("Industry chains"), actions=buttons)


def chain_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The chain map in its three columns, who works where, and who leads."""
    actor = _actor(request)
    chain = policy.fetch(actor, "chains.view_chain", Chain, pk)
    members = Prefetch("members", NodeMember.objects.select_related("organisation").order_by("organisation__name"))
    nodes = list(chain.nodes.prefetch_related(members).order_by("order"))
    columns = [(tier.label, [node for node in nodes if node.tier == tier]) for tier in Tier]
    designations = list(chain.designations.select_related("organisation", "designated_by"))
    leader = next((row for row in designations if row.until is None), None)
    shown = {
        "chain": chain,
        "columns": columns,
        "leader": leader,
        "designations": designations,
        "timeline": book.timeline(chain),
        "can_edit": policy.can(actor, "chains.edit_chain", chain),
        "can_designate": policy.can(actor, "chains.designate_leader", chain),
        "can_join": policy.can(actor, "chains.join_node"),
        "can_propose": policy.can(actor, "chains.propose_joint_room", chain),
    }
    facts = [(_("Chain leader"), leader.organisation.name if leader else _("none yet")), (_("Nodes"), len(nodes))]
    return render_page(request, "chains/chain.html", shown, title=str(chain), crumbs=_crumbs(chain), facts=facts)


def create_chain(request: HttpRequest) -> HttpResponse:
    _actor(request)
    policy.require(request.actor, "chains.create_chain")  # type: ignore[attr-defined]
    return form_page(
        request,
        "components/form_page.html",
        forms.ChainForm,
        action=actions.create_chain,
        title=_("New chain"),
        crumbs=_crumbs(None, _("New chain")),
        success=lambda chain: reverse("chains:chain", args=[chain.pk]),
    )


def edit_chain(request: HttpRequest, pk: UUID) -> HttpResponse:
    chain = policy.fetch(_actor(request), "chains.edit_chain", Chain, pk)

    def act(actor: Any, **values: Any) -> Chain:
        return actions.edit_chain(actor=actor, chain_id=pk, changes=values)

    first = {"name": chain.name, "name_en": chain.name_en, "intro": chain.intro}
    return _form(request, chain, forms.ChainForm, act, _("Edit"), initial=first)


def add_node(request: HttpRequest, pk: UUID) -> HttpResponse:
    chain = policy.fetch(_actor(request), "chains.edit_chain", Chain, pk)
    return _form(request, chain, forms.NodeForm, _on(actions.add_node, pk), _("Add a node"))


def designate_leader(request: HttpRequest, pk: UUID) -> HttpResponse:
    chain = policy.fetch(_actor(request), "chains.designate_leader", Chain, pk)
    return _form(request, chain, forms.LeaderForm, _on(actions.designate_leader, pk), _("Designate the leader"))


def join_node(request: HttpRequest, pk: UUID) -> HttpResponse:
    chain = policy.fetch(_actor(request), "chains.view_chain", Chain, pk)
    policy.require(request.actor, "chains.join_node", chain)  # type: ignore[attr-defined]
    return _form(
        request, chain, forms.JoinForm, actions.join_node, _("Put us on the map"), form_kwargs={"chain": chain}
    )


def list_machines(request: HttpRequest) -> HttpResponse:
    """The machine park."""
    actor = _actor(request)
    rows = machines_visible_to(actor).select_related("organisation", "node")
    buttons = []
    if policy.can(actor, "chains.add_machine"):
        buttons.append(
            {"label": _("Add a machine"), "url": reverse("chains:add_machine"), "icon": "plus", "primary": True}
        )
    return tables.render(request, Machines(rows, mine=actor.organisation_id), title=_("Machine park"), actions=buttons)


def add_machine(request: HttpRequest) -> HttpResponse:
    policy.require(_actor(request), "chains.add_machine")
    return form_page(
        request,
        "components/form_page.html",
        forms.MachineForm,
        action=actions.add_machine,
        title=_("Add a machine"),
        crumbs=[crumb(_("Machine park"), reverse("chains:machines")), crumb(_("Add a machine"))],
        success=reverse("chains:machines"),
    )


def _form(
    request: HttpRequest, chain: Chain, form: Any, action: Callable[..., Any], title: Any, **extra: Any
) -> HttpResponse:
    return form_page(
        request,
        "components/form_page.html",
        form,
        action=action,
        title=title,
        crumbs=_crumbs(chain, title),
        success=reverse("chains:chain", args=[chain.pk]),
        message=_("Saved."),
        **extra,
    )


def _on(action: Callable[..., Any], pk: UUID) -> Callable[..., Any]:
    def act(actor: Any, **values: Any) -> Any:
        return action(actor=actor, chain_id=pk, **values)

    return act


def _crumbs(chain: Chain | None, last: Any = "") -> list[Any]:
    steps = [crumb(_("Industry chains"), reverse("chains:chains"))]
    if chain is not None:
        steps.append(crumb(str(chain), reverse("chains:chain", args=[chain.pk]) if last else ""))
    return [*steps, crumb(last)] if last else steps


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor
