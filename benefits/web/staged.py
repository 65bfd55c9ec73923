"""Pages of staged money: what is planned, held, released and saved (R086, R087)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from benefits import queries
from benefits.models import Tranche
from benefits.states import STAGES, TrancheState
from benefits.web.doors import actor_of
from core.errors import NotFound
from core.web import tables
from core.web.display import money_exact
from core.web.page import crumb, render_page


class Tranches(tables.Table):
    """Staged money one pays, receives or shares in."""

    columns = [
        tables.Column(
            "subject_title", _("Project"), sort="subject_title", is_primary=True,
            link=lambda row: reverse("benefits:staged", args=[row.subject_id]),
        ),
        tables.Column("stage", _("Stage"), sort="position", value=lambda row: row.get_stage_display()),
        tables.Column("amount", _("Amount"), kind="money", sort="amount"),
        tables.Column("state", _("State"), kind="badge", sort="state"),
        tables.Column("payer", _("Payer"), value="payer.name", sort="payer__name"),
        tables.Column("payee", _("Payee"), value="payee.name", sort="payee__name"),
        tables.Column("moved_at", _("Last moved"), kind="datetime", sort="moved_at"),
    ]  # fmt: skip
    search = ["subject_title", "payer__name", "payee__name"]
    filters = [
        tables.Choice("state", _("State"), choices=TrancheState.choices, facet=True),
        tables.Choice("stage", _("Stage"), choices=[(one.value, one.label) for one in STAGES]),
        tables.NumberRange("amount", _("Amount"), unit=_("10,000 yuan"), scale=Decimal(10000)),
    ]
    default_sort = "subject_title"
    file_name = "tranches"
    empty = tables.Empty(
        _("No staged money yet"), _("A project's money is held per stage and released gate by gate."), icon="coins"
    )


def list_tranches(request: HttpRequest) -> HttpResponse:
    """Staged money one pays, receives or shares in."""
    rows = queries.tranches_visible_to(actor_of(request)).select_related("payer", "payee")
    return tables.render(request, Tranches(rows), title=_("Staged money"))


def staged_page(request: HttpRequest, subject_id: UUID) -> HttpResponse:
    """One project's money by stage: exposure to date, what is held, what was saved by stopping."""
    actor = actor_of(request)
    if not queries.tranches_visible_to(actor).filter(subject_id=subject_id).exists():
        raise NotFound(_now("There is nothing here, or you have no access to it."))
    tranches = queries.tranches_of(subject_id)
    sums = queries.exposure_of(tranches)
    first: Tranche = tranches[0]
    agreement = queries.agreements_visible_to(actor).filter(subject_id=subject_id).first()
    shown = {
        "subject_id": subject_id, "tranches": tranches, "exposure": sums, "agreement": agreement, "subject_link": first.subject_link,
        "figure_items": [
            {"label": _("Planned"), "value": money_exact(sums.planned)},
            {"label": _("Exposure to date"), "value": money_exact(sums.captured), "note": _("released by signed decisions")},
            {"label": _("Held"), "value": money_exact(sums.held), "note": _("waits for its gate")},
            {
                "label": _("Saved by stopping"), "value": money_exact(sums.saved), "note": _("never put at risk"),
                "tone": "ok" if sums.saved else "",
            },
        ],
        "bar": [(sums.captured, "spent"), (sums.held, "held"), (sums.saved, "saved")],
    }  # fmt: skip
    return render_page(
        request, "benefits/staged.html", shown, title=first.subject_title,
        crumbs=[crumb(_("Staged money"), reverse("benefits:tranches")), crumb(first.subject_title)],
    )  # fmt: skip
