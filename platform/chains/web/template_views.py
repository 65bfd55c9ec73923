"""Benefit templates between chains: the list, the template with its versions, and signing (R130)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chains.actions import benefit_template as actions
from chains.models import BenefitTemplate, BenefitTemplateVersion
from chains.queries import (
    benefit_templates_visible_to,
    chains_led_by,
    chains_named,
    sides_to_sign,
    template_versions_visible_to,
    with_version_in_force,
)
from chains.states import TemplateState
from chains.web import template_forms as forms
from chains.web.doors import act, actor_of
from chains.web.room_forms import ReasonForm
from core import book
from core.access import policy
from core.accounts.actor import Actor
from core.web import tables
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page


class Templates(tables.Table):
    columns = [
        tables.Column(
            "title", _("Benefit template"), sort="title", is_primary=True,
            link=lambda row: reverse("chains:benefit_template", args=[row.pk]),
        ),
        tables.Column("chain", _("Chain"), value=lambda row: str(row.chain), sort="chain__name"),
        tables.Column("other_chain", _("Other chain"), value=lambda row: str(row.other_chain), sort="other_chain__name"),
        tables.Column(
            "in_force", _("In force"), sort="in_force", value=lambda row: f"v{row.in_force}" if row.in_force else None
        ),
        tables.Column("created_at", _("Proposed on"), kind="date", sort="created_at"),
        tables.Column("retired_at", _("Taken back"), kind="date", sort="retired_at"),
    ]  # fmt: skip
    search = ["title", "chain__name", "other_chain__name"]
    default_sort = "title"
    file_name = "benefit-templates"
    empty = tables.Empty(
        _("No benefit template yet"),
        _("Two leaders agree here once how partners of both chains share; share agreements then begin from it."),
        icon="chart-pie",
    )

    def get_filters(self) -> list[tables.Filter]:
        return [
            tables.Choice(
                "live", _("State"), apply=_live,
                choices=[("offered", _("In force")), ("signing", _("Being signed")), ("retired", _("Taken back"))],
            ),
            tables.Choice(
                "chain", _("Chain"), choices=self.context["chains"], apply=lambda value: Q(chain=value) | Q(other_chain=value)
            ),
        ]  # fmt: skip


def _live(value: str) -> Q:
    if value == "retired":
        return Q(retired_at__isnull=False)
    return Q(retired_at__isnull=True, in_force__isnull=value == "signing")


def list_benefit_templates(request: HttpRequest) -> HttpResponse:
    """How chains share across their border: what is in force, and what waits for one's own signature."""
    actor = actor_of(request)
    rows = with_version_in_force(benefit_templates_visible_to(actor)).select_related("chain", "other_chain")
    buttons: list[dict[str, Any]] = []
    led = chains_led_by(actor.organisation).first()
    if led is not None and policy.can(actor, "chains.propose_benefit_template", led):
        url = reverse("chains:propose_benefit_template")
        buttons.append({"label": _("Propose a benefit template"), "url": url, "icon": "plus", "primary": True})
    table = Templates(rows, chains=chains_named(actor))
    return tables.render(request, table, title=_("Benefit templates"), actions=buttons)


