"""Reads of the room, by noun."""

from chains.queries.chain import (
    chain_names,
    chains_led_by,
    chains_named,
    chains_visible_to,
    is_leader,
    leader_of,
    machines_visible_to,
    nodes_visible_to,
    term_links_of,
    term_links_visible_to,
    with_counts,
)
from chains.queries.joint_room import (
    can_be_invited,
    has_joined,
    is_in_room,
    joint_rooms_visible_to,
    leads_side,
    organisations_in,
    room_members_visible_to,
    room_notes_visible_to,
    rooms_taken_part_in,
    sides_led_by,
    terms_between,
)

__all__ = [
    "can_be_invited", "chain_names", "chains_led_by", "chains_named", "chains_visible_to", "has_joined", "is_in_room", "is_leader",
    "joint_rooms_visible_to", "leader_of", "leads_side", "machines_visible_to", "nodes_visible_to", "organisations_in",
    "room_members_visible_to", "room_notes_visible_to", "rooms_taken_part_in", "sides_led_by", "term_links_of",
    "term_links_visible_to", "terms_between", "with_counts",
]  # fmt: skip
