"""A command is one durable transaction whose outcome a key keeps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from core.accounts.actor import Actor
from core.accounts.models import Organisation
from core.command import command
from core.command.models import CommandRecord
from core.errors import Conflict, Invalid
from tests import factories


@command
def rename(*, actor: Actor, organisation: Organisation, name: str, refuse: bool = False) -> Organisation:
    organisation.name = name
    organisation.touch()
    organisation.save()
    if refuse:
        raise Invalid("no", field="name")
    return organisation


def name_of(row: Organisation) -> str:
    return Organisation.objects.get(pk=row.pk).name


def test_a_refusal_undoes_what_the_action_did(db: Any) -> None:
    row = factories.organisation("before")
    with pytest.raises(Invalid):
        rename(actor=factories.actor(row), organisation=row, name="after", refuse=True)
    assert name_of(row) == "before"


def test_a_command_inside_another_transaction_is_refused(db: Any) -> None:
    row = factories.organisation("before")
    actor = factories.actor(row)
    with pytest.raises(RuntimeError), transaction.atomic():
        rename(actor=actor, organisation=row, name="after")
    assert name_of(row) == "before"


def test_the_same_key_takes_effect_once_and_gives_the_same_answer(db: Any) -> None:
    row = factories.organisation("before")
    actor = factories.actor(row).with_key("k1")
    first = rename(actor=actor, organisation=Organisation.objects.get(pk=row.pk), name="after")
    again = rename(actor=actor, organisation=Organisation.objects.get(pk=row.pk), name="after")
    assert first.pk == again.pk
    assert Organisation.objects.get(pk=row.pk).version == row.version + 1


def test_a_refused_key_stays_refused_with_the_same_sentence(db: Any) -> None:
    row = factories.organisation("before")
    actor = factories.actor(row).with_key("k2")
    for _time in range(2):
        with pytest.raises(Invalid) as refused:
            rename(actor=actor, organisation=row, name="after", refuse=True)
        assert refused.value.fields == {"name": ["no"]}
    assert CommandRecord.objects.count() == 1


def test_another_content_under_the_same_key_is_a_conflict(db: Any) -> None:
    row = factories.organisation("before")
    actor = factories.actor(row).with_key("k3")
    rename(actor=actor, organisation=row, name="after")
    with pytest.raises(Conflict) as refused:
        rename(actor=actor, organisation=row, name="later")
    assert refused.value.code == "idempotency_key_reused"
    assert name_of(row) == "after"


def test_ten_connections_with_one_key_take_effect_once(db: Any, in_threads: Any) -> None:
    row = factories.organisation("before")
    actor = factories.actor(row).with_key("k4")

    def once(number: int) -> str:
        fresh = Organisation.objects.get(pk=row.pk)
        return rename(actor=actor, organisation=fresh, name="after").name

    assert in_threads(10, once) == ["after"] * 10
    assert Organisation.objects.get(pk=row.pk).version == row.version + 1
