"""A challenge judged without names: no exit tells its judges who bids before the award, and every one may after it."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chains.actions import add_machine
from core import checks, clock
from core.accounts import own_data
from core.accounts.models import Membership
from core.errors import Blocked, Invalid
from needs.actions import award as award_actions
from needs.actions import bid as bid_actions
from needs.actions import challenge as challenge_actions
from needs.actions import consensus as consensus_actions
from needs.actions import details as details_actions
from needs.actions import eligibility as eligibility_actions
from needs.actions import review as review_actions
from needs.models.bid import Bid
from needs.models.review import PanelMember
from tests import factories
from tests.factories.challenges import Scene, save_bid
from tests.needs.test_seal import told

NAMES = [("乙衡研究院", "李明远", "lmy@yiheng.example"), ("Northgate Labs", "Ada Byron", "ada@northgate.example")]


class Nameless(Scene):
    """Two bids opened, with everything that could tell who made the first: team, contact, files, papers, machine, promise, ties."""

    def __init__(self, frozen_clock: Any, name: str, person: str, email: str) -> None:
        super().__init__()
        self.words = (name, person, email)
        draft = self.draft(
            anonymous_bidders=True,
            conditions=[{"text": "具备资质", "paper": "证书"}],
            details={"nda_text": "保密五年。", "text": "几何尺寸。"},
        )
        challenge_actions.submit_for_check(actor=self.drafter, challenge_id=draft.pk)
        self.challenge = challenge_actions.publish_challenge(actor=self.second, challenge_id=draft.pk)
        organisation = factories.organisation(name, kinds=["research_institute"])
        self.solver = factories.actor(organisation, person_=factories.person(person, email=email))
        details_actions.accept_details(actor=self.solver, challenge_id=draft.pk)
        details_actions.open_details(actor=self.solver, challenge_id=draft.pk)
        self.bid = self.handed_in()
        self.other = self.submitted_bid_declared(self.bidder("对手大学"))
        self.chair = self.panelist(self.challenge, is_chair=True)
        self.member = self.panelist(self.challenge)
        self.tied = self.panelist(self.challenge)
        joined = clock.now() - dt.timedelta(days=100)
        Membership.objects.create(
            person_id=self.tied.id, organisation=organisation, roles=["member"], is_active=False, left_at=joined
        )
        assert self.challenge.deadline_at is not None
        frozen_clock.set(self.challenge.deadline_at + dt.timedelta(seconds=1))

    def submitted_bid_declared(self, bidder: Any) -> Bid:
        bid = self.drafted_bid(self.challenge, bidder)
        condition = self.challenge.conditions.get()
        bid = save_bid(
            actor=bidder,
            bid_id=bid.pk,
            version=bid.version,
            declarations=[{"condition": condition.pk, "holds": True}],
        )
        return bid_actions.submit_bid(actor=bidder, bid_id=bid.pk)

    def handed_in(self) -> Bid:
        """The first bid, which says in every field of its own who made it."""
        name, person, email = self.words
        machine = add_machine(actor=self.solver, name="涂布机", model=f"{name}一号")
        bid = self.drafted_bid(self.challenge, self.solver)
        condition = self.challenge.conditions.get()
        bid = save_bid(
            actor=self.solver,
            bid_id=bid.pk,
            version=bid.version,
            team=f"{name}：{person}，{email}",
            contact=email,
            machines=[{"machine": machine.pk, "text": ""}],
            declarations=[{"condition": condition.pk, "holds": True}],
        )
        file = SimpleUploadedFile(f"{name}方案.txt", "方案".encode())
        bid_actions.add_bid_file(actor=self.solver, bid_id=bid.pk, file=file, caption=person)
        return bid_actions.submit_bid(actor=self.solver, bid_id=bid.pk)

    def checked(self) -> None:
        """The formal check, with a paper that is handed in later under the bidder's name."""
        due = clock.now() + dt.timedelta(days=2)
        row = eligibility_actions.ask_supplement(actor=self.second, bid_id=self.bid.pk, text="证书", due_at=due)
        self.supplement = row
        file = SimpleUploadedFile(f"{self.words[0]}证书.txt", "证书".encode())
        eligibility_actions.add_supplement_file(actor=self.solver, supplement_id=row.pk, file=file)
        eligibility_actions.give_supplement(actor=self.solver, supplement_id=row.pk)
        findings = [{"condition": self.challenge.conditions.get().pk, "is_met": True, "note": ""}]
        for bid in (self.bid, self.other):
            eligibility_actions.check_eligibility(actor=self.second, bid_id=bid.pk, findings=findings)
            bid_actions.admit_bid(actor=self.second, bid_id=bid.pk)

    def judged(self) -> None:
        """Marks so far apart on the first bid that the panel must confer."""
        for actor, values in ((self.chair, (34, 29, 19)), (self.member, (23, 19, 10))):
            self.mark(actor, self.bid, *values)
            self.mark(actor, self.other, 25, 20, 12)

    def addresses(self, role: str) -> list[str]:
        """The exits for this challenge: those of the issuer, of a judge, or of a judge who was found to be tied."""
        pk, bid = self.challenge.pk, self.bid.pk
        home, here = f"/needs/challenges/{pk}/", f"/needs/bids/{bid}/"
        file, paper = self.bid.files.get().pk, self.supplement.files.get().pk
        seats = PanelMember.objects.filter(challenge=self.challenge).values_list("pk", flat=True)
        both = [
            *(f"{home}?tab={one}" for one in ("overview", "bids", "review", "award", "history")),
            *(f"{home}review/{one}" for one in ("", "?file=csv")),
            *(f"/needs/bids/{one}" for one in ("", "?file=csv", "?file=xlsx&sort=bidder")),
            *(f"{here}{one}" for one in ("", "consensus/", f"files/{file}/", "feedback/write/")),
            *("/inbox/?tab=notifications", "/alerts/", f"/api/v1/challenges/{pk}/standing/"),
            *(f"/api/v1/bids/{one}" for one in ("", f"{bid}/", f"{bid}/files/{file}/", f"{bid}/receipt/")),
        ]
        if role == "tied":
            return [*both[:2], *(f"/needs/seats/{one}/declare/" for one in seats), "/api/v1/panel-members/", "/"]
        if role == "judge":
            sheets = ("score-sheets", "consensus", "supplements")
            return [*both, f"{here}score/", "/needs/seats/", *(f"/api/v1/{one}/" for one in sheets)]
        return [
            *both,
            *(f"{home}{one}" for one in ("award/propose/", "panel/invite/", "details/openings/?file=csv")),
            *(f"{here}{one}/" for one in ("check", "supplements/ask", "exclude", "feedback")),
            f"{here}receipts/{self.bid.submissions.get().pk}/",
            f"/needs/supplements/files/{paper}/",
            f"/api/v1/supplements/{self.supplement.pk}/files/{paper}/",
            *(f"/needs/seats/{one}/replace/" for one in seats),
            *("/", "/inbox/", "/book/", "/files/"),
            *(f"/api/v1/{one}/" for one in ("panel-members", "details-openings", "supplements", "tasks", "book")),
        ]

    def found(self, client: Any, actor: Any, role: str) -> tuple[dict[str, list[str]], int]:
        """Which exits tell the actor which of the words, and how many opened."""
        client.sign_in(actor.person, actor.organisation)
        tells, opened = {}, 0
        for address in self.addresses(role):
            answer = client.get(address)
            opened += answer.status_code == 200
            said = told(answer)
            if leaked := [one for one in self.words if one in said]:
                tells[address] = leaked
        return tells, opened


