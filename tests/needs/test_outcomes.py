"""What became of results: applications, outcomes, new needs, demands before a pilot; by page and by REST."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import checks
from core.checks.models import Alert
from needs.actions import outcome as actions
from needs.models import Application, FollowUp, Need, Outcome, Result
from projects.actions import project as projects
from tests import factories
from tests.factories import needs as need_make
from tests.factories import results as make

BEFORE = {
    "baseline_period": "2024年", "baseline_source": "企业台账", "baseline_claim": "self_declared", "period": "2026年1–6月",
    "measured_on": "2026-07-01", "sample_size": "120", "source": "路试报告",
}  # fmt: skip


def scene() -> tuple[Result, Any, Any, Any]:
    """A published result, its owner, a user and a second person of the user."""
    result, owner = make.published()
    user = factories.actor(factories.organisation("整车厂", kinds=["large_firm"]))
    return result, owner, user, factories.actor(user.organisation)


@pytest.mark.req("R017", whole=True)
@pytest.mark.parametrize(("nodes", "denied"), [(3, 1), (2, 0)])
def test_nodes_that_adopted_a_result_are_counted_on_the_page_of_the_chain(client: Any, nodes: int, denied: int) -> None:
    result, owner, user, _second = scene()
    client.sign_in(owner.person, owner.organisation)
    chain = result.chain
    for number, node in enumerate([*chain.nodes.all()][:nodes]):
        typed = {
            "node": str(node.pk),
            "applied_on": "2026-03-01",
            "effect": f"换装新电池 {number}",
            "user": str(user.organisation_id),
        }
        missing = client.post(f"/needs/results/{result.pk}/apply/", typed | {"effect": ""})
        assert missing.status_code == 422
        assert client.post(f"/needs/results/{result.pk}/apply/", typed).status_code == 302
        again = client.post(f"/needs/results/{result.pk}/apply/", typed)
        assert again.status_code == 422, "recorded once"
    page = client.get(f"/chains/{chain.pk}/").content.decode()
    assert f"带动环节 {nodes}" in page and all(
        f"/needs/results/applications/{one.pk}/" in page for one in Application.objects.all()
    )
    client.sign_in(user.person, user.organisation)
    first, *others = Application.objects.order_by("created_at")
    assert client.post(f"/needs/results/applications/{first.pk}/confirm/").status_code == 302
    for one in others[:denied]:
        assert client.post(f"/needs/results/applications/{one.pk}/deny/", {"reason": "只是试用"}).status_code == 302
    page = client.get(f"/chains/{chain.pk}/").content.decode()
    assert f"带动环节 {nodes - denied}" in page and "其中 1 个" in page
    listed = client.get(f"/needs/results/applications/?of={chain.pk}&state=confirmed").content.decode()
    assert "换装新电池 0" in listed and "换装新电池 1" not in listed
    assert "整车厂" in client.get("/needs/results/applications/?file=csv").content.decode()
    shown = client.get(f"/needs/results/{result.pk}/").content.decode()
    assert "换装新电池 0" in shown and "使用方已确认" in shown


@pytest.mark.req("R018", whole=True)
@pytest.mark.parametrize(
    ("before", "after", "change", "words", "meant"),
    [("500", "700", "+40%", "充电效率提升2倍", ("3", "2")), ("80", "92", "+15%", "产线节拍提高 3 倍", ("4", "3"))],
)
def test_a_change_has_its_baseline_and_a_multiple_its_chosen_reading(
    client: Any, before: str, after: str, change: str, words: str, meant: Any
) -> None:
    result, owner, user, _second = scene()
    use = make.applied(owner, result, user)
    client.sign_in(owner.person, owner.organisation)
    page = f"/needs/results/applications/{use.pk}/outcome/"
    whole = BEFORE | {"name": "续航里程", "direction": "higher", "unit": "km", "baseline_value": before, "value": after}
    for name in (
        "baseline_value",
        "baseline_period",
        "baseline_source",
        "baseline_claim",
        "sample_size",
        "source",
        "measured_on",
    ):
        refused = client.post(page, {key: value for key, value in whole.items() if key != name})
        assert refused.status_code == 422 and not Outcome.objects.exists(), name
    assert client.post(page, whole).status_code == 302
    shown = client.get(f"/needs/results/applications/{use.pk}/").content.decode()
    assert change in shown and "✔" in shown and "自报" in shown
    times = BEFORE | {
        "name": "效率",
        "direction": "higher",
        "unit": "kW",
        "baseline_value": "50",
        "original_words": words,
    }
    refused = client.post(page, times)
    text = refused.content.decode()
    assert (
        refused.status_code == 422 and all(f"×{one}" in text for one in meant) and 'type="radio" name="factor"' in text
    )
    assert client.post(page, times | {"factor": "9"}).status_code == 422
    assert client.post(page, times | {"factor": meant[1]}).status_code == 302
    shown = client.get(f"/needs/results/applications/{use.pk}/").content.decode()
    assert words in shown and f"×{meant[1]}" in shown
    report = client.get("/needs/results/outcomes/?file=csv").content.decode()
    assert (
        words in report
        and change in report
        and f"×{meant[1]}" in client.get("/needs/results/outcomes/").content.decode()
    )
    kept = Outcome.objects.get(specification__name="效率").specification
    assert (kept.original_words, str(kept.factor.normalize())) == (words, meant[1])


@pytest.mark.req("A45", whole=True)
@pytest.mark.parametrize(
    ("effect", "said", "direction", "before", "near", "after", "factor", "indicator"),
    [
        ("续航里程提升40%，用户满意", "续航里程提升40%", "higher", "500", "690", "700", "", {"target": "25", "baseline_value": "240"}),
        ("充电效率提升2倍", "充电效率提升2倍", "higher", "50", "90", "", "3", {"target": "12.5", "baseline_value": "160"}),
        ("返修率下降 12.5%", "返修率下降 12.5%", "lower", "80", "90", "70", "", {"target": "30", "baseline_value": "200"}),
    ],
)  # fmt: skip
def test_a_rise_or_fall_without_its_baseline_is_flagged_until_one_stands_behind_it(
    client: Any,
    api: Any,
    effect: str,
    said: str,
    direction: str,
    before: str,
    near: str,
    after: str,
    factor: str,
    indicator: Any,
) -> None:
    result, owner, _user, _second = scene()
    client.sign_in(owner.person, owner.organisation)
    door = api.as_person(owner.person, owner.organisation)
    typed = {"node": str(result.node_id), "applied_on": "2026-03-01", "effect": "良率达到98%，已批量使用", "user": ""}
    assert client.post(f"/needs/results/{result.pk}/apply/", typed).status_code == 302
    node = result.chain.nodes.exclude(pk=result.node_id).first()
    assert (
        client.post(f"/needs/results/{result.pk}/apply/", typed | {"node": str(node.pk), "effect": effect}).status_code
        == 302
    )

    def told() -> list[str]:
        checks.watch({"A45"})
        rows = door.get("alerts/", {"code": "A45", "state": "told"}).data["results"]
        return sorted(row["rule"] for row in rows)

    (words,) = told()
    assert said in words and "基线" in words, "a plain level is no rise"
    use = Application.objects.get(effect=effect)
    page = f"/needs/results/applications/{use.pk}/outcome/"
    whole = BEFORE | {"name": said[:4], "direction": direction, "unit": "km", "baseline_value": before}
    assert client.post(page, whole | {"value": near}).status_code == 302
    assert told() == [words], "another figure does not stand behind it"
    whole |= {"original_words": said, "factor": factor} if factor else {"value": after}
    assert client.post(page, whole | {"name": f"{said[:4]}（复测）"}).status_code == 302
    assert told() == []

    # The words of a need are read as well, and cleared by an indicator with its baseline.
    percent = indicator["target"]
    need, _owner = need_make.draft(owner, expected_results=f"能量密度提升{percent}%", chain=result.chain)
    charging = need_make.decimals(need_make.CHARGING)
    assert door.post(f"needs/{need.pk}/define_indicator/", charging).status_code == 201
    assert told() == [], "a draft is nobody's claim yet"
    assert door.post(f"needs/{need.pk}/issue_version/", {}).status_code == 201
    (words,) = told()
    assert f"提升{percent}%" in words
    made = door.post(f"needs/{need.pk}/define_indicator/", need_make.decimals(need_make.DENSITY | indicator))
    assert made.status_code == 201, made.data
    assert told() == []


@pytest.mark.req("R025", whole=True)
@pytest.mark.parametrize(
    ("endurance", "failure"),
    [
        (("10", "13", "+30%"), ("4.0", "3.0", "−25%", "(−1 pp)")),
        (("20", "25", "+25%"), ("5", "4.5", "−10%", "(−0.5 pp)")),
    ],
)
def test_both_forms_of_a_change_are_shown_and_the_user_verifies(client: Any, endurance: Any, failure: Any) -> None:
    result, owner, user, second = scene()
    use = make.applied(owner, result, user)
    client.sign_in(user.person, user.organisation)
    page = f"/needs/results/applications/{use.pk}/outcome/"
    for name, direction, unit, value in (
        ("终端续航", "higher", "h", endurance), ("故障率", "lower", "%", failure),
    ):  # fmt: skip
        typed = BEFORE | {
            "name": name,
            "direction": direction,
            "unit": unit,
            "baseline_value": value[0],
            "value": value[1],
        }
        assert client.post(page, typed).status_code == 302
    shown = client.get(f"/needs/results/applications/{use.pk}/").content.decode()
    assert endurance[2] in shown and f"{failure[2]} {failure[3]}" in shown and shown.count("✔") == 2
    longer, rarer = Outcome.objects.order_by("created_at")
    assert client.post(f"/needs/results/outcomes/{longer.pk}/verify/").status_code == 403, "not by who recorded it"
    client.sign_in(owner.person, owner.organisation)
    assert client.post(f"/needs/results/outcomes/{longer.pk}/verify/").status_code == 403, "not by the result's owner"
    client.sign_in(second.person, second.organisation)
    assert client.post(f"/needs/results/outcomes/{longer.pk}/verify/").status_code == 302
    shown = client.get(f"/needs/results/applications/{use.pk}/").content.decode()
    assert "使用方已核实" in shown and "自报" in shown
    longer.refresh_from_db()
    assert (longer.measurement.claim, longer.measurement.verified_by) == ("verified", user.organisation)
    listed = client.get("/needs/results/outcomes/?state=declared").content.decode()
    assert "故障率" in listed and "终端续航" not in listed
    assert client.post(f"/needs/results/outcomes/{rarer.pk}/dispute/", {"reason": "口径不同"}).status_code == 302
    assert client.post(f"/needs/results/outcomes/{longer.pk}/dispute/", {"reason": "复测不符"}).status_code == 302
    longer.refresh_from_db()
    assert longer.measurement.claim == "self_declared"
    assert "口径不同" in client.get(f"/needs/results/applications/{use.pk}/").content.decode()


@pytest.mark.req("R004", whole=True)
@pytest.mark.parametrize(("title", "money"), [("低温续航仍然不足", "3000000"), ("回收线缺少拆解设备", "125000.50")])
def test_a_new_need_closes_the_loop_in_both_directions(client: Any, title: str, money: str) -> None:
    need, leader, _partners = need_make.published()
    project = projects.create_project(actor=leader, title="长续航电池攻关")
    projects.link_need(actor=leader, project_id=project.pk, need=need.pk)
    client.sign_in(leader.person, leader.organisation)
    offered = client.get(f"/projects/{project.pk}/").content.decode()
    assert f"/needs/results/new/?project={project.pk}&amp;need={need.pk}" in offered
    typed = {"title": "长续航电池", "text": "项目成果。", "node": str(need.node_id), "confidentiality": "members",
             "origin_need": str(need.pk), "origin_project": str(project.pk)}  # fmt: skip
    made = client.post("/needs/results/new/", typed)
    assert made.status_code == 302, made.content.decode()
    result = Result.objects.get()
    client.post(f"/needs/results/{result.pk}/publish/")
    user = factories.actor(factories.organisation("终端用户", kinds=["large_firm"]))
    client.sign_in(user.person, user.organisation)
    used = {"node": str(need.node_id), "applied_on": "2026-05-01", "effect": "已装车"}
    assert client.post(f"/needs/results/{result.pk}/apply/", used).status_code == 302
    use = Application.objects.get()
    assert use.state == "confirmed", "the user itself said so"
    closed = client.get("/needs/results/loops/").content.decode()
    assert ">0</a>" in closed
    words = {"title": title, "pain_point": "用后发现的新痛点。", "affected_users": "车主", "node": str(need.node_id), "demand_side": "rd",
             "confidentiality": "members"}  # fmt: skip
    raised = client.post(f"/needs/results/applications/{use.pk}/need/", words)
    assert raised.status_code == 302, raised.content.decode()
    follow, fresh = FollowUp.objects.get(), Need.objects.get(title=title)
    assert (fresh.owner, follow.application) == (user.organisation, use)
    counted = client.get("/needs/results/loops/?closed=yes").content.decode()
    assert '<a href="?closed=yes">1</a>' in counted and title in counted
    invest = {"amount": money, "invested_on": "2026-06-01", "purpose": "低温电解液研发", "follow_up": str(follow.pk)}
    assert client.post(f"/needs/results/applications/{use.pk}/reinvest/", invest).status_code == 302
    assert "低温电解液研发" in client.get(f"/needs/results/loops/{follow.pk}/").content.decode()
    five = [need.title, title, "长续航电池", str(use.node), need.code, fresh.code]
    for address in (
        f"/needs/{fresh.pk}/",
        f"/needs/results/applications/{use.pk}/",
        f"/needs/results/{result.pk}/",
        f"/needs/{need.pk}/",
    ):
        shown = client.get(address).content.decode()
        assert all(one in shown for one in five), address
        assert "您无权查看的项目" in shown and "闭环" in shown
    client.sign_in(leader.person, leader.organisation)
    shown = client.get(f"/needs/{need.pk}/").content.decode()
    assert f"/projects/{project.pk}/" in shown and "未开始" in shown and title not in shown, (
        "a draft of others stays hidden"
    )


@pytest.mark.req("A06", whole=True)
@pytest.mark.req("R010")
@pytest.mark.parametrize(
    ("low", "high", "value", "good", "cap", "cost", "volume"),
    [("0.09", "0.11", "0.13", "0.10", "50", "180", "1000"), ("1.9", "2.1", "2.4", "2.0", "12.5", "30", "200")],
)
def test_off_the_standard_and_too_dear_block_the_pilot_until_resolved_or_waived(
    client: Any, low: str, high: str, value: str, good: str, cap: str, cost: str, volume: str
) -> None:
    need, leader, _partners = need_make.published()
    result, owner = make.published(origin_need=need.pk, node=need.node_id)
    client.sign_in(leader.person, leader.organisation)
    page = f"/needs/results/{result.pk}/"
    standard = {
        "clause": "GB/T 36363-2018, 5.3",
        "name": "厚度",
        "kind": "range",
        "low": low,
        "high": high,
        "unit": "mm",
    }
    assert client.post(f"{page}standard/", standard | {"clause": ""}).status_code == 422
    assert client.post(f"{page}standard/", standard).status_code == 302
    dear = {"name": "单位成本", "target": cap, "unit": "元/kg", "volume": volume, "volume_unit": "t/a"}
    assert client.post(f"{page}cost/", dear | {"volume": ""}).status_code == 422
    assert client.post(f"{page}cost/", dear).status_code == 302
    client.sign_in(owner.person, owner.organisation)
    assert client.post(f"{page}clear/").status_code == 409, "not measured"
    checks.watch({"A05", "A06"})
    assert not Alert.objects.exists(), "not measured is no alert"
    thickness, price = (row.specification for row in result.requirements.all())
    measured = {"environment": "line", "source": "量产核算", "measured_on": "2026-06-01"}
    client.post(f"{page}measure/", measured | {"specification": str(thickness.pk), "value": value})
    client.post(f"{page}measure/", measured | {"specification": str(price.pk), "value": cost})
    refused = client.post(f"{page}clear/")
    text = refused.content.decode()
    assert refused.status_code == 409 and "GB/T 36363-2018, 5.3" in text and "成本过高难以规模化" in text
    assert f"{volume} t/a" in text and f"{cost} 元/kg" in text
    checks.watch({"A05", "A06"})
    assert {row.code for row in Alert.objects.filter(state="told")} == {"A05", "A06"}
    dear_row = result.requirements.get(kind="cost")
    assert client.post(f"/needs/results/demands/{dear_row.pk}/waive/", {"reason": "自己豁免"}).status_code == 403
    client.post(f"{page}measure/", measured | {"specification": str(thickness.pk), "value": good})
    assert client.post(f"{page}clear/").status_code == 409, "the cost is still open"
    client.sign_in(leader.person, leader.organisation)
    assert client.post(f"/needs/results/demands/{dear_row.pk}/waive/", {"reason": ""}).status_code == 422
    assert (
        client.post(f"/needs/results/demands/{dear_row.pk}/waive/", {"reason": "首批次补贴覆盖差价"}).status_code == 302
    )
    client.sign_in(owner.person, owner.organisation)
    assert client.post(f"{page}clear/").status_code == 302
    shown = client.get(page).content.decode()
    assert leader.person.name in shown and "首批次补贴覆盖差价" in shown and "已准入中试" in shown
    checks.watch({"A05", "A06"})
    assert not Alert.objects.exclude(state="cleared").exists()


@pytest.mark.req("A09")
def test_a_result_that_nobody_uses_for_so_many_months_is_idle(client: Any, frozen_clock: Any) -> None:
    result, owner = make.published(title="无人问津的薄膜")
    other, _same = make.published(owner, title="有人使用的薄膜", node=result.node_id)
    client.sign_in(owner.person, owner.organisation)
    user = factories.actor(factories.organisation())
    make.applied(owner, other, user)
    checks.watch({"A09"})
    assert not Alert.objects.exists()
    frozen_clock.move(days=366)
    checks.watch({"A09"})
    assert Alert.objects.get().object_id == result.pk
    listed = client.get("/needs/results/?idle=yes").content.decode()
    assert "无人问津的薄膜" in listed and "有人使用的薄膜" not in listed
    actions.record_application(
        actor=user, result_id=result.pk, node=result.node_id, applied_on=dt.date(2026, 1, 1), effect="试用"
    )
    checks.watch({"A09"})
    assert Alert.objects.get().state == "cleared"


def test_by_rest_a_multiple_asks_for_its_factor_and_the_user_alone_verifies(api: Any) -> None:
    result, owner, user, second = scene()
    use = make.applied(owner, result, user)
    door = api.as_person(owner.person, owner.organisation)
    sent = BEFORE | {"sample_size": 120, "name": "充电效率", "direction": "higher", "unit": "kW", "baseline_value": "50",
                     "original_words": "up 2 times"}  # fmt: skip
    asked = door.post(f"applications/{use.pk}/record_outcome/", sent)
    assert (
        asked.status_code == 422
        and asked.data["code"] == "choose_factor"
        and "×3 或 ×2" in str(asked.data["errors"]["factor"])
    )
    made = door.post(f"applications/{use.pk}/record_outcome/", sent | {"factor": "3"})
    assert made.status_code == 201 and made.data["percent"] == "200" and "×3" in made.data["words"], api.text(made)
    assert door.post(f"outcomes/{made.data['id']}/verify/", {}).status_code == 403
    verified = api.as_person(second.person, second.organisation).post(f"outcomes/{made.data['id']}/verify/", {})
    assert verified.data["state"] == "verified" and verified.data["measurement"]["claim"] == "verified"
    bare = {name: value for name, value in sent.items() if not name.startswith("baseline")}
    refused = door.post(f"applications/{use.pk}/record_outcome/", bare | {"factor": "3"})
    assert refused.status_code == 422 and {"baseline_value", "baseline_period", "baseline_source"} <= set(
        refused.data["errors"]
    )
    other = factories.actor(factories.organisation())
    assert (
        api.as_person(other.person, other.organisation)
        .post(f"applications/{use.pk}/deny/", {"reason": "x"})
        .status_code
        == 403
    )
