"""Reactions to news, and which of it organisations may ask for by webhook."""

from django.utils.translation import gettext_lazy as _

from core import outbox, webhooks
from needs.events.challenge import (
    AddendumIssued,
    AwardSigned,
    ChallengeCancelled,
    ChallengeClosed,
    ChallengePublished,
    QuestionAnswered,
)
from needs.events.need import NeedClosed, NeedPublished
from needs.events.offer import FlowRecorded
from needs.services.bid_likeness import compare_opened


@outbox.on(ChallengeClosed)
def compare_bids(event: ChallengeClosed) -> None:
    """Once the bids of a challenge are opened, look for passages that they share (R106)."""
    compare_opened(event.challenge_id)


_need = {"model": "needs.Need", "id_field": "need_id", "rest": "need"}
_challenge = {"model": "needs.Challenge", "id_field": "challenge_id", "rest": "challenge"}
webhooks.offer(NeedPublished, _("A need was published"), **_need)
webhooks.offer(NeedClosed, _("A need was closed"), **_need)
webhooks.offer(ChallengePublished, _("A challenge was published"), **_challenge)
webhooks.offer(AddendumIssued, _("A challenge got an addendum"), **_challenge)
webhooks.offer(QuestionAnswered, _("A question about a challenge was answered"), **_challenge)
webhooks.offer(ChallengeClosed, _("A challenge was closed for bids"), **_challenge)
webhooks.offer(ChallengeCancelled, _("A challenge was cancelled"), **_challenge)
webhooks.offer(AwardSigned, _("An award was signed"), model="needs.Award", id_field="award_id", rest="award")
webhooks.offer(FlowRecorded, _("A resource flow was recorded"), model="needs.Flow", id_field="flow_id", rest="flow")
