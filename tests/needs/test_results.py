"""Results and capabilities by page and by REST: scores apart, ranking with its reason, measured values."""

from __future__ import annotations

from typing import Any

import pytest

from core import checks
from core.checks.models import Alert
from core.search import queries as search
from needs.models import Capability, Result
from tests import factories
from tests.factories import results as make


def order(text: str, *titles: str) -> list[str]:
    return sorted(titles, key=text.index)


@pytest.mark.req("R009", "A04", whole=True)
@pytest.mark.parametrize(
    ("first", "second", "standing"),
    [
        ((95, [20, None, 20, 20]), (70, [85, 85, None, 85]), "79"),
        ((88, [30, 45, 40, None]), (40, [90, 70, 80, 60]), "61"),
    ],
)
def test_fit_and_advancement_stand_apart_and_the_default_ranking_says_why(
    client: Any, first: Any, second: Any, standing: str
) -> None:
    institute = factories.actor(factories.organisation(kinds=["research_institute"]))
    reader = factories.actor(factories.organisation(kinds=["large_firm"]))
    node = factories.chain().nodes.first()
    client.sign_in(institute.person, institute.organisation)
    parts = ("fit_process", "fit_standard", "fit_cost", "fit_supply")
    for title, (advancement, fit) in (("领先材料", first), ("可用材料", second)):
        typed = {
            "title": title,
            "text": "一种新材料。",
            "node": str(node.pk),
            "confidentiality": "members",
            "advancement": advancement,
        }
        typed |= {name: mark for name, mark in zip(parts, fit, strict=True) if mark is not None}
        refused = client.post("/needs/results/new/", typed)
        assert refused.status_code == 422 and title in refused.content.decode(), "scores rest on something"
        made = client.post("/needs/results/new/", typed | {"scores_basis": "第三方评估"})
        assert made.status_code == 302, made.content.decode()
        assert client.post(f"{made.headers['Location']}publish/").status_code == 302
    risky = Result.objects.get(title="领先材料")
    client.sign_in(reader.person, reader.organisation)
    shown = client.get("/needs/results/").content.decode()
    assert order(shown, "领先材料", "可用材料") == ["可用材料", "领先材料"]
    assert f"{standing} = 60% × " in shown and "st-bad" in shown
    assert "领先材料" not in client.get("/needs/results/?risk=no").content.decode()
    assert f"先进性 {first[0]}，但适配性" in shown
    by_advancement = client.get("/needs/results/?sort=-advancement").content.decode()
    assert order(by_advancement, "领先材料", "可用材料")[0] == "领先材料", "only where one asks for it"
    file = client.get("/needs/results/?file=csv").content.decode()
    assert order(file, "领先材料", "可用材料")[0] == "可用材料" and "排在适配成果之后" in file
    page = client.get(f"/needs/results/{risky.pk}/").content.decode()
    assert "适配风险" in page and "未评定" in page and f"<b>{first[0]}</b>" in page
    checks.watch({"A04"})
    alert = Alert.objects.get()
    assert (alert.object_id, alert.state) == (risky.pk, "told") and alert.numbers["advancement"] == first[0]
    client.sign_in(institute.person, institute.organisation)
    edit = f"/needs/results/{risky.pk}/edit/"
    typed = {"title": "领先材料", "text": "已改进。", "node": str(node.pk), "confidentiality": "members", "advancement": first[0],
             "fit_process": 80, "scores_basis": "复评", "version": risky.version}  # fmt: skip
    assert client.post(edit, typed).status_code == 302
    stale = client.post(edit, typed | {"text": "另一人的改动"})
    assert stale.status_code == 412 and "另一人的改动" in stale.content.decode()
    checks.watch({"A04"})
    alert.refresh_from_db()
    assert alert.state == "cleared"


def test_drafts_and_restricted_results_are_hidden_from_others_everywhere(client: Any) -> None:
    draft, owner = make.posted(title="未发布的隐形涂层")
    make.published(owner, title="受限的隐形涂层", confidentiality="restricted")
    make.capability(owner, title="隐形涂层测试")
    other = factories.actor(factories.organisation())
    client.sign_in(other.person, other.organisation)
    assert "涂层" not in client.get("/needs/results/").content.decode()
    assert client.get(f"/needs/results/{draft.pk}/").status_code == 404
    found = search.search(other, "隐形涂层", kinds=["result", "capability"])
    assert [one.kind for one in found] == ["capability"]
    assert {one.kind for one in search.search(owner, "隐形涂层")} == {"result", "capability"}
    assert "隐形涂层测试" in client.get("/needs/results/capabilities/?q=涂层").content.decode()


def test_a_value_is_measured_against_the_needs_indicator_or_a_new_one(client: Any) -> None:
    from tests.factories import needs as need_make

    need, _leader, _partners = need_make.published()
    result, owner = make.posted(origin_need=need.pk)
    client.sign_in(owner.person, owner.organisation)
    measure = f"/needs/results/{result.pk}/measure/"
    from needs.services import need_specifications

    density = next(one for one in need_specifications(need) if one.kind == "relative")
    typed = {
        "specification": str(density.pk),
        "value": "262",
        "environment": "lab",
        "source": "第三方检测",
        "measured_on": "2026-05-01",
    }
    assert client.post(measure, typed).status_code == 302
    own = {"name": "循环寿命", "value": "3000", "unit": "次", "source": "自测", "environment": "pilot"}
    refused = client.post(measure, own)
    assert refused.status_code == 422 and "越高越好还是越低越好" in refused.content.decode()
    assert client.post(measure, own | {"direction": "higher"}).status_code == 302
    again = client.post(measure, own | {"direction": "higher"})
    assert again.status_code == 422 and "同名指标" in again.content.decode()
    page = client.get(f"/needs/results/{result.pk}/").content.decode()
    assert "262" in page and "≥ 3000 次" in page and "第三方检测" in page and "自报" in page
    assert result.values_measured.count() == 2


def test_a_capability_is_changed_and_withdrawn(client: Any) -> None:
    row, owner = make.capability(tags=["热失控"])
    client.sign_in(owner.person, owner.organisation)
    node = str(row.nodes.get().pk)
    typed = {
        "title": "热失控测试",
        "text": "可做针刺。",
        "nodes": [node],
        "tags": "针刺, 过充，挤压",
        "version": row.version,
    }
    assert client.post(f"/needs/results/capabilities/{row.pk}/edit/", typed).status_code == 302
    page = client.get(f"/needs/results/capabilities/{row.pk}/").content.decode()
    assert "热失控测试" in page and "挤压" in page
    assert client.post(f"/needs/results/capabilities/{row.pk}/withdraw/", {"reason": "设备已停用"}).status_code == 302
    assert Capability.objects.get().state == "withdrawn"
    assert client.post(f"/needs/results/capabilities/{row.pk}/edit/", typed | {"version": 3}).status_code == 409
