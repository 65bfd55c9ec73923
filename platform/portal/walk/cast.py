"""The people of the walk. Accounts and second seats are laid by hand, as an operator's own set-up would; all else is HTTP."""

from __future__ import annotations

import hashlib

from django.db import transaction

from core.accounts import services, uscc
from core.accounts.models import Organisation, Person
from core.accounts.states import OrganisationState, Role
from portal.walk.cases import DOMAIN, PASSWORD


def code_for(name: str) -> str:
    """A made-up unified social credit code that passes both checks, the same for the same name."""
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16)
    while True:
        eight = f"M{number % 10**7:07d}"
        first = "91110000" + eight + uscc.inner_check_character(eight)
        if first[-1] in uscc.ALPHABET:
            return first + uscc.check_character(first)
        number += 1


def person(name: str, local: str, *, title: str = "", is_expert: bool = False, expertise: str = "") -> Person:
    """The demonstration's account of this address, made once."""
    email = f"{local}@{DOMAIN}"
    known = Person.objects.filter(email=email).first()
    if known is not None:
        return known
    return services.create_person(
        email=email, name=name, password=PASSWORD, title=title, is_expert=is_expert, expertise=expertise
    )


@transaction.atomic
def operator() -> Organisation:
    """The operator of the demonstration with its two admins and the stage-fund approvers."""
    name = "协链平台运营（示例）"
    row = Organisation.objects.filter(uscc=code_for(name)).first()
    if row is None:
        row = services.create_organisation(name=name, code=code_for(name), kinds=["operator"])
        row.state = OrganisationState.VERIFIED
        row.save(update_fields=["state"])
    services.seat(person("何运营", "admin", title="平台管理员"), row, [Role.ADMIN])
    services.seat(person("董审批", "approver", title="阶段资金审批人"), row, [Role.APPROVER])
    return row


@transaction.atomic
def second_seat(organisation_id: str, name: str, local: str, title: str) -> Person:
    """A second signatory of an organisation, for what one person may not do alone."""
    row = person(name, local, title=title)
    services.seat(row, Organisation.objects.get(pk=organisation_id), [Role.MEMBER, Role.SIGNATORY, Role.FINANCE])
    return row
