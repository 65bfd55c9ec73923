"""Tables of the room, by noun."""

from chains.models.chain import Chain, ChainNode, LeaderDesignation, Machine, NodeMember, TermLink
from chains.models.joint_room import JointRoom, JointRoomMember, JointRoomNote, JointRoomSide

__all__ = [
    "Chain", "ChainNode", "JointRoom", "JointRoomMember", "JointRoomNote", "JointRoomSide", "LeaderDesignation", "Machine",
    "NodeMember", "TermLink",
]  # fmt: skip
