"""State machines are data."""

from __future__ import annotations

import pytest

from core.accounts.states import ORGANISATION, OrganisationState
from core.errors import WrongState
from core.states import Machine, Move


def test_every_state_against_every_move_of_an_organisation() -> None:
    legal = {
        ("registered", "verify_organisation"): "verified",
        ("rejected", "verify_organisation"): "verified",
        ("registered", "reject_organisation"): "rejected",
        ("rejected", "resubmit_organisation"): "registered",
        ("verified", "suspend_organisation"): "suspended",
        ("suspended", "restore_organisation"): "verified",
        ("verified", "merge_organisation"): "merged",
        ("suspended", "merge_organisation"): "merged",
    }
    for state in OrganisationState.values:
        for move in {move.name for move in ORGANISATION.moves}:
            if (state, move) in legal:
                assert ORGANISATION.after(state, move) == legal[(state, move)]
                assert move in ORGANISATION.open_moves(state)
            else:
                with pytest.raises(WrongState):
                    ORGANISATION.after(state, move)
                assert move not in ORGANISATION.open_moves(state)


def test_a_machine_with_two_answers_for_one_move_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Machine(Move("go", ["a"], "b"), Move("go", ["a"], "c"))
