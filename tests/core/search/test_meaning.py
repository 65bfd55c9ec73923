"""Places learnt from the library's own text: what means the same is found in other words, and of nobody else's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.accounts.actor import Actor
from core.search import learning, meaning, queries, services
from core.search.models import Document, Learnt
from core.search.tasks import learn, weigh
from tests import factories


def test_the_directions_are_those_of_a_dense_decomposition() -> None:
    draw = np.random.default_rng(3)
    dense = (draw.random((80, 40)) * (draw.random((80, 40)) < 0.3)).astype(np.float32)
    dense[:, 0] += 0.01
    dense[0] += 0.01
    dense *= 0.8 ** np.arange(40, dtype=np.float32)
    rows, columns = np.nonzero(dense)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=80))])
    matrix = learning.Sparse(starts, columns, dense[rows, columns], 40)
    found = learning.directions(matrix, 5)
    assert np.allclose(matrix.times(np.eye(40, dtype=np.float32)), dense)
    assert np.allclose(matrix.turned().times(np.eye(80, dtype=np.float32)), dense.T)
    right = np.linalg.svd(dense, full_matrices=False)[2][:5]
    assert np.allclose(np.abs(np.sum(found * right.T, axis=0)), 1, atol=1e-3)
    assert found.shape == (40, 5) and np.allclose(found, learning.directions(matrix, 5)), "the same again"


def test_two_places_differ_in_the_share_of_signs_that_is_their_angle() -> None:
    planes = np.random.default_rng(2).standard_normal((50, 512)).astype(np.float32)
    one = np.zeros(50, dtype=np.float32)
    one[0] = 1
    for degrees in (0, 30, 60, 90):
        other = np.zeros(50, dtype=np.float32)
        other[:2] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        signs, others = meaning.signs_of(one, planes), meaning.signs_of(other, planes)
        differ = sum(a != b for a, b in zip(signs, others, strict=True)) / 512
        assert abs(differ * 180 - degrees) < 12
    assert meaning.signs_of(np.zeros(50, dtype=np.float32), planes) == ""


def library(monkeypatch: Any) -> tuple[Any, Any]:
    """Two topics; documents of each say some of its words; one restricted text of each, of two owners."""
    monkeypatch.setattr(learning, "LEAST_DOCUMENTS", 20)
    monkeypatch.setattr(learning, "DIMENSIONS", 2)
    topics = [["热失控", "隔膜", "电解液", "析锂", "集流体"], ["轴承", "齿轮", "润滑脂", "磨粒", "振动"]]
    owners = [factories.organisation(f"单位{at}") for at in (0, 1)]

    def put(title: str, text: str, **extra: Any) -> None:
        extra = {"visibility": "members"} | extra
        row = factories.organisation(f"{title} {Document.objects.count()}")
        services.index(row, title=title, text=text, room="needs", kind="need", link="/x/", **extra)

    for turn in range(30):
        words = topics[turn % 2]
        at = turn // 2
        put(f"{words[at % 5]}改进 {turn}", f"{words[at % 5]} {words[(at + 1) % 5]} {words[(at + 2) % 5]}")
    for words, owner in zip(topics, owners, strict=True):
        put(f"机密 {words[0]}", words[0], visibility="restricted", parties=[owner])
    return topics, owners


def titles(actor: Any, text: str, **more: Any) -> list[str]:
    return [row.title for row in queries.search(actor, text, **more)]


@pytest.mark.req("R048")
@pytest.mark.parametrize(("topic", "asked"), [(0, "隔膜"), (1, "润滑脂")])
def test_what_means_the_same_is_found_in_other_words(db: str, monkeypatch: Any, topic: int, asked: str) -> None:
    topics, owners = library(monkeypatch)
    reader, owner = factories.actor(), Actor.for_person(factories.member(owners[topic]), owners[topic])
    other = Actor.for_person(factories.member(owners[1 - topic]), owners[1 - topic])
    by_words = titles(reader, asked)
    assert learn() == 30 and learn() == 0, "nothing is new"
    weigh()
    assert not Document.objects.filter(place_of=0).exists()
    found = titles(reader, asked)
    mine = {row.title for row in Document.objects.all() if any(word in row.title for word in topics[topic])}
    theirs = {row.title for row in Document.objects.all()} - mine
    assert set(by_words) < set(found) and len(set(found) & mine) == 15
    assert set(found[: len(by_words)]) <= mine and not set(found) & theirs
    assert titles(reader, asked, by_meaning=False) == by_words
    akin = {row.title for row in queries.search(reader, asked) if row.is_akin}
    assert akin == set(found) - set(by_words)
    assert [one.pk for one in queries.hits(reader, asked)] == [row.pk for row in queries.search(reader, asked)]
    secret = f"机密 {topics[topic][0]}"
    assert secret in titles(owner, asked) and secret not in found and secret not in titles(other, asked)
    assert not titles(Actor.nobody(), asked), "nothing of it is public"


def test_a_changed_document_finds_its_new_place_and_an_old_lesson_goes(db: str, monkeypatch: Any) -> None:
    topics, _owners = library(monkeypatch)
    learn()
    weigh()
    row = Document.objects.filter(title__startswith=topics[0][0]).earliest("created_at")
    before = row.place
    organisation = factories.organisation("又一家")
    services.index(
        organisation,
        title="改说轴承",
        text=" ".join(topics[1]),
        room="needs",
        kind="need",
        link="/x/",
        visibility="members",
    )
    row.title, row.text = "改说齿轮", " ".join(topics[1])
    services.weigh([row], services.bridge())
    assert Document.objects.filter(place_of=0).count() == 2
    weigh()
    row.refresh_from_db()
    assert row.place_of == 1 and row.place != before
    monkeypatch.setattr(learning, "GROWN", 0)
    assert learn() == 31
    weigh()
    assert Learnt.objects.get().number == 2 and set(Document.objects.values_list("place_of", flat=True)) == {2}


def test_a_small_library_teaches_nothing(db: str) -> None:
    factories.organisation()
    assert learn() == 0 and learning.place_some() == 0 and not Learnt.objects.exists()
