"""Who may do what with challenges, bids, panel and award: one table of people against rules and what they see."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.access import policy
from core.accounts.actor import Actor
from core.accounts.states import Role
from needs.queries.bid import bids_visible_to
from needs.queries.challenge import challenges_visible_to
from needs.queries.review import awards_visible_to, feedback_visible_to, panel_visible_to, sheets_visible_to
from tests import factories
from tests.factories.challenges import Reviewed, Scene

PEOPLE = ["stranger", "other", "bidder", "member", "drafter", "second", "judge", "conflicted", "admin", "seatless"]
CHALLENGE = {
    "needs.edit_challenge": {"member", "drafter", "second"},
    "needs.submit_for_check": {"member", "drafter", "second"},
    "needs.return_challenge": {"drafter", "second"},
    "needs.publish_challenge": {"second"},
    "needs.issue_addendum": {"drafter", "second"},
    "needs.cancel_challenge": {"drafter", "second"},
    "needs.start_bid": {"other", "bidder", "conflicted"},
    "needs.invite_panelist": {"drafter", "second"},
    "needs.propose_award": {"drafter", "second"},
}
BID = {
    "needs.save_bid": {"bidder", "conflicted"},
    "needs.submit_bid": {"bidder"},
    "needs.withdraw_bid": {"bidder"},
    "needs.admit_bid": {"drafter", "second"},
    "needs.exclude_bid": {"drafter", "second"},
    "needs.score_bid": {"judge"},
    "needs.lock_sheet": {"judge"},
    "needs.write_feedback": {"member", "drafter", "second", "judge"},
}
AWARD = {
    "needs.edit_award": {"drafter", "second"},
    "needs.void_award": {"drafter", "second"},
    "needs.sign_award": {"second"},
}


def people(scene: Reviewed) -> dict[str, Actor]:
    """Everyone the table names; `conflicted` is the first bidder's own person with a seat on the panel."""
    return {
        "stranger": Actor.nobody(),
        "other": scene.bidder(),
        "bidder": scene.first_bidder,
        "member": factories.actor(scene.issuer, roles=[Role.MEMBER]),
        "drafter": scene.drafter,
        "second": scene.second,
        "judge": scene.chair,
        "conflicted": factories.actor(scene.first_bidder.organisation, roles=[Role.MEMBER]),
        "admin": factories.operator(),
        "seatless": factories.actor(),
    }


@pytest.fixture
def scene(db: str, frozen_clock: Any) -> Reviewed:
    return Reviewed(frozen_clock).marked()


def test_the_table_of_people_and_rules(scene: Reviewed) -> None:
    award = scene.propose(scene.challenge, scene.first)
    everyone = people(scene)
    assert list(everyone) == PEOPLE
    for table, row in ((CHALLENGE, scene.challenge), (BID, scene.first), (AWARD, award)):
        for rule, allowed in table.items():
            may = {name for name, actor in everyone.items() if policy.can(actor, rule, row)}
            assert may == allowed, rule


def test_what_people_see_after_the_opening_and_before_the_award(scene: Reviewed) -> None:
    scene.propose(scene.challenge, scene.first)
    everyone = people(scene)

    def who(query: Any) -> set[str]:
        return {name for name, actor in everyone.items() if query(actor).exists()}

    assert who(challenges_visible_to) == set(PEOPLE) - {"stranger"}
    assert who(lambda a: bids_visible_to(a).filter(pk=scene.first.pk)) == {
        "bidder",
        "conflicted",
        "member",
        "drafter",
        "second",
        "judge",
    }
    assert who(lambda a: bids_visible_to(a).filter(pk=scene.other.pk)) == {"member", "drafter", "second", "judge"}
    assert who(panel_visible_to) == {"member", "drafter", "second", "judge"}
    assert who(sheets_visible_to) == {"member", "drafter", "second", "judge"}
    assert who(awards_visible_to) == {"member", "drafter", "second", "judge"}
    assert who(feedback_visible_to) == {"member", "drafter", "second"}


def test_every_view_rule_agrees_with_its_query(scene: Reviewed) -> None:
    award = scene.propose(scene.challenge, scene.first)
    seat = scene.seat(scene.challenge, scene.chair)
    pairs = [
        ("needs.view_challenge", challenges_visible_to, scene.challenge), ("needs.view_bid", bids_visible_to, scene.first),
        ("needs.view_award", awards_visible_to, award), ("needs.view_panel_member", panel_visible_to, seat),
    ]  # fmt: skip
    for rule, query, row in pairs:
        for name, actor in people(scene).items():
            assert policy.can(actor, rule, row) is query(actor).filter(pk=row.pk).exists(), (rule, name)


def test_a_machine_client_needs_the_scope_and_never_signs_or_marks(scene: Reviewed) -> None:
    from core.accounts import actions as accounts

    def machine(*scopes: str) -> Actor:
        row = accounts.create_client(
            actor=scene.drafter,
            organisation_id=scene.issuer.pk,
            name="+".join(scopes),
            scopes=list(scopes),
            roles=["signatory"],
        )
        return Actor.for_client(row, frozenset(scopes))

    award = scene.propose(scene.challenge, scene.first)
    reads, writes, blind = machine("needs:read"), machine("needs:read", "needs:write"), machine("chains:read")
    assert [policy.can(one, "needs.view_bid", scene.first) for one in (reads, writes, blind)] == [True, True, False]
    assert [policy.can(one, "needs.edit_challenge", scene.challenge) for one in (reads, writes, blind)] == [
        False,
        True,
        False,
    ]
    for rule, row in (
        ("needs.publish_challenge", scene.challenge),
        ("needs.sign_award", award),
        ("needs.score_bid", scene.first),
        ("needs.cancel_challenge", scene.challenge),
    ):
        assert not policy.can(writes, rule, row), rule


def test_an_issuers_member_who_also_sits_with_a_bidder_reads_no_bid_of_it(db: str, frozen_clock: Any) -> None:
    from core.accounts import services as accounts

    scene = Reviewed(frozen_clock)
    insider = factories.actor(scene.issuer)
    assert bids_visible_to(insider).count() == 2
    accounts.seat(insider.person, scene.first_bidder.organisation, ["member"])
    assert not bids_visible_to(insider).exists()


def test_only_an_opened_challenge_is_closed_by_the_job(db: str, frozen_clock: Any) -> None:
    from needs.tasks.challenge import close_challenges

    scene = Scene()
    challenge = scene.published()
    assert close_challenges() == 0
    frozen_clock.set(challenge.deadline_at - dt.timedelta(microseconds=1))
    assert close_challenges() == 0
    frozen_clock.set(challenge.deadline_at)
    assert close_challenges() == 1
    challenge.refresh_from_db()
    assert (challenge.state, challenge.closed_at) == ("closed", challenge.deadline_at)
