"""Questions before the deadline: everyone reads the same words at the same moment, and nobody learns who asked."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from core import clock
from core.accounts.states import Role
from core.book.models import Body
from core.inbox.models import Notification, Task
from core.search.models import Document
from needs.models.question import Question
from needs.services.challenge import close_due
from tests import factories
from tests.factories.challenges import Scene

NAME = "好奇的研究院"


class Asking(Scene):
    """An open challenge that takes questions for three days and owes the answers within five, of ten."""

    def __init__(self) -> None:
        super().__init__()
        now = clock.now().replace(microsecond=0)
        self.until, self.answers = now + dt.timedelta(days=3), now + dt.timedelta(days=5)
        self.challenge = self.published(questions_until=self.until, answers_until=self.answers)
        self.asker = self.bidder(NAME)
        self.rival = self.bidder("对手大学")
        self.page = f"/needs/challenges/{self.challenge.pk}/?tab=questions"


@pytest.fixture
def asking(db: str, frozen_clock: Any) -> Asking:
    frozen_clock.set(dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC))
    return Asking()


def test_a_question_is_asked_and_answered_on_pages_and_nobody_learns_who_asked(
    asking: Asking, client: Any, api: Any
) -> None:
    text, answer = "测试温度是 25 ℃ 还是 45 ℃?", "按 45 ℃ 测试。"
    client.sign_in(asking.asker.person)
    assert "2026-11-27 12:00:00" in client.get(asking.page).content.decode()
    sent = client.post(f"/needs/challenges/{asking.challenge.pk}/questions/ask/", {"text": text})
    assert sent.headers["Location"] == asking.page
    question = Question.objects.get()
    assert text in client.get(asking.page).content.decode()
    # Before the answer nobody else reads it, except the issuer, who reads no name.
    client.sign_in(asking.rival.person)
    assert text not in client.get(asking.page).content.decode()
    assert client.get(f"/needs/questions/{question.pk}/answer/").status_code == 404
    client.sign_in(asking.second.person)
    page = client.get(asking.page).content.decode()
    assert text in page and NAME not in page
    task = Task.objects.get(kind="answer_question")
    assert (task.organisation, task.due_at) == (asking.issuer, asking.answers)
    assert client.post(f"/needs/questions/{question.pk}/answer/", {"answer": " "}).status_code == 422
    assert client.post(f"/needs/questions/{question.pk}/answer/", {"answer": answer}).status_code == 302
    # Now everyone reads both; nothing that anybody but the asker gets names the asker.
    for actor in (asking.rival, asking.drafter, asking.second, factories.operator([Role.ADMIN])):
        client.sign_in(actor.person, actor.organisation)
        for address in (asking.page, f"/needs/challenges/{asking.challenge.pk}/questions/?file=csv"):
            shown = client.get(address).content.decode()
            assert answer in shown and NAME not in shown
        door = api.as_person(actor.person, actor.organisation)
        row = door.get("challenge-questions/", {"challenge": str(asking.challenge.pk)}).json()["results"][0]
        assert (row["text"], row["answer"], row["is_own"]) == (text, answer, False)
        assert NAME not in json.dumps(row) and str(asking.asker.organisation_id) not in json.dumps(row)
        history = client.get(f"/needs/challenges/{asking.challenge.pk}/?tab=history").content.decode()
        assert NAME not in history and asking.asker.person.name not in history
    told = Notification.objects.filter(kind="question_answered")
    assert {row.person_id for row in told} >= {asking.asker.person.pk}
    assert not any(NAME in f"{row.title}{row.params}{row.body}" for row in Notification.objects.all())
    assert Task.objects.get(pk=task.pk).state != "open"
    others = Body.objects.exclude(organisation=asking.asker.organisation)
    assert not any(str(asking.asker.organisation_id) in bytes(body.content).decode() for body in others)
    assert not any(text in row.text for row in Document.objects.all())
    client.sign_in(asking.asker.person)
    assert "本机构提出" in client.get(asking.page).content.decode()


def test_questions_and_answers_end_by_the_clock_and_move_only_before_that_by_an_addendum(
    asking: Asking, frozen_clock: Any, api: Any
) -> None:
    body = {"challenge_id": str(asking.challenge.pk), "text": "成本上限?"}
    stranger = factories.actor(asking.issuer)
    assert api.as_person(stranger.person).post("challenge-questions/", body).status_code == 403
    first = api.as_person(asking.asker.person).post("challenge-questions/", body)
    assert first.status_code == 201
    second = api.as_person(asking.rival.person).post("challenge-questions/", body | {"text": "交付地点?"}).json()
    assert (first.json()["number"], second["number"], second["is_own"]) == (1, 2, True)
    boss = api.as_person(asking.second.person)
    assert api.as_person(asking.asker.person).get(f"challenge-questions/{second['id']}/").status_code == 404
    member = factories.actor(asking.issuer, roles=[Role.MEMBER])
    path = f"challenge-questions/{second['id']}/answer/"
    assert api.as_person(member.person).post(path, {"answer": "宁波"}).status_code == 403
    later = asking.until + dt.timedelta(days=1)
    moved = {"text": "提问延长一天", "reason": "有人要求", "questions_until": later.isoformat()}
    addendum = f"challenges/{asking.challenge.pk}/issue-addendum/"
    assert boss.post(addendum, moved | {"questions_until": asking.until.isoformat()}).status_code == 422
    assert boss.post(addendum, moved).json()["changes"]["questions_until"]["to"].startswith("2026-11-28T04:00")
    assert Notification.objects.filter(kind="addendum", person=asking.asker.person).count() == 0  # no bid, no follower
    frozen_clock.set(later)
    late = api.as_person(asking.asker.person).post("challenge-questions/", body)
    assert (late.status_code, late.json()["code"]) == (409, "questions_closed")
    again = boss.post(addendum, moved | {"questions_until": (later + dt.timedelta(days=1)).isoformat()})
    assert (again.status_code, again.json()["code"]) == (409, "deadline_passed")
    assert boss.post(path, {"answer": "宁波"}).json()["state"] == "answered"
    assert boss.post(path, {"answer": "上海"}).status_code == 409
    asking.challenge.refresh_from_db()
    frozen_clock.set(asking.challenge.deadline_at)
    assert close_due() == 1
    path = f"challenge-questions/{first.json()['id']}/answer/"
    assert boss.post(path, {"answer": "一百元"}).json()["code"] == "deadline_passed"
    assert not Task.objects.filter(kind="answer_question", state="open").exists()


@pytest.mark.parametrize(
    ("asked", "answered", "told"),
    [(-1, 5, "questions_until"), (11, 12, "questions_until"), (3, 11, "answers_until")],
)
def test_moments_that_do_not_fit_stand_in_the_way_of_publishing(
    db: str, client: Any, asked: int, answered: int, told: str
) -> None:
    scene, now = Scene(), clock.now()
    draft = scene.draft(questions_until=now + dt.timedelta(days=asked), answers_until=now + dt.timedelta(days=answered))
    client.sign_in(scene.drafter.person)
    answer = client.post(f"/needs/challenges/{draft.pk}/submit-for-check/")
    assert answer.status_code == 409
    assert f"/needs/challenges/{draft.pk}/entry/#{told}" in answer.content.decode()
