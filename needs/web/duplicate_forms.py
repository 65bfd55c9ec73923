"""Shapes of what is typed about a joint way."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.web import forms
from needs.states.duplicate import JointKind


class ConsentForm(forms.Form):
    budget = forms.MoneyField(
        label=_("What we would spend alone"), required=False, help_text=_("The other parties read it; the saving is reckoned from it.")
    )  # fmt: skip


class ProposalForm(ConsentForm):
    kind = forms.RadioField(label=_("Proposal"), choices=JointKind.choices)
    text = forms.LongTextField(label=_("How it would work"), rows=5)
    field_order = ["kind", "text", "budget"]


class LeaderProposalForm(forms.Form):
    """As the chain's leader, who spends nothing of the budgets."""

    kind = forms.RadioField(label=_("Proposal"), choices=JointKind.choices)
    text = forms.LongTextField(label=_("How it would work"), rows=5)


class DoneForm(forms.Form):
    reason = forms.LongTextField(
        label=_("What was done"), rows=4, help_text=_("Which need, project or challenge stands for all now.")
    )
