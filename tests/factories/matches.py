"""What was decided about matches, for tests."""

from __future__ import annotations

from typing import Any

from core.accounts.actor import Actor
from needs.actions import qualification as actions
from needs.models import Capability, Dismissal, SolverInvitation
from needs.services.need import index_need
from needs.services.opportunity import find_changed
from tests.factories import needs, results


def decided(owner: Actor, maker: Actor, need: Any, result: Any) -> SolverInvitation:
    """The need's owner dismissed a result, and invited its owner all the same."""
    assert owner.organisation is not None and maker.organisation is not None
    Dismissal.objects.create(
        organisation=owner.organisation, person=owner.person, subject_type=need._meta.label_lower, subject_id=need.pk,
        object_type=result._meta.label_lower, object_id=result.pk, reason="产能不足",
    )  # fmt: skip
    return SolverInvitation.objects.create(
        need=need, organisation=maker.organisation, invited_by=owner.person, object_type=result._meta.label_lower,
        object_id=result.pk, message="请来谈谈",
    )  # fmt: skip


def demanded(leader: Actor, chain: Any, maker: Actor) -> None:
    """The chain's leader demands three qualifications; the maker shows them of its capability, and one is confirmed."""
    capability = Capability.objects.filter(owner=maker.organisation).earliest("created_at")
    for name in ("阻燃等级", "功能安全", "防爆"):
        asked = actions.demand_qualification(actor=leader, chain=chain.pk, name=name)
        row = actions.qualify_capability(
            actor=maker, capability_id=capability.pk, qualification=asked.pk, certificate="检测报告", file=needs.pdf()
        )
    actions.confirm_qualification(actor=leader, evidence_id=row.pk)


def proposed(maker: Actor, chain: Any, need: Any) -> None:
    """What another chain is able to do for a need of the walk, three times, as the finder proposes it."""
    index_need(need)
    node = chain.nodes.create(name="浆料", tier="upstream")
    for name in ("甲", "乙", "丙"):
        results.capability(maker, title=f"粘结剂配方{name}", text="粘结剂的配方与开裂测试。", nodes=[node.pk])
    assert find_changed()
