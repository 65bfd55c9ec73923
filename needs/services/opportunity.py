"""Looking for opportunities across chains (R122).

Each need, result or capability that changed asks the search for what fits it, at most `CANDIDATES`; nothing compares all with all.
Only documents that all members may read take part, so that nothing that is found tells of a hidden one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from chains.models import ChainNode
from core import clock
from core.accounts.actor import Actor
from core.command import system_command
from core.search import queries as search
from core.search.likeness import Weighed, likeness, shared
from core.search.models import Document, Visibility
from core.search.words import latin
from core.search.words import words as chinese
from needs.models.opportunity import Opportunity, Sought
from needs.queries.matching import NEEDS, RESEARCHED, is_open
from needs.services.likening import Weigher

CANDIDATES = 30
# Per cent; weaker than this is no opportunity.
FLOOR = Decimal(8)
WORDS_KEPT = 8
AT_ONCE, A_RUN = 20, 300


def open_to_all() -> QuerySet[Document]:
    """Published needs, results and capabilities that all members may read."""
    shown = Q(visibility__in=[Visibility.MEMBERS, Visibility.PUBLIC], organisation__isnull=False)
    # What its owner has not confirmed for long is matched with nothing.
    return Document.objects.filter(is_open(), shown).exclude(facets__contains={"is_dormant": True})


def find_changed(limit: int = A_RUN) -> int:
    """Look with whatever changed since it was last looked at, part by part; gives how many. One run at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('needs.opportunities'))")
        if not cursor.fetchone()[0]:
            return 0
    try:
        _end_dead()
        weigher, done = Weigher(), 0
        while done < limit and (some := _find_some(weigher)):
            done += some
        return done
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('needs.opportunities'))")


def _find_some(weigher: Weigher) -> int:
    with system_command("needs.find_opportunities") as _system:
        known = Sought.objects.filter(object_id=OuterRef("object_id"), at__gte=OuterRef("updated_at"))
        rows = list(open_to_all().filter(~Exists(known)).order_by("updated_at", "pk")[:AT_ONCE])
        for row in rows:
            _find(row, weigher)
            Sought.objects.update_or_create(object_id=row.object_id, defaults={"at": row.updated_at})
    return len(rows)


def _find(row: Document, weigher: Weigher) -> None:
    """Keep what fits the document and lies in other chains; end what does no more."""
    is_need = row.kind == "need"
    before = Opportunity.objects.filter(Q(need=row.object_id) | Q(result=row.object_id) | Q(capability=row.object_id))
    before = before.filter(gone_at__isnull=True)
    ids = {one for pair in before.values_list("need", "result", "capability") for one in pair if one}
    found = search.matching(Actor.system(), title=row.title, text=row.text, kinds=RESEARCHED if is_need else NEEDS)
    near = list(found.filter(pk__in=open_to_all().values("pk")).exclude(organisation=row.organisation_id)[:CANDIDATES])
    known = {one.pk for one in near}
    near += [one for one in open_to_all().filter(object_id__in=ids - {row.object_id}) if one.pk not in known]
    chains = set(search.scopes_of(row))
    apart = [
        one for one in near if not chains & set(search.scopes_of(one)) and one.organisation_id != row.organisation_id
    ]
    seen = weigher.wholes([row, *apart])
    nodes = ChainNode.objects.in_bulk([_id(one.facets.get("node")) for one in [row, *apart] if one.facets.get("node")])
    now, kept = clock.now(), []
    for one in apart:
        need, able = (row, one) if is_need else (one, row)
        strength = Decimal(str(round(100 * likeness(seen[need.object_id], seen[able.object_id]), 1)))
        here, there = nodes.get(_id(need.facets.get("node"))), nodes.get(_id(able.facets.get("node")))
        if strength < FLOOR or here is None or there is None:
            continue
        values = {
            "from_chain_id": there.chain_id, "from_node": there, "to_chain_id": here.chain_id, "strength": strength,
            "words": _words(need, seen[need.object_id], seen[able.object_id]), "seen_at": now, "gone_at": None,
        }  # fmt: skip
        pair, _fresh = Opportunity.objects.update_or_create(
            need_id=need.object_id, **{f"{able.kind}_id": able.object_id}, defaults=values,
            create_defaults=values | {"found_at": now},
        )  # fmt: skip
        kept.append(pair.pk)
    before.exclude(pk__in=kept).update(gone_at=now)


def _words(need: Document, one: Weighed, other: Weighed) -> Sequence[tuple[str, int]]:
    """The words both hold that the need says itself, with each one's share of the likeness in per cent."""
    text = f"{need.title} {need.text}"
    whole = {*chinese(text), *latin(text)}
    rows = shared(one, other)
    total = sum(share for _token, share in rows) or 1.0
    told = [(token, share) for token, share in rows if token in whole and len(token) > 1 and not token.isdigit()]
    longest = [one for one, _share in told if not any(one != longer and one in longer for longer, _other in told)]
    longest = longest[:WORDS_KEPT]
    parts = dict.fromkeys(longest, 0.0)
    # What the parts of a word agree in, such as its pairs of characters, counts for the word.
    for token, share in rows:
        of = next((one for one in longest if token in one), None)
        if of is not None:
            parts[of] += share
    found = [(token, max(1, round(100 * share / total))) for token, share in parts.items()]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _end_dead() -> None:
    """What was withdrawn, met or hidden is no opportunity any more."""
    with system_command("needs.find_opportunities") as _system:
        alive = open_to_all()
        dead = Q(~Exists(alive.filter(object_id=OuterRef("need_id"))))
        for name in RESEARCHED:
            dead |= Q(~Exists(alive.filter(object_id=OuterRef(f"{name}_id"))), **{f"{name}__isnull": False})
        Opportunity.objects.filter(dead, gone_at__isnull=True).update(gone_at=clock.now())


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
