"""Search beside tantivy and `ILIKE` on the same documents: the first ten hits for the same questions, in turns, in one run.

Tantivy gets our tokens and nothing else: no visibility, no other language, no typing errors, no counts; it holds its index in this
process, so its ratio has no goal. `ILIKE` wants every word somewhere. XIELIAN_SEARCH_ROWS makes it smaller or larger.
"""

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
from tests.bench import ratios  # noqa: E402 - the path comes first

ROWS, ROUNDS = int(os.environ.get("XIELIAN_SEARCH_ROWS", "20000")), 7
ASKED = ["电池", "快充 充电时间", "fast charging battery", "双极板涂层", "轴承寿命不够怎么办"]


def test_search(db: str, servers: Any) -> None:
    import psycopg2
    import tantivy
    from django.db.models import Q

    from core.search import queries as search
    from core.search import words
    from core.search.models import Document
    from core.search.services import load_terms
    from tests import factories
    from tests.factories import needs
    from tests.support.library import fill

    load_terms()
    leader = factories.actor(factories.organisation(kinds=["large_firm"]))
    need, _owner, _others = needs.published(leader)
    with psycopg2.connect(servers.environment(db)["DATABASE_OWNER_URL"]) as owner, owner.cursor() as cursor:
        fill(cursor, needs=ROWS, example=need)
    schema = tantivy.SchemaBuilder().add_text_field("body", tokenizer_name="whitespace").add_text_field(
        "pk", stored=True, tokenizer_name="raw"
    ).build()  # fmt: skip
    index = tantivy.Index(schema)
    writer = index.writer(50_000_000)
    for pk, title, text in Document.objects.values_list("pk", "title", "text").iterator():
        writer.add_document(tantivy.Document(body=" ".join(words.tokens(f"{title} {text}")), pk=str(pk)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ours(text: str) -> list[Any]:
        return list(search.search(leader, text)[:10])

    def peer(text: str) -> list[Any]:
        terms = [tantivy.Query.term_query(schema, "body", token) for token in words.tokens(text)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in terms])
        return [searcher.doc(address)["pk"][0] for _score, address in searcher.search(query, 10).hits]

    def contains(text: str) -> list[Any]:
        asked = Q()
        for word in text.split():
            asked &= Q(title__icontains=word) | Q(text__icontains=word)
        return list(search.documents_visible_to(leader).filter(asked).order_by("-updated_at")[:10])

    print(
        f"\n{Document.objects.count():,} documents, {ROUNDS} rounds of {len(ASKED)} questions in turns; milliseconds for one question"
    )
    for text in ASKED:
        print(f"  {text}: hits of ours {len(ours(text))}, tantivy {len(peer(text))}, ILIKE {len(contains(text))}")
    sides = {"ours": ours, "tantivy": peer, "ILIKE": contains}

    def one_round(run: Any) -> float:
        return ratios.seconds(lambda: [run(text) for text in ASKED]) / len(ASKED) * 1000

    found = ratios.rounds(ROUNDS, {name: lambda run=run: one_round(run) for name, run in sides.items()})
    met = ratios.line("search / ILIKE", found["ours"], found["ILIKE"], goal=5, unit="ms", at_most=True)
    ratio = statistics.median(a / b for a, b in zip(found["ours"], found["tantivy"], strict=True))
    print(
        f"search / tantivy: ours {statistics.median(found['ours']):.2f} ms, peer {statistics.median(found['tantivy']):.2f} ms, "
        f"ratio {ratio:.0f}, no goal"
    )
    assert met, "the goal is not met: see the line above"


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=1800", __file__]))
