"""News about resources that flow."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core import outbox


@outbox.event("needs.flow_recorded")
@dataclass(frozen=True)
class FlowRecorded:
    flow_id: UUID
    offer_id: UUID
    request_id: UUID
