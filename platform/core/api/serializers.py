"""Pieces of serializers that every room uses. Decimals go out as strings, times as RFC 3339."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.access import policy
from core.accounts.actor import Actor
from core.states import Machine


class Input(serializers.Serializer):  # type: ignore[type-arg]
    """Base of what comes in; unknown names are refused, so that a typing error is not lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) or hasattr(data, "keys"):
            unknown = [str(name) for name in data if name not in self.fields and name != "csrfmiddlewaretoken"]
            if unknown:
                raise serializers.ValidationError({name: ["Unknown field."] for name in unknown})
        if type(data) is dict:
            wrong = {name: [told] for name, field in self.fields.items() if (told := _mistaken(field, data.get(name)))}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


# What JSON has a type for comes in that type; only exact numbers come as text, or as a whole number.
TYPES: list[tuple[type[serializers.Field[Any, Any, Any, Any]], type]] = [
    (serializers.BooleanField, bool), (serializers.IntegerField, int), (serializers.CharField, str),
]  # fmt: skip


def _mistaken(field: Any, value: Any) -> str:
    """What is wrong with the JSON type of a value; nothing where the field says so itself."""
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return next(filter(None, (_mistaken(field.child, one) for one in value)), "")
    for kind, wanted in TYPES:
        if isinstance(field, kind):
            is_right = value is None or (isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)))
            return "" if is_right else str(field.error_messages["invalid"])
    return ""


class Nothing(Input):
    """An operation that needs no more than its address."""


class Reason(Input):
    reason = serializers.CharField(max_length=5000)


class Ref(serializers.Serializer):  # type: ignore[type-arg]
    """A row named: id and name."""

    id = serializers.UUIDField()
    name = serializers.SerializerMethodField()

    def get_name(self, row: Any) -> str:
        return str(row)


class Quantity(serializers.DecimalField):
    """An exact quantity as a string, without trailing zeros."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_digits", 30)
        options.setdefault("decimal_places", 12)
        super().__init__(**options)

    def to_representation(self, value: Any) -> Any:
        return None if value is None else format(value.normalize(), "f")


class Whole(serializers.IntegerField):
    """A whole number that a table can hold."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        options.setdefault("max_value", 2**31 - 1)
        super().__init__(**options)


class Money(serializers.DecimalField):
    """Yuan to the fen, as a string."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, **options)


def open_moves(actor: Actor, machine: Machine, row: Any, room: str, state: str | None = None) -> list[str]:
    """The moves that the state allows and the rules allow this actor: what a client may offer as buttons."""
    moves = machine.open_moves(state or row.state)
    known = set(policy.names())
    return [move for move in moves if f"{room}.{move}" in known and policy.can(actor, f"{room}.{move}", row)]
