"""How alike two texts are."""

from __future__ import annotations

import pytest

from core.search.likeness import likeness, shared, weigh_texts
from tests import factories


def test_the_same_thing_is_alike_in_both_languages_and_another_is_not(db: str) -> None:
    texts = [
        ("涤纶织物少水印染", "染色耗水量大，希望用超临界二氧化碳染色，减少废水"),
        ("聚酯面料节水染色工艺", "印染耗水大，寻求超临界二氧化碳染色，废水减少九成"),
        ("Nearly waterless dyeing of polyester fabric", "Dyeing uses much water; supercritical carbon dioxide dyeing"),
        ("地下车库充电桩负荷调度", "小区充电桩晚间过载，希望有序充电"),
        ("", ""),
    ]
    chinese, again, english, other, empty = weigh_texts(texts)
    assert likeness(chinese, chinese) == pytest.approx(1)
    assert likeness(chinese, again) > 3 * likeness(chinese, other)
    assert likeness(chinese, english) > 3 * likeness(chinese, other)
    assert likeness(again, chinese) == likeness(chinese, again)
    assert likeness(empty, chinese) == likeness(empty, empty) == 0
    assert "染色" in [token for token, _share in shared(chinese, again)]


def test_a_word_that_the_library_is_full_of_tells_little(db: str) -> None:
    from django.core.cache import cache

    from core.search import services

    texts = [("工艺改进", "提高良率"), ("工艺改进", "降低能耗")]
    before = likeness(*weigh_texts(texts))
    for number in range(30):
        owner = factories.organisation(f"某厂{number}")
        services.index(
            owner, title="工艺改进", text=f"第{number}条", room="needs", kind="need", link="/", visibility="members"
        )
    cache.clear()  # how many documents there are is kept for a minute
    assert likeness(*weigh_texts(texts)) < before
