"""Second factor, fresh sign-in before money and access, open sessions, and how accounts and organisations end."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from core import clock
from core.accounts import actions, factors, lifecycle
from core.accounts.actor import Actor
from core.accounts.models import Invitation, Membership, Person, RecoveryCode, SecondFactor, SignedIn
from core.accounts.states import Role
from core.book.models import Body
from core.errors import Blocked, Invalid, NotFresh, WrongState
from core.inbox.models import Notification
from tests import factories
from tests.factories import PASSWORD

# RFC 6238, appendix B: the secret is the ASCII text 12345678901234567890; eight digits there, six here.
RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_a_sign_in_from_a_new_browser_is_told_and_the_next_one_from_there_is_not(db: str, frozen_clock: Any) -> None:
    person, other = factories.person(password=PASSWORD), factories.person(password=PASSWORD)
    told = Notification.objects.filter(kind="new_browser", person=person)

    def sign_in(browser: Client, who: Person = person) -> None:
        form = {"username": who.email, "password": PASSWORD}
        assert browser.post("/accounts/sign-in/", form, REMOTE_ADDR="203.0.113.9").status_code == 302
        browser.post("/accounts/sign-out/")

    first, second = Client(), Client()
    sign_in(first)
    assert not told.exists(), "whoever opened the account just now knows"
    frozen_clock.move(days=2)
    sign_in(first)
    assert not told.exists()
    sign_in(second)
    [notice] = told
    assert notice.params == {"address": "203.0.113.9"} and notice.link == "/accounts/security/"
    sign_in(second)
    sign_in(second, other)  # two people share a browser
    sign_in(second)
    assert told.all().count() == 1
    assert Notification.objects.filter(kind="new_browser", person=other).count() == 1
    cookie = second.cookies["known"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and str(person.pk) not in cookie.value
    forged = Client()
    forged.cookies["known"] = ".".join(["x" * 32] * 40)
    sign_in(forged)
    assert told.all().count() == 2


def test_guesses_from_many_addresses_end_and_do_not_lock_the_person_out(
    db: str, frozen_clock: Any, settings: Any
) -> None:
    settings.API_RATES = {"guesses": (8, 3600)}
    person, other = factories.person(password=PASSWORD), factories.person(password=PASSWORD)
    own = Client(REMOTE_ADDR="198.51.100.7")

    def sign_in(browser: Client, email: str, password: str = PASSWORD) -> int:
        status = browser.post("/accounts/sign-in/", {"username": email, "password": password}).status_code
        browser.post("/accounts/sign-out/")
        return int(status)

    assert sign_in(own, person.email) == 302
    for email in (person.email, "nobody@example.test"):
        guessed = [sign_in(Client(REMOTE_ADDR=f"203.0.113.{n}"), email.upper(), "guess") for n in range(10)]
        assert guessed == [200] * 8 + [429] * 2, "an account that is there and one that is not answer alike"
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    answer = stranger.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 429 and "曾登录过该账号的浏览器" in answer.content.decode()
    assert sign_in(own, person.email) == 302, "from the own browser the account stays open"
    assert sign_in(stranger, other.email) == 302, "other accounts are untouched"
    blank = [sign_in(Client(REMOTE_ADDR=f"203.0.114.{n}"), "") for n in range(10)]
    assert set(blank) == {200}, "a form without an account counts for none"
    frozen_clock.move(hours=1, minutes=1)
    assert sign_in(stranger, person.email) == 302


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert factors.code_at(RFC, dt.datetime.fromtimestamp(seconds, dt.UTC)) == code


def with_factor(person: Person) -> tuple[str, list[str]]:
    """The person has an authenticator; its secret and the recovery codes."""
    secret = factors.fresh_secret()
    codes = factors.set_up(person, secret, factors.code_at(secret, clock.now()))
    return secret, codes


def sign_in(client: Any, person: Person, password: str = PASSWORD) -> Any:
    return client.post("/accounts/sign-in/", {"username": person.email, "password": password})


@pytest.fixture
def someone(db: str) -> Person:
    return factories.member(factories.organisation("甲厂"), name="张工", password=PASSWORD)


def test_a_password_alone_opens_nothing_once_a_factor_is_set_up(
    someone: Person, client: Any, frozen_clock: Any
) -> None:
    secret, codes = with_factor(someone)
    half = sign_in(client, someone)
    assert half.status_code == 302
    assert half.headers["Location"] == "/accounts/sign-in/code/"
    assert client.get("/needs/").headers["Location"].startswith("/accounts/sign-in/")
    assert client.get("/api/v1/me/").status_code == 401
    used = factors.code_at(secret, clock.now())
    again = client.post("/accounts/sign-in/code/", {"code": used})
    assert again.status_code == 422, "the code that set it up is used up"
    assert "不对" in again.content.decode() or "用过" in again.content.decode()
    frozen_clock.move(seconds=30)
    assert client.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())}).status_code == 302
    assert client.get("/needs/").status_code == 200
    other = Client()
    sign_in(other, someone)
    assert other.post("/accounts/sign-in/code/", {"code": codes[3].upper()}).status_code == 302
    assert other.get("/needs/").status_code == 200
    third = Client()
    sign_in(third, someone)
    assert third.post("/accounts/sign-in/code/", {"code": codes[3]}).status_code == 422, "a recovery code is good once"
    assert factors.codes_left(someone) == factors.CODES - 1


def test_codes_beside_the_present_step_fit_and_older_or_newer_ones_do_not(someone: Person, frozen_clock: Any) -> None:
    secret, _codes = with_factor(someone)
    for offset, fits in ((-90, False), (-60, False), (60, False), (30, True)):
        moment = clock.now() + dt.timedelta(seconds=offset)
        SecondFactor.objects.update(failures=0, shut_until=None)
        from django.db import transaction

        with transaction.atomic():
            assert factors.accept(someone, factors.code_at(secret, moment)) is fits, offset


def test_wrong_codes_shut_the_door_for_longer_and_longer(someone: Person, client: Any, frozen_clock: Any) -> None:
    secret, _codes = with_factor(someone)
    frozen_clock.move(minutes=5)
    sign_in(client, someone)
    for _ in range(factors.FREE_FAILURES + 1):
        assert client.post("/accounts/sign-in/code/", {"code": "000000"}).status_code == 422
    right = factors.code_at(secret, clock.now())
    shut = client.post("/accounts/sign-in/code/", {"code": right})
    assert shut.status_code == 422
    assert re.search(r"\d+ 秒", shut.content.decode())
    frozen_clock.move(seconds=21)
    assert client.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())}).status_code == 302
    assert SecondFactor.objects.get().failures == 0


def test_a_code_works_once_even_from_two_windows_at_one_instant(someone: Person, in_threads: Any) -> None:
    from django.db import transaction

    secret, _codes = with_factor(someone)
    SecondFactor.objects.update(last_step=0)
    code = factors.code_at(secret, clock.now())

    def once(_number: int) -> bool:
        with transaction.atomic():
            return factors.accept(someone, code)

    assert sorted(in_threads(2, once)) == [False, True]


def test_recovery_codes_hold_more_than_112_bits_and_shorter_ones_from_before_go_on_until_used(
    someone: Person, client: Any, settings: Any
) -> None:
    _secret, codes = with_factor(someone)
    characters = [one.replace("-", "") for one in codes]
    assert all(len(one) * math.log2(len(factors.ALPHABET)) > 112 for one in characters)
    assert set("".join(characters)) <= set(factors.ALPHABET) and len(set(codes)) == factors.CODES
    RecoveryCode.objects.create(person=someone, code_hash=factors._hashed("abcde-fghjk"))
    # Nor does a replaced key of the server take anybody's last way in while the earlier one is listed.
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the server", [settings.SECRET_KEY]
    for typed, status in (("ABCDE-FGHJK", 302), ("abcdefghjk", 422), (f" {codes[4].replace('-', ' ')} ", 302)):
        sign_in(client, someone)
        assert client.post("/accounts/sign-in/code/", {"code": typed}).status_code == status, typed
        client.post("/accounts/sign-out/")


def test_neither_secret_nor_code_lies_readable_in_database_or_book(someone: Person) -> None:
    actor = factories.actor(None, person_=someone)
    secret = factors.fresh_secret()
    made = lifecycle.set_up_second_factor(actor=actor, secret=secret, code=factors.code_at(secret, clock.now()))
    assert len(made.fresh_codes) == factors.CODES == RecoveryCode.objects.count()
    stored = SecondFactor.objects.get().secret + "".join(RecoveryCode.objects.values_list("code_hash", flat=True))
    booked = "".join(bytes(body.content).decode() for body in Body.objects.all())
    for word in (secret, *made.fresh_codes):
        assert word not in stored + booked


def test_the_authenticator_is_set_up_on_the_page(someone: Person, client: Any) -> None:
    sign_in(client, someone)
    page = client.get("/accounts/security/authenticator/").content.decode()
    assert "<svg" in page
    secret = client.session["authenticator_secret"]
    wrong = client.post("/accounts/security/authenticator/", {"code": "123"})
    assert wrong.status_code == 422
    assert client.session["authenticator_secret"] == secret, "the picture stays while one mistypes"
    code = factors.code_at(secret, clock.now())
    codes = client.post("/accounts/security/authenticator/", {"code": code}).content.decode()
    assert len(re.findall(r"<li>[a-z2-9]{5}(?:-[a-z2-9]{5}){4}</li>", codes)) == factors.CODES
    assert "authenticator_secret" not in client.session
    assert client.post("/accounts/security/authenticator/remove/").status_code == 302
    assert not SecondFactor.objects.exists()


def test_an_organisation_that_asks_for_it_is_out_of_reach_without(client: Any, api: Any) -> None:
    home = factories.organisation("甲厂")
    admin, worker = (factories.member(home, password=PASSWORD) for _ in range(2))
    with pytest.raises(Blocked):
        lifecycle.ask_second_factor(actor=factories.actor(home, person_=admin), organisation_id=home.pk, is_needed=True)
    with_factor(admin)
    lifecycle.ask_second_factor(actor=factories.actor(home, person_=admin), organisation_id=home.pk, is_needed=True)
    client.sign_in(worker)
    turned = client.get("/needs/")
    assert (turned.status_code, turned.headers["Location"]) == (302, "/accounts/security/")
    assert "甲厂" in client.get("/accounts/security/").content.decode()
    assert api.as_person(worker).get("me/").data["organisation"] is None
    assert api.as_person(worker).get("clients/").data["results"] == []
    client.get("/accounts/security/authenticator/")
    code = factors.code_at(client.session["authenticator_secret"], clock.now())
    assert client.post("/accounts/security/authenticator/", {"code": code}).status_code == 200
    assert client.get("/needs/").status_code == 200
    removed = client.post("/accounts/security/authenticator/remove/")
    assert removed.status_code == 409
    assert "甲厂" in removed.content.decode()


@pytest.mark.parametrize("is_asked", [True, False])
def test_the_platforms_admins_need_it_where_the_setting_says_so(client: Any, settings: Any, is_asked: bool) -> None:
    settings.ADMINS_NEED_SECOND_FACTOR = is_asked
    admin = factories.operator()
    client.sign_in(admin.person)
    assert client.get("/needs/").status_code == (302 if is_asked else 200)


def test_money_and_access_ask_again_after_a_while_and_the_same_then_works(
    someone: Person, client: Any, api: Any, frozen_clock: Any, settings: Any
) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 15
    home = someone.memberships.get().organisation
    sign_in(client, someone)
    place = f"/accounts/organisations/{home.pk}/clients/new/"
    assert client.get(place).status_code == 200
    frozen_clock.move(minutes=16)
    asked = client.get(place)
    assert asked.headers["Location"] == f"/accounts/confirm/?next={place.replace('/', '%2F')}"
    assert client.get("/needs/").status_code == 200, "reading asks for nothing"
    assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 422
    back = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert (back.status_code, back.headers["Location"]) == (302, place)
    assert client.get(place).status_code == 200
    away = client.post("/accounts/confirm/?next=https://evil.test/", {"password": PASSWORD})
    assert away.headers["Location"] == "/"
    door = api.as_person(someone)
    frozen_clock.move(minutes=16)
    body = {"name": "ERP", "scopes": ["needs:read"], "roles": []}
    refused = door.post(f"organisations/{home.pk}/create_client/", body, key="one-key")
    assert (refused.status_code, refused.data["code"]) == (403, "sign_in_again")
    session = door.client.session
    session["confirmed_at"] = int(clock.now().timestamp())
    session.save()
    assert door.post(f"organisations/{home.pk}/create_client/", body, key="one-key").status_code == 201


# Rules that change something in the rooms of money and of access, and still ask nobody to prove again who they are.
NEEDS_NO_PROOF = {
    "accounts.agree_to_privacy": "gives nobody anything",
    "accounts.edit_profile": "words about oneself",
    "accounts.leave_organisation": "gives up one's own access",
    "accounts.register_organisation": "may do nothing before it is verified",
    "accounts.reject_organisation": "could do nothing before, and nothing after",
    "accounts.resubmit_organisation": "may do nothing before it is verified",
    "accounts.revoke_client": "takes access away, and must be quick",
    "accounts.set_password": "its own form asks for the old one, or the link for the address",
    "accounts.withdraw_organisation_change": "leaves everything as it is",
    "accounts.withdraw_invitation": "takes access away",
    "benefits.add_claim_evidence": "moves no money before decide_claim",
    "benefits.open_claim": "moves no money before decide_claim",
    "benefits.propose_version": "binds nobody before each party's sign_agreement",
    "benefits.raise_dispute": "stops money, and must be easy",
    "benefits.refuse_fund": "binds nobody",
    "benefits.submit_claim": "moves no money before decide_claim",
}


def test_every_rule_of_money_and_access_asks_for_a_fresh_sign_in_or_says_why_not() -> None:
    from core.access import policy

    names = {name for name in policy.names() if not name.partition(".")[2].startswith("view_")}
    rooms = {name for name in names if name.startswith(("accounts.", "benefits."))}
    assert rooms - policy._fresh == set(NEEDS_NO_PROOF), "each is fresh, or stands above with its reason"
    assert policy._fresh <= names
    assert {
        "projects.decide_gate", "projects.release_stage", "projects.start_project", "projects.sign_acceptance",
        "needs.sign_award", "needs.void_award", "needs.sign_contract", "webhooks.register_endpoint",
    } <= policy._fresh  # fmt: skip
    with pytest.raises(NotFresh):
        policy.require(Actor(person=Person(name="x"), is_fresh=False), "accounts.close_account")


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "保留在本页"), ("en", "kept on this page")])
def test_what_was_typed_into_a_form_that_was_sent_too_late_is_kept_and_sent_again(
    someone: Person, client: Any, frozen_clock: Any, settings: Any, language: str, words: str
) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 15
    settings.LANGUAGE_CODE = language
    Person.objects.filter(pk=someone.pk).update(language=language)
    home = someone.memberships.get().organisation
    sign_in(client, someone)
    place = f"/accounts/organisations/{home.pk}/invite/"
    assert client.get(place).status_code == 200
    frozen_clock.move(minutes=16)
    kept = client.post(place, {"email": "new@example.test", "roles": ["member", "finance"], "_key": str(uuid4())})
    page = kept.content.decode()
    assert (kept.status_code, kept.headers["Cache-Control"]) == (403, "no-store")
    assert words in page
    again = re.findall(r'<input type="hidden" name="(email|roles|_key)" value="([^"]+)">', page)
    assert [name for name, _value in again] == ["email", "roles", "roles", "_key"]
    done = client.post("/accounts/confirm/", {"password": PASSWORD}, follow=True)
    assert done.request["PATH_INFO"] == "/"
    assert {"zh-hans": "回到原来的页面再次提交", "en": "send the one you came from once more"}[
        language
    ] in done.content.decode()
    sent: dict[str, list[str]] = {}
    for name, value in again:
        sent.setdefault(name, []).append(value)
    assert client.post(place, sent).status_code == 302
    assert Invitation.objects.get(email="new@example.test").roles == ["member", "finance"]


def test_sessions_are_listed_and_ended_by_their_person_alone(someone: Person, client: Any) -> None:
    sign_in(client, someone)
    other, stranger = Client(headers={"user-agent": "Firefox/140 on a phone"}), Client()
    sign_in(other, someone)
    sign_in(stranger, factories.person(password=PASSWORD))
    page = client.get("/accounts/security/").content.decode()
    assert "Firefox/140 on a phone" in page
    row = SignedIn.objects.get(browser__startswith="Firefox")
    assert stranger.post(f"/accounts/security/sessions/{row.pk}/end/").status_code == 404
    assert other.get("/needs/").status_code == 200
    assert client.post(f"/accounts/security/sessions/{row.pk}/end/").status_code == 302
    assert other.get("/needs/").status_code == 302
    assert client.get("/needs/").status_code == 200
    for _ in range(2):
        sign_in(Client(), someone)
    assert SignedIn.objects.filter(person=someone).count() == 3
    client.post("/accounts/security/sessions/end/")
    assert SignedIn.objects.filter(person=someone).count() == 1
    assert client.get("/needs/").status_code == 200


def test_the_last_admin_names_another_before_leaving(db: str, client: Any) -> None:
    home = factories.organisation("甲厂")
    admin = factories.member(home)
    worker = factories.member(home, roles=[Role.MEMBER])
    seat = Membership.objects.get(person=admin)
    client.sign_in(admin)
    refused = client.post(f"/accounts/members/{seat.pk}/leave/")
    assert refused.status_code == 409
    assert "管理员" in refused.content.decode()
    assert client.post(f"/accounts/members/{Membership.objects.get(person=worker).pk}/leave/").status_code == 403
    actions.set_roles(
        actor=factories.actor(home, person_=admin),
        membership_id=Membership.objects.get(person=worker).pk,
        roles=[Role.ADMIN],
    )
    assert client.post(f"/accounts/members/{seat.pk}/leave/").status_code == 302
    assert not Membership.objects.get(pk=seat.pk).is_active


def test_a_closed_account_leaves_its_name_where_it_signed_and_nothing_else(someone: Person, client: Any) -> None:
    home = someone.memberships.get().organisation
    factories.member(home)
    address = someone.email
    sign_in(client, someone)
    assert client.post("/accounts/security/close/", {"email": "other@example.test"}).status_code == 422
    assert client.post("/accounts/security/close/", {"email": address}).status_code == 302
    someone.refresh_from_db()
    assert (someone.name, someone.is_active) == ("张工", False)
    assert address not in someone.email
    assert sign_in(Client(), someone).status_code == 200, "the form again: no such account"
    assert client.get("/needs/").status_code == 302
    assert factories.person(email=address)


def test_merged_organisations_keep_their_history_and_are_led_on_by_the_heirs_admins(db: str, client: Any) -> None:
    old, heir = factories.organisation("旧厂"), factories.organisation("新集团")
    boss, worker, lead = factories.member(old), factories.member(old, roles=[Role.MEMBER]), factories.member(heir)
    admin = factories.operator()
    client.sign_in(admin.person)
    place = f"/accounts/organisations/{old.pk}/merge/"
    assert client.post(place, {"into": str(heir.pk), "reason": ""}).status_code == 422
    assert client.post(place, {"into": str(heir.pk), "reason": "吸收合并"}).status_code == 302
    old.refresh_from_db()
    assert (old.state, old.merged_into) == ("merged", heir)
    assert {seat.person for seat in heir.memberships.filter(is_active=True)} >= {boss, worker, lead}
    assert Role.ADMIN not in heir.memberships.get(person=boss).roles
    assert Role.ADMIN in old.memberships.get(person=lead).roles
    page = client.get(f"/accounts/organisations/{old.pk}/").content.decode()
    assert "新集团" in page
    assert "吸收合并" in page
    with pytest.raises(WrongState):
        lifecycle.merge_organisation(actor=admin, organisation_id=old.pk, into=heir.pk, reason="again")
    with pytest.raises(Invalid):
        lifecycle.merge_organisation(actor=admin, organisation_id=heir.pk, into=heir.pk, reason="self")


def test_invitations_expire(db: str, frozen_clock: Any, client: Any, mailbox: list[Any]) -> None:
    home = factories.organisation()
    admin = factories.actor(home)
    guest = factories.person()
    actions.invite_member(actor=admin, organisation_id=home.pk, email=guest.email, roles=[Role.MEMBER])
    link = re.search(r"/accounts/invitations/\S+", mailbox[0].body)
    assert link
    frozen_clock.move(days=15)
    client.sign_in(guest)
    late = client.post(link[0])
    assert late.status_code == 409
    assert "过期" in late.content.decode()
    assert not Membership.objects.filter(person=guest).exists()


def test_an_authenticator_of_others_makes_the_same_codes() -> None:
    """The library that signs in and an independent reading of the standard agree."""
    import base64
    import hashlib
    import hmac
    import struct

    secret = factors.fresh_secret()
    for moment in (clock.now(), clock.now() + dt.timedelta(days=999)):
        digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(moment.timestamp()) // 30), hashlib.sha1)
        at = digest.digest()[-1] & 15
        number = (struct.unpack(">I", digest.digest()[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000
        assert factors.code_at(secret, moment) == f"{number:06d}"
        assert (
            TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(moment.timestamp())).decode() == f"{number:06d}"
        )
