"""Shapes of what is typed about applications, outcomes, reinvestments and demands before a pilot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.accounts.models import Organisation
from core.indicators.arithmetic import plain
from core.indicators.forms import SpecificationForm
from core.indicators.kinds import ChangeIn, Claim, Direction, Environment, Kind, Operator
from core.indicators.multiples import readings
from core.web import forms
from needs.models.outcome import Application
from needs.models.result import Result
from needs.web.result_forms import node_choices

BETTER = [(one.value, one.label) for one in (Direction.HIGHER, Direction.LOWER, Direction.WITHIN)]


class ApplicationForm(forms.Form):
    """Where a result is applied; only its owner names another organisation as the user."""

    node = forms.SelectField(label=_("Node that adopted it"), choices=node_choices)
    user = forms.SelectField(
        label=_("User of the result"), required=False, blank=_("Not named"), help_text=_("It is asked to confirm; until then the application is self-declared.")
    )  # fmt: skip
    applied_on = forms.DateField(label=_("In use since"))
    effect = forms.LongTextField(label=_("Effect"), rows=3, help_text=_("What it changed there, in plain words."))

    def __init__(self, *args: Any, result: Result, is_owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_owner:
            rows = Organisation.objects.filter(state="verified").exclude(pk=result.owner_id).order_by("name")
            self.fields["user"].choices = [(str(row.pk), row.name) for row in rows]  # type: ignore[attr-defined]
        else:
            del self.fields["user"]


class OutcomeForm(forms.Form):
    """An indicator before and after. Words such as 提升2倍 have two readings; the form then asks for one (N3)."""

    name = forms.TextField(label=_("Indicator"), max_length=120)
    direction = forms.RadioField(label=_("Which way is better"), choices=BETTER)
    unit = forms.TextField(label=_("Unit"), max_length=40)
    baseline_value = forms.DecimalField(label=_("Before: value"))
    baseline_period = forms.TextField(label=_("Before: period"), max_length=80)
    baseline_source = forms.TextField(label=_("Before: source"), max_length=300)
    baseline_claim = forms.SelectField(label=_("Before: who says so"), choices=Claim.choices)
    value = forms.DecimalField(
        label=_("After: value"), required=False, help_text=_("Empty only where the words below give a multiple.")
    )
    period = forms.TextField(label=_("After: period"), max_length=80)
    measured_on = forms.DateField(label=_("Measured on"))
    sample_size = forms.IntegerField(label=_("Sample size"), min_value=1)
    source = forms.TextField(label=_("After: source"), max_length=300)
    environment = forms.SelectField(label=_("Environment"), choices=Environment.choices, required=False)
    original_words = forms.TextField(
        label=_("Original words"), max_length=120, required=False, help_text=_("As somebody said it, such as “up 2 times”.")
    )  # fmt: skip
    factor = forms.RadioField(label=_("The words mean"), choices=[], required=False)
    expected = forms.DecimalField(
        label=_("Expected change"), required=False, help_text=_("With its sign, such as 30 or −25; empty: better than before.")
    )  # fmt: skip
    expected_in = forms.SelectField(
        label=_("Change counted in"), choices=ChangeIn.choices, required=False, initial=ChangeIn.PERCENT
    )
    low = forms.DecimalField(label=_("Range from"), required=False)
    high = forms.DecimalField(label=_("Range to"), required=False)
    name_en = forms.TextField(label=_("English name"), max_length=160, required=False)
    method = forms.TextField(label=_("Test method"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meant = readings((self.data.get("original_words") or self.data.get("name") or "") if self.is_bound else "")
        if len(meant) > 1:
            choices = [(plain(one), f"×{plain(one)}") for one in meant]
            self.fields["factor"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["factor"]

    def clean_factor(self) -> Any:
        said = self.cleaned_data.get("factor")
        return Decimal(said) if said else None


class ReinvestmentForm(forms.Form):
    """Money that goes back into innovation."""

    amount = forms.MoneyField(label=_("Amount"))
    invested_on = forms.DateField(label=_("Invested on"))
    purpose = forms.LongTextField(label=_("What for"), rows=2)
    follow_up = forms.SelectField(label=_("For the new need"), required=False, blank=_("None"))

    def __init__(self, *args: Any, application: Application, needs: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["follow_up"].choices = [(str(one.pk), str(one.need)) for one in needs]  # type: ignore[attr-defined]


class StandardForm(SpecificationForm):
    """A clause of a production standard: value, unit, tolerance."""

    clause = forms.TextField(
        label=_("Standard and clause"), max_length=200, help_text=_("Such as: GB/T 36276-2018, 5.2.1.")
    )
    kind = forms.RadioField(
        label=_("How the target is written"), initial=Kind.RANGE,
        choices=[(Kind.RANGE.value, Kind.RANGE.label), (Kind.THRESHOLD.value, Kind.THRESHOLD.label)],
    )  # fmt: skip
    operator = forms.SelectField(label=_("Operator"), choices=Operator.choices, required=False)
    field_order = ["clause", "name", "kind", "low", "high", "operator", "target", "unit", "method"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (
            "change_in", "level", "level_scale", "baseline_value", "baseline_unit", "baseline_period", "baseline_source",
            "baseline_claim", "factor", "original_words", "is_must", "needs_sample", "notes", "name_en",
        ):  # fmt: skip
            del self.fields[name]


class CostForm(forms.Form):
    """What a unit may cost at an annual volume."""

    name = forms.TextField(label=_("Cost of what"), max_length=120)
    target = forms.DecimalField(label=_("Cost cap"))
    unit = forms.TextField(label=_("Unit"), max_length=40, help_text=_("Such as: 元/kg."))
    volume = forms.DecimalField(label=_("Annual volume"))
    volume_unit = forms.TextField(label=_("Unit of the volume"), max_length=40, help_text=_("Such as: t/a."))
