"""Pages of challenges: lists, the editor that loses nothing, and the whole way by people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from needs.models.award import Award
from needs.models.bid import Bid
from needs.models.challenge import Challenge
from needs.models.review import PanelMember
from tests import factories
from tests.factories.challenges import Reviewed, Scene, published_need

D = Decimal


def form_of(challenge: Challenge, **changes: str) -> dict[str, Any]:
    """What the browser would send for a whole draft."""
    day = clock.today()
    specs = [str(row.specification_id) for row in challenge.indicators.all()]
    values: dict[str, Any] = {
        "title": "高比能快充电芯",
        "summary": "把能量密度提升 30%。",
        "eligibility": "法人。",
        "deadline_at": "2027-01-15T12:00:00",
        "deadline_zone": "Asia/Shanghai",
        "decision_on": "2027-02-15",
        "ip_terms": "shared",
        "ip_text": "按贡献共享。",
        "budget": "1,000,000.00",
        "payer_0_organisation": str(challenge.issuer_id),
        "payer_0_amount": "1000000",
        "version": str(challenge.version),
    }
    rows = [("技术方案", "40", "35", "21"), ("产业适配", "35", "30", "18"), ("团队", "25", "20", "")]
    for n, (name, weight, highest, least) in enumerate(rows):
        values |= {
            f"criterion_{n}_name": name,
            f"criterion_{n}_weight": weight,
            f"criterion_{n}_max_score": highest,
            f"criterion_{n}_minimum_mark": least,
        }
    for stage, days, share in (("rd", 200, "30"), ("pilot", 300, "30"), ("mass_production", 400, "40")):
        values |= {
            f"gate_{stage}_planned_on": str(day + dt.timedelta(days=days)),
            f"gate_{stage}_share_percent": share,
            f"gate_{stage}_specifications": specs,
        }
    return values | changes


@pytest.fixture
def in_november(frozen_clock: Any) -> Any:
    frozen_clock.set(dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC))
    return frozen_clock


def test_a_challenge_is_drafted_checked_and_published_by_two_people(in_november: Any, client: Any) -> None:
    scene = Scene()
    client.sign_in(scene.drafter.person, scene.issuer)
    answer = client.post(f"/needs/challenges/new/{scene.need.pk}/", {"title": "高比能快充电芯"})
    challenge = Challenge.objects.get()
    assert answer.headers["Location"] == f"/needs/challenges/{challenge.pk}/edit/"
    assert client.get(answer.headers["Location"]).status_code == 200
    answer = client.post(f"/needs/challenges/{challenge.pk}/edit/", form_of(challenge))
    assert answer.status_code == 302, answer.content.decode()
    challenge.refresh_from_db()
    assert challenge.deadline_at == dt.datetime(2027, 1, 15, 4, 0, tzinfo=dt.UTC)
    assert client.post(f"/needs/challenges/{challenge.pk}/submit-for-check/").status_code == 302
    assert client.post(f"/needs/challenges/{challenge.pk}/publish/").status_code == 403
    page = client.get(f"/needs/challenges/{challenge.pk}/").content.decode()
    assert "/publish/" not in page
    client.sign_in(scene.second.person, scene.issuer)
    assert (
        f"/needs/challenges/{challenge.pk}/publish/"
        in client.get(f"/needs/challenges/{challenge.pk}/").content.decode()
    )
    assert client.post(f"/needs/challenges/{challenge.pk}/publish/").status_code == 302
    challenge.refresh_from_db()
    assert challenge.state == "published"


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Shanghai", 4), ("UTC", 12), ("Europe/Berlin", 11), ("America/New_York", 17)]
)
def test_the_deadline_is_the_wall_clock_of_its_zone(in_november: Any, client: Any, zone: str, hour: int) -> None:
    scene = Scene()
    challenge = scene.draft(deadline_at=None)
    client.sign_in(scene.drafter.person, scene.issuer)
    assert (
        client.post(f"/needs/challenges/{challenge.pk}/edit/", form_of(challenge, deadline_zone=zone)).status_code
        == 302
    )
    challenge.refresh_from_db()
    assert challenge.deadline_at == dt.datetime(2027, 1, 15, hour, 0, tzinfo=dt.UTC)
    assert "2027-01-15T12:00:00" in client.get(f"/needs/challenges/{challenge.pk}/edit/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget": "viel"}, "id_budget-error"),
        ({"deadline_at": "31.12."}, "id_deadline_at-error"),
        ({"deadline_at": "2020-01-01T00:00:00"}, "id_deadline_at-error"),
        ({"criterion_1_weight": "120"}, "id_criterion_1_weight-error"),
        ({"criterion_2_minimum_mark": "21"}, "id_criterion_2_minimum_mark-error"),
        ({"payer_0_amount": "0"}, "id_payer_0_amount-error"),
        ({"gate_pilot_share_percent": "-1"}, "id_gate_pilot_share_percent-error"),
        ({"title": ""}, "id_title-error"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    in_november: Any, client: Any, changes: dict[str, str], field: str
) -> None:
    scene = Scene()
    challenge = scene.draft()
    client.sign_in(scene.drafter.person, scene.issuer)
    answer = client.post(
        f"/needs/challenges/{challenge.pk}/edit/", form_of(challenge, eligibility="只有这里才有的话", **changes)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert field in page
    assert "只有这里才有的话" in page
    assert all(value in page for value in changes.values())
    challenge.refresh_from_db()
    assert challenge.version == 1


def test_a_stale_editor_is_told_and_keeps_its_words(in_november: Any, client: Any) -> None:
    scene = Scene()
    challenge = scene.draft()
    client.sign_in(scene.drafter.person, scene.issuer)
    sent = form_of(challenge, summary="第一个人的话")
    assert client.post(f"/needs/challenges/{challenge.pk}/edit/", sent).status_code == 302
    answer = client.post(f"/needs/challenges/{challenge.pk}/edit/", form_of(challenge, summary="第二个人的话"))
    assert answer.status_code == 412
    assert "第二个人的话" in answer.content.decode()
    challenge.refresh_from_db()
    assert challenge.summary == "第一个人的话"


def test_publishing_lists_exactly_what_is_missing(db: str, client: Any) -> None:
    scene = Scene()
    challenge = scene.draft(ip_terms="to_be_determined", budget=D("999999.99"))
    client.sign_in(scene.drafter.person, scene.issuer)
    answer = client.post(f"/needs/challenges/{challenge.pk}/submit-for-check/")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.count('class="refuse-w"') == 2
    assert f"/needs/challenges/{challenge.pk}/edit/#ip_terms" in page
    assert "1,000,000.00" in page
    assert "999,999.99" in page


def test_the_list_filters_sorts_pages_and_exports_the_same_rows(db: str, client: Any) -> None:
    scene = Scene()
    small = scene.published(
        budget=D("1000.00"), payers=[{"organisation": scene.issuer, "amount": D("1000.00")}], title="小题目"
    )
    scene.published(title="大题目")
    hidden = scene.draft(title="草稿题目")
    stranger = scene.bidder()
    client.sign_in(stranger.person)
    page = client.get("/needs/challenges/?q=题目").content.decode()
    assert "小题目" in page
    assert "大题目" in page
    assert "草稿题目" not in page
    narrowed = client.get("/needs/challenges/?budget_to=1000").content.decode()
    assert str(small.pk) in narrowed
    assert "大题目" not in narrowed
    sheet = client.get("/needs/challenges/?budget_to=1000&file=csv").content.decode()
    assert sheet.count("\n") == 2
    assert "1000.00" in sheet
    assert str(hidden.pk) not in page


@pytest.mark.parametrize(
    "address",
    [
        "/needs/challenges/",
        "/needs/bids/",
        "/needs/seats/",
        "/api/v1/challenges/",
        "/api/v1/bids/",
        "/api/v1/panel-members/",
    ],
)
def test_lists_ask_as_many_questions_for_three_rows_as_for_one(db: str, client: Any, address: str) -> None:
    scene = Scene()
    bidder = scene.bidder()
    judge = factories.actor(bidder.organisation)

    def add() -> None:
        challenge = scene.published()
        scene.submitted_bid(challenge, bidder)
        PanelMember.objects.create(challenge=challenge, person=judge.person)

    add()
    client.sign_in(judge.person)
    client.get(address)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
        add()
        add()
    assert counts[0] == counts[1], [one["sql"][:150] for one in asked.captured_queries]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_tab_shows_in_both_languages(db: str, frozen_clock: Any, client: Any, language: str) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    for actor in (scene.drafter, scene.chair):
        client.sign_in(actor.person, actor.organisation)
        for tab in ("overview", "indicators", "bids", "review", "award", "history"):
            answer = client.get(
                f"/needs/challenges/{scene.challenge.pk}/?tab={tab}", headers={"Accept-Language": language}
            )
            assert answer.status_code == 200
            assert f"needs/_challenge_{tab}.html" in [one.name for one in answer.templates], tab
        assert client.get(f"/needs/challenges/{scene.challenge.pk}/review/").status_code == 200
        assert client.get(f"/needs/awards/{award.pk}/").status_code == 200


def test_tabs_that_the_state_does_not_allow_fall_back_to_the_overview(db: str, client: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    scene.submitted_bid(challenge)
    client.sign_in(scene.drafter.person)
    answer = client.get(f"/needs/challenges/{challenge.pk}/?tab=bids")
    assert "needs/_challenge_overview.html" in [one.name for one in answer.templates]


def test_the_draft_page_is_for_the_needs_owner(db: str, client: Any) -> None:
    scene = Scene()
    client.sign_in(scene.bidder().person)
    assert client.get(f"/needs/challenges/new/{scene.need.pk}/").status_code == 403
    unpublished = published_need(scene.issuer, chain=scene.need.chain, state="draft")
    assert client.get(f"/needs/challenges/new/{unpublished.pk}/").status_code == 404


def test_addendum_and_cancellation_by_page(in_november: Any, client: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    client.sign_in(scene.second.person)
    answer = client.post(
        f"/needs/challenges/{challenge.pk}/addendum/",
        {"text": "延期一天", "reason": "样品", "deadline_at": "2026-12-05T12:00:00"},
    )
    assert answer.status_code == 302, answer.content.decode()
    challenge.refresh_from_db()
    assert challenge.deadline_at == dt.datetime(2026, 12, 5, 4, 0, tzinfo=dt.UTC)
    assert "延期一天" in client.get(f"/needs/challenges/{challenge.pk}/").content.decode()
    assert client.post(f"/needs/challenges/{challenge.pk}/cancel/", {"reason": ""}).status_code == 422
    assert client.post(f"/needs/challenges/{challenge.pk}/cancel/", {"reason": "预算没了"}).status_code == 302
    assert "预算没了" in client.get(f"/needs/challenges/{challenge.pk}/").content.decode()


def test_a_stranger_is_sent_to_sign_in(db: str, client: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    for address in (f"/needs/challenges/{challenge.pk}/", "/needs/challenges/", "/needs/bids/"):
        answer = client.get(address)
        assert answer.status_code in {302, 401, 403}, address
        assert challenge.title not in answer.content.decode()


def test_the_whole_way_by_people(in_november: Any, client: Any) -> None:
    """Bids by two organisations, a panel of two, an award with two signatures, feedback: all by page."""
    scene = Scene()
    challenge = scene.published(deadline_at=clock.now() + dt.timedelta(days=3))
    bidders = [scene.bidder("乙研究院"), scene.bidder("丙大学")]
    specs = [str(row.specification_id) for row in challenge.indicators.all()]
    for bidder, density in zip(bidders, ("262", "255"), strict=True):
        client.sign_in(bidder.person)
        answer = client.post(f"/needs/challenges/{challenge.pk}/bid/")
        edit = answer.headers["Location"]
        bid = Bid.objects.get(bidder=bidder.organisation)
        assert edit == f"/needs/bids/{bid.pk}/edit/"
        assert client.get(edit).status_code == 200
        sent = {
            "version": "1",
            "team": "五位研究员",
            "plan": "计划",
            "months": "18",
            "accepts_terms": "on",
            f"c_{specs[0]}_value": density,
            f"c_{specs[1]}_value": "15",
            f"c_{specs[2]}_level": "L3",
            "b_rd": "300,000",
            "b_pilot": "300000",
            "b_mass_production": "300000.00",
            "machines": "EX-1\nEX-2",
        }
        assert client.post(edit, sent).headers["Location"] == f"/needs/bids/{bid.pk}/preview/"
        preview = client.get(f"/needs/bids/{bid.pk}/preview/").content.decode()
        assert "EX-2" in preview
        assert (
            client.post(f"/needs/bids/{bid.pk}/preview/", {"version": "2"}).headers["Location"]
            == f"/needs/bids/{bid.pk}/"
        )
        bid.refresh_from_db()
        assert bid.receipt_hash in client.get(f"/needs/bids/{bid.pk}/").content.decode()
    judges = [factories.person(is_expert=True) for _n in range(2)]
    client.sign_in(scene.second.person)
    for n, person in enumerate(judges):
        sent = {"email": person.email, **({"is_chair": "on"} if not n else {})}
        assert client.post(f"/needs/challenges/{challenge.pk}/panel/invite/", sent).status_code == 302
    for person in judges:
        client.sign_in(person)
        seat = PanelMember.objects.get(person=person)
        assert client.post(f"/needs/seats/{seat.pk}/declare/", {"has_conflict": "no"}).status_code == 302
        assert str(challenge.pk) in client.get("/needs/seats/").content.decode()
    in_november.set(challenge.deadline_at)
    for n, person in enumerate(judges):
        client.sign_in(person)
        desk = client.get(f"/needs/challenges/{challenge.pk}/review/").content.decode()
        assert "1.9%" in desk
        for bid, marks in zip(
            Bid.objects.order_by("submitted_at"), (("31", "27", "17"), ("28", "25", "")), strict=True
        ):
            page = f"/needs/bids/{bid.pk}/score/"
            assert client.get(page).status_code == 200
            sent = {"comment": "好"}
            for criterion, mark in zip(challenge.criteria.all(), marks, strict=True):
                sent |= {f"score_{criterion.pk}": mark} if mark else {f"na_{criterion.pk}": "on"}
            assert client.post(page, sent).status_code == 302
            assert client.post(f"/needs/bids/{bid.pk}/lock/").status_code == 302
            shown = client.get(page).content.decode()
            # The other's marks show to the second judge, who locks last; the first has nobody to see yet.
            assert (str(judges[1 - n].name) in shown) is (n == 1)
    client.sign_in(scene.drafter.person)
    first, other = Bid.objects.order_by("submitted_at")
    wrong = client.post(
        f"/needs/challenges/{challenge.pk}/award/propose/", {"bid_id": str(other.pk), "amount": "1", "reason": "x"}
    )
    assert wrong.status_code == 422
    assert "id_exception_reason-error" in wrong.content.decode()
    answer = client.post(
        f"/needs/challenges/{challenge.pk}/award/propose/",
        {"bid_id": str(first.pk), "amount": "900,000.00", "reason": "最优"},
    )
    award = Award.objects.get()
    assert answer.headers["Location"] == f"/needs/awards/{award.pk}/"
    assert client.post(f"/needs/awards/{award.pk}/sign/").status_code == 403
    for bid in (first, other):
        assert client.post(f"/needs/bids/{bid.pk}/feedback/write/", {"text": "谢谢参与"}).status_code == 302
    client.sign_in(scene.second.person)
    page = client.get(f"/needs/awards/{award.pk}/").content.decode()
    assert "270,000.00" in page
    assert "360,000.00" in page
    assert client.post(f"/needs/awards/{award.pk}/sign/", {"version": str(award.version)}).status_code == 302
    client.sign_in(bidders[1].person)
    told = client.get(f"/needs/bids/{other.pk}/feedback/").content.decode()
    assert "谢谢参与" in told
    assert "28.00" in told
    assert "31.00" not in told
    assert client.get(f"/needs/bids/{first.pk}/feedback/").status_code == 404
    signed = client.get(f"/needs/awards/{award.pk}/").content.decode()
    assert "乙研究院" in signed
    assert "最优" not in signed