@pytest.mark.parametrize(("names", "roles"), [(NAMES[0], ["issuer", "tied"]), (NAMES[1], ["judge"])], ids=["zh", "en"])
def test_no_exit_tells_the_judges_who_bids_before_the_award(
    db: str, frozen_clock: Any, client: Any, names: tuple[str, str, str], roles: list[str]
) -> None:
    scene = Nameless(frozen_clock, *names)
    scene.checked()
    scene.judged()
    checks.watch()
    people = {"issuer": (scene.second, 35), "judge": (scene.chair, 22), "tied": (scene.tied, 4)}
    for role in roles:
        actor, least = people[role]
        tells, opened = scene.found(client, actor, role)
        assert tells == {}, (role, tells)
        assert opened >= least, (role, opened)
    # Who looks for a name finds nothing, and learns nothing from the count.
    client.sign_in(scene.chair.person, scene.chair.organisation)
    assert client.get(f"/api/v1/bids/?search={quote(names[0])}").json()["results"] == []
    assert str(scene.bid.pk) not in told(client.get(f"/needs/bids/?q={quote(names[0])}"))
    row = client.get(f"/api/v1/bids/{scene.bid.pk}/").json()
    assert (row["bidder"], row["team"], row["contact"], row["files"][0]["name"]) == (None, "", "", "")
    assert row["machines"] == [{"machine_id": None, "text": ""}]
    client.sign_in(scene.second.person, scene.second.organisation)
    words = {"text": "年报", "due_at": "2099-01-01T00:00:00Z"}
    done = client.post(f"/api/v1/bids/{scene.bid.pk}/ask-supplement/", words, content_type="application/json")
    assert done.status_code == 201 and not any(one in told(done) for one in names)
    client.sign_in(scene.solver.person, scene.solver.organisation)  # who bids reads the own bid whole
    row = client.get(f"/api/v1/bids/{scene.bid.pk}/").json()
    assert (row["bidder"]["name"], row["contact"]) == (names[0], names[2])
    assert all(one in told(client.get(f"/needs/bids/{scene.bid.pk}/")) for one in names)
    # A refusal and a found tie name nobody.
    former = factories.person(is_expert=True)
    Membership.objects.create(person=former, organisation_id=scene.solver.organisation_id, roles=["member"])
    with pytest.raises(Invalid) as refused:
        review_actions.invite_panelist(actor=scene.second, challenge_id=scene.challenge.pk, person_id=former.pk)
    assert not any(one in str(refused.value.message) for one in names)
    seat = scene.seat(scene.challenge, scene.tied)
    assert seat.state == "conflicted" and not any(one in str(seat.conflicts) for one in names)
    with pytest.raises(Blocked) as apart:
        scene.propose(scene.challenge, scene.bid)
    assert apart.value.missing and not any(one in str(hit.what) for hit in apart.value.missing for one in names)
    # Nor does what a judge takes out of all that is kept about them; the tied one has had a seat there.
    for judge, hidden in ((scene.tied, names[1:]), (scene.chair, names)):
        with zipfile.ZipFile(own_data.packed(judge.person)) as archive:
            kept = archive.read(own_data.NAME).decode()
        assert scene.challenge.code in kept and not any(one in kept for one in hidden)


