"""The need library: matrix, facets, search in both languages, files that come in again (R002, R019)."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from core.web.tables import Choice
from needs.actions import need as actions
from needs.models import Need
from needs.models.need import NeedChain
from needs.queries.idle import with_idleness
from needs.queries.need import needs_visible_to
from needs.queries.result import capabilities_visible_to, results_visible_to
from needs.queries.standing import scales, with_rank
from needs.states.need import DemandSide
from needs.web.capability_views import Capabilities
from needs.web.need_list_views import Needs
from needs.web.result_views import Results
from tests import factories
from tests.factories import needs as make
from tests.factories import results

CORPUS = Path(__file__).parents[1] / "evaluation" / "relevance" / "corpus.jsonl"


def rest(api: Any, actor: Any) -> Any:
    return api.as_person(actor.person, actor.organisation)


def cells(page: str) -> list[list[tuple[int, str]]]:
    """The matrix as the page shows it: per node the sides' counts with their addresses."""
    body = page[page.index('<table class="matrix heat">') :]
    found = []
    for line in re.findall(r'<tr><th scope="row">.*?</tr>', body, re.S):
        cell = re.findall(r'<td class="h\d">(?:<a href="([^"]*)">(\d+)</a>|<span[^>]*>[^<]*</span>)</td>', line)
        found.append([(int(count or 0), url.replace("&amp;", "&")) for url, count in cell])
    return found


@pytest.mark.req("R002", whole=True)
@pytest.mark.parametrize(("many", "node_at"), [([1, 1, 1, 1], 0), ([2, 1, 3, 1], 2)])
def test_the_matrix_counts_each_side_and_a_cell_opens_its_needs(
    client: Any, api: Any, many: list[int], node_at: int
) -> None:
    owner = factories.actor(factories.organisation())
    chain, elsewhere = factories.chain(leader=owner.organisation), factories.chain()
    node = chain.nodes.order_by("order")[node_at]
    client.sign_in(owner.person, owner.organisation)
    typed = {"title": "没有需求侧", "pain_point": "痛", "node": str(node.pk), "confidentiality": "members"}
    refused = client.post("/needs/new/", typed)
    assert refused.status_code == 422 and re.search(r'name="demand_side".*?class="err"', refused.content.decode(), re.S)
    told = rest(api, owner).post("needs/", {"title": "x", "pain_point": "y", "node": str(node.pk)})
    assert told.status_code == 422 and list(told.data["errors"]) == ["demand_side"]
    assert not Need.objects.exists()
    for side, count in zip(DemandSide.values, many, strict=True):
        for number in range(count):
            sent = typed | {"title": f"需求 {side} {number}", "demand_side": side}
            assert client.post("/needs/new/", sent).status_code == 302
    make.draft(factories.actor(factories.organisation()), chain=chain, title="别家的草稿")
    page = client.get(f"/needs/matrix/?chain={chain.pk}").content.decode()
    rows = cells(page)
    assert [[count for count, _url in row] for row in rows] == [many if at == node_at else [0] * 4 for at in range(3)]
    for side, (count, url) in zip(DemandSide.values, rows[node_at], strict=True):
        shown = client.get(url).content.decode()
        titles = set(re.findall(r"需求 (\w+) \d", shown))
        assert titles == {side} and len(set(re.findall(r"需求 \w+ \d", shown))) == count
    answer = rest(api, owner).get("needs/matrix/", {"chain": str(chain.pk)})
    assert answer.data["totals"] == dict(zip(DemandSide.values, many, strict=True)) and answer.data["gaps"] == 8
    assert [one["gaps"] for one in answer.data["rows"]] == [0 if at == node_at else 4 for at in range(3)]
    file = client.get(f"/needs/matrix/?chain={chain.pk}&file=csv").content.decode("utf-8-sig")
    assert [int(one) for one in list(csv.reader(io.StringIO(file)))[1 + node_at][1:]] == [*many, sum(many), 0]
    # A need that concerns a node of another chain as well stands in that chain's matrix, and is counted once there.
    further = elsewhere.nodes.first()
    need = Need.objects.filter(title__startswith="需求 rd").first()
    assert need is not None
    tied = rest(api, owner).post(f"needs/{need.pk}/set_chains/", {"other_nodes": [str(further.pk)]})
    assert tied.status_code == 200 and [one["node"]["id"] for one in tied.data["other_nodes"]] == [str(further.pk)]
    other = rest(api, owner).get("needs/matrix/", {"chain": str(elsewhere.pk)}).data
    assert other["total"] == 1 and other["rows"][0]["counts"]["rd"] == 1
    assert rest(api, owner).get("needs/", {"chain": str(elsewhere.pk)}).data["results"][0]["id"] == str(need.pk)


def real_needs(count: int) -> list[dict[str, Any]]:
    """So many needs as people wrote them, the batteries that charge in a quarter of an hour first."""
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["kind"] == "need"]
    return sorted(rows, key=lambda row: row["id"] not in ("D355", "D372", "D112"))[:count]


