"""Tables of the room, by noun."""

from needs.models.award import Award, AwardPayer, AwardSignature, Feedback, FeedbackRemark
from needs.models.bid import Bid, BidBudget, BidFile, BidMachine, BidSubmission, Commitment
from needs.models.bid_likeness import SimilarBid
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
from needs.models.consensus import Consensus, Dissent
from needs.models.contract import Contract, ContractSignature
from needs.models.details import ChallengeDetails, DetailsAcceptance, DetailsFile, DetailsOpening
from needs.models.duplicate import Compared, JointParty, JointProposal, SimilarPair
from needs.models.eligibility import (
    BidDeclaration,
    EligibilityCondition,
    EligibilityFinding,
    SupplementFile,
    SupplementRequest,
)
from needs.models.joint_room import TableNeed
from needs.models.library import PublicCall, SavedSearch, SavedSearchHit
from needs.models.matching import Dismissal, SolverInvitation
from needs.models.merge import MergeConsent, NeedMerge
from needs.models.need import (
    Definer,
    IndicatorComment,
    IndicatorSignature,
    Need,
    NeedChain,
    NeedEvidence,
    NeedIndicator,
    NeedVersion,
)
from needs.models.notice import AwardNotice, Objection
from needs.models.offer import Flow, Offer
from needs.models.opportunity import Opportunity, Sought
from needs.models.outcome import Application, FollowUp, Outcome, Reinvestment, ResultRequirement
from needs.models.pairing import Pairing
from needs.models.qualification import Qualification, QualificationEvidence
from needs.models.question import Question
from needs.models.result import Capability, Result, ResultValue
from needs.models.review import PanelMember, Score, ScoreSheet
from needs.models.survey import Campaign, QuestionSet, SurveyAnswer, SurveyContact, SurveyLink, SurveyRound

__all__ = [
    "Addendum",
    "Application",
    "Award",
    "AwardNotice",
    "AwardPayer",
    "AwardSignature",
    "Bid",
    "BidBudget",
    "BidDeclaration",
    "BidFile",
    "BidMachine",
    "BidSubmission",
    "Campaign",
    "Capability",
    "Challenge",
    "ChallengeDetails",
    "ChallengeFollow",
    "ChallengeGate",
    "ChallengeGateIndicator",
    "ChallengeIndicator",
    "ChallengePayer",
    "Cluster",
    "Commitment",
    "Compared",
    "Complaint",
    "Consensus",
    "Contract",
    "ContractSignature",
    "Criterion",
    "Definer",
    "DetailsAcceptance",
    "DetailsFile",
    "DetailsOpening",
    "Dismissal",
    "Dissent",
    "EligibilityCondition",
    "EligibilityFinding",
    "Feedback",
    "FeedbackRemark",
    "Flow",
    "FollowUp",
    "IndicatorComment",
    "IndicatorSignature",
    "JointParty",
    "JointProposal",
    "MergeConsent",
    "Need",
    "NeedChain",
    "NeedEvidence",
    "NeedIndicator",
    "NeedMerge",
    "NeedVersion",
    "Objection",
    "Offer",
    "Opportunity",
    "Outcome",
    "Pairing",
    "PanelMember",
    "PublicCall",
    "Qualification",
    "QualificationEvidence",
    "Question",
    "QuestionSet",
    "Reinvestment",
    "Result",
    "ResultRequirement",
    "ResultValue",
    "SavedSearch",
    "SavedSearchHit",
    "Score",
    "ScoreSheet",
    "SimilarBid",
    "SimilarPair",
    "SolverInvitation",
    "Sought",
    "SupplementFile",
    "SupplementRequest",
    "SurveyAnswer",
    "SurveyContact",
    "SurveyLink",
    "SurveyRound",
    "TableNeed",
]
