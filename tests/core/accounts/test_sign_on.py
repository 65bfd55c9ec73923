"""Single sign-on: the provider of tests/support/provider.py, the right way in, and every way that must not lead in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config.startup import refuse_half_set_sign_on
from core import clock
from core.accounts import factors, lifecycle, oidc, privacy, services, sessions, sign_on
from core.accounts.actor import Actor
from core.accounts.models import LinkedSignOn, Person, SignedIn
from core.book.models import Body
from core.errors import Conflict
from core.inbox.models import Notification
from tests import factories
from tests.factories import PASSWORD
from tests.support.provider import Provider, new_key, public_pem, signed

EMAIL = "wang@jia.example"
HOST = "http://localhost:8000"


@pytest.fixture
def someone(db: str) -> Person:
    return factories.member(factories.organisation("甲厂"), name="王工", email=EMAIL, password=PASSWORD)


@pytest.fixture
def linked(someone: Person, provider: Provider) -> Person:
    LinkedSignOn.objects.create(person=someone, issuer=provider.issuer, subject="u-1", email=EMAIL)
    return someone


def go(client: Any, provider: Provider, wanted: str = "", *, answer: Any = None) -> Any:
    """From the sign-in page to the provider and back; gives the product's last answer."""
    begun = answer or client.get("/accounts/sign-on/", {"next": wanted} if wanted else {})
    address = begun.headers.get("Refresh", "").partition("url=")[2] or begun.headers["Location"]
    assert address.startswith(provider.issuer), address
    back = provider.authorize(asked_in(address))
    return client.get(back.removeprefix(HOST))


def asked_in(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def is_in(client: Any) -> bool:
    return client.get("/api/v1/me/").status_code == 200


def words(answer: Any) -> str:
    return str(answer.content.decode())


def counts() -> tuple[int, int]:
    return Person.objects.count(), LinkedSignOn.objects.count()


# Where nothing is configured ------------------------------------------------------------------------------------------


def test_without_a_provider_nothing_shows_and_every_address_is_404(someone: Person, client: Any) -> None:
    assert "sign-on" not in words(client.get("/accounts/sign-in/"))
    client.sign_in(someone)
    assert "sign-on" not in words(client.get("/accounts/security/"))
    none = "00000000-0000-0000-0000-000000000000"
    for path in ("", "answer/", "link/"):
        assert client.get(f"/accounts/sign-on/{path}").status_code == 404
    for path in ("sign-on/link/", "sign-on/confirm/", f"security/sign-ons/{none}/unlink/"):
        assert client.post(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_ALGORITHMS", ["RS256", "HS256"]),
        ("OIDC_ALGORITHMS", ["none"]),
        ("OIDC_TOKEN_ENDPOINT", "https://id.example/token"),
        ("OIDC_ISSUER", "ftp://id.example"),
        ("HTTPS", True),
    ],
)
def test_half_a_configuration_does_not_start(provider: Provider, settings: Any, name: str, value: Any) -> None:
    refuse_half_set_sign_on()
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        refuse_half_set_sign_on()


# The right way --------------------------------------------------------------------------------------------------------


def test_a_linked_person_comes_in_and_where_they_wanted_to(linked: Person, provider: Provider, client: Any) -> None:
    client.get("/needs/")
    key = client.session.session_key
    answer = go(client, provider, "/needs/?state=open")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/needs/?state=open")
    assert is_in(client)
    assert client.session.session_key != key
    assert SignedIn.objects.get().person == linked
    assert LinkedSignOn.objects.get().used_at is not None
    (asked,), (sent,) = provider.asked, provider.sent
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) > 30 and len(asked["state"]) > 30
    assert asked["redirect_uri"] == "http://localhost:8000/accounts/sign-on/answer/"
    assert "client_secret" not in asked and "client_secret" not in sent


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_sign_on_leads_elsewhere(linked: Person, provider: Provider, client: Any, elsewhere: str) -> None:
    assert go(client, provider, elsewhere).headers["Location"] == "/"


