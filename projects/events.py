"""News about projects."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core import outbox


@outbox.event("projects.project_started")
@dataclass(frozen=True)
class ProjectStarted:
    project_id: UUID


@outbox.event("projects.gate_decided")
@dataclass(frozen=True)
class GateDecided:
    project_id: UUID
    gate_id: UUID
    decision_id: UUID
    outcome: str


@outbox.event("projects.project_accepted")
@dataclass(frozen=True)
class ProjectAccepted:
    project_id: UUID
