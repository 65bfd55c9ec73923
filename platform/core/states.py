"""State machines as data: where a move leads, and which moves are open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.errors import WrongState


@dataclass(frozen=True)
class Move:
    """One named move from any of `sources` to `target`."""

    name: str
    sources: Collection[str]
    target: str


class Machine:
    """A table of moves. It has no callbacks and knows no people."""

    def __init__(self, *moves: Move) -> None:
        self.moves = moves
        self._table: dict[tuple[str, str], str] = {}
        for move in moves:
            for source in move.sources:
                if (source, move.name) in self._table:
                    raise ValueError(f"{move.name} leaves {source} twice")
                self._table[(source, move.name)] = move.target

    def after(self, state: str, move: str) -> str:
        """The state that `move` leads to from `state`; raises WrongState when it is not open."""
        target = self._table.get((str(state), str(move)))
        if target is None:
            raise WrongState(
                _("“%(move)s” is not possible while the state is “%(state)s”.")
                % {"move": _(str(move).replace("_", " ")), "state": _label(state)},
                code="wrong_state",
            )
        return target

    def is_open(self, state: str, move: str) -> bool:
        """Whether `move` is possible from `state`."""
        return (str(state), str(move)) in self._table

    def open_moves(self, state: str) -> list[str]:
        """The names of the moves possible from `state`, in the order of the table."""
        return [move.name for move in self.moves if str(state) in {str(source) for source in move.sources}]


def _label(state: str) -> str:
    label = getattr(state, "label", None)
    return str(label) if label is not None else _(str(state).replace("_", " "))
