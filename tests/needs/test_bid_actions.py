"""Bids: drafts of two people, receipt, resubmission, the deadline's microsecond, two tabs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from core import clock
from core.accounts.states import Role
from core.errors import Blocked, Invalid, NotAllowed, NotFound, Refusal, Stale, WrongState
from core.inbox.models import Notification, Task
from needs.actions import bid as actions
from needs.actions import challenge as challenge_actions
from needs.models.bid import Bid, BidSubmission
from needs.states.bid import BID, BidState
from tests import factories
from tests.factories.challenges import Scene, save_bid

D = Decimal
MOVES = {
    "save_bid": {"draft": "draft", "withdrawn": "draft"},
    "submit_bid": {"draft": "submitted", "withdrawn": "submitted"},
    "withdraw_bid": {"submitted": "withdrawn"},
    "admit_bid": {"submitted": "eligible", "ineligible": "eligible"},
    "exclude_bid": {"submitted": "ineligible", "eligible": "ineligible"},
    "award_bid": {"submitted": "awarded", "eligible": "awarded"},
    "pass_over_bid": {"submitted": "not_awarded", "eligible": "not_awarded"},
}


@pytest.mark.parametrize("state", BidState.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_state_against_every_move(state: str, move: str) -> None:
    if state in MOVES[move]:
        assert BID.after(state, move) == MOVES[move][state]
    else:
        with pytest.raises(WrongState):
            BID.after(state, move)


def test_one_bid_per_organisation(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    colleague = factories.actor(bidder.organisation)
    first = actions.start_bid(actor=bidder, challenge_id=challenge.pk)
    assert actions.start_bid(actor=colleague, challenge_id=challenge.pk).pk == first.pk
    assert (
        Task.objects.filter(kind="finish_bid", organisation=bidder.organisation, due_at=challenge.deadline_at).count()
        == 1
    )


def test_who_may_not_bid(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    unverified = factories.actor(factories.organisation(verified=False))
    for actor in (scene.drafter, unverified, factories.operator(), factories.actor()):
        with pytest.raises(NotAllowed):
            actions.start_bid(actor=actor, challenge_id=challenge.pk)
    assert not Bid.objects.exists()


def test_a_draft_saves_piece_by_piece_and_keeps_the_rest(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    spec = challenge.indicators.first().specification
    saved = save_bid(
        actor=bidder,
        bid_id=bid.pk,
        version=bid.version,
        plan="新计划",
        commitments=[{"specification": spec.pk, "value": D("261.5")}],
        budgets=[{"stage": "rd", "amount": D("1.23")}],
    )
    assert (saved.plan, saved.team) == ("新计划", "五位研究员")
    assert saved.commitments.get(specification=spec).value == D("261.5")
    assert saved.commitments.count() == 3
    assert {one.stage: one.amount for one in saved.budgets.all()} == {
        "rd": D("1.23"),
        "pilot": D("300000.00"),
        "mass_production": D("300000.00"),
    }


def test_of_two_people_at_one_draft_nobody_overwrites_the_other(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    colleague = factories.actor(bidder.organisation)
    bid = actions.start_bid(actor=bidder, challenge_id=challenge.pk)
    save_bid(actor=bidder, bid_id=bid.pk, version=1, team="甲写的")
    with pytest.raises(Stale):
        save_bid(actor=colleague, bid_id=bid.pk, version=1, team="乙写的")
    assert Bid.objects.get().team == "甲写的"
    assert save_bid(actor=colleague, bid_id=bid.pk, version=2, plan="乙的计划").version == 3


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"months": 0}, "months"),
        ({"trl_from": 10}, "trl_from"),
        ({"trl_from": 7, "trl_to": 5}, "trl_to"),
        ({"budgets": [{"stage": "rd", "amount": D("-1")}]}, "budgets.rd"),
        ({"budgets": [{"stage": "moon", "amount": D(1)}]}, "budgets.moon"),
        ({"budgets": [{"stage": "rd", "amount": D("0.001")}]}, "budgets.rd"),
        ({"colour": "red"}, "colour"),
        ({"machines": [{"machine": "00000000-0000-0000-0000-000000000001"}]}, "machines.0"),
    ],
)
def test_bad_values_of_a_draft_are_named_by_field(db: str, changes: Any, field: str) -> None:
    scene = Scene()
    bidder = scene.bidder()
    bid = actions.start_bid(actor=bidder, challenge_id=scene.published().pk)
    with pytest.raises(Invalid) as refused:
        save_bid(actor=bidder, bid_id=bid.pk, **changes)
    assert field in refused.value.fields
    assert Bid.objects.get().version == 1


def test_a_commitment_answers_in_the_indicators_own_kind(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = actions.start_bid(actor=bidder, challenge_id=challenge.pk)
    density, _minutes, level = (row.specification for row in challenge.indicators.all())
    for wrong in (
        {"specification": density.pk, "level": "L3"},
        {"specification": level.pk, "value": D(3)},
        {"specification": level.pk, "level": "L9"},
        {"specification": density.pk, "value": D("1E+30")},
        {"specification": bid.pk, "value": D(3)},
    ):
        with pytest.raises(Invalid) as refused:
            save_bid(actor=bidder, bid_id=bid.pk, commitments=[wrong])
        assert f"commitments.{wrong['specification']}" in refused.value.fields


def test_an_empty_draft_is_refused_with_everything_that_is_missing(db: str) -> None:
    scene = Scene()
    bidder = scene.bidder()
    bid = actions.start_bid(actor=bidder, challenge_id=scene.published().pk)
    with pytest.raises(Blocked) as refused:
        actions.submit_bid(actor=bidder, bid_id=bid.pk)
    # Two must-have indicators, team, plan, money of three stages, terms.
    assert len(refused.value.missing) == 8
    assert all(one.link.startswith(f"/needs/bids/{bid.pk}/edit/#") for one in refused.value.missing)
    assert not BidSubmission.objects.exists()


@pytest.mark.parametrize(("budget", "fits"), [("900000.00", True), ("899999.99", False), ("1000000.00", True)])
def test_the_money_asked_for_stays_within_the_budget_to_the_fen(db: str, budget: str, fits: bool) -> None:
    scene = Scene()
    challenge = scene.published(budget=D(budget), payers=[{"organisation": scene.issuer, "amount": D(budget)}])
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    if fits:
        assert actions.submit_bid(actor=bidder, bid_id=bid.pk).state == "submitted"
    else:
        with pytest.raises(Blocked) as refused:
            actions.submit_bid(actor=bidder, bid_id=bid.pk)
        assert "900,000.00" in str(refused.value.missing[0].what)


def test_the_receipt_is_the_hash_of_exactly_what_was_handed_in(db: str) -> None:
    scene = Scene()
    bid = scene.submitted_bid(scene.published())
    submission = bid.submissions.get()
    assert hashlib.sha256(submission.body.encode()).hexdigest() == bid.receipt_hash == submission.sha256
    content = json.loads(submission.body)
    assert content["budgets"] == {"rd": "300000", "pilot": "300000", "mass_production": "300000"}
    assert [one["value"] for one in content["commitments"] if one["value"]].count("262") == 1
    assert json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == submission.body
    receipt = Notification.objects.get(kind="bid_receipt")
    assert receipt.body == bid.receipt_hash
    assert receipt.organisation == bid.bidder


def test_submissions_only_grow(db: str) -> None:
    scene = Scene()
    scene.submitted_bid(scene.published())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_bidsubmission SET body = '{}'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM needs_bidsubmission")


def test_withdraw_change_and_submit_again_gives_a_second_receipt(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.submitted_bid(challenge, bidder)
    with pytest.raises(WrongState) as refused:
        save_bid(actor=bidder, bid_id=bid.pk, plan="偷偷改")
    assert refused.value.code == "bid_submitted"
    actions.withdraw_bid(actor=bidder, bid_id=bid.pk)
    save_bid(actor=bidder, bid_id=bid.pk, plan="更好的计划")
    again = actions.submit_bid(actor=bidder, bid_id=bid.pk)
    assert again.receipt_hash != bid.receipt_hash
    assert [one.number for one in again.submissions.all()] == [1, 2]


def test_a_member_without_signature_neither_submits_nor_withdraws(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    signatory = scene.bidder()
    plain = factories.actor(signatory.organisation, roles=[Role.MEMBER])
    bid = scene.drafted_bid(challenge, plain)
    with pytest.raises(NotAllowed):
        actions.submit_bid(actor=plain, bid_id=bid.pk)
    actions.submit_bid(actor=signatory, bid_id=bid.pk)
    with pytest.raises(NotAllowed):
        actions.withdraw_bid(actor=plain, bid_id=bid.pk)


@pytest.mark.parametrize(("early", "taken"), [(1, True), (0, False), (-1, False)])
def test_the_deadline_is_kept_to_the_microsecond(db: str, frozen_clock: Any, early: int, taken: bool) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    frozen_clock.set(challenge.deadline_at - dt.timedelta(microseconds=early))
    if taken:
        assert actions.submit_bid(actor=bidder, bid_id=bid.pk).submitted_at == clock.now()
        return
    with pytest.raises(WrongState) as refused:
        actions.submit_bid(actor=bidder, bid_id=bid.pk)
    assert refused.value.code == "deadline_passed"
    assert Bid.objects.get().state == "draft"


def test_after_the_deadline_nothing_is_started_saved_withdrawn_or_added(db: str, frozen_clock: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder, late = scene.bidder(), scene.bidder()
    bid = scene.submitted_bid(challenge, bidder)
    draft = scene.drafted_bid(challenge, late)
    frozen_clock.set(challenge.deadline_at)
    for attempt in (
        lambda: actions.withdraw_bid(actor=bidder, bid_id=bid.pk),
        lambda: actions.submit_bid(actor=bidder, bid_id=bid.pk),
        lambda: save_bid(actor=late, bid_id=draft.pk, plan="晚了"),
        lambda: actions.add_bid_file(actor=late, bid_id=draft.pk, file=SimpleUploadedFile("a.txt", b"late")),
        lambda: actions.start_bid(actor=scene.bidder(), challenge_id=challenge.pk),
    ):
        with pytest.raises(WrongState) as refused:
            attempt()
        assert refused.value.code == "deadline_passed"


def test_the_database_itself_refuses_a_late_submission(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bid = scene.drafted_bid(challenge, scene.bidder())
    with pytest.raises(IntegrityError), transaction.atomic():
        BidSubmission.objects.create(
            bid=bid,
            number=1,
            body="{}",
            sha256="0" * 64,
            submitted_at=challenge.deadline_at,
            deadline_at=challenge.deadline_at,
        )


def test_one_bid_submitted_from_two_tabs_is_submitted_once(db: str, in_threads: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    answers = in_threads(2, lambda n: actions.submit_bid(actor=bidder, bid_id=bid.pk, version=bid.version))
    assert [one.state for one in answers] == ["submitted", "submitted"]
    assert answers[0].receipt_hash == answers[1].receipt_hash
    assert BidSubmission.objects.count() == 1
    assert Notification.objects.filter(kind="bid_receipt").count() == 1


def test_one_bid_submitted_from_two_tabs_in_the_deadlines_second(db: str, in_threads: Any) -> None:
    """On the real clock, over many tries across the deadline: one effect at most, and never a late one."""
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1.2)  # noqa: TID251 - the real clock is what is tried
    type(challenge).objects.filter(pk=challenge.pk).update(deadline_at=deadline)
    stop = threading.Event()

    def tab(number: int) -> tuple[int, int]:
        taken = refused = 0
        while not stop.is_set() and not refused:
            try:
                actions.submit_bid(actor=bidder, bid_id=bid.pk)
                taken += 1
            except WrongState as late:
                assert late.code == "deadline_passed"
                refused += 1
        return taken, refused

    answers = in_threads(2, tab)
    assert all(isinstance(one, tuple) and one[1] == 1 for one in answers), answers
    submission = BidSubmission.objects.get()
    assert submission.submitted_at < deadline
    assert Bid.objects.get().state == "submitted"


def test_extending_and_submitting_at_one_instant_do_not_contradict_each_other(db: str, in_threads: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    later = challenge.deadline_at + dt.timedelta(days=1)

    def both(number: int) -> Any:
        if number:
            return challenge_actions.issue_addendum(
                actor=scene.second, challenge_id=challenge.pk, text="延期", reason="样品", deadline_at=later
            )
        return actions.submit_bid(actor=bidder, bid_id=bid.pk)

    answers = in_threads(2, both)
    assert not [one for one in answers if isinstance(one, BaseException)], answers
    assert BidSubmission.objects.get().deadline_at in {challenge.deadline_at, later}


def test_files_belong_to_the_draft_and_are_part_of_the_receipt(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.drafted_bid(challenge, bidder)
    bid = actions.add_bid_file(
        actor=bidder, bid_id=bid.pk, file=SimpleUploadedFile("plan.txt", "计划书".encode()), caption="计划"
    )
    with pytest.raises(Invalid):
        actions.add_bid_file(actor=bidder, bid_id=bid.pk, file=SimpleUploadedFile("run.exe", b"MZ"))
    actions.submit_bid(actor=bidder, bid_id=bid.pk)
    content = json.loads(BidSubmission.objects.get().body)
    assert [one["sha256"] for one in content["files"]] == [hashlib.sha256("计划书".encode()).hexdigest()]


def test_a_stranger_cannot_touch_a_bid(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bid = scene.drafted_bid(challenge, scene.bidder())
    for actor in (scene.drafter, scene.bidder(), factories.operator()):
        for attempt in (
            lambda a=actor: save_bid(actor=a, bid_id=bid.pk, plan="x"),
            lambda a=actor: actions.submit_bid(actor=a, bid_id=bid.pk),
            lambda a=actor: actions.withdraw_bid(actor=a, bid_id=bid.pk),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_formal_check_after_the_opening(db: str, frozen_clock: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    bid = scene.submitted_bid(challenge, bidder)
    with pytest.raises(NotFound):
        actions.exclude_bid(actor=scene.second, bid_id=bid.pk, reason="太早")
    frozen_clock.set(challenge.deadline_at)
    with pytest.raises(Invalid):
        actions.exclude_bid(actor=scene.second, bid_id=bid.pk, reason="")
    assert actions.exclude_bid(actor=scene.second, bid_id=bid.pk, reason="无资质").state == "ineligible"
    assert Notification.objects.get(kind="bid_excluded").person == bidder.person
    assert actions.admit_bid(actor=scene.second, bid_id=bid.pk).state == "eligible"
    with pytest.raises(Refusal):
        actions.admit_bid(actor=bidder, bid_id=bid.pk)
