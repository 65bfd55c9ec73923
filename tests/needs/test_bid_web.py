"""The bid editor: it saves itself, tells what is missing, and of two people nobody loses a word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from needs.actions import bid as actions
from needs.models.bid import Bid
from tests import factories
from tests.factories.challenges import Reviewed, Scene

D = Decimal


def sent(bid: Bid, **changes: str) -> dict[str, str]:
    """What the editor sends while one types."""
    specs = [row.specification_id for row in bid.challenge.indicators.all()]
    values = {
        "version": str(bid.version),
        "team": "五位研究员",
        "plan": "计划",
        "months": "18",
        "accepts_terms": "on",
        f"c_{specs[0]}_value": "262",
        f"c_{specs[1]}_value": "15",
        f"c_{specs[2]}_level": "L3",
        "b_rd": "300000",
        "b_pilot": "300000",
        "b_mass_production": "300000",
        "machines": "EX-1",
    }
    return values | changes


@pytest.fixture
def draft(db: str) -> tuple[Scene, Any, Bid]:
    scene = Scene()
    bidder = scene.bidder()
    bid = actions.start_bid(actor=bidder, challenge_id=scene.published().pk)
    return scene, bidder, bid


@pytest.mark.parametrize(("density", "words"), [("255", "1.9%"), ("208", "20%"), ("260", "正好达到"), ("262", "3/3")])
def test_typing_saves_and_compares(draft: Any, client: Any, density: str, words: str) -> None:
    _scene, bidder, bid = draft
    spec = bid.challenge.indicators.first().specification
    client.sign_in(bidder.person)
    answer = client.post(
        f"/needs/bids/{bid.pk}/autosave/", sent(bid, **{f"c_{spec.pk}_value": density}), headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    bid.refresh_from_db()
    assert bid.version == 2
    assert 'value="2"' in page
    assert bid.commitments.get(specification=spec).value == D(density)
    if words != "3/3":
        assert words in page or "exactly reached" in page
    assert "2/2" in page or density in {"255", "208"}


def test_what_is_malformed_is_named_and_the_rest_is_saved(draft: Any, client: Any) -> None:
    _scene, bidder, bid = draft
    spec = bid.challenge.indicators.first().specification
    client.sign_in(bidder.person)
    client.post(f"/needs/bids/{bid.pk}/autosave/", sent(bid))
    bid.refresh_from_db()
    answer = client.post(
        f"/needs/bids/{bid.pk}/autosave/", sent(bid, plan="新计划", months="十八", **{f"c_{spec.pk}_value": "二百"})
    )
    assert answer.status_code == 200
    bid.refresh_from_db()
    assert (bid.plan, bid.months) == ("新计划", 18)
    assert bid.commitments.get(specification=spec).value == D(262)
    assert answer.content.decode().count("<li>") >= 2


def test_two_people_at_one_draft_lose_nothing(draft: Any, client: Any) -> None:
    _scene, bidder, bid = draft
    colleague = factories.member(bidder.organisation)
    client.sign_in(bidder.person)
    assert client.post(f"/needs/bids/{bid.pk}/autosave/", sent(bid, team="甲的团队")).status_code == 200
    client.sign_in(colleague)
    answer = client.post(f"/needs/bids/{bid.pk}/autosave/", sent(bid, team="乙的团队"))
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "甲的团队" in page
    assert "乙的团队" in page
    bid.refresh_from_db()
    assert bid.team == "甲的团队"
    for strange in ("²", "٣", "9" * 5000, "x"):  # no version of ours, so none that is fresh
        asked = sent(bid, team="乙的团队", version=strange)
        assert client.post(f"/needs/bids/{bid.pk}/autosave/", asked).status_code == 412, strange
    # The whole form, sent stale, comes back with everything typed.
    answer = client.post(f"/needs/bids/{bid.pk}/edit/", sent(bid, team="乙的团队", version="1"))
    assert answer.status_code == 412
    assert "乙的团队" in answer.content.decode()
    # “Keep what I typed” sends the present version, knowingly.
    assert (
        client.post(f"/needs/bids/{bid.pk}/edit/", sent(bid, team="乙的团队", version=str(bid.version))).status_code
        == 302
    )
    bid.refresh_from_db()
    assert bid.team == "乙的团队"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"months": "0"}, "months"),
        ({"trl_from": "12"}, "trl_from"),
        ({"b_rd": "-5"}, "b_rd"),
        ({"b_pilot": "many"}, "b_pilot"),
        ({"months": "x"}, "months"),
    ],
)
def test_the_editor_names_the_wrong_field(draft: Any, client: Any, changes: dict[str, str], field: str) -> None:
    _scene, bidder, bid = draft
    client.sign_in(bidder.person)
    answer = client.post(f"/needs/bids/{bid.pk}/edit/", sent(bid, team="还在这里", **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"id_{field}-error" in page
    assert "还在这里" in page


def test_submitting_lists_what_is_missing_with_links(draft: Any, client: Any) -> None:
    _scene, bidder, bid = draft
    client.sign_in(bidder.person)
    answer = client.post(f"/needs/bids/{bid.pk}/preview/", {"version": "1"})
    assert answer.status_code == 409
    assert f"/needs/bids/{bid.pk}/edit/#team" in answer.content.decode()


def test_files_go_up_down_and_away(draft: Any, client: Any) -> None:
    _scene, bidder, bid = draft
    client.sign_in(bidder.person)
    assert (
        client.post(
            f"/needs/bids/{bid.pk}/files/add/",
            {"file": SimpleUploadedFile("plan.txt", "计划".encode()), "caption": "书"},
        ).status_code
        == 302
    )
    row = bid.files.get()
    answer = client.get(f"/needs/bids/{bid.pk}/files/{row.pk}/")
    assert b"".join(answer.streaming_content).decode() == "计划"
    assert (
        client.post(f"/needs/bids/{bid.pk}/files/add/", {"file": SimpleUploadedFile("x.exe", b"MZ")}).status_code == 422
    )
    assert client.post(f"/needs/bids/{bid.pk}/files/{row.pk}/remove/").status_code == 302
    assert not bid.files.exists()


def test_the_receipt_downloads_exactly_what_was_hashed(db: str, client: Any) -> None:
    import hashlib

    scene = Scene()
    bidder = scene.bidder()
    bid = scene.submitted_bid(scene.published(), bidder)
    client.sign_in(bidder.person)
    answer = client.get(f"/needs/bids/{bid.pk}/receipts/{bid.submissions.get().pk}/")
    assert hashlib.sha256(answer.content).hexdigest() == bid.receipt_hash


def test_withdrawing_leads_back_to_the_editor(db: str, client: Any) -> None:
    scene = Scene()
    bidder = scene.bidder()
    bid = scene.submitted_bid(scene.published(), bidder)
    client.sign_in(bidder.person)
    assert client.get(f"/needs/bids/{bid.pk}/edit/").headers["Location"] == f"/needs/bids/{bid.pk}/"
    assert client.post(f"/needs/bids/{bid.pk}/withdraw/").headers["Location"] == f"/needs/bids/{bid.pk}/edit/"
    assert client.get(f"/needs/bids/{bid.pk}/edit/").status_code == 200


def test_the_comparison_is_exported_as_it_is_seen(db: str, frozen_clock: Any, client: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    client.sign_in(scene.drafter.person)
    answer = client.get(f"/needs/challenges/{scene.challenge.pk}/review/?file=csv")
    assert answer.headers["Content-Disposition"].endswith('.csv"') and answer.content.startswith(b"\xef\xbb\xbf")
    sheet = answer.content.decode("utf-8-sig")
    assert len({line.count(",") for line in sheet.splitlines()}) == 1, "every row has a cell for every bid"
    assert "乙研究院" in sheet
    assert "262" in sheet
    assert "88.18" in sheet


def test_a_judge_sees_dark_columns_until_own_marks_are_locked(db: str, frozen_clock: Any, client: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, "31.25", 27, 17)
    client.sign_in(scene.member.person)
    page = client.get(f"/needs/challenges/{scene.challenge.pk}/review/").content.decode()
    assert "31.25" not in page
    assert "31.25" not in client.get(f"/needs/bids/{scene.first.pk}/score/").content.decode()
    scene.mark(scene.member, scene.first, 28, 25, 16)
    assert "31.25" in client.get(f"/needs/bids/{scene.first.pk}/score/").content.decode()
