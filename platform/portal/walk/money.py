"""Shared revenue, and the risk fund."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.walk.play import Play


def revenue(play: Play) -> None:
    """An income is recorded, settled by the agreement to the fen, paid and confirmed outside the platform."""
    case, leader, walk = play.case, play.who("leader"), play.walk
    body = {"amount": case.income, "received_on": walk.day(0), "source": "首批销售收入（示例）"}
    income = leader.post(f"agreements/{play.ids['agreement']}/record_income/", body, key=play.key("income"))
    done = leader.post(f"incomes/{income['id']}/settle/", key=play.key("settle"))
    again = play.who("institute").post(f"incomes/{income['id']}/settle/", key=play.key("settle-again"))
    walk.check(again["id"] == done["id"], "settled twice")
    amounts = [Decimal(one["amount"]) for one in done["statements"]]
    walk.check(sum(amounts) == Decimal(case.income), "the statements do not sum to the income")
    for one in done["statements"]:
        part = next(name for name, pk in play.ids.items() if pk == one["organisation"]["id"])
        leader.post(
            f"statements/{one['id']}/instruct/", {"evidence": "银行指令（示例）"}, key=play.key(f"instruct:{one['id']}")
        )
        play.who(part).post(f"statements/{one['id']}/confirm/", key=play.key(f"confirm:{one['id']}"))
    seen = {
        str(play.who(part).get(f"agreements/{play.ids['agreement']}/")["totals"])
        for part in ("leader", "institute", "supplier1", "investor")
    }
    walk.check(len(seen) == 1, "two parties see different totals")
    walk.say(
        "revenue shared to the fen, one ledger for all",
        " / ".join(f"{one:,.2f}" for one in amounts),
        f"/benefits/settlements/{done['id']}/",
    )


def fund(play: Play, *, failed: bool) -> None:
    """A risk fund is called and paid; after a failed gate it pays a part of the loss, never above its balance."""
    case, investor, walk = play.case, play.who("investor"), play.walk
    parties = [
        {"organisation": play.ids[part], "percent": percent}
        for part, percent in zip(("leader", "institute", "supplier1", "investor"), case.shares, strict=True)
    ]
    body = {
        "name": f"{case.chain[0]}协同风险基金（示例）", "target": case.fund, "rate_percent": "50", "claim_cap": "800000", "chain": play.ids["chain"],
        "supervised_account": "某银行监管专户（示例）", "parties": parties,
    }  # fmt: skip
    row = investor.post("funds/", body, key=play.key("fund"))
    for one, part in zip(parties, ("leader", "institute", "supplier1", "investor"), strict=True):
        [party] = [found for found in row["parties"] if found["organisation"]["id"] == one["organisation"]]
        if party["state"] == "asked":
            play.who(part).post(f"fund-parties/{party['id']}/agree/", key=play.key(f"agree:{part}"))
    call = investor.post(f"funds/{row['id']}/call/", {"due_on": walk.day(30)}, key=play.key("call"))
    for line in call["lines"]:
        investor.post(
            f"fund-call-lines/{line['id']}/pay/",
            {"paid_on": walk.day(0), "evidence": "监管户回单（示例）"},
            key=play.key(f"pay:{line['id']}"),
        )
    balance = investor.get(f"funds/{row['id']}/")["balance"]
    walk.say("risk fund called by ratio and paid in", f"balance {balance}", f"/benefits/funds/{row['id']}/")
    if not failed:
        return
    body = {"fund": row["id"], "loss": "2000000.00", "reason": "中试关口终止，已发生研发与试制支出（示例）"}
    claim = play.who("institute").post(
        f"projects/{play.ids['project']}/open_failure_claim/", body, key=play.key("claim")
    )
    play.who("institute").post(f"claims/{claim['id']}/submit/", key=play.key("submit-claim"))
    done = investor.post(
        f"claims/{claim['id']}/decide/",
        {"is_approved": True, "reason": "关口记录属实，按条款补偿。"},
        key=play.key("decide-claim"),
    )
    left = investor.get(f"funds/{row['id']}/")
    for one in left["parties"]:
        investor.post(
            f"fund-parties/{one['id']}/record_continuation/",
            {"continues": True, "note": "继续参与"},
            key=play.key(f"continue:{one['id']}"),
        )
    walk.say(
        "claim after the failed gate",
        f"paid {done['paid']} of 2000000.00, balance {left['balance']}",
        f"/benefits/claims/{claim['id']}/",
    )
