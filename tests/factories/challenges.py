"""Challenges, bids and panels for tests, made by the same actions that people use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.indicators.models import Specification
from core.indicators.services import define
from needs.actions import award as award_actions
from needs.actions import bid as bid_actions
from needs.actions import challenge as challenge_actions
from needs.actions import review as review_actions
from needs.models.award import Award
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.contract import Contract
from needs.models.need import Need, NeedIndicator, NeedVersion
from needs.models.review import PanelMember
from tests import factories

D = Decimal
DENSITY, MINUTES = D(262), D(15)


def specifications(owner: Organisation) -> list[Specification]:
    """Energy density +30 % on 200 Wh/kg, charging at most 15 min, and a nice-to-have level."""
    rows: list[dict[str, Any]] = [
        {
            "name": "能量密度",
            "name_en": "Energy density",
            "kind": "relative",
            "target": D(30),
            "unit": "Wh/kg",
            "baseline_value": D(200),
            "baseline_period": "2025",
            "baseline_source": "量产电芯",
            "baseline_claim": "verified",
        },
        {
            "name": "充电时间",
            "name_en": "Charging time",
            "kind": "threshold",
            "operator": "le",
            "target": D(15),
            "unit": "min",
        },
        {
            "name": "自动化等级",
            "name_en": "Automation level",
            "kind": "level",
            "level": "L3",
            "level_scale": ["L1", "L2", "L3", "L4"],
            "is_must": False,
        },
    ]
    return [define(fields=row, created_by=owner) for row in rows]


def published_need(owner: Organisation, *, specs: Sequence[Specification] | None = None, **fields: Any) -> Need:
    """A published need of the owner with one version and its indicators."""
    chain = fields.pop("chain", None) or factories.chain(leader=owner)
    number = next(factories._numbers)
    values: dict[str, Any] = {
        "title": f"高比能快充电芯 {number}",
        "pain_point": "续航短，充电慢。",
        "state": "published",
        "confidentiality": "members",
        "current_version": 1,
        "code": f"N-TEST-{number:04d}",
        "demand_side": "rd",
        "published_at": clock.now(),
    }
    need = Need.objects.create(chain=chain, node=chain.nodes.first(), owner=owner, **(values | fields))
    version = NeedVersion.objects.create(need=need, number=1, issued_at=clock.now())
    for position, spec in enumerate(specs if specs is not None else specifications(owner)):
        NeedIndicator.objects.create(version=version, specification=spec, position=position)
    return need


def save_bid(*, actor: Actor, bid_id: Any, version: int | None = None, **changes: Any) -> Bid:
    """The action, with the changes as arguments."""
    return bid_actions.save_bid(actor=actor, bid_id=bid_id, changes=changes, version=version)


def edit_challenge(*, actor: Actor, challenge_id: Any, version: int | None = None, **changes: Any) -> Challenge:
    """The action, with the changes as arguments."""
    return challenge_actions.edit_challenge(actor=actor, challenge_id=challenge_id, changes=changes, version=version)


class Scene:
    """An issuer with a drafter and a second person, a chain, a need; `published()` gives an open challenge."""

    def __init__(self, issuer: Organisation | None = None, people: Sequence[Any] = (None, None), **need: Any) -> None:
        self.issuer = issuer or factories.organisation("甲整车")
        self.drafter, self.second = (factories.actor(self.issuer, person_=one) for one in people)
        self.need = published_need(self.issuer, **need)

    def details(self, **changes: Any) -> dict[str, Any]:
        """Everything a whole challenge needs: 1,000,000.00 in ten days, 40/35/25, 30/30/40."""
        payer = factories.organisation()
        day = clock.today()
        values: dict[str, Any] = {
            "summary": "把能量密度提升 30%。",
            "eligibility": "中国境内注册的法人。",
            "deadline_at": clock.now() + dt.timedelta(days=10),
            "budget": D("1000000.00"),
            "ip_terms": "shared",
            "ip_text": "按贡献共享。",
            "payers": [
                {"organisation": self.issuer, "amount": D("700000.00")},
                {"organisation": payer, "amount": D("300000.00")},
            ],
            "criteria": [
                {"name": "技术方案", "name_en": "Solution", "weight": D(40), "max_score": D(35), "minimum_mark": D(21)},
                {"name": "产业适配", "name_en": "Fit", "weight": D(35), "max_score": D(30), "minimum_mark": D(18)},
                {"name": "团队", "name_en": "Team", "weight": D(25), "max_score": D(20), "minimum_mark": None},
            ],
            "gates": [
                {
                    "stage": stage,
                    "planned_on": day + dt.timedelta(days=days),
                    "share_percent": D(share),
                    "specifications": [str(row.specification_id) for row in self.need_rows()],
                }
                for stage, days, share in (("rd", 100, 30), ("pilot", 200, 30), ("mass_production", 300, 40))
            ],
        }
        return values | changes

    def need_rows(self) -> list[NeedIndicator]:
        return list(NeedIndicator.objects.filter(version__need=self.need).order_by("position"))

    def draft(self, **changes: Any) -> Challenge:
        return challenge_actions.draft_challenge(
            actor=self.drafter, need_id=self.need.pk, details=self.details(**changes)
        )

    def published(self, **changes: Any) -> Challenge:
        challenge = self.draft(**changes)
        challenge_actions.submit_for_check(actor=self.drafter, challenge_id=challenge.pk)
        return challenge_actions.publish_challenge(actor=self.second, challenge_id=challenge.pk)

    def bidder(self, name: str = "") -> Actor:
        return factories.actor(factories.organisation(name, kinds=["research_institute"]))

    def drafted_bid(
        self, challenge: Challenge, bidder: Actor, *, density: Decimal = DENSITY, minutes: Decimal = MINUTES
    ) -> Bid:
        """A whole draft for 900,000.00."""
        bid = bid_actions.start_bid(actor=bidder, challenge_id=challenge.pk)
        specs = [row.specification for row in challenge.indicators.all()]
        return save_bid(
            actor=bidder,
            bid_id=bid.pk,
            version=bid.version,
            team="五位研究员",
            plan="十八个月",
            months=18,
            accepts_terms=True,
            commitments=[
                {"specification": specs[0].pk, "value": density},
                {"specification": specs[1].pk, "value": minutes},
                {"specification": specs[2].pk, "level": "L3"},
            ],
            budgets=[
                {"stage": "rd", "amount": D("300000.00")},
                {"stage": "pilot", "amount": D("300000.00")},
                {"stage": "mass_production", "amount": D("300000.00")},
            ],
            machines=["EX-1 挤出机"],
        )

    def submitted_bid(self, challenge: Challenge, bidder: Actor | None = None, **values: Any) -> Bid:
        bidder = bidder or self.bidder()
        bid = self.drafted_bid(challenge, bidder, **values)
        return bid_actions.submit_bid(actor=bidder, bid_id=bid.pk, version=bid.version)

    def panelist(self, challenge: Challenge, *, is_chair: bool = False, declares: bool = True) -> Actor:
        """An expert with a seat, cleared unless told otherwise."""
        person = factories.person(is_expert=True)
        seat = review_actions.invite_panelist(
            actor=self.second, challenge_id=challenge.pk, person_id=person.pk, is_chair=is_chair
        )
        actor = Actor.for_person(person)
        if declares:
            review_actions.declare_conflict(actor=actor, seat_id=seat.pk, has_conflict=False)
        return actor

    def seat(self, challenge: Challenge, actor: Actor) -> PanelMember:
        return PanelMember.objects.get(challenge=challenge, person=actor.person)

    def mark(self, actor: Actor, bid: Bid, *values: Decimal | int | str | None, lock: bool = True) -> None:
        """Marks in the order of the criteria; None is "not assessed"."""
        rows = [
            {"criterion": criterion.pk, "value": None if value is None else D(value), "is_na": value is None}
            for criterion, value in zip(bid.challenge.criteria.all(), values, strict=True)
        ]
        review_actions.score_bid(actor=actor, bid_id=bid.pk, scores=rows, comment="看过了")
        if lock:
            review_actions.lock_sheet(actor=actor, bid_id=bid.pk)

    def propose(self, challenge: Challenge, bid: Bid, **values: Any) -> Award:
        everyone = {
            str(one.pk): "谢谢参与。" for one in Bid.objects.filter(challenge=challenge, submitted_at__isnull=False)
        }
        given = {"amount": D("900000.00"), "reason": "最优", "feedback": everyone} | values
        return award_actions.propose_award(actor=self.drafter, challenge_id=challenge.pk, bid_id=bid.pk, **given)


class Reviewed(Scene):
    """A challenge past its deadline with two bids and a cleared panel of two; nothing marked yet."""

    def __init__(self, frozen_clock: Any) -> None:
        super().__init__()
        self.challenge = self.published()
        self.first_bidder, self.second_bidder = self.bidder("乙研究院"), self.bidder("丙大学")
        self.first = self.submitted_bid(self.challenge, self.first_bidder)
        self.other = self.submitted_bid(self.challenge, self.second_bidder, density=D(255))
        self.chair = self.panelist(self.challenge, is_chair=True)
        self.member = self.panelist(self.challenge)
        assert self.challenge.deadline_at is not None
        frozen_clock.set(self.challenge.deadline_at + dt.timedelta(seconds=1))

    def marked(self) -> Reviewed:
        """Both members lock both sheets: the first bid leads."""
        for judge in (self.chair, self.member):
            self.mark(judge, self.first, 31, 27, 17)
            self.mark(judge, self.other, 28, 25, 16)
        return self


def contracted(bid: Bid, signer: Actor) -> Contract:
    """A contract on an award of the bid, put there without the way to it, with one side's signature."""
    assert signer.person is not None and signer.organisation is not None
    now = clock.now()
    award = Award.objects.create(
        challenge=bid.challenge, bid=bid, rank=1, total=D(90), amount=D(100), proposed_by=signer.person, proposed_at=now
    )
    contract = Contract.objects.create(
        code=f"H-{bid.challenge.code}"[:20],
        award=award,
        client=signer.organisation,
        developer=bid.bidder,
        amount=D(100),
    )
    contract.signatures.create(
        organisation=signer.organisation, person=signer.person, content_hash="0" * 64, signed_at=now
    )
    return contract
