"""Forms of risk funds and claims."""

from __future__ import annotations

import re
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from benefits.states import ClaimKind, EvidenceKind
from chains.models import Chain
from core.accounts.actor import Actor
from core.accounts.queries import organisations_visible_to
from core.accounts.states import OrganisationState
from core.web import forms

PARTIES = 8


class FundForm(forms.Form):
    """A fund's terms and its parties' ratios."""

    name = forms.TextField(label=_("Name of the fund"), max_length=120)
    chain = forms.SelectField(label=_("Chain"), required=False, blank=_("none"))
    target = forms.MoneyField(label=_("Target size"))
    rate_percent = forms.PercentField(label=_("Share of a loss that is paid"), decimal_places=2)
    claim_cap = forms.MoneyField(label=_("Cap per claim"))
    party_cap = forms.MoneyField(
        label=_("Cap per party"), required=False, help_text=_("Over all its claims; empty: none.")
    )
    supervised_account = forms.TextField(
        label=_("Supervised account"), max_length=200,
        help_text=_("Names the bank account that holds the cash; the platform holds none."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_of: dict[str, str] = {}
        known = organisations_visible_to(actor).filter(state=OrganisationState.VERIFIED).order_by("name")
        choices = [(str(pk), name) for pk, name in known.values_list("pk", "name")[:1000]]
        self.fields["chain"].choices = [(str(one.pk), str(one)) for one in Chain.objects.all()]  # type: ignore[attr-defined]
        for n in range(PARTIES):
            self.fields[f"organisation_{n}"] = forms.SelectField(label=_("Party"), choices=choices, required=False)
            self.fields[f"percent_{n}"] = forms.PercentField(label=_("Ratio"), required=False, decimal_places=4)

    def term_fields(self) -> list[BoundField]:
        names = ("name", "chain", "target", "rate_percent", "claim_cap", "party_cap", "supervised_account")
        return [self[name] for name in names]

    def party_rows(self) -> list[list[BoundField]]:
        return [[self[f"organisation_{n}"], self[f"percent_{n}"]] for n in range(PARTIES)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = ("name", "target", "rate_percent", "claim_cap", "party_cap", "supervised_account")
        plain = {name: cleaned.get(name) for name in names} | {"chain": cleaned.get("chain") or None}
        parties: list[dict[str, Any]] = []
        for n in range(PARTIES):
            row = {"organisation": cleaned.get(f"organisation_{n}") or "", "percent": cleaned.get(f"percent_{n}")}
            if row["organisation"] or row["percent"] is not None:
                self.row_of |= {f"parties.{len(parties)}.{name}": f"{name}_{n}" for name in row}
                parties.append(row)
        return plain | {"parties": parties}

    def tell(self, fields: dict[str, list[str]]) -> None:
        known = re.compile(r"parties\.\d+\..+")
        placed = {
            self.row_of.get(name, name) if known.fullmatch(name) else name: texts for name, texts in fields.items()
        }
        if "parties" in placed:
            placed["organisation_0"] = [*placed.get("organisation_0", []), *placed.pop("parties")]
        super().tell(placed)


class CallForm(forms.Form):
    """How much is called and until when."""

    due_on = forms.DateField(label=_("Due on"))
    amount = forms.MoneyField(label=_("Amount"), required=False, help_text=_("Empty: the whole target."))


class PaymentForm(forms.Form):
    """A payment as the supervised account's statement shows it."""

    paid_on = forms.DateField(label=_("Paid on"))
    evidence = forms.TextField(label=_("Bank reference"), max_length=200)


class ClaimForm(forms.Form):
    """What was lost, and why."""

    kind = forms.RadioField(label=_("Kind"), choices=ClaimKind.choices)
    loss = forms.MoneyField(label=_("Loss"))
    reason = forms.LongTextField(label=_("What happened"), rows=4)
    subject_title = forms.TextField(label=_("Project"), required=False)


class EvidenceForm(forms.Form):
    """A file that proves something."""

    kind = forms.SelectField(label=_("What it shows"), choices=EvidenceKind.choices)
    file = forms.FileField(label=_("File"))
    caption = forms.TextField(label=_("Caption"), required=False)


class DecisionForm(forms.Form):
    """Pay by the rule, or reject."""

    is_approved = forms.RadioField(
        label=_("Decision"), choices=[("yes", _("Pay by the fund's rule")), ("no", _("Reject"))]
    )
    reason = forms.LongTextField(label=_("Reasons"), rows=3)

    def clean_is_approved(self) -> bool:
        return bool(self.cleaned_data["is_approved"] == "yes")


class AnswerForm(forms.Form):
    """Whether a party takes part in a fund by its terms."""

    answer = forms.RadioField(
        label=_("Your answer"),
        choices=[("agree", _("We agree to ratio, account and terms")), ("refuse", _("We refuse"))],
    )
    reason = forms.LongTextField(
        label=_("Reason"), rows=3, required=False, help_text=_("Needed where you refuse; the manager reads it.")
    )


class ContinuationForm(forms.Form):
    """Whether a party goes on."""

    continues = forms.RadioField(label=_("Goes on"), choices=[("yes", _("Goes on")), ("no", _("Leaves"))])
    note = forms.TextField(label=_("Note"), required=False, max_length=300)

    def clean_continues(self) -> bool:
        return bool(self.cleaned_data["continues"] == "yes")
