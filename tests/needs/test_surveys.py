"""Periodic surveys: rounds by the clock, response, and from an answer to a need."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chains.models import NodeMember
from core import clock
from core.inbox.models import Task
from needs.models import Campaign, Need, PublicCall, SurveyAnswer, SurveyRound
from needs.tasks.survey import open_due_surveys
from tests import factories


def scene(per_node: int = 1) -> tuple[Any, Any, list[Any]]:
    leader = factories.actor(factories.organisation())
    chain = factories.chain(leader=leader.organisation)
    members = []
    for node in chain.nodes.order_by("order"):
        for _time in range(per_node):
            member = factories.actor(factories.organisation())
            NodeMember.objects.create(node=node, organisation=member.organisation)
            members.append(member)
    return leader, chain, members


def body(chain: Any, cycle: str) -> dict[str, Any]:
    nodes = [str(pk) for pk in chain.nodes.values_list("pk", flat=True)]
    return {"chain": str(chain.pk), "title": "季度瓶颈调研", "questions": ["瓶颈是什么？", "需要什么升级？"], "nodes": nodes, "cycle": cycle,
            "starts_on": str(clock.today())}  # fmt: skip


@pytest.mark.req("R020", whole=True)
@pytest.mark.parametrize(("answering", "percent", "silent"), [(2, 67, 1), (1, 33, 2), (3, 100, 0)])
def test_a_quarterly_round_tells_its_response_and_an_answer_becomes_a_need(
    api: Any, client: Any, answering: int, percent: int, silent: int
) -> None:
    leader, chain, members = scene()
    door = api.as_person(leader.person, leader.organisation)
    campaign = door.post("survey-campaigns/", body(chain, "quarterly"))
    assert campaign.status_code == 201, api.text(campaign)
    assert Task.objects.filter(kind="answer_survey", state="open").count() == 3
    for member in members[:answering]:
        theirs = api.as_person(member.person, member.organisation)
        row = theirs.get("survey-answers/").data["results"][0]
        empty = theirs.post(f"survey-answers/{row['id']}/answer/", {"texts": [""]})
        assert empty.status_code == 422 and "texts" in empty.data["errors"], api.text(empty)
        done = theirs.post(f"survey-answers/{row['id']}/answer/", {"texts": ["散热不足", "新材料"]})
        assert done.status_code == 200 and done.data["state"] == "answered", api.text(done)
    shown = door.get(f"survey-rounds/{SurveyRound.objects.get().pk}/").data["response"]
    assert (shown["heard"], shown["asked"], shown["percent"]) == (answering, 3, percent)
    assert len(shown["silent"]) == silent and all(
        name in {str(node) for node in chain.nodes.all()} for name in shown["silent"]
    )
    client.sign_in(leader.person, leader.organisation)
    page = client.get(f"/needs/surveys/{campaign.data['id']}/").content.decode()
    assert f"{percent}%" in page and all(name in page for name in shown["silent"])
    first = members[0]
    theirs = api.as_person(first.person, first.organisation)
    pk = theirs.get("survey-answers/").data["results"][0]["id"]
    need = theirs.post(f"survey-answers/{pk}/turn_into_need/", {"title": "终端散热不足", "demand_side": "production"})
    assert need.status_code == 201 and need.data["state"] == "draft", api.text(need)
    assert need.data["owner"]["id"] == str(first.organisation_id) and "散热不足" in need.data["pain_point"]
    again = theirs.post(f"survey-answers/{pk}/turn_into_need/", {"title": "另一个", "demand_side": "rd"})
    assert again.data["id"] == need.data["id"] and Need.objects.count() == 1


def test_the_clock_opens_each_period_once_reminds_and_closes(db: Any, api: Any, frozen_clock: Any) -> None:
    frozen_clock.set(dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC))
    leader, chain, _members = scene()
    api.as_person(leader.person, leader.organisation).post("survey-campaigns/", body(chain, "quarterly"))
    assert open_due_surveys() == 0 and SurveyRound.objects.count() == 1
    frozen_clock.set(dt.datetime(2026, 12, 20, 4, tzinfo=dt.UTC))
    open_due_surveys()
    assert SurveyRound.objects.get().state == "closed"
    assert not Task.objects.filter(kind="answer_survey", state="open").exists()
    frozen_clock.set(dt.datetime(2027, 1, 2, 4, tzinfo=dt.UTC))
    assert open_due_surveys() == 1 and open_due_surveys() == 0
    assert sorted(SurveyRound.objects.values_list("period", flat=True)) == ["2026-Q4", "2027-Q1"]


def test_two_workers_open_one_round(db: Any, api: Any, in_threads: Any) -> None:
    leader, chain, _members = scene()
    later = body(chain, "monthly") | {"starts_on": str(clock.today() + dt.timedelta(days=1))}
    assert api.as_person(leader.person, leader.organisation).post("survey-campaigns/", later).status_code == 201
    assert not SurveyRound.objects.exists()
    Campaign.objects.update(starts_on=clock.today())
    assert sum(in_threads(4, lambda _n: open_due_surveys())) == 1
    assert SurveyRound.objects.count() == 1 and SurveyAnswer.objects.count() == 3


def test_only_the_leader_surveys_and_strangers_read_nothing(api: Any) -> None:
    leader, chain, members = scene()
    member = members[0]
    theirs = api.as_person(member.person, member.organisation)
    assert theirs.post("survey-campaigns/", body(chain, "monthly")).status_code == 403
    made = api.as_person(leader.person, leader.organisation).post("survey-campaigns/", body(chain, "monthly"))
    stranger = factories.actor(factories.organisation())
    other = api.as_person(stranger.person, stranger.organisation)
    assert other.get(f"survey-campaigns/{made.data['id']}/").status_code == 404
    assert other.get("survey-answers/").data["results"] == []
    pk = SurveyAnswer.objects.get(organisation=members[1].organisation).pk
    assert theirs.post(f"survey-answers/{pk}/answer/", {"texts": ["x"]}).status_code == 404


@pytest.mark.req("R019")
def test_public_calls_are_facts_of_their_own_kind_found_in_search(client: Any, api: Any) -> None:
    from django.core.management import call_command

    call_command("load_public_calls")
    count = PublicCall.objects.count()
    call_command("load_public_calls")
    assert PublicCall.objects.count() == count > 40
    me = factories.actor(factories.organisation())
    client.sign_in(me.person, me.organisation)
    page = client.get("/needs/public-calls/").content.decode()
    row = PublicCall.objects.order_by("title").first()
    assert row is not None and row.title[:20] in page
    shown = client.get(f"/needs/public-calls/{row.pk}/").content.decode()
    assert row.source[:30].replace("&", "&amp;") in shown
    found = api.as_person(me.person, me.organisation).get("search/", {"q": "充电"}).data
    assert found["counts"].get("public_call", 0) >= 1
    assert Need.objects.count() == 0
