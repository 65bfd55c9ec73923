"""Small questions that the rules of every room are made of."""

from __future__ import annotations

from typing import Any

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.accounts.states import Role


def anyone(actor: Actor, obj: Any = None) -> bool:
    return True


def is_signed_in(actor: Actor, obj: Any = None) -> bool:
    return actor.is_signed_in


def is_platform_admin(actor: Actor, obj: Any = None) -> bool:
    """An admin of a verified operator organisation, as a person."""
    return actor.is_platform_admin and actor.person is not None


def is_approver(actor: Actor, obj: Any = None) -> bool:
    """A stage-fund approver of a verified operator organisation, as a person: money is never approved by a machine."""
    return actor.is_operator and Role.APPROVER in actor.roles and actor.person is not None


def is_verified_member(actor: Actor, obj: Any = None) -> bool:
    """A member of an organisation that the operator has verified; one that was merged since ends what it began.

    What begins something new says so where its rule is registered (`begins`).
    """
    return actor.organisation is not None and (actor.organisation.is_verified or actor.organisation.is_merged)


def member_of(actor: Actor, organisation: Organisation | None) -> bool:
    """Whether the actor acts for the organisation and it is verified."""
    return organisation is not None and actor.belongs_to(organisation) and is_verified_member(actor)


def role_in(actor: Actor, organisation: Organisation | None, *roles: str) -> bool:
    """Whether the actor acts for the organisation in one of the roles."""
    return member_of(actor, organisation) and actor.has_role(*roles)
