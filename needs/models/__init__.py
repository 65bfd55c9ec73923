"""Tables of the room, by noun."""

from needs.models.award import Award, AwardSignature, Feedback
from needs.models.bid import Bid, BidBudget, BidFile, BidMachine, BidSubmission, Commitment
from needs.models.challenge import (
    Addendum,
    Challenge,
    ChallengeFollow,
    ChallengeGate,
    ChallengeGateIndicator,
    ChallengeIndicator,
    ChallengePayer,
    Criterion,
)
from needs.models.need import (
    Definer,
    IndicatorComment,
    IndicatorSignature,
    Need,
    NeedEvidence,
    NeedIndicator,
    NeedVersion,
)
from needs.models.review import PanelMember, Score, ScoreSheet

__all__ = [
    "Addendum",
    "Award",
    "AwardSignature",
    "Bid",
    "BidBudget",
    "BidFile",
    "BidMachine",
    "BidSubmission",
    "Challenge",
    "ChallengeFollow",
    "ChallengeGate",
    "ChallengeGateIndicator",
    "ChallengeIndicator",
    "ChallengePayer",
    "Commitment",
    "Criterion",
    "Definer",
    "Feedback",
    "IndicatorComment",
    "IndicatorSignature",
    "Need",
    "NeedEvidence",
    "NeedIndicator",
    "NeedVersion",
    "PanelMember",
    "Score",
    "ScoreSheet",
]
