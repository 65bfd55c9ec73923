"""Finding research that is done twice (R106): what is compared, how alike two undertakings are, and keeping the pairs.

Everything is compared, confidential words as well: the comparison runs as the system, and what it finds leaves it only
through `needs.queries.duplicate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q

from core import clock
from core.accounts.actor import Actor
from core.command import system_command
from core.search import queries as search
from core.search.likeness import crowded, likeness
from core.search.meaning import cosine
from core.search.models import Document
from needs.models.duplicate import Compared, SimilarPair
from needs.queries import undertaking
from needs.queries.undertaking import Facts
from needs.services.likening import Crowds, Undertaking, Weigher, alike
from needs.services.neighbours import nearest

# Pairs below are not kept: no chain can set its threshold lower.
FLOOR = 0.2
# What is nearest to an undertaking and worth naming beside it, alike or not: so many, each at least so near.
NEAREST, NEAR = 8, 0.1
CANDIDATES = 30
# Undertakings of one transaction, and of one turn of the nightly round.
AT_ONCE, A_NIGHT = 25, 20_000
# So many are looked up together; fewer are looked up one by one.
PORTION, ONE_BY_ONE = 2_500, 60


def candidates(row: Document) -> list[Document]:
    """The undertakings of others that the search finds nearest to this one."""
    found = search.matching(Actor.system(), title=row.title, text=row.text, kinds=undertaking.kinds())
    others = found.filter(undertaking.alive()).exclude(organisation=row.organisation_id)
    return list(others.exclude(object_id=row.object_id)[:CANDIDATES])


def compare(
    row: Document, rows: Sequence[Document], seen: Mapping[UUID, Undertaking], facts: Mapping[UUID, Facts]
) -> list[tuple[Document, float]]:
    """Those of these undertakings that are like this one, most alike first; its crowds and its nearest are written down.

    Of one that was never compared what lies around it in meaning is not known: it is taken to be as much as around this one.
    """
    this, own = seen[row.object_id], facts.get(row.object_id, Facts())
    crowd = crowded(likeness(this.whole, seen[one.object_id].whole) for one in rows)
    meant = crowded(cosine(this.lies, seen[one.object_id].lies) for one in rows)
    others = [
        one
        for one in rows
        if not (own.lineage & facts.get(one.object_id, Facts()).lineage)
        and row.organisation_id not in one.parties
        and one.organisation_id not in row.parties
    ]
    around = {"crowd": crowd, "meant_crowd": meant, "nearest": _nearest(this, others, seen)}
    Compared.objects.update_or_create(object_id=row.object_id, defaults=around)
    known = Compared.objects.filter(object_id__in=[one.object_id for one in rows])
    crowds = {pk: (words, meaning) for pk, words, meaning in known.values_list("object_id", "crowd", "meant_crowd")}
    scored = []
    for one in others:
        words, meaning = crowds.get(one.object_id, (0.0, meant))
        score = alike(this, seen[one.object_id], Crowds(crowd + words, meant + meaning))
        if score >= FLOOR:
            scored.append((one, score))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].pk))


def _nearest(this: Undertaking, others: Sequence[Document], seen: Mapping[UUID, Undertaking]) -> list[UUID]:
    """What is nearest, however crowded it is there."""
    near = ((alike(this, seen[one.object_id]), one.object_id) for one in others)
    return [pk for score, pk in sorted(near, key=lambda one: (-one[0], one[1])) if score >= NEAR][:NEAREST]


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


__all__ = ["Crowds", "Undertaking", "Weigher", "alike", "compare", "compare_changed", "compare_one", "compare_soon"]
