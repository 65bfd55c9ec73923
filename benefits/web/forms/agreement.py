"""Forms of share tables, incomes, payments and questions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from benefits.models import AgreementVersion, ShareAgreement
from core.web import forms

GROUPS = 2
# Where a sentence about a line of the table belongs, for a party that stands alone and for a group.
ALONE = {"percent": "percent_{}", "reason": "reason_{}", "organisation": "percent_{}"}
GROUP = {"percent": "group_percent_{}", "reason": "group_reason_{}", "label": "group_label_{}"}


class ShareTable(forms.Form):
    """A row per party, alone or in a group; a group has one percentage, which its members share by weight (R081)."""

    note = forms.LongTextField(label=_("What changes and why"), required=False, rows=2)

    def __init__(self, *args: Any, agreement: ShareAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = [one.organisation for one in agreement.parties.select_related("organisation")]
        self.row_of: dict[str, str] = {}
        groups = [("", _("alone"))] + [(str(m), _("in group %(n)s") % {"n": "AB"[m]}) for m in range(GROUPS)]
        for n, _party in enumerate(self.parties):
            self.fields[f"percent_{n}"] = forms.PercentField(label=_("Share"), required=False, decimal_places=4)
            self.fields[f"reason_{n}"] = forms.TextField(label=_("For what"), required=False, max_length=300)
            self.fields[f"group_{n}"] = forms.SelectField(label=_("Shares"), choices=groups, required=False)
            self.fields[f"weight_{n}"] = forms.DecimalField(
                label=_("Weight in the group"), required=False, max_digits=12, decimal_places=4
            )
        for m in range(GROUPS):
            self.fields[f"group_label_{m}"] = forms.TextField(
                label=_("Name of the group"), required=False, max_length=80
            )
            self.fields[f"group_percent_{m}"] = forms.PercentField(
                label=_("Share of the group"), required=False, decimal_places=4
            )
            self.fields[f"group_reason_{m}"] = forms.TextField(label=_("For what"), required=False, max_length=300)
        self.order_fields([name for name in self.fields if name != "note"])

    def party_rows(self) -> list[tuple[Any, list[BoundField]]]:
        names = ("percent", "reason", "group", "weight")
        return [(party, [self[f"{name}_{n}"] for name in names]) for n, party in enumerate(self.parties)]

    def group_rows(self) -> list[tuple[str, list[BoundField]]]:
        names = ("group_label", "group_percent", "group_reason")
        return [("AB"[m], [self[f"{name}_{m}"] for name in names]) for m in range(GROUPS)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        lines: list[dict[str, Any]] = []
        placed: dict[str, dict[str, Any]] = {}
        for n, party in enumerate(self.parties):
            chosen, percent = cleaned.get(f"group_{n}") or "", cleaned.get(f"percent_{n}")
            if not chosen:
                if percent is not None or f"percent_{n}" in self.errors:
                    self._place(f"lines.{len(lines)}", ALONE, n)
                    lines.append(
                        {"organisation": party.pk, "percent": percent, "reason": cleaned.get(f"reason_{n}", "")}
                    )
                continue
            if percent is not None:
                self.add_error(f"percent_{n}", _("A member of a group has a weight; the percentage is the group's."))
            if chosen not in placed:
                self._place(f"lines.{len(lines)}", GROUP, int(chosen))
                placed[chosen] = {
                    "at": len(lines), "label": cleaned.get(f"group_label_{chosen}", ""), "members": [],
                    "percent": cleaned.get(f"group_percent_{chosen}"), "reason": cleaned.get(f"group_reason_{chosen}", ""),
                }  # fmt: skip
                lines.append(placed[chosen])
            members = placed[chosen]["members"]
            inner = f"lines.{placed[chosen]['at']}.members.{len(members)}"
            self.row_of |= {f"{inner}.weight": f"weight_{n}", f"{inner}.organisation": f"group_{n}"}
            weight = cleaned.get(f"weight_{n}")
            members.append({"organisation": party.pk, "weight": Decimal(1) if weight is None else weight})
        table = [{key: value for key, value in line.items() if key != "at"} for line in lines]
        return {"lines": table, "note": cleaned.get("note", "")}

    def _place(self, line: str, names: dict[str, str], number: int) -> None:
        self.row_of |= {f"{line}.{field}": name.format(number) for field, name in names.items()}

    def tell(self, fields: dict[str, list[str]]) -> None:
        known = re.compile(r"lines\.\d+\..+")
        super().tell(
            {self.row_of.get(name, name) if known.fullmatch(name) else name: texts for name, texts in fields.items()}
        )


def share_table_initial(agreement: ShareAgreement, version: AgreementVersion | None) -> dict[str, Any]:
    """The newest share table as the form shows it first."""
    if version is None:
        return {}
    at = {pk: n for n, pk in enumerate(agreement.parties.values_list("organisation_id", flat=True))}
    shown: dict[str, Any] = {}
    groups: dict[Any, int] = {}
    for line in version.lines.select_related("parent").order_by("position"):
        if line.organisation_id is None:
            m = groups[line.pk] = len(groups)
            shown |= {
                f"group_label_{m}": line.label,
                f"group_percent_{m}": _tidy(line.percent),
                f"group_reason_{m}": line.reason,
            }
        elif line.organisation_id in at:
            n = at[line.organisation_id]
            if line.parent_id is None:
                shown |= {f"percent_{n}": _tidy(line.percent), f"reason_{n}": line.reason}
            else:
                shown |= {f"group_{n}": str(groups[line.parent_id]), f"weight_{n}": _tidy(line.weight)}
    return shown


def _tidy(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


class IncomeForm(forms.Form):
    """Money that was earned."""

    amount = forms.MoneyField(label=_("Amount"))
    received_on = forms.DateField(label=_("Received on"))
    source = forms.TextField(
        label=_("Source"), max_length=300, help_text=_("Who paid for what, and under which contract.")
    )


class Reference(forms.Form):
    """The bank's reference of a payment."""

    evidence = forms.TextField(label=_("Bank reference"), max_length=200)


class RaiseDispute(forms.Form):
    """A question about an amount."""

    text = forms.LongTextField(
        label=_("What is wrong"), rows=4,
        help_text=_("Every party reads it. The entry, the share table and the signatures stand beside the question by themselves."),
    )  # fmt: skip


class CloseDispute(forms.Form):
    """How a question ended."""

    outcome = forms.LongTextField(label=_("How it was settled"), rows=3)
