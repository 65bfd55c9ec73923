"""The confidential part of a challenge: read after the promise alone, by no other exit, and every reading is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.accounts.states import Role
from core.book.models import Body
from core.command.models import CommandRecord
from core.inbox.models import Notification
from core.outbox.models import Event
from core.search.models import Document
from needs.actions import challenge as challenge_actions
from needs.actions import details as actions
from needs.models.details import DetailsAcceptance, DetailsOpening
from tests import factories
from tests.factories.challenges import Scene
from tests.needs.test_seal import told

SECRET = "绝密隔膜孔隙率四十七"
FILE = "jueyi-geometry.txt"
NDA = "我方对所阅内容保密五年。"


class Gated(Scene):
    """A published challenge whose details hold a text and a file, and everyone who would like to read them."""

    def __init__(self, **changes: Any) -> None:
        super().__init__()
        draft = self.draft(details={"nda_text": NDA, "text": SECRET}, **changes)
        file = SimpleUploadedFile(FILE, f"{SECRET} 附件".encode())
        actions.add_details_file(actor=self.drafter, challenge_id=draft.pk, file=file)
        challenge_actions.submit_for_check(actor=self.drafter, challenge_id=draft.pk)
        self.challenge = challenge_actions.publish_challenge(actor=self.second, challenge_id=draft.pk)
        self.solver = self.bidder("守密研究院")
        self.colleague = factories.actor(self.solver.organisation, roles=[Role.MEMBER])
        self.rival = self.bidder("对手大学")
        self.admin = factories.operator([Role.ADMIN, Role.SIGNATORY])
        self.judge = self.panelist(self.challenge, is_chair=True)
        self.file = self.challenge.details.files.get()
        self.here = f"/needs/challenges/{self.challenge.pk}/details/"
        self.rest = f"challenges/{self.challenge.pk}"

    @property
    def addresses(self) -> list[str]:
        """Every exit through which a challenge, or what is made of it, leaves."""
        pk = self.challenge.pk
        tabs = ("overview", "indicators", "questions", "bids", "review", "award", "history")
        words = SECRET[:6]
        return [
            self.here,
            f"{self.here}files/{self.file.pk}/",
            f"{self.here}openings/",
            *(f"/needs/challenges/{pk}/?tab={one}" for one in tabs),
            *(f"/needs/challenges/?{one}" for one in ("file=csv", "file=xlsx", f"q={words}")),
            f"/needs/{self.need.pk}/",
            f"/needs/?q={words}",
            f"/search/?q={words}",
            "/",
            "/inbox/",
            "/inbox/?tab=notifications",
            "/book/",
            "/files/",
            "/files/?file=csv",
            "/alerts/",
            f"/api/v1/challenges/{pk}/",
            f"/api/v1/challenges/?search={words}",
            f"/api/v1/challenges/{pk}/agreement/",
            f"/api/v1/challenges/{pk}/details-files/{self.file.pk}/",
            f"/api/v1/search/?q={words}",
            "/api/v1/details-openings/",
            "/api/v1/book/",
            "/api/v1/notifications/",
            "/api/v1/tasks/",
            f"/needs/challenges/{pk}/edit/",
            f"/needs/challenges/{pk}/entry/",
        ]


@pytest.fixture
def gated(db: str) -> Gated:
    return Gated()


def secret_in(text: str) -> bool:
    """Whether anything of the details stands in what is told."""
    digest = hashlib.sha256(f"{SECRET} 附件".encode()).hexdigest()
    return any(word in text for word in (SECRET, "孔隙率", FILE, digest))


def test_without_the_promise_no_exit_tells_a_word(gated: Gated, client: Any, api: Any) -> None:
    for actor in (gated.solver, gated.rival, gated.admin, gated.judge):
        client.sign_in(actor.person, actor.organisation)
        reached = 0
        for address in gated.addresses:
            answer = client.get(address)
            text = told(answer).replace(f'value="{SECRET[:6]}"', "")
            assert not secret_in(text), (actor.label, address)
            reached += answer.status_code == 200
        assert reached > 15
        assert client.post(f"{gated.here}open/").status_code == 403
        door = api.as_person(actor.person, actor.organisation)
        assert door.post(f"{gated.rest}/open-details/").status_code == 403
    # What is derived from it: documents, their weights, news, messages, the frozen record, other people's histories.
    gated.challenge.refresh_from_db()
    derived = [f"{one.title}{one.text}{json.dumps(one.weights)}" for one in Document.objects.all()]
    derived += [json.dumps(one.payload) for one in Event.objects.all()]
    derived += [f"{one.title}{one.params}{one.body}" for one in Notification.objects.all()]
    derived += [json.dumps(gated.challenge.frozen, ensure_ascii=False)]
    derived += [bytes(one.content).decode() for one in Body.objects.all() if one.operation != "add_details_file"]
    derived += [json.dumps(one.outcome, ensure_ascii=False) for one in CommandRecord.objects.all()]
    assert not any(secret_in(one) for one in derived)
    assert gated.challenge.frozen["details"]["nda_sha256"] == hashlib.sha256(NDA.encode()).hexdigest()
    assert DetailsOpening.objects.count() == 0


def test_after_the_promise_it_opens_and_the_issuer_reads_who_opened_what_when(
    gated: Gated, client: Any, api: Any
) -> None:
    client.sign_in(gated.colleague.person)
    assert "我已阅读协议" not in client.get(gated.here).content.decode()  # a member without a signature
    assert client.post(f"{gated.here}accept/", {"accepts": "on"}).status_code == 403
    client.sign_in(gated.solver.person)
    page = client.get(gated.here).content.decode()
    assert NDA in page and "我已阅读协议" in page
    digest = hashlib.sha256(NDA.encode()).hexdigest()
    assert client.post(f"{gated.here}accept/", {"nda_sha256": digest}).status_code == 422
    assert client.post(f"{gated.here}accept/", {"accepts": "on", "nda_sha256": "0" * 64}).status_code == 412
    assert client.post(f"{gated.here}accept/", {"accepts": "on", "nda_sha256": digest}).status_code == 302
    accepted = DetailsAcceptance.objects.get()
    assert (accepted.organisation, accepted.nda_sha256) == (gated.solver.organisation, digest)
    # Once for the organisation: its members read, each reading with their own name.
    client.sign_in(gated.colleague.person)
    assert SECRET not in client.get(gated.here).content.decode()
    assert SECRET in client.post(f"{gated.here}open/").content.decode()
    door = api.as_person(gated.solver.person)
    opened = door.post(f"{gated.rest}/open-details/").json()
    assert (opened["text"], opened["files"][0]["name"]) == (SECRET, FILE)
    assert SECRET in told(client.get(f"{gated.here}files/{gated.file.pk}/"))
    client.sign_in(gated.second.person)
    log = client.get(f"{gated.here}openings/").content.decode()
    assert log.count("守密研究院") == 4 and FILE in log  # accepted once, opened three times
    assert gated.colleague.person.name in log
    rows = api.as_person(gated.second.person).get("details-openings/").json()["results"]
    assert [bool(one["file_id"]) for one in rows] == [True, False, False]
    csv = told(client.get(f"{gated.here}openings/?file=csv"))
    assert csv.count("守密研究院") == 3
    # The issuer reads its own words unlogged; a rival learns neither the text nor that others are interested.
    assert SECRET in client.post(f"{gated.here}open/").content.decode()
    assert DetailsOpening.objects.count() == 3
    client.sign_in(gated.rival.person)
    for address in (gated.here, f"{gated.here}openings/", f"/needs/challenges/{gated.challenge.pk}/?tab=history"):
        assert "守密研究院" not in client.get(address).content.decode()
    assert api.as_person(gated.rival.person).get("details-openings/").json()["results"] == []
    with pytest.raises(Exception, match="permission denied"):
        DetailsOpening.objects.all().delete()


def test_a_judge_promises_for_themselves_and_after_the_deadline_no_bidder_does(
    gated: Gated, client: Any, frozen_clock: Any
) -> None:
    frozen_clock.set(gated.challenge.deadline_at)
    client.sign_in(gated.rival.person)
    assert client.post(f"{gated.here}accept/", {"accepts": "on"}).status_code == 409
    client.sign_in(gated.judge.person)
    assert client.post(f"{gated.here}accept/", {"accepts": "on"}).status_code == 302
    assert SECRET in client.post(f"{gated.here}open/").content.decode()
    assert DetailsAcceptance.objects.get().organisation is None


def test_where_bidders_are_nameless_the_log_is_until_an_award_is_proposed(db: str, client: Any, api: Any) -> None:
    gated = Gated(anonymous_bidders=True)
    actions.accept_details(actor=gated.solver, challenge_id=gated.challenge.pk)
    actions.open_details(actor=gated.solver, challenge_id=gated.challenge.pk)
    client.sign_in(gated.second.person)
    door = api.as_person(gated.second.person)
    for address in (f"{gated.here}openings/", f"{gated.here}openings/?file=csv"):
        text = told(client.get(address))
        assert "守密研究院" not in text and gated.solver.person.name not in text
    row = door.get("details-openings/").json()["results"][0]
    assert (row["organisation"], row["person"], row["is_nameless"]) == (None, None, True)
    own = api.as_person(gated.solver.person).get("details-openings/").json()["results"][0]
    assert own["organisation"]["name"] == "守密研究院"


def test_what_is_confidential_is_written_in_the_draft_and_frozen_with_it(
    db: str, client: Any, frozen_clock: Any
) -> None:
    frozen_clock.set(dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC))
    scene = Scene()
    draft = scene.draft()
    client.sign_in(scene.drafter.person)
    entry = f"/needs/challenges/{draft.pk}/entry/"
    values = {"condition_0_text": "具备 CNAS 资质", "condition_0_paper": "证书", "details_text": SECRET, "version": "1"}
    answer = client.post(entry, values)
    assert answer.status_code == 422 and SECRET in answer.content.decode()  # nothing typed is lost
    assert client.post(entry, values | {"details_nda_text": NDA}).status_code == 302
    draft.refresh_from_db()
    assert draft.conditions.get().paper == "证书" and draft.details.text == SECRET
    assert client.post(entry, values | {"details_nda_text": "别的"}).status_code == 412  # somebody saved meanwhile
    challenge_actions.submit_for_check(actor=scene.drafter, challenge_id=draft.pk)
    challenge_actions.publish_challenge(actor=scene.second, challenge_id=draft.pk)
    draft.refresh_from_db()
    values["version"] = str(draft.version)
    assert client.post(entry, values | {"details_nda_text": NDA}).status_code == 409
    assert client.post(f"/needs/challenges/{draft.pk}/details/files/{scene.need.pk}/remove/").status_code in (404, 409)
