"""Paste a paragraph or a table, check what was read of it, take the rows over."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import checks
from core.access import policy
from core.errors import Invalid
from core.files.values import list_of_words
from core.indicators.forms import SpecificationForm
from core.indicators.kinds import Claim, Kind, Operator
from core.indicators.reading import LONGEST, Found, Reading, draft_of
from core.web import forms
from core.web.forms import form_page
from core.web.page import crumb
from needs.actions import need as actions
from needs.models import Need
from needs.web.doors import actor_of

GAPS = {
    "operator": _("The text gives a number but does not say whether at least or at most; choose."),
    "baseline": _("A change needs a baseline, and the text names none."),
    "baseline_range": _("The text gives the baseline as a range; choose one value."),
    "baseline_approximate": _("The text calls the baseline approximate."),
    "approximate": _("The text calls the value approximate; the number is taken as it stands."),
    "multiple_reading": _("“By N times” can mean ×N or ×(N+1); give the factor."),
    "change_range": _("The text gives the change as a range; choose one value."),
    "better_reading": _("“Better than” does not say which way is better here; choose."),
    "several_targets": _("The table has several targets for this row; the last one was taken."),
    "sample_size": _("A share of people asked needs its sample size."),
    "definition": _("Say how this share is defined and counted."),
}
# What a row shows at once, by how its target is written; the rest opens on demand.
BASELINE = ["baseline_value", "baseline_unit", "baseline_period", "baseline_source", "baseline_claim"]
SHOWN: dict[str, list[str]] = {
    Kind.THRESHOLD: ["name", "kind", "operator", "target", "unit", "method"],
    Kind.RANGE: ["name", "kind", "low", "high", "unit", "method"],
    Kind.LEVEL: ["name", "kind", "level", "level_scale", "method"],
    Kind.RELATIVE: ["name", "kind", "target", "change_in", "factor", "original_words", "unit", "method", *BASELINE],
}
ALL = [
    "name", "kind", "operator", "target", "low", "high", "level", "unit", "method", *BASELINE, "change_in", "factor", "original_words", "level_scale",
    "name_en", "notes",
]  # fmt: skip
TICKS = ["is_must", "needs_sample"]


class PastedText(forms.Form):
    """The text as it was copied."""

    text = forms.LongTextField(
        label=_("Paragraph or table"), rows=9, max_length=LONGEST,
        help_text=_("Chinese or English; rows copied from a spreadsheet or a document keep their columns."),
    )  # fmt: skip


class PastedRows(forms.Form):
    """One group of fields per row that was read. `cleaned_data` holds the ticked rows for `define_indicators`."""

    def __init__(self, *args: Any, reading: Reading, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading = reading
        self.taken: list[int] = []
        for n, found in enumerate(self._found()):
            self.fields[f"take_{n}"] = forms.CheckField(label=_("Take this row"), initial=True)
            first = draft_of(found)
            first["level_scale"] = ", ".join(first["level_scale"])
            for name in [*ALL, *TICKS]:
                field = copy.deepcopy(SpecificationForm.base_fields[name])
                field.required = False
                field.initial = first.get(name, field.initial)
                self.fields[f"{name}_{n}"] = field
            choices = [("", _("choose")), *Operator.choices]
            self.fields[f"operator_{n}"] = forms.SelectField(
                label=_("Operator"), choices=choices, required=False, initial=first["operator"]
            )
            self.fields[f"kind_{n}"] = forms.SelectField(
                label=_("How the target is written"), choices=Kind.choices, required=False, initial=first["kind"]
            )
            self.fields[f"baseline_claim_{n}"] = forms.SelectField(
                label=_("Who says so"), choices=[("", _("choose")), *Claim.choices], required=False
            )

    def _found(self) -> list[Found]:
        return self.reading.indicators[: actions.MOST_ROWS]

    def rows(self) -> list[dict[str, Any]]:
        """What the template shows of each row."""
        shown = []
        for n, found in enumerate(self._found()):
            kind = self[f"kind_{n}"].value()
            first = [*SHOWN.get(kind, ALL), *(BASELINE if found.baseline is not None and kind != Kind.RELATIVE else [])]
            more = [self[f"{name}_{n}"] for name in ALL if name not in first]
            shown.append({
                "n": n + 1, "words": found.words, "gaps": [GAPS[gap] for gap in found.gaps if gap in GAPS], "take": self[f"take_{n}"],
                "fields": [self[f"{name}_{n}"] for name in first], "more": more, "ticks": [self[f"{name}_{n}"] for name in TICKS],
                "is_open": any(one.errors for one in more),
            })  # fmt: skip
        return shown

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        rows: list[dict[str, Any]] = []
        for n, _found in enumerate(self._found()):
            names = [*ALL, *TICKS]
            if not cleaned.get(f"take_{n}"):
                for name in names:  # a row that is left out may be as wrong as it likes
                    self.errors.pop(f"{name}_{n}", None)
                continue
            self.taken.append(n)
            fields = {name: cleaned.get(f"{name}_{n}") for name in names}
            fields["level_scale"] = list_of_words(fields["level_scale"] or "")
            rows.append(fields)
        return {"rows": rows}

    def tell(self, fields: dict[str, list[str]]) -> None:
        placed = {}
        for name, texts in fields.items():
            part, _dot, rest = name.removeprefix("rows.").partition(".")
            if name.startswith("rows.") and part.isdecimal() and int(part) < len(self.taken):
                name = f"{rest}_{self.taken[int(part)]}"
            placed[name] = texts
        super().tell(placed)


def paste_indicators(request: HttpRequest, pk: UUID) -> HttpResponse:
    """First the text, then the rows that were read of it, then the indicators (R014, R021)."""
    actor = actor_of(request)
    need = policy.fetch(actor, "needs.define_indicator", Need, pk)
    checks.guard("needs.define_indicator", need)
    title = _("Paste indicators")
    home = reverse("needs:need", args=[need.pk])
    way = [crumb(_("Need library"), reverse("needs:needs")), crumb(need.code, home), crumb(title)]
    text = request.POST.get("text", "").replace("\x00", "")
    if "rows" in request.POST:
        reading = actions.read_indicators(actor=actor, need_id=pk, text=text)
        return form_page(
            request, "needs/paste_rows.html", PastedRows, title=title, crumbs=way, submit=_("Add the ticked rows"), success=home,
            action=lambda actor, **values: actions.define_indicators(actor=actor, need_id=pk, **values),
            message=_("Added; each partner now signs each row."), form_kwargs={"reading": reading},
            context={"reading": reading, "text": text, "cancel_url": home},
        )  # fmt: skip
    if request.method == "POST":
        asked = PastedText(request.POST)
        reading = actions.read_indicators(actor=actor, need_id=pk, text=text) if asked.is_valid() else Reading()
        if reading.indicators:
            request.method = "GET"  # nothing is kept yet: the rows are shown for the first time
            return form_page(
                request, "needs/paste_rows.html", PastedRows, title=title, crumbs=way, submit=_("Add the ticked rows"), success=home,
                action=actions.define_indicators, form_kwargs={"reading": reading},
                context={"reading": reading, "text": text, "cancel_url": home},
            )  # fmt: skip

    def nothing_read(actor: Any, text: str) -> None:
        raise Invalid(
            _("No indicator was found in this text: a name, a comparison and a number make one."), field="text"
        )

    return form_page(
        request, "components/form_page.html", PastedText, title=title, crumbs=way, submit=_("Read the text"), success=home,
        action=nothing_read, context={"cancel_url": home}, draft=f"paste-{pk}",
    )  # fmt: skip
