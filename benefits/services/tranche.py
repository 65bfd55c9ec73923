"""Staged money: planned, held, and released or saved only because a gate said so (R086, R087).

There is no door for releasing here: the room above that decides the gate calls `capture_tranche` in its own transaction,
and the database refuses a capture for which no signed decision stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from benefits.models import Tranche
from benefits.states import STAGES, TRANCHE
from core import clock
from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.errors import Invalid
from core.ledger import services as ledger
from core.ledger.services import Line


def plan_tranches(
    *, subject_id: UUID, subject_title: str, subject_link: str, stages: Sequence[tuple[str, Decimal]], payer: Organisation,
    payee: Organisation, actor: Actor,
) -> list[Tranche]:  # fmt: skip
    """The tranches of a subject, one per stage, in the order of the stages."""
    order = {str(stage.value): at for at, stage in enumerate(STAGES)}
    made = []
    for stage, amount in sorted(stages, key=lambda one: order[str(one[0])]):
        if amount <= 0:
            raise Invalid(_("A tranche has an amount above zero."), field="stages")
        made.append(
            Tranche.objects.create(
                subject_id=subject_id,
                subject_title=subject_title[:200],
                subject_link=subject_link,
                stage=str(stage),
                position=order[str(stage)],
                amount=amount,
                payer=payer,
                payee=payee,
            )
        )
    return made


def hold_tranche(tranche: Tranche, *, actor: Actor) -> Tranche:
    """Hold the whole amount between payer and payee; nothing has moved yet."""
    tranche.state = TRANCHE.after(tranche.state, "hold")
    promised = ledger.open_account(
        f"tranche:{tranche.subject_id}:from:{tranche.payer_id}", organisation=tranche.payer, kind="commitment"
    )
    funded = ledger.open_account(
        f"tranche:{tranche.subject_id}:to:{tranche.payee_id}", organisation=tranche.payee, kind="stage_funding"
    )
    tranche.hold = ledger.hold(
        f"hold:{tranche.pk}", [Line(promised, -tranche.amount), Line(funded, tranche.amount)], kind="tranche", actor=actor,
        reference=tranche,
    )  # fmt: skip
    return _moved(tranche)


def capture_tranche(tranche: Tranche, *, because_id: UUID, actor: Actor) -> Tranche:
    """Release a held tranche because of the signed decision `because_id`; the database looks for that decision itself."""
    tranche.state = TRANCHE.after(tranche.state, "capture")
    assert tranche.hold is not None
    tranche.resolution = ledger.capture(
        f"capture:{tranche.pk}", tranche.hold, actor=actor, reason=f"decision {because_id}"
    )
    tranche.because_id = because_id
    return _moved(tranche)


def void_tranche(tranche: Tranche, *, actor: Actor, reason: str) -> Tranche:
    """End a tranche that will not be needed: the money is saved."""
    tranche.state = TRANCHE.after(tranche.state, "void")
    if tranche.hold is not None:
        tranche.resolution = ledger.void(f"void:{tranche.pk}", tranche.hold, actor=actor, reason=reason)
    return _moved(tranche)


def _moved(tranche: Tranche) -> Tranche:
    tranche.moved_at = clock.now()
    tranche.touch()
    tranche.save()
    return tranche