@pytest.mark.req("R019", whole=True)
@pytest.mark.parametrize(("many", "region", "budget"), [(50, "330100", "600万"), (70, "130100", "85万")])
def test_real_needs_come_in_are_found_in_both_languages_counted_and_go_out_again(
    client: Any, api: Any, many: int, region: str, budget: str
) -> None:
    owner = factories.actor(factories.organisation())
    chain = factories.chain()
    client.sign_in(owner.person, owner.organisation)
    node, rows = chain.nodes.first(), real_needs(many)
    head = ["标题", "痛点", "节点", "需求侧", "领域", "地区", "预算", "期望完成日"]
    lines = [[row["title"], row["text"], node.name, row["demand_side"], row["chain"], region if at % 2 else "", budget if at % 5 == 0 else "",
              "2029-06-30" if at % 3 else ""] for at, row in enumerate(rows)]  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerows([head, *lines])
    sent = client.post("/needs/import/", {"file": SimpleUploadedFile("needs.csv", text.getvalue().encode())})
    assert sent.status_code == 302, sent.content.decode()[:500]
    assert client.post(sent.headers["Location"]).status_code == 302
    assert Need.objects.count() == many
    for word in ("充电", "charging"):
        found = client.get("/needs/", {"q": word}).content.decode()
        assert "缓解续航焦虑" in found and "High-energy traction cell" in found, word
        by_rest = rest(api, owner).get("needs/", {"q": word, "page_size": 100}).data["results"]
        assert {"缓解续航焦虑：能量密度提升30%且15分钟快充"} <= {row["title"] for row in by_rest}
    counts = rest(api, owner).get("needs/facets/").data
    by = {name: {one["value"]: one["count"] for one in values} for name, values in counts.items()}
    assert (
        by["chain"] == {str(chain.pk): many} and by["node"] == {str(node.pk): many} and by["state"] == {"draft": many}
    )
    assert sum(by["side"].values()) == many and by["region"] == {region: many // 2}
    fives, thirds = len(range(0, many, 5)), len(range(0, many, 3))
    assert sorted(by["band"].values()) == sorted([fives, many - fives]) and by["by"]["unsaid"] == thirds
    field, count = max(by["field"].items(), key=lambda one: one[1])
    page = client.get("/needs/", {"field": field}).content.decode()
    assert f">{field} ({count})</option>" in page
    narrowed = rest(api, owner).get("needs/facets/", {"field": field, "region": region}).data
    assert sum(one["count"] for one in narrowed["side"]) == sum(
        row["chain"] == field and at % 2 for at, row in enumerate(rows)
    )
    for wrong in ({"feild": field}, {"region": ""}, {"node": "Reasons"}, {"side": "x"}):
        answer = rest(api, owner).get("needs/facets/", wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))
    for asked, status in (("0.6", 400), ("1e3", 400), ("", 400), ("2", 200)):
        assert rest(api, owner).get("needs/", {"priority__gte": asked}).status_code == status
    stranger = factories.actor(factories.organisation())
    assert rest(api, stranger).get("needs/facets/").data["field"] == [], "drafts of others are not even counted"
    file = client.get("/needs/?file=csv").content
    again = client.post("/needs/import/", {"file": SimpleUploadedFile("again.csv", file)})
    preview = client.get(again.headers["Location"]).content.decode()
    assert f"新增 0，更改 0，相同 {many}，有误 0" in preview
    before = list(Need.objects.order_by("pk").values())
    assert client.post(again.headers["Location"]).status_code == 302
    assert list(Need.objects.order_by("pk").values()) == before
    kept, twice = (
        Need.objects.filter(title__contains="快充").order_by("pk")[:1].get(),
        Need.objects.exclude(title__contains="快充").last(),
    )
    assert twice is not None
    merged = client.post(f"/needs/{twice.pk}/merge/", {"into": kept.code, "reason": "两次提出"})
    assert merged.status_code == 302
    states = {one["value"]: one["count"] for one in rest(api, owner).get("needs/facets/").data["state"]}
    assert states == {"draft": many - 1, "merged": 1}


def test_all_facets_of_the_lists_count_in_one_pass_what_each_choice_by_itself_finds(db: str, monkeypatch: Any) -> None:
    """A need of two chains counts once in each, also where its second node lies in its own chain."""
    owner = factories.actor(factories.organisation())
    first, second = factories.chain(), factories.chain()
    for at, budget in enumerate([None, 300_000, 600_000, 5_000_000, 40_000_000]):
        chain = [first, second][at % 2]
        need = actions.post_need(
            actor=owner, title=f"冬季续航 {at}", pain_point="续航打折", demand_side=DemandSide.values[at % 4], node=chain.nodes.first().pk,
            budget=budget and Decimal(budget), field=["电池", ""][at % 2],
        )  # fmt: skip
        for node in [*second.nodes.all()[1:], *first.nodes.all()[2:]][: at % 4]:
            NeedChain.objects.create(need=need, chain=node.chain, node=node)
    results.published(owner)
    results.posted(owner)
    results.capability(owner)
    by = scales()
    lists = [
        Needs(needs_visible_to(owner), actor=owner),
        Results(with_idleness(with_rank(results_visible_to(owner), by)), actor=owner, scales=by),
        Capabilities(capabilities_visible_to(owner), actor=owner),
    ]
    many = 0
    for query in (
        "",
        "q=续航",
        "side=rd",
        f"chain={second.pk}&state=open",
        f"node={second.nodes.all()[1].pk}&q=冬季续航",
        "whose=ours&band=small",
    ):
        for table in lists:
            shown = []
            for is_together in (True, False):
                with monkeypatch.context() as patched:
                    if not is_together:
                        patched.setattr(Choice, "counted_by", lambda _self: None)
                    one = type(table)(table.rows, **table.context).bind(QueryDict(query))
                    shown.append([[(o.value, o.count) for o in look.options] for look in one.shown_filters])
            assert shown[0] == shown[1], (query, type(table))
            many += sum(count or 0 for options in shown[0] for _value, count in options)
    assert many > 100
