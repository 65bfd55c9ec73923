"""What people do with results and capabilities (R009)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core import book, clock
from core.access import policy
from core.accounts.actor import Actor
from core.command import command
from core.errors import Invalid, Stale
from core.indicators.models import Measurement
from needs.models.result import Capability, Result
from needs.services import duplicate
from needs.services import result as services
from needs.states.result import CAPABILITY, RESULT


@command
def post_result(*, actor: Actor, **fields: Any) -> Result:
    """Post a result as a draft, its advancement and its industrial fit apart (R009)."""
    owner = policy.acting_for(actor, "needs.post_result")
    result = services.create_result(owner=owner, actor=actor, fields=fields)
    book.record(actor, "post_result", result, after={"title": result.title, "node": str(result.node)})
    return result


@command
def edit_result(*, actor: Actor, result_id: UUID, changes: Mapping[str, Any], version: int | None = None) -> Result:
    """Change what is said of a result; a stale version is refused and loses nothing."""
    result = policy.fetch_for_update(actor, "needs.edit_result", Result, result_id)
    if version is not None and version != result.version:
        raise Stale(_("Somebody changed this result meanwhile; compare and save again."))
    kept = {name for name in changes if name in services.RESULT_FIELDS}
    before = {name: getattr(result, name) for name in kept}
    services.change_result(actor, result, changes)
    book.record(actor, "edit_result", result, before=before, after={name: getattr(result, name) for name in kept})
    return result


@command
def measure_result(
    *, actor: Actor, result_id: UUID, specification: UUID | str | None = None, **fields: Any
) -> Measurement:
    """Record a measured value: of an indicator of the need, of one measured before, or of a new one."""
    result = policy.fetch_for_update(actor, "needs.measure_result", Result, result_id)
    row = services.record_value(result=result, actor=actor, specification=specification, fields=fields)
    book.record(
        actor, "measure_result", result,
        after={"indicator": row.specification.name, "value": row.value, "level": row.level, "unit": row.unit, "source": row.source},
    )  # fmt: skip
    return row


@command
def publish_result(*, actor: Actor, result_id: UUID) -> Result:
    """Publish a result, so that all members find it."""
    result = policy.fetch_for_update(actor, "needs.publish_result", Result, result_id)
    result.state = RESULT.after(result.state, "publish_result")
    result.published_at = clock.now()
    result.touch()
    result.save()
    services.index_result(result)
    duplicate.compare_soon(result)
    book.record(actor, "publish_result", result)
    return result


@command
def withdraw_result(*, actor: Actor, result_id: UUID, reason: str) -> Result:
    """Withdraw a result, with the reason; its history stays."""
    result = policy.fetch_for_update(actor, "needs.withdraw_result", Result, result_id)
    if not reason.strip():
        raise Invalid(_("Say why the result is withdrawn."), field="reason")
    result.state, result.state_reason = RESULT.after(result.state, "withdraw_result"), reason.strip()
    result.touch()
    result.save()
    services.index_result(result)
    book.record(actor, "withdraw_result", result, reason=reason)
    return result


@command
def post_capability(*, actor: Actor, **fields: Any) -> Capability:
    """Tell what one's team or organisation is able to do."""
    owner = policy.acting_for(actor, "needs.post_capability")
    row = services.save_capability(actor, Capability(owner=owner, author=actor.person), fields)
    book.record(actor, "post_capability", row, after={"title": row.title})
    return row


@command
def edit_capability(
    *, actor: Actor, capability_id: UUID, changes: Mapping[str, Any], version: int | None = None
) -> Capability:
    """Change what is said of a capability; a stale version is refused and loses nothing."""
    row = policy.fetch_for_update(actor, "needs.edit_capability", Capability, capability_id)
    if version is not None and version != row.version:
        raise Stale(_("Somebody changed this capability meanwhile; compare and save again."))
    kept = {name for name in changes if name in services.CAPABILITY_FIELDS}
    before = {name: getattr(row, name) for name in kept}
    services.save_capability(actor, row, changes)
    book.record(actor, "edit_capability", row, before=before, after={name: getattr(row, name) for name in kept})
    return row


@command
def withdraw_capability(*, actor: Actor, capability_id: UUID, reason: str) -> Capability:
    """Take a capability off the list, with the reason."""
    row = policy.fetch_for_update(actor, "needs.withdraw_capability", Capability, capability_id)
    if not reason.strip():
        raise Invalid(_("Say why the capability is withdrawn."), field="reason")
    row.state = CAPABILITY.after(row.state, "withdraw_capability")
    row.touch()
    row.save()
    services.index_capability(row)
    book.record(actor, "withdraw_capability", row, reason=reason)
    return row
