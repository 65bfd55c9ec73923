"""Organisations are registered, verified by somebody else, and filled with members."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail

from core import clock
from core.access import policy
from core.accounts import actions, privacy
from core.accounts.actor import Actor
from core.accounts.models import Invitation, Membership, Organisation
from core.accounts.states import OrganisationState
from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.inbox.models import Task
from tests import factories


def test_registering_opens_a_task_for_each_platform_admin_and_verifying_closes_it(db: Any) -> None:
    admin = factories.operator()
    me = Actor.for_person(factories.person())
    row = actions.register_organisation(actor=me, name="甲", uscc=factories.make_uscc(), kinds=["sme", "pilot_base"])
    assert row.state == OrganisationState.REGISTERED
    task = Task.objects.get(kind="verify_organisation")
    assert task.person == admin.person and task.state == "open"
    actions.verify_organisation(actor=admin, organisation_id=row.pk)
    task.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, task.state) == ("verified", "done")


def test_nobody_verifies_the_own_organisation_and_members_verify_none(db: Any) -> None:
    admin = factories.operator()
    with pytest.raises(NotAllowed):
        actions.suspend_organisation(actor=admin, organisation_id=admin.organisation_id, reason="x")
    stranger = factories.actor(factories.organisation())
    waiting = factories.organisation(verified=False)
    with pytest.raises(NotFound):
        actions.verify_organisation(actor=stranger, organisation_id=waiting.pk)


def test_a_return_needs_a_reason_and_can_be_mended(db: Any) -> None:
    admin, owner = factories.operator(), factories.actor(factories.organisation(verified=False))
    with pytest.raises(Invalid):
        actions.reject_organisation(actor=admin, organisation_id=owner.organisation_id, reason=" ")
    actions.reject_organisation(actor=admin, organisation_id=owner.organisation_id, reason="seal unreadable")
    assert Organisation.objects.get(pk=owner.organisation_id).state_reason == "seal unreadable"
    actions.resubmit_organisation(actor=owner, organisation_id=owner.organisation_id)
    with pytest.raises(WrongState):
        actions.resubmit_organisation(actor=owner, organisation_id=owner.organisation_id)


def test_an_invitation_is_for_one_address_once_and_expires(db: Any) -> None:
    owner = factories.actor(factories.organisation("甲"))
    guest = factories.person(email="guest@example.test")
    mail.outbox.clear()
    actions.invite_member(
        actor=owner, organisation_id=owner.organisation_id, email="Guest@example.test", roles=["finance"]
    )
    token = mail.outbox[0].body.split("/invitations/")[1].split("/")[0]
    with pytest.raises(NotAllowed):
        actions.accept_invitation(actor=Actor.for_person(factories.person()), token=token)
    with clock.frozen(clock.now() + dt.timedelta(days=15)), pytest.raises(WrongState):
        actions.accept_invitation(actor=Actor.for_person(guest), token=token)
    with pytest.raises(Invalid):
        actions.accept_invitation(actor=Actor.for_person(guest), token=token, agreed_to="of another day")
    actions.accept_invitation(actor=Actor.for_person(guest), token=token, agreed_to=privacy.VERSION)
    assert Membership.objects.get(person=guest).roles == ["finance"]
    with pytest.raises(WrongState):
        actions.accept_invitation(actor=Actor.for_person(guest), token=token)
    assert token not in Invitation.objects.get().token_hash


def test_an_organisation_keeps_an_admin(db: Any) -> None:
    owner = factories.actor(factories.organisation())
    seat = Membership.objects.get(person=owner.person)
    with pytest.raises(Invalid):
        actions.set_roles(actor=owner, membership_id=seat.pk, roles=["member"])
    with pytest.raises(Invalid):
        actions.remove_member(actor=owner, membership_id=seat.pk)


def test_only_the_acting_organisation_counts(db: Any) -> None:
    first, second = factories.organisation(), factories.organisation()
    me = factories.member(first)
    factories.actor(second, person_=me, roles=["member"])
    assert policy.can(Actor.for_person(me, first), "accounts.invite_member", first)
    assert not policy.can(Actor.for_person(me, second), "accounts.invite_member", first)
    assert not policy.can(Actor.for_person(me, second), "accounts.invite_member", second)


def test_approver_is_a_role_of_the_operator_alone(db: Any) -> None:
    owner = factories.actor(factories.organisation())
    with pytest.raises(Invalid) as refused:
        actions.invite_member(actor=owner, organisation_id=owner.organisation_id, email="a@b.cn", roles=["approver"])
    assert refused.value.field == "roles"


def test_a_machine_client_s_secret_is_told_once_and_kept_as_a_hash(db: Any) -> None:
    owner = factories.actor(factories.organisation())
    client = actions.create_client(
        actor=owner.with_key("c1"), organisation_id=owner.organisation_id, name="ERP", scopes=["needs:read"], roles=[]
    )
    assert len(client.fresh_secret) > 40 and client.fresh_secret not in client.application.client_secret
    again = actions.create_client(
        actor=owner.with_key("c1"), organisation_id=owner.organisation_id, name="ERP", scopes=["needs:read"], roles=[]
    )
    assert again.pk == client.pk and again.fresh_secret == ""
