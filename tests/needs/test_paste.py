"""A paragraph or a table becomes indicators: paste, check, take over; by page and by REST."""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.book.models import Body
from core.indicators.models import Specification
from needs.models import Need
from needs.queries.need import current_version, specifications_in
from tests import factories
from tests.factories import needs as make
from tests.support import axe

TEXTS = [
    (
        "循环寿命≥1500次（1C，25℃），充电时间不超过15分钟；能量密度由200 Wh/kg提升至260 Wh/kg。界面友好。预算500万元。",
        [("循环寿命", "≥ 1500 次"), ("充电时间", "≤ 15 分钟"), ("能量密度", "≥ 260 Wh/kg")],
    ),
    (
        "指标\t现状\t目标\t单位\n断裂强力\t480\t≥560\tN\n吨布水耗\t62\t45以下\tt",
        [("断裂强力", "≥ 560 N"), ("吨布水耗", "≤ 45 t")],
    ),
]


def targets(need: Need) -> list[Specification]:
    return list(specifications_in(current_version(Need.objects.get(pk=need.pk))))


def hidden(page: str) -> dict[str, Any]:
    """What the rows' form would send as it stands."""
    sent: dict[str, Any] = {"rows": "1"}
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or ('type="checkbox"' in tag and "checked" not in tag):
            continue
        sent[name[1]] = value[1] if value else ("on" if 'type="checkbox"' in tag else "")
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        sent[name] = chosen[1] if chosen else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        sent[name] = inner.lstrip("\n")
    return sent


@pytest.mark.req("R014", "R021")
@pytest.mark.parametrize(("text", "rows"), TEXTS)
def test_a_pasted_text_becomes_indicators(client: Any, text: str, rows: list[tuple[str, str]]) -> None:
    need, owner = make.draft()
    client.sign_in(owner.person, owner.organisation)
    address = f"/needs/{need.pk}/indicators/paste/"
    assert client.get(address).status_code == 200
    shown = client.post(address, {"text": text})
    assert shown.status_code == 200 and not targets(need)
    page = shown.content.decode()
    assert all(name in page for name, _target in rows)
    kept = client.post(address, hidden(page))
    assert kept.status_code == 302, re.findall(r'class="err"[^>]*>.*?</p>', kept.content.decode())
    made = targets(need)
    assert [(one.name, one.target_text) for one in made] == rows


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_added(client: Any) -> None:
    need, owner = make.draft()
    client.sign_in(owner.person, owner.organisation)
    address = f"/needs/{need.pk}/indicators/paste/"
    text = "寿命8000小时，功率≥30 kW，样机3台。成本降低20%。"
    sent = hidden(client.post(address, {"text": text}).content.decode())
    refused = client.post(address, sent)
    page = refused.content.decode()
    assert refused.status_code == 422 and 'id="id_operator_0-error"' in page and "寿命8000小时" in page
    assert not targets(need)
    for n in range(2, 6):
        sent.pop(f"take_{n}", None)
    sent["_key"] = hidden(page)["_key"]
    assert client.post(address, sent | {"operator_0": "ge"}).status_code == 302
    assert [one.target_text for one in targets(need)] == ["≥ 8000 小时", "≥ 30 kW"]
    nothing = client.post(address, {"text": "请尽快联系我们"})
    assert nothing.status_code == 422 and "请尽快联系我们" in nothing.content.decode()


