"""Projects for tests, brought to any state through the real actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from benefits.actions import agreement as agreements
from benefits.queries import agreement_for
from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from projects.actions import gate as gate_actions
from projects.actions import project as actions
from projects.models import Gate, GatePanelMember, Project
from tests import factories

DAYS = {"rd": 60, "pilot": 120, "mass_production": 180}


class Scene:
    """A draft project of a leader, an institute and a supplier, with one indicator and money per stage."""

    def __init__(self, amounts: Sequence[str] = ("3000000", "3000000", "4000000"), target: str = "260") -> None:
        self.leader = factories.actor(factories.organisation("甲整车"))
        self.institute = factories.actor(factories.organisation("乙研究院", kinds=["research_institute"]))
        self.supplier = factories.actor(factories.organisation("丙材料", kinds=["sme"]))
        self.parties = [self.leader, self.institute, self.supplier]
        self.project: Project = actions.create_project(actor=self.leader, title="便携式输液泵协同开发")
        self.pk = self.project.pk
        actions.add_party(
            actor=self.leader, project_id=self.pk, organisation=self.institute.organisation_id, role="innovator"
        )
        actions.add_party(
            actor=self.leader, project_id=self.pk, organisation=self.supplier.organisation_id, role="supplier"
        )
        self.indicator = actions.add_indicator(
            actor=self.leader,
            project_id=self.pk,
            name="能量密度",
            kind="threshold",
            operator="ge",
            target=Decimal(target),
            unit="Wh/kg",
        )
        gates = [
            {"stage": stage, "planned_on": clock.today() + dt.timedelta(days=days), "amount": Decimal(amount)}
            for (stage, days), amount in zip(DAYS.items(), amounts, strict=True)
        ]
        actions.plan_gates(actor=self.leader, project_id=self.pk, gates=gates, payee=self.institute.organisation_id)
        self.approver = factories.approver()
        self.operator = factories.operator()

    def organisation(self, actor: Actor) -> Organisation:
        assert actor.organisation is not None
        return actor.organisation

    def share(self) -> None:
        rows = [
            {"party": one.organisation_id, "text": text}
            for one, text in zip(self.parties, ["场景与数据", "核心材料", "电极工艺"], strict=True)
        ]
        actions.share_indicator(actor=self.leader, indicator_id=self.indicator.pk, contributions=rows)

    def communicate(self) -> None:
        contacts = [{"party": one.organisation_id, "name": "联系人"} for one in self.parties]
        actions.set_communication_plan(actor=self.leader, project_id=self.pk, contacts=contacts, reply_days=5)

    def assign(self) -> list[Any]:
        return [
            actions.add_package(
                actor=self.leader, project_id=self.pk, title=title, deliverable=f"{title}报告", due_on=clock.today() + dt.timedelta(days=50),
                owner=one.organisation_id, indicators=[self.indicator.pk],
            )
            for one, title in zip(self.parties, ["应用场景与测试数据", "核心材料突破", "电极工艺优化"], strict=True)
        ]  # fmt: skip

    def sign_shares(self) -> None:
        agreement = agreement_for(self.pk)
        assert agreement is not None
        lines = [
            {"organisation": one.organisation_id, "percent": Decimal(percent), "reason": "投入"}
            for one, percent in zip(self.parties, ["50", "30", "20"], strict=True)
        ]
        version = agreements.propose_version(actor=self.leader, agreement_id=agreement.pk, lines=lines)
        for one in self.parties:
            agreements.sign_agreement(actor=one, version_id=version.pk)

    def ready(self) -> Scene:
        self.share()
        self.communicate()
        self.assign()
        self.sign_shares()
        return self

    def started(self) -> Scene:
        self.ready()
        actions.start_project(actor=self.leader, project_id=self.pk)
        self.project.refresh_from_db()
        return self

    def gate(self, stage: str) -> Gate:
        return Gate.objects.get(project=self.project, stage=stage)

    def submit(self, stage: str, value: str, environment: str = "lab") -> Any:
        row = {
            "specification": str(self.indicator.specification_id),
            "value": Decimal(value),
            "environment": environment,
        }
        return gate_actions.submit_package(actor=self.institute, gate_id=self.gate(stage).pk, measurements=[row])

    def reviewer(self, stage: str) -> Actor:
        """A cleared reviewer of the gate."""
        expert = Actor.for_person(factories.person("秦越", is_expert=True))
        assert expert.person is not None
        seat: GatePanelMember = gate_actions.invite_gate_reviewer(
            actor=self.operator, gate_id=self.gate(stage).pk, person=expert.person.pk
        )
        gate_actions.declare_gate_conflict(actor=expert, seat_id=seat.pk, has_conflict=False)
        return expert

    def found(self, stage: str, *, is_met: bool = True, recommendation: str = "go") -> Actor:
        expert = self.reviewer(stage)
        answers = [{"item": at, "is_met": is_met} for at in range(len(self.gate(stage).must_meet))]
        gate_actions.record_finding(
            actor=expert, gate_id=self.gate(stage).pk, answers=answers, recommendation=recommendation, text="依据充分"
        )
        return expert

    def decide(self, stage: str, outcome: str = "go", **more: Any) -> Any:
        return gate_actions.decide_gate(
            actor=self.approver, gate_id=self.gate(stage).pk, outcome=outcome, reason="见材料", **more
        )

    def passed(self, stage: str, value: str = "300") -> Scene:
        self.submit(stage, value, {"rd": "lab", "pilot": "pilot"}.get(stage, "line"))
        self.found(stage)
        self.decide(stage)
        self.project.refresh_from_db()
        return self
