"""The kinds of tasks and notifications: each room says in plain words what it asks of people and what it tells them.

A kind that nobody registered still arrives; it stands under its room's other news.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

SAFETY: Text = _("It concerns the safety of your account or your access.")
DEADLINE: Text = _("A date agreed by contract runs with it; missing it costs rights or money.")
WAITS: Text = _("A task stays in the inbox until it is done.")


@dataclass(frozen=True)
class Kind:
    """One kind: its words, its room, and whether people may silence it."""

    code: str
    room: str
    label: Text
    is_task: bool = False
    is_urgent: bool = False
    locked: Text = ""

    @property
    def is_locked(self) -> bool:
        """Whether it always shows and always comes by e-mail at once."""
        return bool(self.locked)

    @property
    def is_always_shown(self) -> bool:
        return self.is_task or self.is_locked


@dataclass(frozen=True)
class Group:
    """A room with its kinds, in the order in which they were registered."""

    room: str
    label: Text
    kinds: list[Kind]


_rooms: dict[str, tuple[int, Text]] = {}
_kinds: dict[str, Kind] = {}
OTHER = "other"


def register(
    room: str,
    label: Text,
    *,
    asked: Mapping[str, Text] | None = None,
    told: Mapping[str, Text] | None = None,
    locked: Mapping[str, Text] | None = None,
    urgent: Iterable[str] = (),
    order: int = 100,
) -> None:
    """Add a room's kinds: tasks (`asked`) and notifications (`told`), each with its words.

    `locked` names those that nobody may silence, with the reason; `urgent` those whose e-mail does not wait for the end
    of quiet hours.
    """
    _rooms.setdefault(room, (order, label))
    held, now = locked or {}, set(urgent)
    for words, is_task in ((asked or {}, True), (told or {}, False)):
        for code, text in words.items():
            _kinds[code] = Kind(code, room, text, is_task, code in now, held.get(code, ""))


def known(code: str) -> bool:
    """Whether a room has registered the kind."""
    return code in _kinds


def kind_of(code: str) -> Kind:
    """The kind of this code; one that nobody registered counts among the other news."""
    return _kinds.get(code) or Kind(code, OTHER, _("Other news"))


def groups() -> list[Group]:
    """All kinds by room, in the rooms' order."""
    rooms = sorted(_rooms.items(), key=lambda one: one[1][0])
    return [
        Group(room, label, [kind for kind in _kinds.values() if kind.room == room]) for room, (_order, label) in rooms
    ]
