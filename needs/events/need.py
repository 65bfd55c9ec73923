"""News about needs."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core import outbox


@outbox.event("needs.need_published")
@dataclass(frozen=True)
class NeedPublished:
    need_id: UUID
    chain_id: UUID


@outbox.event("needs.need_closed")
@dataclass(frozen=True)
class NeedClosed:
    need_id: UUID
    outcome: str
