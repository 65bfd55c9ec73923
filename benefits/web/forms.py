"""Shapes of what is typed about shares, income and funds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from benefits.models import ShareAgreement
from benefits.states import ClaimKind, EvidenceKind
from core.accounts.models import Organisation
from core.web import forms


class ShareTable(forms.Form):
    """One row of fields per party; parties ticked as members share the group's percentage by weight."""

    group_label = forms.TextField(label=_("Group (such as: SMEs)"), required=False, max_length=80)
    group_percent = forms.PercentField(label=_("The group's share"), required=False)
    group_reason = forms.TextField(label=_("What the group gets it for"), required=False, max_length=300)
    note = forms.LongTextField(label=_("What changes"), required=False, rows=2)

    def __init__(self, *args: Any, agreement: ShareAgreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = [one.organisation for one in agreement.parties.select_related("organisation")]
        for at, party in enumerate(self.parties):
            self.fields[f"percent_{at}"] = forms.PercentField(
                label=_("%(party)s: share") % {"party": party.name}, required=False
            )
            self.fields[f"reason_{at}"] = forms.TextField(
                label=_("%(party)s: for") % {"party": party.name}, required=False, max_length=300
            )
            self.fields[f"weight_{at}"] = forms.DecimalField(
                label=_("%(party)s: weight in the group") % {"party": party.name},
                required=False,
                help_text=_("Only for members of the group."),
            )
        last = ["group_label", "group_percent", "group_reason", "note"]
        self.order_fields([name for name in self.fields if name not in last] + last)

    def lines(self) -> list[dict[str, Any]]:
        """The table as the action takes it."""
        values = self.checked()
        table: list[dict[str, Any]] = []
        members = []
        for at, party in enumerate(self.parties):
            weight, percent = values.get(f"weight_{at}"), values.get(f"percent_{at}")
            if weight is not None:
                members.append({"organisation": party.pk, "weight": weight})
            elif percent is not None:
                table.append({"organisation": party.pk, "percent": percent, "reason": values.get(f"reason_{at}", "")})
        if members:
            table.append({
                "label": values["group_label"], "percent": values["group_percent"] or Decimal(0), "reason": values["group_reason"],
                "members": members,
            })  # fmt: skip
        return table


class IncomeForm(forms.Form):
    amount = forms.MoneyField(label=_("Amount"))
    received_on = forms.DateField(label=_("Received on"))
    source = forms.TextField(label=_("Source"), max_length=300)


class Reference(forms.Form):
    evidence = forms.TextField(label=_("Bank reference"), max_length=200)


class FundForm(forms.Form):
    name = forms.TextField(label=_("Name of the fund"), max_length=120)
    target = forms.MoneyField(label=_("Target size"))
    rate_percent = forms.PercentField(label=_("Share of the loss that is paid, in percent"))
    claim_cap = forms.MoneyField(label=_("Cap per claim"))
    party_cap = forms.MoneyField(label=_("Cap per party"), required=False)
    supervised_account = forms.TextField(
        label=_("Supervised account"),
        max_length=200,
        help_text=_("Names the bank account that holds the cash; the platform holds none."),
    )
    organisation_1 = forms.SelectField(label=_("Party 1"))
    percent_1 = forms.PercentField(label=_("Ratio of party 1"))
    organisation_2 = forms.SelectField(label=_("Party 2"), required=False)
    percent_2 = forms.PercentField(label=_("Ratio of party 2"), required=False)
    organisation_3 = forms.SelectField(label=_("Party 3"), required=False)
    percent_3 = forms.PercentField(label=_("Ratio of party 3"), required=False)
    organisation_4 = forms.SelectField(label=_("Party 4"), required=False)
    percent_4 = forms.PercentField(label=_("Ratio of party 4"), required=False)
    organisation_5 = forms.SelectField(label=_("Party 5"), required=False)
    percent_5 = forms.PercentField(label=_("Ratio of party 5"), required=False)
    organisation_6 = forms.SelectField(label=_("Party 6"), required=False)
    percent_6 = forms.PercentField(label=_("Ratio of party 6"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verified = [(str(row.pk), row.name) for row in Organisation.objects.filter(state="verified").order_by("name")]
        for number in range(1, 7):
            self.fields[f"organisation_{number}"].choices = verified  # type: ignore[attr-defined]

    def parts(self) -> dict[str, Any]:
        """The fund as the action takes it."""
        values = self.checked()
        names = ("name", "target", "rate_percent", "claim_cap", "party_cap", "supervised_account")
        parties = [
            {"organisation": values[f"organisation_{n}"], "percent": values[f"percent_{n}"]}
            for n in range(1, 7) if values.get(f"organisation_{n}") or values.get(f"percent_{n}") is not None
        ]  # fmt: skip
        return {name: values[name] for name in names} | {"parties": parties}


class CallForm(forms.Form):
    due_on = forms.DateField(label=_("Due on"))
    amount = forms.MoneyField(label=_("Amount"), required=False, help_text=_("Empty: the whole target."))


class PaymentForm(forms.Form):
    paid_on = forms.DateField(label=_("Paid on"))
    evidence = forms.TextField(label=_("Bank reference"), max_length=200)


class ClaimForm(forms.Form):
    kind = forms.RadioField(label=_("Kind"), choices=ClaimKind.choices)
    loss = forms.MoneyField(label=_("Loss"))
    reason = forms.LongTextField(label=_("What happened"), rows=4)
    subject_title = forms.TextField(label=_("Project"), required=False)


class EvidenceForm(forms.Form):
    kind = forms.SelectField(label=_("What it shows"), choices=EvidenceKind.choices)
    file = forms.FileField(label=_("File"))
    caption = forms.TextField(label=_("Caption"), required=False)


class DecisionForm(forms.Form):
    is_approved = forms.RadioField(
        label=_("Decision"), choices=[("yes", _("Pay by the fund's rule")), ("no", _("Reject"))]
    )
    reason = forms.LongTextField(label=_("Reasons"), rows=3)


class ContinuationForm(forms.Form):
    continues = forms.RadioField(label=_("Goes on"), choices=[("yes", _("Goes on")), ("no", _("Leaves"))])
    note = forms.TextField(label=_("Note"), required=False, max_length=300)
