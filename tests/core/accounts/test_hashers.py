"""Passwords are hashed under a key outside the database, which can be replaced (ASVS 2.4.5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config import settings as ours
from config import startup
from core.accounts.hashers import KeyedHasher, name_of
from core.accounts.models import Person, SignedIn
from tests import factories
from tests.factories import PASSWORD

FIRST, SECOND = "the first key, long enough for anybody", "the second key, long enough for anybody"
KEYED, PLAIN = "core.accounts.hashers.KeyedHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"


@pytest.fixture
def keys(settings: Any, monkeypatch: Any) -> Any:
    """A function that starts the product anew with these keys, as the settings would."""
    monkeypatch.setattr(KeyedHasher.__base__, "iterations", 1000)

    def start(key: str, *earlier: str) -> None:
        settings.PASSWORD_KEY, settings.PASSWORD_KEY_FALLBACKS = key, list(earlier)
        settings.PASSWORD_HASHERS = [KEYED, PLAIN] if key else [PLAIN, KEYED]

    return start


def kept(person: Person) -> str:
    return Person.objects.get(pk=person.pk).password


def sign_in(person: Person) -> bool:
    form = {"username": person.email, "password": PASSWORD}
    return Client().post("/accounts/sign-in/", form).status_code == 302


@pytest.mark.parametrize("password", ["correct horse battery 9", "老槐树下第三张石凳"])
def test_a_hash_holds_under_its_key_and_under_no_other(keys: Any, password: str) -> None:
    keys(FIRST)
    made, again = make_password(password), make_password(password)
    assert made.startswith(f"keyed_pbkdf2_sha256${name_of(FIRST)}$1000$") and made != again and len(made) <= 128
    assert FIRST not in made and check_password(password, made) and not check_password(password + "x", made)
    stolen = made.replace(f"keyed_pbkdf2_sha256${name_of(FIRST)}$", "pbkdf2_sha256$")
    assert not check_password(password, stolen), "the slow round alone does not lead to it"
    for key, earlier, holds in ((SECOND, [FIRST], True), (SECOND, [], False), ("", [FIRST], True), ("", [], False)):
        keys(key, *earlier)
        assert check_password(password, made) is holds, (key, earlier)
    keys(SECOND)
    assert not check_password(password, made.replace(name_of(FIRST), name_of(SECOND)))


def test_older_hashes_go_on_and_follow_at_the_next_sign_in(db: str, keys: Any, caplog: Any) -> None:
    keys("")
    person = factories.person(password=PASSWORD)
    assert kept(person).startswith("pbkdf2_sha256$")
    keys(FIRST)
    assert sign_in(person) and kept(person).startswith(f"keyed_pbkdf2_sha256${name_of(FIRST)}$")
    unchanged = kept(person)
    assert sign_in(person) and kept(person) == unchanged
    keys(SECOND)
    assert not sign_in(person) and name_of(FIRST) in caplog.text and FIRST not in caplog.text
    keys(SECOND, FIRST)
    assert sign_in(person) and kept(person).startswith(f"keyed_pbkdf2_sha256${name_of(SECOND)}$")
    keys("", SECOND)
    assert sign_in(person) and kept(person).startswith("pbkdf2_sha256$"), "given up"


def test_whoever_confirms_while_their_hash_is_made_anew_stays_signed_in(db: str, keys: Any) -> None:
    keys("")
    person, own, other = factories.person(password=PASSWORD), Client(), Client()
    for browser in (own, other):
        browser.post("/accounts/sign-in/", {"username": person.email, "password": PASSWORD})
    keys(FIRST)
    assert own.post("/accounts/confirm/", {"password": PASSWORD}).status_code == 302
    assert kept(person).startswith("keyed_") and own.get("/accounts/security/").status_code == 200
    assert own.session.session_key in SignedIn.objects.values_list("session_key", flat=True)


def test_the_settings_put_the_key_first_where_there_is_one_and_refuse_a_short_one(settings: Any) -> None:
    assert [ours._HASHERS, ours._HASHERS[::-1]][not ours.PASSWORD_KEY] == ours.PASSWORD_HASHERS
    for key, earlier, is_good in (("", [], True), (FIRST, [SECOND], True), ("short", [], False), (FIRST, ["x"], False)):
        settings.PASSWORD_KEY, settings.PASSWORD_KEY_FALLBACKS = key, earlier
        if is_good:
            startup.refuse_weak_password_key()
        else:
            with pytest.raises(ImproperlyConfigured):
                startup.refuse_weak_password_key()
