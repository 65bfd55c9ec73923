"""The panel: declarations, conflicts declared and computed, own marks first, locking."""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from core.accounts import services as accounts
from core.accounts.actor import Actor
from core.book.models import Body
from core.errors import Invalid, NotAllowed, NotFound, WrongState
from core.inbox.models import Task
from needs.actions import review as actions
from needs.models.review import PanelMember, ScoreSheet
from needs.queries.bid import bids_visible_to
from needs.queries.conflict import conflicts_of
from needs.queries.review import progress, sheets_visible_to, standing, standing_for
from needs.services.challenge import close_due
from needs.states.review import PANEL, PanelState
from tests import factories
from tests.factories.challenges import Reviewed, Scene

D = Decimal
MOVES = {
    "declare_no_conflict": {"invited": "cleared", "cleared": "cleared"},
    "declare_conflict": {"invited": "conflicted", "cleared": "conflicted"},
    "find_conflict": {"invited": "conflicted", "cleared": "conflicted"},
    "recuse": {"invited": "recused", "cleared": "recused"},
}


@pytest.mark.parametrize("state", PanelState.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_state_against_every_move(state: str, move: str) -> None:
    if state in MOVES[move]:
        assert PANEL.after(state, move) == MOVES[move][state]
    else:
        with pytest.raises(WrongState):
            PANEL.after(state, move)


def test_an_undeclared_member_sees_nothing(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    newcomer = scene.panelist(scene.challenge, declares=False)
    assert not bids_visible_to(newcomer).exists()
    assert Task.objects.filter(kind="declare_conflict", person=newcomer.person, state="open").count() == 1
    actions.declare_conflict(actor=newcomer, seat_id=scene.seat(scene.challenge, newcomer).pk, has_conflict=False)
    assert bids_visible_to(newcomer).count() == 2
    assert not Task.objects.filter(kind="declare_conflict", person=newcomer.person, state="open").exists()


def test_a_declared_conflict_hides_everything_and_asks_for_a_replacement(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    seat = scene.seat(scene.challenge, scene.member)
    with pytest.raises(Invalid):
        actions.declare_conflict(actor=scene.member, seat_id=seat.pk, has_conflict=True)
    seat = actions.declare_conflict(actor=scene.member, seat_id=seat.pk, has_conflict=True, declaration="师生")
    assert seat.state == "conflicted"
    assert not bids_visible_to(scene.member).exists()
    with pytest.raises(NotFound):
        scene.mark(scene.member, scene.first, 31, 27, 17)
    assert Task.objects.filter(kind="replace_panelist", organisation=scene.issuer, state="open").count() == 1
    stand_in = factories.person(is_expert=True)
    actions.invite_panelist(
        actor=scene.second, challenge_id=scene.challenge.pk, person_id=stand_in.pk, replaces_id=seat.pk
    )
    assert not Task.objects.filter(kind="replace_panelist", state="open").exists()


def test_marks_of_a_member_found_in_conflict_later_no_longer_count(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    before = standing(scene.challenge)
    assert before[0].sheets == 2
    seat = scene.seat(scene.challenge, scene.member)
    actions.declare_conflict(actor=scene.member, seat_id=seat.pk, has_conflict=True, declaration="新近入职")
    after = standing(scene.challenge)
    assert (after[0].sheets, after[0].wanted) == (1, 1)


def test_the_issuers_own_people_never_sit_on_the_panel(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    insider = factories.member(scene.issuer)
    with pytest.raises(Invalid) as refused:
        actions.invite_panelist(actor=scene.second, challenge_id=challenge.pk, person_id=insider.pk)
    assert refused.value.code == "conflict_of_interest"


def test_before_the_deadline_an_invitation_does_not_tell_who_bids(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    scene.submitted_bid(challenge, bidder)
    colleague = factories.member(bidder.organisation)
    seat = actions.invite_panelist(actor=scene.second, challenge_id=challenge.pk, person_id=colleague.pk)
    assert seat.state == "invited"
    # Nor does the declaration: what is found of bidders is found at the opening.
    seat = actions.declare_conflict(actor=Actor.for_person(colleague), seat_id=seat.pk, has_conflict=False)
    assert (seat.state, seat.conflicts) == ("cleared", [])


@pytest.mark.parametrize("seat_kind", ["member", "left_a_year_ago"])
def test_a_bidders_own_person_sees_nothing_in_the_very_instant_of_the_deadline(
    db: str, frozen_clock: Any, seat_kind: str
) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder, rival = scene.bidder(), scene.bidder()
    scene.submitted_bid(challenge, bidder)
    rivals = scene.submitted_bid(challenge, rival)
    person = factories.person(is_expert=True)
    seat = accounts.seat(person, bidder.organisation, ["member"])
    if seat_kind != "member":
        seat.is_active, seat.left_at = False, clock.now() - dt.timedelta(days=365)
        seat.save()
    row = actions.invite_panelist(actor=scene.second, challenge_id=challenge.pk, person_id=person.pk)
    judge = Actor.for_person(person)
    actions.declare_conflict(actor=judge, seat_id=row.pk, has_conflict=False)
    frozen_clock.set(challenge.deadline_at)
    # No job has run: the clock alone has opened the bids, and the conflict is found at the reading.
    assert not bids_visible_to(judge).filter(pk=rivals.pk).exists()
    assert close_due() == 1
    row.refresh_from_db()
    assert (row.state, [one["kind"] for one in row.conflicts]) == ("conflicted", ["same_organisation"])


def test_ties_of_the_last_three_years_are_conflicts(db: str, frozen_clock: Any) -> None:
    ties = pytest.importorskip("core.ties.services")
    scene = Reviewed(frozen_clock)
    assert bids_visible_to(scene.member).count() == 2
    today = clock.today()
    ties.add(
        of=scene.member.person,
        to=scene.first_bidder.organisation,
        kind="shared_project",
        since_on=today - dt.timedelta(days=900),
        until_on=today - dt.timedelta(days=400),
        source="test",
    )
    assert not bids_visible_to(scene.member).exists()
    assert "shared_project" in {one.kind for one in conflicts_of(scene.member.person, scene.challenge)}
    with pytest.raises((NotAllowed, NotFound)):
        scene.mark(scene.member, scene.other, 28, 25, 16)


def test_a_tie_that_ended_long_ago_is_no_conflict(db: str, frozen_clock: Any) -> None:
    ties = pytest.importorskip("core.ties.services")
    scene = Reviewed(frozen_clock)
    today = clock.today()
    ties.add(
        of=scene.member.person,
        to=scene.first_bidder.organisation,
        kind="shared_project",
        since_on=today - dt.timedelta(days=3000),
        until_on=today - dt.timedelta(days=3 * 366 + 5),
        source="test",
    )
    assert bids_visible_to(scene.member).count() == 2


def test_closing_is_safe_to_run_twice_and_opens_tasks(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    assert (close_due(), close_due()) == (1, 0)
    scene.challenge.refresh_from_db()
    assert scene.challenge.state == "closed"
    assert Task.objects.filter(kind="score_bids", state="open").count() == 2
    assert Task.objects.filter(kind="run_review", organisation=scene.issuer, state="open").count() == 1


def test_closing_from_many_workers_closes_once(db: str, frozen_clock: Any, in_threads: Any) -> None:
    from core.book.models import Body

    scene = Reviewed(frozen_clock)
    assert sum(in_threads(4, lambda n: close_due())) == 1
    assert Body.objects.filter(operation="close_challenge", object_id=scene.challenge.pk).count() == 1


def test_the_first_mark_closes_and_starts_the_review_without_any_job(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17, lock=False)
    scene.challenge.refresh_from_db()
    assert scene.challenge.state == "under_review"


def test_others_marks_show_only_after_locking_ones_own_for_that_bid(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17)
    scene.mark(scene.member, scene.first, 20, 20, 10, lock=False)
    mine = ScoreSheet.objects.get(panel_member__person=scene.member.person)
    assert set(sheets_visible_to(scene.member)) == {mine}
    assert standing_for(scene.member, scene.challenge)[0].sheets == 0
    actions.lock_sheet(actor=scene.member, bid_id=scene.first.pk)
    assert sheets_visible_to(scene.member).filter(bid=scene.first).count() == 2
    # The other bid stays dark: the chair has locked it, the member has not.
    scene.mark(scene.chair, scene.other, 28, 25, 16)
    assert not sheets_visible_to(scene.member).filter(bid=scene.other).exists()
    # The chair sees the member's locked sheet, never an open one.
    scene.mark(scene.member, scene.other, 1, 1, 1, lock=False)
    assert sheets_visible_to(scene.chair).filter(bid=scene.other).count() == 1


def test_the_book_binds_marks_without_telling_them(db: str, frozen_clock: Any) -> None:
    """The entry of a locked sheet is read by the expert's organisation, which may have another expert on the panel."""
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17)
    scene.mark(scene.member, scene.first, 31, 27, 17)
    contents = [
        json.loads(bytes(body.content or b"{}"))["after"] for body in Body.objects.filter(operation="lock_sheet")
    ]
    assert len(contents) == 2
    for after in contents:
        assert set(after) == {"version", "marks"} and re.fullmatch("[0-9a-f]{64}", after["marks"])
    assert contents[0]["marks"] != contents[1]["marks"], "equal marks are not told either"


def test_the_issuer_sees_marks_only_when_all_are_locked(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17)
    scene.mark(scene.chair, scene.other, 28, 25, 16)
    scene.mark(scene.member, scene.first, 31, 27, 17)
    assert not sheets_visible_to(scene.drafter).exists()
    now = progress(scene.challenge)
    assert (now.locked, now.wanted) == (3, 4)
    scene.mark(scene.member, scene.other, 28, 25, 16)
    assert sheets_visible_to(scene.drafter).count() == 4
    assert [one.rank for one in standing_for(scene.drafter, scene.challenge)] == [1, 2]
    assert Task.objects.filter(kind="propose_award", organisation=scene.issuer, state="open").count() == 1


def test_bidders_never_see_sheets(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    assert not sheets_visible_to(scene.first_bidder).exists()
    assert standing_for(scene.first_bidder, scene.challenge) == []


def test_a_locked_sheet_does_not_change(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17)
    with pytest.raises(WrongState) as refused:
        scene.mark(scene.chair, scene.first, 1, 1, 1)
    assert refused.value.code == "sheet_locked"
    with pytest.raises(WrongState):
        actions.lock_sheet(actor=scene.chair, bid_id=scene.first.pk)


def test_locking_wants_a_mark_or_na_for_every_criterion(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    criteria = list(scene.challenge.criteria.all())
    actions.score_bid(actor=scene.chair, bid_id=scene.first.pk, scores=[{"criterion": criteria[0].pk, "value": D(30)}])
    with pytest.raises(WrongState) as refused:
        actions.lock_sheet(actor=scene.chair, bid_id=scene.first.pk)
    assert len(refused.value.missing) == 2
    actions.score_bid(
        actor=scene.chair,
        bid_id=scene.first.pk,
        scores=[{"criterion": criteria[1].pk, "is_na": True}, {"criterion": criteria[2].pk, "value": D("17.5")}],
    )
    assert actions.lock_sheet(actor=scene.chair, bid_id=scene.first.pk).locked_at is not None


@pytest.mark.parametrize("value", ["35.01", "-0.01", "30.001", "NaN", "Infinity"])
def test_a_mark_outside_its_range_is_named(db: str, frozen_clock: Any, value: str) -> None:
    scene = Reviewed(frozen_clock)
    criterion = scene.challenge.criteria.first()
    with pytest.raises(Invalid) as refused:
        actions.score_bid(
            actor=scene.chair, bid_id=scene.first.pk, scores=[{"criterion": criterion.pk, "value": D(value)}]
        )
    assert f"scores.{criterion.pk}" in refused.value.fields
    assert not ScoreSheet.objects.exists()


def test_the_issuer_does_not_mark(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    with pytest.raises(NotAllowed):
        scene.mark(scene.drafter, scene.first, 31, 27, 17)


def test_two_tabs_locking_one_sheet_lock_it_once(db: str, frozen_clock: Any, in_threads: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17, lock=False)
    answers = in_threads(2, lambda n: actions.lock_sheet(actor=scene.chair, bid_id=scene.first.pk))
    assert sorted(isinstance(one, WrongState) for one in answers) == [False, True]


def test_there_is_one_chair(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    scene.panelist(challenge, is_chair=True)
    second = scene.panelist(challenge, is_chair=True)
    assert list(PanelMember.objects.filter(challenge=challenge, is_chair=True)) == [scene.seat(challenge, second)]
