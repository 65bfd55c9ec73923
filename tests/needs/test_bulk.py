"""Many rows in one request: each row is answered by itself, and a retry repeats none."""

from __future__ import annotations

from typing import Any

import pytest

from needs.models import Need, NeedIndicator
from tests import factories
from tests.factories import needs as make

PAIN = {"title": "续航焦虑", "pain_point": "冬季续航打折。", "affected_users": "网约车司机", "demand_side": "rd"}
ROWS = [PAIN, {"title": ""}, {**PAIN, "title": "充电排队"}, {**PAIN, "surprise": 1}]


def leader(api: Any) -> tuple[Any, Any]:
    of = factories.organisation()
    chain = factories.chain(leader=of)
    return api.as_person(factories.member(of), of), chain


def test_each_row_of_needs_is_answered_by_itself(api: Any) -> None:
    mine, chain = leader(api)
    node = str(chain.nodes.first().pk)
    rows = [{**one, "node": node} for one in ROWS]
    answer = mine.post("needs/bulk/", {"rows": rows}, key="monday")
    assert answer.status_code == 207, mine.text(answer)
    told = answer.json()
    assert [one["status"] for one in told["results"]] == [201, 400, 201, 400]
    assert (told["done"], told["refused"]) == (2, 2)
    assert set(told["results"][1]["problem"]["errors"]) == {"title", "pain_point"}
    assert set(told["results"][3]["problem"]["errors"]) == {"surprise"}
    assert {str(pk) for pk in Need.objects.values_list("pk", flat=True)} == {
        told["results"][0]["id"],
        told["results"][2]["id"],
    }


def test_the_same_rows_under_the_same_key_get_the_same_answer_and_repeat_nothing(api: Any) -> None:
    mine, chain = leader(api)
    rows = [{**one, "node": str(chain.nodes.first().pk)} for one in ROWS]
    first = mine.post("needs/bulk/", {"rows": rows}, key="monday").json()
    assert mine.post("needs/bulk/", {"rows": rows}, key="monday").json() == first
    assert Need.objects.count() == 2
    rows[0]["title"] = "改过的"
    again = mine.post("needs/bulk/", {"rows": rows}, key="monday").json()["results"]
    assert (again[0]["status"], again[0]["problem"]["code"]) == (409, "idempotency_key_reused")
    assert again[2] == first["results"][2]


def test_indicators_of_one_need_come_in_together_and_a_refusal_says_why(api: Any) -> None:
    need, owner = make.draft()
    mine = api.as_person(owner.person, owner.organisation)
    rows = [make.DENSITY, {**make.CHARGING, "unit": "min", "target": None}, make.CHARGING]
    told = mine.post(f"needs/{need.pk}/define_indicator/bulk/", {"rows": rows}, key="k").json()
    assert [one["status"] for one in told["results"]] == [201, 422, 201]
    assert NeedIndicator.objects.filter(version__need=need).count() == 2
    stranger = api.as_person(factories.person("谁"))
    assert stranger.post(f"needs/{need.pk}/define_indicator/bulk/", {"rows": rows}, key="k").status_code == 404


def test_machines_come_in_together(api: Any) -> None:
    mine, _chain = leader(api)
    told = mine.post(
        "machines/bulk/", {"rows": [{"name": "涂布机"}, {"name": "辊压机", "count": 0}]}, key="park"
    ).json()
    assert [one["status"] for one in told["results"]] == [201, 400]


@pytest.mark.parametrize(
    "body", [{"rows": []}, {"rows": [{}] * 201}, {"rows": [1]}, {}, {"rows": [{}], "mode": "atomic"}]
)
def test_what_is_no_list_of_rows_is_refused_whole(api: Any, body: Any) -> None:
    mine, _chain = leader(api)
    assert mine.post("needs/bulk/", body, key="k").status_code == 400


def test_without_a_key_nothing_is_taken(api: Any) -> None:
    mine, _chain = leader(api)
    answer = mine.post("machines/bulk/", {"rows": [{"name": "涂布机"}]})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
