"""Passages that two texts share word for word."""

from __future__ import annotations

import pytest

from core.search.copying import copied, longest_shared, passages

PLAN = "采用多孔涂层隔膜与高浓度电解液协同设计，先做软包电芯验证，再放大到量产电芯，并在整车上验证寿命与安全。"
OTHER = "以硅碳负极配合新型粘结剂降低膨胀，通过脉冲化成稳定界面，十五个月内交付样品并完成第三方检测。"
ENGLISH = "We coat the separator with a porous ceramic layer, build pouch cells first and scale the coating to the width of a production line."


@pytest.mark.req("R106")
@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        (PLAN, PLAN, 1.0, 1.0),
        (PLAN, OTHER, 0.0, 0.0),
        (PLAN + OTHER, OTHER, 1.0, 1.0),
        (ENGLISH, "Our own way. " + ENGLISH.upper(), 1.0, 1.0),
        (PLAN[:30] + OTHER, PLAN[:30] + ENGLISH, 0.2, 0.9),
        ("十八个月", "十八个月", 0.0, 0.0),  # too short to say anything
        ("", PLAN, 0.0, 0.0),
    ],
)
def test_the_share_of_the_shorter_text(one: str, other: str, least: float, most: float) -> None:
    assert least <= copied(passages(one), passages(other)) <= most


def test_what_both_were_given_is_left_out_and_the_passage_is_shown_as_the_first_writes_it() -> None:
    assert copied(passages(PLAN), passages(PLAN), passages("榜单：" + PLAN)) == 0
    assert longest_shared(OTHER + PLAN, "另一份。" + PLAN) == PLAN.rstrip("。")
    assert longest_shared("A " + ENGLISH, "b " + ENGLISH.lower()) == ENGLISH.rstrip(".")
    assert longest_shared(PLAN, OTHER) == "" == longest_shared("", PLAN)
