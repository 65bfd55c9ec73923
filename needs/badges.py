"""How the room's states look."""

from core.web import badges
from needs.states.award import AwardState
from needs.states.bid import BidState
from needs.states.challenge import ChallengeState
from needs.states.complaint import ClusterState
from needs.states.contract import ContractState
from needs.states.duplicate import Consent, JointState
from needs.states.library import Freshness
from needs.states.matching import InvitationState
from needs.states.merge import MergeState
from needs.states.need import DefinerState, NeedState, SignatureVerdict
from needs.states.notice import ObjectionState
from needs.states.offer import FlowState, OfferState
from needs.states.outcome import ApplicationState, OutcomeState
from needs.states.pairing import PairingState
from needs.states.qualification import EvidenceState
from needs.states.question import QuestionState, SupplementState
from needs.states.result import CapabilityState, ResultState
from needs.states.review import PanelState

badges.register(
    NeedState,
    {
        NeedState.DRAFT: "none", NeedState.DEFINING: "info", NeedState.DEFINED: "ok", NeedState.PUBLISHED: "ok",
        NeedState.MET: "ok", NeedState.PARTLY_MET: "warn", NeedState.WITHDRAWN: "quiet",
        NeedState.MERGED: "quiet",
    },
)  # fmt: skip
badges.register(
    DefinerState, {DefinerState.INVITED: "warn", DefinerState.ACCEPTED: "ok", DefinerState.DECLINED: "quiet"}
)
badges.register(
    MergeState,
    {
        MergeState.PROPOSED: "warn", MergeState.MERGED: "ok", MergeState.DECLINED: "bad", MergeState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(Freshness, {Freshness.FRESH: "ok", Freshness.STALE: "warn", Freshness.DORMANT: "bad"})
badges.register(SignatureVerdict, {SignatureVerdict.SIGNED: "ok", SignatureVerdict.REFUSED: "bad"})
badges.register(
    ChallengeState,
    {
        ChallengeState.DRAFT: "none", ChallengeState.IN_CHECK: "warn", ChallengeState.PUBLISHED: "ok", ChallengeState.CLOSED: "quiet",
        ChallengeState.UNDER_REVIEW: "info", ChallengeState.AWARDED: "ok", ChallengeState.CANCELLED: "quiet",
    },
)  # fmt: skip
badges.register(
    BidState,
    {
        BidState.DRAFT: "none", BidState.SUBMITTED: "info", BidState.WITHDRAWN: "quiet", BidState.INELIGIBLE: "bad",
        BidState.ELIGIBLE: "ok", BidState.AWARDED: "ok", BidState.NOT_AWARDED: "quiet",
    },
)  # fmt: skip
badges.register(QuestionState, {QuestionState.ASKED: "warn", QuestionState.ANSWERED: "ok"})
badges.register(
    SupplementState,
    {SupplementState.ASKED: "warn", SupplementState.GIVEN: "ok", SupplementState.WITHDRAWN: "quiet"},
)
badges.register(
    PanelState,
    {PanelState.INVITED: "warn", PanelState.CLEARED: "ok", PanelState.CONFLICTED: "bad", PanelState.RECUSED: "quiet"},
)
badges.register(ClusterState, {ClusterState.OPEN: "info", ClusterState.ANSWERED: "ok", ClusterState.DISSOLVED: "quiet"})
badges.register(
    ObjectionState,
    {
        ObjectionState.RAISED: "warn", ObjectionState.DISMISSED: "quiet", ObjectionState.UPHELD: "bad",
        ObjectionState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(ContractState, {ContractState.DRAFT: "none", ContractState.SIGNED: "ok"})
badges.register(AwardState, {AwardState.PROPOSED: "warn", AwardState.SIGNED: "ok", AwardState.VOIDED: "quiet"})
badges.register(OfferState, {OfferState.OPEN: "ok", OfferState.TAKEN: "info", OfferState.WITHDRAWN: "quiet"})
badges.register(
    FlowState,
    {FlowState.PROPOSED: "warn", FlowState.RECORDED: "ok", FlowState.DECLINED: "bad", FlowState.WITHDRAWN: "quiet"},
)
badges.register(ResultState, {ResultState.DRAFT: "none", ResultState.PUBLISHED: "ok", ResultState.WITHDRAWN: "quiet"})
badges.register(CapabilityState, {CapabilityState.PUBLISHED: "ok", CapabilityState.WITHDRAWN: "quiet"})
badges.register(
    ApplicationState,
    {
        ApplicationState.CLAIMED: "warn", ApplicationState.CONFIRMED: "ok", ApplicationState.DENIED: "bad", ApplicationState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(
    OutcomeState,
    {
        OutcomeState.DECLARED: "warn", OutcomeState.VERIFIED: "ok", OutcomeState.DISPUTED: "bad", OutcomeState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(
    PairingState,
    {PairingState.PROPOSED: "warn", PairingState.ACCEPTED: "ok", PairingState.DECLINED: "bad"},
)
badges.register(
    JointState,
    {
        JointState.PROPOSED: "warn", JointState.AGREED: "ok", JointState.CARRIED_OUT: "ok", JointState.DECLINED: "quiet",
        JointState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(Consent, {Consent.WAITING: "warn", Consent.GIVEN: "ok", Consent.REFUSED: "bad"})
badges.register(
    InvitationState,
    {
        InvitationState.SENT: "warn", InvitationState.ACCEPTED: "ok", InvitationState.DECLINED: "quiet",
        InvitationState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(
    EvidenceState,
    {
        EvidenceState.SUBMITTED: "warn", EvidenceState.CONFIRMED: "ok", EvidenceState.REFUSED: "bad", EvidenceState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
badges.register(
    MergeState,
    {
        MergeState.PROPOSED: "warn", MergeState.MERGED: "ok", MergeState.DECLINED: "bad", MergeState.WITHDRAWN: "quiet",
    },
)  # fmt: skip
