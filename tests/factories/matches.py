"""What was decided about matches, for tests."""

from __future__ import annotations

from typing import Any

from core.accounts.actor import Actor
from needs.models import Dismissal, SolverInvitation


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
