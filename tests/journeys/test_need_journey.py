"""From a survey's answer to the feedback every bidder gets, played at the browser by people who read Chinese and English.

What buttons say is written here in English and looked up in the language of whoever presses them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from chains.models import NodeMember
from core import clock, outbox
from core.accounts.models import Organisation
from tests import factories
from tests.journeys.hands import Hands, pdf

CHINESE, ENGLISH = "zh-hans", "en"

COLD: dict[str, Any] = {
    "hurts": ["低温下电池续航打折一半", "冬季低温电池续航打折厉害", "电池低温续航打折，冬天不敢跑"],
    "cluster": "电池低温续航", "title": "低温环境下动力电池续航保持",
    "paste": "-20℃下放电容量保持率不低于85%；低温充电时间不超过40 min。",
    "names": ["容量保持率", "充电时间"], "result": "宽温域电解液动力电池", "result_text": "电池低温放电容量保持，续航在冬季不打折。",
    "budget": "3000000", "stages": ["1000000", "1000000", "1000000"], "shares": ["30", "30", "40"],
    "promises": [("88", "35"), ("86", "38"), ("80", "39")], "marks": [("90", "88"), ("80", "78"), ("70", "55")],
    "totals": ["89.20", "79.20", "64.00"], "weights": ["60", "40"], "minimum": "60",
}  # fmt: skip
DUST: dict[str, Any] = {
    "hurts": ["车间粉尘浓度太高，滤芯堵得快", "滤芯堵塞，车间粉尘浓度高", "粉尘浓度高导致滤芯经常堵塞"],
    "cluster": "车间粉尘与滤芯", "title": "高粉尘车间的长寿命滤芯",
    "paste": "排放浓度不超过5 mg/m³；滤芯寿命不低于4000 h。",
    "names": ["排放浓度", "滤芯寿命"], "result": "纳米纤维覆膜滤芯", "result_text": "高粉尘车间用滤芯，堵塞慢、寿命长，排放浓度低。",
    "budget": "1200000.30", "stages": ["400000.10", "400000.10", "400000.10"], "shares": ["25", "25", "50"],
    "promises": [("4", "4500"), ("4.5", "4200"), ("6", "4100")], "marks": [("95", "85"), ("82.5", "80"), ("75", "50")],
    "totals": ["90.00", "81.25", "62.50"], "weights": ["50", "50"], "minimum": "60",
}  # fmt: skip
STAGES = ["rd", "pilot", "mass_production"]
BIDDERS = ["university", "institute", "maker"]


class Voice(Hands):
    """One person's window, in one language."""

    def __init__(self, page: Any, language: str) -> None:
        super().__init__(page)
        self.language = language

    def says(self, words: str) -> str:
        """What the interface says for these English words."""
        with translation.override(self.language):
            said = translation.gettext(words)
        assert self.language == ENGLISH or said != words, f"the interface says “{words}” nowhere"
        return said

    def press(self, words: str, *, inside: str = "", **names: Any) -> Voice:
        super().press(self.says(words) % names, inside=inside)
        return self

    def follow(self, words: str) -> Voice:
        """Press what is named by data."""
        super().press(words)
        return self

    def go(self, path: str) -> Voice:
        super().go(path)
        return self

    def fill(self, **values: Any) -> Voice:
        super().fill(**values)
        return self

    def send(self, words: str = "") -> Voice:
        super().send(self.says(words) if words else "")
        return self

    def sees(self, *texts: str) -> Voice:
        super().sees(*texts)
        return self

    def reads(self, *words: str) -> Voice:
        return self.sees(*map(self.says, words))


