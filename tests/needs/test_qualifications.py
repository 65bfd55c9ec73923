"""What a chain demands of whatever is delivered to it, and what shows it (R127)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core.inbox.models import Notification, Task
from needs.models import QualificationEvidence
from tests import factories
from tests.factories import needs as make
from tests.factories import results


@pytest.mark.req("R127", whole=True)
@pytest.mark.parametrize(
    ("there", "here", "tag", "name", "need_title", "pain", "title", "text"),
    [
        ("电子信息产业链", "汽车产业链", "AI感知", "车规级", "智能驾驶夜间感知误报", "夜间视觉感知误报多。", "视觉感知算法", "夜间视觉感知与目标识别。"),
        ("新材料产业链", "生物医药产业链", "高分子", "医疗器械级", "植入支架涂层易脱落", "植入支架的涂层易脱落。", "植入涂层材料", "支架用涂层，附着牢固。"),
    ],
)  # fmt: skip
def test_what_lacks_the_chains_qualification_says_that_it_needs_adapting_until_it_is_shown(
    api: Any, client: Any, there: str, here: str, tag: str, name: str, need_title: str, pain: str, title: str, text: str
) -> None:
    lead = factories.actor(factories.organisation("链主"))
    home, away = factories.chain(here, leader=lead.organisation), factories.chain(there)
    need, owner, _others = make.published(title=need_title, pain_point=pain, chain=home)
    able, maker = results.capability(title=title, text=text, nodes=[away.nodes.first().pk], tags=[tag, "算法"])
    found, _same = results.published(maker, title=f"{title}成果", text=text, node=away.nodes.first().pk)
    keeper, own = api.as_person(lead.person, lead.organisation), api.as_person(maker.person, maker.organisation)
    reader = api.as_person(owner.person, owner.organisation)
    page = client.sign_in(owner.person, owner.organisation)
    asked = f"需适配:{name}"

    def lacks(pk: Any) -> list[tuple[str, str]]:
        rows = {row["object_id"]: row for row in reader.get(f"needs/{need.pk}/matches/").data["found"]}
        return [(one["name"], one["evidence"]) for one in rows[str(pk)]["lacks"]]

    # Nothing is demanded: nothing is shown. The chain's leader demands it of what carries the tag; nobody else may.
    assert lacks(able.pk) == []
    body = {"chain": str(home.pk), "name": name, "note": "须提供检测报告", "tags": [tag]}
    assert own.post("qualifications/", body).status_code == 403
    assert client.get(f"/needs/qualifications/new/{home.pk}/").status_code == 403
    client.sign_in(lead.person, lead.organisation)
    assert client.post(f"/needs/qualifications/new/{home.pk}/", {"name": ""}).status_code == 422
    assert client.post(f"/needs/qualifications/new/{home.pk}/", {"name": name, "tags": tag}).status_code == 302
    assert keeper.post("qualifications/", body).status_code == 422, "it is demanded once"
    (demanded,) = own.get("qualifications/", {"chain": str(home.pk)}).data["results"]
    assert name in client.get(f"/chains/{home.pk}/").content.decode()

    # The capability that carries the tag needs adapting; the other result does not speak of it.
    client.sign_in(owner.person, owner.organisation)
    assert lacks(able.pk) == [(name, "")] and lacks(found.pk) == []
    assert asked in page.get(f"/needs/{need.pk}/matches/").content.decode()
    assert asked in page.get(f"/needs/{need.pk}/").content.decode()
    client.sign_in(maker.person, maker.organisation)
    assert asked in client.get(f"/needs/results/capabilities/{able.pk}/").content.decode()
    # Its tag finds it from whatever chain one looks.
    listed = client.get("/needs/results/capabilities/", {"tag": tag}).content.decode()
    assert (
        title in listed
        and title not in client.get("/needs/results/capabilities/", {"tag": "无此标签"}).content.decode()
    )
    assert [row["id"] for row in reader.get("capabilities/", {"search": tag}).data["results"]] == [str(able.pk)]

    # Its owner shows it; until the leader confirms, the match says that evidence waits. Only the two read the file.
    form = {"qualification": demanded["id"], "certificate": "检测报告 2026-07", "file": make.pdf()}
    assert reader.upload(f"capabilities/{able.pk}/qualify/", form | {"file": make.pdf()}).status_code == 403
    late = client.post(
        f"/needs/results/capabilities/{able.pk}/qualify/", form | {"valid_until": "2020-01-01", "file": make.pdf()}
    )
    assert late.status_code == 422
    made = own.upload(f"capabilities/{able.pk}/qualify/", form)
    assert made.status_code == 201, own.text(made)
    evidence = f"qualification-evidence/{made.data['id']}/"
    assert own.upload(f"capabilities/{able.pk}/qualify/", form | {"file": make.pdf()}).status_code == 422
    assert lacks(able.pk) == [(name, "submitted")] and reader.get(evidence).status_code == 404
    file = f"/needs/qualifications/evidence/{made.data['id']}/file/"
    assert client.get(file).status_code == 200
    assert Task.objects.get(kind="confirm_qualification").organisation == lead.organisation
    assert own.post(f"{evidence}confirm/").status_code == 403, "nobody confirms their own"

    client.sign_in(lead.person, lead.organisation)
    where = f"/needs/qualifications/evidence/{made.data['id']}/confirm/"
    assert "检测报告 2026-07" in client.get(where).content.decode() and client.get(file).status_code == 200
    assert client.post(where, {"note": "报告已核对"}).status_code == 302
    assert lacks(able.pk) == []
    client.sign_in(owner.person, owner.organisation)
    assert asked not in client.get(f"/needs/{need.pk}/matches/").content.decode()
    assert reader.get(evidence).data["answered_for"]["name"] == lead.organisation.name
    assert "检测报告 2026-07" in client.get(f"/needs/results/capabilities/{able.pk}/").content.decode()
    assert "检测报告 2026-07" in client.get("/needs/qualifications/evidence/", {"format": "csv"}).content.decode()
    assert client.get(file).status_code == 403
    assert Task.objects.get(kind="confirm_qualification").state == "done"
    assert Notification.objects.filter(kind="qualification_answered", person=maker.person).exists()

    # What has expired, is refused or taken back counts no more; what is no longer demanded is asked of nobody.
    QualificationEvidence.objects.update(valid_until=dt.date(2020, 1, 1))
    assert lacks(able.pk) == [(name, "expired")]
    QualificationEvidence.objects.update(valid_until=None)
    assert keeper.post(f"{evidence}refuse/", {"reason": "证书被撤销"}).status_code == 200
    assert lacks(able.pk) == [(name, "")]
    assert own.post(f"{evidence}withdraw/").status_code == 409
    etag = {"headers": {"If-Match": keeper.get(f"qualifications/{demanded['id']}/")["ETag"]}}
    assert keeper.patch(f"qualifications/{demanded['id']}/", {"tags": ["无关标签"]}, **etag).status_code == 200
    assert lacks(able.pk) == []
    assert keeper.post(f"qualifications/{demanded['id']}/retire/", {"reason": "改为行业标准"}).status_code == 200
    assert own.upload(f"results/{found.pk}/qualify/", form | {"file": make.pdf()}).status_code == 422
