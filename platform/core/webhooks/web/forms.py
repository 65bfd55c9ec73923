"""Forms of webhooks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web import forms
from core.webhooks import kinds


def offered() -> list[tuple[str, Any]]:
    """The kinds in words."""
    return [(one.name, one.label) for one in kinds.all_kinds()]


class EndpointForm(forms.Form):
    name = forms.TextField(label=_("Name"), max_length=80, help_text=_("What you call the system that listens."))
    url = forms.TextField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and leads to a public server, at port 443 or 8443."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What you want to be told"),
        choices=offered,
        help_text=_("Only about what your organisation may read; messages name the object, the rest is read by REST."),
    )


class RotateForm(forms.Form):
    hours = forms.IntegerField(
        label=_("The old secret stays valid for"),
        unit=_("hours"),
        min_value=0,
        max_value=168,
        help_text=_("In this time every message is signed with both secrets; 0 ends the old one at once."),
    )


class ReplayForm(forms.Form):
    since = forms.MomentField(label=_("What happened since"))
    is_everything = forms.CheckField(
        label=_("Also what was delivered"), help_text=_("Otherwise only what never arrived is sent again.")
    )
