"""Challenges: draft, check by a second person, freezing, addenda, cancelling."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection

from core import clock
from core.errors import Blocked, Invalid, NotAllowed, NotFound, Stale, WrongState
from core.inbox.models import Notification, Task
from needs.actions import challenge as actions
from needs.models.challenge import Addendum, Challenge
from needs.services.challenge import fingerprint
from needs.states.challenge import CHALLENGE, ChallengeState
from tests import factories
from tests.factories.challenges import Scene, edit_challenge, published_need

D = Decimal
MOVES = {
    "edit_challenge": {"draft": "draft"},
    "submit_for_check": {"draft": "in_check"},
    "return_challenge": {"in_check": "draft"},
    "publish_challenge": {"in_check": "published"},
    "issue_addendum": {"published": "published"},
    "close_challenge": {"published": "closed"},
    "start_review": {"closed": "under_review"},
    "award_challenge": {"under_review": "awarded"},
    "cancel_challenge": dict.fromkeys(["draft", "in_check", "published", "closed", "under_review"], "cancelled"),
}


@pytest.mark.parametrize("state", ChallengeState.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_state_against_every_move(state: str, move: str) -> None:
    if state in MOVES[move]:
        assert CHALLENGE.after(state, move) == MOVES[move][state]
    else:
        with pytest.raises(WrongState):
            CHALLENGE.after(state, move)


def test_draft_takes_indicators_of_the_needs_version_and_three_gates(db: str) -> None:
    scene = Scene()
    challenge = actions.draft_challenge(actor=scene.drafter, need_id=scene.need.pk)
    assert [row.specification.name for row in challenge.indicators.all()] == ["能量密度", "充电时间", "自动化等级"]
    assert [(gate.stage, gate.specifications.count()) for gate in challenge.gates.all()] == [
        ("rd", 3),
        ("pilot", 3),
        ("mass_production", 3),
    ]
    assert challenge.code.startswith(f"C-{clock.today().year}-")


def test_draft_is_for_the_owner_or_the_chains_leader_only(db: str) -> None:
    scene = Scene()
    with pytest.raises(NotAllowed):
        actions.draft_challenge(actor=scene.bidder(), need_id=scene.need.pk)
    assert not Challenge.objects.exists()
    other = factories.organisation()
    led = published_need(other, chain=scene.need.chain)
    assert actions.draft_challenge(actor=scene.drafter, need_id=led.pk).issuer == scene.issuer


def test_draft_of_an_unpublished_need_is_refused(db: str) -> None:
    scene = Scene()
    need = published_need(scene.issuer, state="defined", chain=scene.need.chain)
    with pytest.raises(WrongState) as refused:
        actions.draft_challenge(actor=scene.drafter, need_id=need.pk)
    assert refused.value.code == "need_not_published"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"deadline_at": None}, "deadline is missing"),
        ({"budget": None}, "budget is missing"),
        ({"budget": D("1000000.01")}, "payers give 1,000,000.00 yuan, the budget is 1,000,000.01"),
        ({"ip_terms": "to_be_determined"}, "to be determined"),
        ({"ip_text": ""}, "IP terms are not put in words"),
        ({"summary": ""}, "not described"),
        ({"eligibility": ""}, "Who may bid"),
        ({"criteria": []}, "no criteria"),
        ({"criteria": [{"name": "a", "weight": D("99.99"), "max_score": D(10)}]}, "sum to 99.99"),
        (
            {
                "criteria": [
                    {"name": "a", "weight": D(60), "max_score": D(10)},
                    {"name": "b", "weight": D("40.01"), "max_score": D(5)},
                ]
            },
            "sum to 100.01",
        ),
        ({"gates": []}, "no gates"),
    ],
)
def test_a_challenge_that_is_not_whole_is_refused_with_exactly_what_is_missing(
    db: str, changes: Any, sentence: str
) -> None:
    from django.utils.translation import override

    scene = Scene()
    challenge = scene.draft(**changes)
    with override("en"), pytest.raises(Blocked) as refused:
        actions.submit_for_check(actor=scene.drafter, challenge_id=challenge.pk)
    assert [sentence in str(one.what) for one in refused.value.missing].count(True) == 1
    assert len(refused.value.missing) == 1
    assert refused.value.missing[0].link.startswith(f"/needs/challenges/{challenge.pk}/edit/#")
    assert Challenge.objects.get(pk=challenge.pk).state == "draft"


def test_gates_shares_dates_and_due_indicators_are_asked(db: str) -> None:
    scene = Scene()
    day = clock.today()
    challenge = scene.draft(
        gates=[
            {"stage": "rd", "planned_on": day + dt.timedelta(days=5), "share_percent": D(50), "specifications": []},
            {"stage": "pilot", "planned_on": None, "share_percent": D("49.5"), "specifications": []},
        ]
    )
    with pytest.raises(Blocked) as refused:
        actions.submit_for_check(actor=scene.drafter, challenge_id=challenge.pk)
    # Shares, the R&D gate before the deadline, the pilot gate's day, two must-have indicators due nowhere.
    assert len(refused.value.missing) == 5


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payers": [{"organisation": "nobody", "amount": D(1)}]}, "payers.0.organisation"),
        ({"criteria": [{"name": "a", "weight": D(0), "max_score": D(10)}]}, "criteria.0.weight"),
        (
            {"criteria": [{"name": "a", "weight": D(10), "max_score": D(10), "minimum_mark": D(11)}]},
            "criteria.0.minimum_mark",
        ),
        ({"gates": [{"stage": "moon", "share_percent": D(1)}]}, "gates.0.stage"),
        ({"gates": [{"stage": "rd", "share_percent": D(101)}]}, "gates.0.share_percent"),
        ({"deadline_zone": "Mars/Olympus"}, "deadline_zone"),
        ({"budget": D(0)}, "budget"),
        ({"budget": D("1.001")}, "budget"),
        ({"ip_terms": "whatever"}, "ip_terms"),
        ({"colour": "red"}, "colour"),
        ({"title": " "}, "title"),
    ],
)
def test_bad_values_are_named_by_their_field(db: str, changes: Any, field: str) -> None:
    scene = Scene()
    challenge = scene.draft()
    with pytest.raises(Invalid) as refused:
        edit_challenge(actor=scene.drafter, challenge_id=challenge.pk, version=1, **changes)
    assert field in refused.value.fields
    assert Challenge.objects.get(pk=challenge.pk).version == 1


def test_a_stale_edit_is_refused(db: str) -> None:
    scene = Scene()
    challenge = scene.draft()
    edit_challenge(actor=scene.drafter, challenge_id=challenge.pk, version=1, title="新题目")
    with pytest.raises(Stale):
        edit_challenge(actor=scene.second, challenge_id=challenge.pk, version=1, title="别的题目")
    assert Challenge.objects.get(pk=challenge.pk).title == "新题目"


def test_a_second_person_publishes_and_the_challenge_is_frozen(db: str) -> None:
    scene = Scene()
    challenge = scene.draft()
    actions.submit_for_check(actor=scene.drafter, challenge_id=challenge.pk)
    assert Task.objects.filter(kind="publish_challenge", state="open", organisation=scene.issuer).count() == 1
    with pytest.raises(NotAllowed):
        actions.publish_challenge(actor=scene.drafter, challenge_id=challenge.pk)
    challenge = actions.publish_challenge(actor=scene.second, challenge_id=challenge.pk)
    assert challenge.state == "published"
    assert challenge.frozen_hash == fingerprint(challenge.frozen)
    assert [one["weight"] for one in challenge.frozen["criteria"]] == ["40.00", "35.00", "25.00"]
    assert not Task.objects.filter(kind="publish_challenge", state="open").exists()
    with pytest.raises(WrongState):
        edit_challenge(actor=scene.drafter, challenge_id=challenge.pk, title="改题目")
    with pytest.raises(WrongState):
        actions.publish_challenge(actor=scene.second, challenge_id=challenge.pk)


def test_who_last_edited_does_not_publish_either(db: str) -> None:
    scene = Scene()
    challenge = scene.draft()
    edit_challenge(actor=scene.second, challenge_id=challenge.pk, title="改过的题目")
    actions.submit_for_check(actor=scene.drafter, challenge_id=challenge.pk)
    for person in (scene.drafter, scene.second):
        with pytest.raises(NotAllowed):
            actions.publish_challenge(actor=person, challenge_id=challenge.pk)
    assert (
        actions.publish_challenge(actor=factories.actor(scene.issuer), challenge_id=challenge.pk).state == "published"
    )


def test_a_returned_challenge_goes_back_with_the_reason(db: str) -> None:
    scene = Scene()
    challenge = scene.draft()
    actions.submit_for_check(actor=scene.drafter, challenge_id=challenge.pk)
    with pytest.raises(Invalid):
        actions.return_challenge(actor=scene.second, challenge_id=challenge.pk, reason=" ")
    challenge = actions.return_challenge(actor=scene.second, challenge_id=challenge.pk, reason="预算太少")
    assert (challenge.state, challenge.return_reason) == ("draft", "预算太少")
    assert Notification.objects.filter(person=scene.drafter.person, kind="challenge_returned").count() == 1


def test_drafts_are_hidden_and_published_ones_are_not(db: str) -> None:
    scene = Scene()
    challenge = scene.draft()
    stranger = scene.bidder()
    with pytest.raises(NotFound):
        actions.follow_challenge(actor=stranger, challenge_id=challenge.pk)
    actions.submit_for_check(actor=scene.drafter, challenge_id=challenge.pk)
    actions.publish_challenge(actor=scene.second, challenge_id=challenge.pk)
    assert actions.follow_challenge(actor=stranger, challenge_id=challenge.pk).pk == challenge.pk


def test_a_challenge_of_a_restricted_need_stays_with_its_people(db: str) -> None:
    from needs.queries.challenge import challenges_visible_to

    scene = Scene()
    type(scene.need).objects.filter(pk=scene.need.pk).update(confidentiality="restricted")
    challenge = scene.published()
    assert not challenges_visible_to(scene.bidder()).filter(pk=challenge.pk).exists()
    assert challenges_visible_to(scene.drafter).filter(pk=challenge.pk).exists()


def test_an_addendum_extends_the_deadline_and_tells_bidders_with_drafts_and_followers(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder, follower, other = scene.bidder(), scene.bidder(), scene.bidder()
    scene.drafted_bid(challenge, bidder)
    actions.follow_challenge(actor=follower, challenge_id=challenge.pk)
    later = challenge.deadline_at + dt.timedelta(days=2)
    addendum = actions.issue_addendum(
        actor=scene.second, challenge_id=challenge.pk, text="延期", reason="样品晚到", deadline_at=later
    )
    assert Challenge.objects.get(pk=challenge.pk).deadline_at == later
    assert addendum.number == 1
    assert addendum.changes["deadline_at"]["to"] == later.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    told = set(Notification.objects.filter(kind="addendum").values_list("person_id", flat=True))
    assert told == {bidder.id, follower.id}
    assert other.id not in told
    assert Task.objects.get(kind="finish_bid").due_at == later
    assert Challenge.objects.get(pk=challenge.pk).frozen["deadline_at"] == challenge.frozen["deadline_at"]


def test_a_deadline_never_moves_earlier_and_not_after_it_passed(db: str, frozen_clock: Any) -> None:
    scene = Scene()
    challenge = scene.published()
    with pytest.raises(Invalid):
        actions.issue_addendum(
            actor=scene.second,
            challenge_id=challenge.pk,
            text="提前",
            reason="急",
            deadline_at=challenge.deadline_at - dt.timedelta(seconds=1),
        )
    frozen_clock.set(challenge.deadline_at)
    with pytest.raises(WrongState) as refused:
        actions.issue_addendum(
            actor=scene.second,
            challenge_id=challenge.pk,
            text="延期",
            reason="晚了",
            deadline_at=challenge.deadline_at + dt.timedelta(days=1),
        )
    assert refused.value.code == "deadline_passed"
    assert not Addendum.objects.exists()
    assert Challenge.objects.get(pk=challenge.pk).deadline_at == challenge.deadline_at


def test_addenda_cannot_be_changed_in_the_database(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    addendum = actions.issue_addendum(actor=scene.second, challenge_id=challenge.pk, text="澄清", reason="有人问")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_addendum SET text = 'x' WHERE id = %s", [str(addendum.pk)])


def test_cancelling_needs_a_reason_and_tells(db: str) -> None:
    scene = Scene()
    challenge = scene.published()
    bidder = scene.bidder()
    scene.drafted_bid(challenge, bidder)
    with pytest.raises(Invalid):
        actions.cancel_challenge(actor=scene.second, challenge_id=challenge.pk, reason="")
    assert (
        actions.cancel_challenge(actor=scene.second, challenge_id=challenge.pk, reason="预算取消").state == "cancelled"
    )
    assert Notification.objects.filter(kind="challenge_cancelled", person=bidder.person).count() == 1
    assert not Task.objects.filter(kind="finish_bid", state="open").exists()
