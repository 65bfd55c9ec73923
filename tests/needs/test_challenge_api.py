"""The same way by REST: from the draft to the feedback, with ETags, keys and problem documents."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from needs.models.bid import Bid, BidSubmission
from needs.models.challenge import Challenge
from tests import factories
from tests.factories.challenges import Reviewed, Scene

D = Decimal


def body_of(scene: Scene) -> dict[str, Any]:
    """A whole challenge as JSON."""
    specs = [str(row.specification_id) for row in scene.need_rows()]
    day = clock.today()
    return {
        "need_id": str(scene.need.pk),
        "title": "高比能快充电芯",
        "summary": "能量密度 +30%。",
        "eligibility": "法人。",
        "deadline_at": (clock.now() + dt.timedelta(days=10)).isoformat(),
        "budget": "1000000.00",
        "ip_terms": "licence",
        "ip_text": "许可发榜方使用。",
        "payers": [{"organisation": str(scene.issuer.pk), "amount": "1000000.00"}],
        "criteria": [
            {"name": "技术方案", "weight": "60.00", "max_score": "50", "minimum_mark": "30"},
            {"name": "团队", "weight": "40.00", "max_score": "50"},
        ],
        "gates": [
            {
                "stage": stage,
                "planned_on": str(day + dt.timedelta(days=days)),
                "share_percent": share,
                "specifications": specs,
            }
            for stage, days, share in (("rd", 100, "20"), ("pilot", 200, "30"), ("mass_production", 300, "50"))
        ],
    }


def test_the_whole_way_by_rest(db: str, frozen_clock: Any, api: Any) -> None:
    scene = Scene()
    drafter, second = api.as_person(scene.drafter.person), api.as_person(scene.second.person)
    answer = drafter.post("challenges/", body_of(scene), key="draft-1")
    assert answer.status_code == 201, api.text(answer)
    challenge = answer.json()
    again = drafter.post("challenges/", body_of(scene) | {"deadline_at": challenge["deadline_at"]}, key="draft-1")
    assert again.status_code in {201, 409}
    assert Challenge.objects.count() == 1
    pk = challenge["id"]
    edited = drafter.patch(f"challenges/{pk}/", {"title": "新题目"}, etag=answer.headers["ETag"])
    assert (edited.status_code, edited.json()["title"]) == (200, "新题目")
    assert drafter.patch(f"challenges/{pk}/", {"title": "旧题目"}, etag=answer.headers["ETag"]).status_code == 412
    assert drafter.patch(f"challenges/{pk}/", {"title": "旧题目"}).status_code == 428
    assert drafter.post(f"challenges/{pk}/submit-for-check/").status_code == 200
    assert drafter.post(f"challenges/{pk}/publish/").status_code == 403
    published = second.post(f"challenges/{pk}/publish/").json()
    assert (published["state"], len(published["frozen_hash"])) == ("published", 64)

    bidders = [scene.bidder("乙研究院"), scene.bidder("丙大学")]
    specs = [one["id"] for one in published["indicators"]]
    bids = []
    for bidder, density in zip(bidders, ("262", "255"), strict=True):
        door = api.as_person(bidder.person)
        started = door.post("bids/", {"challenge_id": pk})
        assert started.status_code == 201, api.text(started)
        bid = started.json()["id"]
        refused = door.post(f"bids/{bid}/submit/")
        assert refused.status_code == 409
        assert len(refused.json()["missing"]) == 8
        saved = door.patch(
            f"bids/{bid}/",
            {
                "team": "团队",
                "plan": "计划",
                "accepts_terms": True,
                "commitments": [
                    {"specification": specs[0], "value": density},
                    {"specification": specs[1], "value": "14.5"},
                ],
                "budgets": [
                    {"stage": "rd", "amount": "300000.00"},
                    {"stage": "pilot", "amount": "0.00"},
                    {"stage": "mass_production", "amount": "0.01"},
                ],
                "machines": [{"text": "EX-1"}],
            },
            etag=started.headers["ETag"],
        )
        assert saved.status_code == 200, api.text(saved)
        outcomes = [one["outcome"] for one in saved.json()["commitments"]]
        assert outcomes == ["met" if density == "262" else "missed", "met", "not_committed"]
        submitted = door.post(f"bids/{bid}/submit/", key=f"submit-{bid}")
        assert submitted.json()["state"] == "submitted", api.text(submitted)
        assert (
            door.post(f"bids/{bid}/submit/", key=f"submit-{bid}").json()["receipt_hash"]
            == submitted.json()["receipt_hash"]
        )
        receipt = door.get(f"bids/{bid}/receipt/")
        assert receipt.headers["X-Receipt"] == submitted.json()["receipt_hash"]
        bids.append(bid)
    assert BidSubmission.objects.count() == 2

    judges = [factories.person(is_expert=True) for _n in range(2)]
    for n, person in enumerate(judges):
        seat = second.post("panel-members/", {"challenge_id": pk, "email": person.email, "is_chair": not n})
        assert seat.status_code == 201, api.text(seat)
        door = api.as_person(person)
        assert (
            door.post(f"panel-members/{seat.json()['id']}/declare/", {"has_conflict": False}).json()["state"]
            == "cleared"
        )
        assert door.get("bids/").json()["results"] == []
    frozen_clock.set(Challenge.objects.get().deadline_at)
    criteria = [one["id"] for one in published["criteria"]]
    for person in judges:
        door = api.as_person(person)
        assert {one["id"] for one in door.get("bids/").json()["results"]} == set(bids)
        for bid, mark in zip(bids, ("45", "40"), strict=True):
            marks = {"scores": [{"criterion": criteria[0], "value": mark}, {"criterion": criteria[1], "is_na": True}]}
            assert door.post(f"bids/{bid}/score/", marks).status_code == 200
            locked = door.post(f"bids/{bid}/lock/")
            assert locked.json()["locked_at"], api.text(locked)
    standing = drafter.get(f"challenges/{pk}/standing/")
    assert [(one["rank"], one["total"]) for one in standing.json()] == [(1, "90.00"), (2, "80.00")]
    assert standing.headers["X-Sheets"] == "4/4"
    # A better bid passed over without a reason is named by its field.
    proposal = {
        "challenge_id": pk,
        "bid_id": bids[1],
        "amount": "300000.01",
        "feedback": {bids[0]: "好", bids[1]: "也好"},
    }
    refused = drafter.post("awards/", proposal)
    assert (refused.status_code, list(refused.json().get("errors", refused.json()))) == (422, ["exception_reason"])
    award = drafter.post("awards/", proposal | {"bid_id": bids[0]})
    assert award.status_code == 201, api.text(award)
    number = award.json()["id"]
    assert drafter.post(f"awards/{number}/sign/").status_code == 403
    assert second.post(f"awards/{number}/sign/", {"version": 99}).status_code == 412
    signed = second.post(f"awards/{number}/sign/", {"version": award.json()["version"]})
    assert signed.json()["state"] == "signed", api.text(signed)
    loser = api.as_person(bidders[1].person)
    told = loser.get("feedback/").json()["results"]
    assert [(one["rank"], one["total"], one["text"]) for one in told] == [(2, "80.00", "也好")]
    public = loser.get(f"awards/{number}/").json()
    assert public["bidder"]["name"] == "乙研究院"
    assert "reason" not in public
    assert "total" not in public


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"team": 5, "colour": "red"}, 400, "colour"),
        ({"months": "soon"}, 400, "months"),
        ({"months": 0}, 422, "months"),
        ({"budgets": [{"stage": "moon", "amount": "1"}]}, 400, "budgets"),
        ({"trl_from": 10}, 422, "trl_from"),
        ({"commitments": [{"specification": "x"}]}, 400, "commitments"),
    ],
)
def test_bad_input_is_a_problem_document_that_names_the_field(
    db: str, api: Any, body: Any, code: int, field: str
) -> None:
    scene = Scene()
    bidder = scene.bidder()
    door = api.as_person(bidder.person)
    bid = door.post("bids/", {"challenge_id": str(scene.published().pk)})
    answer = door.patch(f"bids/{bid.json()['id']}/", body, etag=bid.headers["ETag"])
    assert answer.status_code == code, api.text(answer)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert any(name.startswith(field) for name in answer.json()["errors"]), api.text(answer)
    assert Bid.objects.get().version == 1


def test_challenges_filter_search_and_page(db: str, api: Any) -> None:
    scene = Scene()
    for n in range(3):
        scene.published(title=f"题目{n}")
    scene.draft(title="草稿")
    door = api.as_person(scene.bidder().person)
    first = door.get("challenges/", {"page_size": 2, "ordering": "title"}).json()
    assert [one["title"] for one in first["results"]] == ["题目0", "题目1"]
    rest = door.get(first["next"].removeprefix("http://testserver")).json()
    assert [one["title"] for one in rest["results"]] == ["题目2"]
    assert len(door.get("challenges/", {"search": "题目1"}).json()["results"]) == 1
    assert door.get("challenges/", {"state": "draft"}).json()["results"] == []


def test_a_stranger_and_a_wrong_id(db: str, api: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    assert api.get(f"challenges/{challenge.pk}/").status_code == 401
    door = api.as_person(scene.bidder().person)
    assert door.get("challenges/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert door.get(f"challenges/{scene.draft().pk}/").status_code == 404


@pytest.mark.parametrize("address", ["awards/", "feedback/", "score-sheets/"])
def test_lists_ask_as_many_questions_for_three_rows_as_for_one(
    db: str, frozen_clock: Any, api: Any, address: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from needs.actions.award import sign_award

    def concluded() -> Reviewed:
        scene = Reviewed(frozen_clock).marked()
        sign_award(actor=scene.second, award_id=scene.propose(scene.challenge, scene.first).pk)
        return scene

    scene = concluded()
    door = api.as_person(scene.second.person)
    door.get(address)
    with CaptureQueriesContext(connection) as one:
        few = door.get(address)
    assert few.status_code == 200
    assert few.json()["results"]
    more = concluded()
    Challenge.objects.filter(pk=more.challenge.pk).update(issuer=scene.issuer)
    with CaptureQueriesContext(connection) as three:
        many = door.get(address)
    assert len(many.json()["results"]) > len(few.json()["results"])
    # Whether a review is complete is asked per challenge of the issuer, not per row.
    slack = 8 if address == "score-sheets/" else 0
    assert len(three) <= len(one) + slack
