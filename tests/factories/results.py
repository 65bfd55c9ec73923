"""Results and capabilities for tests, through the real actions."""

from __future__ import annotations

from typing import Any

from core.accounts.actor import Actor
from needs.actions import result as actions
from needs.models import Capability, Result
from tests import factories

SCORES: dict[str, Any] = {"advancement": 70, "fit_process": 85, "scores_basis": "用户产线试用报告"}


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
