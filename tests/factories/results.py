"""Results and capabilities for tests, through the real actions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from core import clock
from core.accounts.actor import Actor
from needs.actions import outcome as outcomes
from needs.actions import result as actions
from needs.models import Application, Capability, Result
from tests import factories

SCORES: dict[str, Any] = {"advancement": 70, "fit_process": 85, "scores_basis": "用户产线试用报告"}

LONGER: dict[str, Any] = {
    "name": "终端续航", "direction": "higher", "unit": "h", "baseline_value": Decimal(10), "baseline_period": "2024年",
    "baseline_source": "台账", "baseline_claim": "self_declared", "value": Decimal(13), "period": "2026年上半年",
    "measured_on": dt.date(2026, 7, 1), "sample_size": 120, "source": "路试报告",
}  # fmt: skip


def posted(owner: Actor | None = None, **fields: Any) -> tuple[Result, Actor]:
    """A draft of a result, and its owner (an institute)."""
    owner = owner or factories.actor(factories.organisation(kinds=["research_institute"]))
    values = {"title": "高镍三元电池", "text": "能量密度高、可快充的动力电池。"} | fields
    if "node" not in values:
        values["node"] = factories.chain().nodes.first().pk
    return actions.post_result(actor=owner, **values), owner


def published(owner: Actor | None = None, **fields: Any) -> tuple[Result, Actor]:
    """A published result."""
    row, owner = posted(owner, **fields)
    return actions.publish_result(actor=owner, result_id=row.pk), owner


def capability(owner: Actor | None = None, **fields: Any) -> tuple[Capability, Actor]:
    """A capability, and its owner."""
    owner = owner or factories.actor(factories.organisation(kinds=["research_institute"]))
    values = {"title": "大倍率充放电测试", "text": "可做 0–10C 循环与热失控测试。"} | fields
    if "nodes" not in values:
        values["nodes"] = [factories.chain().nodes.first().pk]
    return actions.post_capability(actor=owner, **values), owner


def applied(owner: Actor, result: Result, user: Actor) -> Application:
    """An application that the result's owner recorded and that names the user."""
    return outcomes.record_application(
        actor=owner, result_id=result.pk, node=result.node_id, user=user.organisation_id, applied_on=clock.today(), effect="已批量使用"
    )  # fmt: skip


def followed(owner: Actor, result: Result, user: Actor) -> Application:
    """An application with a demand before it, an outcome, a new need and money that went back."""
    outcomes.ask_of_result(
        actor=owner, result_id=result.pk, kind="cost", name="单位成本", target=Decimal(50), unit="元/kg", volume=Decimal(1000), volume_unit="t/a"
    )  # fmt: skip
    use = applied(owner, result, user)
    outcomes.record_outcome(actor=owner, application_id=use.pk, **LONGER)
    outcomes.raise_follow_up(
        actor=user,
        application_id=use.pk,
        title="低温续航仍不足",
        pain_point="冬季续航打折。",
        demand_side="rd",
        confidentiality="members",
    )
    outcomes.record_reinvestment(
        actor=user, application_id=use.pk, amount=Decimal(300000), invested_on=clock.today(), purpose="低温电解液研发"
    )
    return use
