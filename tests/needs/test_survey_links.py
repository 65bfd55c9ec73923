"""The personal link: no account, one answer, over in time, nothing to guess, and read by nobody but who asks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core import clock
from core.book.models import Body
from core.search.models import Document
from needs.models import Campaign, SurveyAnswer, SurveyLink, SurveyRound
from needs.tasks.survey import mail_survey_links, open_due_surveys
from tests import factories

WORDS = "热界面材料的导热率不够，夏天降频。"
FORM = [
    {"text": "最大的瓶颈是什么？", "is_required": True},
    {"text": "哪一类问题？", "kind": "choice", "options": ["性能", "成本", "交期"]},
    {"text": "有哪些影响？", "kind": "choices", "options": ["返修", "投诉", "停线"]},
    {"text": "有多急？", "kind": "scale"},
    {"text": "只问上游", "tiers": ["upstream"]},
]


def campaign_of(api: Any, **more: Any) -> tuple[Any, Any, Any]:
    """A leader, their door, and a running campaign over all three nodes."""
    leader = factories.actor(factories.organisation("链主甲"))
    chain = factories.chain(leader=leader.organisation)
    door = api.as_person(leader.person, leader.organisation)
    body = {"chain": str(chain.pk), "title": "季度调研", "form": FORM, "tiers": ["upstream", "midstream", "downstream"], "cycle": "quarterly",
            "starts_on": str(clock.today())} | more  # fmt: skip
    made = door.post("survey-campaigns/", body)
    assert made.status_code == 201, api.text(made)
    return leader, door, Campaign.objects.get()


def add(door: Any, campaign: Campaign, name: str, email: str = "", tier: str = "downstream") -> SurveyAnswer:
    node = campaign.nodes.get(tier=tier)
    made = door.post(
        f"survey-campaigns/{campaign.pk}/add_contact/",
        {"node": str(node.pk), "organisation_name": name, "email": email},
    )
    assert made.status_code == 201, made.content
    return SurveyAnswer.objects.get(contact=made.data["id"])


def drawn(door: Any, answer: SurveyAnswer) -> str:
    """A link drawn by hand; its path."""
    told = door.post(f"survey-answers/{answer.pk}/issue_link/", {})
    assert told.status_code == 201, told.content
    return "/" + str(told.data["address"]).split("/", 3)[3]


def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def send(path: str, **values: Any) -> Any:
    """Open the page as a stranger and send it, with no cookie but the one against forged requests."""
    client = stranger()
    page = client.get(path)
    assert page.status_code == 200 and set(client.cookies) <= {"csrftoken"}, client.cookies
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())
    assert token is not None
    answer = client.post(path, {"csrfmiddlewaretoken": token[1], **values})
    assert set(client.cookies) <= {"csrftoken"}
    return answer


@pytest.mark.req("R020")
def test_an_outsider_answers_once_by_a_link_and_only_the_campaigns_leader_reads_it(
    api: Any, client: Any, mailbox: list[Any]
) -> None:
    leader, door, campaign = campaign_of(api)
    answer = add(door, campaign, "外部终端厂", "buyer@outside.test")
    assert not mailbox and mail_survey_links() == 1 and mail_survey_links() == 0
    path = "/" + re.search(r"https?://[^/]+/(\S+)", mailbox[0].body)[1]  # type: ignore[index]
    assert mailbox[0].to == ["buyer@outside.test"] and "季度调研" in mailbox[0].subject
    secret = path.rstrip("/").rsplit("/", 1)[1]
    assert not SurveyLink.objects.filter(token_hash__contains=secret[:20]).exists()
    page = stranger().get(path).content.decode()
    assert "最大的瓶颈是什么" in page and "只问上游" not in page
    english = stranger().get(path + "?lang=en")
    assert english.headers["Content-Language"] == "en" and "Send once and for all" in english.content.decode()
    assert english.headers["X-Robots-Tag"].startswith("noindex")
    lacking = send(path, text_1="性能")
    assert (lacking.status_code == 422 and "这个问题" in lacking.content.decode()) or "必填" in lacking.content.decode()
    wrong = send(path, text_0=WORDS, text_1="别的", text_3="9")
    assert wrong.status_code == 422 and WORDS in wrong.content.decode()
    done = send(path, text_0=WORDS, text_1="性能", text_2=["返修", "停线"], text_3="5")
    assert done.status_code == 302 and secret not in done.headers["Location"]
    thanks = stranger().get(done.headers["Location"]).content.decode()
    assert WORDS not in thanks
    again = stranger().get(path)
    assert again.status_code == 404 and WORDS not in again.content.decode()
    answer.refresh_from_db()
    assert answer.texts == [WORDS, "性能", "返修\n停线", "5", ""] and answer.answered_by is None
    shown = door.get(f"survey-rounds/{answer.round_id}/").data
    assert shown["response"]["respondents_percent"] == 100 and shown["results"][0]["words"] == [WORDS]
    assert shown["results"][1]["options"][0] == {"option": "性能", "count": 1, "percent": 100}
    assert shown["results"][3]["mean"] == "5"
    client.sign_in(leader.person, leader.organisation)
    for address in (f"/needs/surveys/{campaign.pk}/", f"/needs/surveys/rounds/{answer.round_id}/"):
        assert WORDS in client.get(address).content.decode()
    # Nobody else: not a member of the chain, not the operator, no search, no book.
    for other in (factories.actor(factories.organisation()), factories.operator()):
        theirs = api.as_person(other.person, other.organisation)
        assert theirs.get(f"survey-answers/{answer.pk}/").status_code == 404
        assert theirs.get("survey-contacts/").data["results"] == []
        seen = theirs.get(f"survey-rounds/{answer.round_id}/")
        assert seen.status_code in (200, 404) and WORDS not in seen.content.decode()
        client.sign_in(other.person, other.organisation)
        assert WORDS not in client.get(f"/needs/surveys/rounds/{answer.round_id}/").content.decode()
    assert not Document.objects.filter(text__contains=WORDS[:6]).exists()
    assert not [one for one in Body.objects.all() if WORDS[:6] in str(one.content)]
    need = door.post(f"survey-answers/{answer.pk}/turn_into_need/", {"title": "导热不足", "demand_side": "rd"})
    assert need.status_code == 201 and need.data["owner"]["id"] == str(leader.organisation_id)


def test_links_that_do_not_work_answer_alike_and_guesses_are_counted(
    api: Any, frozen_clock: Any, settings: Any
) -> None:
    settings.API_RATES = settings.API_RATES | {"survey-guess": (5, 600), "survey-link": (6, 600)}
    _leader, door, campaign = campaign_of(api)
    replaced = drawn(door, first := add(door, campaign, "甲厂"))
    good = drawn(door, first)
    removed = add(door, campaign, "乙厂")
    withdrawn = drawn(door, removed)
    assert door.post(f"survey-contacts/{removed.contact_id}/remove/", {}).status_code == 200
    bare = re.compile(r"(?s)<main.*?</main>")
    pages = {}
    for name, path in {"unknown": "/needs/surveys/reply/none/", "replaced": replaced, "withdrawn": withdrawn}.items():
        answer = stranger().get(path)
        assert answer.status_code == 404
        pages[name] = re.sub(r"[0-9a-f]{32}|\d\d:\d\d", "", bare.search(answer.content.decode())[0])  # type: ignore[index]
    assert len(set(pages.values())) == 1
    late = SurveyRound.objects.get()
    frozen_clock.move(days=15)
    assert stranger().get(good).status_code == 404
    open_due_surveys()
    late.refresh_from_db()
    assert late.state == "closed"
    told = [stranger().get("/needs/surveys/reply/guess/").status_code for _n in range(6)]
    assert told[-1] == 429 and 404 in told
    frozen_clock.move(days=-15)
    cache.clear()
    SurveyRound.objects.update(state="open")
    assert [stranger().get(good).status_code for _n in range(8)][-1] == 429


def test_two_who_send_the_same_link_at_once_leave_one_answer(api: Any, in_threads: Any) -> None:
    _leader, door, campaign = campaign_of(api)
    answer = add(door, campaign, "甲厂")
    path = drawn(door, answer)
    told = in_threads(2, lambda n: send(path, text_0=f"第{n}个回答").status_code)
    assert sorted(told) == [302, 404]
    answer.refresh_from_db()
    assert answer.state == "answered" and SurveyLink.objects.get().used_at is not None


def test_the_silent_are_reminded_by_the_clock_and_by_hand(api: Any, mailbox: list[Any], frozen_clock: Any) -> None:
    leader, door, campaign = campaign_of(api, remind_days=3)
    add(door, campaign, "外部厂", "a@outside.test", tier="midstream")
    assert mail_survey_links() == 1
    open_due_surveys()
    row = SurveyRound.objects.get()
    assert row.reminded_at is None
    frozen_clock.move(days=11)
    open_due_surveys()
    open_due_surveys()
    row.refresh_from_db()
    assert row.reminded_at is not None
    assert mail_survey_links() == 1 and "替代" in mailbox[-1].body
    refused = door.post(f"survey-rounds/{row.pk}/remind/", {})
    assert refused.status_code == 409, refused.content
    frozen_clock.move(days=1)
    assert door.post(f"survey-rounds/{row.pk}/remind/", {}).status_code == 200
    frozen_clock.move(days=3)
    open_due_surveys()
    from core.inbox.models import Notification

    told = Notification.objects.get(kind="survey_closed", person=leader.person)
    assert told.params["heard"] == 0 and told.params["asked"] == 3 and str(campaign.nodes.first()) in told.body


def test_a_campaign_changes_from_its_next_round_on_and_can_pause(api: Any, frozen_clock: Any) -> None:
    _leader, door, campaign = campaign_of(api, cycle="monthly")
    kept = door.post("question-sets/", {"title": "瓶颈", "form": FORM[:2]})
    assert kept.status_code == 201, kept.content
    bad = door.post("question-sets/", {"title": "x", "form": [{"text": "?", "kind": "choice", "options": ["一"]}]})
    assert bad.status_code == 422 and "questions.0.options" in bad.data["errors"]
    assert door.post("question-sets/", {"title": "瓶颈", "form": FORM[:2]}).status_code == 422
    changed = door.patch(
        f"survey-campaigns/{campaign.pk}/", {"questions": ["新的问题？"]}, headers={"If-Match": f'"{campaign.version}"'}
    )
    assert changed.status_code == 200, changed.content
    stale = door.patch(
        f"survey-campaigns/{campaign.pk}/", {"title": "y"}, headers={"If-Match": f'"{campaign.version}"'}
    )
    assert stale.status_code == 412
    rounds = door.get("survey-rounds/").data["results"]
    assert len(door.get(f"survey-rounds/{rounds[0]['id']}/").data["questions"]) == 5
    assert door.post(f"survey-campaigns/{campaign.pk}/pause/", {}).data["is_active"] is False
    frozen_clock.move(days=40)
    assert open_due_surveys() == 0
    assert door.post(f"survey-campaigns/{campaign.pk}/resume/", {}).data["is_active"] is True
    newest = SurveyRound.objects.order_by("-opens_on").first()
    assert newest is not None and SurveyRound.objects.count() == 2
    assert [one["text"] for one in door.get(f"survey-rounds/{newest.pk}/").data["questions"]] == ["新的问题？"]
