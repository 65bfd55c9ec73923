"""Needs by page and by REST: whole requirements, refusals, strangers."""

from __future__ import annotations

from typing import Any

import pytest

from needs.models import Need
from tests import factories
from tests.factories import needs as make


def door_of(api: Any, actor: Any) -> Any:
    return api.as_person(actor.person, actor.organisation)


def bare(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not name.startswith("baseline")}


@pytest.mark.req("R014", whole=True)
@pytest.mark.parametrize(
    ("title", "word", "pain"),
    [
        ("新能源汽车续航焦虑", "续航", "冬季续航打折，用户不敢跑长途。"),
        ("芯片功耗过高", "功耗", "终端发烫，一天两充。"),
    ],
)
def test_pain_point_and_evidence_come_before_any_indicator(
    client: Any, api: Any, title: str, word: str, pain: str
) -> None:
    leader = factories.actor(factories.organisation(kinds=["large_firm"]))
    chain = factories.chain(leader=leader.organisation)
    client.sign_in(leader.person, leader.organisation)
    typed = {"title": title, "pain_point": "", "affected_users": "车主", "node": str(chain.nodes.first().pk), "demand_side": "rd",
             "confidentiality": "members"}  # fmt: skip
    refused = client.post("/needs/new/", typed)
    assert refused.status_code == 422 and title in refused.content.decode() and not Need.objects.exists()
    assert client.post("/needs/new/", typed | {"pain_point": pain}).status_code == 302
    need = Need.objects.get()
    page = f"/needs/{need.pk}/"
    assert client.get(f"{page}indicators/new/").status_code == 409, "closed until evidence"
    answer = door_of(api, leader).post(f"needs/{need.pk}/define_indicator/", make.CHARGING)
    assert answer.status_code == 409 and len(answer.data["missing"]) == 1, api.text(answer)
    assert client.post(f"{page}evidence/", {"file": make.pdf(), "caption": "用户调查"}).status_code == 302
    assert client.get(f"{page}indicators/new/").status_code == 200
    assert door_of(api, leader).post(f"needs/{need.pk}/define_indicator/", make.CHARGING).status_code == 201
    assert title in client.get(f"/needs/?q={word}").content.decode()
    assert title not in client.get("/needs/?q=包装薄膜").content.decode()
    shown = client.get(page).content.decode()
    assert pain in shown and "evidence.pdf" in shown


@pytest.mark.req("R015", whole=True)
@pytest.mark.parametrize(
    ("change", "baseline", "target", "limit", "first", "second"),
    [
        ("30", "200", "260", "15", ("255", "14", "1.9%"), ("262", "15")),
        ("50", "80", "120", "20", ("114", "20", "5%"), ("120", "19.5")),
    ],
)
def test_targets_are_computed_and_proposals_measured_against_them(
    api: Any, client: Any, change: str, baseline: str, target: str, limit: str, first: Any, second: Any
) -> None:
    need, owner = make.draft()
    door = door_of(api, owner)
    relative = make.DENSITY | {"target": change, "baseline_value": baseline}
    refused = door.post(f"needs/{need.pk}/define_indicator/", bare(relative))
    assert refused.status_code == 422 and "baseline_value" in refused.data["errors"], api.text(refused)
    client.sign_in(owner.person, owner.organisation)
    page = client.post(f"/needs/{need.pk}/indicators/new/", bare(relative) | {"is_must": "on"})
    assert page.status_code == 422 and make.DENSITY["name"] in page.content.decode()
    made = door.post(f"needs/{need.pk}/define_indicator/", relative)
    assert made.status_code == 201 and made.data["specification"]["absolute_target"] == target, api.text(made)
    assert door.post(f"needs/{need.pk}/define_indicator/", make.CHARGING | {"target": limit}).status_code == 201
    text = client.get(f"/needs/{need.pk}/").content.decode()
    assert f"≥ {target} Wh/kg" in text and f"≤ {limit} min" in text
    partner = factories.actor(factories.organisation())
    door.post(f"needs/{need.pk}/invite_definer/", {"organisation": str(partner.organisation_id)})
    door.post(f"needs/{need.pk}/issue_version/")
    rows = door.get(f"needs/{need.pk}/").data["indicators"]
    for row in rows:
        door_of(api, partner).post(f"needs/{need.pk}/sign_indicator/", {"specification_id": row["id"]})
    assert door.post(f"needs/{need.pk}/publish/").data["state"] == "published"
    for density, minutes, *gap in (first, second):
        sent = [{"specification": rows[0]["id"], "value": density}, {"specification": rows[1]["id"], "value": minutes}]
        if gap:
            short = door.post(f"needs/{need.pk}/close/", {"outcome": "met", "measurements": sent})
            assert short.status_code == 422 and short.data["code"] == "only_partly_met", api.text(short)
            from core.indicators.engine import Value, compare_all
            from needs.services import need_specifications

            specs = need_specifications(Need.objects.get(pk=need.pk))
            from decimal import Decimal

            summary = compare_all(
                [
                    (specs[0].to_spec(), Value(Decimal(density), "Wh/kg")),
                    (specs[1].to_spec(), Value(Decimal(minutes), "min")),
                ]
            )
            assert (summary.met, summary.missed) == (1, 1) and gap[0] in summary.verdicts[0].text
        else:
            done = door.post(f"needs/{need.pk}/close/", {"outcome": "met", "measurements": sent})
            assert done.status_code == 200 and done.data["state"] == "met", api.text(done)


