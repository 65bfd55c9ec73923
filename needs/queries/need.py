"""Reads about needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.indicators.models import Specification
from needs.models.need import Definer, IndicatorSignature, Need, NeedEvidence, NeedIndicator, NeedVersion
from needs.states.need import LISTED, OPEN_TO_MEMBERS, Confidentiality, DefinerState, NeedState, SignatureVerdict


def needs_visible_to(actor: Actor) -> QuerySet[Need]:
    """One's own needs, those one was invited to define, and what is published for all members."""
    if not actor.is_signed_in:
        return Need.objects.none()
    if actor.is_system:
        return Need.objects.all()
    # An expert without a seat reads the library like a member: challenges they judge come from it.
    # A published need that was merged into another stays readable: it says where it goes on.
    mine = Q(state__in=LISTED) | Q(state=NeedState.MERGED, published_at__isnull=False)
    mine &= Q(confidentiality__in=OPEN_TO_MEMBERS)
    if actor.organisation is not None:
        invited = Definer.objects.filter(organisation=actor.organisation).exclude(state=DefinerState.DECLINED)
        mine |= Q(owner=actor.organisation) | Q(pk__in=invited.values("need_id"))
    return Need.objects.filter(mine)


def restricted_visible_to(actor: Actor) -> QuerySet[Need, Any]:
    """The ids of the restricted needs among those one may see, found by indexes: most needs are not restricted."""
    rows = Need.objects.filter(confidentiality=Confidentiality.RESTRICTED).order_by()
    if actor.organisation is None:
        return rows.none().values("pk")
    invited = Definer.objects.filter(organisation=actor.organisation).exclude(state=DefinerState.DECLINED)
    ours = rows.filter(owner=actor.organisation).values("pk")
    return ours.union(rows.filter(pk__in=invited.values("need_id")).values("pk"))


def evidence_visible_to(actor: Actor) -> QuerySet[NeedEvidence]:
    """Evidence of the needs one may see."""
    return NeedEvidence.objects.filter(need__in=needs_visible_to(actor))


def is_definer(actor: Actor, need: Need) -> bool:
    """Whether the acting organisation was invited and has not declined."""
    return (
        actor.organisation is not None
        and need.definers.filter(organisation=actor.organisation).exclude(state=DefinerState.DECLINED).exists()
    )


def defines(actor: Actor, definers: Iterable[Definer]) -> bool:
    """Whether the acting organisation is among them and has not declined; asks nothing."""
    return any(actor.belongs_to(one.organisation_id) and one.state != DefinerState.DECLINED for one in definers)


def current_version(need: Need) -> NeedVersion | None:
    """The newest version, issued or draft."""
    return need.versions.filter(number=need.current_version).first()


def issued_version(need: Need) -> NeedVersion | None:
    """The newest version that the owner issued."""
    return need.versions.filter(issued_at__isnull=False).order_by("-number").first()


def versions_seen(actor: Actor, need: Need) -> list[NeedVersion]:
    """The versions that the reader may see, in their order: issued ones, and to the owner the draft as well."""
    seen = Q(issued_at__isnull=False)
    if actor.belongs_to(need.owner_id):
        seen |= Q(number=need.current_version)
    return list(need.versions.filter(seen).order_by("number"))


def shown_of(need: Need, versions: Sequence[NeedVersion], *, own: bool) -> NeedVersion | None:
    """Of the versions that the reader may see the one that a page shows: the newest to its owner, the last issued to others."""
    if own:
        return next((one for one in versions if one.number == need.current_version), None)
    return next((one for one in reversed(versions) if one.issued_at is not None), None)


def pair_of_versions(
    versions: Sequence[NeedVersion], first: str, second: str
) -> tuple[NeedVersion | None, NeedVersion | None]:
    """The two versions of these numbers; for what is not among them the last but one, and the last."""
    known = {str(one.number): one for one in versions}
    last = versions[-1] if versions else None
    return known.get(first, versions[-2] if len(versions) > 1 else last), known.get(second, last)


def specifications_in(version: NeedVersion | None) -> list[Specification]:
    """The specifications of a version in their order."""
    if version is None:
        return []
    return [
        row.specification for row in version.indicators.select_related("specification__indicator").order_by("position")
    ]


def specifications_of(ids: Collection[UUID]) -> dict[UUID, list[Specification]]:
    """The specifications of each need's newest version in their order, by the need's id; one query."""
    rows = NeedIndicator.objects.filter(version__need_id__in=ids, version__number=F("version__need__current_version"))
    found: dict[UUID, list[Specification]] = defaultdict(list)
    for row in rows.select_related("specification__indicator", "version").order_by("position"):
        found[row.version.need_id].append(row.specification)
    return found


@dataclass(frozen=True)
class Cell:
    """One party's stand on one indicator."""

    organisation: Organisation
    verdict: str  # signed, refused, or empty while it waits
    reason: str
    person: str


@dataclass(frozen=True)
class Line:
    """One indicator with every party's stand."""

    specification: Specification
    cells: Sequence[Cell]


@dataclass(frozen=True)
class SignatureMatrix:
    """Who has signed what in a version: the owner and every definer that has not declined."""

    parties: Sequence[Organisation]
    lines: Sequence[Line]

    @property
    def open_cells(self) -> list[tuple[Specification, Organisation, str]]:
        """What is not signed: specification, organisation and its verdict so far."""
        return [
            (line.specification, cell.organisation, cell.verdict)
            for line in self.lines for cell in line.cells if cell.verdict != SignatureVerdict.SIGNED
        ]  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """All parties, at least one besides the owner, signed every indicator."""
        return bool(self.lines) and len(self.parties) > 1 and not self.open_cells


def definers_of(need: Need) -> list[Definer]:
    """Who was invited to define the need, with their organisations, in the order of their coming; one query."""
    return list(need.definers.select_related("organisation").order_by("created_at"))


def signature_matrix(
    need: Need,
    version: NeedVersion | None = None,
    *,
    definers: Sequence[Definer] | None = None,
    specifications: Sequence[Specification] | None = None,
) -> SignatureMatrix:
    """The stand of the version (the newest issued one by default); one query, and one for each of what the caller does not give."""
    if specifications is None:
        specifications = specifications_in(version or issued_version(need))
    invited = [
        one for one in (definers_of(need) if definers is None else definers) if one.state != DefinerState.DECLINED
    ]
    if need.published_at is not None:  # who came by a merge after the publication has nothing to sign
        invited = [one for one in invited if one.created_at <= need.published_at]
    parties = [need.owner, *(one.organisation for one in invited if one.organisation_id != need.owner_id)]
    given = {
        (row.specification_id, row.organisation_id): row
        for row in IndicatorSignature.objects.filter(need=need).select_related("person")
    }
    lines = []
    for specification in specifications:
        cells = []
        for party in parties:
            row = given.get((specification.pk, party.pk))
            cells.append(
                Cell(party, row.verdict if row else "", row.reason if row else "", str(row.person or "") if row else "")
            )
        lines.append(Line(specification, cells))
    return SignatureMatrix(parties, lines)
