"""Between the marks and the contract: the panel confers, the proposal is made known, objections are answered, bids race."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core import checks, clock
from core.checks.models import Alert
from core.errors import Blocked
from core.inbox.models import Notification, Task
from needs.actions import award as actions
from needs.actions import review as review_actions
from needs.models.award import Award, AwardPayer, Feedback
from needs.models.consensus import Consensus, Dissent
from needs.models.notice import AwardNotice, Objection
from needs.services.notice import end_due
from tests import factories
from tests.factories.challenges import Reviewed

D = Decimal


class Rounds(Reviewed):
    """A reviewed challenge that states rules of its own."""

    def __init__(self, frozen_clock: Any, **rules: Any) -> None:
        self.rules = rules
        super().__init__(frozen_clock)

    def details(self, **changes: Any) -> dict[str, Any]:
        return super().details(**(self.rules | changes))


def place(api: Any, scene: Rounds, bid: Any) -> dict[str, Any]:
    """The bid's line of the standing, as the issuer reads it."""
    rows = api.as_person(scene.drafter.person).get(f"challenges/{scene.challenge.pk}/standing/").json()
    rows = rows["results"] if isinstance(rows, dict) else rows
    return next(one for one in rows if one["bid_id"] == str(bid.pk))


@pytest.mark.parametrize(
    ("limit", "member", "agreed", "spread", "before", "after", "rank"),
    [
        ("12.50", (28, 24, 16), {"at": 0, "value": "28"}, "20.00", "90.00", "86.00", 2),
        ("5", ("33.25", "28.5", 19), {"at": 2, "is_na": True}, "5.00", "97.50", "97.50", 1),
    ],
)
def test_a_panel_that_lies_apart_confers_and_keeps_its_dissent(
    db: str, frozen_clock: Any, api: Any, client: Any, limit: str, member: Any, agreed: Any, spread: str, before: str,
    after: str, rank: int,
) -> None:  # fmt: skip
    scene = Rounds(frozen_clock, spread_limit=D(limit))
    criterion = list(scene.challenge.criteria.all())[agreed["at"]]
    mark = {"criterion": str(criterion.pk), "note": "复核原始数据后一致认为如此"} | {
        name: value for name, value in agreed.items() if name != "at"
    }
    chair, panelist = api.as_person(scene.chair.person), api.as_person(scene.member.person)
    scene.mark(scene.chair, scene.first, 35, 30, 20)
    # Nobody confers, or reads what others gave, before everybody has locked.
    client.sign_in(scene.chair.person)
    assert client.get(f"/needs/bids/{scene.first.pk}/consensus/").status_code == 404
    early = chair.post(f"bids/{scene.first.pk}/record-consensus/", {"marks": [mark]})
    assert (early.status_code, early.json()["code"]) == (409, "sheets_open")
    assert str(scene.member.person) in api.text(early)
    scene.mark(scene.member, scene.first, *member)
    for judge in (scene.chair, scene.member):
        scene.mark(judge, scene.other, "31.5", 27, 18)
    line = place(api, scene, scene.first)
    assert (line["total"], line["spread"], line["must_confer"], line["is_agreed"]) == (before, spread, True, False)
    with pytest.raises(Blocked) as refused:
        scene.propose(scene.challenge, scene.other, exception_reason="x")
    assert spread in str(refused.value.missing[0].what)
    # The chair alone records it, with a note.
    assert panelist.post(f"bids/{scene.first.pk}/record-consensus/", {"marks": [mark]}).status_code == 403
    assert api.as_person(scene.first_bidder.person).post(
        f"bids/{scene.first.pk}/record-consensus/", {"marks": [mark]}
    ).status_code in (403, 404)
    assert chair.post(f"bids/{scene.first.pk}/record-consensus/", {"marks": [mark | {"note": " "}]}).status_code == 400
    page = f"/needs/bids/{scene.first.pk}/consensus/"
    form = {f"note_{criterion.pk}": mark["note"]}
    form |= {f"na_{criterion.pk}": "on"} if agreed.get("is_na") else {f"mark_{criterion.pk}": agreed["value"]}
    wrong = client.post(page, {f"mark_{criterion.pk}": "99", f"note_{criterion.pk}": "只在这里的话"})
    assert wrong.status_code == 422 and "只在这里的话" in wrong.content.decode()
    assert client.post(page, form).status_code == 302
    line = place(api, scene, scene.first)
    assert (line["total"], line["rank"], line["must_confer"], line["is_agreed"]) == (after, rank, False, True)
    assert line["spread"] == spread  # everybody's own marks stay
    # The member disagrees; it stays beside what was agreed, and the bidder reads neither.
    consensus = Consensus.objects.get()
    said = panelist.post(f"consensus/{consensus.pk}/dissent/", {"text": "我认为样本不足"})
    assert said.status_code == 201, api.text(said)
    assert Dissent.objects.get().seat.person == scene.member.person
    client.sign_in(scene.second.person, scene.issuer)
    assert "我认为样本不足" in client.get(page).content.decode()
    client.sign_in(scene.first_bidder.person)
    assert client.get(page).status_code == 404
    assert api.as_person(scene.first_bidder.person).get("consensus/").json()["results"] == []
    winner = scene.first if rank == 1 else scene.other
    award = scene.propose(scene.challenge, winner)
    assert (award.rank, award.breaks_order) == (1, False)
    again = chair.post(f"bids/{scene.first.pk}/record-consensus/", {"marks": [mark]})
    assert (again.status_code, again.json()["code"]) == (409, "award_exists")
    # Who leaves the panel takes the consensus along, and with the order the signature.
    review_actions.recuse(actor=scene.member, seat_id=scene.seat(scene.challenge, scene.member).pk, reason="曾有合作")
    assert not Consensus.objects.filter(superseded_at__isnull=True).exists()
    assert not award.signatures.filter(voided_at__isnull=True).exists()
    with pytest.raises(Blocked):
        actions.sign_award(actor=scene.second, award_id=award.pk)


