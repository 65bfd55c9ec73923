"""Accounts' REST door: oneself, organisations, members, invitations, machine clients."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import limits
from core.access import policy
from core.accounts import actions, changes, lifecycle
from core.accounts.api import serializers as forms
from core.accounts.models import (
    Invitation,
    MachineClient,
    Membership,
    Organisation,
    OrganisationChange,
    Person,
    SignedIn,
)
from core.accounts.queries import experts
from core.accounts.web import own_data
from core.api.serializers import Nothing, Reason
from core.api.views import KEY_HEADER, Door, RoomViewSet, operation
from core.errors import NotAllowed


class Organisations(RoomViewSet):
    room, model, view_rule, id_name = "accounts", Organisation, "accounts.view_organisation", "organisation_id"
    serializer_class = forms.OrganisationOut
    create_action, create_serializer = actions.register_organisation, forms.OrganisationIn
    edit_action, edit_serializer = changes.edit_organisation, forms.OrganisationEdit
    filterset_fields = ["state", "uscc", "region_code"]
    search_fields = ["name", "name_en", "uscc"]
    ordering_fields = ["created_at", "name"]
    verify = operation(actions.verify_organisation, path="verify")
    reject = operation(actions.reject_organisation, path="reject", serializer=Reason)
    resubmit = operation(actions.resubmit_organisation, path="resubmit")
    suspend = operation(actions.suspend_organisation, path="suspend", serializer=Reason)
    restore = operation(actions.restore_organisation, path="restore")
    invite = operation(
        actions.invite_member, path="invite", serializer=forms.InviteIn, response=forms.InvitationOut, code=201
    )
    ask_second_factor = operation(lifecycle.ask_second_factor, path="ask_second_factor", serializer=forms.AskIn)
    merge = operation(lifecycle.merge_organisation, path="merge", serializer=forms.MergeIn)
    create_client = operation(
        actions.create_client, path="create_client", serializer=forms.ClientIn, response=forms.ClientOut, code=201
    )


class OrganisationChanges(RoomViewSet):
    """What a verified organisation wants the register to say of who it is."""

    room, model, view_rule, id_name = "accounts", OrganisationChange, "accounts.view_organisation_change", "change_id"
    serializer_class = forms.OrganisationChangeOut
    filterset_fields = ["organisation", "state"]
    confirm = operation(changes.confirm_organisation_change, path="confirm")
    refuse = operation(changes.refuse_organisation_change, path="refuse", serializer=Reason)
    withdraw = operation(changes.withdraw_organisation_change, path="withdraw")


class Members(RoomViewSet):
    room, model, view_rule, id_name = "accounts", Membership, "accounts.view_membership", "membership_id"
    serializer_class = forms.MembershipOut
    filterset_fields = ["organisation", "is_active"]
    set_roles = operation(actions.set_roles, path="set_roles", serializer=forms.RolesIn)
    remove = operation(actions.remove_member, path="remove")
    leave = operation(lifecycle.leave_organisation, path="leave")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("person", "organisation")


class Invitations(RoomViewSet):
    room, model, view_rule, id_name = "accounts", Invitation, "accounts.view_invitation", "invitation_id"
    serializer_class = forms.InvitationOut
    filterset_fields = ["state"]
    withdraw = operation(actions.withdraw_invitation, path="withdraw")
    accept = operation(
        actions.accept_invitation, path="accept", serializer=forms.AcceptIn, response=forms.MembershipOut, detail=False
    )


class Clients(RoomViewSet):
    room, model, view_rule, id_name = "accounts", MachineClient, "accounts.view_client", "client_id"
    serializer_class = forms.ClientOut
    filterset_fields = ["is_active"]
    revoke = operation(actions.revoke_client, path="revoke")

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("application")


class Sessions(RoomViewSet):
    """The browsers in which one is signed in."""

    room, model, view_rule, id_name = "accounts", SignedIn, "accounts.view_session", "session_id"
    serializer_class = forms.SessionOut
    end = operation(lifecycle.end_session, path="end", response=Nothing)


class Experts(Door, mixins.ListModelMixin):
    """People who offer to judge; names and fields, no addresses."""

    room = "accounts"
    serializer_class = forms.ExpertOut
    search_fields = ["name", "expertise"]

    def get_queryset(self) -> QuerySet[Person]:
        return experts()


class Me(APIView):
    """Oneself: who acts, for whom, in which roles."""

    room = "accounts"

    @extend_schema(operation_id="get_me", responses={200: forms.MeOut})
    def get(self, request: Request) -> Response:
        """Who acts, for whom, in which roles and with which scopes."""
        actor = request._request.actor  # type: ignore[attr-defined]
        if not actor.is_signed_in:
            raise NotAllowed(_("Please sign in first."), code="not_signed_in")
        told = {
            "person": actor.person, "client": str(actor.client) if actor.client else None, "organisation": actor.organisation,
            "roles": sorted(actor.roles), "kind": actor.kind, "scopes": sorted(actor.scopes) if actor.scopes is not None else None,
        }  # fmt: skip
        return Response(forms.MeOut(told).data)

    @extend_schema(operation_id="edit_profile", request=forms.ProfileIn, responses={200: forms.PersonOut})
    def put(self, request: Request) -> Response:
        """Change one's own name, title, language and fields."""
        sent = forms.ProfileIn(data=request.data)
        sent.is_valid(raise_exception=True)
        person = actions.edit_profile(actor=request._request.actor, **sent.validated_data)  # type: ignore[attr-defined]
        return Response(forms.PersonOut(person).data)


