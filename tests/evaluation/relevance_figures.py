"""How well search and matching rank: figures on the judged set, beside BM25 (the library bm25s) over the same tokens, plain full text and `ILIKE`.

Odd-numbered queries and needs were used to choose the constants in `core.search.ranking`, the others only to report; `more_queries.jsonl` was written later,
with its judgements, before any of it was asked, and none of it chose anything. The intervals are paired bootstraps over queries (2,000 draws, fixed seed).
Every judgement is a single judge's.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Q

from core import checks
from core.accounts.actor import Actor
from core.search import queries as search
from core.search import words
from core.search.bridge import bridge
from core.search.learning import learn, place_some
from core.search.likeness import crowded, likeness
from core.search.meaning import cosine
from core.search.models import Document
from core.search.services import weigh
from needs.queries.undertaking import Facts
from needs.services import duplicate

T = TypeVar("T")
Scores = dict[tuple[str, str], float]
FOLDER = Path(__file__).parent / "relevance"
TARGETS = ["result", "capability", "equipment"]


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines() if line.strip()]


def table(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / name).read_text().splitlines()[1:] if line.strip()]


def indicators_of(document: dict[str, Any]) -> str:
    rows = document.get("indicators") or []
    shown = [one if isinstance(one, str) else " ".join(str(value) for value in one.values() if value) for one in rows]
    return " ".join(shown)


def body_of(document: dict[str, Any]) -> str:
    return " ".join([document["text"], document["node"], document["chain"], indicators_of(document)])


def load() -> list[dict[str, Any]]:
    """The corpus as documents that every member may find, and what is learnt from it."""
    from uuid import NAMESPACE_URL, uuid5

    corpus = lines("corpus.jsonl")
    rows = []
    for one in corpus:
        title, text = one["title"], body_of(one)
        row = Document.objects.create(
            object_type="evaluation", object_id=uuid5(NAMESPACE_URL, one["id"]), room="needs", kind=one["kind"], title=title[:300], text=text,
            link=one["id"], visibility="public",
        )  # fmt: skip
        rows.append(row)
    weigh(rows, bridge())
    learn()
    place_some()
    return corpus


def ndcg(found: list[str], grades: dict[str, int], at: int = 10) -> float:
    def gain(values: Iterable[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(values))

    ideal = gain(sorted(grades.values(), reverse=True)[:at])
    return gain(grades.get(one, 0) for one in found[:at]) / ideal if ideal else 0.0


def recall(found: list[str], grades: dict[str, int], at: int = 10) -> float | None:
    good = {one for one, grade in grades.items() if grade >= 2}
    return len(good & set(found[:at])) / min(at, len(good)) if good else None


def ours(text: str) -> list[str]:
    return [row.link for row in search.search(Actor.nobody(), text)[:10]]


def words_alone(text: str) -> list[str]:
    """Ours without what was learnt from the library."""
    return [row.link for row in search.search(Actor.nobody(), text, by_meaning=False)[:10]]


def ours_matching(document: dict[str, Any]) -> list[str]:
    rows = search.matching(Actor.nobody(), title=document["title"], text=body_of(document), kinds=TARGETS)
    return [row.link for row in rows[:10]]


def full_text(text: str, kinds: list[str] | None = None) -> list[str]:
    """PostgreSQL as it comes: `simple`, any of the words."""
    rows = Document.objects.filter(kind__in=kinds) if kinds else Document.objects.all()
    query = SearchQuery(" OR ".join(text.split()[:60]), search_type="websearch", config="simple")
    vector = SearchVector("title", config="simple", weight="A") + SearchVector("text", config="simple", weight="B")
    return [
        row.link
        for row in rows.annotate(rank=SearchRank(vector, query)).filter(rank__gt=0).order_by("-rank", "link")[:10]
    ]


class Peer:
    """BM25 as the library bm25s computes it (Lucene's variant, its usual constants) over the tokens that we index, in memory."""

    def __init__(self, corpus: list[dict[str, Any]]) -> None:
        import bm25s

        self.ids = [one["id"] for one in corpus]
        self.kinds = [one["kind"] for one in corpus]
        self.engine = bm25s.BM25()
        self.engine.index([words.tokens(f"{one['title']} {body_of(one)}") for one in corpus], show_progress=False)

    def search(self, text: str, kinds: list[str] | None = None) -> list[str]:
        asked = words.tokens(text)
        known = [token for token in asked if token in self.engine.vocab_dict]
        if not known:
            return []
        places, scores = self.engine.retrieve([known], k=len(self.ids), show_progress=False)
        return [
            self.ids[at]
            for at, score in zip(places[0], scores[0], strict=True)
            if score > 0 and (kinds is None or self.kinds[at] in kinds)
        ][:10]

    def matching(self, need: dict[str, Any]) -> list[str]:
        return self.search(f"{need['title']} {body_of(need)}", TARGETS)


def contains(text: str) -> list[str]:
    """`ILIKE` for each word."""
    asked = Q()
    for word in text.split():
        asked &= Q(title__icontains=word) | Q(text__icontains=word)
    return [row.link for row in Document.objects.filter(asked).order_by("link")[:10]]


def grades_of(name: str) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for row in table(name):
        grades[row[0]][row[1]] = int(row[2])
    return grades


def search_figures(run: Callable[[str], list[str]], name: str = "") -> dict[str, dict[str, float]]:
    """nDCG@10 and recall@10 by kind of query, over all, and over the half that was held out."""
    grades = grades_of(f"{name}qrels.tsv")
    scores: dict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for place, query in enumerate(lines(f"{name}queries.jsonl")):
        found = run(query["text"])
        value = (ndcg(found, grades[query["id"]]), recall(found, grades[query["id"]]))
        halves = [] if name else ["held out" if place % 2 else "tuned on"]
        for group in (query["type"], "all", *halves):
            scores[group].append(value)
    return _means(scores)


def match_figures(run: Callable[[dict[str, Any]], list[str]]) -> dict[str, dict[str, float]]:
    grades = grades_of("match.tsv")
    corpus = {one["id"]: one for one in lines("corpus.jsonl")}
    scores: dict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for place, (need, judged) in enumerate(sorted(grades.items())):
        if any(judged.values()):
            found = run(corpus[need])
            for group in ("all", "held out" if place % 2 else "tuned on"):
                scores[group].append((ndcg(found, judged), recall(found, judged)))
    return _means(scores)


def _means(scores: dict[str, list[tuple[float, float | None]]]) -> dict[str, dict[str, float]]:
    result = {}
    for group, values in sorted(scores.items()):
        recalls = [one for _value, one in values if one is not None]
        result[group] = {
            "n": len(values), "ndcg": sum(value for value, _one in values) / len(values), "recall": sum(recalls) / len(recalls) if recalls else 0.0,
        }  # fmt: skip
    return result


def held_out(name: str = "") -> list[tuple[str, dict[str, int]]]:
    """The queries that chose nothing, with their grades."""
    grades = grades_of(f"{name}qrels.tsv")
    return [
        (one["text"], grades[one["id"]]) for place, one in enumerate(lines(f"{name}queries.jsonl")) if name or place % 2
    ]


def held_out_needs() -> list[tuple[dict[str, Any], dict[str, int]]]:
    corpus = {one["id"]: one for one in lines("corpus.jsonl")}
    judged = [(corpus[need], grades) for need, grades in sorted(grades_of("match.tsv").items())]
    return [(need, grades) for place, (need, grades) in enumerate(judged) if place % 2 and any(grades.values())]


def interval(
    one: Callable[[T], list[str]], other: Callable[[T], list[str]], asked: list[tuple[T, dict[str, int]]]
) -> tuple[float, float, float]:
    """The mean difference in nDCG@10 over what is asked, and its 95 % interval."""
    gaps = [ndcg(one(what), grades) - ndcg(other(what), grades) for what, grades in asked]
    draw = random.Random(20261126)
    means = sorted(sum(draw.choices(gaps, k=len(gaps))) / len(gaps) for _turn in range(2000))
    return sum(gaps) / len(gaps), means[50], means[1949]


def pairs_of(name: str) -> list[tuple[str, str, int]]:
    return [(*sorted(row[:2]), int(row[2]) if len(row) > 2 else -1) for row in table(name)]  # type: ignore[misc]


def likenesses() -> Scores:
    """How alike every two needs of the corpus are, as `needs.services.duplicate` counts it."""
    corpus = {one["id"]: one for one in lines("corpus.jsonl") if one["kind"] == "need"}
    rows = list(Document.objects.filter(object_type="evaluation", kind="need").order_by("link"))
    facts = {
        row.object_id: Facts(indicators_of(one := corpus[row.link]), frozenset([one["node"]]), one["node"]) for row in rows
    }  # fmt: skip
    seen = duplicate.Weigher().undertakings(rows, facts)
    texts = {row.link: seen[row.object_id] for row in rows}
    near: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for one, other in itertools.combinations(texts, 2):
        found = likeness(texts[one].whole, texts[other].whole), cosine(texts[one].lies, texts[other].lies)
        near[one].append(found)
        near[other].append(found)
    crowds = {
        one: [crowded(values) for values in zip(*sorted(found, reverse=True)[: duplicate.CANDIDATES], strict=True)]
        for one, found in near.items()
    }
    return {
        (one, other): duplicate.alike(
            texts[one], texts[other], duplicate.Crowds(*map(sum, zip(crowds[one], crowds[other], strict=True)))
        )
        for one, other in itertools.combinations(texts, 2)
    }


def duplicate_figures(least: float | None = None, scores: Scores | None = None) -> dict[str, dict[str, float]]:
    """Precision and recall of what counts as done twice: over every pair of needs, over those that were judged, and over every pair
    with what was judged later.

    Every second judged pair, and every second of the others, was used to choose the weights and the threshold.
    """
    scores = scores or likenesses()
    least = float(checks.threshold("A36", "likeness") / 100) if least is None else least
    ignored = {row[:2] for row in pairs_of("duplicates_ignore.tsv")}
    judged = {(one, other): bool(grade) for one, other, grade in pairs_of("duplicates.tsv")}
    later = {(one, other): bool(grade) for one, other, grade in pairs_of("duplicates_more.tsv")}
    half = {pair: place % 2 for place, pair in enumerate(pair for pair, is_one in judged.items() if is_one)}
    half |= {pair: place % 2 for place, pair in enumerate(sorted(pair for pair, is_one in later.items() if is_one))}
    half |= {pair: place % 2 for place, pair in enumerate(pair for pair in sorted(scores) if pair not in half)}
    figures = {}
    for group, places in (("tuned on", {0}), ("held out", {1}), ("all", {0, 1})):
        for name, among, known in (
            ("judged pairs", set(judged), judged), ("every pair", set(scores), judged),
            ("every pair, those judged later as well", set(scores), judged | later),
        ):  # fmt: skip
            rows = [pair for pair in among - ignored if half[pair] in places]
            found = {pair for pair in rows if scores[pair] >= least}
            true = {pair for pair in rows if known.get(pair)}
            hits = len(found & true)
            figures[f"{name}, {group}"] = {
                "n": len(rows), "true": len(true), "found": len(found), "precision": hits / len(found) if found else 0.0,
                "recall": hits / len(true) if true else 0.0,
            }  # fmt: skip
    return figures


def once(run: Callable[[T], list[str]]) -> Callable[[T], list[str]]:
    """The same answers, each asked for only once."""
    kept: dict[str, list[str]] = {}

    def answer(what: T) -> list[str]:
        key = json.dumps(what, ensure_ascii=False)
        if key not in kept:
            kept[key] = run(what)
        return kept[key]

    return answer


def report(corpus: list[dict[str, Any]]) -> str:
    """The whole report as text; the corpus is loaded already."""
    peer = Peer(corpus)
    told = []
    runs = {
        "ours": once(ours), "ours by words alone": once(words_alone), "BM25": once(peer.search), "plain full text": once(full_text), "ILIKE": once(contains),
    }  # fmt: skip
    for title, name in (("search", ""), ("search, later questions", "more_")):
        told += [f"{title}, {who}: {_shown(search_figures(run, name))}" for who, run in runs.items()]
        told += [
            f"{title}, ours minus {who}, {_difference(interval(runs['ours'], run, held_out(name)))}"
            for who, run in runs.items()
            if who != "ours"
        ]
    matchings = {
        "ours": once(ours_matching), "BM25": once(peer.matching), "plain full text": once(full_text_matching),
    }  # fmt: skip
    told += [f"matching, {who}: {_shown(match_figures(run))}" for who, run in matchings.items()]
    told += [
        f"matching, ours minus {who}, {_difference(interval(matchings['ours'], run, held_out_needs()))}"
        for who, run in matchings.items()
        if who != "ours"
    ]
    told += duplicates_told(duplicate_figures())
    return "\n".join(told)


def duplicates_told(figures: dict[str, dict[str, float]]) -> list[str]:
    """A line for each group of pairs."""
    return [
        "duplicates, {}: n={n:.0f} true {true:.0f} found {found:.0f} precision {precision:.3f} recall {recall:.3f}".format(
            name, **one
        )
        for name, one in figures.items()
    ]


def _difference(found: tuple[float, float, float]) -> str:
    return "held out: {:.3f} [{:.3f}, {:.3f}]".format(*found)


def full_text_matching(need: dict[str, Any]) -> list[str]:
    return full_text(f"{need['title']} {body_of(need)}", TARGETS)


def _shown(figures: dict[str, dict[str, float]]) -> str:
    return "".join(
        f"\n  {group:13} n={one['n']:2.0f}  nDCG@10 {one['ndcg']:.3f}  recall@10 {one['recall']:.3f}"
        for group, one in figures.items()
    )
