"""What the owners of a case show to everyone: the need, the challenge, the result, its use, and the challenge that follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from portal.walk import flow
from portal.walk.client import Refused

if TYPE_CHECKING:
    from portal.walk.play import Play, Walk

DAY_SECONDS = 86_400


def to_everyone(play: Play) -> None:
    """By each owner's own decision; what stays hidden is everything else (R015, R017)."""
    leader, second, institute = play.who("leader"), play.who("second"), play.who("institute")
    second.post(f"needs/{play.ids['need']}/show/", {"is_public": True}, key=play.key("show-need"))
    second.post(f"challenges/{play.ids['challenge']}/show/", {"is_public": True}, key=play.key("show-challenge"))
    result(play)
    if play.case.effect:
        use(play)
        institute.post(
            f"applications/{play.ids['application']}/show/", {"is_public": True}, key=play.key("show-application")
        )
    follow = _next(play)
    flow.need(follow)
    second.post(f"needs/{follow.ids['need']}/show/", {"is_public": True}, key=follow.key("show-need"))
    flow.challenge(follow)
    second.post(f"challenges/{follow.ids['challenge']}/show/", {"is_public": True}, key=follow.key("show-challenge"))
    asked, answered = play.case.question
    body = {"challenge_id": follow.ids["challenge"], "text": asked}
    row = play.who("university").post("challenge-questions/", body, key=follow.key("ask"))
    leader.post(f"challenge-questions/{row['id']}/answer/", {"answer": answered}, key=follow.key("answer"))
    play.walk.say(
        "its owners show need, challenge, result and use to everyone", play.case.next_need["title"], f"/open/challenges/{follow.ids['challenge']}/"
    )  # fmt: skip


def result(play: Play) -> None:
    """What research brought about, with the value that acceptance measured; public by its owner's word."""
    case, institute = play.case, play.who("institute")
    body = case.result | {
        "node": play.ids["node:midstream"], "demand_side": "production", "origin_project": play.ids["project"], "confidentiality": "public",
        "origin_need": play.ids["need"], "trl": 9 if case.effect else 5, "advancement": 84 if case.effect else 66, "fit_process": 80 if case.effect else 45,
        "fit_standard": 85 if case.effect else 60, "fit_cost": 70, "fit_supply": 75, "scores_basis": "验收报告（示例）",
    }  # fmt: skip
    row = institute.post("results/", body, key=play.key("result"))
    play.ids["result"] = row["id"]
    stage = list(case.measured)[-1]
    for at, value in enumerate(case.measured[stage]):
        measured = {
            "specification": play.ids[f"spec:{at}"], "value": value, "unit": case.indicators[at]["unit"], "measured_on": play.walk.day(0),
            "environment": "line" if case.effect else "pilot", "source": "第三方检测报告（示例）",
        }  # fmt: skip
        institute.post(f"results/{row['id']}/measure/", measured, key=play.key(f"measure-result:{at}"))
    institute.post(f"results/{row['id']}/publish/", key=play.key("publish-result"))


def use(play: Play) -> None:
    """Where the result is in use, told by its owner and confirmed by its user, with what it changed."""
    case, leader, institute = play.case, play.who("leader"), play.who("institute")
    body = {
        "node": play.ids["node:midstream"],
        "user": play.ids["leader"],
        "applied_on": play.walk.day(0),
        "effect": case.effect,
    }
    row = institute.post(f"results/{play.ids['result']}/apply/", body, key=play.key("application"))
    play.ids["application"] = row["id"]
    leader.post(f"applications/{row['id']}/confirm/", key=play.key("confirm-application"))
    outcome = case.outcome | {
        "baseline_period": "上一年冬季", "baseline_source": "用户台账（示例）", "baseline_claim": "self_declared", "period": "本年冬季",
        "measured_on": play.walk.day(0), "source": "用户台账（示例）",
    }  # fmt: skip
    changed = institute.post(f"applications/{row['id']}/record_outcome/", outcome, key=play.key("outcome"))
    leader.post(f"outcomes/{changed['id']}/verify/", key=play.key("verify-outcome"))


def read_by_a_stranger(walk: Walk) -> None:
    """Whoever does not sign in finds all of it; challenges as long as they take bids."""
    found = {}
    for name in ("challenges", "results", "outcomes"):
        answer = httpx.get(f"{walk.url}/api/v1/open/{name}/", timeout=60, trust_env=False)
        if answer.status_code != 200:
            raise Refused(f"/api/v1/open/{name}/ answered {answer.status_code}")
        found[name] = answer.json()["results"]
    walk.check(bool(found["results"] and found["outcomes"]), "nothing is open to everyone")
    walk.keep("shown", lambda: True)
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in found.items())
    walk.say("open to everyone, without signing in", counts, "/open/")


def _next(play: Play) -> Play:
    """The need that the case leaves open and its challenge, which takes bids for weeks."""
    from portal.walk.play import Play as _Play

    told: dict[str, Any] = play.case.next_need

    class Next(_Play):
        @property
        def bid_seconds(self) -> float:
            return play.case.next_days * DAY_SECONDS

        def key(self, step: str) -> str:
            return f"{play.case.key}:next:{step}"

        def post_need(self, body: dict[str, Any]) -> Any:
            if "application" not in play.ids:
                return super().post_need(body)
            path = f"applications/{play.ids['application']}/raise_follow_up/"
            return play.who("leader").post(path, body, key=self.key("need"))["need"]

    follow = Next(
        play.walk,
        replace(
            play.case,
            title=told["title"],
            pain=told["pain"],
            users=told["users"],
            budget=told["budget"],
            indicators=told["indicators"],
        ),
    )
    follow.ids = {name: pk for name, pk in play.ids.items() if not name.startswith("spec:")}
    return follow
