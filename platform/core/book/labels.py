"""What an operation is called in a history."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext

_labels: dict[str, str | Promise] = {}


def label(operation: str, words: str | Promise) -> None:
    """Give an operation its words ("decided the gate")."""
    _labels[operation] = words


def words_of(operation: str) -> str:
    """The operation in the present language; its name in plain words when no room has said better."""
    if operation in _labels:
        return str(_labels[operation])
    plain = operation.replace("_", " ")
    return gettext(plain[:1].upper() + plain[1:])
