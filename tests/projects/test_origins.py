"""From own exploration to needs that pull: shares of projects by origin, over time, with the history of each (R007)."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.factories import challenges


@pytest.mark.req("R007", whole=True)
@pytest.mark.parametrize(("explored", "pulled", "converted"), [(7, 3, 4), (3, 2, 1)])
def test_linking_needs_turns_the_shares_and_keeps_when_each_project_turned(
    api: Any, client: Any, frozen_clock: Any, explored: int, pulled: int, converted: int
) -> None:
    lead = factories.actor(factories.organisation())
    mine = api.as_person(lead.person, lead.organisation)
    need = challenges.published_need(lead.organisation, specs=[])
    many = explored + pulled
    made = [
        mine.post("projects/", {"title": f"课题 {at}", "origin": "need_pulled" if at < pulled else "self_exploration"}).data["id"]
        for at in range(many)
    ]  # fmt: skip
    other = factories.actor(factories.organisation())
    api.as_person(other.person, other.organisation).post("projects/", {"title": "别家", "origin": "leader_defined"})

    def percents(of: list[Any]) -> dict[str, Decimal]:
        return {one["origin"]: Decimal(one["percent"]) for one in of}

    def rounded(part: int) -> Decimal:
        return (Decimal(100) * part / many).quantize(Decimal("0.1"))

    before = mine.get("projects/origins/").data
    assert percents(before["shares"]) == {
        "self_exploration": rounded(explored), "need_pulled": rounded(pulled), "leader_defined": Decimal(0)
    }  # fmt: skip
    frozen_clock.move(days=62)
    for pk in made[pulled : pulled + converted]:
        assert mine.post(f"projects/{pk}/link_need/", {"need": str(need.pk)}).status_code == 200
    after = mine.get("projects/origins/").data
    assert percents(after["shares"])["need_pulled"] == rounded(pulled + converted)
    assert percents(after["shares"])["self_exploration"] == rounded(explored - converted)
    trend = after["trend"]
    assert len(trend) == 12 and trend[0]["total"] == 0 and trend[-1]["total"] == many
    assert percents(trend[-1]["shares"]) == percents(after["shares"]), "the month that runs"
    assert percents(trend[-3]["shares"]) == percents(before["shares"]), "as it was then"
    history = mine.get(f"projects/{made[pulled]}/").data["origin_changes"]
    assert [(one["before"], one["after"], one["need"]) for one in history] == [
        ("", "self_exploration", None), ("self_exploration", "need_pulled", need.pk)
    ]  # fmt: skip
    assert history[0]["changed_at"] < history[1]["changed_at"]
    client.sign_in(lead.person, lead.organisation)
    page = client.get("/projects/").content.decode()
    shown = f"{rounded(pulled + converted).normalize():f}"
    assert f'<a href="?origin=need_pulled">{shown}</a>' in page, "the dashboard shows the shares"
    file = client.get("/projects/?origin=need_pulled&file=csv").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(file)))) - 1 == pulled + converted, "and opens the list behind each"
    assert need.code in client.get(f"/projects/{made[pulled]}/").content.decode()
