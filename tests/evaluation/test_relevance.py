"""Search and matching on the judged set."""

from __future__ import annotations

import pytest

from tests.evaluation import relevance_figures as figures


@pytest.mark.req("R019")
def test_search_and_matching_are_clearly_ahead_of_plain_full_text(db: str) -> None:
    corpus = figures.load()
    ours = figures.search_figures(figures.ours)
    told = figures.report(corpus)  # duplicates included (R106)
    print(told)
    assert ours["all"]["ndcg"] >= 0.75, told
    assert ours["held out"]["ndcg"] >= 0.72, told
    assert ours["cross_lingual"]["ndcg"] >= 0.6, told
    assert figures.interval(figures.ours, figures.Peer(corpus).search, figures.held_out())[1] > 0.1, told
    assert figures.match_figures(figures.ours_matching)["all"]["ndcg"] >= 0.72, told
    found = figures.duplicate_figures()
    assert found["judged pairs, held out"]["precision"] >= 0.75 and found["judged pairs, all"]["recall"] >= 0.6, told
    assert found["every pair, all"]["precision"] >= 0.5, told
