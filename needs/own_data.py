"""What this room keeps about one person: seats on panels, evidence of qualifications, searches, what they follow."""

from __future__ import annotations

from core.accounts.own_data import fields_of, register
from needs.models import ChallengeFollow, PanelMember, QualificationEvidence, SavedSearch

# What was found against a judge names bidders, and they may be sealed or unnamed: it is told in the room alone, as far as it may be.
register(
    "seats_on_panels",
    lambda person: fields_of(
        PanelMember.objects.filter(person=person),
        *("challenge__code", "state", "is_chair", "declared_at", "declaration", "created_at"),
    ),
)
register(
    "evidence_of_qualifications",
    lambda person: fields_of(
        QualificationEvidence.objects.filter(person=person),
        *("qualification__name", "organisation__name", "certificate", "valid_until", "state", "reason", "created_at"),
    ),
)
register(
    "saved_searches",
    lambda person: fields_of(
        SavedSearch.objects.filter(person=person), "organisation__name", "name", "query", "pace", "created_at"
    ),
)
register(
    "challenges_followed",
    lambda person: fields_of(ChallengeFollow.objects.filter(person=person), "challenge__code", "created_at"),
)
