"""Shared targets, anchors, duties, hand-over and acceptance (R005, R006, R016, R028, R029)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from benefits.queries import agreement_for, exposure
from core import checks, clock, outbox
from core.accounts.actor import Actor
from core.checks.models import Alert
from core.errors import Invalid, NotAllowed, WrongState
from core.inbox.models import Task
from needs.actions import award as award_actions
from needs.actions import need as need_actions
from needs.services import need_specifications
from projects.actions import flow
from projects.actions import project as actions
from projects.models import Project
from projects.queries import packages_of
from tests import factories
from tests.factories import benefits as funds
from tests.factories import needs as need_factory
from tests.factories.challenges import Reviewed
from tests.factories.projects import Scene

D = Decimal
NAMES = ["应用场景与测试数据", "核心材料突破", "电极工艺优化"]


@pytest.mark.req("R005", "A02", whole=True)
@pytest.mark.parametrize(
    ("name", "operator", "target", "unit"), [("充电时间", "le", "15", "min"), ("电池能量密度", "ge", "260", "Wh/kg")]
)
def test_a_bundle_starts_only_with_a_shared_target(api: Any, name: str, operator: str, target: str, unit: str) -> None:
    scene = Scene()
    scene.communicate()
    scene.assign()
    scene.sign_shares()
    door = api.as_person(scene.leader.person)
    refused = door.post(f"projects/{scene.pk}/start/")
    assert refused.status_code == 409, api.text(refused)
    assert refused.json()["code"] == "a02"
    assert len(refused.json()["missing"]) == 1
    parties = [str(one.organisation_id) for one in scene.parties]
    body = {"name": name, "kind": "threshold", "operator": operator, "target": target, "unit": unit, "is_shared": True}
    rows = [{"party": one, "text": f"贡献 {at}"} for at, one in enumerate(parties)]
    made = door.post(f"projects/{scene.pk}/add_indicator/", {**body, "contributions": rows[:2]})
    assert made.status_code == 201, api.text(made)
    still = door.post(f"projects/{scene.pk}/start/")
    assert still.status_code == 409
    assert "丙材料" in str(still.json()["missing"])
    own = api.as_person(scene.supplier.person).post(
        f"project-indicators/{made.json()['id']}/share/", {"text": "电极工艺"}
    )
    assert own.status_code == 200, api.text(own)
    started = door.post(f"projects/{scene.pk}/start/")
    assert started.status_code == 200, api.text(started)
    assert door.get(f"projects/{scene.pk}/").json()["state"] == "running"


@pytest.mark.req("R006", "A03", whole=True)
@pytest.mark.parametrize(
    ("amounts", "asked"), [(("3000000", "3000000", "4000000"), "3000000.00"), (("120.50", "80", "10"), "60.25")]
)
def test_stage_funds_need_a_need(api: Any, client: Any, amounts: tuple[str, str, str], asked: str) -> None:
    scene = Scene(amounts)
    need, _owner, _others = need_factory.published(scene.leader)
    door = api.as_person(scene.leader.person)
    body = {"stage": "rd", "amount": asked, "reason": "样件"}
    refused = door.post(f"projects/{scene.pk}/request_stage_fund/", body)
    assert refused.status_code == 409, api.text(refused)
    assert refused.json()["code"] == "a03"
    assert refused.json()["missing"][0]["link"] == f"/projects/{scene.pk}/need/"
    page = client.sign_in(scene.leader.person)
    told = page.post(f"/projects/{scene.pk}/funds/", {"stage": "rd", "amount": asked, "reason": "样件"})
    assert told.status_code == 409
    assert f"/projects/{scene.pk}/need/" in told.content.decode()
    assert page.post(f"/projects/{scene.pk}/need/", {"need": str(need.pk)}).status_code == 302
    accepted = door.post(f"projects/{scene.pk}/request_stage_fund/", body)
    assert accepted.status_code == 201, api.text(accepted)
    assert D(accepted.json()["amount"]) == D(asked)


@pytest.mark.req("R016", whole=True)
@pytest.mark.parametrize(("names", "at"), [(NAMES, 2), (["测试台架", "隔膜材料", "涂布工艺"], 1)])
def test_an_unassigned_package_blocks_the_start_and_each_party_has_its_own_list(
    api: Any, client: Any, names: list[str], at: int
) -> None:
    scene = Scene()
    scene.share()
    scene.communicate()
    scene.sign_shares()
    door = api.as_person(scene.leader.person)
    made = []
    for title, party in zip(names, scene.parties, strict=True):
        answer = door.post(
            f"projects/{scene.pk}/add_package/",
            {"title": title, "deliverable": f"{title}报告", "due_on": str(clock.today() + dt.timedelta(days=40)),
             "owner": str(party.organisation_id), "indicators": [str(scene.indicator.pk)]},
        )  # fmt: skip
        assert answer.status_code == 201, api.text(answer)
        made.append(answer.json()["id"])
    assert door.post(f"work-packages/{made[at]}/assign/", {"owner": None}).status_code == 200
    page = client.sign_in(scene.leader.person).get(f"/projects/{scene.pk}/")
    assert "责任未分配" in page.content.decode()
    refused = door.post(f"projects/{scene.pk}/start/")
    assert refused.status_code == 409
    assert refused.json()["code"] == "a13"
    assert [names[at] in one["what"] for one in refused.json()["missing"]] == [True]
    assert list(packages_of(scene.parties[at])) == []
    owner = str(scene.parties[at].organisation_id)
    assert door.post(f"work-packages/{made[at]}/assign/", {"owner": owner}).status_code == 200
    assert door.post(f"projects/{scene.pk}/start/").status_code == 200
    for title, party in zip(names, scene.parties, strict=True):
        assert [one.title for one in packages_of(party)] == [title]
        home = client.sign_in(party.person).get("/").content.decode()
        assert [other in home for other in names] == [other == title for other in names]


@pytest.mark.req("R029")
@pytest.mark.req("A13")
@pytest.mark.parametrize("through", ["api", "page"])
def test_all_three_missing_are_exactly_three(api: Any, client: Any, through: str) -> None:
    scene = Scene()
    scene.share()
    if through == "api":
        refused = api.as_person(scene.leader.person).post(f"projects/{scene.pk}/start/")
        assert refused.status_code == 409
        assert [one["rule"] for one in refused.json()["missing"]] == ["A13"] * 3
    else:
        page = client.sign_in(scene.leader.person).post(f"/projects/{scene.pk}/start/")
        assert page.status_code == 409
        assert f"/projects/{scene.pk}/communication/" in page.content.decode()
        assert len(checks.hits_at("projects.start_project", scene.project)) == 3
    scene.communicate()
    scene.assign()
    scene.sign_shares()
    scene.project = Project.objects.get(pk=scene.pk)
    assert checks.hits_at("projects.start_project", scene.project) == []


@pytest.mark.req("R028")
@pytest.mark.req("A12")
def test_a_stage_without_next_owner_raises_the_alert_until_the_base_takes_over(api: Any, frozen_clock: Any) -> None:
    scene = Scene().started().passed("rd")
    checks.watch({"A12"})
    assert not Alert.objects.exists()
    frozen_clock.move(days=30)
    checks.watch({"A12"})
    alert = Alert.objects.get(code="A12")
    assert scene.leader.organisation in alert.organisations.all()
    assert alert.to_operator
    assert alert.numbers["days"] == 30
    base = factories.actor(factories.organisation("丁中试基地", kinds=["pilot_base"]))
    body = {
        "from_stage": "rd",
        "next_owner": str(base.organisation_id),
        "documents": "工艺包",
        "parameters": "压实密度",
        "open_risks": "无",
    }
    offered = api.as_person(scene.institute.person).post(f"projects/{scene.pk}/offer_handover/", body)
    assert offered.status_code == 201, api.text(offered)
    day = str(clock.today() - dt.timedelta(days=1))
    taken = api.as_person(base.person).post(f"handovers/{offered.json()['id']}/accept/", {"received_on": day})
    assert taken.status_code == 200, api.text(taken)
    assert (taken.json()["state"], taken.json()["received_on"]) == ("accepted", day)
    checks.watch({"A12"})
    alert.refresh_from_db()
    assert alert.state == "cleared"


def test_acceptance_is_signed_by_owner_and_expert_and_the_need_can_be_closed(db: str) -> None:
    scene = Scene()
    need, _owner, _others = need_factory.published(scene.leader)
    actions.link_need(actor=scene.leader, project_id=scene.pk, need=need.pk)
    scene.started().passed("rd").passed("pilot").passed("mass_production")
    assert scene.project.state == "accepting"
    expert = factories.person(is_expert=True)
    with pytest.raises(NotAllowed):
        flow.record_acceptance(actor=scene.supplier, project_id=scene.pk, expert=expert.pk)
    row = flow.record_acceptance(actor=scene.leader, project_id=scene.pk, expert=expert.pk)
    assert (row.outcome, row.verdicts[0]["outcome"]) == ("met", "met")
    flow.sign_acceptance(actor=Actor.for_person(expert), acceptance_id=row.pk)
    scene.project.refresh_from_db()
    assert scene.project.state == "accepted"
    assert exposure(scene.pk).captured == D(10000000)
    value = {"value": D(300), "environment": "line", "claim": "self_declared"}
    rows = [
        {"specification": str(one.pk), **value, "value": D(300) if one.unit == "Wh/kg" else D(12)}
        for one in need_specifications(need)
    ]
    asked = Task.objects.get(kind="close_need", organisation=scene.leader.organisation)
    assert asked.state == "open"
    assert need_actions.close_need(actor=scene.leader, need_id=need.pk, outcome="met", measurements=rows).state == "met"
    asked.refresh_from_db()
    assert asked.state == "done"


def test_a_stop_opens_a_claim_with_the_decision_as_evidence(db: str) -> None:
    scene = Scene().started()
    scene.submit("rd", "100")
    scene.decide("rd", "kill")
    fund, _manager, parties = funds.fund()
    home = parties[0].organisation
    assert home is not None
    with pytest.raises(Invalid):
        flow.open_failure_claim(actor=scene.leader, project_id=scene.pk, fund=fund.pk, loss=D(100), reason="研发失败")
    from benefits.models import FundParty

    FundParty.objects.filter(fund=fund, organisation=home).update(organisation=scene.leader.organisation)
    claim = flow.open_failure_claim(
        actor=scene.leader, project_id=scene.pk, fund=fund.pk, loss=D(100), reason="研发失败"
    )
    evidence = claim.evidence.get()
    assert (evidence.kind, len(evidence.book_leaf)) == ("gate_report", 64)


def test_an_award_becomes_one_project_with_its_gates_and_money(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    award = award_actions.sign_award(actor=scene.second, award_id=award.pk, version=award.version)
    outbox.deliver_pending()
    outbox.deliver_pending()
    project = Project.objects.get(award=award)
    assert project.code.startswith("P-")
    assert project.parties.count() >= 2
    assert project.need_links.count() == 1
    assert project.indicators.filter(is_shared=True).exists()
    assert exposure(project.pk).held == award.amount
    again = actions.create_project_from_award(actor=scene.drafter, award_id=award.pk)
    assert again.pk == project.pk
    assert [str(one.planned_on) != "None" for one in project.gates.all()] == [True] * 3
    assert agreement_for(project.pk) is not None
    with pytest.raises(WrongState):
        actions.plan_gates(actor=Actor.system(), project_id=_running(project).pk, gates=[])


def _running(project: Project) -> Project:
    Project.objects.filter(pk=project.pk).update(state="running")
    return project


@pytest.mark.parametrize(
    "path",
    ["", "new/", "approvals/", "{p}/", "{p}/edit/", "{p}/parties/", "{p}/need/", "{p}/indicators/", "{p}/packages/", "{p}/communication/",
     "{p}/gates/", "{p}/funds/", "{p}/handover/", "{p}/acceptance/", "{p}/claim/", "gates/{g}/", "gates/{g}/package/", "gates/{g}/panel/",
     "gates/{g}/finding/", "gates/{g}/decide/", "gates/{g}/conditional/", "indicators/{i}/share/", "packages/{w}/owner/",
     "?export=csv", "approvals/?export=xlsx"],
)  # fmt: skip
def test_every_page_opens(client: Any, path: str) -> None:
    scene = Scene().started()
    scene.submit("rd", "300")
    work = scene.project.packages.first()
    where = path.format(p=scene.pk, g=scene.gate("rd").pk, i=scene.indicator.pk, w=work.pk)
    page = client.sign_in(scene.leader.person).get(f"/projects/{where}")
    # The leader neither finds nor decides nor accepts here: such a form is not even shown.
    wanted = 403 if where.endswith(("acceptance/", "finding/", "decide/", "conditional/")) else 200
    assert page.status_code == wanted, page.content.decode()[:500]


def test_the_gate_goes_by_pages_from_package_to_decision(client: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    scene = Scene().started()
    gate = scene.gate("rd")
    spec = scene.indicator.specification_id
    file = SimpleUploadedFile("检测报告.pdf", need_factory.PDF, content_type="application/pdf")
    sent = client.sign_in(scene.institute.person).post(
        f"/projects/gates/{gate.pk}/package/",
        {f"value_{spec}": "300", "environment": "lab", "note": "首版", "files_": file},
    )
    assert sent.status_code == 302, sent.content.decode()[:800]
    expert = factories.person(is_expert=True)
    assert (
        client.sign_in(scene.operator.person)
        .post(f"/projects/gates/{gate.pk}/panel/", {"person": str(expert.pk)})
        .status_code
        == 302
    )
    seat = gate.panel.get()
    client.sign_in(expert)
    assert client.post(f"/projects/seats/{seat.pk}/declare/", {"has_conflict": "no"}).status_code == 302
    answers = {f"item_{at}": "yes" for at in range(3)}
    assert (
        client.post(
            f"/projects/gates/{gate.pk}/finding/", {**answers, "recommendation": "go", "text": "依据充分"}
        ).status_code
        == 302
    )
    client.sign_in(scene.approver.person)
    shown = client.get(f"/projects/gates/{gate.pk}/").content.decode()
    assert "检测报告.pdf" in shown
    assert f"/projects/gates/{gate.pk}/decide/" in shown
    done = client.post(
        f"/projects/gates/{gate.pk}/decide/",
        {"outcome": "go", "reason": "达标", "package": str(gate.packages.get().pk)},
    )
    assert done.status_code == 302, done.content.decode()[:800]
    assert exposure(scene.pk).captured == D(6000000)
    stranger = factories.actor(factories.organisation())
    assert client.sign_in(stranger.person).get(f"/projects/gates/{gate.pk}/").status_code == 404
    assert client.get(f"/projects/{scene.pk}/").status_code == 404
