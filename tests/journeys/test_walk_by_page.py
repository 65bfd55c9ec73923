"""The walk again, played by people through forms and buttons alone: from a pain point to shared revenue."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from benefits.queries import exposure
from core import clock, outbox
from core.accounts.models import Organisation
from core.accounts.states import Role
from core.indicators.services import define as specified
from core.ledger.services import verify
from needs.actions import award as award_actions
from needs.actions import bid as bid_actions
from projects.models import Gate
from tests import factories
from tests.factories.challenges import Scene, save_bid
from tests.factories.needs import decimals
from tests.journeys.hands import Hands, Label, pdf

BATTERY = {
    "title": "新能源汽车续航焦虑", "pain": "冬季续航打折、充电排队，用户不敢跑长途。", "users": "网约车司机",
    "first": {"name": "电池能量密度", "kind": "relative", "target": "30", "unit": "Wh/kg", "baseline_value": "200", "baseline_claim": "verified",
              "baseline_period": "2025 年", "baseline_source": "第三方检测报告", "method": "GB/T 31486", "is_must": True},
    "second": {"name": "充电时间", "kind": "threshold", "operator": "le", "target": "15", "unit": "min", "method": "10%–80% SOC", "is_must": True},
    "computed": "260", "budget": "10000000", "stages": ["3000000", "3000000", "4000000"], "shares": ["30", "30", "40"],
    "good": ["262", "15"], "weak": ["255", "14"], "measured": ["263", "14.8"],
    "split": ["40", "30", "20", "10"], "income": "1000000", "paid": ["400,000.00", "300,000.00", "200,000.00", "100,000.00"],
}  # fmt: skip
CHIP = BATTERY | {
    "title": "芯片功耗过高", "pain": "终端发烫、一天两充。", "users": "手机用户",
    "first": BATTERY["first"] | {"name": "芯片功耗", "target": "-25", "unit": "mW", "baseline_value": "480", "method": "典型负载"},
    "second": BATTERY["second"] | {"name": "外壳温度", "target": "41", "unit": "°C", "method": "满载"},
    "computed": "360", "budget": "6000000.50", "stages": ["1500000.13", "1500000.12", "3000000.25"], "shares": ["25", "25", "50"],
    "good": ["352", "40.5"], "weak": ["380", "40"], "measured": ["350", "40.1"],
    "split": ["37.5", "32.5", "20", "10"], "income": "123456.78", "paid": ["46,296.29", "40,123.45", "24,691.36", "12,345.68"],
}  # fmt: skip


STAGES = ["rd", "pilot", "mass_production"]


class Cast:
    """Organisations and people, each with a window of their own."""

    def __init__(self, new_page: Any) -> None:
        def org(name: str, *kinds: str) -> Organisation:
            return factories.organisation(name, kinds=list(kinds))

        self.leader_org, self.institute_org = org("甲龙头企业", "large_firm"), org("乙研究院", "research_institute")
        self.supplier_org, self.university_org = org("丙材料厂", "supporting_firm", "sme"), org("丁大学", "university")
        self.investor_org = org("戊资本", "investor")
        self.chain = factories.chain("新材料产业链", leader=self.leader_org)
        everybody = {
            "leader": self.leader_org, "second": self.leader_org, "institute": self.institute_org,
            "supplier": self.supplier_org, "university": self.university_org, "investor": self.investor_org,
        }  # fmt: skip
        self.people = {name: factories.member(where, name=name) for name, where in everybody.items()}
        operator = factories.operator().organisation
        assert operator is not None
        self.people |= {
            f"expert{n}": factories.person(f"专家{n}", is_expert=True, email=f"expert{n}@example.test") for n in (1, 2)
        }
        self.people["admin"] = factories.member(operator, name="运营", roles=[Role.ADMIN])
        self.people["approver"] = factories.member(operator, name="审批人", roles=[Role.APPROVER])
        self._windows: dict[str, Hands] = {}
        self._new_page = new_page

    def __getitem__(self, name: str) -> Hands:
        if name not in self._windows:
            self._windows[name] = Hands(self._new_page(self.people[name]))
        return self._windows[name]


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.timeout(400)
@pytest.mark.req("R005", "R013", "R014", "R015", "R016", "R079", "R086", "R087")
@pytest.mark.parametrize("case", [BATTERY, CHIP], ids=["battery", "chip"])
def test_people_play_the_walk_through_forms(new_page: Any, frozen_clock: Any, case: dict[str, Any]) -> None:
    people = Cast(new_page)
    if case is BATTERY:
        awarded(people, case, frozen_clock)
    else:
        need = define(people, case)
        challenge = publish_challenge(people, case, need)
        bids = bid(people, case, challenge, frozen_clock)
        review(people, case, challenge, bids)
        award(people, case, challenge, bids)
    project = start(people, case)
    pass_gate(people, case, project)
    share(people, case, project)


def awarded(people: Cast, case: dict[str, Any], frozen_clock: Any) -> None:
    """The first half by the actions: test_need_journey.py plays it through forms, and so does the other case here."""
    specs = [specified(fields=decimals(case[which]), created_by=people.leader_org) for which in ("first", "second")]
    signers = [people.people["leader"], people.people["second"]]
    scene = Scene(people.leader_org, signers, specs=specs, chain=people.chain, title=case["title"])
    gates = [
        {"stage": stage, "planned_on": clock.today() + dt.timedelta(days=180 * (at + 1)), "share_percent": Decimal(case["shares"][at]),
         "specifications": [str(one.pk) for one in specs]}
        for at, stage in enumerate(STAGES)
    ]  # fmt: skip
    budget = Decimal(case["budget"])
    challenge = scene.published(
        budget=budget, gates=gates, payers=[{"organisation": people.leader_org, "amount": budget}],
        criteria=[{"name": "指标达成", "weight": Decimal(100), "max_score": Decimal(100), "minimum_mark": None}],
    )  # fmt: skip
    bids = []
    for who, org, values in (
        ("institute", people.institute_org, case["good"]),
        ("university", people.university_org, case["weak"]),
    ):
        bidder = factories.actor(org, person_=people.people[who])
        draft = bid_actions.start_bid(actor=bidder, challenge_id=challenge.pk)
        draft = save_bid(
            actor=bidder, bid_id=draft.pk, version=draft.version, team="院士团队 18 人", plan="研发、中试、量产三段推进。", months=24, accepts_terms=True,
            commitments=[{"specification": spec.pk, "value": Decimal(value)} for spec, value in zip(specs, values, strict=True)],
            budgets=[{"stage": stage, "amount": Decimal(amount)} for stage, amount in zip(STAGES, case["stages"], strict=True)], machines=["现有产线"],
        )  # fmt: skip
        bids.append(bid_actions.submit_bid(actor=bidder, bid_id=draft.pk, version=draft.version))
    chair = scene.panelist(challenge, is_chair=True)
    frozen_clock.move(days=20)
    for one, mark in zip(bids, (90, 70), strict=True):
        bid_actions.admit_bid(actor=scene.second, bid_id=one.pk)
        scene.mark(chair, one, mark)
    award = scene.propose(challenge, bids[0], amount=budget)
    award_actions.sign_award(actor=scene.second, award_id=award.pk)
    for _round in range(3):
        outbox.deliver_pending()


def define(people: Cast, case: dict[str, Any]) -> str:
    """The leader's pain point becomes indicators that all parties sign; gives the need's address."""
    leader, institute, supplier = people["leader"], people["institute"], people["supplier"]
    leader.go("/").press("发布需求").fill(
        title=case["title"], pain_point=case["pain"], affected_users=case["users"], demand_side="rd"
    )
    leader.fill(
        node=Label(f"{people.chain} · {people.chain.nodes.get(tier='midstream')}"), budget=case["budget"]
    ).send()
    need = leader.path
    leader.sees(case["title"], case["pain"])
    leader.go(f"{need}evidence/").fill(file=pdf("用户调查.pdf"), caption="用户调查").send()
    leader.sees("用户调查.pdf")
    for fields in (case["first"], case["second"]):
        leader.go(f"{need}indicators/new/").fill(**fields).send()
        leader.sees(fields["name"])
    leader.sees(case["computed"])
    for org, label in ((people.institute_org, "科研机构"), (people.supplier_org, "材料供应商")):
        leader.go(f"{need}invite/").fill(organisation=str(org.pk), role_label=label).send()
    leader.go(f"{need}issue/").fill(note="第一版").send()
    names = [case["first"]["name"], case["second"]["name"]]
    institute.go("/").sees(case["title"])
    for name in names:
        institute.go(need).press("签署", inside=name)
    supplier.go(need).press("签署", inside=names[0])
    # One indicator of one partner is unsigned: the page names both, and nothing is published.
    leader.go(need).sees("丙材料厂")
    if leader.page.locator("main").get_by_role("button", name="发布", exact=True).count():
        leader.press("发布").sees("丙材料厂", names[1])
    leader.go(need).sees_not("已发布")
    supplier.go(need).press("签署", inside=names[1])
    leader.go(need).press("发布").sees("已发布")
    return need


def publish_challenge(people: Cast, case: dict[str, Any], need: str) -> str:
    """Drafted by one, published by another, frozen from then on; gives its address."""
    leader, second = people["leader"], people["second"]
    leader.go(need).press("据此发榜").fill(title=f"揭榜：{case['title']}").send()
    deadline = (clock.now() + dt.timedelta(days=20)).astimezone(clock.CHINA)
    names = [case["first"]["name"], case["second"]["name"]]
    leader.fill(
        summary=case["pain"], eligibility="已核验的高校与科研机构", deadline_at=f"{deadline:%Y-%m-%dT%H:%M:%S}", ip_terms="shared",
        ip_text="按贡献共有", budget=case["budget"], payer_0_organisation=str(people.leader_org.pk), payer_0_amount=case["budget"],
        criterion_0_name="指标达成", criterion_0_weight="60", criterion_0_max_score="100", criterion_0_minimum_mark="60",
        criterion_1_name="产业适配", criterion_1_weight="40", criterion_1_max_score="100",
    )  # fmt: skip
    for at, stage in enumerate(STAGES):
        leader.fill(**{
            f"gate_{stage}_planned_on": f"{clock.today() + dt.timedelta(days=180 * (at + 1)):%Y-%m-%d}",
            f"gate_{stage}_share_percent": case["shares"][at],
        })  # fmt: skip
        for name in names:
            leader.page.locator('main [id^="gates"]').get_by_role("checkbox", name=name).nth(at).check()
    leader.send("保存草稿")
    challenge = leader.path
    for number in (1, 2):
        leader.go(f"{challenge}panel/invite/").fill(email=f"expert{number}@example.test")
        (leader.fill(is_chair=True) if number == 1 else leader).send()
    leader.go(challenge).press("送交核对")
    leader.sees_not("已发布并冻结")
    second.go("/").sees(case["title"])
    second.go(challenge).press("发布").sees(f"{deadline:%H:%M:%S}", "Asia/Shanghai")
    return challenge


def bid(people: Cast, case: dict[str, Any], challenge: str, frozen_clock: Any) -> list[str]:
    """Two sealed bids with receipts; before the deadline nobody else sees them. Gives their addresses."""
    addresses = []
    for who, values, team in (
        ("institute", case["good"], "院士团队 18 人"),
        ("university", case["weak"], "课题组 12 人"),
    ):
        hands = people[who]
        hands.go(challenge).press("开始揭榜")
        hands.fill(team=team, plan="研发、中试、量产三段推进。", months="24", trl_from="4", trl_to="9", contact="课题负责人",
                   accepts_terms=True, machines="现有产线")  # fmt: skip
        for field, value in zip(hands.page.locator('main [name^="c_"][name$="_value"]').all(), values, strict=True):
            field.fill(value)
        for stage, amount in zip(STAGES, case["stages"], strict=True):
            hands.fill(**{f"b_{stage}": amount})
        expect(hands.page.locator("#bid-saved")).to_contain_text(f"{sum(map(Decimal, case['stages'])):,.2f}")
        address = hands.path.removesuffix("edit/")
        hands.page.reload()
        assert hands.page.locator('main [name="team"]').input_value() == team, "the draft saved itself"
        hands.press("保存并预览").press("提交")
        hands.sees("回执")
        addresses.append(address)
    rival = people["university"].page.goto(addresses[0])
    assert rival is not None
    assert rival.status == 404
    for who in ("leader", "admin", "expert1"):
        answer = people[who].page.goto(addresses[0])
        assert answer is not None
        assert answer.status == 404, who
    frozen_clock.move(days=20, seconds=1)
    people["leader"].go(addresses[0]).sees("院士团队 18 人")
    return addresses


def review(people: Cast, case: dict[str, Any], challenge: str, bids: list[str]) -> None:
    """Admitted, conflicts declared, marked alone and locked; then the ranking."""
    for address in bids:
        people["leader"].go(address).press("通过")
    marks = {"expert1": [("92", "85"), ("76", "70")], "expert2": [("90", None), ("72", "66")]}
    for who, rows in marks.items():
        hands = people[who]
        hands.go("/needs/seats/").press("揭榜")
        if "declare" in hands.path:
            hands.fill(has_conflict="no").send()
        for address, (first, second) in zip(bids, rows, strict=True):
            hands.go(f"{address}score/")
            fields = hands.page.locator('main [name^="score_"]')
            fields.nth(0).fill(first)
            if second is None:
                hands.page.locator('main [name^="na_"]').nth(1).check()
            else:
                fields.nth(1).fill(second)
            hands.fill(comment="总体意见").send()
            hands.press("锁定")
    people["leader"].go(f"{challenge}review/").sees("乙研究院", "丁大学")


def award(people: Cast, case: dict[str, Any], challenge: str, bids: list[str]) -> None:
    """Proposed by one, signed by another, feedback to each bidder; a project comes of it."""
    leader, second = people["leader"], people["second"]
    leader.go(f"{challenge}award/propose/").fill(
        bid_id=bids[0].split("/")[-2], amount=case["budget"], reason="承诺最高"
    ).send()
    place = leader.path
    for address in bids:
        leader.go(f"{address}feedback/write/").fill(text="请补充供应保障计划。").send()
    leader.go(place).sees("第二")
    second.go(place).press("签署授予")
    for who, address, words in (("institute", bids[0], "88.60"), ("university", bids[1], "71.60")):
        people[who].go(f"{address}feedback/").sees("请补充供应保障计划。", words)
    for _round in range(3):
        outbox.deliver_pending()


def start(people: Cast, case: dict[str, Any]) -> str:
    """The award's project: what is missing is listed, duties and shares are signed, the start releases the first money."""
    leader = people["leader"]
    leader.go("/projects/").press(case["title"])
    project = leader.path
    leader.press("签署启动").sees("沟通")
    for org, role in ((people.supplier_org, "supplier"), (people.investor_org, "investor")):
        leader.go(f"{project}parties/").fill(organisation=str(org.pk), role=role).send()
    parties = ["甲龙头企业", "乙研究院", "丙材料厂", "戊资本"]
    leader.go(project)
    shares = leader.page.locator('main a[href*="/projects/indicators/"]').evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    for address in dict.fromkeys(shares):
        leader.go(address)
        for at, field in enumerate(leader.page.locator('main [name^="contribution_"]').all()):
            field.fill(f"贡献 {at + 1}")
        leader.send()
    for party, title in zip(parties, ("场景与测试数据", "核心技术攻关", "材料试制", "资金"), strict=True):
        leader.go(f"{project}packages/").fill(
            title=title, deliverable=f"{title}报告", due_on=f"{clock.today() + dt.timedelta(days=150):%Y-%m-%d}", owner=Label(party)
        )  # fmt: skip
        leader.send()
    leader.go(f"{project}communication/").fill(reply_days="5", channel="周例会")
    for field in leader.page.locator('main [name^="contact_"]').all():
        field.fill("联系人")
    leader.send()
    leader.go(project).press("利益分配协议")
    agreement = leader.path
    leader.go(f"{agreement}propose/")
    rows = dict(zip(parties, case["split"], strict=True))
    for at, row in enumerate(leader.page.locator("main tr:has([name^=percent_])").all()):
        name = next(party for party in parties if party in row.inner_text())
        leader.fill(**{f"percent_{at}": rows[name], f"reason_{at}": "约定"})
    leader.fill(note="首版").send()
    for who in ("leader", "institute", "supplier", "investor"):
        people[who].go(agreement).press("签署")
    leader.go(project).press("签署启动").sees("已启动")
    leader.sees("进行中")
    assert exposure(project.split("/")[-2]).captured == Decimal(case["stages"][0])
    return project


