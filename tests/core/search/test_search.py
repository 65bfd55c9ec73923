"""Search in both languages, typos, and visibility of rows and counts."""

from __future__ import annotations

from typing import Any

import pytest

from core.accounts.actor import Actor
from core.search import queries, services
from tests import factories


def put(title: str, text: str = "", **extra: Any) -> Any:
    row = factories.organisation(title)
    services.index(row, title=title, text=text, room="needs", kind=extra.pop("kind", "need"), link="/x/", **extra)
    return row


def titles(actor: Actor, text: str) -> list[str]:
    return [row.title for row in queries.search(actor, text)]


@pytest.mark.req("R019")
@pytest.mark.parametrize(("chinese", "english"), [("充电", "charging"), ("芯片", "chip")])
def test_a_word_is_found_in_either_language(db: Any, chinese: str, english: str) -> None:
    actor = factories.actor(factories.organisation())
    put(f"动力电池{chinese}慢", visibility="members")
    put("Slow battery " + english, visibility="members")
    put("包装膜撕裂", visibility="members")
    assert (
        set(titles(actor, chinese))
        == set(titles(actor, english))
        == {f"动力电池{chinese}慢", "Slow battery " + english}
    )


def test_what_holds_every_word_comes_first_and_the_title_weighs_more(db: Any) -> None:
    actor = factories.actor(factories.organisation())
    put("散热材料", "芯片", visibility="members")
    put("芯片散热不足", visibility="members")
    put("芯片功耗过高", visibility="members")
    put("包装膜撕裂", visibility="members")
    assert titles(actor, "芯片 散热") == ["芯片散热不足", "散热材料", "芯片功耗过高"]


def test_restricted_documents_are_neither_found_nor_counted_by_others(db: Any) -> None:
    party, other = factories.actor(factories.organisation()), factories.actor(factories.organisation())
    put("机密的电极工艺", visibility="restricted", parties=[party.organisation])
    assert titles(party, "电极") == ["机密的电极工艺"]
    assert titles(other, "电极") == []
    assert queries.hits(other, "电极") == []
    assert titles(Actor.nobody(), "电极") == []


def test_a_document_without_weights_gets_them(db: Any) -> None:
    from core.search.models import Document
    from core.search.tasks import weigh

    actor = factories.actor(factories.organisation())
    put("动力电池充电慢", visibility="members")
    assert titles(actor, "charging") == ["动力电池充电慢"]
    Document.objects.update(weights={}, length=0, vector=None)
    assert titles(actor, "charging") == []
    assert (weigh(), weigh()) == (1, 0)
    assert titles(actor, "charging") == ["动力电池充电慢"]


@pytest.mark.parametrize("hostile", ["'", "a' & b", "\\", "(", "!!", ":*", "100%", "\x00", "'; drop table x; --", "|&"])
def test_odd_input_never_breaks_the_query(db: Any, hostile: str) -> None:
    put("a'b \\ (c) 100%", "x:* & y", visibility="public")
    list(queries.search(Actor.nobody(), hostile))
