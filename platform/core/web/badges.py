"""How each state looks: a tone, an icon and its word. Rooms register their states once; pages only name the object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext

Text = str | Promise

# A tone says what a state means: quiet (over), none (not begun), info (under way), ok, warn (someone must act), bad.
ICONS = {
    "quiet": "circle-dot",
    "info": "progress",
    "ok": "circle-check",
    "warn": "clock",
    "bad": "circle-x",
    "none": "circle-dashed",
}

_WORDS: dict[str, str] = {
    **dict.fromkeys(
        ["draft", "planned", "open", "scheduled", "not_measured", "not_committed", "invited", "offered"], "none"
    ),
    **dict.fromkeys(
        ["withdrawn", "closed", "superseded", "cancelled", "voided", "recused", "muted", "lapsed"], "quiet"
    ),
    **dict.fromkeys(
        ["defining", "in_review", "under_review", "running", "submitted", "signing", "held", "accepting", "found"],
        "info",
    ),
    **dict.fromkeys(
        [
            "published",
            "defined",
            "met",
            "verified",
            "accepted",
            "signed",
            "awarded",
            "decided",
            "captured",
            "in_force",
            "paid",
            "confirmed",
            "settled",
            "approved",
            "eligible",
            "go",
            "received",
            "cleared",
            "done",
        ],
        "ok",
    ),
    **dict.fromkeys(
        [
            "registered",
            "in_check",
            "sent_back",
            "conditional",
            "paused",
            "recycle",
            "waiting",
            "due",
            "partly_met",
            "returned",
            "proposed",
            "late",
            "told",
            "raised",
            "self_declared",
            "package_submitted",
        ],
        "warn",
    ),
    **dict.fromkeys(
        [
            "rejected",
            "refused",
            "suspended",
            "missed",
            "kill",
            "killed",
            "conflicted",
            "ineligible",
            "overdue",
            "failed",
        ],
        "bad",
    ),
}


@dataclass(frozen=True)
class Look:
    """Tone, icon and word of one badge."""

    tone: str
    icon: str
    label: Text


_looks: dict[frozenset[str], dict[str, tuple[str, str]]] = {}
_labels: dict[frozenset[str], dict[str, Text]] = {}


def register(choices: type[models.TextChoices], looks: Mapping[Any, str | tuple[str, str]]) -> None:
    """Give states their tone, or tone and icon: `register(NeedState, {NeedState.PUBLISHED: "ok", ...})`."""
    known = frozenset(choices.values)
    pairs = {str(value): (look, ICONS[look]) if isinstance(look, str) else look for value, look in looks.items()}
    _looks.setdefault(known, {}).update(pairs)
    _labels[known] = dict(choices.choices)


def look_of(thing: Any, field: str | None = None) -> Look:
    """The look of a state: a model instance (its `state`, or the named field), a choices member, or a bare value."""
    if isinstance(thing, models.Model):
        name = field or "state"
        value = str(getattr(thing, name))
        choices = dict(thing._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
        tone, icon = _find(value, frozenset(str(key) for key in choices))
        return Look(tone, icon, choices.get(value, value))
    if isinstance(thing, models.TextChoices):
        tone, icon = _find(str(thing.value), frozenset(type(thing).values))
        return Look(tone, icon, thing.label)
    value = str(thing)
    for known, labels in _labels.items():
        if value in labels:
            tone, icon = _find(value, known)
            return Look(tone, icon, labels[value])
    tone, icon = _find(value, frozenset())
    words = value.replace("_", " ").capitalize()
    return Look(tone, icon, gettext(words) if words else "")


def _find(value: str, known: frozenset[str]) -> tuple[str, str]:
    if value in _looks.get(known, {}):
        return _looks[known][value]
    tone = _WORDS.get(value, "quiet")
    return tone, ICONS[tone]
