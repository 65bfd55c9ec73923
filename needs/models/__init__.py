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
from needs.models.complaint import Cluster, Complaint
from needs.models.library import PublicCall
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
from needs.models.survey import Campaign, QuestionSet, SurveyAnswer, SurveyContact, SurveyLink, SurveyRound

__all__ = [
    "Addendum",
    "Award",
    "AwardSignature",
    "Bid",
    "BidBudget",
    "BidFile",
    "BidMachine",
    "BidSubmission",
    "Campaign",
    "Challenge",
    "ChallengeFollow",
    "ChallengeGate",
    "ChallengeGateIndicator",
    "ChallengeIndicator",
    "ChallengePayer",
    "Cluster",
    "Commitment",
    "Complaint",
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
    "PublicCall",
    "QuestionSet",
    "Score",
    "ScoreSheet",
    "SurveyAnswer",
    "SurveyContact",
    "SurveyLink",
    "SurveyRound",
]
