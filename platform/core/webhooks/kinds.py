"""Which news goes out: a room offers an event, and says which object it is about and where that is read.

    webhooks.offer(NeedPublished, _("A need was published"), model="needs.Need", id_field="need_id", rest="need")

What no room offers never leaves the platform.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from core.outbox import registry

PING = "webhooks.ping"


@dataclass(frozen=True)
class Kind:
    """One kind of news: its words, the model of its object, the event's field with the id, the name of the REST door."""

    name: str
    label: str | Promise
    model_label: str
    id_field: str
    rest: str

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.model_label)

    def link(self, pk: UUID) -> str:
        """Where the object is read by REST."""
        return settings.PUBLIC_URL.rstrip("/") + reverse(f"{self.rest}-detail", args=[pk])


_kinds: dict[str, Kind] = {}


def offer(event: type, label: str | Promise, *, model: str, id_field: str, rest: str) -> Kind:
    """Let organisations ask for this event; from now on it is written down for the endpoints that did."""
    name = registry.name_of_kind(event)
    if id_field not in {field.name for field in dataclasses.fields(event)}:
        raise ValueError(f"{name} has no field {id_field}")
    kind = _kinds[name] = Kind(name, label, model, id_field, rest)
    registry.on(event)(_listener(kind))
    return kind


def all_kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda one: one.name)


def kind_of(name: str) -> Kind | None:
    return _kinds.get(name)


def label_of(name: str) -> str:
    """The kind in words; its name when nobody offers it any more."""
    if name == PING:
        return gettext("A test")
    kind = _kinds.get(name)
    return str(kind.label) if kind else name


def _listener(kind: Kind) -> Callable[[Any], None]:
    def tell_endpoints(event: Any) -> None:
        from core.webhooks import services

        services.enqueue(kind, getattr(event, kind.id_field))

    tell_endpoints.__qualname__ = "tell_endpoints"
    return tell_endpoints
