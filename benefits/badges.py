"""How the room's states look."""

from benefits.states import (
    CallState,
    ClaimState,
    DisputeState,
    IncomeState,
    PartyState,
    StatementState,
    TrancheState,
    VersionState,
)
from core.web import badges

badges.register(
    VersionState, {VersionState.SIGNING: "info", VersionState.IN_FORCE: "ok", VersionState.SUPERSEDED: "quiet"}
)
badges.register(IncomeState, {IncomeState.RECORDED: "warn", IncomeState.SETTLED: "ok"})
badges.register(
    StatementState,
    {
        StatementState.PAYABLE: "warn",
        StatementState.INSTRUCTED: "info",
        StatementState.CONFIRMED: "ok",
        StatementState.RECONCILED: "ok",
    },
)
badges.register(
    TrancheState,
    {
        TrancheState.PLANNED: "none",
        TrancheState.HELD: "info",
        TrancheState.CAPTURED: "ok",
        TrancheState.VOIDED: "quiet",
    },
)
badges.register(PartyState, {PartyState.ASKED: "warn", PartyState.AGREED: "ok", PartyState.REFUSED: "bad"})
badges.register(CallState, {CallState.DUE: "info", CallState.LATE: "bad", CallState.PAID: "ok"})
badges.register(
    ClaimState,
    {
        ClaimState.DRAFT: "none",
        ClaimState.RETURNED: "warn",
        ClaimState.IN_REVIEW: "info",
        ClaimState.REJECTED: "bad",
        ClaimState.PAID: "ok",
    },
)
badges.register(DisputeState, {DisputeState.OPEN: "warn", DisputeState.CLOSED: "ok"})
