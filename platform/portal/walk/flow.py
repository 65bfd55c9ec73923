"""From need to acceptance."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core import clock
from portal.walk.client import Refused

if TYPE_CHECKING:
    from portal.walk.play import Play

STAGES = ["rd", "pilot", "mass_production"]
DEADLINE_SECONDS = 9


def survey(play: Play) -> None:
    """The leader asks the chain's nodes each quarter; those that answer can make a need of it in one step (R020)."""
    case, leader = play.case, play.who("leader")
    nodes = [play.ids[f"node:{tier}"] for _name, _name_en, tier in case.nodes]
    body = {
        "chain": play.ids["chain"], "title": f"{case.chain[0]}季度瓶颈调研", "questions": ["最大的技术瓶颈是什么？", "希望何时解决？"], "nodes": nodes,
        "cycle": "quarterly", "starts_on": play.walk.day(0),
    }  # fmt: skip
    row = leader.post("survey-campaigns/", body, key=play.key("survey"))
    for part in ("supplier1", "user"):
        visitor = play.who(part)
        asked = visitor.get("survey-answers/")["results"]
        visitor.post(
            f"survey-answers/{asked[-1]['id']}/answer/",
            {"texts": [case.pain, "一年内"]},
            key=play.key(f"answer:{part}"),
        )
    rounds = leader.get("survey-rounds/", campaign=row["id"])["results"]
    response = leader.get(f"survey-rounds/{rounds[0]['id']}/")["response"]
    silent = ", ".join(response["silent"])
    play.walk.say(
        "a survey round of the chain's nodes",
        f"{response['percent']} %, silent: {silent}",
        f"/needs/surveys/{row['id']}/",
    )


def need(play: Play) -> None:
    """Pain point, evidence, indicators that all parties sign, publication."""
    from portal.walk.play import PDF

    case, leader = play.case, play.who("leader")
    body = {
        "title": case.title, "pain_point": case.pain, "affected_users": case.users, "demand_side": "rd", "node": play.ids["node:midstream"],
        "budget": case.budget, "deadline_on": play.walk.day(720), "constraints": "现有产线可加工，单位成本不升。",
    }  # fmt: skip
    row = play.post_need(body)
    path = f"needs/{row['id']}"
    play.ids["need"] = row["id"]
    if leader.get(f"{path}/")["state"] == "draft" and not leader.get(f"{path}/")["evidence"]:
        refused = leader.refused(
            f"{path}/define_indicator/", case.indicators[0], key=play.key(f"early:{clock.now():%s%f}"), status=409
        )
        play.walk.say("the technical step is closed before evidence", f"{len(refused['missing'])} thing missing")
    leader.upload(f"{path}/add_evidence/", "用户调查.pdf", PDF, key=play.key("evidence"), caption="用户调查（示例）")
    for number, fields in enumerate(case.indicators):
        leader.post(f"{path}/define_indicator/", fields, key=play.key(f"indicator:{number}"))
    for part, label in (("institute", "科研机构"), ("supplier1", "材料供应商"), ("supplier2", "工艺供应商")):
        leader.post(
            f"{path}/invite_definer/",
            {"organisation": play.ids[part], "role_label": label},
            key=play.key(f"invite:{part}"),
        )
    leader.post(f"{path}/issue_version/", {"note": "第一版"}, key=play.key("issue"))
    shown = leader.get(f"{path}/")
    play.ids |= {f"spec:{at}": one["id"] for at, one in enumerate(shown["indicators"])}
    for part in ("institute", "supplier1", "supplier2"):
        for one in shown["indicators"]:
            play.who(part).post(
                f"{path}/sign_indicator/", {"specification_id": one["id"]}, key=play.key(f"sign:{part}:{one['id']}")
            )
    leader.post(f"{path}/publish/", key=play.key("publish"))
    shown = leader.get(f"{path}/")
    targets = "; ".join(one["computed_text"] or one["target_text"] for one in shown["indicators"])
    play.walk.say("need co-defined by four parties and published", targets, f"/needs/{row['id']}/")


