"""One of everything between the marks and the contract, put beside an awarded challenge."""

from __future__ import annotations

import datetime as dt

from core import clock
from core.accounts.actor import Actor
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.consensus import Consensus, Dissent
from needs.models.notice import AwardNotice, Objection
from needs.services.notice import content_hash, notice_content
from needs.states.review import PanelState


def conferred(challenge: Challenge, issuer: Actor, solver: Actor) -> None:
    """An agreed mark of the solver's bid with a dissent, a notice that runs, and the solver's objection with who answers it."""
    assert solver.organisation is not None and issuer.person is not None
    now = clock.now()
    bid = Bid.objects.get(challenge=challenge, bidder=solver.organisation)
    seats = list(challenge.panel.filter(state=PanelState.CLEARED).order_by("-is_chair", "created_at"))
    consensus = Consensus.objects.create(
        bid=bid, criterion=challenge.criteria.all()[0], is_na=True, note="证据不足，不评", seat=seats[0], recorded_at=now,
        superseded_at=now,
    )  # fmt: skip
    Dissent.objects.create(consensus=consensus, seat=seats[-1], text="可以评", given_at=now)
    notice = AwardNotice.objects.create(
        challenge=challenge, number=1, content=notice_content(challenge), content_hash=content_hash(challenge),
        opened_by=issuer.person, opened_at=now, ends_at=now + dt.timedelta(days=30),
    )  # fmt: skip
    Objection.objects.create(
        notice=notice, organisation=solver.organisation, person=solver.person, grounds="金额与方案不符", raised_at=now,
        due_at=now + dt.timedelta(days=30), handler=issuer.person,
    )  # fmt: skip
