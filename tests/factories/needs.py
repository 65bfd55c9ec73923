"""Needs for tests, brought to any state through the real actions."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core.accounts.actor import Actor
from needs.actions import need as actions
from needs.models import Need
from tests import factories

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"

DENSITY: dict[str, Any] = {
    "name": "电池能量密度", "kind": "relative", "target": "30", "unit": "Wh/kg", "baseline_value": "200", "baseline_period": "2025",
    "baseline_source": "第三方检测报告", "baseline_claim": "verified", "method": "GB/T 31486", "is_must": True,
}  # fmt: skip
CHARGING: dict[str, Any] = {
    "name": "充电时间", "kind": "threshold", "operator": "le", "target": "15", "unit": "min", "method": "10%–80% SOC", "is_must": True,
}  # fmt: skip


def decimals(fields: dict[str, Any]) -> dict[str, Any]:
    """Figures as decimals, the way forms and serializers hand them on."""
    from decimal import Decimal

    names = ("target", "low", "high", "baseline_value", "factor", "value", "uncertainty")
    return {key: Decimal(value) if key in names and value is not None else value for key, value in fields.items()}


def pdf(name: str = "evidence.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def draft(owner: Actor | None = None, **fields: Any) -> tuple[Need, Actor]:
    """A draft need with evidence, and its owner (a chain leader)."""
    owner = owner or factories.actor(factories.organisation(kinds=["large_firm"]))
    chain = fields.pop("chain", None) or factories.chain(leader=owner.organisation)
    values = {
        "title": "新能源汽车续航焦虑", "pain_point": "冬季续航打折，用户不敢跑长途。", "affected_users": "网约车司机与长途用户",
        "demand_side": "rd", "node": chain.nodes.first().pk,
    } | fields  # fmt: skip
    need = actions.post_need(actor=owner, **values)
    actions.add_evidence(actor=owner, need_id=need.pk, file=pdf())
    return need, owner


def defined(
    owner: Actor | None = None, partners: int = 2, indicators: Any = None, **fields: Any
) -> tuple[Need, Actor, list[Actor]]:
    """A need whose indicators the owner and all partners have signed."""
    need, owner = draft(owner, **fields)
    others = [factories.actor(factories.organisation(kinds=["research_institute"])) for _number in range(partners)]
    for one in indicators or [DENSITY, CHARGING]:
        actions.define_indicator(actor=owner, need_id=need.pk, **decimals(one))
    for other in others:
        actions.invite_definer(actor=owner, need_id=need.pk, organisation=other.organisation.pk)
    actions.issue_version(actor=owner, need_id=need.pk)
    from needs.services import need_specifications

    for other in others:
        for specification in need_specifications(need):
            actions.sign_indicator(actor=other, need_id=need.pk, specification_id=specification.pk)
    need.refresh_from_db()
    return need, owner, others


def published(owner: Actor | None = None, **fields: Any) -> tuple[Need, Actor, list[Actor]]:
    """A published need."""
    need, owner, others = defined(owner, **fields)
    actions.publish_need(actor=owner, need_id=need.pk)
    need.refresh_from_db()
    return need, owner, others