class OwnData(Door):
    """All that is kept about oneself."""

    room = "accounts"

    @extend_schema(request=None, responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def take_own_data(self, request: Request) -> FileResponse:
        self.checked(Nothing)
        return own_data.answer(request._request, self.actor.with_key(None))

    take_own_data.__doc__ = (
        f"{lifecycle.take_own_data.__doc__}\n\nA zip with one JSON file: account, seats, sign-ins, tasks, notifications, preferences,"
        " absences, ties, seats on panels, evidence of qualifications, files handed in, and every entry of the book that one signed."
    )


class LostFactors(Door):
    """What somebody has lost and cannot sign in without."""

    room = "accounts"

    @extend_schema(request=forms.LostFactorIn, responses={200: forms.PersonOut}, parameters=[KEY_HEADER])
    def take_second_factor(self, request: Request) -> Response:
        policy.require(self.actor, "accounts.take_second_factor")
        person = lifecycle.take_second_factor(actor=self.actor, **self.checked(forms.LostFactorIn))
        return Response(self.shown(person, forms.PersonOut))

    take_second_factor.__doc__ = lifecycle.take_second_factor.__doc__


class AccountLinks(APIView):
    """The first step to an account: a link to one's address."""

    room = "accounts"

    @extend_schema(operation_id="ask_for_account", auth=[], request=forms.AddressIn, responses={202: forms.AddressOut})
    def post(self, request: Request) -> Response:
        """Have a link sent that opens an account; the answer is the same for an address that has one."""
        limits.ask(request._request, "door")
        sent = forms.AddressIn(data=request.data)
        sent.is_valid(raise_exception=True)
        email = actions.ask_for_account(actor=request._request.actor, **sent.validated_data)  # type: ignore[attr-defined]
        return Response(forms.AddressOut({"email": email}).data, status=202)


class People(APIView):
    """Opening an account."""

    room = "accounts"

    @extend_schema(operation_id="register_person", auth=[], request=forms.PersonIn, responses={201: forms.PersonOut})
    def post(self, request: Request) -> Response:
        """Open an account under the address to which the link with this token was sent."""
        sent = forms.PersonIn(data=request.data)
        sent.is_valid(raise_exception=True)
        person = actions.register_person(actor=request._request.actor, **sent.validated_data)  # type: ignore[attr-defined]
        return Response(forms.PersonOut(person).data, status=201)
