"""A project changes its direction because industry asks for something else, and both sides see it (R024)."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from core.inbox.models import Notification, Task
from needs.models import Cluster
from projects.actions import project as project_actions
from projects.models import DirectionChange
from tests import factories

CHIPS = (
    "electronics", ["芯片功耗过高", "主控太费电，手机一天充两次"], "提高主频的手机芯片", "低功耗手机芯片", "终端企业反映功耗，不再追求主频。",
)  # fmt: skip
HEAT = (
    "appliances", ["散热性能不足", "机身烫手，温度降不下来", "温度降不下来，夏天降频"], "轻薄外壳材料", "高效散热材料", "三家整机厂受散热限制。",
)  # fmt: skip


def scene(api: Any, texts: list[str], summary: str) -> dict[str, Any]:
    """A chain's leader, firms that complain, and an institute of two people that leads a project of its own."""
    leader = factories.actor(factories.organisation("链主甲"))
    chain = factories.chain(leader=leader.organisation)
    firms = [factories.actor(factories.organisation()) for _ in texts]
    for firm, text in zip(firms, texts, strict=True):
        body = {"chain": str(chain.pk), "text": text}
        assert api.as_person(firm.person, firm.organisation).post("complaints/", body).status_code == 201
    home = factories.organisation("乙研究院", kinds=["research_institute"])
    researcher, director = factories.actor(home, roles=["member"]), factories.actor(home)
    project = project_actions.create_project(
        actor=researcher, title=f"{summary}研究", summary=summary, chain=str(chain.pk)
    )
    return {
        "leader": leader, "chain": chain, "firms": firms, "researcher": researcher, "director": director, "project": project,
        "cluster": Cluster.objects.get(chain=chain),
    }  # fmt: skip


@pytest.mark.req("R024", whole=True)
@pytest.mark.parametrize(("_chain", "texts", "before", "after", "reason"), [CHIPS, HEAT])
def test_an_institute_changes_direction_because_of_a_cluster_and_both_pages_show_it(
    api: Any, client: Any, _chain: str, texts: list[str], before: str, after: str, reason: str
) -> None:
    at = scene(api, texts, before)
    project, cluster, firm = at["project"], at["cluster"], at["firms"][-1]
    client.sign_in(at["researcher"].person, at["researcher"].organisation)
    form = client.get(f"/projects/{project.pk}/direction/?cluster={cluster.pk}").content.decode()
    assert before in form and f"{cluster.label} ({len(texts)})" in form
    sent = {
        "before": before,
        "after": after,
        "cluster": str(cluster.pk),
        "need": "",
        "reason": reason,
        "is_shown": "on",
    }
    lacking = client.post(f"/projects/{project.pk}/direction/", sent | {"cluster": ""})
    assert lacking.status_code == 422 and after in lacking.content.decode()
    assert client.post(f"/projects/{project.pk}/direction/", sent).status_code == 302
    row = DirectionChange.objects.get()
    # Nothing is shown before it is approved, and whoever proposed it does not approve it.
    where = f"/needs/clusters/{cluster.pk}/"
    client.sign_in(firm.person, firm.organisation)
    assert project.title not in client.get(where).content.decode()
    client.sign_in(at["researcher"].person, at["researcher"].organisation)
    assert client.post(f"/projects/directions/{row.pk}/decide/", {"outcome": "approved"}).status_code == 403
    task = Task.objects.get(kind="decide_direction")
    assert task.state == "open"
    client.sign_in(at["director"].person, at["director"].organisation)
    assert client.post(f"/projects/directions/{row.pk}/decide/", {"outcome": "approved", "note": ""}).status_code == 302
    task.refresh_from_db()
    assert task.state == "done"
    # The project's page: from, to, because of what, by whom approved; its history: when and why.
    page = client.get(f"/projects/{project.pk}/").content.decode()
    panel = page[page.index('id="directions"') :]
    for words in (
        before,
        after,
        reason,
        cluster.label,
        clock.today().isoformat(),
        f"/needs/clusters/{cluster.pk}/",
        str(at["director"].person),
    ):
        assert words in panel, words
    line = page[page.index('<ol class="tl">') : page.index('id="directions"')]
    assert reason in line and "就新方向作出了决定" in line and f"{clock.today():%m-%d}" in line, line
    # The cluster's page shows the responding project to who complained, who may not open the project itself.
    client.sign_in(firm.person, firm.organisation)
    page = client.get(where).content.decode()
    assert project.title in page and after in page and f"/projects/{project.pk}/" not in page
    told = Notification.objects.filter(kind="direction_responds").values_list("person", flat=True)
    assert set(told) == {one.person.pk for one in at["firms"]}
    door = api.as_person(at["director"].person, at["director"].organisation)
    found = door.get("directions/", {"cluster": str(cluster.pk)}).data["results"]
    assert [(one["before"], one["after"], one["reason"], one["state"]) for one in found] == [
        (before, after, reason, "approved")
    ]
    assert found[0]["decided_by"]["id"] == str(at["director"].person.pk) and found[0]["decided_at"]


@pytest.mark.req("R024")
def test_what_is_not_meant_for_others_stays_in_the_project_and_a_refusal_says_why(api: Any, client: Any) -> None:
    at = scene(api, CHIPS[1], CHIPS[2])
    project, cluster, firm = at["project"], at["cluster"], at["firms"][0]
    door = api.as_person(at["researcher"].person, at["researcher"].organisation)
    chief = api.as_person(at["director"].person, at["director"].organisation)
    body = {"before": "甲", "after": "乙", "reason": "丙", "cluster": str(cluster.pk), "is_shown": False}
    path = f"projects/{project.pk}/propose_direction/"
    assert door.post(path, {"before": "甲", "after": "乙", "reason": "丙"}).status_code == 422
    assert door.post(path, body | {"after": " 甲 "}).status_code == 422
    first = door.post(path, body)
    assert first.status_code == 201, api.text(first)
    assert door.post(path, body).status_code == 409  # one waits already
    decide = f"directions/{first.data['id']}/decide/"
    assert chief.post(decide, {"outcome": "refused"}).status_code == 422
    assert chief.post(decide, {"outcome": "refused", "note": "证据不足"}).data["state"] == "refused"
    assert chief.post(decide, {"outcome": "approved"}).status_code == 409
    second = door.post(path, body)
    assert chief.post(f"directions/{second.data['id']}/decide/", {"outcome": "approved"}).status_code == 200
    client.sign_in(firm.person, firm.organisation)
    assert project.title not in client.get(f"/needs/clusters/{cluster.pk}/").content.decode()
    assert not Notification.objects.filter(kind="direction_responds").exists()
    theirs = api.as_person(firm.person, firm.organisation)
    assert theirs.get("directions/").data["results"] == [] and theirs.post(decide, {}).status_code == 404
    assert theirs.post(path, body).status_code == 404