@pytest.mark.req("R013", whole=True)
@pytest.mark.parametrize(("suppliers", "old", "new"), [(2, "15", "18"), (3, "10", "12.5")])
def test_a_refused_indicator_becomes_version_two_that_all_sign(
    api: Any, client: Any, suppliers: int, old: str, new: str
) -> None:
    need, owner = make.draft()
    door = door_of(api, owner)
    institute = factories.actor(factories.organisation(kinds=["research_institute"]))
    others = [factories.actor(factories.organisation(kinds=["supporting_firm"])) for _n in range(suppliers)]
    for fields in (make.DENSITY, make.CHARGING | {"target": old}):
        assert door.post(f"needs/{need.pk}/define_indicator/", fields).status_code == 201
    for partner in (institute, *others):
        assert (
            door.post(f"needs/{need.pk}/invite_definer/", {"organisation": str(partner.organisation_id)}).status_code
            == 201
        )
    assert door.post(f"needs/{need.pk}/issue_version/").status_code == 201
    density, charging = (row["id"] for row in door.get(f"needs/{need.pk}/").data["indicators"])
    for partner in (institute, *others):
        theirs = door_of(api, partner)
        assert (
            theirs.post(
                f"needs/{need.pk}/comment_indicator/", {"specification_id": density, "text": "可行"}
            ).status_code
            == 201
        )
        assert theirs.post(f"needs/{need.pk}/sign_indicator/", {"specification_id": density}).status_code == 200
        if partner is not others[-1]:
            assert theirs.post(f"needs/{need.pk}/sign_indicator/", {"specification_id": charging}).status_code == 200
    last = door_of(api, others[-1])
    empty = last.post(f"needs/{need.pk}/refuse_indicator/", {"specification_id": charging, "reason": ""})
    assert empty.status_code == 422 and "reason" in empty.data["errors"]
    assert (
        last.post(
            f"needs/{need.pk}/refuse_indicator/", {"specification_id": charging, "reason": "产线做不到"}
        ).status_code
        == 200
    )
    blocked = door.post(f"needs/{need.pk}/publish/")
    assert blocked.status_code == 409 and len(blocked.data["missing"]) == 1, api.text(blocked)
    assert str(others[-1].organisation) in blocked.data["missing"][0]["what"]
    changed = make.CHARGING | {"target": new, "specification_id": charging}
    assert door.post(f"needs/{need.pk}/edit_indicator/", changed).status_code == 200
    assert door.post(f"needs/{need.pk}/issue_version/", {"note": "放宽充电时间"}).data["number"] == 2
    second = door.get(f"needs/{need.pk}/").data["indicators"][1]["id"]
    states = []
    for partner in (institute, *others):
        assert (
            door_of(api, partner).post(f"needs/{need.pk}/sign_indicator/", {"specification_id": second}).status_code
            == 200
        )
        states.append(door.get(f"needs/{need.pk}/").data["state"])
    assert states[-1] == "defined" and set(states[:-1]) == {"defining"}
    client.sign_in(owner.person, owner.organisation)
    page = client.get(f"/needs/{need.pk}/").content.decode()
    assert f"≤ {old} min" in page and f"≤ {new} min" in page, "the difference shows both"
    assert "已共同定义" in page
    changed_page = client.get(f"/needs/{need.pk}/versions/?from=1&to=2").content.decode()
    assert f"≤ {old} min" in changed_page and f"≤ {new} min" in changed_page and "放宽充电时间" in changed_page
    compared = door.get(f"needs/{need.pk}/versions/", {"from": "2", "to": "1"}).data
    assert [(one["kind"], old in one["after"], new in one["before"]) for one in compared["changes"]] == [
        ("changed", True, True)
    ]
    assert door.get(f"needs/{need.pk}/versions/", {"from": "7"}).status_code == 404
    assert door.get(f"needs/{need.pk}/versions/", {"foo": "x"}).json()["errors"] == {"foo": ["Unknown parameter."]}
    for number in ("0", "07", "x", "12345", ""):
        assert door.get(f"needs/{need.pk}/versions/", {"to": number}).status_code == 400
    sheet = client.get(f"/needs/{need.pk}/sheet/").content.decode()
    order = [
        "需求单位",
        "技术需求",
        "主要问题",
        "技术关键",
        f"≤ {new} min",
        "预期目标",
        "关键字",
        "拟投入资金总额",
        "合作意向单位",
    ]
    places = [sheet.index(word, sheet.index("<main")) for word in order]
    assert places == sorted(places) and f"≤ {old} min" not in sheet
    assert door.post(f"needs/{need.pk}/publish/").data["state"] == "published"
    stranger = factories.actor(factories.organisation())
    client.sign_in(stranger.person, stranger.organisation)
    seen = client.get(f"/needs/{need.pk}/").content.decode()
    assert "产线做不到" not in seen and "可行" not in seen, "co-definition stays among its parties"


