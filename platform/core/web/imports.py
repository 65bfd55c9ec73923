"""Pages of an import: template, upload, preview with every row, rows to mend, confirmation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.files import imports
from core.files.imports import Checked, Import
from core.files.kinds import SHEET
from core.files.models import ImportDraft
from core.web import display, forms
from core.web.forms import form_page
from core.web.forms.cycle import done
from core.web.page import Crumb, render_page
from core.web.tables.files import rows_response

SHOWN = 200


class RowsForm(forms.Form):
    file = forms.FileField(
        label=_("File with rows"), purpose=SHEET,
        help_text=_("CSV (UTF-8, UTF-16, GBK; comma, semicolon or tab) or XLSX, at most 10 MB and 2,000 rows. Nothing is written before you confirm."),
    )  # fmt: skip


def upload_page(
    request: HttpRequest,
    importing: Import,
    *,
    begin: Callable[..., ImportDraft],
    preview: Callable[[ImportDraft], str],
    crumbs: Sequence[Crumb] = (),
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Asks for the file and gives the template (`?template=csv|xlsx`); a good file leads to its preview."""
    kind = request.GET.get("template", "")
    if kind in ("csv", "xlsx"):
        heads, rows = imports.template_rows(importing)
        return rows_response(request, f"{importing.name}-template", heads, rows, kind)
    return form_page(
        request, "components/import_upload.html", RowsForm, action=begin, success=preview, title=importing.title,
        crumbs=crumbs, submit=_("Check the rows"), context={"importing": importing, **(context or {})},
    )  # fmt: skip


def preview_page(
    request: HttpRequest,
    importing: Import,
    *,
    draft: ImportDraft,
    checked: Checked,
    confirm: Callable[..., Any],
    success: str,
    again: str,
    crumbs: Sequence[Crumb] = (),
) -> HttpResponseBase:
    """Every row as it was understood; `?errors=csv|xlsx` gives the rows to mend; POST takes all in or none."""
    kind = request.GET.get("errors", "")
    if kind in ("csv", "xlsx"):
        heads, rows = imports.mend_rows(checked)
        return rows_response(request, f"{importing.name}-to-mend", heads, rows, kind)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            result = confirm(actor=request.actor, draft_id=draft.pk)  # type: ignore[attr-defined]
        except Refusal as refused:
            refusal = refused
        else:
            count = checked.count("new") + checked.count("changed")
            return done(request, success, result, _("%(count)d rows taken in.") % {"count": count})
    return _preview(request, importing, draft, checked, refusal, again, crumbs)


def _preview(
    request: HttpRequest,
    importing: Import,
    draft: ImportDraft,
    checked: Checked,
    refusal: Refusal | None,
    again: str,
    crumbs: Sequence[Crumb],
) -> HttpResponse:
    columns = [
        one
        for one in importing.fields
        if any(one.name in line.values or one.name in line.errors for line in checked.lines)
    ]
    # Wrong rows first: they are what keeps the others waiting.
    lines = sorted(checked.lines, key=lambda line: (not line.errors, line.number))[:SHOWN]
    shown = {
        "importing": importing, "draft": draft, "checked": checked, "refusal": refusal, "again": again, "columns": columns,
        "rows": [(line, [_cell(line, one) for one in columns]) for line in lines],
        "hidden": len(checked.lines) - len(lines), "wrong": len(checked.wrong), "fresh": checked.count("new"),
        "changed": checked.count("changed"), "same": checked.count("same"),
        "notes": [
            *((number, _("This is the example of the template; it is left out.")) for number in checked.examples),
            *((line.number, note) for line in checked.lines for note in line.notes),
        ][:SHOWN],
    }  # fmt: skip
    return render_page(
        request, "components/import_preview.html", shown, title=importing.title, crumbs=crumbs,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _cell(line: imports.Line, field: imports.Field) -> dict[str, Any]:
    value, errors = line.values.get(field.name, ""), line.errors.get(field.name, [])
    is_filled = value != "" or bool(errors)
    if isinstance(value, list):
        value = ", ".join(str(one) for one in value)
    elif isinstance(value, Decimal):
        value = display.number_text(value)
    elif not isinstance(value, bool) and field.name not in line.errors:
        value = field.shown(value)
    return {"label": field.label, "value": value, "errors": errors, "is_filled": is_filled}
