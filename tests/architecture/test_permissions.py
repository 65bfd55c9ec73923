"""Every page and every REST address, tried by eight kinds of people, answers as the table says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from tests.architecture import world as everything
from tests.support.kept_world import world_of


def observe(live_server: str, folder: Path) -> dict[str, str]:
    """The letters that the product gives now, by address."""
    world = world_of(live_server, folder)
    seen: dict[str, list[str]] = {}
    doors = everything.doors()
    for who in everything.PEOPLE:
        client = everything.client_of(world, who)
        client.raise_request_exception = False
        for door in doors:
            try:
                path = reverse(door.name, kwargs=world.arguments(door))
            except NoReverseMatch:
                path = "/" + door.route
            ends_the_session = door.name in ("accounts:sign_out", "accounts:change_password")
            visitor = everything.client_of(world, who) if ends_the_session else client
            seen.setdefault(door.name, []).append(everything.ask(world, door, path, who, visitor))
    assert not world.faults, "\n".join(sorted(set(world.faults)))
    return {name: "".join(letters) for name, letters in seen.items()}


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("no_shell")
def test_every_address_answers_each_kind_of_person_as_the_table_says(
    live_server: str, tmp_path: Path, settings: Any
) -> None:
    settings.API_RATES = {}
    seen = observe(live_server, tmp_path)
    if target := os.environ.get("WRITE_PERMISSIONS"):
        lines = "".join(f'    "{name}": "{letters}",\n' for name, letters in sorted(seen.items()))
        Path(target).write_text(f"{HEAD}TABLE = {{\n{lines}}}\n", encoding="utf-8")
    from tests.architecture.permissions import TABLE

    broken = sorted(name for name, letters in seen.items() if "!" in letters)
    assert not broken, "these addresses break"
    differing = {name: (TABLE.get(name), letters) for name, letters in seen.items() if TABLE.get(name) != letters}
    assert not differing, "address: (table, seen), in the order " + ", ".join(everything.PEOPLE)


@pytest.mark.req("R015", "R017")
@pytest.mark.timeout(600)
def test_a_stranger_reads_nothing_of_the_played_world_that_is_not_public(
    live_server: str, tmp_path: Path, settings: Any
) -> None:
    from django.test import Client

    from portal.walk import shown
    from portal.walk.cases import CASES
    from portal.walk.play import Play, Walk
    from tests.support.leaks import everything as public_answers
    from tests.support.leaks import leaks

    settings.API_RATES = {}
    world = world_of(live_server, tmp_path)
    client = Client()
    assert len(list(public_answers(client))) >= 2 * (10 + 6), "the world shows one of each to everyone"
    assert leaks(client) == []
    play = Play(Walk(live_server, say=lambda _words: None), CASES[0])
    play.walk.memory, play.ids = tmp_path / "shown.json", dict(world.ids)
    for part in ("leader", "second", "institute", "university", "supplier1", "supplier2"):
        play.who(part).organisation = play.ids["leader" if part == "second" else part]
    shown.to_everyone(play)
    case = CASES[0]
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/open/").content.decode()
    assert case.next_need["title"] in page and case.result["title"] in client.get("/open/results/").content.decode()
    assert case.effect in client.get("/open/outcomes/").content.decode() and leaks(client) == []


HEAD = '''"""Who may knock on which door: every page and REST address × eight kinds of people.

In this order: a stranger; a machine client without the scope; a member of another organisation; a reviewer in conflict; a cleared
reviewer; a party (institute of the need, bidder, project party); the chain's leader (owner of need, challenge and project); an admin of
the platform. A letter each:

i  must sign in first        h  hidden: does not exist for this person (404)
n  seen but not allowed (403)    y  let in: the page opens, or the operation answers what its rules of state and form say

The objects are those of the reference walk. A change of a letter is a change of who may do what: it belongs into review.
"""

'''
