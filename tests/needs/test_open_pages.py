"""What is read without signing in: pages, feeds and REST for everybody, and no leak of what is not public."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from core.errors import Invalid, NotAllowed, WrongState
from core.search import services as search
from core.search.models import Document
from needs.actions import openness
from needs.actions import outcome as outcome_actions
from needs.actions import question as question_actions
from needs.actions import result as result_actions
from needs.services.challenge import index_challenge
from needs.services.result import index_result
from portal.web import crawlers
from tests import factories
from tests.factories import challenges as make
from tests.factories import entry
from tests.factories import results as make_results
from tests.support.leaks import everything, leaks

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def shown_challenge(**need: Any) -> tuple[make.Scene, Any]:
    """A published challenge of a public need, shown to everyone through the real actions."""
    scene = make.Scene(**need)
    challenge = scene.published()
    openness.show_need(actor=scene.second, need_id=scene.need.pk, is_public=True)
    return scene, openness.show_challenge(actor=scene.second, challenge_id=challenge.pk, is_public=True)


def shown_use(**fields: Any) -> tuple[Any, Any, Any]:
    """A use of a public result with an outcome; its owner shows it to everyone."""
    result, owner = make_results.published(confidentiality="public", **fields)
    user = factories.actor(factories.organisation("沉默的应用方"))
    use = make_results.applied(owner, result, user)
    outcome_actions.record_outcome(actor=owner, application_id=use.pk, **make_results.LONGER)
    return result, owner, openness.show_application(actor=owner, application_id=use.pk, is_public=True)


@pytest.mark.req("R015", "R017")
@pytest.mark.parametrize(
    ("title", "budget", "told"), [("固态电解质", "1000000.00", "100"), ("快充电芯", "2560000.00", "256")]
)
def test_a_stranger_reads_what_owners_show_and_loses_it_when_they_take_it_back(
    client: Any, title: str, budget: str, told: str
) -> None:
    scene = make.Scene()
    parts = [{"organisation": scene.issuer, "amount": Decimal(budget)}]
    challenge = scene.published(title=title, budget=Decimal(budget), payers=parts)
    page = reverse("open:challenge", args=[challenge.pk])
    with pytest.raises(Invalid, match=r"需求|need"):
        openness.show_challenge(actor=scene.second, challenge_id=challenge.pk, is_public=True)
    client.sign_in(scene.second.person, scene.issuer)
    assert client.post(f"/needs/{scene.need.pk}/show/", {"is_public": "yes"}).status_code == 302
    assert client.get(page).status_code == 404
    assert client.post(f"/needs/challenges/{challenge.pk}/show/", {"is_public": "yes"}).status_code == 302
    assert page in client.get(f"/needs/challenges/{challenge.pk}/").content.decode()
    client.sign_out()
    shown = client.get(page).content.decode()
    assert (
        title in shown
        and told in shown
        and "能量密度" in shown
        and f'rel="canonical" href="http://localhost:8000{page}"' in shown
    )
    assert title in client.get("/open/", {"q": title}).content.decode()
    assert title not in client.get("/open/", {"q": "不存在的词"}).content.decode()
    assert title not in client.get("/open/", {"chain": str(factories.chain().pk)}).content.decode()
    read = client.get(f"/api/v1/open/challenges/{challenge.pk}/").json()
    assert (read["title"], read["budget"]) == (title, budget) and "need_id" not in read and "payers" not in read
    feed = client.get("/open/challenges.atom")
    tree = ElementTree.fromstring(feed.content)
    assert [one.findtext(f"{ATOM}title") for one in tree.iter(f"{ATOM}entry")] == [title]
    assert client.get("/open/challenges.atom", headers={"if-none-match": feed.headers["ETag"]}).status_code == 304
    assert title in client.get("/open/deadlines.ics").content.decode().replace("\r\n ", "")
    assert Document.objects.get(object_id=challenge.pk).visibility == "public"
    openness.show_challenge(actor=scene.second, challenge_id=challenge.pk, is_public=False)
    assert client.get(page).status_code == 404 and title not in client.get("/open/").content.decode()
    again = client.get("/open/challenges.atom", headers={"if-none-match": feed.headers["ETag"]})
    assert again.status_code == 200 and title not in again.content.decode()
    assert Document.objects.get(object_id=challenge.pk).visibility == "members"


@pytest.mark.req("R017")
def test_a_use_is_shown_with_its_outcome_and_without_its_user(client: Any) -> None:
    result, owner, use = shown_use(title="高镍三元电池")
    page = client.get(reverse("open:outcome", args=[use.pk])).content.decode()
    assert "已批量使用" in page and "+30%" in page and "自报" in page
    assert "沉默的应用方" not in "".join(body for _address, body in everything(client))
    result_actions.edit_result(actor=owner, result_id=result.pk, changes={"confidentiality": "members"})
    for name, pk in (("result", result.pk), ("outcome", use.pk)):
        assert client.get(reverse(f"open:{name}", args=[pk])).status_code == 404
    with pytest.raises(Invalid):
        openness.show_application(actor=owner, application_id=use.pk, is_public=True)
    stranger = factories.actor(factories.organisation())
    result_actions.edit_result(actor=owner, result_id=result.pk, changes={"confidentiality": "public"})
    with pytest.raises(NotAllowed):
        openness.show_application(actor=stranger, application_id=use.pk, is_public=True)


def test_a_need_for_its_parties_alone_is_not_opened(db: str) -> None:
    scene = make.Scene(confidentiality="restricted")
    with pytest.raises(WrongState):
        openness.show_need(actor=scene.second, need_id=scene.need.pk, is_public=True)


@pytest.mark.req("R015")
@pytest.mark.parametrize(
    ("asked", "answered"), [("测试温度是多少？", "45 ℃，见标准。"), ("极片由谁提供？", "由发榜方提供三百片。")]
)
def test_a_stranger_reads_answered_questions_and_not_who_asked(client: Any, asked: str, answered: str) -> None:
    scene, challenge = shown_challenge()
    asker = scene.bidder("不具名提问院")
    first = question_actions.ask_question(actor=asker, challenge_id=challenge.pk, text=asked)
    question_actions.ask_question(actor=asker, challenge_id=challenge.pk, text="还没有答复的问题")
    page, read = reverse("open:challenge", args=[challenge.pk]), f"/api/v1/open/challenges/{challenge.pk}/"
    assert asked not in client.get(page).content.decode() and client.get(read).json()["questions"] == []
    question_actions.answer_question(actor=scene.second, question_id=first.pk, answer=answered)
    shown, told = client.get(page).content.decode(), client.get(read).json()["questions"]
    assert asked in shown and answered in shown
    assert [(one["number"], one["text"], one["answer"]) for one in told] == [(1, asked, answered)]
    assert set(told[0]) == {"number", "text", "answer", "answered_at"} and leaks(client) == []
    hidden = scene.published(title="成员榜单")
    other = question_actions.ask_question(actor=asker, challenge_id=hidden.pk, text="只给成员看的问题")
    question_actions.answer_question(actor=scene.second, question_id=other.pk, answer="只给成员看的答复")
    assert leaks(client) == []


@pytest.mark.req("R015", "R017")
@pytest.mark.parametrize(
    ("said", "asked", "nothing"),
    [("硫化物固态电池电解质", "solid-state battery", "碳纤维"), ("碳纤维复合材料", "carbon fiber", "固态电池")],
)
def test_public_lists_are_asked_by_the_one_search_in_either_language(
    client: Any, said: str, asked: str, nothing: str
) -> None:
    search.load_terms()
    _scene, challenge = shown_challenge()
    type(challenge).objects.filter(pk=challenge.pk).update(title=f"{said}攻关", summary="")
    challenge.refresh_from_db()
    index_challenge(challenge)
    result, owner, use = shown_use(title=f"{said}样件", text="样件")
    make_results.published(title=f"{said}内部样件")
    expected = {"/open/": challenge.pk, "/open/results/": result.pk, "/open/outcomes/": use.pk}
    for address, pk in expected.items():
        for words, found in ((asked, True), (said[:6], True), (nothing, False)):
            assert (str(pk) in client.get(address, {"q": words}).content.decode()) is found, (address, words)
            rest = {"/open/": "challenges/", "/open/results/": "results/", "/open/outcomes/": "outcomes/"}[address]
            read = client.get(f"/api/v1/open/{rest}", {"search": words}).json()["results"]
            assert [one["id"] for one in read] == ([str(pk)] if found else []), (rest, words)
    openness.show_application(actor=owner, application_id=use.pk, is_public=False)
    assert str(use.pk) not in client.get("/open/outcomes/", {"q": asked}).content.decode()
    assert Document.objects.get(object_id=use.pk).visibility == "members"


@pytest.mark.req("R017")
def test_the_public_document_of_a_result_does_not_hold_what_a_need_keeps_to_itself(client: Any) -> None:
    scene = make.Scene()
    spec = make.specifications(scene.issuer)[0]
    result, owner = make_results.published(confidentiality="public", text="样件的说明。")
    scene.need.versions.get().indicators.get_or_create(specification=spec)
    result.values_measured.create(specification=spec)
    index_result(result)
    assert spec.name not in Document.objects.get(object_id=result.pk).text
    result_actions.edit_result(actor=owner, result_id=result.pk, changes={"confidentiality": "members"})
    assert spec.name in Document.objects.get(object_id=result.pk).text


@pytest.mark.req("R015", "R017")
def test_search_engines_are_told_of_public_rows_and_of_nothing_else(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _scene, challenge = shown_challenge()
    hidden = make.Scene().published()
    results = [make_results.published(confidentiality="public")[0] for _ in range(3)]
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /\n" in robots and "Allow: /open/\n" in robots and "http://localhost:8000/sitemap.xml" in robots
    monkeypatch.setattr(crawlers._Ours, "limit", 2)
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    parts = [str(one.text).removeprefix("http://localhost:8000") for one in index.iter(f"{SITEMAP}loc")]
    assert [one for one in parts if "results" in one] == ["/sitemap-results.xml", "/sitemap-results.xml?p=2"]
    told = [
        str(one.text)
        for part in parts
        for one in ElementTree.fromstring(client.get(part).content).iter(f"{SITEMAP}loc")
    ]
    pages = [
        reverse("open:challenge", args=[challenge.pk]),
        *(reverse("open:result", args=[one.pk]) for one in results),
    ]
    assert {f"http://localhost:8000{one}" for one in ["/open/", "/open/results/", "/open/outcomes/", *pages]} == set(
        told
    )
    assert str(hidden.pk) not in " ".join(told) and len(told) == len(set(told))
    assert client.get("/sitemap-needs.xml").status_code == 404
    assert client.get("/sitemap-results.xml?p=9").status_code == 404
    page = client.get(pages[0]).content.decode()
    assert 'type="application/atom+xml" href="/open/challenges.atom"' in page
    assert 'type="text/calendar" href="/open/deadlines.ics"' in page


@pytest.mark.req("R015")
@pytest.mark.parametrize(("name", "rows"), [("challenge", "challenges"), ("result", "results")])
def test_what_is_not_public_answers_as_what_does_not_exist(client: Any, name: str, rows: str) -> None:
    hidden = make.Scene().published() if name == "challenge" else make_results.published(title="内部成果")[0]
    nothing = uuid.uuid4()
    for address in (f"/open/{rows}/%s/", f"/api/v1/open/{rows}/%s/"):
        for ask in (client.get, client.head):
            one, other = ask(address % hidden.pk), ask(address % nothing)
            assert one.status_code == other.status_code == 404
            kept = [sorted(set(dict(answer.headers)) - {"X-Request-Id"}) for answer in (one, other)]
            assert kept[0] == kept[1] and "ETag" not in one.headers
            bodies = [
                answer.content.decode().replace(str(pk), "") for answer, pk in ((one, hidden.pk), (other, nothing))
            ]
            assert [_plain(body) for body in bodies] == [_plain(bodies[0])] * 2


def _plain(body: str) -> str:
    """The body without what differs at every request: its number and the form's secret."""
    import re

    return re.sub(r"[0-9a-f]{32}|[0-9A-Za-z]{64}|\d\d:\d\d", "", body)


