"""What teams are able to do: list, page, forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chains.models import Chain
from core import book
from core.access import policy
from core.search import queries as search
from core.tally import Facet
from core.web import tables
from core.web.forms import form_page
from core.web.page import crumb, render_page, sent_version
from needs.actions import result as actions
from needs.models.result import Capability
from needs.queries.result import capabilities_visible_to
from needs.states.result import CapabilityState
from needs.web.doors import actor_of
from needs.web.need_forms import ReasonForm
from needs.web.outcome_views import result_tabs
from needs.web.result_forms import CapabilityForm


def capability_link(row: Capability) -> str:
    return reverse("needs:capability", args=[row.pk])


class Capabilities(tables.Table):
    columns = [
        tables.Column("title", _("Capability"), value=str, sort="title", is_primary=True, link=capability_link),
        tables.Column("owner", _("Owner"), value="owner.name", sort="owner__name", note=lambda row: row.team),
        tables.Column("team", _("Team"), in_page=False),
        tables.Column("nodes", _("Chain nodes"), value=lambda row: [str(one) for one in row.nodes.all()]),
        tables.Column("tags", _("Tags")),
        tables.Column("field", _("Technical field"), sort="field"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("text", _("Description"), in_page=False),
        tables.Column("title_en", _("English title"), in_page=False),
    ]
    filters = [
        tables.Choice("chain", _("Chain"), apply=lambda value: Q(pk__in=_in_chain(value)), facet=True,
                      by=lambda: Facet(ties=Capability.nodes.through.objects.values_list("capability_id", "chainnode__chain_id")),
                      choices=lambda: [(row.pk, str(row)) for row in Chain.objects.all()]),
        tables.Text("owner", _("Owner"), lookup="owner__name"),
        tables.Text("field", _("Technical field")),
        tables.Text("tag", _("Tag"), lookup="tags"),
        tables.Choice("state", _("State"), choices=CapabilityState.choices, facet=True),
    ]  # fmt: skip
    search = ["title"]
    search_hint = _("Search in both languages")
    default_sort = "-created_at"
    file_name = "capabilities"
    empty = tables.Empty(
        _("No capability yet"), _("What teams are able to do stands here, so that needs find them."), icon="users"
    )

    def get_filters(self) -> Sequence[tables.Filter]:
        return [*tables.ours(self.context["actor"].organisation_id, "owner_id"), *self.filters]

    def search_condition(self, text: str) -> Q:
        return search.found_by_words(self.context["actor"], text, "capability")


def _in_chain(chain_id: str) -> Any:
    return Capability.nodes.through.objects.filter(chainnode__chain_id=chain_id).values("capability_id")


def list_capabilities(request: HttpRequest) -> HttpResponse:
    """All capabilities one may see."""
    actor = actor_of(request)
    rows = capabilities_visible_to(actor).select_related("owner").prefetch_related("nodes")
    buttons = []
    if actor.organisation and policy.can(actor, "needs.post_capability", actor.organisation):
        buttons.append(
            {"label": _("Post a capability"), "url": reverse("needs:post_capability"), "icon": "plus", "primary": True}
        )
    return tables.render(
        request, Capabilities(rows, actor=actor), title=_("Capabilities"), actions=buttons, template="needs/results_list.html",
        context={"list_tabs": result_tabs("capabilities")}, crumbs=[crumb(_("Results"), reverse("needs:results")), crumb(_("Capabilities"))],
    )  # fmt: skip


def capability_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One capability."""
    actor = actor_of(request)
    row = policy.fetch(actor, "needs.view_capability", Capability, pk)
    own = actor.belongs_to(row.owner_id)
    shown = {
        "capability": row, "stated": row, "nodes": list(row.nodes.select_related("chain")),
        "can_edit": row.state == CapabilityState.PUBLISHED and policy.can(actor, "needs.edit_capability", row),
        "timeline": book.timeline(row) if own else [],
    }  # fmt: skip
    facts = [(_("Owner"), row.owner.name), *([(_("Team"), row.team)] if row.team else [])]
    return render_page(request, "needs/capability.html", shown, title=str(row), crumbs=_crumbs(row), facts=facts)


def post_capability(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    policy.require(actor, "needs.post_capability", actor.organisation)
    return form_page(
        request, "components/form_page.html", CapabilityForm, action=actions.post_capability, title=_("Post a capability"),
        draft="capability", crumbs=_crumbs(None, _("Post a capability")), submit=_("Publish"), success=capability_link,
        message=_("Published."),
    )  # fmt: skip


def edit_capability(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.edit_capability", Capability, pk)
    version = sent_version(request)

    def change(actor: Any, **values: Any) -> Capability:
        return actions.edit_capability(actor=actor, capability_id=pk, changes=values, version=version)

    return form_page(
        request, "components/form_page.html", CapabilityForm, action=change, title=_("Edit"), crumbs=_crumbs(row, _("Edit")),
        initial=CapabilityForm.initial_of(row), success=capability_link(row), message=_("Saved."), context={"row_version": row.version},
    )  # fmt: skip


def withdraw_capability(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = policy.fetch(actor_of(request), "needs.withdraw_capability", Capability, pk)

    def withdraw(actor: Any, **values: Any) -> Capability:
        return actions.withdraw_capability(actor=actor, capability_id=pk, **values)

    title = _("Withdraw the capability")
    return form_page(
        request, "components/form_page.html", ReasonForm, action=withdraw, title=title, crumbs=_crumbs(row, title), submit=title,
        success=reverse("needs:capabilities"), message=_("Withdrawn."),
    )  # fmt: skip


def _crumbs(row: Capability | None, last: Any = "") -> list[Any]:
    steps = [crumb(_("Results"), reverse("needs:results")), crumb(_("Capabilities"), reverse("needs:capabilities"))]
    if row is not None:
        steps.append(crumb(str(row), capability_link(row) if last else ""))
    return [*steps, crumb(last)] if last else steps
