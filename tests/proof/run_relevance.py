"""How well search, matching and the search for research done twice rank, by kind of question, beside BM25 of a library over the same
tokens, plain full text and `ILIKE`, with paired intervals over what chose nothing. Prints the figures of tests/evaluation."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]


def test_relevance(db: str) -> None:
    from tests.evaluation import relevance_figures as figures

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    corpus = figures.load()
    print(f"\n{len(corpus)} documents\n{figures.report(corpus)}")
    asked = figures.held_out("more_")
    ahead = figures.interval(figures.ours, figures.Peer(corpus).search, asked)
    assert ahead[1] > 0, f"on later questions not ahead of BM25: {ahead}"


if __name__ == "__main__":
    raise SystemExit(pytest.main(["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--timeout=900", __file__]))
