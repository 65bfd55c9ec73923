"""One of everything that surrounds taking part in a challenge, put beside an existing one."""

from __future__ import annotations

import datetime as dt

from core import clock
from core.accounts.actor import Actor
from core.files import services as files
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.details import ChallengeDetails, DetailsAcceptance, DetailsFile, DetailsOpening
from needs.models.eligibility import SupplementFile, SupplementRequest
from needs.models.question import Question
from needs.services.entry import agreement_hash
from tests.factories.needs import pdf


def taking_part(challenge: Challenge, issuer: Actor, solver: Actor) -> None:
    """An answered question of the solver, a paper of its bid, confidential details with a file, the solver's promise and one opening."""
    assert solver.organisation is not None and solver.person is not None
    now = clock.now()
    Question.objects.create(
        challenge=challenge, number=1, organisation=solver.organisation, asked_by=solver.person, text="测试温度?",
        state="answered", answer="45 ℃", answered_by=issuer.person, answered_at=now,
    )  # fmt: skip
    details = ChallengeDetails.objects.create(challenge=challenge, nda_text="保密五年。", text="隔膜几何尺寸。")
    file = DetailsFile.objects.create(details=details, file=files.store(issuer, pdf()))
    DetailsAcceptance.objects.create(
        details=details, organisation=solver.organisation, person=solver.person,
        nda_sha256=agreement_hash(details), accepted_at=now,
    )  # fmt: skip
    bid = Bid.objects.get(challenge=challenge, bidder=solver.organisation)
    paper = SupplementRequest.objects.create(
        bid=bid, number=1, text="认可证书", due_at=now + dt.timedelta(days=3), state="given", answer="见附件",
        given_by=solver.person, given_at=now,
    )  # fmt: skip
    SupplementFile.objects.create(supplement=paper, file=files.store(solver, pdf()))
    DetailsOpening.objects.create(
        details=details, organisation=solver.organisation, person=solver.person, file=file, opened_at=now
    )