class Cast:
    """Organisations, and people each with a window and a language."""

    def __init__(self, new_page: Any, first: str) -> None:
        other = ENGLISH if first == CHINESE else CHINESE
        kinds = {
            "leader": ["large_firm"], "user": ["supporting_firm", "sme"], "second_user": ["sme"], "university": ["university"],
            "institute": ["research_institute"], "maker": ["supporting_firm"],
        }  # fmt: skip
        self.orgs: dict[str, Organisation] = {
            name: factories.organisation(f"{name} 单位", kinds=kind) for name, kind in kinds.items()
        }
        self.chain = factories.chain("装备产业链", leader=self.orgs["leader"])
        self.node = self.chain.nodes.get(tier="midstream")
        for name, tier in (("user", "downstream"), ("second_user", "downstream"), ("maker", "midstream")):
            NodeMember.objects.create(node=self.chain.nodes.get(tier=tier), organisation=self.orgs[name])
        tongues = {
            "leader": first,
            "user": other,
            "second_user": first,
            "university": other,
            "institute": first,
            "maker": other,
        }
        self.people = {
            name: factories.member(self.orgs[name], name=name, language=tongue) for name, tongue in tongues.items()
        }
        self.people["signer"] = factories.member(self.orgs["leader"], name="signer", language=other)
        for number, tongue in ((1, first), (2, other)):
            self.people[f"expert{number}"] = factories.person(
                f"专家{number}", is_expert=True, email=f"judge{number}@example.test", language=tongue
            )
        self._windows: dict[str, Voice] = {}
        self._new_page = new_page

    def __getitem__(self, name: str) -> Voice:
        if name not in self._windows:
            person = self.people[name]
            self._windows[name] = Voice(self._new_page(person), person.language)
        return self._windows[name]

    def stranger(self) -> Voice:
        """Somebody without an account."""
        return Voice(self._new_page(), CHINESE)


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.timeout(400)
@pytest.mark.req("R004", "R005", "R014", "R015", "R020", "R121")
@pytest.mark.parametrize(
    ("case", "first"),
    [(COLD, CHINESE), pytest.param(DUST, ENGLISH, marks=pytest.mark.long)],
    ids=["cold-zh-leads", "dust-en-leads"],
)
def test_from_a_survey_to_the_feedback_of_three_bidders(
    new_page: Any, frozen_clock: Any, case: dict[str, Any], first: str
) -> None:
    people = Cast(new_page, first)
    survey(people, case)
    need = cluster(people, case)
    define(people, case, need)
    match(people, case, need)
    challenge = publish(people, case, need)
    bids = bid(people, case, challenge, frozen_clock)
    judge(people, case, challenge, bids)
    award(people, case, challenge, bids, frozen_clock)


def survey(people: Cast, case: dict[str, Any]) -> None:
    """A quarterly survey; a member answers at the desk, somebody without an account by a personal link."""
    leader, user = people["leader"], people["user"]
    leader.go("/needs/surveys/").press("Survey %(chain)s", chain=people.chain)
    leader.fill(title="季度瓶颈调研").send()
    campaign = leader.path
    leader.press("Ask by a personal link")
    leader.fill(node=str(people.chain.nodes.get(tier="downstream").pk), organisation_name="门外终端厂").send()
    leader.press("Draw a link", inside="门外终端厂")
    address = leader.page.locator("main .id").inner_text()
    outside = people.stranger().go("/" + address.split("/", 3)[3])
    outside.fill(text_0=case["hurts"][0], text_2="4").send()
    user.go("/").follow("季度瓶颈调研")
    user.fill(text_0=case["hurts"][1], text_2="5").send()
    user.go(campaign).press("Count it as a complaint")
    user.fill(reach="members").send()
    leader.go(campaign).sees("门外终端厂", "2/").press("Count as a complaint", inside=leader.says("by personal link"))
    leader.fill(reach="members").send()


def cluster(people: Cast, case: dict[str, Any]) -> str:
    """A complaint in other words joins those that mean the same; the three become a draft need. Gives its address."""
    leader, other = people["leader"], people["second_user"]
    other.go("/needs/complaints/new/").fill(chain=str(people.chain.pk), text=case["hurts"][2], reach="members").send()
    leader.go(f"/needs/clusters/regroup/{people.chain.pk}/").send()
    assert leader.page.locator("main tbody tr").count() == 1, leader.text()
    leader.page.locator("main tbody a").first.click()
    leader.sees(*case["hurts"]).press("Name it")
    leader.fill(label=case["cluster"]).send()
    leader.press("Make a need of it")
    leader.fill(title=case["title"], node=str(people.node.pk), demand_side="rd").send()
    leader.sees(case["title"], case["hurts"][2], case["cluster"])
    return leader.path


