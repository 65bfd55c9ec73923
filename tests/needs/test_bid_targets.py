"""From “能量密度 +30 %” to the verdict on a proposal, by REST: what R015 asks for, with several numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from needs.actions import challenge as challenges
from needs.actions import need as needs
from needs.services import need_specifications
from tests import factories
from tests.factories import needs as made

D = Decimal


@pytest.mark.req("R015", whole=True)
@pytest.mark.parametrize(
    ("baseline", "rise", "target", "minutes", "proposals"),
    [
        (
            "200", "30", "260", "15",
            [("255", "14", ["missed", "met"], "1.9%"), ("262", "15", ["met", "met"], ""), ("260", "15.01", ["met", "missed"], "0.1%")],
        ),
        (
            "180", "25", "225", "20",
            [("220.5", "12", ["missed", "met"], "2%"), ("225", "20", ["met", "met"], ""), ("224.99", "21", ["missed", "missed"], "5%")],
        ),
    ],
)  # fmt: skip
def test_a_target_is_refused_computed_and_compared(
    db: str, api: Any, baseline: str, rise: str, target: str, minutes: str, proposals: list[Any]
) -> None:
    need, owner = made.draft()
    door = api.as_person(owner.person)
    density = made.DENSITY | {"target": rise, "baseline_value": baseline}
    # Without a baseline the relative target is refused, beside the field, and nothing is kept.
    refused = door.post(f"needs/{need.pk}/define_indicator/", {**density, "baseline_value": None})
    assert (refused.status_code, "baseline_value" in refused.json()["errors"]) == (422, True), api.text(refused)
    defined = door.post(f"needs/{need.pk}/define_indicator/", density)
    assert defined.json()["specification"]["absolute_target"] == target, api.text(defined)
    assert target in defined.json()["specification"]["computed_text"]
    charging = door.post(f"needs/{need.pk}/define_indicator/", made.CHARGING | {"target": minutes})
    assert charging.json()["specification"]["target_text"] == f"≤ {minutes} min"
    assert len(door.get(f"needs/{need.pk}/").json()["indicators"]) == 2

    partner = factories.actor(factories.organisation(kinds=["research_institute"]))
    needs.invite_definer(actor=owner, need_id=need.pk, organisation=partner.organisation.pk)
    needs.issue_version(actor=owner, need_id=need.pk)
    for specification in need_specifications(need):
        signed = {"specification_id": str(specification.pk)}
        assert api.as_person(partner.person).post(f"needs/{need.pk}/sign_indicator/", signed).status_code == 200
    assert door.post(f"needs/{need.pk}/publish/").json()["state"] == "published"

    day = clock.today()
    specifications = [str(one.pk) for one in need_specifications(need)]
    challenge = door.post(
        "challenges/",
        {
            "need_id": str(need.pk), "summary": "提升能量密度", "eligibility": "法人", "ip_terms": "shared", "ip_text": "共享",
            "deadline_at": (clock.now() + dt.timedelta(days=9)).isoformat(), "budget": "100.00",
            "payers": [{"organisation": str(owner.organisation.pk), "amount": "100.00"}],
            "criteria": [{"name": "方案", "weight": "100", "max_score": "10"}],
            "gates": [
                {"stage": stage, "planned_on": str(day + dt.timedelta(days=days)), "share_percent": share, "specifications": specifications}
                for stage, days, share in (("rd", 90, "30"), ("pilot", 180, "30"), ("mass_production", 270, "40"))
            ],
        },
    )  # fmt: skip
    assert challenge.status_code == 201, api.text(challenge)
    pk = challenge.json()["id"]
    challenges.submit_for_check(actor=owner, challenge_id=pk)
    challenges.publish_challenge(actor=factories.actor(owner.organisation), challenge_id=pk)

    for value, time, outcomes, short in proposals:
        bidder = factories.actor(factories.organisation(kinds=["university"]))
        own = api.as_person(bidder.person)
        bid = own.post("bids/", {"challenge_id": pk})
        saved = own.patch(
            f"bids/{bid.json()['id']}/",
            {
                "commitments": [
                    {"specification": specifications[0], "value": value},
                    {"specification": specifications[1], "value": time},
                ]
            },
            etag=bid.headers["ETag"],
        )
        answers = saved.json()["commitments"]
        assert [one["outcome"] for one in answers] == outcomes, api.text(saved)
        assert any(short in one["words"] for one in answers)
