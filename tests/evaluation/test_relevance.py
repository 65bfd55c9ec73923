"""Search and matching on the judged set, beside BM25; tests/proof/run_relevance.py prints the rest: other peers, later questions, intervals."""

from __future__ import annotations

import pytest

from tests.evaluation import relevance_figures as figures


@pytest.mark.req("R019")
def test_search_and_matching_are_clearly_ahead_of_bm25(db: str) -> None:
    corpus = figures.load()
    run, peer = figures.once(figures.ours), figures.Peer(corpus)
    ours = figures.search_figures(run)
    assert ours["all"]["ndcg"] >= 0.75, ours
    assert ours["held out"]["ndcg"] >= 0.72, ours
    assert ours["cross_lingual"]["ndcg"] >= 0.6, ours
    ahead = figures.interval(run, peer.search, figures.held_out())
    assert ahead[1] > 0.1, ahead
    matching = figures.match_figures(figures.ours_matching)
    assert matching["all"]["ndcg"] >= 0.72, matching
    assert matching["all"]["ndcg"] > figures.match_figures(peer.matching)["all"]["ndcg"] + 0.1, matching
    found = figures.duplicate_figures()  # R106
    assert found["judged pairs, tuned on"]["precision"] == 1 and found["judged pairs, held out"]["precision"] >= 0.85, (
        found
    )
    assert found["judged pairs, held out"]["recall"] >= 0.85 and found["judged pairs, all"]["recall"] >= 0.75, found
    later = found["every pair, those judged later as well, held out"]
    assert later["precision"] >= 0.8 and later["recall"] >= 0.8, found