def test_a_name_stands_once_in_a_need_by_every_door(client: Any, api: Any) -> None:
    need, owner = make.draft()
    door = api.as_person(owner.person, owner.organisation)
    made = [door.post(f"needs/{need.pk}/define_indicator/", one) for one in (make.DENSITY, make.CHARGING)]
    assert [one.status_code for one in made] == [201, 201]
    second = door.post(
        f"needs/{need.pk}/define_indicator/", make.CHARGING | {"name": " 充 电\u3000时间 ", "target": "9"}
    )
    assert second.status_code == 422 and list(second.data["errors"]) == ["name"]
    told = door.post(f"needs/{need.pk}/define_indicator/bulk/", {"rows": [make.CHARGING]}, key="again").json()
    assert [one["status"] for one in told["results"]] == [422]
    charging = made[1].json()["specification"]["id"]
    renamed = make.CHARGING | {"name": make.DENSITY["name"], "specification_id": charging}
    assert door.post(f"needs/{need.pk}/edit_indicator/", renamed).status_code == 422
    kept = make.CHARGING | {"target": "14", "specification_id": charging}
    assert door.post(f"needs/{need.pk}/edit_indicator/", kept).status_code == 200
    client.sign_in(owner.person, owner.organisation)
    address = f"/needs/{need.pk}/indicators/paste/"
    sent = hidden(client.post(address, {"text": "充电时间不超过10分钟；循环寿命≥1500次。"}).content.decode())
    page = client.post(address, sent)
    assert page.status_code == 422 and 'id="id_name_0-error"' in page.content.decode()
    assert [one.target_text for one in targets(need)][1:] == ["≤ 14 min"]
    operations = list(Body.objects.filter(object_id=need.pk).values_list("operation", flat=True))
    assert operations.count("define_indicator") == 2 and operations.count("edit_indicator") == 1


@pytest.mark.parametrize("written", ["L0，L1、L2", "L0; L1；L2", "L0,L1, L2"])
def test_levels_are_split_alike_by_page_and_paste(client: Any, written: str) -> None:
    need, owner = make.draft()
    client.sign_in(owner.person, owner.organisation)
    typed = {"name": "等级", "kind": "level", "level": "L2", "level_scale": written, "is_must": "on"}
    assert client.post(f"/needs/{need.pk}/indicators/new/", typed).status_code == 302
    address = f"/needs/{need.pk}/indicators/paste/"
    sent = hidden(client.post(address, {"text": "循环寿命≥1500次"}).content.decode())
    sent |= {"kind_0": "level", "level_0": "L2", "level_scale_0": written}
    assert client.post(address, sent).status_code == 302
    assert [one.level_scale for one in targets(need)] == [["L0", "L1", "L2"]] * 2


def test_a_level_that_a_list_would_split_is_refused_by_rest(api: Any) -> None:
    need, owner = make.draft()
    door = api.as_person(owner.person, owner.organisation)
    sent = {"name": "等级", "kind": "level", "level": "L0", "level_scale": ["L0", "L1; L2"]}
    told = door.post(f"needs/{need.pk}/define_indicator/", sent)
    assert told.status_code == 422 and list(told.data["errors"]) == ["level_scale"]


@pytest.mark.parametrize(("text", "rows"), TEXTS)
def test_rest_reads_without_keeping(api: Any, text: str, rows: list[tuple[str, str]]) -> None:
    need, owner = make.draft()
    door = api.as_person(owner.person, owner.organisation)
    answer = door.post(f"needs/{need.pk}/read_text/", {"text": text})
    assert answer.status_code == 200, api.text(answer)
    read = answer.json()
    assert [one["name"] for one in read["indicators"]] == [name for name, _target in rows]
    assert not targets(need)
    ready = {
        name: value
        for name, value in read["indicators"][0].items()
        if value not in ("", []) and name not in ("words", "gaps")
    }
    assert door.post(f"needs/{need.pk}/define_indicator/", ready).status_code == 201
    stranger = factories.actor(factories.organisation())
    assert (
        api.as_person(stranger.person, stranger.organisation)
        .post(f"needs/{need.pk}/read_text/", {"text": text})
        .status_code
        == 404
    )
    assert door.post(f"needs/{need.pk}/read_text/", {"text": ""}).status_code == 400


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_rows_fit_the_window(db: str, new_page: Any, width: int, scheme: str) -> None:
    need, owner = make.draft()
    page = new_page(owner.person, owner.organisation, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"/needs/{need.pk}/indicators/paste/")
    page.fill("textarea[name=text]", TEXTS[0][0] + "整机成本下降20%，防护等级IP67。")
    page.click("main form button[type=submit]")
    page.wait_for_selector("#row-5")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    assert not axe.violations(page)
