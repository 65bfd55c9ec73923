"""News about challenges and awards. None of it names a bid before its challenge is opened."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core import outbox


@outbox.event("needs.challenge_published")
@dataclass(frozen=True)
class ChallengePublished:
    challenge_id: UUID
    need_id: UUID
    issuer_id: UUID


@outbox.event("needs.addendum_issued")
@dataclass(frozen=True)
class AddendumIssued:
    challenge_id: UUID
    addendum_id: UUID


@outbox.event("needs.challenge_closed")
@dataclass(frozen=True)
class ChallengeClosed:
    challenge_id: UUID
    need_id: UUID


@outbox.event("needs.challenge_cancelled")
@dataclass(frozen=True)
class ChallengeCancelled:
    challenge_id: UUID
    need_id: UUID


@outbox.event("needs.award_signed")
@dataclass(frozen=True)
class AwardSigned:
    award_id: UUID
    challenge_id: UUID
    bid_id: UUID
    need_id: UUID


@outbox.event("needs.question_answered")
@dataclass(frozen=True)
class QuestionAnswered:
    challenge_id: UUID
    question_id: UUID
