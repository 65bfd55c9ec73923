"""Shapes of what is typed about benefit templates."""

from __future__ import annotations

import re
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from chains.models import BenefitTemplateVersion, Chain
from chains.queries import chains_led_by
from core.accounts.actor import Actor
from core.web import forms

ROWS = 8


class RoleTable(forms.Form):
    """Rows of roles, each with its percentage; empty rows are left out."""

    note = forms.LongTextField(
        label=_("What it is for, or what changes and why"), required=False, rows=2, max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_of: dict[str, str] = {}
        for n in range(ROWS):
            self.fields[f"label_{n}"] = forms.TextField(label=_("Role"), required=False, max_length=80)
            self.fields[f"percent_{n}"] = forms.PercentField(label=_("Share"), required=False, decimal_places=4)
            self.fields[f"reason_{n}"] = forms.TextField(label=_("For what"), required=False, max_length=300)

    def head_fields(self) -> list[BoundField]:
        return []

    def role_rows(self) -> list[list[BoundField]]:
        return [[self[f"{name}_{n}"] for name in ("label", "percent", "reason")] for n in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        roles: list[dict[str, Any]] = []
        for n in range(ROWS):
            row = {name: cleaned.get(f"{name}_{n}") or None for name in ("label", "percent", "reason")}
            if any(row.values()) or f"percent_{n}" in self.errors:
                self.row_of |= {f"roles.{len(roles)}.{name}": f"{name}_{n}" for name in row}
                roles.append(row)
        heads = {one.name: cleaned.get(one.name, "") for one in self.head_fields()}
        return heads | {"roles": roles, "note": cleaned.get("note", "")}

    def tell(self, fields: dict[str, list[str]]) -> None:
        """Sentences about a row stand beside its field, those about the sum beside the last share that was typed."""
        shares = [name for line, name in self.row_of.items() if re.fullmatch(r"roles\.\d+\.percent", line)]
        placed = {**self.row_of, "roles": shares[-1] if shares else "percent_0"}
        super().tell({placed.get(name, name): texts for name, texts in fields.items()})


class TemplateForm(RoleTable):
    title = forms.TextField(label=_("Title"), max_length=120)
    chain = forms.SelectField(label=_("Our chain"))
    other_chain = forms.SelectField(label=_("Other chain"), help_text=_("Its leader signs as well."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        led = [(str(row.pk), str(row)) for row in chains_led_by(actor.organisation)]
        with_leader = Chain.objects.filter(designations__until__isnull=True, designations__isnull=False).distinct()
        others = [(str(row.pk), str(row)) for row in with_leader]
        self.fields["chain"].choices = led  # type: ignore[attr-defined]
        self.fields["other_chain"].choices = others if len(led) > 1 else [row for row in others if row not in led]  # type: ignore[attr-defined]

    def head_fields(self) -> list[BoundField]:
        return [self[name] for name in ("title", "chain", "other_chain")]


def roles_initial(version: BenefitTemplateVersion | None) -> dict[str, Any]:
    """The newest table as the form shows it first."""
    shown: dict[str, Any] = {}
    for n, role in enumerate(version.roles.all()[:ROWS] if version else []):
        shown |= {f"label_{n}": role.label, f"percent_{n}": f"{role.percent.normalize():f}", f"reason_{n}": role.reason}
    return shown
