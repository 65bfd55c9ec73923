"""The room's routes below /api/v1/."""

from needs.api import (
    challenge_views,
    complaint,
    duplicate,
    entry_views,
    matching,
    need,
    offer,
    outcome,
    pairing,
    result,
    survey,
)

routes = [
    ("needs", need.NeedViewSet, "need"),
    ("need-evidence", need.EvidenceViewSet, "need-evidence"),
    ("public-calls", survey.PublicCallViewSet, "public-call"),
    ("complaints", complaint.ComplaintViewSet, "complaint"),
    ("clusters", complaint.ClusterViewSet, "cluster"),
    ("survey-campaigns", survey.CampaignViewSet, "survey-campaign"),
    ("survey-contacts", survey.ContactViewSet, "survey-contact"),
    ("question-sets", survey.QuestionSetViewSet, "question-set"),
    ("survey-rounds", survey.RoundViewSet, "survey-round"),
    ("survey-answers", survey.AnswerViewSet, "survey-answer"),
    ("offers", offer.OfferViewSet, "offer"),
    ("flows", offer.FlowViewSet, "flow"),
    ("pairings", pairing.PairingViewSet, "pairing"),
    ("match-dismissals", matching.DismissalViewSet, "match-dismissal"),
    ("solver-invitations", matching.InvitationViewSet, "solver-invitation"),
    ("similar-pairs", duplicate.SimilarPairViewSet, "similar-pair"),
    ("joint-proposals", duplicate.JointProposalViewSet, "joint-proposal"),
    *challenge_views.routes,
    *entry_views.routes,
    *result.routes,
    *outcome.routes,
]
