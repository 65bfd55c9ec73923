"""Finding research that is done twice (R106): what is compared, how alike two undertakings are, and keeping the pairs.

Everything is compared, confidential words as well: the comparison runs as the system, and what it finds leaves it only
through `needs.queries.duplicate`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q

from core import clock
from core.accounts.actor import Actor
from core.command import system_command
from core.search import queries as search
from core.search import words
from core.search.bridge import bridge
from core.search.likeness import Weighed, crowded, likeness, rarities, weighed
from core.search.models import Document
from core.search.ranking import weights_of
from needs.models.duplicate import Compared, SimilarPair
from needs.queries import undertaking
from needs.queries.undertaking import Facts
from needs.services.neighbours import nearest

# What each part adds, and how much a crowded neighbourhood takes away; chosen on one half of the judged pairs.
WHOLE, TITLE, INDICATORS, PLACE, SUPPORT, CROWD = 0.7, 0.2, 0.2, 0.3, 1.5, 0.5
SAME_FIELD = 0.6
# Pairs below are not kept: no chain can set its threshold lower.
FLOOR = 0.2
CANDIDATES = 30
# Undertakings of one transaction, and of one turn of the nightly round.
AT_ONCE, A_NIGHT = 25, 20_000
# So many are looked up together; fewer are looked up one by one.
PORTION, ONE_BY_ONE = 2_500, 60
_CODE = re.compile(r"[a-z]+-\d{4}-\d+")
_KEPT_WORDS = 200_000


@dataclass(frozen=True)
class Undertaking:
    """What is compared of a need, a result or a project: all its words, its title, its indicators, and where it belongs."""

    whole: Weighed
    title: Weighed
    indicators: Weighed
    place: Weighed
    nodes: frozenset[Any] = frozenset()
    field: str = ""


def alike(one: Undertaking, other: Undertaking, crowd: float = 0.0) -> float:
    """How alike two undertakings are, 0 to 1: goal, indicators, field and node; `crowd` is that of both together."""
    if one.nodes & other.nodes:
        place = 1.0
    else:
        place = likeness(one.place, other.place)
        if one.field and one.field == other.field:
            place = max(place, SAME_FIELD)
    goal = WHOLE * likeness(one.whole, other.whole) + TITLE * likeness(one.title, other.title)
    # Where it belongs and how it is measured support what is said of the goal, and make nothing alike by themselves.
    support = INDICATORS * likeness(one.indicators, other.indicators) + PLACE * place
    return max(0.0, min(1.0, goal + min(support, SUPPORT * goal) - CROWD * crowd))


class Weigher:
    """Weighs undertakings; how rare a word is it asks once, and forgets before it knows too much."""

    def __init__(self) -> None:
        self._rare: dict[str, float] = {}

    def undertakings(self, rows: Sequence[Document], facts: Mapping[UUID, Facts]) -> dict[UUID, Undertaking]:
        """Each document as what is compared of it."""
        parts, span = {}, bridge()
        for row in rows:
            known = facts.get(row.object_id, Facts())
            texts = [
                plain(weights_of("", text, span)[0])
                for text in (row.title, known.indicators, f"{known.place} {known.field}")
            ]
            parts[row.object_id] = (row, known, [plain(row.weights), *texts])
        self._learn({token for _row, _facts, texts in parts.values() for weights in texts for token in weights})
        found = {}
        for pk, (row, known, texts) in parts.items():
            is_chinese = words.has_chinese(row.title + row.text)
            whole, title, indicators, place = (weighed(one, self._rare, is_chinese=is_chinese) for one in texts)
            found[pk] = Undertaking(whole, title, indicators, place, known.nodes, known.field)
        return found

    def wholes(self, rows: Sequence[Document]) -> dict[UUID, Weighed]:
        """All that each document says, as a text to compare."""
        plain_ones = {row.object_id: plain(row.weights) for row in rows}
        self._learn({token for weights in plain_ones.values() for token in weights})
        return {
            row.object_id: weighed(
                plain_ones[row.object_id], self._rare, is_chinese=words.has_chinese(row.title + row.text)
            )
            for row in rows
        }

    def _learn(self, tokens: set[str]) -> None:
        if len(self._rare) > _KEPT_WORDS:
            self._rare.clear()
        unknown = tokens - set(self._rare)
        if unknown:
            documents, holding = search.holding_of(sorted(unknown))
            self._rare |= rarities(documents, holding)


def plain(weights: Mapping[str, float]) -> dict[str, float]:
    """Without the running numbers, which tell nothing."""
    return {token: weight for token, weight in weights.items() if not _CODE.fullmatch(token)}


def candidates(row: Document) -> list[Document]:
    """The undertakings of others that the search finds nearest to this one."""
    found = search.matching(Actor.system(), title=row.title, text=row.text, kinds=undertaking.kinds())
    others = found.filter(undertaking.alive()).exclude(organisation=row.organisation_id)
    return list(others.exclude(object_id=row.object_id)[:CANDIDATES])


def compare(
    row: Document, rows: Sequence[Document], seen: Mapping[UUID, Undertaking], facts: Mapping[UUID, Facts]
) -> list[tuple[Document, float]]:
    """Those of these undertakings that are like this one, most alike first; its crowd is written down."""
    this, own = seen[row.object_id], facts.get(row.object_id, Facts())
    crowd = crowded(likeness(this.whole, seen[one.object_id].whole) for one in rows)
    Compared.objects.update_or_create(object_id=row.object_id, defaults={"crowd": crowd})
    crowds = dict(
        Compared.objects.filter(object_id__in=[one.object_id for one in rows]).values_list("object_id", "crowd")
    )
    scored = []
    for one in rows:
        of_one_lineage = own.lineage & facts.get(one.object_id, Facts()).lineage
        if of_one_lineage or row.organisation_id in one.parties or one.organisation_id in row.parties:
            continue
        score = alike(this, seen[one.object_id], crowd + crowds.get(one.object_id, 0.0))
        if score >= FLOOR:
            scored.append((one, score))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].pk))


def keep_pairs(row: Document, found: Sequence[tuple[Document, float]]) -> None:
    """Write what was found, and end the pairs that are none any more."""
    now, pairs = clock.now(), []
    for other, score in found:
        one, two = sorted((row, other), key=lambda document: document.object_id)
        pairs.append(SimilarPair(  # type: ignore[misc]  # whatever is compared has an owner
            one_id=one.object_id, one_type=one.object_type, one_owner_id=one.organisation_id, other_id=two.object_id, other_type=two.object_type,
            other_owner_id=two.organisation_id, score=Decimal(str(round(score, 3))), found_at=now, seen_at=now, gone_at=None,
            chains=sorted({UUID(pk) for document in (one, two) for pk in search.scopes_of(document)}),
        ))  # fmt: skip
    # In one order, so that two who write at once wait and do not deadlock. What was found before keeps the moment at which it was.
    pairs.sort(key=lambda pair: (pair.one_id, pair.other_id))
    SimilarPair.objects.bulk_create(
        pairs, update_conflicts=True, unique_fields=["one_id", "other_id"],
        update_fields=["one_type", "one_owner", "other_type", "other_owner", "score", "seen_at", "gone_at", "chains"],
    )  # fmt: skip
    end_pairs([row.object_id], but=[other.object_id for other, _score in found])


def end_pairs(ids: Sequence[UUID], but: Sequence[UUID] = ()) -> None:
    """The pairs of these undertakings are over, but those with the others named."""
    rows = SimilarPair.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids), gone_at__isnull=True)
    rows.exclude(Q(one_id__in=ids, other_id__in=but) | Q(other_id__in=ids, one_id__in=but)).update(gone_at=clock.now())


def compare_one(object_id: UUID) -> int:
    """Compare an undertaking that was just submitted; gives how many are like it."""
    with system_command("needs.compare") as _system:
        row = Document.objects.filter(undertaking.alive(), object_id=object_id).first()
        if row is None:
            end_pairs([object_id])
            return 0
        rows = candidates(row)
        facts = undertaking.facts_of([row, *rows])
        found = compare(row, rows, Weigher().undertakings([row, *rows], facts), facts)
        keep_pairs(row, found)
    return len(found)


def compare_soon(obj: Model) -> None:
    """After the present transaction, compare what was submitted; if the message is lost, the nightly round does."""
    object_id = str(obj.pk)

    def hint() -> None:
        try:
            current_app.send_task("needs.compare_submitted", kwargs={"object_id": object_id}, retry=False)
        except Exception:
            return  # the nightly round compares whatever changed

    transaction.on_commit(hint, robust=True)


def compare_changed(limit: int = A_NIGHT) -> int:
    """Compare what changed since the last round, part by part; gives how many.

    One round runs at a time; broken off it goes on where it was. Two that were submitted at one moment did not see each
    other: this round looks at both again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('needs.duplicates'))")
        if not cursor.fetchone()[0]:
            return 0
    try:
        _end_dead_pairs()
        weigher, done = Weigher(), 0
        while done < limit and (rows := _changed(min(PORTION, limit - done))):
            near = nearest(rows, CANDIDATES) if len(rows) > ONE_BY_ONE else None
            for at in range(0, len(rows), AT_ONCE):
                _compare_some(rows[at : at + AT_ONCE], near, weigher)
            done += len(rows)
        return done
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('needs.duplicates'))")