def test_endpoints_may_be_set_by_hand_and_userinfo_may_hold_the_address(
    someone: Person, provider: Provider, client: Any, settings: Any
) -> None:
    at = provider.issuer
    settings.OIDC_AUTHORIZATION_ENDPOINT, settings.OIDC_TOKEN_ENDPOINT = f"{at}/authorize", f"{at}/token"
    settings.OIDC_JWKS_ENDPOINT, settings.OIDC_USERINFO_ENDPOINT = f"{at}/keys", f"{at}/userinfo"
    settings.OIDC_CREATES_ACCOUNTS = True
    provider.who = {"sub": "u-2"}
    provider.userinfo = {"sub": "u-2", "email": "Li@Jia.example", "email_verified": True, "name": "李工"}
    assert go(client, provider).status_code == 302
    assert LinkedSignOn.objects.get().person.email == "li@jia.example"
    assert Person.objects.get(email="li@jia.example").name == "李工"


def test_a_provider_that_changes_its_key_is_followed_at_once(linked: Person, provider: Provider, client: Any) -> None:
    provider.key = new_key()
    go(client, provider)
    assert is_in(client)


def test_another_algorithm_by_setting_and_no_other_beside_it(
    linked: Person, provider: Provider, client: Any, settings: Any
) -> None:
    settings.OIDC_ALGORITHMS = ["ES256"]
    assert "约定的方式" in words(go(client, provider))
    provider.key = ec.generate_private_key(ec.SECP256R1())
    provider.mangle = lambda claims: signed(claims, provider.key, "ES256")
    go(client, provider)
    assert is_in(client)


# The first sign-on ----------------------------------------------------------------------------------------------------


def test_a_newcomer_is_let_in_by_an_open_invitation_or_the_setting_alone(
    db: str, provider: Provider, client: Any, settings: Any, frozen_clock: Any
) -> None:
    before = counts()
    told = go(client, provider)
    assert told.status_code == 409 and EMAIL in words(told) and "邀请" in words(told)
    assert counts() == before and not is_in(client)

    home = factories.organisation("甲厂")
    admin = factories.member(home, roles=["admin"])
    _invitation, token = services.issue_invitation(organisation=home, email=EMAIL, roles=["member"], invited_by=admin)
    frozen_clock.move(days=15)
    assert go(client, provider).status_code == 409, "the invitation has expired"
    frozen_clock.move(days=-14)
    answer = go(client, provider, f"/accounts/invitations/{token}/")
    assert answer.headers["Location"] == f"/accounts/invitations/{token}/"
    person = Person.objects.get(email=EMAIL)
    assert not person.has_usable_password() and person.name == "王工"
    assert not person.memberships.exists(), "the seat is taken on the invitation's own page"
    client.post(f"/accounts/invitations/{token}/", {"agreed_to": privacy.VERSION})
    assert person.memberships.get().organisation == home
    assert b"register_by_sign_on" in b"".join(bytes(body.content) for body in Body.objects.all())

    settings.OIDC_CREATES_ACCOUNTS = True
    provider.who |= {"sub": "u-9", "email": "zhao@jia.example"}
    other = Client()
    go(other, provider)
    assert is_in(other)


def test_a_newcomer_who_comes_by_two_windows_at_one_instant_has_one_account(
    provider: Provider, settings: Any, in_threads: Any
) -> None:
    settings.OIDC_CREATES_ACCOUNTS = True
    clients = [Client() for _ in range(3)]
    backs = [
        provider.authorize(asked_in(one.get("/accounts/sign-on/").headers["Location"])).removeprefix(HOST) for one in clients
    ]  # fmt: skip
    statuses = in_threads(3, lambda number: clients[number].get(backs[number]).status_code)
    assert counts() == (1, 1)
    assert set(statuses) <= {302, 409} and 302 in statuses


def test_the_window_that_looks_after_the_other_has_opened_the_account_hears_the_same(
    db: str, provider: Provider, settings: Any
) -> None:
    settings.OIDC_CREATES_ACCOUNTS = True
    told = {"issuer": provider.issuer, "subject": "u-1", "email": EMAIL, "name": "李工"}
    sign_on.register_by_sign_on(actor=Actor(), **told)
    with pytest.raises(Conflict) as late:
        sign_on.register_by_sign_on(actor=Actor(), **told)
    assert late.value.code == "sign_on_twice" and counts() == (1, 1)


