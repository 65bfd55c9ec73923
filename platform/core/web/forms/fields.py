"""Fields with the right keyboard, unit and size on every screen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.choices import CallableChoiceIterator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.files.kinds import ATTACHMENT, EVIDENCE, MB, Purpose


class _Text(forms.TextInput):
    prefix = ""
    suffix: Any = ""
    is_wide = False


class _Decimal(_Text):
    def __init__(self, suffix: Any = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "autocomplete": "off", "class": "num", **(attrs or {})})
        self.suffix = suffix


class _Long(forms.Textarea):
    is_wide = True


class TextField(forms.CharField):
    """One line of text."""

    widget = _Text

    def __init__(self, *, max_length: int | None = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)


class LongTextField(forms.CharField):
    """Several lines of text; the control grows with what is typed."""

    def __init__(self, *, rows: int = 4, max_length: int | None = 20_000, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _Long(attrs={"rows": rows, "data-grow": ""}))
        super().__init__(max_length=max_length, **kwargs)


class SecretInput(forms.PasswordInput):
    """The control of a password; what is typed can be looked at. For a new one, `measured_at` names the address that says how strong it is."""

    def __init__(self, *, measured_at: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "new-password" if measured_at else "current-password", **(attrs or {})})
        self.measured_at = measured_at


class SecretField(forms.CharField):
    """A password, taken as it is typed: no blank is cut off."""

    def __init__(self, *, measured_at: str = "", **kwargs: Any) -> None:
        super().__init__(strip=False, widget=SecretInput(measured_at=measured_at), **kwargs)


class EmailField(forms.EmailField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "email")


class DecimalField(forms.DecimalField):
    """An exact number; `unit` stands behind the control. Full-width digits and grouping commas are understood."""

    def __init__(self, *, unit: Any = "", **kwargs: Any) -> None:
        kwargs.setdefault("widget", _Decimal(suffix=unit))
        kwargs.setdefault("max_digits", 30)
        kwargs.setdefault("decimal_places", 12)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.translate(_WIDE).replace(",", "").replace("\u2212", "-").strip()
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no `step`: the control is a text box with a number keyboard


_WIDE = {ord("０") + n: ord("0") + n for n in range(10)} | {
    ord("．"): ord("."),
    ord("，"): ord(","),
    ord("－"): ord("-"),
}


class MoneyField(DecimalField):
    """An amount in yuan, to the fen and never below zero."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(unit=_("yuan"), **kwargs)


class PercentField(DecimalField):
    """A percentage from 0 to 100."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.setdefault("max_value", Decimal(100))
        super().__init__(unit="%", **kwargs)


class IntegerField(forms.IntegerField):
    """A whole number."""

    def __init__(self, *, unit: Any = "", **kwargs: Any) -> None:
        widget = _Text(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})
        widget.suffix = unit
        super().__init__(widget=widget, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


class _Date(forms.DateInput):
    input_type = "date"


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"


class DateField(forms.DateField):
    """A calendar day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_Date(format="%Y-%m-%d"), **kwargs)


class MomentField(forms.DateTimeField):
    """A moment to the second, in Beijing time, stored in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Beijing time (UTC+8), to the second."))
        super().__init__(widget=_Moment(format="%Y-%m-%dT%H:%M:%S", attrs={"step": "1"}), **kwargs)


class SelectField(forms.ChoiceField):
    """One of a list; an optional one begins with an empty line."""

    def __init__(self, *, choices: Any = (), blank: Any = "", **kwargs: Any) -> None:
        self.blank = blank
        super().__init__(choices=choices, **kwargs)

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, value: Any) -> None:
        source = value

        def listed() -> list[Any]:
            known = list(source() if callable(source) else source)
            empty = any(str(key) == "" for key, _label in known)
            return known if empty else [("", self.blank or _("Please choose")), *known]

        self._choices = self.widget.choices = CallableChoiceIterator(listed)


class RadioField(forms.ChoiceField):
    """One of a few, all in view."""

    widget = forms.RadioSelect


class MultipleChoiceField(forms.MultipleChoiceField):
    """Any number of a few, all in view."""

    widget = forms.CheckboxSelectMultiple


class CheckField(forms.BooleanField):
    """A yes that one ticks; not required unless it says so."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)


class FileField(forms.FileField):
    """One file; `purpose` says which kinds and sizes are taken, and the control and its help say so before sending."""

    widget = forms.FileInput

    def __init__(self, *, purpose: Purpose = ATTACHMENT, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _accepted(purpose))
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(f".{one}" for one in sorted(purpose.extensions))


def _accepted(purpose: Purpose) -> Any:
    return format_lazy(_("At most {size} MB: {kinds}."), size=purpose.limit // MB, kinds=purpose.words)


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Any number of files; cleans to a list."""

    widget = _ManyFiles

    def __init__(self, *, purpose: Purpose = EVIDENCE, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _accepted(purpose))
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(f".{one}" for one in sorted(purpose.extensions))

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not sent:
            super().clean(None, initial)
            return []
        return [super(MultipleFileField, self).clean(one, initial) for one in sent]
