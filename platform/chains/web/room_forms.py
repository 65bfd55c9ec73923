"""Shapes of what is typed about joint rooms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.models import Chain, JointRoom, JointRoomSide
from chains.queries import can_be_invited, chains_led_by
from core.accounts.actor import Actor
from core.web import forms


class RoomForm(forms.Form):
    chain = forms.SelectField(label=_("Our chain"))
    other_chains = forms.MultipleChoiceField(
        label=_("With which chains"), help_text=_("The leader of each is asked; the room opens when all have agreed.")
    )
    title = forms.TextField(label=_("Title"), max_length=120)
    purpose = forms.LongTextField(
        label=_("Purpose"), rows=4, max_length=5000, help_text=_("What the chains want to do together, and what not.")
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        led = [(str(row.pk), str(row)) for row in chains_led_by(actor.organisation)]
        with_leader = Chain.objects.filter(designations__until__isnull=True, designations__isnull=False)
        others = [(str(row.pk), str(row)) for row in with_leader.distinct()]
        self.fields["chain"].choices = led  # type: ignore[attr-defined]
        self.fields["other_chains"].choices = others if len(led) > 1 else [row for row in others if row not in led]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """An organisation at a node of one's own chain; where one leads several of the room's, the chain stands before it."""

    organisation = forms.SelectField(
        label=_("Organisation"), help_text=_("Verified organisations at the nodes of your chain.")
    )

    def __init__(self, *args: Any, room: JointRoom, sides: list[JointRoomSide], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [
            (f"{side.chain_id}:{row.pk}", f"{side.chain} · {row.name}" if len(sides) > 1 else row.name)
            for side in sides
            for row in can_be_invited(room, side.chain)
        ]
        self.fields["organisation"].choices = found  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chain, _colon, organisation = str(cleaned.get("organisation", "")).partition(":")
        return {"chain": chain or None, "organisation": organisation}


class ReasonForm(forms.Form):
    reason = forms.LongTextField(label=_("Reason"), rows=3, max_length=5000)


class NoteForm(forms.Form):
    text = forms.LongTextField(label=_("Write to the room"), rows=4, max_length=5000)
