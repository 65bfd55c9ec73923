"""Where two or more chains work on what concerns them all: a joint room with its sides, members and notes (R130)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chains.models.chain import Chain
from chains.states import JointRoomState, RoomMemberState
from core.accounts.models import Organisation, Person
from core.db import UuidModel, VersionedModel, known_states


class JointRoom(VersionedModel):
    """A purpose that the leaders of several chains share; nobody outside learns that it exists."""

    title = models.CharField(_("Title"), max_length=120)
    purpose = models.TextField(_("Purpose"))
    state = models.CharField(_("State"), max_length=20, choices=JointRoomState.choices, default=JointRoomState.PROPOSED)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("Open since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)
    closed_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_because = models.TextField(_("Reason"), blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [known_states("state", JointRoomState, "joint_room_state_known")]

    def __str__(self) -> str:
        return self.title


class JointRoomSide(UuidModel):
    """One of the chains, and which organisation agreed for it as its leader."""

    room = models.ForeignKey(JointRoom, on_delete=models.PROTECT, related_name="sides")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="joint_room_sides")
    agreed_for = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["room", "chain"], name="joint_room_side_once")]

    def __str__(self) -> str:
        return f"{self.room} · {self.chain}"


class JointRoomMember(UuidModel):
    """An organisation of one of the chains that its leader asked into the room."""

    room = models.ForeignKey(JointRoom, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="joint_room_seats")
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        _("State"), max_length=20, choices=RoomMemberState.choices, default=RoomMemberState.INVITED
    )
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["room", "organisation"], name="joint_room_member_once"),
            known_states("state", RoomMemberState, "joint_room_member_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.room}"


class JointRoomNote(UuidModel):
    """What a member said in the room; it stays as it was written."""

    room = models.ForeignKey(JointRoom, on_delete=models.PROTECT, related_name="notes")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("What was said"))

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.text[:80]
