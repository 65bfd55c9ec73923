"""Needs and indicators from files: a preview first, all rows or none, and what goes out comes in again."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

from core.book.models import Body
from core.files.models import ImportDraft
from needs.actions import need as need_actions
from needs.models import Need
from needs.queries.need import current_version, specifications_in
from tests import factories
from tests.factories import needs as need_factory


class Desk:
    def __init__(self) -> None:
        self.need, self.owner = need_factory.draft()
        self.node = self.need.node
        self.browser, self.other = Client(), Client()
        self.browser.force_login(self.owner.person)
        self.other.force_login(factories.member(factories.organisation()))

    def send(self, content: bytes, name: str = "需求.csv", path: str = "/needs/import/") -> Any:
        return self.browser.post(path, {"file": SimpleUploadedFile(name, content)})

    def rows(self, *rows: str, head: str = "标题,痛点,节点,需求侧,预算,期望完成日") -> bytes:
        return "\r\n".join([head, *rows]).encode("gb18030")


@pytest.fixture
def desk(db: str) -> Desk:
    return Desk()


def told(answer: Any) -> list[str]:
    """What the page says is wrong."""
    return re.findall(r'class="err"[^>]*>(?:<svg.*?</svg>)?(.*?)<', answer.content.decode())


@pytest.fixture(autouse=True)
def chinese() -> Any:
    with translation.override("zh-hans"):
        yield


def test_needs_come_in_from_a_gbk_file_after_a_preview_and_only_once(desk: Desk) -> None:
    before = Need.objects.count()
    sent = desk.send(desk.rows(f"快充,充电太慢,{desk.node},研发,３００万,2027年6月30日", f"降本,太贵,{desk.node},rd,,"))
    assert sent.status_code == 302, told(sent)
    page = desk.browser.get(sent.headers["Location"]).content.decode()
    assert "GBK/GB18030" in page
    assert "3,000,000.00" in page
    assert Need.objects.count() == before
    assert desk.other.get(sent.headers["Location"]).status_code == 404
    assert desk.browser.post(sent.headers["Location"]).status_code == 302
    made = Need.objects.get(title="快充")
    assert (made.budget, str(made.deadline_on), made.owner, made.node) == (
        Decimal(3_000_000), "2027-06-30", desk.owner.organisation, desk.node,
    )  # fmt: skip
    assert Body.objects.filter(operation="post_need", object_id=made.pk).count() == 1
    assert desk.browser.post(sent.headers["Location"]).status_code == 409
    assert Need.objects.count() == before + 2


def test_one_wrong_row_keeps_all_out_and_the_file_to_mend_comes_in_when_mended(desk: Desk) -> None:
    before = Need.objects.count()
    sent = desk.send(
        desk.rows(
            f"好的,痛,{desk.node},研发,1,", "=坏的,,没有这个节点,研发,很多,2026-02-30", f"好的,痛,{desk.node},研发,,"
        )
    )
    address = sent.headers["Location"]
    page = desk.browser.get(address).content.decode()
    assert desk.browser.post(address).status_code == 422
    assert Need.objects.count() == before
    assert page.count('class="err"') >= 4
    mend = load_workbook(io.BytesIO(desk.browser.get(f"{address}?errors=xlsx").content))
    sheet = mend.active
    assert "2026-02-30" in sheet.cell(3, 7).value
    assert sheet.cell(2, 7).value in (None, "")
    sheet.cell(3, 2).value, sheet.cell(3, 3).value = "痛", str(desk.node)
    sheet.cell(3, 5).value, sheet.cell(3, 6).value = 12, None
    sheet.cell(4, 4).value = "Ｒ＆Ｄ"
    out = io.BytesIO()
    mend.save(out)
    again = desk.send(out.getvalue(), "mended.xlsx")
    assert desk.browser.post(again.headers["Location"]).status_code == 302
    assert sorted(Need.objects.exclude(pk=desk.need.pk).values_list("title", flat=True)) == ["=坏的", "好的", "好的"]


def test_a_file_without_the_required_columns_is_refused_beside_its_field(desk: Desk) -> None:
    answer = desk.send("标题,备注\r\n一,二".encode())
    assert answer.status_code == 422
    assert "痛点" in answer.content.decode()
    assert not ImportDraft.objects.exists()
    assert desk.send(b"%PDF-1.4 %%EOF", "a.pdf").status_code == 422


def test_the_list_of_needs_comes_in_again_with_everything(desk: Desk) -> None:
    need_actions.edit_need(
        actor=desk.owner, need_id=desk.need.pk,
        changes={
            "constraints": "=不是公式\n第二行", "budget": Decimal("1234567.89"), "title_en": "Range", "field": "电池", "region_code": "330100",
            "confidentiality": "restricted",
        },
    )  # fmt: skip
    desk.need.refresh_from_db()
    for kind in ("csv", "xlsx"):
        file = desk.browser.get(f"/needs/?whose=ours&file={kind}").content
        sent = desk.send(file, f"needs.{kind}")
        assert sent.status_code == 302, told(sent)
        assert desk.need.code in desk.browser.get(sent.headers["Location"]).content.decode()
        assert desk.browser.post(sent.headers["Location"]).status_code == 302
    copies = Need.objects.filter(title=desk.need.title)
    assert copies.count() == 4  # the second file held two
    kept = [
        "title",
        "pain_point",
        "affected_users",
        "constraints",
        "field",
        "region_code",
        "budget",
        "deadline_on",
        "title_en",
        "confidentiality",
        "node_id",
        "demand_side",
    ]
    assert {tuple(getattr(one, name) for name in kept) for one in copies} == {
        tuple(getattr(desk.need, name) for name in kept)
    }


INDICATORS = [
    need_factory.DENSITY,
    need_factory.CHARGING,
    {
        "name": "良率",
        "kind": "relative",
        "target": "10",
        "change_in": "points",
        "unit": "%",
        "baseline_value": "60",
        "baseline_period": "2025",
        "baseline_source": "报表",
        "baseline_claim": "self_declared",
    },
    {
        "name": "故障",
        "kind": "relative",
        "factor": "0.5",
        "original_words": "减半",
        "unit": "次",
        "baseline_value": "8",
        "baseline_period": "2025",
        "baseline_source": "报表",
        "baseline_claim": "verified",
    },
    {
        "name": "间隙",
        "kind": "range",
        "low": "-0.11",
        "high": "0.000000000001",
        "unit": "mm",
        "is_must": False,
        "notes": '@注意, "引号"\n换行',
    },
    {"name": "等级", "kind": "level", "level": "L2", "level_scale": ["L0", "L1", "L2"], "name_en": "Level"},
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_indicators_go_out_and_come_in_again_with_everything(desk: Desk, kind: str, language: str) -> None:
    from core.indicators.services import FIELDS

    for one in INDICATORS:
        need_actions.define_indicator(actor=desk.owner, need_id=desk.need.pk, **need_factory.decimals(one))
    desk.browser.cookies["django_language"] = language
    desk.owner.person.language = language
    desk.owner.person.save()
    file = desk.browser.get(f"/needs/{desk.need.pk}/indicators/file/?file={kind}").content
    other, _owner = need_factory.draft(desk.owner, chain=desk.need.chain)
    path = f"/needs/{other.pk}/indicators/import/"
    sent = desk.send(file, f"i.{kind}", path)
    assert sent.status_code == 302, told(sent)
    assert desk.browser.post(sent.headers["Location"]).status_code == 302, told(
        desk.browser.get(sent.headers["Location"])
    )
    old, new = (
        [[getattr(row, name) for name in FIELDS] for row in specifications_in(current_version(need))]
        for need in (Need.objects.get(pk=desk.need.pk), Need.objects.get(pk=other.pk))
    )
    assert len(old) == len(INDICATORS)
    assert new == old
    again = desk.send(file, f"i.{kind}", path)
    desk.browser.post(again.headers["Location"])
    assert {row.number for row in specifications_in(current_version(Need.objects.get(pk=other.pk)))} == {1}


def test_an_indicator_of_the_same_name_is_changed_and_a_wrong_one_is_told_in_its_cell(desk: Desk) -> None:
    need_actions.define_indicator(
        actor=desk.owner, need_id=desk.need.pk, **need_factory.decimals(need_factory.CHARGING)
    )
    path = f"/needs/{desk.need.pk}/indicators/import/"
    wrong = desk.send("指标,目标写法,目标值,单位\r\n充电时间,阈值,10,min".encode(), path=path)
    page = desk.browser.get(wrong.headers["Location"]).content.decode()
    assert 'class="err"' in page
    good = desk.send(
        "Indicator,kind,operator,target,Unit\r\n充电时间,threshold,le,１０,min\r\n噪声,阈值,≤,60,dB".encode(), path=path
    )
    assert desk.browser.post(good.headers["Location"]).status_code == 302
    found = {
        row.name: (row.target, row.number)
        for row in specifications_in(current_version(Need.objects.get(pk=desk.need.pk)))
    }
    assert found == {"充电时间": (Decimal(10), 2), "噪声": (Decimal(60), 1)}


def test_the_template_is_itself_a_file_that_comes_in(desk: Desk) -> None:
    template = desk.browser.get("/needs/import/?template=xlsx")
    book = load_workbook(io.BytesIO(template.content))
    assert book.active["A1"].value == "标题 *"
    book.active["D2"].value = str(desk.node)
    book.active["C2"].value = ""
    out = io.BytesIO()
    book.save(out)
    sent = desk.send(out.getvalue(), "t.xlsx")
    assert desk.browser.post(sent.headers["Location"]).status_code == 302


def test_a_stranger_and_another_organisation_get_nowhere(desk: Desk) -> None:
    assert desk.other.get(f"/needs/{desk.need.pk}/indicators/import/").status_code == 404
    assert desk.other.get(f"/needs/{desk.need.pk}/indicators/file/").status_code == 404
    assert Client().get("/needs/import/").status_code == 302
