"""How the room's states look."""

from chains.states import JointRoomState, RoomMemberState, TemplateState
from core.web import badges

badges.register(
    JointRoomState, {JointRoomState.PROPOSED: "warn", JointRoomState.OPEN: "ok", JointRoomState.CLOSED: "quiet"}
)
badges.register(
    RoomMemberState, {RoomMemberState.INVITED: "warn", RoomMemberState.JOINED: "ok", RoomMemberState.LEFT: "quiet"}
)
badges.register(
    TemplateState, {TemplateState.SIGNING: "info", TemplateState.IN_FORCE: "ok", TemplateState.SUPERSEDED: "quiet"}
)
