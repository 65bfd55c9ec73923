"""Who acts: a person or a machine client, for one organisation, or the platform's own clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.translation import gettext as _

from core.accounts.models import MachineClient, Membership, Organisation, Person
from core.accounts.states import Role


@dataclass(frozen=True)
class Actor:
    """The one argument of every action and every visible-to query.

    Only the acting organisation's membership counts. `key` is the idempotency key of the request, if it sent one.
    """

    person: Person | None = None
    client: MachineClient | None = None
    organisation: Organisation | None = None
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None
    key: str | None = None
    kind: str | None = None
    request_id: str = ""
    is_system: bool = field(default=False)
    is_fresh: bool = True  # a door says otherwise when the person signed in long ago
    seats: tuple[Membership, ...] | None = field(
        default=None, compare=False, repr=False
    )  # the person's, once looked up

    @property
    def is_signed_in(self) -> bool:
        return self.is_system or self.person is not None or self.client is not None

    @property
    def is_operator(self) -> bool:
        """Whether the acting organisation runs the platform."""
        return self.organisation is not None and self.organisation.is_operator

    @property
    def is_platform_admin(self) -> bool:
        return self.is_operator and Role.ADMIN in self.roles

    @property
    def id(self) -> UUID | None:
        """The id of the person or client; None for the system and for strangers."""
        acting = self.person or self.client
        return acting.pk if acting is not None else None

    @property
    def organisation_id(self) -> UUID | None:
        return self.organisation.pk if self.organisation is not None else None

    @property
    def label(self) -> str:
        if self.is_system:
            return _("the system")
        return str(self.person or self.client or _("somebody not signed in"))

    def has_role(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles in the acting organisation; every member is a `member`."""
        if Role.MEMBER in roles and self.roles:
            return True
        return any(role in self.roles for role in roles)

    def belongs_to(self, organisation: Organisation | UUID | None) -> bool:
        """Whether the actor acts for this organisation."""
        wanted = organisation.pk if isinstance(organisation, Organisation) else organisation
        return wanted is not None and self.organisation_id == wanted

    def with_key(self, key: str | None) -> Actor:
        return replace(self, key=key)

    @classmethod
    def nobody(cls) -> Actor:
        return cls()

    @classmethod
    def system(cls) -> Actor:
        return cls(is_system=True)

    @classmethod
    def for_person(cls, person: Person, organisation: Organisation | UUID | None = None, **extra: object) -> Actor:
        """The person acting for the organisation, or for the first one they belong to; without membership, for none.

        An organisation given by its id is a wish: where the person has no seat there, the first seat stands.
        """
        seats = list(
            Membership.objects.filter(person=person, is_active=True)
            .select_related("organisation")
            .order_by("created_at")
        )
        wanted = organisation.pk if isinstance(organisation, Organisation) else organisation
        seat = next((one for one in seats if one.organisation_id == wanted), None)
        if seat is None and not isinstance(organisation, Organisation):
            seat = seats[0] if seats else None
        if seat is None:
            return cls(person=person, seats=tuple(seats), **extra)  # type: ignore[arg-type]
        roles = frozenset(seat.roles) | {str(Role.MEMBER.value)}
        return cls(person=person, organisation=seat.organisation, roles=roles, seats=tuple(seats), **extra)  # type: ignore[arg-type]

    @classmethod
    def for_client(cls, client: MachineClient, scopes: frozenset[str], **extra: object) -> Actor:
        """The machine client acting for its organisation, within the scopes of its token."""
        return cls(
            client=client,
            organisation=client.organisation,
            roles=frozenset(client.roles) | {str(Role.MEMBER.value)},
            scopes=scopes & frozenset(client.scopes),
            **extra,  # type: ignore[arg-type]
        )