@pytest.mark.req("R008", whole=True)
@pytest.mark.parametrize(("density", "minutes"), [("255", "14"), ("262", "16.5")])
def test_only_the_owner_closes_and_only_on_measured_values(api: Any, client: Any, density: str, minutes: str) -> None:
    need, owner, partners = make.published()
    door = door_of(api, owner)
    first, second = (row["id"] for row in door.get(f"needs/{need.pk}/").data["indicators"])
    values = [
        {"specification": first, "value": density, "source": "检测报告"},
        {"specification": second, "value": minutes, "source": "路测"},
    ]
    team = door_of(api, partners[0]).post(f"needs/{need.pk}/close/", {"outcome": "met", "measurements": values})
    assert team.status_code == 403
    client.sign_in(partners[0].person, partners[0].organisation)
    assert client.post(f"/needs/{need.pk}/close/", {"outcome": "met"}).status_code == 403
    half = door.post(f"needs/{need.pk}/close/", {"outcome": "partly_met", "measurements": values[:1]})
    assert half.status_code == 422 and half.data["code"] == "not_measured" and "充电时间" in half.data["detail"], (
        api.text(half)
    )
    client.sign_in(owner.person, owner.organisation)
    typed = {"value_0": density, "source_0": "检测报告", "outcome": "met", "reason": "写过的话还在"}
    page = client.post(f"/needs/{need.pk}/close/", typed)
    assert page.status_code == 422 and "写过的话还在" in page.content.decode() and density in page.content.decode()
    full = door.post(f"needs/{need.pk}/close/", {"outcome": "met", "measurements": values})
    assert full.status_code == 422 and full.data["code"] == "only_partly_met"
    done = door.post(f"needs/{need.pk}/close/", {"outcome": "partly_met", "measurements": values})
    assert done.status_code == 200 and done.data["state"] == "partly_met", api.text(done)