@pytest.mark.parametrize("names", NAMES, ids=["zh", "en"])
def test_with_the_award_the_names_are_told(
    db: str, frozen_clock: Any, client: Any, names: tuple[str, str, str]
) -> None:
    scene = Nameless(frozen_clock, *names)
    scene.checked()
    scene.judged()
    marks = [{"criterion": one.pk, "value": one.max_score, "note": "一致"} for one in scene.challenge.criteria.all()]
    consensus_actions.record_consensus(actor=scene.chair, bid_id=scene.bid.pk, marks=marks)
    award = scene.propose(scene.challenge, scene.bid)
    award_actions.sign_award(actor=scene.second, award_id=award.pk)
    for actor in (scene.second, scene.chair):
        client.sign_in(actor.person, actor.organisation)
        for address in (f"/needs/bids/{scene.bid.pk}/", f"/api/v1/bids/{scene.bid.pk}/"):
            said = told(client.get(address))
            assert all(one in said for one in names), address
        assert names[0] in told(client.get(f"/needs/challenges/{scene.challenge.pk}/review/?file=csv"))
        assert names[0] in told(client.get("/needs/bids/?file=csv"))
        assert client.get(f"/api/v1/bids/?search={quote(names[0])}").json()["results"]
        assert client.get(f"/needs/bids/{scene.bid.pk}/receipts/{scene.bid.submissions.get().pk}/").status_code == 200


@pytest.mark.parametrize("wanted", [True, False])
def test_the_owner_chooses_it_in_the_draft_and_the_page_says_so(db: str, client: Any, api: Any, wanted: bool) -> None:
    scene = Scene()
    draft = scene.draft()
    client.sign_in(scene.drafter.person)
    box = {"anonymous_bidders": "on"} if wanted else {}
    assert client.post(f"/needs/challenges/{draft.pk}/entry/", {"version": draft.version, **box}).status_code == 302
    draft.refresh_from_db()
    assert draft.anonymous_bidders is wanted
    says = "匿名评审（不显示揭榜方名称）" in told(client.get(f"/needs/challenges/{draft.pk}/"))
    assert says is wanted
    door = api.as_person(scene.drafter.person)
    path = f"challenges/{draft.pk}/"
    other = door.patch(path, {"anonymous_bidders": not wanted}, etag=door.get(path).headers["ETag"])
    assert other.json()["anonymous_bidders"] is not wanted
    challenge_actions.submit_for_check(actor=scene.drafter, challenge_id=draft.pk)
    challenge_actions.publish_challenge(actor=scene.second, challenge_id=draft.pk)
    late = door.patch(path, {"anonymous_bidders": wanted}, etag=door.get(path).headers["ETag"])
    assert late.status_code == 409
