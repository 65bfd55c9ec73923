"""Persons, organisations, memberships, invitations and machine clients."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.accounts.states import ChangeState, InvitationState, OrganisationKind, OrganisationState, Role
from core.db import UuidModel, VersionedModel, known_states

# An administrative division: six digits of ASCII, or nothing.
REGION_CODE = r"^([0-9]{6})?$"


class PersonManager(BaseUserManager["Person"]):
    """Creates people; `create_superuser` exists for Django's admin alone and passes no rule of ours."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(UuidModel, AbstractBaseUser):
    """A human being with one account, who may belong to several organisations and acts for one at a time."""

    email = models.EmailField(_("E-mail"), unique=True)
    name = models.CharField(_("Name"), max_length=80)
    title = models.CharField(_("Professional title"), max_length=80, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)
    is_expert = models.BooleanField(default=False)
    expertise = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    # Set on the instance that making recovery codes returns; never stored.
    fresh_codes: list[str] = []

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    # Django's own admin asks these; our code never does.
    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_superuser


class Organisation(VersionedModel):
    """A legal body, known by its unified social credit code; it may be of several kinds at once (R027)."""

    name = models.CharField(_("Name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    uscc = models.CharField(_("Unified social credit code"), max_length=18, unique=True)
    kinds = ArrayField(models.CharField(max_length=30, choices=OrganisationKind.choices), default=list)
    state = models.CharField(max_length=20, choices=OrganisationState.choices, default=OrganisationState.REGISTERED)
    state_reason = models.TextField(blank=True)
    region_code = models.CharField(_("Administrative division code"), max_length=6, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    intro = models.TextField(_("Introduction"), blank=True)
    website = models.URLField(_("Website"), blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    needs_second_factor = models.BooleanField(_("Members need a second factor"), default=False, db_default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")

    class Meta:
        ordering = ["name"]
        indexes = [
            GinIndex(fields=["kinds"], name="organisation_kinds"),
            models.Index(fields=["name"], name="organisation_name"),
            models.Index(fields=["state"], name="organisation_state"),
        ]
        constraints = [
            known_states("state", OrganisationState, "organisation_state_known"),
            models.CheckConstraint(
                condition=models.Q(kinds__contained_by=list(OrganisationKind.values)), name="organisation_kinds_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        """Whether the operator confirmed who it is, and it goes on: others may begin something with it."""
        return self.state == OrganisationState.VERIFIED

    @property
    def is_merged(self) -> bool:
        """Whether it goes on in another: it still ends what it began, through the admins of its heir."""
        return self.state == OrganisationState.MERGED

    @property
    def main_kind(self) -> str:
        """The kind in which it acts until a member chooses another: the operator's, else the one named first."""
        if OrganisationKind.OPERATOR in self.kinds:
            return OrganisationKind.OPERATOR.value
        return self.kinds[0] if self.kinds else ""

    @property
    def is_operator(self) -> bool:
        """Whether its admins are the platform's admins."""
        return self.state == OrganisationState.VERIFIED and OrganisationKind.OPERATOR in self.kinds


class OrganisationChange(UuidModel):
    """What a verified organisation wants its register to say of who it is; the old words hold until an operator confirms.

    `before` and `after` hold the same fields, among name, name_en, uscc and kinds.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=ChangeState.choices, default=ChangeState.WAITING)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            known_states("state", ChangeState, "organisation_change_state_known"),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="waiting"), name="organisation_change_one_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {', '.join(self.after)}"


class Membership(UuidModel):
    """One person's place in one organisation, with the roles held there."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=list(Role.values)), name="membership_roles_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"


class Invitation(UuidModel):
    """An offer of membership to an e-mail address; the token's hash is kept, never the token."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=InvitationState.choices, default=InvitationState.SENT)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [known_states("state", InvitationState, "invitation_state_known")]

    def __str__(self) -> str:
        return f"{self.email} → {self.organisation}"


class MachineClient(UuidModel):
    """An OAuth 2 client-credentials client that acts for one organisation within its scopes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="machine_clients")
    name = models.CharField(max_length=80)
    application = models.OneToOneField(
        "oauth2_provider.Application", on_delete=models.PROTECT, related_name="machine_client"
    )
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    # Set on the instance that creation returns; never stored.
    fresh_secret: str = ""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class SecondFactor(UuidModel):
    """One person's authenticator (TOTP, RFC 6238). The secret lies encrypted; a code is good once."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.TextField()
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    shut_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person} · {self.created_at:%F}"


class RecoveryCode(UuidModel):
    """A code for the day when the authenticator is lost: told once, kept as a keyed hash, good once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.used_at or ''}"


class SignedIn(UuidModel):
    """One browser in which a person is signed in; ending the row ends the session."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.person} · {self.browser}"


class PrivacyAgreement(UuidModel):
    """A person has read what is kept about them, in this version of the words, and agreed; `created_at` is when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="privacy_agreements")
    version = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="privacy_agreed_once_a_version")]

    def __str__(self) -> str:
        return f"{self.person} · {self.version}"


class LinkedSignOn(UuidModel):
    """What a provider of single sign-on calls a person: its issuer and the subject, which it never gives to another."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ons")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    email = models.EmailField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="sign_on_of_one_person"),
            models.UniqueConstraint(fields=["person", "issuer"], name="sign_on_once_an_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.issuer}"
