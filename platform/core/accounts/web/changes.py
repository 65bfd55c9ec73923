"""How the register's words on an organisation change, on pages: edit, confirm, refuse, withdraw, and what it was called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core.access import policy
from core.accounts import changes
from core.accounts.actor import Actor
from core.accounts.models import Organisation, OrganisationChange
from core.accounts.rules import changes_visible_to
from core.accounts.states import ChangeState, OrganisationKind
from core.accounts.web import forms
from core.web.forms import do, form_page
from core.web.page import crumb

LABELS = {
    "name": _("Name"),
    "name_en": _("English name"),
    "uscc": _("Unified social credit code"),
    "kinds": _("Kinds"),
}


def shown(actor: Actor, row: Organisation) -> dict[str, Any]:
    """What waits for confirmation, to those concerned; and what the organisation was called before, to everybody."""
    made = list(OrganisationChange.objects.filter(organisation=row, state=ChangeState.CONFIRMED)[:50])
    waiting = changes_visible_to(actor).filter(organisation=row, state=ChangeState.WAITING)
    change = waiting.select_related("proposed_by").first()
    can = {
        name: change is not None and policy.can(actor, f"accounts.{name}_organisation_change", change)
        for name in ("confirm", "withdraw")
    }
    return {
        "change": change,
        "change_lines": _lines(change) if change is not None else [],
        "can_confirm_change": can["confirm"],
        "can_withdraw_change": can["withdraw"],
        "former": [line | {"until": one.decided_at} for one in made for line in _lines(one) if line["before"]],
    }


def kind_words(kinds: Iterable[str]) -> list[str]:
    """The kinds in the reader's language."""
    return [str(OrganisationKind(kind).label) for kind in kinds]


def edit_organisation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what the register says of an organisation."""
    row = policy.fetch(request.actor, "accounts.edit_organisation", Organisation, pk)  # type: ignore[attr-defined]
    page = reverse("accounts:organisation", args=[pk])

    def act(actor: Any, **values: Any) -> Organisation:
        return changes.edit_organisation(actor=actor, organisation_id=pk, changes=values)

    def success(edited: Organisation) -> str:
        waits = OrganisationChange.objects.filter(organisation=edited, state=ChangeState.WAITING).exists()
        words = _("Saved. What says who the organisation is waits for confirmation.") if waits else _("Saved.")
        messages.success(request, str(words))
        return page

    first = {name: getattr(row, name) for name in forms.EditedOrganisation.base_fields}
    first["kinds"] = [kind for kind in row.kinds if kind != OrganisationKind.OPERATOR]
    return form_page(
        request, "components/form_page.html", forms.EditedOrganisation, action=act, initial=first, success=success,
        form_kwargs={"is_operator": OrganisationKind.OPERATOR in row.kinds}, title=row.name, crumbs=_crumbs(row),
    )  # fmt: skip


@require_POST
def confirm_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _decide(request, changes.confirm_organisation_change, pk, _("Confirmed."))


@require_POST
def withdraw_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _decide(request, changes.withdraw_organisation_change, pk, _("Withdrawn."))


def refuse_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say why the organisation stays as it is called."""
    change = policy.fetch(
        request.actor, "accounts.refuse_organisation_change", OrganisationChange, pk, "organisation"  # type: ignore[attr-defined]
    )  # fmt: skip

    def act(actor: Any, **values: Any) -> OrganisationChange:
        return changes.refuse_organisation_change(actor=actor, change_id=pk, **values)

    return form_page(
        request, "components/form_page.html", forms.Reason, action=act, title=_("Refuse the new registration"),
        submit=_("Refuse"), success=_page_of, crumbs=_crumbs(change.organisation), message=_("Refused."),
    )  # fmt: skip


def _decide(request: HttpRequest, action: Any, pk: UUID, message: Any) -> HttpResponse:
    return do(request, action, change_id=pk, success=_page_of, message=message)


def _page_of(change: OrganisationChange) -> str:
    return reverse("accounts:organisation", args=[change.organisation_id])


def _crumbs(row: Organisation) -> list[Any]:
    page = reverse("accounts:organisation", args=[row.pk])
    return [crumb(_("Organisations"), reverse("accounts:organisations")), crumb(row.name, page)]


def _lines(change: OrganisationChange) -> list[dict[str, Any]]:
    return [
        {"label": label, "before": _said(name, change.before[name]), "after": _said(name, change.after[name])}
        for name, label in LABELS.items()
        if name in change.after
    ]


def _said(name: str, value: Any) -> str:
    return "、".join(kind_words(value)) if name == "kinds" else str(value)