def pass_gate(people: Cast, case: dict[str, Any], project: str) -> None:
    """Package, reviewer, finding, then the funding decision by somebody else; the next stage's money follows."""
    institute, admin, expert, approver = (people[who] for who in ("institute", "admin", "expert2", "approver"))
    gate = f"/projects/gates/{Gate.objects.get(project_id=project.split('/')[-2], stage='rd').pk}/"
    institute.go(f"{gate}package/")
    for field, value in zip(institute.page.locator('main [name^="value_"]').all(), case["measured"], strict=True):
        field.fill(value)
    institute.fill(environment="lab", note="首版", files_=pdf("检测报告.pdf")).send()
    admin.go(f"{gate}panel/").fill(person=str(people.people["expert2"].pk)).send()
    expert.go("/").sees("G1").press("打开")
    expert.go(gate).press("申报利益冲突")
    expert.fill(has_conflict="no").send()
    expert.go(f"{gate}finding/")
    for at in range(expert.page.locator('main [name^="item_"][value="yes"]').count()):
        expert.fill(**{f"item_{at}": "yes"})
    expert.fill(recommendation="go", text="依据充分").send()
    approver.go("/projects/approvals/").sees(case["title"]).press("G1")
    approver.sees("检测报告.pdf", case["measured"][0]).fill(outcome="go", reason="达标").press("签署决定")
    released = sum(map(Decimal, case["stages"][:2]))
    assert exposure(project.split("/")[-2]).captured == released


def share(people: Cast, case: dict[str, Any], project: str) -> None:
    """Income recorded by one, settled once, read by every party, paid and confirmed outside and on the record."""
    leader = people["leader"]
    leader.go(project).press("利益分配协议")
    agreement = leader.path
    leader.go(f"{agreement}income/").fill(
        source="首批销售", amount=case["income"], received_on=f"{clock.today():%Y-%m-%d}"
    ).send()
    leader.go(agreement).press("结算", inside="首批销售")
    leader.sees(*case["paid"])
    for who, amount in zip(("leader", "institute", "supplier", "investor"), case["paid"], strict=True):
        people[who].go(agreement).sees(*case["paid"])
        people[who].go("/benefits/statements/").sees(amount)
    assert people["university"].page.goto(agreement).status == 404  # type: ignore[union-attr]
    institute = people["institute"]
    institute.go("/benefits/statements/").press("乙研究院")
    statement = institute.path
    leader.go(f"{statement}instruct/").send()
    institute.go(statement).press("确认到账").sees("已完成")
    institute.sees_not("确认到账")
    assert verify().is_sound
