"""Forms of the inbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django import forms as django_forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from core.inbox import kinds
from core.inbox.models import ZONE, Choice, Preferences
from core.inbox.states import Mailing
from core.web import forms


class TimeField(django_forms.TimeField):
    """A time of day, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=django_forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs)


def zones() -> list[tuple[str, str]]:
    """The zones that places on earth have, China's first."""
    places = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    named = sorted(name for name in available_timezones() if name.startswith(places) and name != ZONE)
    return [(name, name.replace("_", " ")) for name in [ZONE, "UTC", *named]]


@dataclass(frozen=True)
class Line:
    """One kind as the page shows it: its controls, or why there are none."""

    kind: kinds.Kind
    shown: BoundField | None
    mail: BoundField | None


class Wishes(forms.Form):
    """When and how e-mail comes: quiet hours, the digest's hour, and a choice for each kind."""

    zone = forms.SelectField(
        label=_("Time zone"), choices=zones, help_text=_("Times in e-mail and in your calendar follow it.")
    )
    digest_at = TimeField(label=_("Daily digest at"), help_text=_("One message with everything you chose for it."))
    quiet_from = TimeField(label=_("Quiet hours from"), required=False, help_text=_("E-mail waits until they end."))
    quiet_to = TimeField(label=_("Quiet hours to"), required=False, help_text=_("They may reach over midnight."))

    every_mail = forms.SelectField(
        label=_("All e-mail that may be chosen"), required=False, choices=Mailing.choices, blank=_("As chosen below, one by one"),
        help_text=_("Sets every line below at once when you save."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = kinds.groups()
        for group in self.groups:
            for kind in group.kinds:
                self._add(kind)

    def _add(self, kind: kinds.Kind) -> None:
        if kind.is_locked:
            return
        if not kind.is_always_shown:
            box = forms.CheckField(label=str(kind.label))
            box.widget.attrs["aria-label"] = f"{kind.label} · {_('In the product')}"
            self.fields[f"shown-{kind.code}"] = box
        choice = django_forms.ChoiceField(label=str(kind.label), choices=Mailing.choices)
        choice.widget.attrs["aria-label"] = f"{kind.label} · {_('By e-mail')}"
        self.fields[f"mail-{kind.code}"] = choice

    def times(self) -> list[BoundField]:
        """The controls above the kinds."""
        return [self[name] for name in ("zone", "digest_at", "quiet_from", "quiet_to", "every_mail")]

    def lines(self) -> Iterator[tuple[kinds.Group, list[Line]]]:
        """The rooms with a line for each of their kinds."""
        for group in self.groups:
            yield group, [Line(kind, self._bound("shown", kind), self._bound("mail", kind)) for kind in group.kinds]

    @property
    def rooms_with_errors(self) -> set[str]:
        """Where a line was refused: those parts of the page stand open."""
        return {kinds.kind_of(name.partition("-")[2]).room for name in self.errors if "-" in name}

    def _bound(self, name: str, kind: kinds.Kind) -> BoundField | None:
        full = f"{name}-{kind.code}"
        return self[full] if full in self.fields else None

    @staticmethod
    def changes(cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """What was sent, as the action takes it."""
        choices = [
            {
                "kind": name.removeprefix("mail-"),
                "mail": cleaned.get("every_mail") or mail,
                "is_shown": cleaned.get(f"shown-{name.removeprefix('mail-')}", True),
            }
            for name, mail in cleaned.items()
            if name.startswith("mail-")
        ]
        times = {name: cleaned[name] for name in ("zone", "digest_at", "quiet_from", "quiet_to")}
        return times | {"choices": choices}


def initial_of(wishes: Preferences, choices: Mapping[str, Choice]) -> dict[str, Any]:
    """What the form shows first: what the person chose, else everything at once."""
    first: dict[str, Any] = {
        "zone": wishes.zone,
        "digest_at": wishes.digest_at,
        "quiet_from": wishes.quiet_from,
        "quiet_to": wishes.quiet_to,
    }
    for group in kinds.groups():
        for kind in group.kinds:
            choice = choices.get(kind.code)
            first[f"shown-{kind.code}"] = choice.is_shown if choice else True
            first[f"mail-{kind.code}"] = choice.mail if choice else Mailing.AT_ONCE
    return first


class HandOn(forms.Form):
    to = forms.SelectField(label=_("To"), help_text=_("Members who hold the role that the task needs."))
    note = forms.LongTextField(label=_("Note"), required=False, max_length=500, rows=3)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class Cover(forms.Form):
    cover = forms.SelectField(label=_("Who covers for me"))
    starts_on = forms.DateField(label=_("First day away"))
    ends_on = forms.DateField(label=_("Last day away"))
    note = forms.LongTextField(label=_("Note"), required=False, max_length=500, rows=3)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cover"].choices = choices  # type: ignore[attr-defined]
