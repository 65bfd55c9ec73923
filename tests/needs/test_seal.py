"""The seal: one second before the deadline nobody else reads a bid, by any exit; one second after, only those who may."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.accounts.actor import Actor
from core.accounts.states import Role
from core.book.models import Body
from core.inbox.models import Notification, Task
from core.outbox.models import Event
from core.search.models import Document
from core.search.queries import search
from needs.actions import bid as bid_actions
from needs.actions import challenge as challenge_actions
from needs.models.bid import Bid
from needs.queries.bid import bid_files_visible_to, bids_visible_to, submissions_visible_to
from needs.queries.review import progress, standing, standing_for
from needs.services.challenge import close_due
from tests import factories
from tests.factories.challenges import Scene, save_bid

SECRET = "绝密钌基电解液配方"
NAME = "封存研究院"


class Sealed(Scene):
    """One submitted bid with a secret in it, and everyone who would like to read it."""

    def __init__(self) -> None:
        super().__init__()
        self.challenge = self.published()
        self.owner = self.bidder(NAME)
        self.rival = self.bidder("对手大学")
        self.submitted_bid(self.challenge, self.rival)
        self.bid = self.drafted_bid(self.challenge, self.owner)
        self.bid = save_bid(actor=self.owner, bid_id=self.bid.pk, plan=SECRET)
        self.bid = bid_actions.add_bid_file(
            actor=self.owner, bid_id=self.bid.pk, file=SimpleUploadedFile("secret.txt", SECRET.encode())
        )
        self.bid = bid_actions.submit_bid(actor=self.owner, bid_id=self.bid.pk)
        self.judge = self.panelist(self.challenge, is_chair=True)
        self.conflicted = factories.actor(self.owner.organisation, roles=[Role.MEMBER])
        self.admin = factories.operator([Role.ADMIN, Role.APPROVER, Role.SIGNATORY])
        self.stranger = factories.actor(factories.organisation())
        django_admin = factories.member(self.admin.organisation)
        type(django_admin).objects.filter(pk=django_admin.pk).update(is_superuser=True, is_staff=True)
        django_admin.refresh_from_db()
        self.superuser = Actor.for_person(django_admin)
        assert self.challenge.deadline_at is not None
        self.deadline = self.challenge.deadline_at

    @property
    def outsiders(self) -> dict[str, Actor]:
        """Everyone but the bidder's own organisation."""
        return {
            "drafter": self.drafter,
            "second": self.second,
            "judge": self.judge,
            "admin": self.admin,
            "superuser": self.superuser,
            "stranger": self.stranger,
            "rival": self.rival,
            "system": Actor.system(),
        }

    @property
    def addresses(self) -> list[str]:
        """Every page and API address that could show the bid."""
        bid, file, submission = self.bid.pk, self.bid.files.get().pk, self.bid.submissions.get().pk
        challenge = self.challenge.pk
        return [
            f"/needs/bids/{bid}/",
            f"/needs/bids/{bid}/edit/",
            f"/needs/bids/{bid}/preview/",
            f"/needs/bids/{bid}/files/{file}/",
            f"/needs/bids/{bid}/receipts/{submission}/",
            f"/needs/bids/{bid}/score/",
            f"/needs/bids/{bid}/exclude/",
            f"/needs/bids/{bid}/feedback/",
            f"/needs/bids/{bid}/feedback/write/",
            "/needs/bids/",
            "/needs/bids/?file=csv",
            "/needs/bids/?file=xlsx",
            f"/needs/bids/?q={NAME}",
            "/needs/challenges/",
            "/needs/challenges/?file=csv",
            f"/needs/challenges/{challenge}/",
            f"/needs/challenges/{challenge}/?tab=bids",
            f"/needs/challenges/{challenge}/?tab=review",
            f"/needs/challenges/{challenge}/?tab=award",
            f"/needs/challenges/{challenge}/?tab=history",
            f"/needs/challenges/{challenge}/review/",
            f"/needs/challenges/{challenge}/review/?file=csv",
            f"/needs/challenges/{challenge}/award/propose/",
            "/needs/seats/",
            "/inbox/",
            f"/search/?q={SECRET[:6]}",
            f"/search/?q={NAME}",
            "/book/",
            "/alerts/",
            "/files/",
            "/files/?file=csv",
            f"/files/?q={NAME}",
            "/",
            f"/api/v1/bids/{bid}/",
            f"/api/v1/bids/{bid}/receipt/",
            f"/api/v1/bids/{bid}/files/{file}/",
            "/api/v1/bids/",
            f"/api/v1/bids/?challenge={challenge}",
            f"/api/v1/bids/?search={NAME}",
            f"/api/v1/challenges/{challenge}/",
            "/api/v1/challenges/",
            f"/api/v1/challenges/{challenge}/standing/",
            "/api/v1/score-sheets/",
            "/api/v1/awards/",
            "/api/v1/feedback/",
            "/api/v1/panel-members/",
            f"/api/v1/search/?q={NAME}",
            "/api/v1/tasks/",
            "/api/v1/notifications/",
            "/api/v1/book/",
        ]