def test_within_its_own_limit_a_panel_need_not_confer(db: str, frozen_clock: Any) -> None:
    scene = Rounds(frozen_clock, spread_limit=D("20.01"))
    scene.mark(scene.chair, scene.first, 35, 30, 20)
    scene.mark(scene.member, scene.first, 28, 24, 16)
    for judge in (scene.chair, scene.member):
        scene.mark(judge, scene.other, 28, 25, 16)
    assert scene.propose(scene.challenge, scene.first).state == "proposed"


@pytest.mark.parametrize(("days", "upheld"), [(3, False), (10, True)])
def test_a_proposal_is_made_known_and_waits_for_who_objects(
    db: str, frozen_clock: Any, api: Any, client: Any, days: int, upheld: bool
) -> None:
    scene = Rounds(frozen_clock, notice_days=days).marked()
    handler = factories.actor(scene.issuer)
    award = scene.propose(scene.challenge, scene.first)
    second, rival = api.as_person(scene.second.person), api.as_person(scene.second_bidder.person)
    refused = second.post(f"awards/{award.pk}/sign/")
    assert refused.status_code == 409 and str(days) in api.text(refused)
    client.sign_in(scene.drafter.person, scene.issuer)
    sent = client.post(f"/needs/challenges/{scene.challenge.pk}/notice/open/", {"statement": "特此公示"})
    notice = AwardNotice.objects.get()
    assert sent.headers["Location"] == f"/needs/notices/{notice.pk}/"
    opened_on = notice.opened_at.astimezone(clock.CHINA).date()
    assert notice.ends_at.astimezone(clock.CHINA).date() == opened_on + dt.timedelta(days=days + 1)
    assert Notification.objects.filter(kind="award_notice", person=scene.second_bidder.person).exists()
    # Everyone who sees the challenge reads who is proposed for how much.
    seen = rival.get(f"award-notices/{notice.pk}/").json()
    assert seen["awards"] == [{"bidder_id": str(scene.first.bidder_id), "bidder": "乙研究院", "amount": "900000.00"}]
    client.sign_in(scene.second_bidder.person)
    assert "乙研究院" in client.get(f"/needs/notices/{notice.pk}/").content.decode()
    # The issuer does not object to itself; a bidder does, and the whole award waits.
    assert second.post("objections/", {"notice_id": str(notice.pk), "grounds": "x"}).status_code == 403
    assert client.post(f"/needs/notices/{notice.pk}/object/", {"grounds": ""}).status_code == 422
    assert client.post(f"/needs/notices/{notice.pk}/object/", {"grounds": "设备并非自有"}).status_code == 302
    objection = Objection.objects.get()
    double = rival.post("objections/", {"notice_id": str(notice.pk), "grounds": "再来一次"})
    assert (double.status_code, double.json()["code"]) == (409, "objection_exists")
    outsider = api.as_person(scene.first_bidder.person)
    assert outsider.get(f"objections/{objection.pk}/").status_code == 404
    frozen_clock.set(notice.ends_at + dt.timedelta(seconds=1))
    assert end_due() == 1 and end_due() == 0
    assert not Task.objects.filter(kind="sign_award", state="open").exists()
    late = outsider.post("objections/", {"notice_id": str(notice.pk), "grounds": "迟了"})
    assert (late.status_code, late.json()["code"]) == (409, "notice_over")
    refused = second.post(f"awards/{award.pk}/sign/")
    assert refused.status_code == 409 and "丙大学" in api.text(refused)
    # A named person decides: not who proposed, not who was not named.
    path = f"objections/{objection.pk}/"
    unfit = second.post(f"{path}assign/", {"person_id": str(scene.drafter.id)})
    assert (unfit.status_code, unfit.json()["code"]) == (422, "unfit_handler")
    named = second.post(f"{path}assign/", {"email": handler.person.email})
    assert named.status_code == 200, api.text(named)
    assert named.json()["handler"]["id"] == str(handler.id)
    answer = {"is_upheld": upheld, "answer": "已核对设备台账"}
    assert second.post(f"{path}decide/", answer).status_code == 403
    client.sign_in(handler.person, scene.issuer)
    decided = client.post(
        f"/needs/objections/{objection.pk}/decide/",
        {"is_upheld": "yes" if upheld else "no", "answer": answer["answer"]},
    )
    assert decided.status_code == 302
    assert rival.get(path).json()["answer"] == "已核对设备台账"
    if upheld:
        award.refresh_from_db()
        assert not award.signatures.filter(voided_at__isnull=True).exists()
        refused = second.post(f"awards/{award.pk}/sign/")
        assert refused.status_code == 409
        award = actions.edit_award(
            actor=scene.drafter, award_id=award.pk, version=award.version, changes={"amount": D("880000.00")}
        )
        assert second.post(f"awards/{award.pk}/sign/").status_code == 409  # another proposal, another notice
        again = second.post("award-notices/", {"challenge_id": str(scene.challenge.pk)})
        assert again.status_code == 201 and again.json()["number"] == 2, api.text(again)
        frozen_clock.set(AwardNotice.objects.get(number=2).ends_at + dt.timedelta(seconds=1))
        end_due()
    assert Task.objects.filter(kind="sign_award", state="open").exists()
    signed = second.post(f"awards/{award.pk}/sign/")
    assert (signed.status_code, signed.json()["state"]) == (200, "signed"), api.text(signed)


