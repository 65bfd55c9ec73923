"""How the register's words on an organisation change: freely until it is verified, then what says who it is by confirmation (R027)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import book, clock
from core.access import policy
from core.accounts import services
from core.accounts.actor import Actor
from core.accounts.models import Organisation, OrganisationChange
from core.accounts.queries import platform_admins
from core.accounts.states import CHANGE, ChangeState, OrganisationKind, OrganisationState, Role
from core.command import command
from core.errors import Invalid, Stale, WrongState
from core.inbox import services as inbox

IDENTITY = ("name", "name_en", "uscc", "kinds")  # what the operator compared with the papers
EDITABLE = (*IDENTITY, "region_code", "address", "intro", "website")
UNVERIFIED = (OrganisationState.REGISTERED, OrganisationState.REJECTED)
TASK = "confirm_organisation_change"


@command
def edit_organisation(
    *, actor: Actor, organisation_id: UUID, changes: dict[str, Any], version: int | None = None
) -> Organisation:
    """Change what the register says of the organisation.

    Once it is verified, new names, code and kinds wait until an admin of the platform confirms them; the old ones
    hold until then. The operator's own hold at once: nobody stands above it.
    """
    row = policy.fetch_for_update(actor, "accounts.edit_organisation", Organisation, organisation_id)
    if version is not None and version != row.version:
        raise Stale(_("Somebody changed this organisation meanwhile; compare and save again."))
    wanted = _wanted(row, changes)
    identity = {name: value for name, value in wanted.items() if name in IDENTITY}
    if identity and row.state == OrganisationState.MERGED:
        raise WrongState(_("This organisation goes on in another; what it was called stays."), code="wrong_state")
    waits = identity if row.state not in UNVERIFIED and not row.is_operator else {}
    if identity and row.is_operator:
        _change(actor, row, identity, ChangeState.CONFIRMED)
    free = {name: value for name, value in wanted.items() if name not in waits}
    if free or not waits:
        before = {name: getattr(row, name) for name in free}
        _write(row, free)
        book.record(actor, "edit_organisation", row, before=before, after=free)
    if waits:
        _propose(actor, row, waits)
    return row


@command
def confirm_organisation_change(*, actor: Actor, change_id: UUID) -> OrganisationChange:
    """Let the organisation be called what it asked to be; what was signed under the old name keeps it."""
    change = policy.fetch_for_update(actor, "accounts.confirm_organisation_change", OrganisationChange, change_id)
    row = Organisation.objects.select_for_update().get(pk=change.organisation_id)
    if "uscc" in change.after:
        services.free_code(change.after["uscc"], but=row)
    _decide(actor, change, "confirm_organisation_change")
    _write(row, change.after)
    _tell(change, gettext_noop("The new registration of %(name)s was confirmed"))
    return change


@command
def refuse_organisation_change(*, actor: Actor, change_id: UUID, reason: str) -> OrganisationChange:
    """Leave the organisation as it is called, and say why."""
    change = policy.fetch_for_update(actor, "accounts.refuse_organisation_change", OrganisationChange, change_id)
    if not reason.strip():
        raise Invalid(_("Say why, so that it can be mended."), field="reason")
    _decide(actor, change, "refuse_organisation_change", reason.strip())
    _tell(change, gettext_noop("The new registration of %(name)s was refused"))
    return change


@command
def withdraw_organisation_change(*, actor: Actor, change_id: UUID) -> OrganisationChange:
    """Take one's own organisation's proposal back before it is decided."""
    change = policy.fetch_for_update(actor, "accounts.withdraw_organisation_change", OrganisationChange, change_id)
    _decide(actor, change, "withdraw_organisation_change")
    return change


def withdraw_waiting(actor: Actor, row: Organisation) -> None:
    """What waits of an organisation that goes on in another waits no longer."""
    for change in OrganisationChange.objects.select_for_update().filter(organisation=row, state=ChangeState.WAITING):
        _decide(actor, change, "withdraw_organisation_change")


def _wanted(row: Organisation, changes: dict[str, Any]) -> dict[str, Any]:
    """What would be another value than now, checked."""
    values = {name: value for name, value in changes.items() if name in EDITABLE}
    if "name" in values:
        values["name"] = values["name"].strip()
        if not values["name"]:
            raise Invalid(_("Please give the organisation's name."), field="name")
    if "kinds" in values:
        own = [OrganisationKind.OPERATOR.value] if OrganisationKind.OPERATOR in row.kinds else []
        values["kinds"] = services.known_kinds([*own, *values["kinds"]])  # no form offers or drops the operator's
        services.no_operator(set(values["kinds"]) - set(row.kinds))
    if "uscc" in values:
        values["uscc"] = services.free_code(values["uscc"], but=row)
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def _write(row: Organisation, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.touch()
    row.save()


def _change(actor: Actor, row: Organisation, after: dict[str, Any], state: ChangeState) -> OrganisationChange:
    assert actor.person is not None
    decided = {"decided_by": actor.person, "decided_at": clock.now()} if state != ChangeState.WAITING else {}
    before = {name: getattr(row, name) for name in after}
    return OrganisationChange.objects.create(
        organisation=row, before=before, after=after, proposed_by=actor.person, state=state, **decided
    )


def _propose(actor: Actor, row: Organisation, after: dict[str, Any]) -> None:
    """One proposal waits at a time: a later one takes in what the earlier one asked for."""
    waiting = OrganisationChange.objects.filter(organisation=row, state=ChangeState.WAITING).first()
    after = (waiting.after if waiting is not None else {}) | after
    withdraw_waiting(actor, row)
    change = _change(actor, row, after, ChangeState.WAITING)
    book.record(actor, "propose_organisation_change", row, before=change.before, after=after)
    for admin in platform_admins():
        inbox.open_task(
            kind=TASK,
            title=gettext_noop("Confirm the new registration of %(name)s"),
            params={"name": row.name},
            person=admin,
            why=gettext_noop("You are an admin of the platform"),
            obj=row,
            link=_page(row),
            key=f"{TASK}:{change.pk}:{admin.pk}",
        )


def _decide(actor: Actor, change: OrganisationChange, move: str, reason: str = "") -> None:
    change.state = CHANGE.after(ChangeState(change.state), move)
    change.decided_by, change.decided_at, change.reason = actor.person, clock.now(), reason
    change.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    book.record(actor, move, change.organisation, before=change.before, after=change.after, reason=reason)
    inbox.close_tasks(kind=TASK, key_prefix=f"{TASK}:{change.pk}:")


def _tell(change: OrganisationChange, title: str) -> None:
    inbox.notify(
        kind="organisation_changed",
        title=title,
        params={"name": change.before.get("name", change.organisation.name)},
        body=change.reason,
        to=change.organisation,
        roles=(Role.ADMIN,),
        obj=change.organisation,
        link=_page(change.organisation),
    )


def _page(row: Organisation) -> str:
    return reverse("accounts:organisation", args=[row.pk])
