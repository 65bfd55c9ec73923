"""Shapes of what is typed about chains."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.models import Chain, ChainNode
from chains.states import Tier
from core.accounts.models import Organisation
from core.accounts.states import OrganisationState
from core.web import forms


class ChainForm(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=80)
    name_en = forms.TextField(label=_("English name"), max_length=120, required=False)
    intro = forms.LongTextField(label=_("Introduction"), required=False, rows=3)


class NodeForm(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=80)
    name_en = forms.TextField(label=_("English name"), max_length=120, required=False)
    tier = forms.RadioField(label=_("Tier"), choices=Tier.choices)


class LeaderForm(forms.Form):
    organisation_id = forms.SelectField(label=_("Organisation"), help_text=_("Only verified organisations are listed."))
    reason = forms.LongTextField(label=_("Reason"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verified = Organisation.objects.filter(state=OrganisationState.VERIFIED).order_by("name")
        self.fields["organisation_id"].choices = [(str(row.pk), row.name) for row in verified]  # type: ignore[attr-defined]


class JoinForm(forms.Form):
    node_id = forms.SelectField(label=_("Node"))

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = ChainNode.objects.filter(chain=chain)
        self.fields["node_id"].choices = [(str(row.pk), str(row)) for row in nodes]  # type: ignore[attr-defined]


class MachineForm(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=120)
    maker = forms.TextField(label=_("Maker"), max_length=120, required=False)
    model = forms.TextField(label=_("Type"), max_length=120, required=False)
    count = forms.IntegerField(label=_("Number"), min_value=1, max_value=9999, initial=1)


class TermForm(forms.Form):
    words = forms.TextField(label=_("Term in this chain"), max_length=80)
    other_chain = forms.SelectField(label=_("Other chain"))
    other_words = forms.TextField(label=_("Term there"), max_length=80)
    note = forms.TextField(
        label=_("Note"), max_length=300, required=False, help_text=_("Where the two words come from, or what differs.")
    )

    def __init__(self, *args: Any, chain: Chain, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Chain.objects.exclude(pk=chain.pk)
        self.fields["other_chain"].choices = [(str(row.pk), str(row)) for row in others]  # type: ignore[attr-defined]


class RetireTermForm(forms.Form):
    reason = forms.TextField(label=_("Why the two are not the same"), max_length=300)
