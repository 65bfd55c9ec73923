"""The style guide: every component once, in the product's own pages; only in development and demonstrations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.accounts.queries import organisations_visible_to
from core.accounts.states import OrganisationKind, OrganisationState
from core.errors import Blocked, Missing, NotFound
from core.web import charts, forms, tables
from core.web.page import crumb, fresh_key, render_page
from core.web.tables import Choice, Column, DateRange, Empty, Multi


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.TextField(label=_("Title"), max_length=60)
    budget = forms.MoneyField(label=_("Budget"), required=False)
    share = forms.PercentField(label=_("Share"), required=False)
    due_on = forms.DateField(label=_("Due on"), required=False)
    deadline_at = forms.MomentField(label=_("Deadline"), required=False)
    kind = forms.SelectField(label=_("Kind"), choices=OrganisationKind.choices)
    state = forms.RadioField(label=_("State"), choices=OrganisationState.choices, required=False)
    reason = forms.LongTextField(
        label=_("Reason"), help_text=_("One or two sentences others will read."), required=False
    )
    evidence = forms.MultipleFileField(label=_("Evidence"), required=False)
    agreed = forms.CheckField(label=_("I have read the terms"))


class SampleTable(tables.Table):
    """Organisations, as a list with everything a list can do."""

    caption = _("Organisations")
    columns = [
        Column("name", _("Name"), sort="name", is_primary=True, note=lambda row: row.uscc),
        Column("kinds", _("Kinds"), value=lambda row: [OrganisationKind(kind).label for kind in row.kinds]),
        Column("state", _("State"), kind="badge", sort="state"),
        Column("created_at", _("Registered at"), kind="datetime", sort="created_at"),
        Column("amount", _("Amount"), kind="money", value=lambda row: Decimal(4_000_000)),
    ]
    filters = [
        Choice("state", _("State"), choices=OrganisationState.choices, facet=True),
        Multi(
            "kind",
            _("Kind"),
            lookup="kinds__overlap",
            choices=OrganisationKind.choices,
            apply=lambda kind: _has_kind(kind),
        ),
        DateRange("registered", _("Registered at"), lookup="created_at", is_moment=True),
    ]
    search = ["name", "uscc"]
    page_size = 5
    file_name = "organisations"
    empty = Empty(_("No organisation yet"), _("Organisations stand here once they are registered."))


def _has_kind(kind: str) -> Any:
    from django.db.models import Q

    return Q(kinds__contains=[kind])


@dataclass
class _Entry:
    when: dt.datetime
    who: str
    organisation: str
    operation_label: Any
    reason: str
    index: int | None
    leaf_hash: str


def styleguide(request: HttpRequest) -> HttpResponse:
    """All components on one page, for those who build pages and for those who check them (open to strangers)."""
    if not (settings.DEBUG or settings.DEMO):
        raise NotFound(_("There is nothing here, or you have no access to it."))
    table = SampleTable(organisations_visible_to(request.actor))  # type: ignore[attr-defined]
    if answer := tables.respond(request, table):
        return answer
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    context = {
        "table": table,
        "form": form,
        "form_key": fresh_key(),
        "submit_label": _("Save"),
        "cannot_undo": _("Once signed it cannot be changed, only replaced by a new decision."),
        "draft_key": "styleguide",
        **_samples(),
    }
    return render_page(
        request,
        "components/styleguide.html",
        context,
        title=_("Style guide"),
        crumbs=[crumb(_("Home"), "/"), crumb(_("Style guide"))],
        facts=[(_("Kind"), _("Reference case"))],
        status=200 if request.method == "GET" or form.is_valid() else 422,
    )


def _samples() -> dict[str, Any]:
    now = clock.now()
    labels = [_("R&D"), _("Pilot"), _("Mass production"), _("Application")]
    missing = [
        Missing(_("The share agreement is not signed by 2 parties"), _("their signatories"), "#", "A02"),
        Missing(_("The stage has no approved money"), _("a stage-fund approver"), "#", "A03"),
    ]
    return {
        "refused": Blocked(_("The project cannot start: 2 things are missing."), missing=missing),
        "words": [
            "draft",
            "defining",
            "published",
            "partly_met",
            "refused",
            "not_measured",
            "self_declared",
            "withdrawn",
        ],
        "amounts": [
            Decimal("66.50"),
            Decimal("66666.67"),
            Decimal(4_000_000),
            Decimal("-1200.00"),
            Decimal(3_120_000_000),
        ],
        "figure_items": [
            {"label": _("Chain nodes"), "value": 17, "url": "#"},
            {"label": _("Red nodes"), "value": 3, "of": 17, "tone": "bad", "url": "#"},
            {"label": _("Localisation"), "value": "95.0", "unit": "%", "tone": "ok", "note": "19/20"},
            {"label": _("Amount"), "value": "66,666.67", "tone": "mine"},
        ],
        "steps": [
            {"label": labels[0], "state": "done", "notes": ["2025-11-03"]},
            {"label": labels[1], "state": "late", "notes": ["2026-09-01"]},
            {"label": labels[2], "state": "todo", "notes": ["2027-05"]},
            {"label": labels[3], "state": "todo"},
        ],
        "pairs": [(_("Deadline"), clock.now()), (_("Owner"), "甲整车")],
        "entries": [
            _Entry(now, "何敏", "协链平台", _("decided the gate"), "", 48213, "9f2c8e4a41ab"),
            _Entry(now - dt.timedelta(days=12), "韩述", "乙大学", _("submitted the package"), "", None, "77a90be5f8aa"),
        ],
        "changes": [
            {"kind": "changed", "name": "循环寿命", "before": "≥ 2,000", "after": "≥ 1,500", "note": "丁电极"},
            {"kind": "added", "name": "现有辊压线", "after": "4/4"},
        ],
        "bar": [(Decimal("548.20"), "spent"), (Decimal("51.80"), "released"), (Decimal(400), "held")],
        "todos": [
            {
                "title": _("Answer the public question"),
                "why": _("Two working days were promised."),
                "icon": "message-question",
                "url": "#",
                "due_at": now - dt.timedelta(hours=15),
                "is_late": True,
                "object_label": "C-2026-017",
            },
            {
                "title": _("Sign indicator %(name)s") % {"name": "循环寿命"},
                "icon": "signature",
                "url": "#",
                "due_at": now + dt.timedelta(days=2),
                "object_label": "N-2026-0058",
            },
        ],
        "tab_items": [
            {"label": labels[0], "url": "#a", "is_current": True},
            {"label": labels[1], "url": "#b", "count": 4},
        ],
        "line_chart": charts.line(
            "sample-line",
            title=_("Localisation"),
            summary=_("From 60.0 % in March to 95.0 % in September."),
            labels=["03", "05", "07", "09"],
            values=[Decimal(60), Decimal(60), Decimal("82.5"), Decimal(95)],
            unit="%",
        ),
        "sankey_chart": charts.sankey(
            "sample-sankey",
            title=_("Amount"),
            summary=_("1,000,000.00 divides among four parties."),
            mine="丙封测",
            links=[
                ("收入", "甲整车", Decimal(400_000)),
                ("收入", "乙研究院", Decimal(300_000)),
                ("收入", "丙封测", Decimal(200_000)),
                ("收入", "己基金", Decimal(100_000)),
            ],
        ),
    }
