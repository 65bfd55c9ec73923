"""The room's tables."""

from projects.models.direction import DirectionChange
from projects.models.flow import Acceptance, Handover, HandoverFile, StageFundRequest
from projects.models.gate import (
    Finding,
    Gate,
    GateCondition,
    GateDecision,
    GateFile,
    GatePackage,
    GatePanelMember,
    PackageMeasurement,
)
from projects.models.origin import OriginChange
from projects.models.project import (
    CommunicationPlan,
    IndicatorContribution,
    Party,
    Project,
    ProjectIndicator,
    ProjectNeed,
    ProjectStart,
    WorkPackage,
)

__all__ = [
    "Acceptance", "CommunicationPlan", "DirectionChange", "Finding", "Gate", "GateCondition", "GateDecision", "GateFile", "GatePackage",
    "GatePanelMember", "Handover", "HandoverFile", "IndicatorContribution", "OriginChange", "PackageMeasurement", "Party", "Project",
    "ProjectIndicator", "ProjectNeed", "ProjectStart", "StageFundRequest", "WorkPackage",
]  # fmt: skip
