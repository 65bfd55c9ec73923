"""What is kept about people is told, agreed to, and forgotten when its time is over (ASVS 8.3.3, 8.3.4)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session
from django.test import Client

from core import clock
from core.accounts import actions, entry, privacy
from core.accounts.models import Invitation, Person, PrivacyAgreement, SignedIn
from core.accounts.states import InvitationState
from core.accounts.tasks import forget_old
from core.book.models import Body
from tests import factories
from tests.factories import PASSWORD

PLACE = "/accounts/privacy/"


@pytest.mark.parametrize(("days", "language", "words"), [(90, "zh-hans", "90 天"), (7, "en", "7 days")])
def test_everybody_reads_what_is_kept_why_and_for_how_long(
    client: Any, settings: Any, days: int, language: str, words: str
) -> None:
    settings.PERSONAL_LOG_DAYS = days
    factories.operator()
    client.cookies["django_language"] = language
    page = client.get(PLACE).content.decode()
    assert words in page and privacy.VERSION in page and page.count("<tr>") == len(privacy.kept()) + 1
    for door in ("/accounts/sign-in/", "/accounts/sign-up/", f"/accounts/sign-up/{entry.token_for('a@b.example')}/"):
        assert f'href="{PLACE}"' in client.get(door).content.decode(), door
    client.sign_in(factories.person())
    assert f'href="{PLACE}"' in client.get("/accounts/profile/").content.decode()


def test_an_account_begins_with_the_agreement_and_it_is_kept_with_version_and_time(client: Any, api: Any) -> None:
    link = f"/accounts/sign-up/{entry.token_for('new@firma.example')}/"
    form = {"name": "王芳", "password": PASSWORD}
    refused = client.post(link, form)
    assert refused.status_code == 422 and "id_agrees-error" in refused.content.decode()
    door = {**form, "token": link.split("/")[3], "agreed_to": "2020-01-01"}
    assert api.post("people/", door).data["code"] == "privacy_not_agreed"
    assert not Person.objects.filter(email="new@firma.example").exists()
    assert client.post(link, form | {"agrees": "on"}).status_code == 302
    row = PrivacyAgreement.objects.get()
    assert (row.person.email, row.version) == ("new@firma.example", privacy.VERSION)
    assert abs(row.created_at - clock.now()) < dt.timedelta(minutes=1)


def test_whoever_takes_a_seat_agrees_with_it_once_and_anew_when_the_words_change(
    client: Any, mailbox: list[Any], monkeypatch: Any
) -> None:
    guest = factories.person(email="guest@firma.example")

    def invited() -> str:
        mailbox.clear()
        owner = factories.actor(factories.organisation())
        actions.invite_member(actor=owner, organisation_id=owner.organisation_id, email=guest.email, roles=["member"])
        return re.search(r"/accounts/invitations/\S+", mailbox[0].body)[0]  # type: ignore[index]

    client.sign_in(guest)
    first = invited()
    assert "agreed_to" in client.get(first).content.decode()
    assert client.post(first).status_code == 422
    assert client.post(first, {"agreed_to": privacy.VERSION}).status_code == 302
    second = invited()
    assert "agreed_to" not in client.get(second).content.decode()
    assert client.post(second).status_code == 302 and PrivacyAgreement.objects.count() == 1
    monkeypatch.setattr(privacy, "VERSION", "2027-01-01")
    assert "您尚未同意本版本" in client.get(PLACE).content.decode()
    agree = f"{PLACE}agree/"
    assert client.post(agree, {"agreed_to": "2026-11-27"}).status_code == 422, (
        "the words that were read are the present ones"
    )
    for _ in range(2):
        assert client.post(agree, {"agreed_to": "2027-01-01"}).headers["Location"] == PLACE
    assert "您已同意本版本" in client.get(PLACE).content.decode()
    assert sorted(guest.privacy_agreements.values_list("version", flat=True)) == ["2026-11-27", "2027-01-01"]
    assert Body.objects.filter(operation="agree_to_privacy", person=guest).exists()
    assert Client().post(agree, {"agreed_to": "2027-01-01"}).status_code in (302, 403)


def test_what_was_kept_for_a_time_is_forgotten_after_it(db: str, frozen_clock: Any, settings: Any) -> None:
    settings.PERSONAL_LOG_DAYS, settings.SESSION_HOURS = 30, 12
    owner = factories.actor(factories.organisation("甲厂"))
    person = factories.person(password=PASSWORD)

    def knock(email: str) -> Client:
        browser = Client()
        browser.post("/accounts/sign-in/", {"username": email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
        return browser

    actions.invite_member(actor=owner, organisation_id=owner.organisation_id, email="old@b.example", roles=["member"])
    Invitation.objects.update(expires_at=clock.now() - dt.timedelta(days=29))
    actions.invite_member(actor=owner, organisation_id=owner.organisation_id, email="taken@b.example", roles=["member"])
    Invitation.objects.filter(email="taken@b.example").update(
        state=InvitationState.ACCEPTED, expires_at=clock.now() - dt.timedelta(days=90)
    )
    knock(person.email)
    knock("nobody@firma.example")
    for model in (AccessAttempt, AccessLog):
        assert model.objects.exists()
        model.objects.update(attempt_time=clock.now() - dt.timedelta(days=29))
    assert forget_old() == 0 and SignedIn.objects.count() == 1
    frozen_clock.move(days=2)
    fresh = knock(person.email)
    assert forget_old() == 3, "the failed try went with the next sign-in"
    assert not AccessAttempt.objects.filter(attempt_time__lt=clock.now() - dt.timedelta(days=30)).exists()
    assert list(Invitation.objects.values_list("email", flat=True)) == ["taken@b.example"]
    assert list(SignedIn.objects.values_list("session_key", flat=True)) == [fresh.session.session_key]
    assert fresh.get("/accounts/security/").status_code == 200
    Session.objects.all().delete()
    assert forget_old() == 1 and not SignedIn.objects.exists()
