"""Who puts needs on the table of a joint room, and who takes them off (R130)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chains.models import JointRoom
from core.access import policy
from core.accounts.actor import Actor
from needs.models.joint_room import TableNeed
from needs.queries.joint_room import table_needs_visible_to
from needs.rules.need import owns


def brings_needs(actor: Actor, room: Any) -> bool:
    """A person of an organisation that takes part in the room."""
    return isinstance(room, JointRoom) and policy.can(actor, "chains.write_note", room)


def takes_off(actor: Actor, row: Any) -> bool:
    """A member of the need's owner, or an admin of a leader of the room's chains."""
    return isinstance(row, TableNeed) and (
        owns(actor, row.need) or policy.can(actor, "chains.close_joint_room", row.room)
    )


policy.register(
    {"needs.put_on_table": brings_needs, "needs.take_off_table": takes_off},
    told={
        "needs.put_on_table": _("Only those who have joined the room put needs on its table."),
        "needs.take_off_table": _("Only the need's owner or a leader of the room's chains takes it off the table."),
    },
    begins=[
        "needs.put_on_table",
    ],
)
policy.visible(TableNeed, "needs.view_table_need", table_needs_visible_to)
