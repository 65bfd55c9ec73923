"""What this room keeps about one person: seats at gates."""

from __future__ import annotations

from core.accounts.own_data import fields_of, register
from projects.models import GatePanelMember

register(
    "seats_at_gates",
    lambda person: fields_of(
        GatePanelMember.objects.filter(person=person),
        *("gate_id", "state", "declared_at", "declaration", "conflicts", "created_at"),
    ),
)