@pytest.mark.req("R002", "R019")
@pytest.mark.parametrize(("side", "wanted"), [("rd", 1), ("supply", 1), ("service", 1)])
def test_the_library_filters_by_side_and_exports(client: Any, side: str, wanted: int) -> None:
    owner = factories.actor(factories.organisation())
    for one in ("rd", "production", "supply", "service"):
        make.draft(owner, demand_side=one, title=f"需求 {one}", chain=factories.chain())
    client.sign_in(owner.person, owner.organisation)
    page = client.get(f"/needs/?side={side}").content.decode()
    assert (
        f"需求 {side}" in page
        and sum(f"需求 {one}" in page for one in ("rd", "production", "supply", "service")) == wanted
    )
    file = client.get(f"/needs/?side={side}&file=csv").content.decode("utf-8-sig")
    assert len(file.strip().splitlines()) == 1 + wanted


def test_the_library_asks_the_same_for_one_need_and_for_three(client: Any, api: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    owner = factories.actor(factories.organisation())
    client.sign_in(owner.person, owner.organisation)
    chain, counts = factories.chain(), []
    client.get("/needs/")  # a session's first request notes that its browser is in use
    for more in (1, 2):
        for _time in range(more):
            make.draft(owner, chain=chain)
        door = door_of(api, owner)
        door.get("needs/")
        with CaptureQueriesContext(connection) as pages:
            assert client.get("/needs/").status_code == 200
        with CaptureQueriesContext(connection) as rest:
            assert door.get("needs/").status_code == 200
        counts.append((len(pages), len(rest)))
    assert counts[0] == counts[1]


def test_a_form_that_was_opened_before_another_saved_is_told_and_keeps_what_was_typed(client: Any) -> None:
    need, owner = make.draft()
    client.sign_in(owner.person, owner.organisation)
    page = f"/needs/{need.pk}/edit/"
    form = {"title": need.title, "pain_point": need.pain_point, "affected_users": need.affected_users, "node": str(need.node_id),
            "demand_side": need.demand_side, "confidentiality": need.confidentiality, "version": str(need.version)}  # fmt: skip
    assert f'name="version" value="{need.version}"' in client.get(page).content.decode()
    assert client.post(page, form | {"title": "先保存的"}).status_code == 302
    late = client.post(page, form | {"title": "后保存的"})
    need.refresh_from_db()
    assert late.status_code == 412 and "后保存的" in late.content.decode() and need.title == "先保存的"
    again = form | {"title": "后保存的", "version": str(need.version)}
    assert client.post(page, again).status_code == 302, "after comparing, on purpose"


def test_an_edit_of_an_old_version_is_told_and_loses_nothing(api: Any) -> None:
    need, owner = make.draft()
    door = door_of(api, owner)
    tag = door.get(f"needs/{need.pk}/").headers["ETag"]
    assert door.patch(f"needs/{need.pk}/", {"title": "新"}).status_code == 428
    assert door.patch(f"needs/{need.pk}/", {"title": "新"}, etag=tag).status_code == 200
    assert door.patch(f"needs/{need.pk}/", {"title": "旧"}, etag=tag).status_code == 412
    wrong = door.post("needs/", {"title": "x", "pain_point": "y", "demnad_side": "rd"})
    assert wrong.status_code == 400 and "demnad_side" in wrong.data["errors"]
    none = door.post("needs/", {"title": "x", "pain_point": "y"})
    assert none.status_code == 422 and {"demand_side", "node"} <= set(none.data["errors"])
