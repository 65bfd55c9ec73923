"""Shapes of what is typed about resources and flows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.models import ChainNode
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.web import forms
from needs.models.offer import Offer
from needs.queries.offer import fitting
from needs.states.offer import Direction, OfferReach, ResourceKind

SHOWN = 50


class OfferWords(forms.Form):
    """What may change while it is open."""

    title = forms.TextField(label=_("Title"), max_length=200)
    text = forms.LongTextField(label=_("What it is"), rows=4)
    terms = forms.LongTextField(label=_("Terms"), rows=3, help_text=_("Price, licence, duration, use."))
    amount = forms.MoneyField(label=_("Amount"), required=False, help_text=_("Of capital, or the price of the rest."))
    open_until = forms.DateField(label=_("Open until"), required=False)
    is_repeatable = forms.CheckField(
        label=_("Several may take it up"), help_text=_("It stays open after the first flow, as data and licences may.")
    )
    reach = forms.RadioField(label=_("Who may read it"), choices=OfferReach.choices, initial=OfferReach.MEMBERS)
    readers = forms.MultipleChoiceField(
        label=_("Chosen organisations"), required=False, help_text=_("Only where chosen organisations read it.")
    )

    def __init__(self, *args: Any, owner: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(state="verified").exclude(pk=owner).order_by("name")
        self.fields["readers"].choices = [(str(row.pk), row.name) for row in rows]  # type: ignore[attr-defined]


class NewOffer(OfferWords):
    direction = forms.RadioField(label=_("Offer or request"), choices=Direction.choices)
    kind = forms.RadioField(label=_("Kind"), choices=ResourceKind.choices)
    node = forms.SelectField(label=_("Chain node"))
    field_order = ["direction", "kind", "title", "text", "terms", "node"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = ChainNode.objects.select_related("chain").order_by("chain__name", "order")
        self.fields["node"].choices = [(str(one.pk), f"{one.chain} · {one}") for one in nodes]  # type: ignore[attr-defined]


class ProposeForm(forms.Form):
    """Which offer goes with which request, and under which agreement."""

    counterpart = forms.SelectField(label=_("Goes with"))
    agreement = forms.TextField(
        label=_("Agreement"), max_length=200, help_text=_("Title or number of the agreement; whoever sees the flow reads it.")
    )  # fmt: skip
    starts_on = forms.DateField(label=_("From which day"), required=False)

    def __init__(self, *args: Any, actor: Actor, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = fitting(actor, offer, SHOWN)
        self.fields["counterpart"].choices = [(str(one.pk), f"{one.title} · {one.owner} · {one.node}") for one in rows]  # type: ignore[attr-defined]
