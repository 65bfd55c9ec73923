"""The lives of projects, gates, panels, conditions and hand-overs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from benefits.states import STAGES, Stage
from core.states import Machine, Move


class Origin(models.TextChoices):
    """Where a project comes from (R006)."""

    SELF_EXPLORATION = "self_exploration", _("Own exploration")
    NEED_PULLED = "need_pulled", _("Pulled by a need")
    LEADER_DEFINED = "leader_defined", _("Defined by the chain leader")


class ProjectState(models.TextChoices):
    DRAFT = "draft", _("Being prepared")
    RUNNING = "running", _("Running")
    ACCEPTING = "accepting", _("In acceptance")
    ACCEPTED = "accepted", _("Acceptance signed")
    KILLED = "killed", _("Stopped at a gate")


PROJECT = Machine(
    Move("start_project", [ProjectState.DRAFT], ProjectState.RUNNING),
    Move("await_acceptance", [ProjectState.RUNNING], ProjectState.ACCEPTING),
    Move("accept_project", [ProjectState.ACCEPTING], ProjectState.ACCEPTED),
    Move("kill_project", [ProjectState.RUNNING], ProjectState.KILLED),
)


class PartyRole(models.TextChoices):
    LEADER = "leader", _("Leader")
    INNOVATOR = "innovator", _("Innovator")
    MAKER = "maker", _("Maker")
    PILOT_BASE = "pilot_base", _("Pilot base")
    SUPPLIER = "supplier", _("Supplier")
    END_USER = "end_user", _("End user")
    INVESTOR = "investor", _("Investor")


class GateState(models.TextChoices):
    OPEN = "open", _("Waits for its package")
    IN_REVIEW = "in_review", _("Package in review")
    CONDITIONAL = "conditional", _("Passed on conditions")
    PAUSED = "paused", _("Paused")
    FROZEN = "frozen", _("Frozen: a condition lapsed")
    PASSED = "passed", _("Passed")
    KILLED = "killed", _("Stopped")


UNDECIDED = [GateState.IN_REVIEW, GateState.PAUSED, GateState.FROZEN]
GATE = Machine(
    Move(
        "submit_package", [GateState.OPEN, GateState.IN_REVIEW, GateState.PAUSED, GateState.FROZEN], GateState.IN_REVIEW
    ),
    Move("go", [GateState.IN_REVIEW], GateState.PASSED),
    Move("conditional", [GateState.IN_REVIEW], GateState.CONDITIONAL),
    Move("paused", [GateState.IN_REVIEW], GateState.PAUSED),
    Move("recycle", [GateState.IN_REVIEW], GateState.OPEN),
    Move("kill", [*UNDECIDED], GateState.KILLED),
    Move("meet_conditions", [GateState.CONDITIONAL], GateState.PASSED),
    Move("lapse", [GateState.CONDITIONAL], GateState.FROZEN),
)


class Outcome(models.TextChoices):
    """What a gate's decision may be (R087)."""

    GO = "go", _("Go")
    CONDITIONAL = "conditional", _("Go on conditions")
    PAUSED = "paused", _("Pause")
    RECYCLE = "recycle", _("Once more")
    KILL = "kill", _("Stop")


class PanelState(models.TextChoices):
    INVITED = "invited", _("Invited")
    CLEARED = "cleared", _("No conflict")
    CONFLICTED = "conflicted", _("Conflict of interest")
    RECUSED = "recused", _("Stepped back")


PANEL = Machine(
    Move("clear", [PanelState.INVITED], PanelState.CLEARED),
    Move("find_conflict", [PanelState.INVITED, PanelState.CLEARED], PanelState.CONFLICTED),
    Move("recuse", [PanelState.INVITED, PanelState.CLEARED], PanelState.RECUSED),
)


class ConditionState(models.TextChoices):
    OPEN = "open", _("To be met")
    CLOSED = "closed", _("Condition met")
    LAPSED = "lapsed", _("Lapsed")


CONDITION = Machine(
    Move("close_condition", [ConditionState.OPEN], ConditionState.CLOSED),
    Move("lapse", [ConditionState.OPEN], ConditionState.LAPSED),
)


class HandoverState(models.TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


HANDOVER = Machine(
    Move("accept_handover", [HandoverState.OFFERED], HandoverState.ACCEPTED),
    Move("refuse_handover", [HandoverState.OFFERED], HandoverState.REFUSED),
)


class AcceptanceOutcome(models.TextChoices):
    MET = "met", _("All must-have indicators met")
    PARTLY_MET = "partly_met", _("Partly met")


class AcceptanceState(models.TextChoices):
    WAITING = "waiting", _("Waits for the expert's signature")
    SIGNED = "signed", _("Signed by owner and expert")


ACCEPTANCE = Machine(Move("sign_acceptance", [AcceptanceState.WAITING], AcceptanceState.SIGNED))


def next_stage(stage: str) -> str | None:
    """The stage after this one; None after the last."""
    at = [str(one.value) for one in STAGES].index(str(stage))
    return str(STAGES[at + 1].value) if at + 1 < len(STAGES) else None


__all__ = ["ACCEPTANCE", "CONDITION", "GATE", "HANDOVER", "PANEL", "PROJECT", "STAGES", "Stage", "next_stage"]


class DirectionState(models.TextChoices):
    """What became of a proposal to change a project's direction (R024)."""

    PROPOSED = "proposed", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")


DIRECTION = Machine(
    Move("approve_direction", [DirectionState.PROPOSED], DirectionState.APPROVED),
    Move("refuse_direction", [DirectionState.PROPOSED], DirectionState.REFUSED),
)
