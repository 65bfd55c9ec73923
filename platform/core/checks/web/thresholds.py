"""The figures that fire alerts, chain by chain: what holds, who changed it, and the form that changes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import policy
from core.checks import actions
from core.checks.models import ThresholdChange
from core.checks.queries import threshold_history, threshold_value, thresholds_of
from core.checks.registry import chains_seen_by, thresholds
from core.checks.web.views import _actor
from core.web import forms, tables
from core.web.display import number_text
from core.web.forms import form_page
from core.web.page import Crumb, crumb, render_page


def _figure(row: ThresholdChange) -> str:
    known = (one.label for check, one in thresholds() if (check.code, one.name) == (row.code, row.name))
    return str(next(known, row.name))


class Changes(tables.Table):
    columns = [
        tables.Column("code", _("Rule"), sort="code", note=_figure, is_primary=True),
        tables.Column("figure", _("Threshold"), value=_figure, in_page=False),
        tables.Column("before", _("Before"), value=lambda row: number_text(row.before), export=lambda row: row.before),
        tables.Column("value", _("After"), value=lambda row: _("the default") if row.value is None else number_text(row.value)),
        tables.Column("reason", _("Why")),
        tables.Column("person", _("Changed by"), sort="person__name", note=lambda row: row.organisation),
        tables.Column("organisation", _("Organisation"), in_page=False),
        tables.Column("created_at", _("When"), kind="datetime", sort="created_at"),
    ]  # fmt: skip
    filters = [
        tables.Choice("code", _("Rule"), choices=lambda: sorted({(check.code, f"{check.code} {check.title}") for check, _one in thresholds()})),
        tables.DateRange("on", _("When"), lookup="created_at", is_moment=True),
    ]  # fmt: skip
    search = ["reason", "person__name"]
    default_sort = "-created_at"
    page_size = 10
    caption = _("Who changed what")
    file_name = "threshold-changes"
    empty = tables.Empty(_("Nobody has changed a figure of this chain."), icon="adjustments")


class ThresholdForm(forms.Form):
    value = forms.DecimalField(label=_("Value for this chain"), required=False, help_text=_("Left empty: the default."))
    reason = forms.LongTextField(label=_("Why the figure changes"), rows=3)

    def __init__(self, *args: Any, unit: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].widget.suffix = unit
        self.fields["value"].help_text = hint


def list_thresholds(request: HttpRequest) -> HttpResponse:
    """Every rule's figures for one chain, and who changed what."""
    actor = _actor(request)
    chains = chains_seen_by(actor)
    asked = request.GET.get("chain", "")
    chain = next((one for one in chains if str(one[0]) == asked), chains[0] if chains else None)
    here = reverse("alerts:thresholds")
    tabs = [
        {"label": name, "url": f"{here}?chain={pk}", "is_current": chain is not None and pk == chain[0]}
        for pk, name in chains
    ]
    table = Changes(threshold_history(chain[0]) if chain else ThresholdChange.objects.none())
    if answer := tables.respond(request, table):
        return answer
    shown = {
        "tabs": tabs, "chain": chain, "table": table, "rows": thresholds_of(chain[0]) if chain else [],
        "may_change": chain is not None and policy.can(actor, "checks.change_threshold", chain[0]),
    }  # fmt: skip
    return render_page(request, "checks/thresholds.html", shown, title=_("Thresholds"), crumbs=_crumbs())


def change_threshold(request: HttpRequest, chain: UUID, code: str, name: str) -> HttpResponse:
    """Set one figure for one chain, with the reason."""
    actor = _actor(request)
    declared = actions.declared_threshold(actor, chain, code, name)
    policy.require(actor, "checks.change_threshold", chain)
    chain_name = dict(chains_seen_by(actor))[chain]

    def act(actor: Any, **values: Any) -> Any:
        return actions.change_threshold(actor=actor, chain_id=chain, code=code, name=name, **values)

    back = f"{reverse('alerts:thresholds')}?chain={chain}"
    hint = _("Between %(low)s and %(high)s. Left empty: the default, %(default)s.") % {
        "low": declared.low, "high": declared.high, "default": declared.default,
    }  # fmt: skip
    return form_page(
        request, "components/form_page.html", ThresholdForm, action=act, title=f"{code} · {declared.label} · {chain_name}",
        initial={"value": f"{threshold_value(code, name, chain).normalize():f}"}, submit=_("Change"),
        message=_("Changed. The rule looks again with the new figure."), success=back,
        form_kwargs={"unit": declared.unit, "hint": hint}, crumbs=[_crumbs()[0], crumb(_("Thresholds"), back), crumb(code)],
    )  # fmt: skip


def _crumbs() -> list[Crumb]:
    return [crumb(_("Alerts"), reverse("alerts:list")), crumb(_("Thresholds"))]