def test_an_account_with_the_address_is_linked_by_its_own_password_alone(
    someone: Person, provider: Provider, client: Any, settings: Any
) -> None:
    settings.OIDC_CREATES_ACCOUNTS = True
    answer = go(client, provider)
    assert answer.headers["Location"] == f"/accounts/sign-in/?{urlencode({'next': '/accounts/sign-on/link/'})}"
    assert not is_in(client) and not LinkedSignOn.objects.exists()
    page = client.get(answer.headers["Location"])
    assert "甲集团" in words(page) and "密码" in words(page)
    client.post(
        answer.headers["Location"], {"username": EMAIL, "password": PASSWORD, "next": "/accounts/sign-on/link/"}
    )
    assert EMAIL in words(client.get("/accounts/sign-on/link/"))
    done = go(client, provider, answer=client.post("/accounts/sign-on/link/"))
    assert done.headers["Location"] == "/accounts/security/"
    row = LinkedSignOn.objects.get()
    assert (row.person, row.subject, row.issuer) == (someone, "u-1", provider.issuer)
    assert Notification.objects.filter(person=someone, kind="sign_on").exists()
    assert "甲集团" in words(client.get("/accounts/security/"))
    other = Client()
    go(other, provider)
    assert is_in(other)


@pytest.mark.parametrize(
    "who",
    [
        {"email": "else@jia.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
    ],
)
def test_only_the_accounts_own_verified_address_is_linked(
    someone: Person, provider: Provider, client: Any, who: dict[str, Any]
) -> None:
    provider.who |= who
    client.sign_in(someone)
    told = go(client, provider, answer=client.post("/accounts/sign-on/link/"))
    assert told.status_code == 409 and EMAIL in words(told)
    assert not LinkedSignOn.objects.exists()


def test_the_sign_on_of_another_account_is_not_linked_and_a_second_one_neither(
    linked: Person, provider: Provider, client: Any
) -> None:
    thief = factories.member(factories.organisation("乙厂"), email="thief@yi.example", password=PASSWORD)
    client.sign_in(thief)
    told = go(client, provider, answer=client.post("/accounts/sign-on/link/"))
    assert told.status_code == 409 and "另一个账号" in words(told)
    client.sign_in(linked)
    provider.who["sub"] = "u-77"
    assert go(client, provider, answer=client.post("/accounts/sign-on/link/")).status_code == 409
    assert [row.person for row in LinkedSignOn.objects.all()] == [linked]


def test_what_one_person_began_another_does_not_end_in_the_same_browser(
    someone: Person, provider: Provider, client: Any
) -> None:
    other = factories.member(factories.organisation("乙厂"))
    client.sign_in(someone)
    begun = client.post("/accounts/sign-on/link/")
    states = client.session["oidc_states"]
    client.sign_in(other)
    session = client.session
    session["oidc_states"] = states
    session.save()
    assert go(client, provider, answer=begun).status_code == 400
    assert not LinkedSignOn.objects.exists()


def test_unlinking_leaves_a_way_in(linked: Person, provider: Provider, client: Any) -> None:
    row = LinkedSignOn.objects.get()
    linked.set_unusable_password()
    linked.save()
    go(client, provider)
    told = client.post(f"/accounts/security/sign-ons/{row.pk}/unlink/")
    assert told.status_code == 409 and "密码" in words(told)
    assert "设置密码" in words(client.get("/accounts/security/"))
    assert "old_password" not in words(client.get("/accounts/password/"))
    new = "a long sentence of my own"
    client.post("/accounts/password/", {"new_password1": new, "new_password2": new})
    assert client.post(f"/accounts/security/sign-ons/{row.pk}/unlink/").status_code == 302
    assert not LinkedSignOn.objects.exists()
    assert Client().post("/accounts/sign-in/", {"username": EMAIL, "password": new}).status_code == 302


def test_nobody_unlinks_for_another_and_a_closed_account_stays_closed(
    linked: Person, provider: Provider, client: Any
) -> None:
    row = LinkedSignOn.objects.get()
    client.sign_in(factories.member(factories.organisation("乙厂")))
    assert client.post(f"/accounts/security/sign-ons/{row.pk}/unlink/").status_code == 404
    linked.is_active = False
    linked.save()
    out = Client()
    told = go(out, provider)
    assert told.status_code == 400 and not is_in(out)
    linked.is_active = True
    linked.save()
    lifecycle.close_account(actor=factories.actor(None, person_=linked))
    assert not LinkedSignOn.objects.exists()


# Attacks --------------------------------------------------------------------------------------------------------------

Mangle = Callable[[Provider, dict[str, Any]], str]
STRANGE = new_key()


def _with(**changed: Any) -> Mangle:
    return lambda provider, claims: signed(
        {name: value for name, value in (claims | changed).items() if value is not ...}, provider.key
    )


def _late(seconds: int) -> Mangle:
    def mangle(provider: Provider, claims: dict[str, Any]) -> str:
        return signed(claims | {"exp": claims["exp"] + seconds, "iat": claims["iat"] + seconds}, provider.key)

    return mangle


ATTACKS: dict[str, tuple[Mangle, str]] = {
    "made for another application": (_with(aud="another"), "另一个应用"),
    "made for several, and the other one asked": (_with(aud=["xielian", "another"], azp="another"), "另一个应用"),
    "made for several without saying who asked": (_with(aud=["xielian", "another"]), "另一个应用"),
    "for nobody": (_with(aud=...), "无法读取"),
    "from another issuer": (_with(iss="https://evil.example"), "并非来自"),
    "from an issuer that begins alike": (lambda p, claims: signed(claims | {"iss": p.issuer + "/"}, p.key), "并非来自"),
    "expired": (_late(-1000), "过期"),
    "made long ago, with a long life": (_with(iat=1), "过期"),
    "made tomorrow": (_late(86400), "过期"),
    "not to be used yet": (_with(nbf=9999999999), "过期"),
    "without an end": (_with(exp=...), "无法读取"),
    "with an end that is no number": (_with(exp=True), "无法读取"),
    "not signed": (lambda p, claims: signed(claims, None, "none"), "约定的方式"),
    "signed with the public key as a shared secret": (
        lambda p, claims: signed(claims, public_pem(p.key), "HS256"),
        "约定的方式",
    ),
    "signed with the client's secret": (lambda p, claims: signed(claims, b"a secret of the client", "HS256"), "约定的方式"),
    "signed with another algorithm of the same key": (lambda p, claims: signed(claims, p.key, "PS256"), "约定的方式"),
    "signed with another key": (lambda p, claims: signed(claims, STRANGE), "密钥"),
    "signed with a key that is not listed": (lambda p, claims: signed(claims, STRANGE, kid="two"), "密钥"),
    "with its own key in its head": (
        lambda p, claims: jwt.encode(
            claims, STRANGE, "RS256", headers={"kid": "one", "jwk": {"kty": "RSA"}, "jku": "https://evil.example/keys"}
        ),
        "密钥",
    ),
    "with claims changed after signing": (
        lambda p, claims: ".".join(
            [signed(claims, p.key).split(".")[0], signed(claims | {"sub": "u-2"}, p.key).split(".")[1], signed(claims, p.key).split(".")[2]]
        ),
        "密钥",
    ),
    "no token at all": (lambda p, claims: "eyJ.nonsense", "无法读取"),
    "without the nonce": (_with(nonce=...), "另一次登录"),
    "with the nonce of another sign-on": (_with(nonce="of another one"), "另一次登录"),
    "of nobody": (_with(sub=""), "无法读取"),
    "of a number": (_with(sub=7), "无法读取"),
}  # fmt: skip


def test_no_mangled_token_opens_or_makes_anything(
    linked: Person, provider: Provider, client: Any, settings: Any
) -> None:
    settings.OIDC_CREATES_ACCOUNTS, settings.API_RATES = True, {}
    before, booked = counts(), Body.objects.count()
    wrong = {}
    for name, (mangle, word) in ATTACKS.items():
        provider.mangle = lambda claims, mangle=mangle: mangle(provider, claims)  # type: ignore[misc]
        told = go(client, provider)
        if told.status_code != 400 or word not in words(told) or is_in(client):
            wrong[name] = told.status_code, word in words(told), is_in(client)
    assert not wrong
    assert (counts(), Body.objects.count()) == (before, booked)
    provider.mangle = lambda claims: signed(claims | {"aud": ["xielian", "another"], "azp": "xielian"}, provider.key)
    assert go(client, provider).status_code == 302 and is_in(client), "the very same way, unmangled"


@pytest.mark.parametrize("verified", [False, None, "yes", 1, "false"])
def test_an_address_that_was_not_verified_makes_no_account(
    db: str, provider: Provider, client: Any, settings: Any, verified: Any
) -> None:
    settings.OIDC_CREATES_ACCOUNTS = True
    provider.who["email_verified"] = verified
    provider.userinfo = {"sub": "u-1", "email": EMAIL}
    told = go(client, provider)
    assert (told.status_code, Person.objects.count()) == (400, 0)
    assert "核实" in words(told)


def test_userinfo_of_somebody_else_is_not_believed(db: str, provider: Provider, client: Any, settings: Any) -> None:
    settings.OIDC_CREATES_ACCOUNTS = True
    provider.who = {"sub": "u-1"}
    provider.userinfo = {"sub": "u-2", "email": EMAIL, "email_verified": True}
    assert "两个不同的人" in words(go(client, provider))
    assert Person.objects.count() == 0


def test_state_and_code_are_good_once_and_in_one_browser(linked: Person, provider: Provider, client: Any) -> None:
    begun = client.get("/accounts/sign-on/").headers["Location"]
    back = provider.authorize(asked_in(begun)).removeprefix(HOST)
    victim = Client()
    assert victim.get(back).status_code == 400 and not is_in(victim), "another browser does not know the state"
    assert client.get(back.replace("state=", "state=x")).status_code == 400
    assert client.get(f"{back}&iss=https://evil.example").status_code == 400, "another provider answers (RFC 9207)"
    assert client.get(back).status_code == 400, "a state is good for one answer, of whatever kind"
    assert not is_in(client) and not provider.sent

    begun = client.get("/accounts/sign-on/").headers["Location"]
    good = provider.authorize(asked_in(begun))
    assert client.get(good.removeprefix(HOST)).status_code == 302 and is_in(client)
    code = good.partition("code=")[2].partition("&")[0]
    thief = Client()
    state = asked_in(thief.get("/accounts/sign-on/").headers["Location"])["state"]
    told = thief.get("/accounts/sign-on/answer/", {"code": code, "state": state})
    assert told.status_code == 400 and not is_in(thief)
    assert "甲集团" in words(told)


def test_a_stolen_code_does_not_fit_the_thiefs_own_sign_on(linked: Person, provider: Provider, client: Any) -> None:
    begun = client.get("/accounts/sign-on/").headers["Location"]
    code = provider.authorize(asked_in(begun)).partition("code=")[2].partition("&")[0]
    thief = Client()
    state = asked_in(thief.get("/accounts/sign-on/").headers["Location"])["state"]
    assert thief.get("/accounts/sign-on/answer/", {"code": code, "state": state}).status_code == 400
    assert not is_in(thief), "the code was made for another verifier"


def test_an_answer_that_comes_late_or_says_no_is_told(
    linked: Person, provider: Provider, client: Any, frozen_clock: Any
) -> None:
    begun = client.get("/accounts/sign-on/").headers["Location"]
    frozen_clock.move(minutes=11)
    back = provider.authorize(asked_in(begun))
    assert client.get(back.removeprefix(HOST)).status_code == 400
    state = asked_in(client.get("/accounts/sign-on/").headers["Location"])["state"]
    told = client.get(
        "/accounts/sign-on/answer/", {"error": "access_denied", "error_description": "call 12345", "state": state}
    )
    assert told.status_code == 400 and "12345" not in words(told).partition("<main")[2]


def test_while_the_provider_is_away_the_page_says_so(
    linked: Person, provider: Provider, client: Any, settings: Any
) -> None:
    begun = client.get("/accounts/sign-on/").headers["Location"]
    back = provider.authorize(asked_in(begun))
    provider.is_down = True
    told = client.get(back.removeprefix(HOST))
    assert told.status_code == 503 and "甲集团" in words(told)
    oidc._described.clear()
    assert client.get("/accounts/sign-on/").status_code == 503
    provider.is_down = False
    provider.told = {"issuer": "https://evil.example"}
    assert client.get("/accounts/sign-on/").status_code == 503, "its description is another's"
    assert "甲集团" in words(client.get("/accounts/sign-in/"))


def test_the_door_has_a_limit_for_each_address(provider: Provider, client: Any, settings: Any) -> None:
    settings.API_RATES = {"door": (3, 300)}
    answers = [client.get("/accounts/sign-on/").status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    stranger = [
        Client().get("/accounts/sign-on/answer/?state=x", REMOTE_ADDR="203.0.113.9").status_code for _ in range(4)
    ]
    assert stranger == [400, 400, 400, 429]


# Second factor, freshness, the end ------------------------------------------------------------------------------------


def test_ones_own_second_factor_is_asked_after_the_provider(
    linked: Person, provider: Provider, client: Any, settings: Any, frozen_clock: Any
) -> None:
    secret = factors.fresh_secret()
    factors.set_up(linked, secret, factors.code_at(secret, clock.now()))
    frozen_clock.move(minutes=2)
    provider.who["amr"] = ["pwd", "otp"]
    assert go(client, provider, "/needs/").headers["Location"] == "/accounts/sign-in/code/"
    assert not is_in(client)
    answer = client.post("/accounts/sign-in/code/", {"code": factors.code_at(secret, clock.now())})
    assert answer.headers["Location"] == "/needs/" and is_in(client)
    assert client.session[sessions.SIGN_ON]["issuer"] == provider.issuer

    settings.OIDC_FACTOR_AMR = ["otp", "mfa"]
    other = Client()
    assert go(other, provider, "/needs/").headers["Location"] == "/needs/"
    assert is_in(other) and other.session[sessions.FACTOR]
    provider.who["amr"] = "otp"  # no list: not as the standard has it
    assert go(Client(), provider).headers["Location"] == "/accounts/sign-in/code/"


def test_an_organisation_that_asks_for_a_second_factor_asks_those_who_sign_on_too(
    linked: Person, provider: Provider, client: Any, settings: Any
) -> None:
    linked.memberships.get().organisation.__class__.objects.update(needs_second_factor=True)
    go(client, provider)
    assert client.get("/needs/").headers["Location"] == "/accounts/security/"
    settings.OIDC_FACTOR_AMR, provider.who["amr"] = ["mfa"], ["pwd", "mfa"]
    other = Client()
    go(other, provider)
    assert other.get("/needs/").status_code == 200


def test_money_asks_the_provider_again_and_believes_its_time_alone(
    linked: Person, provider: Provider, client: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 15
    linked.set_unusable_password()
    linked.save()
    provider.signed_in_at = int(clock.now().timestamp()) - 3600
    go(client, provider)
    close = "/accounts/security/close/"
    asked = client.get(close)
    assert asked.headers["Location"] == f"/accounts/confirm/?{urlencode({'next': close})}", (
        "the provider's own sign-in is an hour old"
    )
    page = words(client.get(asked.headers["Location"]))
    assert "甲集团" in page and 'type="password"' not in page
    again = client.post("/accounts/sign-on/confirm/", {"next": close})
    told = go(client, provider, answer=again)
    assert told.status_code == 400 and provider.asked[-1]["prompt"] == "login" and provider.asked[-1]["max_age"] == "0"
    assert client.get(close).status_code == 302, "the provider did not ask again"
    provider.signed_in_at = None
    provider.who["sub"] = "u-2"
    assert go(client, provider, answer=client.post("/accounts/sign-on/confirm/", {"next": close})).status_code == 400
    provider.who["sub"] = "u-1"
    answer = go(client, provider, answer=client.post("/accounts/sign-on/confirm/", {"next": close}))
    assert answer.headers["Location"] == close
    assert client.get(close).status_code == 200
    frozen_clock.move(minutes=16)
    assert client.get(close).status_code == 302
    assert Person.objects.count() == 1


def test_confirming_at_the_provider_does_not_replace_ones_own_code(
    linked: Person, provider: Provider, client: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.FRESH_SIGN_IN_MINUTES = 15
    secret = factors.fresh_secret()
    factors.set_up(linked, secret, factors.code_at(secret, clock.now()))
    client.sign_in(linked)
    frozen_clock.move(minutes=20)
    close = "/accounts/security/close/"
    answer = go(client, provider, answer=client.post("/accounts/sign-on/confirm/", {"next": close}))
    assert answer.headers["Location"] == f"/accounts/confirm/?{urlencode({'next': close})}"
    page = words(client.get(answer.headers["Location"]))
    assert 'name="code"' in page and 'type="password"' not in page
    assert client.get(close).status_code == 302, "the code is still to come"
    done = client.post(answer.headers["Location"], {"code": factors.code_at(secret, clock.now())})
    assert done.headers["Location"] == close and client.get(close).status_code == 200


def test_linking_asks_for_a_fresh_sign_in(someone: Person, provider: Provider, client: Any, settings: Any, frozen_clock: Any) -> None:  # fmt: skip
    settings.FRESH_SIGN_IN_MINUTES = 15
    client.sign_in(someone)
    frozen_clock.move(minutes=16)
    assert client.post("/accounts/sign-on/link/").headers["Location"].startswith("/accounts/confirm/")


def test_sessions_of_single_sign_on_end_like_others(
    linked: Person, provider: Provider, client: Any, settings: Any, frozen_clock: Any
) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    go(client, provider)
    assert is_in(client)
    frozen_clock.move(minutes=31)
    assert not is_in(client)


def test_signing_out_ends_our_session_and_the_providers_where_the_setting_says_so(
    linked: Person, provider: Provider, client: Any, settings: Any
) -> None:
    go(client, provider)
    assert client.session[sessions.SIGN_ON]["token"] == ""
    assert client.post("/accounts/sign-out/").headers["Location"] == "/accounts/sign-in/"
    assert not is_in(client)
    settings.OIDC_SIGN_OUT = True
    go(client, provider)
    answer = client.post("/accounts/sign-out/")
    assert not is_in(client)
    address = answer.headers["Refresh"].partition("url=")[2]
    told = asked_in(address)
    assert address.startswith(f"{provider.issuer}/bye?")
    assert told["post_logout_redirect_uri"] == "http://localhost:8000/accounts/sign-in/" and told["id_token_hint"]
    client.sign_in(linked)
    assert client.post("/accounts/sign-out/").status_code == 302, "who came by password signs out here alone"


def test_nothing_secret_is_in_a_log_line(linked: Person, provider: Provider, client: Any, caplog: Any) -> None:
    with caplog.at_level("DEBUG"):
        go(client, provider)
        provider.mangle = lambda claims: signed(claims | {"aud": "another"}, provider.key)
        go(Client(), provider)
    assert "refused a sign-on: audience" in caplog.text
    code, sent = provider.sent[0]["code"], provider.sent[0]
    for secret in (code, sent["code_verifier"], provider.asked[0]["nonce"], EMAIL, "opens userinfo"):
        assert secret not in caplog.text


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_in_a_browser_from_the_invitation_to_signing_out(
    page: Any, live_server: str, provider: Provider, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.OIDC_SIGN_OUT, settings.FRESH_SIGN_IN_MINUTES = live_server, True, 15
    home = factories.organisation("甲厂")
    admin = factories.member(home, roles=["admin"])
    _row, token = services.issue_invitation(organisation=home, email=EMAIL, roles=["member"], invited_by=admin)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"/accounts/invitations/{token}/")
    page.click("text=使用甲集团登录")
    page.check("#agreed_to")
    page.click("main form button")
    page.wait_for_url(f"{live_server}/")
    assert Person.objects.get(email=EMAIL).memberships.get().organisation == home
    Person.objects.filter(email=EMAIL).update(is_expert=True)
    session_rows = SignedIn.objects.filter(person__email=EMAIL)
    assert session_rows.count() == 1
    row = Session.objects.get(pk=session_rows.get().session_key)
    data = row.get_decoded() | {sessions.CONFIRMED: 0}
    row.session_data = Session.get_session_store_class()().encode(data)
    row.save()
    page.goto("/accounts/security/close/")
    page.click("text=使用甲集团确认")
    page.wait_for_url("**/accounts/security/close/")
    page.goto("/accounts/security/")
    assert page.is_visible("text=单点登录")
    page.goto("/accounts/security/")
    page.evaluate("document.querySelector('form[action$=\"/accounts/sign-out/\"]').submit()")
    page.wait_for_url(f"{provider.issuer}/bye**")
    assert json.loads(page.inner_text("body")) == {"said": "goodbye"}
    assert complaints == []