@pytest.mark.parametrize("days", [5, 30])
def test_every_bidder_gets_a_remark_per_indicator_within_the_clock(
    db: str, frozen_clock: Any, api: Any, client: Any, days: int
) -> None:
    scene = Rounds(frozen_clock, feedback_days=days).marked()
    award = scene.propose(scene.challenge, scene.first, feedback={})
    actions.sign_award(actor=scene.second, award_id=award.pk)
    feedback = Feedback.objects.get(bid=scene.other)
    assert feedback.due_at == clock.now() + dt.timedelta(days=days)
    task = Task.objects.get(key=f"write_feedback:{scene.other.pk}")
    assert (task.due_at, task.state) == (feedback.due_at, "open")
    rival = api.as_person(scene.second_bidder.person)
    seen = rival.get(f"feedback/{feedback.pk}/").json()
    assert (seen["rank"], seen["completed_at"]) == (2, None)
    assert [one["remark"] for one in seen["indicators"]] == ["", "", ""]
    checks.watch()
    assert not Alert.objects.filter(code="AW1", state="told").exists()
    frozen_clock.set(feedback.due_at + dt.timedelta(days=2))
    checks.watch()
    late = Alert.objects.filter(code="AW1")
    assert late.count() == 2 and {one.state for one in late} == {"told"}
    specs = [row.specification for row in scene.challenge.indicators.all()]
    client.sign_in(scene.drafter.person, scene.issuer)
    page = f"/needs/bids/{scene.other.pk}/feedback/write/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"text": "总体不错", f"remark_{specs[0].pk}": "密度差 1.9%"}).status_code == 302
    feedback.refresh_from_db()
    assert feedback.completed_at is None  # the charging time is owed a remark too
    rest = api.as_person(scene.second.person).post(
        f"bids/{scene.other.pk}/write-feedback/",
        {"text": "总体不错", "remarks": [{"specification": str(specs[1].pk), "text": "充电时间达标"}]},
    )
    assert rest.status_code == 200, api.text(rest)
    seen = rival.get(f"feedback/{feedback.pk}/").json()
    assert [one["remark"] for one in seen["indicators"]] == ["密度差 1.9%", "充电时间达标", ""]
    assert seen["completed_at"]
    task.refresh_from_db()
    assert task.state == "done"
    checks.watch()
    assert Alert.objects.filter(code="AW1", state="told").count() == 1
    client.sign_in(scene.second_bidder.person)
    assert "密度差 1.9%" in client.get(f"/needs/bids/{scene.other.pk}/feedback/").content.decode()
    done = client.post(page, {"text": "自己写"})
    assert done.status_code in (403, 404)


