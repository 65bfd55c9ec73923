"""How the room's states look."""

from core.web import badges
from projects.states import (
    AcceptanceState,
    ConditionState,
    DirectionState,
    GateState,
    HandoverState,
    Outcome,
    PanelState,
    ProjectState,
)

badges.register(
    ProjectState,
    {ProjectState.DRAFT: "none", ProjectState.RUNNING: "info", ProjectState.ACCEPTING: "warn", ProjectState.ACCEPTED: "ok",
     ProjectState.KILLED: "bad"},
)  # fmt: skip
badges.register(
    GateState,
    {GateState.OPEN: "none", GateState.IN_REVIEW: "warn", GateState.CONDITIONAL: "info", GateState.PAUSED: "quiet",
     GateState.FROZEN: "bad", GateState.PASSED: "ok", GateState.KILLED: "bad"},
)  # fmt: skip
badges.register(
    Outcome,
    {
        Outcome.GO: "ok",
        Outcome.CONDITIONAL: "info",
        Outcome.PAUSED: "quiet",
        Outcome.RECYCLE: "warn",
        Outcome.KILL: "bad",
    },
)
badges.register(
    PanelState,
    {PanelState.INVITED: "warn", PanelState.CLEARED: "ok", PanelState.CONFLICTED: "bad", PanelState.RECUSED: "quiet"},
)
badges.register(
    ConditionState, {ConditionState.OPEN: "warn", ConditionState.CLOSED: "ok", ConditionState.LAPSED: "bad"}
)
badges.register(
    HandoverState, {HandoverState.OFFERED: "warn", HandoverState.ACCEPTED: "ok", HandoverState.REFUSED: "bad"}
)
badges.register(AcceptanceState, {AcceptanceState.WAITING: "warn", AcceptanceState.SIGNED: "ok"})
badges.register(
    DirectionState, {DirectionState.PROPOSED: "warn", DirectionState.APPROVED: "ok", DirectionState.REFUSED: "bad"}
)
