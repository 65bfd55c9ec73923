"""Forms between the marks and the contract: shape only, the actions judge the meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.indicators.models import Specification
from core.web import forms
from needs.models.challenge import Criterion


def consensus_form(criteria: Sequence[Criterion]) -> type[forms.Form]:
    """A form with an agreed mark, "not assessed" and a note per criterion; rows left empty are left out."""
    fields: dict[str, Any] = {}
    for one in criteria:
        fields[f"mark_{one.pk}"] = forms.DecimalField(
            label=_("Agreed mark"), required=False, max_digits=6, decimal_places=2
        )
        fields[f"na_{one.pk}"] = forms.CheckField(label=_("Not assessed"))
        fields[f"note_{one.pk}"] = forms.TextField(label=_("Note"), required=False, max_length=2000)

    def clean(self: forms.Form) -> dict[str, Any]:
        cleaned = self.cleaned_data
        rows = [
            {
                "criterion": str(one.pk),
                "value": cleaned.get(f"mark_{one.pk}"),
                "is_na": cleaned.get(f"na_{one.pk}", False),
                "note": cleaned.get(f"note_{one.pk}", ""),
            }
            for one in criteria
        ]
        return {"marks": [row for row in rows if row["value"] is not None or row["is_na"] or row["note"]]}

    def tell(self: forms.Form, told: dict[str, list[str]]) -> None:
        placed = {}
        for name, texts in told.items():
            pk, _dot, part = name.removeprefix("marks.").partition(".")
            placed[f"{'note' if part == 'note' else 'mark'}_{pk}" if name.startswith("marks.") else name] = texts
        forms.Form.tell(self, placed)

    return type("ConsensusForm", (forms.Form,), {**fields, "clean": clean, "tell": tell})


class DissentForm(forms.Form):
    """Why a member disagrees."""

    text = forms.LongTextField(label=_("Why you disagree"), rows=3)


class NoticeForm(forms.Form):
    """What the issuer says beside the names and amounts."""

    statement = forms.LongTextField(
        label=_("What the issuer says to it"),
        required=False,
        rows=3,
        help_text=_("Shown to everyone who sees the challenge."),
    )


class ObjectionForm(forms.Form):
    """What is objected to, and on which grounds."""

    grounds = forms.LongTextField(label=_("Grounds"), rows=5)


class HandlerForm(forms.Form):
    """Who answers."""

    person_id = forms.SelectField(label=_("Who answers"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = people  # type: ignore[attr-defined]

    def tell(self, fields: dict[str, list[str]]) -> None:
        super().tell({"person_id" if name == "email" else name: texts for name, texts in fields.items()})


class DecisionForm(forms.Form):
    """Upheld or dismissed, with the answer."""

    is_upheld = forms.RadioField(
        label=_("Decision"),
        choices=[("no", _("Dismissed: the award goes on")), ("yes", _("Upheld: the proposal's signatures are void"))],
    )
    answer = forms.LongTextField(label=_("Answer"), rows=5)

    def clean_is_upheld(self) -> bool:
        return bool(self.cleaned_data["is_upheld"] == "yes")


class RaceForm(forms.Form):
    """The bids that race, each with its percent of the amount."""

    amount = forms.MoneyField(
        label=_("Amount to split"), required=False, help_text=_("Empty: all that the budget leaves.")
    )
    reason = forms.LongTextField(label=_("Reasons"), required=False, rows=3)
    exception_reason = forms.LongTextField(
        label=_("Why the order is broken"),
        required=False,
        rows=2,
        help_text=_("Needed when a better ranked bid is passed over; recorded and shown to the second signer."),
    )

    def __init__(self, *args: Any, bids: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bids = bids
        for pk, label in bids:
            self.fields[f"percent_{pk}"] = forms.PercentField(label=label, required=False, decimal_places=2)
        self.order_fields([*(f"percent_{pk}" for pk, _label in bids), "amount", "reason", "exception_reason"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        winners = [
            {"bid_id": pk, "percent": cleaned[f"percent_{pk}"]}
            for pk, _label in self.bids
            if cleaned.get(f"percent_{pk}")
        ]
        return {name: cleaned.get(name) for name in ("amount", "reason", "exception_reason")} | {"winners": winners}

    def tell(self, fields: dict[str, list[str]]) -> None:
        chosen = [pk for pk, _label in self.bids if self.cleaned_data.get(f"percent_{pk}")] if self.is_valid() else []
        placed: dict[str, list[str]] = {}
        for name, texts in fields.items():
            parts = name.split(".")
            if parts[0] == "winners" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(chosen):
                placed[f"percent_{chosen[int(parts[1])]}"] = texts
            else:
                placed["" if name == "winners" else name] = texts
        super().tell(placed)


def feedback_form(specs: Sequence[Specification]) -> type[forms.Form]:
    """Words for one bidder, and a remark per indicator."""
    fields: dict[str, Any] = {"text": forms.LongTextField(label=_("Feedback"), rows=4)}
    for one in specs:
        fields[f"remark_{one.pk}"] = forms.LongTextField(label=str(one.name), required=False, rows=2, max_length=5000)

    def clean(self: forms.Form) -> dict[str, Any]:
        cleaned = self.cleaned_data
        rows = [{"specification": str(one.pk), "text": cleaned.get(f"remark_{one.pk}", "")} for one in specs]
        return {"text": cleaned.get("text", ""), "remarks": rows}

    return type("FeedbackForm", (forms.Form,), {**fields, "clean": clean})
