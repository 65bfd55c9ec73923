"""The form class of all rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid


class Form(forms.Form):
    """A Django form that checks shape; what the values mean is the action's business.

    `checked()` gives the cleaned values or raises Invalid with each sentence beside its field.
    """

    required_css_class = "is-required"
    error_css_class = "has-error"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def checked(self) -> dict[str, Any]:
        """The cleaned values. Raises Invalid naming every field that is wrong."""
        if self.is_valid():
            return self.cleaned_data
        fields = {name: [str(text) for text in texts] for name, texts in self.errors.items()}
        raise Invalid(_("Some of what you entered needs a second look."), fields=fields)

    def tell(self, fields: dict[str, list[str]]) -> None:
        """Put an action's sentences beside their fields; those of unknown fields go above the form."""
        for name, texts in fields.items():
            for text in texts:
                # A sentence may already stand there from the shape check.
                known = name if name in self.fields else None
                self.add_error(known, text)
