"""Each figure of a home shows the number of rows that the list behind it holds, and links that open (R027)."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benefits.actions import agreement as agreements
from chains import actions as chains
from core.accounts.actor import Actor
from core.checks.models import Alert
from portal.queries import figures, home_of, homes
from tests import factories
from tests.factories import benefits as money
from tests.factories.challenges import Reviewed
from tests.factories.projects import Scene

FIGURES = {name: one for name, one in vars(figures).items() if isinstance(one, figures.Figure)}
OF_ORGANISATIONS = [
    one for home in (*homes.OF_KIND.values(), homes.LEADER, homes.OPERATOR, homes.APPROVER) for one in home.figures
]


@pytest.fixture
def people(db: str, frozen_clock: Any) -> dict[str, Actor]:
    """People of a world in which every figure counts something for somebody, and not the same for all."""
    review = Reviewed(frozen_clock)
    scene = Scene().started()
    scene.submit("rd", "300")
    version, parties = money.in_force()
    for amount in ("1000", "2500.50"):
        agreements.settle_income(actor=parties[0], income_id=money.income(version, parties[0], amount).pk)
    money.fund()
    factories.chain("氢能产业链")
    for owner, name in ((scene.institute, "涂布机"), (parties[1], "挤出机")):
        chains.add_machine(actor=owner, name=name, count=2)
    factories.organisation(verified=False)
    for state in ("raised", "told", "cleared", "muted"):
        row = Alert.objects.create(
            code="A28", check_name=state, object_type="x", object_id=scene.pk, object_label="P", rule="中试无接收方", state=state
        )  # fmt: skip
        row.organisations.add(scene.organisation(scene.leader))
    return {
        "leader": scene.leader, "institute": scene.institute, "supplier": scene.supplier, "issuer": review.drafter,
        "bidder": review.first_bidder, "judge": review.member, "party": parties[1], "operator": scene.operator,
        "approver": scene.approver, "reviewer": scene.reviewer("rd"), "newcomer": Actor.for_person(factories.person()),
    }  # fmt: skip


def rows_behind(client: Any, url: str) -> int:
    answer = client.get(f"{url}{'&' if '?' in url else '?'}file=csv")
    assert answer.status_code == 200, url
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) - 1


@pytest.mark.req("R027")
def test_each_figure_opens_the_list_that_it_counts(client: Any, people: dict[str, Actor]) -> None:
    counted: dict[str, set[int]] = {name: set() for name in FIGURES}
    for who, actor in people.items():
        client.sign_out()
        client.sign_in(actor.person, actor.organisation)
        met = OF_ORGANISATIONS if actor.organisation else home_of(actor).figures
        for name, figure in FIGURES.items():
            if figure not in met:
                continue
            shown = figure.shown(actor)
            counted[name].add(shown["value"])
            assert len(shown["lines"]) == min(shown["value"], figures.SHOWN)
            if shown["url"] == "#packages":
                assert 'id="packages"' in client.get("/").content.decode()
            else:
                assert client.get(shown["url"]).status_code == 200
                if name != "PACKAGES":  # they stand on the home page itself
                    assert rows_behind(client, shown["url"]) == shown["value"], (who, name, shown["url"])
            for line in shown["lines"]:
                assert not line.url or client.get(line.url).status_code == 200, (who, name, line.url)
    assert {name for name, numbers in counted.items() if not max(numbers)} == set(), (
        "each counts something for somebody"
    )


@pytest.mark.parametrize("who", ["leader", "operator"])
def test_a_home_asks_the_database_as_often_for_many_rows_as_for_one(
    client: Any, people: dict[str, Actor], who: str
) -> None:
    client.sign_in(people[who].person, people[who].organisation)
    client.get("/")
    with CaptureQueriesContext(connection) as before:
        client.get("/")
    for _number in range(2):
        Scene()
        factories.organisation(verified=False)
    with CaptureQueriesContext(connection) as after:
        client.get("/")
    assert len(after) <= len(before) + 3, "at most one more count for each figure"