def challenge(play: Play) -> None:
    """Drafted by one, published by another; frozen from then on."""
    case, leader, second = play.case, play.who("leader"), play.who("second")
    specs = [play.ids[f"spec:{at}"] for at in range(len(case.indicators))]
    body = {
        "need_id": play.ids["need"], "title": f"揭榜：{case.title}", "summary": case.pain, "eligibility": "已核验的高校、科研机构与企业。",
        "budget": case.budget, "payers": [{"organisation": play.ids["leader"], "amount": case.budget}], "ip_terms": "shared",
        "ip_text": "按贡献共有，龙头企业优先使用。", "deadline_zone": "Asia/Shanghai",
        "criteria": [
            {"name": "指标达成", "weight": "50", "max_score": "100", "minimum_mark": "60"},
            {"name": "技术路线", "weight": "30", "max_score": "100"}, {"name": "产业适配", "weight": "20", "max_score": "100", "minimum_mark": "50"},
        ],
        "gates": [
            {"stage": stage, "planned_on": play.walk.day(180 * (at + 1)), "share_percent": case.gate_shares[at], "specifications": specs}
            for at, stage in enumerate(STAGES)
        ],
    }  # fmt: skip
    row = leader.post("challenges/", body, key=play.key("challenge"))
    play.ids["challenge"] = row["id"]
    if row["state"] == "draft" and not row["deadline_at"]:
        moment = clock.now().replace(microsecond=0) + dt.timedelta(seconds=play.bid_seconds)
        leader.patch(f"challenges/{row['id']}/", {"deadline_at": moment.isoformat()}, key=play.key("deadline"))
    for number in range(1, 4):
        _invite_expert(play, number)
    leader.post(f"challenges/{row['id']}/submit-for-check/", key=play.key("check"))
    second.post(f"challenges/{row['id']}/publish/", key=play.key("publish-challenge"))
    shown = leader.get(f"challenges/{row['id']}/")
    play.ids["deadline"] = shown["deadline_at"]
    local = dt.datetime.fromisoformat(shown["deadline_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    play.walk.say(
        "challenge published by a second person and frozen",
        f"deadline {local:%H:%M:%S} {shown['deadline_zone']}",
        f"/needs/challenges/{row['id']}/",
    )


def _invite_expert(play: Play, number: int) -> None:
    from portal.walk.cases import DOMAIN

    body = {"challenge_id": play.ids["challenge"], "email": f"expert{number}@{DOMAIN}", "is_chair": number == 1}
    row = play.who("leader").post("panel-members/", body, key=play.key(f"panel:{number}"))
    play.ids[f"seat:{number}"] = row["id"]


def bids(play: Play) -> None:
    """Two sealed bids; before the deadline nobody else sees even their number."""
    case, leader = play.case, play.who("leader")
    for part, values, team in (("institute", case.good, "院士团队 18 人"), ("university", case.weak, "课题组 12 人")):
        visitor = play.who(part)
        bid = visitor.post("bids/", {"challenge_id": play.ids["challenge"]}, key=play.key(f"bid:{part}"))
        play.ids[f"bid:{part}"] = bid["id"]
        if bid["state"] == "draft":
            body = {
                "team": team, "plan": "研发—中试—量产三段推进，每段有第三方检测。", "months": 24, "trl_from": 4, "trl_to": 9, "accepts_terms": True,
                "contact": "课题负责人", "machines": [{"text": "现有产线（示例）"}],
                "commitments": [{"specification": play.ids[f"spec:{at}"], "value": value} for at, value in enumerate(values)],
                "budgets": [{"stage": stage, "amount": str(play.amount(case.gate_shares[at]))} for at, stage in enumerate(STAGES)],
            }  # fmt: skip
            visitor.patch(f"bids/{bid['id']}/", body, key=play.key(f"fill:{part}"))
        done = visitor.post(f"bids/{bid['id']}/submit/", key=play.key(f"submit:{part}"))
        play.ids[f"receipt:{part}"] = done["receipt_hash"]
    deadline = dt.datetime.fromisoformat(play.ids["deadline"])
    if clock.now() < deadline - dt.timedelta(seconds=1):
        for eye in (leader, play.walk.as_("admin"), play.walk.as_("expert1")):
            seen = eye.get("bids/", challenge=play.ids["challenge"])["results"]
            play.walk.check(seen == [], "a sealed bid was seen before its deadline")
        play.walk.say(
            "two bids sealed: nobody else sees them, admins included", f"receipt {play.ids['receipt:institute'][:16]}…"
        )
    time.sleep(max(0.0, (deadline - clock.now()).total_seconds() + 0.3))
    opened = leader.get("bids/", challenge=play.ids["challenge"])["results"]
    play.walk.check(len(opened) == 2, f"{len(opened)} bids opened instead of 2")
    play.walk.say(
        "after the deadline the issuer reads them", f"{len(opened)} bids", f"/needs/challenges/{play.ids['challenge']}/"
    )


def review(play: Play) -> None:
    """Conflicts declared, own marks locked, then the ranking."""
    leader = play.who("leader")
    criteria = leader.get(f"challenges/{play.ids['challenge']}/")["criteria"]
    for part in ("institute", "university"):
        leader.post(f"bids/{play.ids[f'bid:{part}']}/admit/", key=play.key(f"admit:{part}"))
    marks: dict[str, list[list[str | None]]] = {
        "institute": [["92", "88", "85"], ["90", "86", "90"], ["94", "85", None]],
        "university": [["76", "84", "70"], ["72", "80", "66"], ["78", "82", "74"]],
    }
    for number in range(1, 4):
        expert = play.walk.as_(f"expert{number}")
        expert.post(
            f"panel-members/{play.ids[f'seat:{number}']}/declare/",
            {"has_conflict": False, "declaration": "与各方无任职、合作或投资关系。"},
            key=play.key(f"declare:{number}"),
        )
        for part in ("institute", "university"):
            scores = [
                {"criterion": one["id"], "comment": "（示例）"}
                | ({"value": mark} if mark is not None else {"is_na": True})
                for one, mark in zip(criteria, marks[part][number - 1], strict=True)
            ]
            path = f"bids/{play.ids[f'bid:{part}']}"
            expert.post(
                f"{path}/score/",
                {"scores": scores, "comment": "总体意见（示例）"},
                key=play.key(f"score:{number}:{part}"),
            )
            expert.post(f"{path}/lock/", key=play.key(f"lock:{number}:{part}"))
    rows = leader.get(f"challenges/{play.ids['challenge']}/standing/")
    best = next(one for one in rows if one["rank"] == 1)
    play.walk.check(best["bid_id"] == play.ids["bid:institute"], "the ranking is not what the marks say")
    play.walk.say(
        "three experts marked alone, n/a left out",
        f"first with {best['total']}",
        f"/needs/challenges/{play.ids['challenge']}/review/",
    )


def award(play: Play) -> None:
    """Proposed by one, signed by another; every bidder gets feedback."""
    leader, second = play.who("leader"), play.who("second")
    body = {
        "challenge_id": play.ids["challenge"], "bid_id": play.ids["bid:institute"], "amount": play.case.budget, "reason": "指标承诺最高，路线可行。",
        "feedback": {play.ids["bid:institute"]: "请在签约前补充供应保障计划。", play.ids["bid:university"]: "能量与功耗承诺差距较小，产业适配证据不足。"},
    }  # fmt: skip
    row = leader.post("awards/", body, key=play.key("award"))
    leader.refused(f"awards/{row['id']}/sign/", key=play.key(f"own-signature:{clock.now():%s%f}"), status=403) if row[
        "state"
    ] == "proposed" else None
    second.post(f"awards/{row['id']}/sign/", key=play.key("sign-award"))
    play.ids["award"] = row["id"]
    told = play.who("university").get("feedback/", bid=play.ids["bid:university"])["results"]
    play.walk.check(len(told) == 1, "the other bidder has no feedback")
    play.walk.say(
        "award with a second person's signature, feedback to every bidder",
        f"{row['amount']} yuan",
        f"/needs/awards/{row['id']}/",
    )


def project(play: Play) -> None:
    """Parties and duties, share agreement, communication plan; then the start releases the R&D tranche."""
    case, leader, walk = play.case, play.who("leader"), play.walk
    row = leader.post("projects/from_award/", {"award_id": play.ids["award"]}, key=play.key("project"))
    pk = row["id"]
    play.ids["project"] = pk
    walk.keep(play.key("project"), lambda: pk)
    path = f"projects/{pk}"
    roles = {"supplier1": "supplier", "supplier2": "supplier", "investor": "investor", "user": "end_user"}
    for part, role in roles.items():
        leader.post(f"{path}/add_party/", {"organisation": play.ids[part], "role": role}, key=play.key(f"party:{part}"))
    shown = leader.get(f"{path}/")
    if shown["state"] == "draft":
        refused = leader.refused(f"{path}/start/", key=play.key(f"early-start:{clock.now():%s%f}"), status=409)
        walk.say("the start lists exactly what is missing", f"{len(refused['missing'])} things", f"/projects/{pk}/")
    words = {
        "leader": "应用场景与测试数据",
        "institute": "核心技术突破",
        "supplier1": "材料试制",
        "supplier2": "工艺优化",
        "investor": "资金与产业资源",
        "user": "试用与反馈",
    }
    for one in shown["indicators"]:
        body: dict[str, Any] = {
            "contributions": [{"party": play.ids[part], "text": text} for part, text in words.items()]
        }
        leader.post(f"project-indicators/{one['id']}/share/", body, key=play.key(f"share:{one['id']}"))
    for number, (part, title) in enumerate(
        (
            ("leader", "场景与测试数据"),
            ("institute", "核心技术攻关"),
            ("supplier1", "材料小批试制"),
            ("supplier2", "工艺优化"),
        )
    ):
        body = {
            "title": title,
            "deliverable": f"{title}报告",
            "due_on": walk.day(150 + 30 * number),
            "owner": play.ids[part],
            "indicators": [play.ids["spec:0"]],
        }
        leader.post(f"{path}/add_package/", body, key=play.key(f"package:{part}"))
    contacts = [
        {"party": play.ids[part], "name": "联系人", "reach": f"{case.key}-{part}@demo.xielian.test"} for part in words
    ]
    leader.post(
        f"{path}/set_communication_plan/",
        {"contacts": contacts, "reply_days": 5, "channel": "周例会"},
        key=play.key("plan"),
    )
    agreement = leader.get(f"{path}/")["agreement"]
    play.ids["agreement"] = agreement
    top = case.shares
    lines: list[dict[str, Any]] = [
        {"organisation": play.ids["leader"], "percent": top[0], "reason": "主要资金与市场资源"},
        {"organisation": play.ids["institute"], "percent": top[1], "reason": "核心技术突破"},
        {
            "label": "配套中小企业", "percent": top[2], "reason": "配套研发与测试",
            "members": [{"organisation": play.ids[one], "weight": "1"} for one in ("supplier1", "supplier2")],
        },
        {"organisation": play.ids["investor"], "percent": top[3], "reason": "资本投入"},
    ]  # fmt: skip
    version = leader.post(
        f"agreements/{agreement}/propose_version/", {"lines": lines, "note": "首版"}, key=play.key("shares")
    )
    for part in words:
        play.who(part).post(f"agreement-versions/{version['id']}/sign/", key=play.key(f"sign-agreement:{part}"))
    leader.post(f"{path}/start/", key=play.key("start"))
    money = leader.get(f"{path}/")["money"]
    walk.say(
        "project started: only the R&D tranche is released",
        f"released {money['captured']}, held {money['held']}",
        f"/projects/{pk}/",
    )


def stages(play: Play) -> bool:
    """R&D, pilot, mass production: package, findings, decision. True when all gates are passed."""
    case, walk, leader = play.case, play.walk, play.who("leader")
    gates = {one["stage"]: one["id"] for one in leader.get("gates/", project=play.ids["project"])["results"]}
    for at, stage in enumerate(STAGES):
        path = f"gates/{gates[stage]}"
        fails = stage == case.fails_at
        values = case.measured[stage]
        rows = [
            {
                "specification": play.ids[f"spec:{n}"], "value": value, "environment": ["lab", "pilot", "line"][at], "measured_on": walk.day(0),
                "source": "第三方检测报告（示例）",
            }
            for n, value in enumerate(values)
        ]  # fmt: skip
        play.who("institute").post(
            f"{path}/submit_package/",
            {"note": "证据包（示例）", "measurements": rows},
            key=play.key(f"package:{stage}"),
        )
        items = leader.get(f"{path}/")["must_meet"]
        for number in (1, 2):
            expert = walk.as_(f"expert{number}")
            person = expert.get("me/")["person"]["id"]
            seat = walk.as_("admin").post(
                f"{path}/invite_reviewer/", {"person": person}, key=play.key(f"invite:{stage}:{number}")
            )
            expert.post(
                f"gate-seats/{seat['id']}/declare/",
                {"has_conflict": False, "declaration": "无利益冲突。"},
                key=play.key(f"declare:{stage}:{number}"),
            )
            body = {
                "answers": [{"item": n, "is_met": not fails} for n in range(len(items))], "recommendation": "kill" if fails else "go",
                "text": "一次合格率未达标，原因在原理而非工艺。" if fails else "证据充分，指标达成。",
            }  # fmt: skip
            expert.post(f"{path}/record_finding/", body, key=play.key(f"finding:{stage}:{number}"))
        approver = walk.as_("approver")
        if fails:
            approver.refused(
                f"{path}/decide/",
                {"outcome": "go", "reason": "试一下"},
                key=play.key(f"too-good:{clock.now():%s%f}"),
                status=409,
            ) if leader.get(f"{path}/")["state"] == "found" else None
            approver.post(
                f"{path}/decide/",
                {"outcome": "kill", "reason": "必达指标未达标，终止。"},
                key=play.key(f"decide:{stage}"),
            )
        else:
            approver.post(
                f"{path}/decide/",
                {"outcome": "go", "reason": "达标，同意进入下一阶段。"},
                key=play.key(f"decide:{stage}"),
            )
        money = leader.get(f"projects/{play.ids['project']}/")["money"]
        outcome = "kill" if fails else "go"
        walk.say(
            f"gate {stage}: {outcome}",
            f"released {money['captured']}, held {money['held']}, saved {money['saved']}",
            f"/projects/gates/{gates[stage]}/",
        )
        if fails:
            return False
        if at < 2:
            _hand_over(play, stage, "supplier1" if at == 0 else "supplier2")
    return True


def _hand_over(play: Play, stage: str, part: str) -> None:
    body = {
        "from_stage": stage, "next_owner": play.ids[part], "documents": "工艺包 v1（示例）", "parameters": "窗口参数表（示例）", "open_risks": "放大后一致性",
    }  # fmt: skip
    row = play.who("leader").post(
        f"projects/{play.ids['project']}/offer_handover/", body, key=play.key(f"handover:{stage}")
    )
    done = play.who(part).post(f"handovers/{row['id']}/accept/", key=play.key(f"accept:{stage}"))
    play.walk.say(
        f"{stage} handed over and accepted by the next owner", str(done.get("received_on") or done.get("state"))
    )


def acceptance(play: Play) -> None:
    """The need's owner and an expert accept against the frozen indicators; the owner closes the need."""
    case, leader, walk = play.case, play.who("leader"), play.walk
    expert = walk.as_("expert3")
    person = expert.get("me/")["person"]["id"]
    rows = [
        {"specification": play.ids[f"spec:{n}"], "value": value, "environment": "line", "source": "用户现场（示例）"}
        for n, value in enumerate(case.measured["mass_production"])
    ]
    row = leader.post(
        f"projects/{play.ids['project']}/record_acceptance/",
        {"expert": person, "measurements": rows, "note": "现场验收（示例）"},
        key=play.key("acceptance"),
    )
    expert.post(f"acceptances/{row['id']}/sign/", key=play.key("sign-acceptance"))
    measured = [
        {"specification": play.ids[f"spec:{n}"], "value": value, "source": "验收（示例）"}
        for n, value in enumerate(case.measured["mass_production"])
    ]
    closed = leader.post(
        f"needs/{play.ids['need']}/close/",
        {"outcome": "met", "measurements": measured, "reason": "验收通过"},
        key=play.key("close"),
    )
    if closed["state"] != "met":
        raise Refused(f"the need is {closed['state']}")
    walk.say("accepted by owner and expert; the owner closed the need", closed["state"], f"/needs/{play.ids['need']}/")
