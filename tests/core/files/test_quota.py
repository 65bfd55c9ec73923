"""How much may be stored: asked before an upload is kept, told to its members and to the operator."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import translation

from core.accounts.actor import Actor
from core.errors import Invalid
from core.files import quota, services
from core.files.models import StoredFile
from tests import factories
from tests.factories import needs as need_factory
from tests.factories.needs import PDF

MB = 10**6


def pdf(size: int, mark: str) -> SimpleUploadedFile:
    """A PDF of this size, like no other of another mark."""
    end = b"\n%" + mark.encode() + b"\n%%EOF"
    return SimpleUploadedFile("a.pdf", PDF + b" " * (size - len(PDF) - len(end)) + end)


def test_what_goes_beyond_the_quota_is_refused_before_it_is_kept(db: str, client: Any, settings: Any) -> None:
    settings.FILE_QUOTA = 3 * MB
    need, owner = need_factory.draft()
    services.store(owner, pdf(2 * MB - quota.used(owner), "one"))
    client.sign_in(owner.person)
    kept = {str(one) for one in Path(settings.MEDIA_ROOT).rglob("*")}
    refused = client.post(f"/needs/{need.pk}/evidence/", {"file": pdf(MB + 1, "two"), "caption": "图"})
    words = refused.content.decode()
    assert refused.status_code == 422
    assert "已用 2 MB，共 3 MB" in words and "平台运营方" in words
    assert {str(one) for one in Path(settings.MEDIA_ROOT).rglob("*")} == kept
    assert client.post(f"/needs/{need.pk}/evidence/", {"file": pdf(MB, "three"), "caption": "图"}).status_code == 302
    with pytest.raises(Invalid) as full:
        services.store(owner, pdf(len(PDF) + 20, "four"))
    assert (full.value.code, list(full.value.fields)) == ("file_quota", ["file"])
    assert "FILE_QUOTA_MB" in str(full.value.missing[0].who)
    other = factories.actor(factories.organisation())
    assert services.store(other, pdf(2 * MB, "five")).size == 2 * MB, "another organisation has its own"
    settings.FILE_QUOTA = 0
    assert services.store(owner, pdf(2 * MB, "six"))


def test_whoever_acts_for_nobody_has_the_same_number_for_themselves(db: str, settings: Any) -> None:
    settings.FILE_QUOTA = 2 * MB
    lone = Actor(person=factories.person())
    services.store(lone, pdf(2 * MB, "one"))
    with translation.override("en"), pytest.raises(Invalid, match="Your files come to 2 of 2 MB; 1 MB more"):
        services.store(lone, pdf(2000, "two"))
    assert services.store(Actor(person=factories.person()), pdf(2 * MB, "one"))
    assert services.store(factories.actor(factories.organisation(), person_=lone.person), pdf(MB, "three"))
    assert quota.used(lone) == 2 * MB


def test_of_two_uploads_at_one_instant_only_one_takes_the_last_room(db: str, settings: Any) -> None:
    settings.FILE_QUOTA = 3 * MB
    owner = factories.actor(factories.organisation())
    both_began = Barrier(2)

    def upload(mark: str) -> str:
        try:
            with transaction.atomic():
                both_began.wait(10)
                services.store(owner, pdf(2 * MB, mark))
                time.sleep(0.3)  # the first is not committed yet while the second asks
            return "kept"
        except Invalid as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(upload, ["one", "two"])) == ["file_quota", "kept"]
    assert quota.used(owner) == 2 * MB


def test_members_see_their_use_and_the_operator_who_is_nearly_full(db: str, client: Any, settings: Any) -> None:
    settings.FILE_QUOTA = 10 * MB
    full, half = (factories.organisation(name) for name in ("快满的厂", "半满的厂"))
    member, other = factories.actor(full), factories.actor(half)
    for actor, size in ((member, 9 * MB), (other, 5 * MB)):
        StoredFile.objects.create(name="a", size=size, sha256="0" * 64, path="x", organisation=actor.organisation)
    client.sign_in(member.person)
    page = client.get(f"/accounts/organisations/{full.pk}/").content.decode()
    assert "已用 9.0 MB，共 10.0 MB" in page
    assert "10.0 MB" not in client.get(f"/accounts/organisations/{half.pk}/").content.decode()
    client.sign_in(factories.operator().person)
    listed = client.get("/files/").content.decode()
    assert "快满的厂 90%" in listed and "半满的厂" not in listed
    assert "MB，共" not in client.get(f"/accounts/organisations/{full.pk}/").content.decode()
