"""The award: order, exception, two signatures, feedback, and the facts for the project."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.accounts import services as accounts
from core.errors import Blocked, Invalid, NotAllowed, NotFound, Stale, WrongState
from core.inbox.models import Notification, Task
from core.outbox.models import Event
from needs.actions import award as actions
from needs.actions import review as review_actions
from needs.models.award import Award, Feedback
from needs.models.bid import Bid
from needs.queries.review import awards_visible_to, feedback_visible_to
from needs.services.award import award_facts, split
from needs.states.award import AWARD, AwardState
from tests import factories
from tests.factories.challenges import Reviewed

D = Decimal
MOVES = {
    "edit_award": {"proposed": "proposed"},
    "sign_award": {"proposed": "signed"},
    "void_award": {"proposed": "voided"},
}


@pytest.mark.parametrize("state", AwardState.values)
@pytest.mark.parametrize("move", MOVES)
def test_every_state_against_every_move(state: str, move: str) -> None:
    if state in MOVES[move]:
        assert AWARD.after(state, move) == MOVES[move][state]
    else:
        with pytest.raises(WrongState):
            AWARD.after(state, move)


def test_no_award_before_every_sheet_is_locked(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    scene.mark(scene.chair, scene.first, 31, 27, 17)
    with pytest.raises(Blocked) as refused:
        scene.propose(scene.challenge, scene.first)
    assert len(refused.value.missing) == 2
    assert {str(one.who) for one in refused.value.missing} == {str(scene.chair.person), str(scene.member.person)}


def test_a_second_person_signs_and_everything_follows(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    assert (award.state, award.rank, award.breaks_order) == ("proposed", 1, False)
    with pytest.raises(NotAllowed):
        actions.sign_award(actor=scene.drafter, award_id=award.pk)
    award = actions.sign_award(actor=scene.second, award_id=award.pk, version=award.version)
    assert (award.state, award.signed_by) == ("signed", scene.second.person)
    scene.challenge.refresh_from_db()
    assert scene.challenge.state == "awarded"
    assert dict(Bid.objects.values_list("bidder__name", "state")) == {"乙研究院": "awarded", "丙大学": "not_awarded"}
    event = Event.objects.get(name="needs.award_signed")
    assert event.payload == {
        "award_id": str(award.pk),
        "challenge_id": str(scene.challenge.pk),
        "bid_id": str(scene.first.pk),
        "need_id": str(scene.need.pk),
    }
    assert award.signatures.filter(voided_at__isnull=True).count() == 2
    assert not Task.objects.filter(object_id=scene.challenge.pk, state="open").exists()
    with pytest.raises(WrongState):
        actions.sign_award(actor=factories.actor(scene.issuer), award_id=award.pk)


def test_every_bidder_gets_own_marks_rank_and_words(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    assert not feedback_visible_to(scene.second_bidder).exists()
    actions.sign_award(actor=scene.second, award_id=award.pk)
    mine = feedback_visible_to(scene.second_bidder).get()
    assert (mine.rank, mine.of, mine.verdict, mine.text) == (2, 2, "not_awarded", "谢谢参与。")
    assert [one["mean"] for one in mine.marks] == ["28.00", "25.00", "16.00"]
    assert feedback_visible_to(scene.first_bidder).get().verdict == "awarded"
    told = Notification.objects.filter(kind="bid_feedback")
    assert set(told.values_list("person_id", flat=True)) == {scene.first_bidder.id, scene.second_bidder.id}


def test_signing_lists_the_feedback_that_is_not_written(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first, feedback={str(scene.first.pk): "很好"})
    with pytest.raises(Blocked) as refused:
        actions.sign_award(actor=scene.second, award_id=award.pk)
    assert ["丙大学" in str(one.what) for one in refused.value.missing] == [True]
    # The chair may write it as well.
    actions.write_feedback(actor=scene.chair, bid_id=scene.other.pk, text="充电时间很好，能量密度还差 1.9%。")
    assert actions.sign_award(actor=scene.second, award_id=award.pk).state == "signed"


def test_passing_over_a_better_bid_needs_its_reason(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    with pytest.raises(Invalid) as refused:
        scene.propose(scene.challenge, scene.other)
    assert (refused.value.code, refused.value.field) == ("order_broken", "exception_reason")
    assert not Award.objects.exists()
    award = scene.propose(scene.challenge, scene.other, exception_reason="第一名的设备不可用")
    assert (award.rank, award.breaks_order, award.exception_reason) == (2, True, "第一名的设备不可用")
    assert actions.sign_award(actor=scene.second, award_id=award.pk).state == "signed"
    scene.first.refresh_from_db()
    assert scene.first.state == "not_awarded"


def test_a_bid_below_a_minimum_mark_is_never_awarded(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock)
    for judge in (scene.chair, scene.member):
        scene.mark(judge, scene.first, 35, 12, 20)  # fit 12 of 30 lies below 18
        scene.mark(judge, scene.other, 22, 18, 5)
    with pytest.raises(Invalid) as refused:
        scene.propose(scene.challenge, scene.first, exception_reason="总分最高")
    assert refused.value.field == "bid_id"
    award = scene.propose(scene.challenge, scene.other)
    assert (award.rank, award.breaks_order) == (1, False)
    actions.sign_award(actor=scene.second, award_id=award.pk)
    assert Feedback.objects.get(bid=scene.first).verdict == "below_minimum"


@pytest.mark.parametrize("amount", ["0", "-1", "1000000.01", "1.001"])
def test_the_amount_stays_within_the_budget(db: str, frozen_clock: Any, amount: str) -> None:
    scene = Reviewed(frozen_clock).marked()
    with pytest.raises(Invalid) as refused:
        scene.propose(scene.challenge, scene.first, amount=D(amount))
    assert refused.value.field == "amount"


def test_any_change_voids_the_signatures(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    award = actions.edit_award(
        actor=scene.second, award_id=award.pk, version=award.version, changes={"amount": D("850000.00")}
    )
    assert award.amount == D("850000.00")
    assert [one.person_id for one in award.signatures.filter(voided_at__isnull=True)] == [scene.second.id]
    # Who changed it is now the first signer; the former proposer may be the second.
    with pytest.raises(NotAllowed):
        actions.sign_award(actor=scene.second, award_id=award.pk)
    with pytest.raises(Stale):
        actions.sign_award(actor=scene.drafter, award_id=award.pk, version=award.version - 1)
    assert actions.sign_award(actor=scene.drafter, award_id=award.pk).state == "signed"


def test_two_second_signatures_at_one_instant_are_one(db: str, frozen_clock: Any, in_threads: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    third = factories.actor(scene.issuer)
    answers = in_threads(2, lambda n: actions.sign_award(actor=(scene.second, third)[n], award_id=award.pk))
    assert sorted(isinstance(one, WrongState) for one in answers) == [False, True], answers
    assert Event.objects.filter(name="needs.award_signed").count() == 1


def test_a_voided_proposal_awards_nothing(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    with pytest.raises(WrongState):
        scene.propose(scene.challenge, scene.first)
    with pytest.raises(Invalid):
        actions.void_award(actor=scene.second, award_id=award.pk, reason="")
    assert actions.void_award(actor=scene.second, award_id=award.pk, reason="再议").state == "voided"
    assert scene.propose(scene.challenge, scene.first).state == "proposed"


def test_racing_awards_several_and_the_sum_stays_within_the_budget(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    type(scene.challenge).objects.filter(pk=scene.challenge.pk).update(race_mode=True)
    one = scene.propose(scene.challenge, scene.first, amount=D("600000.00"))
    with pytest.raises(Invalid):
        scene.propose(scene.challenge, scene.other, amount=D("400000.01"))
    two = scene.propose(scene.challenge, scene.other, amount=D("400000.00"))
    actions.sign_award(actor=scene.second, award_id=one.pk)
    scene.challenge.refresh_from_db()
    assert scene.challenge.state == "under_review"
    actions.sign_award(actor=scene.second, award_id=two.pk)
    assert set(Bid.objects.values_list("state", flat=True)) == {"awarded"}


def test_a_signatory_tied_to_a_bidder_neither_proposes_nor_signs(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    accounts.seat(scene.second.person, scene.first_bidder.organisation, ["member"])
    award = scene.propose(scene.challenge, scene.first)
    with pytest.raises((NotAllowed, NotFound)):
        actions.sign_award(actor=scene.second, award_id=award.pk)


def test_proposals_are_seen_by_issuer_and_panel_and_signed_awards_by_all(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    stranger = scene.bidder()
    assert [
        awards_visible_to(one).exists()
        for one in (scene.second, scene.chair, scene.first_bidder, stranger, factories.operator())
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]
    actions.sign_award(actor=scene.second, award_id=award.pk)
    assert awards_visible_to(stranger).exists()


def test_a_late_recusal_blocks_the_signature_until_the_seat_is_clear(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    scene.panelist(scene.challenge, declares=False)
    with pytest.raises(Blocked):
        actions.sign_award(actor=scene.second, award_id=award.pk)
    newcomer = scene.challenge.panel.get(state="invited")
    review_actions.replace_panelist(actor=scene.second, seat_id=newcomer.pk, reason="来不及")
    assert actions.sign_award(actor=scene.second, award_id=award.pk).state == "signed"


@pytest.mark.parametrize(
    ("amount", "percents", "parts"),
    [
        ("900000.00", [30, 30, 40], ["270000.00", "270000.00", "360000.00"]),
        ("100.00", ["33.33", "33.33", "33.34"], ["33.33", "33.33", "33.34"]),
        ("0.01", [30, 30, 40], ["0.00", "0.00", "0.01"]),
        ("0.10", ["33.33", "33.33", "33.34"], ["0.03", "0.03", "0.04"]),
        ("1000000.01", ["33.33", "33.33", "33.34"], ["333300.00", "333300.00", "333400.01"]),
    ],
)
def test_the_amounts_of_the_gates_sum_to_the_award_to_the_fen(
    amount: str, percents: list[Any], parts: list[str]
) -> None:
    made = split(D(amount), [D(one) for one in percents])
    assert made == [D(one) for one in parts]
    assert sum(made) == D(amount)


def test_award_facts_hold_what_a_project_is_made_from(db: str, frozen_clock: Any) -> None:
    scene = Reviewed(frozen_clock).marked()
    award = scene.propose(scene.challenge, scene.first)
    actions.sign_award(actor=scene.second, award_id=award.pk)
    facts = award_facts(award.pk)
    assert (facts.bidder, facts.owner, facts.issuer, facts.amount) == (
        scene.first_bidder.organisation,
        scene.issuer,
        scene.issuer,
        D("900000.00"),
    )
    assert [(one.stage, one.amount) for one in facts.gates] == [
        ("rd", D("270000.00")),
        ("pilot", D("270000.00")),
        ("mass_production", D("360000.00")),
    ]
    assert all(len(one.specification_ids) == 3 and one.planned_on for one in facts.gates)
    assert [one.specification.name for one in facts.commitments if one.value == D(262)] == ["能量密度"]
    assert sum(amount for _payer, amount in facts.payers) == D("1000000.00")