def benefit_template_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The table in force, the one being signed, and all that were in force before."""
    actor = actor_of(request)
    template = policy.fetch(actor, "chains.view_benefit_template", BenefitTemplate, pk)
    rows = template_versions_visible_to(actor).filter(template=template)
    versions = list(rows.prefetch_related("roles", "signatures__organisation", "signatures__person"))
    present = next((one for one in versions if one.state == TemplateState.IN_FORCE), None)
    newest = versions[0] if versions else None
    shown = {
        "template": template, "versions": versions, "sides": [template.chain, template.other_chain],
        "actions": [] if template.retired_at else _moves(actor, template, newest), "timeline": book.timeline(template),
        "is_leader": policy.can(actor, "chains.retire_benefit_template", template),
    }  # fmt: skip
    facts = [
        (_("Between"), f"{template.chain} · {template.other_chain}"),
        (_("In force"), f"v{present.number}" if present else _("not in force yet")),
    ]
    return render_page(
        request, "chains/benefit_template.html", shown, title=template.title, crumbs=_crumbs(template, is_last=True), facts=facts
    )  # fmt: skip


def propose_benefit_template(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    led = list(chains_led_by(actor.organisation))
    policy.require(actor, "chains.propose_benefit_template", led[0] if led else None)
    asked = {name: request.GET.get(name, "") for name in ("chain", "other_chain")}
    asked["chain"] = next((str(one.pk) for one in led if str(one.pk) == asked["chain"] or len(led) == 1), "")
    words = _("Propose a benefit template")
    return form_page(
        request, "chains/propose_template.html", forms.TemplateForm, action=actions.propose_benefit_template, title=words,
        submit=_("Propose"), crumbs=[*_crumbs(None), crumb(words)], form_kwargs={"actor": actor}, initial=asked,
        success=lambda row: _page(row.pk), draft="benefit-template", message=_("Proposed; both leaders now sign."),
        context={"cancel_url": reverse("chains:benefit_templates")},
    )  # fmt: skip


def propose_template_version(request: HttpRequest, pk: UUID) -> HttpResponse:
    template = policy.fetch(actor_of(request), "chains.propose_template_version", BenefitTemplate, pk)
    newest = template.versions.first()
    words = _("Propose another table")
    return form_page(
        request, "chains/propose_template.html", forms.RoleTable, action=partial(actions.propose_template_version, template_id=pk),
        title=words, submit=_("Propose"), crumbs=[*_crumbs(template), crumb(words)], initial=forms.roles_initial(newest),
        success=_page(pk), message=_("Proposed; both leaders now sign."), draft=f"benefit-template-{pk}",
        context={"cancel_url": _page(pk), "newest": newest},
    )  # fmt: skip


@require_POST
def sign_benefit_template(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    return act(
        request, actions.sign_benefit_template, template_id=pk, number=number, success=_page(pk), message=_("Signed.")
    )


def retire_benefit_template(request: HttpRequest, pk: UUID) -> HttpResponse:
    template = policy.fetch(actor_of(request), "chains.retire_benefit_template", BenefitTemplate, pk)
    undo = _("No new agreement begins from it any more; those that did stay as they are.")
    return form_page(
        request, "components/form_page.html", ReasonForm, action=partial(actions.retire_benefit_template, template_id=pk),
        title=_("Take back"), crumbs=[*_crumbs(template), crumb(_("Take back"))], success=_page(pk), message=_("Taken back."),
        context={"cancel_url": _page(pk), "cannot_undo": undo},
    )  # fmt: skip


def _moves(actor: Actor, template: BenefitTemplate, newest: BenefitTemplateVersion | None) -> list[dict[str, Any]]:
    """The buttons: what the state allows and the rules allow too."""
    buttons: list[dict[str, Any]] = []
    if (
        newest is not None
        and newest.state == TemplateState.SIGNING
        and policy.can(actor, "chains.sign_benefit_template", template)
        and sides_to_sign(actor, newest)
    ):
        url = reverse("chains:sign_benefit_template", args=[template.pk, newest.number])
        label = _("Sign v%(number)d") % {"number": newest.number}
        buttons.append({"label": label, "url": url, "post": True, "primary": True, "icon": "signature"})
    for name, words, icon in (
        ("propose_template_version", _("Propose another table"), "chart-pie"),
        ("retire_benefit_template", _("Take back"), "x"),
    ):
        if policy.can(actor, f"chains.{name}", template):
            buttons.append({"label": words, "url": reverse(f"chains:{name}", args=[template.pk]), "icon": icon})
    return buttons


def _page(pk: UUID) -> str:
    return reverse("chains:benefit_template", args=[pk])


def _crumbs(template: BenefitTemplate | None, *, is_last: bool = False) -> list[Crumb]:
    steps = [crumb(_("Benefit templates"), reverse("chains:benefit_templates"))]
    return steps if template is None else [*steps, crumb(template.title, "" if is_last else _page(template.pk))]
