"""Alerts: what the platform noticed, with its numbers and how it clears."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.checks import actions, registered
from core.checks.models import Alert
from core.checks.queries import alerts_visible_to
from core.checks.states import ALERT, AlertState
from core.errors import NotAllowed
from core.web import forms, tables
from core.web.forms import form_page
from core.web.page import crumb, render_page


def codes() -> list[tuple[str, Any]]:
    """The alert ids with their names."""
    return sorted({one.code: f"{one.code} {one.title}" for one in registered()}.items())


class Alerts(tables.Table):
    columns = [
        tables.Column(
            "rule", _("What was noticed"), is_primary=True, link=lambda row: reverse("alerts:alert", args=[row.pk])
        ),
        tables.Column("code", _("Alert"), kind="code", sort="code"),
        tables.Column("object_label", _("Where"), sort="object_label", link=lambda row: row.link or None),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("created_at", _("Since"), kind="datetime", sort="created_at"),
        tables.Column("cleared_at", _("Cleared"), kind="datetime", sort="cleared_at"),
    ]
    filters = [
        tables.Choice("code", _("Alert"), choices=codes),
        tables.Multi("state", _("State"), choices=AlertState.choices, facet=True),
        tables.DateRange("on", _("Since"), lookup="created_at", is_moment=True),
    ]
    search = ["rule", "object_label"]
    default_sort = "-created_at"
    file_name = "alerts"
    empty = tables.Empty(
        _("No alert"), _("What the platform notices stands here, with its numbers and how it clears."), icon="bell"
    )


class Mute(forms.Form):
    reason = forms.LongTextField(label=_("Why this is a false alarm"), rows=3)


def list_alerts(request: HttpRequest) -> HttpResponse:
    """Alerts told to the acting organisation."""
    return tables.render(request, Alerts(alerts_visible_to(_actor(request))), title=_("Alerts"))


def alert_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One alert."""
    alert = policy.fetch(_actor(request), "checks.view_alert", Alert, pk)
    can_mute = ALERT.is_open(alert.state, "mute_alert") and policy.can(request.actor, "checks.mute_alert", alert)  # type: ignore[attr-defined]
    shown = {"alert": alert, "can_mute": can_mute, "stated": alert}
    return render_page(
        request,
        "checks/alert.html",
        shown,
        title=alert.rule,
        crumbs=[crumb(_("Alerts"), reverse("alerts:list")), crumb(alert.code)],
    )


def mute_alert(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Call it a false alarm."""
    alert = policy.fetch(_actor(request), "checks.mute_alert", Alert, pk)

    def act(actor: Any, **values: Any) -> Any:
        return actions.mute_alert(actor=actor, alert_id=pk, **values)

    return form_page(
        request,
        "components/form_page.html",
        Mute,
        action=act,
        title=_("False alarm"),
        submit=_("Mute"),
        success=reverse("alerts:alert", args=[pk]),
        crumbs=[crumb(_("Alerts"), reverse("alerts:list")), crumb(alert.code)],
    )


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_signed_in:
        raise NotAllowed(_("Please sign in first."), code="not_signed_in")
    return actor
