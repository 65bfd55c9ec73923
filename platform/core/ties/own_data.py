"""Which ties to organisations are kept about one person."""

from __future__ import annotations

from core.accounts.own_data import fields_of, register
from core.ties.models import Tie

register(
    "ties",
    lambda person: fields_of(
        Tie.objects.filter(person=person),
        "to_organisation__name",
        "kind",
        "since_on",
        "until_on",
        "source",
        "created_at",
    ),
)
