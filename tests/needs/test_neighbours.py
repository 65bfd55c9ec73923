"""The nightly round looks many up at once, and finds what the search finds one by one."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from core.search.bridge import bridge
from core.search.models import Document
from core.search.services import weigh
from needs.models import SimilarPair
from needs.services import duplicate, neighbours
from tests import factories
from tests.evaluation.relevance_figures import FOLDER, body_of
from tests.needs.test_duplicates import BARRIER, CELLS, FILMS, filed


def library(count: int) -> list[Document]:
    """Judged needs of three owners; one sleeps, one is over, one belongs to nobody."""
    owners = [factories.organisation() for _one in range(3)]
    rows = []
    corpus = [json.loads(line) for line in (FOLDER / "corpus.jsonl").read_text().splitlines()]
    for at, one in enumerate([one for one in corpus if one["kind"] == "need"][:count]):
        facets = {"state": "withdrawn" if at == 3 else "published", "is_dormant": at == 5}
        row = Document.objects.create(
            object_type="evaluation", object_id=uuid5(NAMESPACE_URL, one["id"]), room="needs", kind="need", title=one["title"], text=body_of(one),
            link=one["id"], visibility="restricted" if at % 7 == 0 else "members", facets=facets, organisation=None if at == 8 else owners[at % 3],
        )  # fmt: skip
        rows.append(row)
    weigh(rows, bridge())
    return rows


@pytest.mark.req("R106")
@pytest.mark.parametrize(("block", "count"), [(10_000, 90), (7, 40)])
def test_many_at_once_are_near_what_each_is_near_alone(db: str, monkeypatch: Any, block: int, count: int) -> None:
    monkeypatch.setattr(neighbours, "BLOCK", block)
    rows = library(count)
    found = neighbours.nearest(rows[:30], duplicate.CANDIDATES)
    for row in rows[:30]:
        alone = [one.pk for one in duplicate.candidates(row)]
        assert found[row.object_id] == alone, row.title
    assert any(len(ids) > 5 for ids in found.values())


def pairs() -> dict[tuple[Any, Any], Any]:
    return {(one.one_id, one.other_id): one.score for one in SimilarPair.objects.filter(gone_at__isnull=True)}


@pytest.mark.req("R106")
def test_a_round_keeps_the_same_pairs_whichever_way_it_looks(db: str, monkeypatch: Any) -> None:
    node = factories.chain().nodes.first()
    for title, text in (*FILMS[:3], *CELLS[:3]):
        filed(title, text, node, [BARRIER] if title == FILMS[0][0] else [])
    assert duplicate.compare_changed() == 6
    kept = pairs()
    assert len(kept) >= 2
    duplicate.Compared.objects.all().delete()
    SimilarPair.objects.all().delete()
    monkeypatch.setattr(duplicate, "ONE_BY_ONE", 0)
    monkeypatch.setattr(duplicate, "AT_ONCE", 4)
    assert duplicate.compare_changed(limit=4) == 4, "a round that ends early goes on where it was"
    assert duplicate.compare_changed() == 2 and duplicate.compare_changed() == 0
    assert pairs() == kept