@pytest.mark.parametrize("title", ["<script>alert(1)</script>&amp;", "坏\x0b字\u202e符]]>"])
def test_texts_are_escaped_and_control_characters_stay_out_of_the_feeds(client: Any, title: str) -> None:
    result, _owner = make_results.published(title=title, text="正文 <b>&", confidentiality="public")
    body = client.get("/open/results.atom").content
    told = ElementTree.fromstring(body).findtext(f"{ATOM}entry/{ATOM}title")
    assert told == title.replace("\x0b", "").replace("\u202e", "")
    assert "<script>alert" not in client.get(reverse("open:result", args=[result.pk])).content.decode()


@pytest.mark.req("R015", "R017")
@pytest.mark.parametrize(("mine", "theirs"), [("透明固态电池", "隐秘涂布工艺"), ("公开隔膜", "机密极片配方")])
def test_no_public_page_feed_or_answer_tells_what_is_not_public(client: Any, mine: str, theirs: str) -> None:
    scene, challenge = shown_challenge(title=f"需求 {mine} 内情")
    bidder = scene.bidder("不具名投标院")
    scene.submitted_bid(challenge, bidder)
    entry.taking_part(challenge, scene.second, bidder)
    hidden = make.Scene(title=f"{theirs}需求", pain_point=f"{theirs}的痛点，外人不知。")
    hidden.published(title=theirs, summary=f"{theirs}要点")
    make_results.published(title=f"{theirs}成果", text=f"{theirs}成果的说明。")
    shown_use(title=f"{mine}成果", text=f"{mine}成果的说明。")
    assert leaks(client) == []


def test_the_walk_would_see_a_leak(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a hidden challenge among the public ones, the walk would say so."""
    from needs.models import Challenge
    from needs.web import open_views

    make.Scene().published(title="本不该看到的榜单")
    for number in range(3):
        make_results.published(title=f"成员成果{number}", text=f"成员成果{number}说明")
    monkeypatch.setattr(open_views, "open_challenges_public", Challenge.objects.all)
    assert "本不该看到的榜单" in {word for _address, _place, word in leaks(client)}


def test_a_closed_challenge_keeps_its_address_and_leaves_lists_and_feeds(client: Any, frozen_clock: Any) -> None:
    _scene, challenge = shown_challenge()
    frozen_clock.move(days=11)
    page = client.get(reverse("open:challenge", args=[challenge.pk])).content.decode()
    assert "不再接受揭榜" in page and dt.timedelta(days=11)
    assert all(
        str(challenge.pk) not in client.get(address).content.decode() for address in ("/open/", "/open/challenges.atom")
    )
