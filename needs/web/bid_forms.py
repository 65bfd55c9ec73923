"""The bid editor's form: one field per indicator and stage of its challenge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.forms import BoundField, HiddenInput
from django.utils.translation import gettext_lazy as _

from core.web import forms
from needs.models.bid import Bid
from needs.queries.verdict import specifications_of
from needs.services.bid import stages_of
from needs.states.challenge import Stage

PLAIN = ("team", "plan", "months", "trl_from", "trl_to", "contact", "accepts_terms")


class BidForm(forms.Form):
    """Everything optional, since drafts save themselves; what is missing is listed before submission."""

    team = forms.LongTextField(label=_("Team"), required=False, rows=4)
    plan = forms.LongTextField(label=_("Plan"), required=False, rows=6)
    months = forms.IntegerField(label=_("Duration"), unit=_("months"), required=False, min_value=0, max_value=9999)
    trl_from = forms.IntegerField(label=_("TRL at the start"), required=False, min_value=0, max_value=99)
    trl_to = forms.IntegerField(label=_("TRL at the end"), required=False, min_value=0, max_value=99)
    machines = forms.LongTextField(
        label=_("Machines it must run on"), required=False, rows=3, help_text=_("One per line.")
    )
    contact = forms.TextField(label=_("Contact"), required=False, max_length=120)
    accepts_terms = forms.CheckField(label=_("We accept the IP terms of this challenge"))

    def __init__(self, *args: Any, bid: Bid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bid = bid
        self.specs = specifications_of(bid.challenge)
        self.stages = stages_of(bid)
        for spec in self.specs:
            name = f"c_{spec.pk}"
            if spec.kind == "level":
                levels = [(str(one), str(one)) for one in spec.level_scale or []]
                self.fields[f"{name}_level"] = forms.SelectField(label=_("Level"), choices=levels, required=False)
            elif spec.kind == "range":
                self.fields[f"{name}_low"] = forms.DecimalField(label=_("From"), unit=spec.unit, required=False)
                self.fields[f"{name}_high"] = forms.DecimalField(label=_("To"), unit=spec.unit, required=False)
            else:
                self.fields[f"{name}_value"] = forms.DecimalField(
                    label=_("Committed value"), unit=spec.unit, required=False
                )
            self.fields[f"{name}_note"] = forms.TextField(label=_("Note"), required=False, max_length=1000)
        self.conditions = list(bid.challenge.conditions.all())
        for one in self.conditions:
            self.fields[f"d_{one.pk}_holds"] = forms.RadioField(
                label=one.text, choices=[("yes", _("Yes")), ("no", _("No"))], required=False, help_text=one.paper
            )
            self.fields[f"d_{one.pk}_note"] = forms.TextField(label=_("Remark"), required=False, max_length=500)
        for stage in self.stages:
            self.fields[f"b_{stage}"] = forms.MoneyField(label=Stage(stage).label, required=False)
        self.fields["version"] = forms.IntegerField(required=False)
        self.fields["version"].widget = HiddenInput()

    def commitment_rows(self) -> list[tuple[Any, list[BoundField]]]:
        """Each indicator with its controls."""
        kinds = ("value", "low", "high", "level", "note")
        return [
            (spec, [self[f"c_{spec.pk}_{kind}"] for kind in kinds if f"c_{spec.pk}_{kind}" in self.fields])
            for spec in self.specs
        ]

    def declaration_rows(self) -> list[tuple[Any, list[BoundField]]]:
        """Each condition with its yes or no and the remark."""
        return [(one, [self[f"d_{one.pk}_holds"], self[f"d_{one.pk}_note"]]) for one in self.conditions]

    def budget_fields(self) -> list[BoundField]:
        return [self[f"b_{stage}"] for stage in self.stages]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # What is malformed is left out, so that saving the rest of a draft does not wipe what was saved before.
        bad = set(self.errors)
        changes: dict[str, Any] = {name: cleaned.get(name) for name in PLAIN if name not in bad}
        changes["version"] = cleaned.get("version")
        changes["commitments"] = [
            {
                "specification": str(spec.pk),
                **{kind: cleaned.get(f"c_{spec.pk}_{kind}") for kind in ("value", "low", "high", "level", "note")},
            }
            for spec in self.specs
            if not any(name.startswith(f"c_{spec.pk}_") for name in bad)
        ]
        changes["budgets"] = [
            {"stage": stage, "amount": cleaned.get(f"b_{stage}")} for stage in self.stages if f"b_{stage}" not in bad
        ]
        changes["declarations"] = [
            {
                "condition": str(one.pk),
                "holds": {"yes": True, "no": False}.get(cleaned.get(f"d_{one.pk}_holds") or ""),
                "note": cleaned.get(f"d_{one.pk}_note") or "",
            }
            for one in self.conditions
            if not any(name.startswith(f"d_{one.pk}_") for name in bad)
        ]
        kept = [{"machine": str(one.machine_id)} for one in self.bid.machines.all() if one.machine_id]
        changes["machines"] = kept + [
            {"text": line} for line in (cleaned.get("machines") or "").splitlines() if line.strip()
        ]
        return changes

    def tell(self, fields: dict[str, list[str]]) -> None:
        placed: dict[str, list[str]] = {}
        for name, texts in fields.items():
            kind, _dot, rest = name.partition(".")
            if kind == "commitments":
                first = next((one for one in self.fields if one.startswith(f"c_{rest}_")), name)
                placed[first] = texts
            elif kind == "declarations":
                placed[f"d_{rest}_holds"] = texts
            elif kind == "budgets":
                placed[f"b_{rest}"] = texts
            else:
                placed["machines" if kind == "machines" else name] = texts
        super().tell(placed)


def bid_initial(bid: Bid) -> dict[str, Any]:
    """What the editor of a draft shows first."""
    shown: dict[str, Any] = {name: getattr(bid, name) for name in (*PLAIN, "version")}
    for one in bid.commitments.all():
        shown |= {
            f"c_{one.specification_id}_{kind}": _tidy(getattr(one, kind))
            for kind in ("value", "low", "high", "level", "note")
        }
    for money in bid.budgets.all():
        shown[f"b_{money.stage}"] = money.amount
    for said in bid.declarations.all():
        shown |= {
            f"d_{said.condition_id}_holds": "yes" if said.holds else "no",
            f"d_{said.condition_id}_note": said.note,
        }
    shown["machines"] = "\n".join(one.text for one in bid.machines.all() if one.text and not one.machine_id)
    return shown


def _tidy(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class SubmitForm(forms.Form):
    """The final step: the version that was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = forms.IntegerField(required=False)
        self.fields["version"].widget = HiddenInput()


class BidFileForm(forms.Form):
    """One file with its caption."""

    file = forms.FileField(label=_("File"))
    caption = forms.TextField(label=_("Caption"), required=False, max_length=200)