def _changed(most: int) -> list[Document]:
    """What was not compared since it changed, the oldest change first."""
    with system_command("needs.find_duplicates") as _system:
        known = Compared.objects.filter(object_id=OuterRef("object_id"), at__gte=OuterRef("updated_at"))
        rows = Document.objects.filter(undertaking.alive(), ~Exists(known)).defer("weights", "vector")
        return list(rows.order_by("updated_at", "pk")[:most])


def _compare_some(rows: Sequence[Document], near: Mapping[UUID, Sequence[UUID]] | None, weigher: Weigher) -> None:
    """Compare these with what is nearest to each, and keep what was found; a round that is broken off goes on behind them."""
    with system_command("needs.find_duplicates") as _system:
        if near is None:
            near = {row.object_id: [one.pk for one in candidates(row)] for row in rows}
        ids = {row.pk for row in rows} | {pk for row in rows for pk in near[row.object_id]}
        living = {one.pk: one for one in Document.objects.filter(undertaking.alive(), pk__in=ids).defer("vector")}
        facts = undertaking.facts_of(living.values())
        seen = weigher.undertakings(list(living.values()), facts)
        for row in rows:
            this = living.get(row.pk)
            if this is None or this.updated_at != row.updated_at:
                continue  # it changed meanwhile: the next round has it
            others = [living[pk] for pk in near[row.object_id] if pk in living]
            keep_pairs(this, compare(this, others, seen, facts))
            Compared.objects.filter(object_id=this.object_id).update(at=this.updated_at)


def _end_dead_pairs() -> None:
    """What was withdrawn, closed or ended is like nothing any more."""
    with system_command("needs.find_duplicates") as _system:
        living = Document.objects.filter(undertaking.alive()).values("object_id")
        gone = ~Exists(living.filter(object_id=OuterRef("one_id"))) | ~Exists(
            living.filter(object_id=OuterRef("other_id"))
        )
        SimilarPair.objects.filter(gone, gone_at__isnull=True).update(gone_at=clock.now())


__all__ = ["Undertaking", "Weigher", "alike", "compare", "compare_changed", "compare_one", "compare_soon"]
