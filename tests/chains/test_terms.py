"""The term bridge between two chains (R130)."""

from __future__ import annotations

from typing import Any

import pytest

from core.search.models import Document
from core.search.tasks import weigh
from tests import factories


def put(title: str, text: str, chain: Any, **extra: Any) -> Any:
    from core.search import services

    row = factories.organisation(title)
    facets = {"chain": str(chain.pk), "chains": [str(chain.pk)]}
    extra.setdefault("visibility", "members")
    services.index(row, title=title, text=text, room="needs", kind="need", link="/x/", facets=facets, **extra)
    return row


def found(api: Any, text: str) -> dict[str, list[dict[str, str]]]:
    answer = api.get("search/", {"q": text})
    assert answer.status_code == 200, answer.data
    return {row["title"]: row["bridged"] for row in answer.data["results"]}


@pytest.mark.req("R130")
@pytest.mark.parametrize(
    ("here", "there", "text"),
    [
        ("车机", "智能座舱终端", "智能座舱终端的国产芯片适配"),
        ("电控单元", "domain controller", "A domain controller for zonal architectures"),
    ],
)
def test_a_search_in_one_chains_word_finds_what_the_other_chain_calls_otherwise(
    api: Any, client: Any, here: str, there: str, text: str
) -> None:
    lead = factories.actor(factories.organisation("汽车链主"))
    cars, chips = factories.chain("汽车产业链", leader=lead.organisation), factories.chain("电子信息产业链")
    third = factories.chain("纺织产业链")
    put(f"乙:{text}", "量产", chips)
    put(f"丙:{text}", "同样的词,但在第三条链", third)
    put("机密件", f"{text},只给当事方", chips, visibility="restricted", parties=[lead.organisation])
    put("无关的包装膜", "撕裂强度", chips)
    member = factories.actor(factories.organisation())
    reader, keeper = (
        api.as_person(member.person, member.organisation),
        api.as_person(lead.person, lead.organisation),
    )
    assert found(reader, here) == {}

    body = {"words": here, "other_chain": str(chips.pk), "other_words": there, "note": "两链用词不同"}
    assert reader.post(f"chains/{cars.pk}/link_terms/", body).status_code == 403
    made = keeper.post(f"chains/{cars.pk}/link_terms/", body)
    assert made.status_code == 201, made.data
    again = keeper.post(f"chains/{cars.pk}/link_terms/", body)
    assert again.status_code == 422 and "other_words" in str(again.data)
    assert Document.objects.filter(length=0).count() == 2, "what the link touches waits for the job, and nothing else"
    weigh()

    # The other chain's object is found by our word; a third chain's is not, a secret one is not.
    assert set(found(reader, here)) == {f"乙:{text}"}
    assert found(reader, here)[f"乙:{text}"] == [{"asked": here, "found": there, "chain": "电子信息产业链"}]
    assert "机密件" in found(keeper, here)
    page = client.sign_in(member.person).get("/search/", {"q": here}).content.decode()
    assert f"{here} = {there}" in page and 'title="' in page and "机密件" not in page

    # Changed under its version, listed on the chain's page, taken back with a reason.
    link = f"term-links/{made.data['id']}/"
    tag = keeper.get(link).headers["ETag"]
    assert keeper.patch(link, {"words": here + "总成"}, etag=tag).status_code == 200
    assert keeper.patch(link, {"words": here}, etag=tag).status_code == 412
    weigh()
    assert set(found(reader, f"{here}总成")) >= {f"乙:{text}"}
    rows = client.get(f"/chains/{chips.pk}/terms/").content.decode()
    assert f"{here}总成" in rows and there in rows, "seen from the other chain as well"
    assert keeper.post(link + "retire/", {"reason": " "}).status_code in (400, 422)
    assert keeper.post(link + "retire/", {"reason": "并非一物"}).status_code == 200
    weigh()
    assert found(reader, f"{here}总成") == {}
    assert keeper.patch(link, {"note": "x"}, etag=keeper.get(link).headers["ETag"]).status_code == 409


def test_links_of_terms_are_kept_by_pages(client: Any) -> None:
    lead = factories.actor(factories.organisation("汽车链主"))
    cars, chips = factories.chain("汽车产业链", leader=lead.organisation), factories.chain("电子信息产业链")
    client.sign_in(lead.person)
    form = {"words": "车", "other_chain": str(cars.pk), "other_words": "座舱", "note": ""}
    assert client.post(f"/chains/{cars.pk}/terms/new/", form).status_code == 422
    form |= {"words": "车机", "other_chain": str(chips.pk), "other_words": "智能座舱终端"}
    assert client.post(f"/chains/{cars.pk}/terms/new/", form).status_code == 302
    link = cars.terms.get()
    assert client.post(f"/chains/terms/{link.pk}/edit/", form | {"note": "俗称"}).status_code == 302
    assert client.post(f"/chains/terms/{link.pk}/retire/", {"reason": "已统一"}).status_code == 302
    assert "已统一" not in client.get(f"/chains/{cars.pk}/terms/?live=yes").content.decode()
    assert client.get(f"/chains/terms/{link.pk}/edit/").status_code in (200, 404)