@pytest.fixture
def sealed(db: str, frozen_clock: Any) -> Sealed:
    scene = Sealed()
    frozen_clock.set(scene.deadline - dt.timedelta(seconds=1))
    return scene


def told(answer: Any) -> str:
    """Everything an answer says, headers included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace") + json.dumps(dict(answer.headers), ensure_ascii=False)


def leaks(text: str, scene: Sealed, *, names: bool = True) -> bool:
    """Whether the text tells anything of the bid: its secret, its receipt, its file, its bidder's name."""
    file = scene.bid.files.get().file
    words = [
        SECRET,
        file.name,
        file.sha256,
        scene.bid.receipt_hash,
        scene.bid.receipt_hash[:16],
        *([NAME] if names else []),
    ]
    return any(word in text for word in words)


def test_one_second_before_nobody_but_the_bidder_sees_it_in_the_query_layer(sealed: Sealed) -> None:
    for name, actor in sealed.outsiders.items():
        assert not bids_visible_to(actor).filter(pk=sealed.bid.pk).exists(), name
        assert not bid_files_visible_to(actor).filter(bid=sealed.bid).exists(), name
        assert not submissions_visible_to(actor).filter(bid=sealed.bid).exists(), name
        assert standing_for(actor, sealed.challenge) == [], name
    assert bids_visible_to(sealed.owner).get().plan == SECRET
    assert standing(sealed.challenge) == []
    assert (progress(sealed.challenge).bids, progress(sealed.challenge).wanted) == (0, 0)


@pytest.mark.parametrize("who", ["drafter", "second", "judge", "admin", "superuser", "stranger", "rival"])
@pytest.mark.req("R015")
def test_one_second_before_no_address_tells_anything(sealed: Sealed, client: Any, who: str) -> None:
    actor = sealed.outsiders[who]
    # Whose name is in a list of organisations to pick from says nothing; the pages here hold none.
    client.sign_in(actor.person, actor.organisation)
    reached = 0
    for address in sealed.addresses:
        answer = client.get(address)
        # What one asks for stands in the page again; the question is not the answer.
        text = (
            told(answer).replace(f'value="{NAME}"', "").replace(f"?q={NAME}", "")
            if "q=" in address or "search=" in address
            else told(answer)
        )
        if "q=" in address or "search=" in address:
            assert SECRET not in text and sealed.bid.receipt_hash[:16] not in text, address
            assert str(sealed.bid.pk) not in text, address
        else:
            assert not leaks(text, sealed), address
        if str(sealed.bid.pk) in address:
            assert answer.status_code == 404, address
        reached += answer.status_code == 200
    assert reached >= 5


def test_one_second_before_the_own_organisation_reads_it_by_page_and_api(sealed: Sealed, client: Any, api: Any) -> None:
    client.sign_in(sealed.owner.person)
    assert SECRET in told(client.get(f"/needs/bids/{sealed.bid.pk}/"))
    assert SECRET in told(client.get(f"/needs/bids/{sealed.bid.pk}/files/{sealed.bid.files.get().pk}/"))
    door = api.as_person(sealed.owner.person)
    assert door.get(f"bids/{sealed.bid.pk}/").json()["plan"] == SECRET
    assert len(door.get("bids/").json()["results"]) == 1