def define(people: Cast, case: dict[str, Any], need: str) -> None:
    """Pasted words become two indicators; a partner signs them; the need is published."""
    leader, institute = people["leader"], people["institute"]
    leader.go(f"{need}edit/").fill(affected_users="车队", budget=case["budget"]).send()
    leader.go(f"{need}evidence/").fill(file=pdf("调研.pdf"), caption="调研").send()
    leader.go(f"{need}indicators/paste/").fill(text=case["paste"]).send()
    for at, name in enumerate(case["names"]):
        leader.fill(**{f"name_{at}": name, f"is_must_{at}": True, f"method_{at}": "第三方检测"})
    leader.send().sees(*case["names"])
    leader.go(f"{need}invite/").fill(organisation=str(people.orgs["institute"].pk), role_label="科研机构").send()
    leader.go(f"{need}issue/").fill(note="第一版").send()
    institute.go("/").sees(case["title"])
    for name in case["names"]:
        institute.go(need).press("Sign", inside=name)
    leader.go(need).press("Publish").reads("Published")


def match(people: Cast, case: dict[str, Any], need: str) -> None:
    """A published result fits by its words; its owner is invited and answers."""
    leader, university = people["leader"], people["university"]
    university.go("/needs/results/new/").fill(
        title=case["result"], text=case["result_text"], node=str(people.node.pk), trl="6"
    ).send()
    university.press("Publish")
    outbox.deliver_pending()
    leader.go(f"{need}matches/").sees(case["result"]).reads("Shared words").press("Invite", inside=case["result"])
    leader.fill(message="请看看。").send()
    university.go("/needs/invitations/").follow(case["title"]).press("We are interested")
    university.fill(answer="愿意揭榜。").send()
    leader.go("/needs/invitations/").follow(case["title"]).sees("愿意揭榜。")


def publish(people: Cast, case: dict[str, Any], need: str) -> str:
    """Drafted by one, published by another. Gives the challenge's address."""
    leader, signer = people["leader"], people["signer"]
    leader.go(need).press("Draft a challenge")
    leader.fill(title=f"揭榜：{case['title']}").send()
    deadline = (clock.now() + dt.timedelta(days=15)).astimezone(clock.CHINA)
    leader.fill(
        summary=case["hurts"][0], eligibility="已核验的单位", deadline_at=f"{deadline:%Y-%m-%dT%H:%M:%S}", ip_terms="shared", ip_text="按贡献共有",
        budget=case["budget"], notice_days="7", payer_0_organisation=str(people.orgs["leader"].pk), payer_0_amount=case["budget"],
        criterion_0_name="指标达成", criterion_0_weight=case["weights"][0], criterion_0_max_score="100",
        criterion_1_name="产业适配", criterion_1_weight=case["weights"][1], criterion_1_max_score="100", criterion_1_minimum_mark=case["minimum"],
    )  # fmt: skip
    for at, stage in enumerate(STAGES):
        planned = clock.today() + dt.timedelta(days=180 * (at + 1))
        leader.fill(
            **{f"gate_{stage}_planned_on": f"{planned:%Y-%m-%d}", f"gate_{stage}_share_percent": case["shares"][at]}
        )
        for name in case["names"]:
            leader.page.locator('main [id^="gates"]').get_by_role("checkbox", name=name).nth(at).check()
    leader.send("Save the draft")
    challenge = leader.path
    for number in (1, 2):
        leader.go(f"{challenge}panel/invite/").fill(email=f"judge{number}@example.test")
        (leader.fill(is_chair=True) if number == 1 else leader).send()
    leader.go(challenge).press("Hand over for check")
    signer.go("/").sees(case["title"])
    signer.go(challenge).press("Publish").sees(f"{deadline:%H:%M:%S}")
    return challenge


