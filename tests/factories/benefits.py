"""Agreements and funds for tests, brought to any state through the real actions."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from benefits import services
from benefits.actions import agreement as actions
from benefits.actions import fund as fund_actions
from benefits.models import AgreementVersion, Income, RiskFund, ShareAgreement
from core import clock
from core.accounts.actor import Actor
from tests import factories

REASONS = ["主要资金与市场资源", "核心技术突破", "配套研发与测试", "资本投入"]


def agreement(parties: int = 4, **fields: Any) -> tuple[ShareAgreement, list[Actor]]:
    """An agreement of a made-up subject with that many parties."""
    actors = [factories.actor(factories.organisation()) for _number in range(parties)]
    with transaction.atomic():
        row = services.open_agreement(
            subject_id=fields.pop("subject_id", None) or uuid.uuid4(), subject_title="芯片协同项目", subject_link="/x/",
            organisations=[(one.organisation, "") for one in actors if one.organisation], actor=Actor.system(),
        )  # fmt: skip
    return row, actors


def lines(actors: Sequence[Actor], percents: Sequence[str]) -> list[dict[str, Any]]:
    """Simple lines with a reason each."""
    return [
        {"organisation": one.organisation_id, "percent": Decimal(percent), "reason": REASONS[at % 4]}
        for at, (one, percent) in enumerate(zip(actors, percents, strict=True))
    ]


def in_force(percents: Sequence[str] = ("40", "30", "20", "10")) -> tuple[AgreementVersion, list[Actor]]:
    """A share table that every party has signed."""
    row, actors = agreement(len(percents))
    return signed(row, actors, lines(actors, percents)), actors


def signed(row: ShareAgreement, actors: Sequence[Actor], table: list[dict[str, Any]]) -> AgreementVersion:
    version = actions.propose_version(actor=actors[0], agreement_id=row.pk, lines=table)
    for one in actors:
        actions.sign_agreement(actor=one, version_id=version.pk)
    version.refresh_from_db()
    return version


def income(version: AgreementVersion, actor: Actor, amount: str) -> Income:
    return actions.record_income(
        actor=actor,
        agreement_id=version.agreement_id,
        amount=Decimal(amount),
        received_on=clock.today(),
        source="首批订单",
    )


def fund(
    percents: Sequence[str] = ("40", "30", "20", "10"), target: str = "10000000", **terms: Any
) -> tuple[RiskFund, Actor, list[Actor]]:
    """A fund with a manager that is no party."""
    manager = factories.actor(factories.organisation("基金管理方"))
    actors = [factories.actor(factories.organisation()) for _percent in percents]
    values: dict[str, Any] = {
        "name": "协同风险基金", "target": Decimal(target), "rate_percent": Decimal(50), "claim_cap": Decimal(800000),
        "supervised_account": "某银行监管专户 001",
    } | terms  # fmt: skip
    row = fund_actions.open_fund(
        actor=manager, parties=[{"organisation": one.organisation_id, "percent": Decimal(percent)} for one, percent in zip(actors, percents, strict=True)],
        **values,
    )  # fmt: skip
    agreed(row, *actors)
    return row, manager, actors


def agreed(row: RiskFund, *actors: Actor) -> None:
    """The parties' signatories agree to the fund."""
    for one in actors:
        party = row.parties.filter(organisation=one.organisation).exclude(state="agreed").first()
        if party is not None:
            fund_actions.agree_to_fund(actor=one, party_id=party.pk)


def paid_call(row: RiskFund, manager: Actor, *, amount: str | None = None, unpaid: int | None = None) -> Any:
    """A call that all parties paid, but for one if `unpaid` says which."""
    call = fund_actions.call_fund(
        actor=manager,
        fund_id=row.pk,
        due_on=clock.today() + dt.timedelta(days=10),
        amount=Decimal(amount) if amount else None,
    )
    for at, line in enumerate(call.lines.order_by("-amount", "pk")):
        if at != unpaid:
            fund_actions.record_call_payment(actor=manager, line_id=line.pk, paid_on=clock.today(), evidence="回单 1")
    return call


def claim_in_review() -> Any:
    """A claim with its report, on a paid-in fund of one party."""
    from tests.factories import needs

    row, manager, actors = fund(("100",))
    paid_call(row, manager)
    claim = fund_actions.open_claim(actor=actors[0], fund_id=row.pk, kind="market", loss=Decimal(1), reason="价格下跌")
    fund_actions.add_claim_evidence(actor=actors[0], claim_id=claim.pk, kind="market_report", file=needs.pdf())
    return fund_actions.submit_claim(actor=actors[0], claim_id=claim.pk)