def test_one_second_before_no_operation_reaches_it(sealed: Sealed, api: Any) -> None:
    for who in ("drafter", "judge", "admin", "stranger", "rival"):
        actor = sealed.outsiders[who]
        door = api.as_person(actor.person, actor.organisation)
        for path, body in (
            ("submit", {}),
            ("withdraw", {}),
            ("admit", {}),
            ("exclude", {"reason": "x"}),
            ("score", {"scores": []}),
            ("lock", {}),
            ("write-feedback", {"text": "x"}),
            ("remove-file", {"bid_file_id": str(sealed.bid.files.get().pk)}),
        ):
            answer = door.post(f"bids/{sealed.bid.pk}/{path}/", body)
            assert answer.status_code == 404, (who, path, answer.status_code)
        assert door.patch(f"bids/{sealed.bid.pk}/", {"plan": "x"}, etag='"3"').status_code == 404
    assert Bid.objects.get(pk=sealed.bid.pk).state == "submitted"


def test_one_second_before_counts_tell_nothing(sealed: Sealed, client: Any) -> None:
    """A challenge with bids and one without look alike to everyone else."""
    empty = sealed.published()
    for who in ("drafter", "judge", "admin", "stranger"):
        actor = sealed.outsiders[who]
        client.sign_in(actor.person, actor.organisation)
        pages = []
        for challenge in (sealed.challenge, empty):
            shown = client.get(f"/api/v1/challenges/{challenge.pk}/").json()
            pages.append(
                {
                    key: value
                    for key, value in shown.items()
                    if ("count" in key or "bid" in key) and key != "anonymous_bidders"
                }
            )
        assert pages[0] == pages[1] == {}


def test_one_second_before_search_book_events_and_inbox_name_it_nowhere(sealed: Sealed) -> None:
    assert not Document.objects.filter(object_type__in=["needs.bid", "needs.bidsubmission"]).exists()
    assert not any(leaks(f"{row.title} {row.text}", sealed) for row in Document.objects.all())
    for actor in sealed.outsiders.values():
        assert not [row for row in search(actor, SECRET) if row.object_id == sealed.bid.pk]
    for body in Body.objects.exclude(organisation=sealed.owner.organisation):
        assert not leaks(bytes(body.content).decode(), sealed), body.operation
    # What the bidder did is booked on the bid alone, so no history that others read holds it.
    touched = {body.object_type for body in Body.objects.filter(organisation=sealed.owner.organisation)}
    assert touched == {"needs.bid"}
    assert not any(SECRET in bytes(body.content).decode() for body in Body.objects.all())
    assert not any(str(sealed.bid.pk) in json.dumps(event.payload) for event in Event.objects.all())
    members = set(sealed.owner.organisation.memberships.values_list("person_id", flat=True))
    about = [
        row
        for row in Notification.objects.all()
        if leaks(f"{row.title} {row.params} {row.body} {row.link}", sealed) or str(sealed.bid.pk) in row.link
    ]
    assert {row.person_id for row in about} <= members
    tasks = [row for row in Task.objects.all() if str(sealed.bid.pk) in f"{row.link}{row.key}"]
    assert {row.organisation_id for row in tasks} <= {sealed.owner.organisation_id}


def test_before_the_deadline_an_addendum_reaches_bidders_without_naming_them_to_each_other(sealed: Sealed) -> None:
    challenge_actions.issue_addendum(
        actor=sealed.second, challenge_id=sealed.challenge.pk, text="澄清测试方法", reason="有人问"
    )
    for row in Notification.objects.filter(kind="addendum"):
        assert not leaks(f"{row.title} {row.params} {row.body} {row.link} {row.why}", sealed)


@pytest.mark.parametrize("job_has_run", [False, True])
def test_one_second_after_only_those_who_may_read_it(
    sealed: Sealed, frozen_clock: Any, client: Any, job_has_run: bool
) -> None:
    frozen_clock.set(sealed.deadline + dt.timedelta(seconds=1))
    if job_has_run:
        assert close_due() == 1
    may = {"drafter", "second", "judge"}
    for name, actor in sealed.outsiders.items():
        if name == "system":
            continue
        assert bids_visible_to(actor).filter(pk=sealed.bid.pk).exists() is (name in may), name
        client.sign_in(actor.person, actor.organisation)
        answer = client.get(f"/needs/bids/{sealed.bid.pk}/")
        assert (answer.status_code == 200, SECRET in told(answer)) == (name in may, name in may), name
        answer = client.get(f"/api/v1/bids/{sealed.bid.pk}/")
        assert answer.status_code == (200 if name in may else 404), name
        file = client.get(f"/needs/bids/{sealed.bid.pk}/files/{sealed.bid.files.get().pk}/")
        assert (file.status_code == 200) is (name in may), name
        listed = client.get("/needs/bids/?file=csv")
        assert (NAME in told(listed)) is (name in may), name
        for address in sealed.addresses:
            if (
                name not in may
                and "q=" not in address
                and "search=" not in address
                and str(sealed.bid.pk) not in address
            ):
                assert not leaks(told(client.get(address)), sealed), (name, address)


