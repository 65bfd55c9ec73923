"""Real rows for tests, through the services that the product itself uses."""

from __future__ import annotations

import itertools
from typing import Any

from core.accounts import services, uscc
from core.accounts.actor import Actor
from core.accounts.models import Membership, Organisation, Person
from core.accounts.states import OrganisationState, Role

PASSWORD = "correct horse battery 9"

_numbers = itertools.count(1)


def make_uscc(number: int | None = None) -> str:
    """A code that passes both checksums and belongs to nobody known."""
    number = next(_numbers) if number is None else number
    eight = f"9{number:07d}"
    first_17 = "91330100" + eight + uscc.inner_check_character(eight)
    if first_17[-1] not in uscc.ALPHABET:
        return make_uscc(number + 5_000_000)
    return first_17 + uscc.check_character(first_17)


def person(name: str = "", *, email: str = "", password: str | None = None, **fields: Any) -> Person:
    """A person; with `password=PASSWORD` one who can sign in by the form."""
    number = next(_numbers)
    return services.create_person(
        email=email or f"person{number}@example.test", name=name or f"Person {number}", password=password, **fields
    )


def organisation(
    name: str = "", *, kinds: list[str] | None = None, verified: bool = True, **fields: Any
) -> Organisation:
    """An organisation, verified unless told otherwise."""
    number = next(_numbers)
    row = services.create_organisation(
        name=name or f"Organisation {number}", code=make_uscc(), kinds=kinds or ["large_firm"], **fields
    )
    if verified:
        row.state = OrganisationState.VERIFIED
        row.save(update_fields=["state"])
    return row


def member(of: Organisation, *, roles: list[str] | None = None, name: str = "", **fields: Any) -> Person:
    """A new person with a seat in the organisation; admin, signatory and finance unless roles are given."""
    row = person(name, **fields)
    services.seat(row, of, [Role.ADMIN, Role.SIGNATORY, Role.FINANCE] if roles is None else roles)
    return row


def actor(
    of: Organisation | None = None, *, roles: list[str] | None = None, person_: Person | None = None, **fields: Any
) -> Actor:
    """An actor: a (new) member acting for the organisation."""
    if of is None:
        return Actor.for_person(person_ or person())
    who = person_ or member(of, roles=roles, **fields)
    if not Membership.objects.filter(person=who, organisation=of).exists():
        services.seat(who, of, [Role.ADMIN, Role.SIGNATORY, Role.FINANCE] if roles is None else roles)
    return Actor.for_person(who, of)


def operator(roles: list[str] | None = None) -> Actor:
    """A platform admin (or with other roles) of an operator organisation, the same organisation every time."""
    home = Organisation.objects.filter(kinds__contains=["operator"]).first() or organisation(
        "平台运营", kinds=["operator"]
    )
    return actor(home, roles=[Role.ADMIN] if roles is None else roles)


def approver() -> Actor:
    """A stage-fund approver of the operator."""
    return operator([Role.APPROVER])


def chain(name: str = "", *, leader: Organisation | None = None) -> Any:
    """A chain with one up-, mid- and downstream node each; led by `leader` if given."""
    from chains.models import Chain, ChainNode, LeaderDesignation
    from core import clock

    number = next(_numbers)
    row = Chain.objects.create(name=name or f"Chain {number}", code=f"chain-{number}")
    for order, tier in enumerate(("upstream", "midstream", "downstream")):
        ChainNode.objects.create(chain=row, name=f"{tier} {number}", tier=tier, order=order)
    if leader is not None:
        LeaderDesignation.objects.create(chain=row, organisation=leader, since=clock.now())
    return row
