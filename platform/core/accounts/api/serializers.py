"""What goes in and out of accounts' REST door."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.accounts.models import (
    REGION_CODE,
    Invitation,
    MachineClient,
    Membership,
    Organisation,
    OrganisationChange,
    Person,
    SignedIn,
)
from core.accounts.states import OrganisationKind, Role
from core.api.serializers import Input

KINDS = [pair for pair in OrganisationKind.choices if pair[0] != OrganisationKind.OPERATOR]


class OrganisationIn(Input):
    name = serializers.CharField(max_length=120)
    uscc = serializers.CharField(max_length=40)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), allow_empty=False)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    region_code = serializers.RegexField(REGION_CODE, required=False, allow_blank=True, default="")
    address = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    intro = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    website = serializers.URLField(required=False, allow_blank=True, default="")


class OrganisationEdit(Input):
    name = serializers.CharField(max_length=120, required=False)
    uscc = serializers.CharField(max_length=40, required=False)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=KINDS), allow_empty=False, required=False)
    name_en = serializers.CharField(max_length=160, required=False, allow_blank=True)
    region_code = serializers.RegexField(REGION_CODE, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    intro = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    website = serializers.URLField(required=False, allow_blank=True)


class OrganisationOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Organisation
        fields = [
            "id", "name", "name_en", "uscc", "kinds", "state", "state_reason", "region_code", "address", "intro", "website",
            "verified_at", "version", "created_at",
        ]  # fmt: skip


class OrganisationWordsOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: a part of one
    """Those of the fields that change; null for those that stay."""

    name = serializers.CharField(read_only=True, allow_null=True, default=None)
    name_en = serializers.CharField(read_only=True, allow_null=True, default=None)
    uscc = serializers.CharField(read_only=True, allow_null=True, default=None)
    kinds = serializers.ListField(child=serializers.CharField(), read_only=True, allow_null=True, default=None)


class OrganisationChangeOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    before = OrganisationWordsOut()
    after = OrganisationWordsOut()

    class Meta:
        model = OrganisationChange
        fields = ["id", "organisation", "before", "after", "state", "reason", "decided_at", "created_at"]


class AskIn(Input):
    is_needed = serializers.BooleanField()


class LostFactorIn(Input):
    email = serializers.EmailField(help_text="The address of the person's account.")
    reason = serializers.CharField(max_length=2000, help_text="How the person proved who they are.")


class MergeIn(Input):
    into = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class SessionOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = SignedIn
        fields = ["id", "browser", "address", "seen_at", "created_at"]


class InviteIn(Input):
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=False)


class InvitationOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Invitation
        fields = ["id", "organisation", "email", "roles", "state", "expires_at", "created_at"]


class AcceptIn(Input):
    token = serializers.CharField(max_length=100)
    agreed_to = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="As for opening an account, where the person has not agreed to the present version yet.",
    )


class RolesIn(Input):
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class MembershipOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    person = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ["id", "organisation", "person", "roles", "is_active", "created_at"]

    def get_person(self, row: Membership) -> dict[str, Any]:
        return {"id": str(row.person_id), "name": row.person.name, "email": row.person.email}


class ClientIn(Input):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.CharField(max_length=40), allow_empty=False)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), required=False, default=list)


class ClientOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    client_id = serializers.CharField(source="application.client_id", read_only=True)
    client_secret = serializers.SerializerMethodField(help_text="Told once, in the answer that creates the client.")

    class Meta:
        model = MachineClient
        fields = [
            "id",
            "organisation",
            "name",
            "scopes",
            "roles",
            "is_active",
            "client_id",
            "client_secret",
            "created_at",
        ]

    def get_client_secret(self, row: MachineClient) -> str:
        return row.fresh_secret


class AddressIn(Input):
    email = serializers.EmailField()
    language = serializers.ChoiceField(choices=["zh-hans", "en"], required=False, default="zh-hans")


class AddressOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: nothing is kept yet
    """Where a message is on its way to."""

    email = serializers.EmailField()


class PersonIn(Input):
    token = serializers.CharField(
        max_length=1000, help_text="From the link in the message: what stands after sign-up/."
    )
    name = serializers.CharField(max_length=80)
    password = serializers.CharField(max_length=200, write_only=True)
    language = serializers.ChoiceField(choices=["zh-hans", "en"], required=False, default="zh-hans")
    is_expert = serializers.BooleanField(required=False, default=False)
    expertise = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    agreed_to = serializers.CharField(
        max_length=20, help_text="The version of the page /accounts/privacy/ that the person has read and agrees to."
    )


class ProfileIn(Input):
    name = serializers.CharField(max_length=80)
    title = serializers.CharField(max_length=80, allow_blank=True, required=False, default="")
    language = serializers.ChoiceField(choices=["zh-hans", "en"])
    is_expert = serializers.BooleanField()
    expertise = serializers.CharField(max_length=5000, allow_blank=True, required=False, default="")


class PersonOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Person
        fields = ["id", "email", "name", "title", "language", "is_expert", "expertise", "created_at"]


class MeOut(serializers.Serializer):  # type: ignore[type-arg]  # no model: who acts
    """A person or a machine client, and what it acts for."""

    person = PersonOut(allow_null=True)
    client = serializers.CharField(allow_null=True)
    organisation = OrganisationOut(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    kind = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField(), allow_null=True)


class ExpertOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    class Meta:
        model = Person
        fields = ["id", "name", "title", "expertise", "created_at"]
