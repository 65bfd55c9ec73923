"""Who is removed stays out, and no organisation is left without an admin (R027)."""

from __future__ import annotations

from typing import Any

import pytest

from core.accounts import actions, lifecycle, privacy, services
from core.accounts.models import Invitation, Membership, Organisation, Person
from core.accounts.states import OrganisationState, Role
from core.errors import Invalid, Refusal, WrongState
from tests import factories


def invited(home: Organisation, person: Person, by: Any) -> str:
    """The token of another open invitation, as one that was sent before there was a rule against it."""
    kept = list(Invitation.objects.filter(organisation=home, state="sent").values_list("pk", flat=True))
    _row, token = services.issue_invitation(
        organisation=home, email=person.email, roles=["member", "admin"], invited_by=by
    )
    Invitation.objects.filter(pk__in=kept).update(state="sent")
    return token


@pytest.mark.req("R027")
@pytest.mark.parametrize("leaves", [True, False])
def test_who_left_or_was_removed_comes_back_by_no_earlier_invitation(client: Any, leaves: bool) -> None:
    home = factories.organisation()
    admin, guest = factories.actor(home), factories.actor(factories.organisation())
    assert admin.person is not None
    assert guest.person is not None
    first, second = invited(home, guest.person, admin.person), invited(home, guest.person, admin.person)
    client.sign_in(guest.person)
    seat = actions.accept_invitation(actor=guest, token=second, agreed_to=privacy.VERSION)
    assert set(Invitation.objects.values_list("state", flat=True)) == {"accepted", "withdrawn"}
    Invitation.objects.filter(state="withdrawn").update(state="sent")
    refused = client.post(f"/accounts/invitations/{first}/")
    assert refused.status_code == 409
    assert "您已是该机构的成员" in refused.content.decode()
    if leaves:
        own = factories.actor(home, person_=guest.person)
        lifecycle.leave_organisation(actor=own, membership_id=seat.pk)
    else:
        actions.remove_member(actor=admin, membership_id=seat.pk)
    assert client.post(f"/accounts/invitations/{first}/").status_code == 409
    seat.refresh_from_db()
    assert not seat.is_active
    with pytest.raises(WrongState):
        actions.remove_member(actor=admin, membership_id=seat.pk)


def test_a_new_invitation_withdraws_the_earlier_one(db: Any) -> None:
    admin = factories.actor(factories.organisation())
    assert admin.organisation_id is not None
    for roles in (["member", "finance"], ["member"]):
        actions.invite_member(actor=admin, organisation_id=admin.organisation_id, email="New@example.test", roles=roles)
    assert list(Invitation.objects.order_by("created_at").values_list("state", flat=True)) == ["withdrawn", "sent"]


@pytest.mark.parametrize("state", [OrganisationState.SUSPENDED, OrganisationState.MERGED])
def test_an_organisation_that_is_shut_gives_no_seats(client: Any, state: str) -> None:
    home = factories.organisation()
    admin, guest = factories.actor(home), factories.person()
    assert admin.person is not None
    token = invited(home, guest, admin.person)
    Organisation.objects.filter(pk=home.pk).update(state=state)
    client.sign_in(guest)
    refused = client.post(f"/accounts/invitations/{token}/", {"agrees": "on"})
    assert refused.status_code == 409
    assert "不再接纳成员" in refused.content.decode()


@pytest.mark.parametrize("how", ["leave", "remove", "roles"])
def test_two_admins_at_one_instant_leave_one_behind(db: Any, in_threads: Any, how: str) -> None:
    for _round in range(3):
        home = factories.organisation()
        admins = [factories.actor(home), factories.actor(home)]
        seats = [Membership.objects.get(person=one.person, organisation=home) for one in admins]
        factories.actor(home, roles=["member"])

        def call(number: int, admins: list[Any] = admins, seats: list[Membership] = seats) -> Any:
            if how == "leave":
                return lifecycle.leave_organisation(actor=admins[number], membership_id=seats[number].pk)
            if how == "remove":
                return actions.remove_member(actor=admins[number], membership_id=seats[1 - number].pk)
            return actions.set_roles(actor=admins[number], membership_id=seats[1 - number].pk, roles=["member"])

        ended = in_threads(2, call)
        assert sum(isinstance(one, Refusal) for one in ended) == 1, ended
        left = Membership.objects.filter(organisation=home, is_active=True, roles__contains=[Role.ADMIN])
        assert left.count() == 1


def test_the_only_admin_gives_up_no_role(db: Any) -> None:
    home = factories.organisation()
    admin = factories.actor(home)
    seat = Membership.objects.get(person=admin.person)
    for call in (
        lambda: actions.set_roles(actor=admin, membership_id=seat.pk, roles=["member"]),
        lambda: actions.remove_member(actor=admin, membership_id=seat.pk),
    ):
        with pytest.raises(Invalid):
            call()


def test_an_organisation_merges_into_the_operator_whose_admin_is_an_approver(db: Any) -> None:
    home, operator = factories.organisation(), factories.operator([Role.ADMIN, Role.APPROVER])
    factories.actor(home)
    other = factories.actor(factories.organisation("另一运营方", kinds=["operator"]), roles=[Role.ADMIN])
    assert operator.organisation_id is not None
    row = lifecycle.merge_organisation(
        actor=other, organisation_id=home.pk, into=operator.organisation_id, reason="并入平台"
    )
    assert row.state == OrganisationState.MERGED
    assert Membership.objects.get(person=operator.person, organisation=home).roles == [Role.ADMIN]