def bid(people: Cast, case: dict[str, Any], challenge: str, frozen_clock: Any) -> list[str]:
    """A public question and three sealed bids, opened after the deadline. Gives the bids' addresses."""
    people["maker"].go(f"{challenge}questions/ask/").fill(text="可以联合揭榜吗？").send()
    people["leader"].go(f"{challenge}?tab=questions").press("Answer", inside="可以联合揭榜吗？")
    people["leader"].fill(answer="可以。").send()
    people["university"].go(f"{challenge}questions/").sees("可以。")
    addresses = []
    for who, promised in zip(BIDDERS, case["promises"], strict=True):
        hands = people[who]
        hands.go(challenge).press("Start a bid")
        hands.fill(team=f"{who} 团队", plan="研发、中试、量产三段推进。", months="24", trl_from="4", trl_to="9", contact="负责人", accepts_terms=True,
                   machines="现有产线")  # fmt: skip
        for field, value in zip(hands.page.locator('main [name^="c_"][name$="_value"]').all(), promised, strict=True):
            field.fill(value)
        hands.fill(**{f"b_{stage}": amount for stage, amount in zip(STAGES, case["stages"], strict=True)})
        addresses.append(hands.path.removesuffix("edit/"))
        hands.press("Save and preview").press("Submit the bid").reads("Receipt")
    answer = people["leader"].page.goto(addresses[0])
    assert answer is not None and answer.status == 404, "sealed"
    frozen_clock.move(days=15, seconds=1)
    people["leader"].go(addresses[0]).sees("university 团队")
    return addresses


def judge(people: Cast, case: dict[str, Any], challenge: str, bids: list[str]) -> None:
    """Admitted, conflicts declared, marked alone and locked; the third falls below the minimum."""
    for address in bids:
        people["leader"].go(address).press("Admit")
    for who in ("expert1", "expert2"):
        hands = people[who]
        hands.go("/needs/seats/").follow("揭榜")
        if "declare" in hands.path:
            hands.fill(has_conflict="no").send()
        for address, marks in zip(bids, case["marks"], strict=True):
            hands.go(f"{address}score/")
            for field, mark in zip(hands.page.locator('main [name^="score_"]').all(), marks, strict=True):
                field.fill(mark)
            hands.fill(comment="总体意见").send()
            hands.press("Lock this sheet")
    people["leader"].go(f"{challenge}review/").sees(*case["totals"][:2])


def award(people: Cast, case: dict[str, Any], challenge: str, bids: list[str], frozen_clock: Any) -> None:
    """Proposed, made known, signed by another, and each bidder told rank, marks and a remark per indicator."""
    leader, signer = people["leader"], people["signer"]
    leader.go(f"{challenge}award/propose/")
    leader.fill(bid_id=bids[0].split("/")[-2], amount=case["budget"], reason="承诺最高").send()
    place = leader.path
    for address in bids:
        leader.go(f"{address}feedback/write/").fill(text="请补充供应保障计划。")
        for field in leader.page.locator('main [name^="remark_"]').all():
            field.fill("按此承诺验收。")
        leader.send()
    leader.go(f"{challenge}notice/open/").fill(statement="拟授予名单。").send()
    people["maker"].go(leader.path).sees("university 单位")
    frozen_clock.move(days=30)
    signer.go(place).press("Sign the award")
    for who, address, total in zip(BIDDERS, bids, case["totals"], strict=True):
        hands = people[who]
        hands.go(f"{address}feedback/").sees("请补充供应保障计划。", "按此承诺验收。", *case["names"])
        if Decimal(case["minimum"]) <= Decimal(case["marks"][BIDDERS.index(who)][1]):
            hands.sees(total)
        else:
            hands.reads("Not eligible: below a minimum mark.")
    assert people["institute"].page.goto(f"{bids[0]}feedback/").status == 404  # type: ignore[union-attr]
