"""News about people and organisations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core import outbox


@outbox.event("accounts.organisation_verified")
@dataclass(frozen=True)
class OrganisationVerified:
    organisation_id: UUID
