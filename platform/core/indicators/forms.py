"""Shapes of a target and of a value as people type them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.files.values import list_of_words
from core.indicators.arithmetic import plain
from core.indicators.kinds import ChangeIn, Claim, Environment, Kind, Operator
from core.indicators.validation import NOTES_LENGTH
from core.web import forms


class SpecificationForm(forms.Form):
    """A target. `cleaned_data` is what `services.define(fields=...)` takes."""

    name = forms.TextField(label=_("Indicator"), max_length=120)
    name_en = forms.TextField(label=_("English name"), max_length=160, required=False)
    kind = forms.RadioField(label=_("How the target is written"), choices=Kind.choices, initial=Kind.THRESHOLD)
    operator = forms.SelectField(label=_("Operator"), choices=Operator.choices, required=False)
    target = forms.DecimalField(
        label=_("Target"), required=False, help_text=_("For a change against a baseline: percent, such as 30 or −25.")
    )
    change_in = forms.SelectField(
        label=_("Change counted in"), choices=ChangeIn.choices, required=False, initial=ChangeIn.PERCENT,
        help_text=_("+10% of 60% is 66%; +10 percentage points is 70%."),
    )  # fmt: skip
    low = forms.DecimalField(label=_("Lower end"), required=False)
    high = forms.DecimalField(label=_("Upper end"), required=False)
    level = forms.TextField(label=_("Level"), max_length=40, required=False)
    level_scale = forms.TextField(
        label=_("Levels"), required=False, help_text=_("From lowest to highest, separated by commas: L0, L1, L2.")
    )
    unit = forms.TextField(label=_("Unit"), max_length=40, required=False)
    baseline_value = forms.DecimalField(label=_("Baseline"), required=False)
    baseline_unit = forms.TextField(label=_("Baseline's unit"), max_length=40, required=False)
    baseline_period = forms.TextField(label=_("Baseline's period"), max_length=80, required=False)
    baseline_source = forms.TextField(label=_("Baseline's source"), max_length=300, required=False)
    baseline_claim = forms.SelectField(label=_("Who says so"), choices=Claim.choices, required=False)
    factor = forms.DecimalField(
        label=_("Factor"), required=False, help_text=_("For multiples: ×2 or ×3, chosen, not guessed.")
    )
    original_words = forms.TextField(label=_("Original words"), max_length=120, required=False)
    method = forms.TextField(label=_("Test method"), max_length=300, required=False)
    is_must = forms.CheckField(label=_("Must-have"), initial=True)
    needs_sample = forms.CheckField(label=_("Comes from a survey and needs its sample size"))
    notes = forms.LongTextField(label=_("Notes"), required=False, rows=2, max_length=NOTES_LENGTH)

    def clean_change_in(self) -> str:
        return self.cleaned_data.get("change_in") or ChangeIn.PERCENT

    def clean_level_scale(self) -> list[str]:
        return list_of_words(self.cleaned_data.get("level_scale") or "")

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """The form's first values for the next version of a specification."""
        values = {name: getattr(row, name) for name in SpecificationForm.base_fields}
        values["level_scale"] = ", ".join(row.level_scale)
        for name in ("target", "low", "high", "baseline_value", "factor"):
            if values[name] is not None:
                values[name] = plain(values[name])
        return values


class MeasurementForm(forms.Form):
    """A value. `cleaned_data` is what `services.measure(fields=...)` takes."""

    value = forms.DecimalField(label=_("Value"), required=False)
    level = forms.TextField(label=_("Level"), max_length=40, required=False)
    unit = forms.TextField(label=_("Unit"), max_length=40, required=False)
    uncertainty = forms.DecimalField(label=_("Uncertainty ±"), required=False)
    environment = forms.SelectField(label=_("Environment"), choices=Environment.choices, required=False)
    measured_on = forms.DateField(label=_("Measured on"), required=False)
    source = forms.TextField(label=_("Source"), max_length=300, required=False)
    sample_size = forms.IntegerField(label=_("Sample size"), required=False, min_value=1)
    is_not_measured = forms.CheckField(label=_("Not measured"))