@pytest.mark.parametrize(
    ("amount", "percents", "parts"),
    [
        (None, ("60", "40"), ("600000.00", "400000.00")),
        ("999999.99", ("33.33", "66.67"), ("333300.00", "666699.99")),
    ],
)
def test_several_bids_race_and_the_budget_is_split_to_the_fen(
    db: str, frozen_clock: Any, api: Any, client: Any, amount: str | None, percents: Any, parts: Any
) -> None:
    scene = Rounds(frozen_clock, race_mode=True).marked()
    for bid in (scene.first, scene.other):
        actions.write_feedback(actor=scene.chair, bid_id=bid.pk, text="谢谢参与。")
    winners = [
        {"bid_id": str(bid.pk), "percent": share}
        for bid, share in zip((scene.first, scene.other), percents, strict=True)
    ]
    drafter = api.as_person(scene.drafter.person)
    body = {"challenge_id": str(scene.challenge.pk), "winners": winners, "reason": "两条路线并进"}
    short = drafter.post("awards/propose-race/", body | {"winners": [winners[0]]})
    assert short.status_code == 422
    wrong = drafter.post("awards/propose-race/", body | {"winners": [winners[0], winners[1] | {"percent": "1"}]})
    assert wrong.status_code == 422 and not Award.objects.exists()
    if amount:
        sent = drafter.post("awards/propose-race/", body | {"amount": amount})
        assert sent.status_code == 201, api.text(sent)
    else:
        client.sign_in(scene.drafter.person, scene.issuer)
        page = f"/needs/challenges/{scene.challenge.pk}/award/race/"
        assert client.get(page).status_code == 200
        form = {f"percent_{one['bid_id']}": one["percent"] for one in winners}
        assert client.post(page, form | {"reason": "两条路线并进"}).status_code == 302
    awards = list(Award.objects.order_by("rank"))
    assert [str(one.amount) for one in awards] == list(parts)
    assert [one.rank for one in awards] == [1, 2] and not any(one.breaks_order for one in awards)
    for award in awards:
        actions.sign_award(actor=scene.second, award_id=award.pk)
    scene.challenge.refresh_from_db()
    assert scene.challenge.state == "awarded"
    rows = AwardPayer.objects.all()
    assert sum(one.amount for one in rows) == sum(D(one) for one in parts)
    for award in awards:
        assert sum(one.amount for one in rows if one.award_id == award.pk) == award.amount
    given = {one.organisation_id: D(0) for one in rows}
    for one in rows:
        given[one.organisation_id] += one.amount
    for payer in scene.challenge.payers.all():
        assert payer.amount - D("0.01") <= given[payer.organisation_id] <= payer.amount


def test_a_challenge_that_announced_no_race_awards_one(db: str, frozen_clock: Any, api: Any) -> None:
    scene = Rounds(frozen_clock).marked()
    body = {
        "challenge_id": str(scene.challenge.pk),
        "winners": [{"bid_id": str(one.pk), "percent": "50"} for one in (scene.first, scene.other)],
    }
    answer = api.as_person(scene.drafter.person).post("awards/propose-race/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_race")
