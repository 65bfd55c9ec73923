"""Tiers of a chain, and the life of what chains share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.states import Machine, Move


class Tier(models.TextChoices):
    """Where on the chain a node lies; the map draws one column per tier."""

    UPSTREAM = "upstream", _("Upstream")
    MIDSTREAM = "midstream", _("Midstream")
    DOWNSTREAM = "downstream", _("Downstream")


class JointRoomState(models.TextChoices):
    """A joint room is open once the leader of every chain has agreed."""

    PROPOSED = "proposed", _("Proposed")
    OPEN = "open", _("Open to its members")
    CLOSED = "closed", _("Closed")


JOINT_ROOM = Machine(
    Move("agree_to_joint_room", [JointRoomState.PROPOSED], JointRoomState.OPEN),
    Move("close_joint_room", [JointRoomState.PROPOSED, JointRoomState.OPEN], JointRoomState.CLOSED),
)


class RoomMemberState(models.TextChoices):
    """An organisation that was asked into a joint room."""

    INVITED = "invited", _("Invited")
    JOINED = "joined", _("Takes part")
    LEFT = "left", _("No longer takes part")


ROOM_MEMBER = Machine(
    Move("join_joint_room", [RoomMemberState.INVITED], RoomMemberState.JOINED),
    Move("leave_joint_room", [RoomMemberState.INVITED, RoomMemberState.JOINED], RoomMemberState.LEFT),
    Move("invite_to_joint_room", [RoomMemberState.LEFT], RoomMemberState.INVITED),
)


class TemplateState(models.TextChoices):
    """A table of a benefit template, in force once both leaders have signed it."""

    SIGNING = "signing", _("Being signed")
    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Superseded")


TEMPLATE = Machine(
    Move("enter_into_force", [TemplateState.SIGNING], TemplateState.IN_FORCE),
    Move("supersede", [TemplateState.SIGNING, TemplateState.IN_FORCE], TemplateState.SUPERSEDED),
)
