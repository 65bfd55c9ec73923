"""Reads about qualifications, and what a match lacks of them (R127)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chains.queries import chains_led_by
from core.accounts.actor import Actor
from core.search import words
from core.search.models import Document
from needs.models.qualification import Qualification, QualificationEvidence
from needs.queries.result import capabilities_visible_to, results_visible_to
from needs.states.need import OPEN_TO_MEMBERS
from needs.states.qualification import EvidenceState
from needs.states.result import CapabilityState, ResultState


def qualifications_visible_to(actor: Actor) -> QuerySet[Qualification]:
    """What chains demand is for everyone signed in to read."""
    return Qualification.objects.all() if actor.is_signed_in else Qualification.objects.none()


def evidence_visible_to(actor: Actor) -> QuerySet[QualificationEvidence]:
    """One's own, that of the chains one leads, and what was confirmed for a result or capability one may see."""
    if actor.is_system or actor.is_platform_admin:
        return QualificationEvidence.objects.all()
    if not actor.is_signed_in:
        return QualificationEvidence.objects.none()
    seen = Q(result__in=results_visible_to(actor)) | Q(capability__in=capabilities_visible_to(actor))
    mine = Q(state=EvidenceState.CONFIRMED) & seen
    if actor.organisation is not None:
        mine |= Q(organisation=actor.organisation) | Q(qualification__chain__in=chains_led_by(actor.organisation))
    return QualificationEvidence.objects.filter(mine)


def is_of_readable(actor: Actor, row: QualificationEvidence) -> bool:
    """Whether the page of the result or capability opens for the actor; asks the database nothing."""
    if actor.belongs_to(row.organisation_id):
        return True
    if row.result is not None:
        return row.result.state == ResultState.PUBLISHED and row.result.confidentiality in OPEN_TO_MEMBERS
    return row.of.state == CapabilityState.PUBLISHED


@dataclass(frozen=True)
class Lack:
    """A qualification that the need's chain demands and that what was found has not shown.

    `evidence` is empty, `submitted` (it waits for the chain's leader) or `expired`.
    """

    qualification: Qualification
    evidence: str = ""

    def __str__(self) -> str:
        name = {"name": str(self.qualification)}
        if self.evidence == "submitted":
            return _("Adaptation needed: %(name)s (evidence not confirmed yet)") % name
        if self.evidence == "expired":
            return _("Adaptation needed: %(name)s (evidence has expired)") % name
        return _("Adaptation needed: %(name)s") % name


@dataclass(frozen=True)
class Demands:
    """What chains demand, and what was shown of it: asked once, for a whole list of matches."""

    by_chain: Mapping[str, Sequence[Qualification]]
    shown: Mapping[tuple[UUID, UUID], str]

    @classmethod
    def of(cls, chains: Collection[str] | None = None, objects: Collection[UUID] | None = None) -> Demands:
        """Those of the chains and what was shown of the objects; of all when left out. Two queries at most."""
        by_chain: dict[str, list[Qualification]] = defaultdict(list)
        rows = Qualification.objects.filter(retired_at__isnull=True)
        for row in rows if chains is None else rows.filter(chain_id__in=list(chains)):
            by_chain[str(row.chain_id)].append(row)
        return cls(by_chain, _shown(objects) if by_chain else {})

    def lacking(self, chain: str, solution: UUID, said: Container[str]) -> list[Lack]:
        """What the result or capability lacks for a need of the chain; `said` holds its words."""
        return [
            Lack(one, self.shown.get((one.pk, solution), ""))
            for one in self.by_chain.get(chain, ())
            if _concerns(one, said) and self.shown.get((one.pk, solution)) != "confirmed"
        ]


def lacks(pairs: Sequence[tuple[Document, Document]]) -> dict[tuple[UUID, UUID], list[Lack]]:
    """What each solution has still to be adapted to, by the ids of (need, solution); two queries for all of them."""
    chains = {need.facets.get("chain", "") for need, _solution in pairs} - {""}
    demands = Demands.of(chains, {solution.object_id for _need, solution in pairs})
    return {
        (need.object_id, one.object_id): demands.lacking(need.facets.get("chain", ""), one.object_id, one.weights)
        for need, one in pairs
    }


def _shown(objects: Collection[UUID] | None) -> dict[tuple[UUID, UUID], str]:
    """The best that stands for each qualification and object: confirmed before submitted before expired."""
    rank = ["expired", "submitted", "confirmed"]
    rows = QualificationEvidence.objects.filter(state__in=[EvidenceState.CONFIRMED, EvidenceState.SUBMITTED])
    if objects is not None:
        rows = rows.filter(Q(result__in=objects) | Q(capability__in=objects))
    found: dict[tuple[UUID, UUID], str] = {}
    for row in rows:
        of = row.result_id or row.capability_id
        assert of is not None
        stands = "expired" if row.is_over else str(row.state)
        key = (row.qualification_id, of)
        if key not in found or rank.index(stands) > rank.index(found[key]):
            found[key] = stands
    return found


def _concerns(row: Qualification, said: Container[str]) -> bool:
    """Whether the words hold one of the tags, in either language; without tags it always does."""
    return not row.tags or any(all(token in said for token in words.tokens(tag)) for tag in row.tags)
