"""A command is one durable transaction whose outcome a key keeps."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

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


@command
def rename_both(*, actor: Actor, first: UUID, second: UUID, wait: Any) -> list[Organisation]:
    rows = [Organisation.objects.select_for_update().get(pk=first)]
    with suppress(BrokenBarrierError):
        wait.wait(5)
    rows.append(Organisation.objects.select_for_update().get(pk=second))
    for row in rows:
        row.intro += "x"
        row.save()
    return rows


def test_two_commands_that_wait_for_each_other_are_both_done(db: Any, in_threads: Any) -> None:
    """The database ends one of the two; it goes again, once, and nobody is told of an error."""
    a, b = factories.organisation("a"), factories.organisation("b")
    actors, wait = [factories.actor(a).with_key("k1"), factories.actor(b).with_key("k2")], Barrier(2)
    ids = [(a.pk, b.pk), (b.pk, a.pk)]
    answers = in_threads(2, lambda n: rename_both(actor=actors[n], first=ids[n][0], second=ids[n][1], wait=wait))
    assert all(isinstance(one, list) for one in answers), answers
    assert set(Organisation.objects.values_list("intro", flat=True)) == {"xx"}