def test_in_the_instant_of_the_deadline_it_opens_and_not_a_microsecond_before(
    sealed: Sealed, frozen_clock: Any
) -> None:
    frozen_clock.set(sealed.deadline - dt.timedelta(microseconds=1))
    assert not bids_visible_to(sealed.judge).exists()
    frozen_clock.set(sealed.deadline)
    assert bids_visible_to(sealed.judge).count() == 2


def test_drafts_and_withdrawn_bids_are_never_opened(sealed: Sealed, frozen_clock: Any) -> None:
    late = sealed.bidder()
    draft = sealed.drafted_bid(sealed.challenge, late)
    bid_actions.withdraw_bid(actor=sealed.rival, bid_id=Bid.objects.get(bidder=sealed.rival.organisation).pk)
    frozen_clock.set(sealed.deadline + dt.timedelta(days=300))
    for actor in (sealed.drafter, sealed.judge, sealed.admin):
        seen = bids_visible_to(actor)
        assert not seen.filter(pk=draft.pk).exists()
        assert not seen.filter(bidder=sealed.rival.organisation).exists()
    assert bids_visible_to(sealed.judge).count() == 1


def test_a_challenge_cancelled_before_its_deadline_stays_sealed_for_ever(sealed: Sealed, frozen_clock: Any) -> None:
    challenge_actions.cancel_challenge(actor=sealed.second, challenge_id=sealed.challenge.pk, reason="不做了")
    frozen_clock.set(sealed.deadline + dt.timedelta(days=300))
    for name, actor in sealed.outsiders.items():
        assert not bids_visible_to(actor).filter(pk=sealed.bid.pk).exists(), name
    assert bids_visible_to(sealed.owner).exists()


def test_an_extended_deadline_extends_the_seal(sealed: Sealed, frozen_clock: Any) -> None:
    challenge_actions.issue_addendum(
        actor=sealed.second,
        challenge_id=sealed.challenge.pk,
        text="延期",
        reason="样品",
        deadline_at=sealed.deadline + dt.timedelta(hours=1),
    )
    frozen_clock.set(sealed.deadline + dt.timedelta(seconds=1))
    assert not bids_visible_to(sealed.judge).exists()
    frozen_clock.set(sealed.deadline + dt.timedelta(hours=1))
    assert bids_visible_to(sealed.judge).count() == 2


def test_a_machine_client_reads_only_what_its_organisation_and_scopes_allow(
    sealed: Sealed, frozen_clock: Any, api: Any
) -> None:
    from core.accounts import actions as accounts

    def client_of(actor: Actor, scopes: list[str]) -> Any:
        return accounts.create_client(
            actor=actor, organisation_id=actor.organisation_id, name="集成", scopes=scopes, roles=[]
        )

    own = client_of(sealed.owner, ["needs:read"])
    issuer = client_of(sealed.drafter, ["needs:read"])
    blind = client_of(sealed.owner, ["chains:read"])
    assert api.as_machine(own).get(f"bids/{sealed.bid.pk}/").status_code == 200
    assert api.as_machine(issuer).get(f"bids/{sealed.bid.pk}/").status_code == 404
    assert api.as_machine(blind).get(f"bids/{sealed.bid.pk}/").status_code == 403
    frozen_clock.set(sealed.deadline)
    assert api.as_machine(issuer).get(f"bids/{sealed.bid.pk}/").status_code in {200, 401}


def test_the_challenges_own_history_names_no_bidder_after_the_opening(
    sealed: Sealed, frozen_clock: Any, client: Any
) -> None:
    frozen_clock.set(sealed.deadline)
    close_due()
    for body in Body.objects.filter(object_id=sealed.challenge.pk):
        assert not leaks(bytes(body.content).decode(), sealed)
    client.sign_in(sealed.stranger.person)
    assert not leaks(told(client.get(f"/needs/challenges/{sealed.challenge.pk}/?tab=history")), sealed)
