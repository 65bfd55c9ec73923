"""Needs and indicators from files: a preview first, all rows or none, and what goes out comes in again."""

from __future__ import annotations

import csv
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
from core.files.values import one_line_end
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
        sheet = load_workbook(io.BytesIO(desk.browser.get("/needs/?whose=ours&file=xlsx").content))
        numbers = {cell.value: cell.column for cell in sheet.active[1]}
        sheet.active.delete_cols(numbers["编号"])  # without its number a row is a new need
        sent = desk.send(written(sheet, kind), f"needs.{kind}")
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


def written(book: Any, kind: str) -> bytes:
    """A workbook as the bytes of a file."""
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([["" if one is None else one for one in row] for row in book.active.values])
        return text.getvalue().encode("utf-8-sig")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def counts(page: str) -> tuple[int, ...]:
    """New, changed, the same and wrong, as the preview says them."""
    found = re.search(r"新增 (\d+)，更改 (\d+)，相同 (\d+)，有误 (\d+)", page)
    assert found, page
    return tuple(int(one) for one in found.groups())


@pytest.mark.req("R019")
@pytest.mark.parametrize(("kind", "many"), [("csv", 12), ("gbk", 4), ("xlsx", 5)])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_exported_library_comes_in_again_unchanged(desk: Desk, kind: str, many: int, language: str) -> None:
    chain = desk.need.chain
    for n in range(many - 3):
        need_actions.post_need(
            actor=desk.owner, node=desk.node.pk, title=f"需求 {n}", pain_point=f"第一行\r\n第 {n} 行",
            demand_side="supply", constraints="-1 不是公式", budget=Decimal(n + 1), confidentiality="restricted",
        )  # fmt: skip
    need_factory.published(desk.owner, chain=chain, title="已发布")
    need_factory.published(title="别家的")  # on a node of the same name in another chain
    desk.owner.person.language = language
    desk.owner.person.save()
    file = desk.browser.get(f"/needs/?file={kind.replace('gbk', 'csv')}").content
    if kind == "gbk":
        file, kind = file.decode("utf-8-sig").encode("gb18030"), "csv"
    before = list(Need.objects.order_by("pk").values())
    sent = desk.send(file, f"needs.{kind}")
    assert sent.status_code == 302, told(sent)
    desk.owner.person.language = "zh-hans"
    desk.owner.person.save()
    page = desk.browser.get(sent.headers["Location"]).content.decode()
    assert counts(page) == (0, 0, many, 0) and "每一行都与现有内容相同" in page
    assert desk.browser.post(sent.headers["Location"]).status_code == 302
    assert list(Need.objects.order_by("pk").values()) == before


def test_a_row_with_the_number_of_an_own_need_changes_it_until_it_is_published(desk: Desk) -> None:
    head = "编号,标题,痛点,节点,需求侧,适用限制,预算"
    row = f"{desk.need.code},新标题,{desk.need.pain_point},{desk.node},研发"
    need_actions.edit_need(actor=desk.owner, need_id=desk.need.pk, changes={"budget": Decimal(5), "field": "电池"})
    sent = desk.send(desk.rows(f"{row},,", head=head.replace("适用限制", "英文标题")))
    address = sent.headers["Location"]
    assert counts(desk.browser.get(address).content.decode()) == (0, 1, 0, 0)
    assert desk.browser.post(address).status_code == 302
    need = Need.objects.get()
    assert (need.title, need.budget, need.field) == ("新标题", None, "电池"), "an empty cell empties, no column leaves"
    assert Body.objects.filter(operation="edit_need", object_id=need.pk).count() == 2
    need.state = "published"
    need.save(update_fields=["state"])
    address = desk.send(desk.rows(row.replace("新标题", "更新的标题") + ",,", head=head)).headers["Location"]
    page = desk.browser.get(address).content.decode()
    assert counts(page) == (0, 0, 0, 1) and "需求只能在发布之前修改" in page
    assert desk.browser.post(address).status_code == 422
    assert Need.objects.get().title == "新标题"


def test_a_number_of_somebody_else_is_refused_and_one_that_is_no_needs_makes_a_new_need(desk: Desk) -> None:
    other, _owner, _partners = need_factory.published(chain=desk.need.chain)
    head = "编号,标题,痛点,节点,需求侧"
    rows = [f"{code},{title},痛,{desk.node},研发" for code, title in [(other.code, "甲"), ("7", "乙")]]
    twice = [f"{desk.need.code},{title},痛,{desk.node},研发" for title in "丙丁"]
    address = desk.send(desk.rows(*rows, *twice, head=head)).headers["Location"]
    page = desk.browser.get(address).content.decode()
    assert counts(page) == (1, 1, 0, 2) and "您没有编号为 7 的需求" in page
    assert desk.browser.post(address).status_code == 422
    address = desk.send(desk.rows(rows[1], head=head)).headers["Location"]
    assert desk.browser.post(address).status_code == 302
    assert Need.objects.get(title="乙").owner == desk.owner.organisation


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("path", "kind"), [("/needs/import/", "csv"), ("indicators", "xlsx")])
def test_the_template_as_it_was_downloaded_holds_nothing_to_take(
    desk: Desk, path: str, kind: str, language: str
) -> None:
    if path == "indicators":
        path = f"/needs/{desk.need.pk}/indicators/import/"
    desk.owner.person.language = language
    desk.owner.person.save()
    template = desk.browser.get(f"{path}?template={kind}").content
    assert desk.send(template, f"t.{kind}", path).status_code == 422
    assert not ImportDraft.objects.exists()


def test_a_row_that_is_still_the_example_is_told_and_left_out(desk: Desk) -> None:
    path = f"/needs/{desk.need.pk}/indicators/import/"
    book = load_workbook(io.BytesIO(desk.browser.get(f"{path}?template=xlsx").content))
    for column, value in {"A": "寿命", "B": "阈值", "C": "≥", "D": 8000, "G": "次"}.items():
        book.active[f"{column}3"] = value
    address = desk.send(written(book, "xlsx"), "t.xlsx", path).headers["Location"]
    page = desk.browser.get(address).content.decode()
    assert counts(page) == (1, 0, 0, 0) and "这是模板里的示例" in page
    assert desk.browser.post(address).status_code == 302
    assert [one.name for one in specifications_in(current_version(Need.objects.get()))] == ["寿命"]


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
        "notes": '@注意, "引号"\r\n换行',
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
    assert [[one_line_end(value) for value in row] for row in new] == [
        [one_line_end(value) for value in row] for row in old
    ]
    again = desk.send(file, f"i.{kind}", path)
    desk.owner.person.language = "zh-hans"
    desk.owner.person.save()
    desk.browser.cookies["django_language"] = "zh-hans"
    assert counts(desk.browser.get(again.headers["Location"]).content.decode()) == (0, 0, len(INDICATORS), 0)
    desk.browser.post(again.headers["Location"])
    assert {row.number for row in specifications_in(current_version(Need.objects.get(pk=other.pk)))} == {1}


@pytest.mark.parametrize("code", ["33010", "浙江", "３３０１００", "3301000"])
def test_a_region_has_six_digits_by_file_page_and_rest(desk: Desk, api: Any, code: str) -> None:
    words = {"title": "区域", "pain_point": "痛", "demand_side": "rd"}
    file = desk.rows(f"区域,痛,{desk.node},研发,{code}", head="标题,痛点,节点,需求侧,地区")
    page = desk.browser.get(desk.send(file).headers["Location"]).content.decode()
    assert counts(page) == (0, 0, 0, 1) and "六位数字" in page
    typed = words | {"node": str(desk.node.pk), "confidentiality": "members", "region_code": code}
    refused = desk.browser.post("/needs/new/", typed)
    assert refused.status_code == 422 and 'id="id_region_code-error"' in refused.content.decode()
    door = api.as_person(desk.owner.person, desk.owner.organisation)
    sent = words | {"node": str(desk.node.pk), "region_code": code}
    assert door.post("needs/", sent).status_code == 400
    assert Need.objects.count() == 1


def test_notes_of_an_indicator_are_as_long_by_file_as_by_rest(desk: Desk, api: Any) -> None:
    door = api.as_person(desk.owner.person, desk.owner.organisation)
    path = f"needs/{desk.need.pk}/define_indicator/"
    for length, good in ((20_000, True), (20_001, False)):
        notes = "注" * length
        answer = door.post(path, need_factory.CHARGING | {"name": f"甲{length}", "notes": notes})
        assert answer.status_code == (201 if good else 400)
        file = f"指标,目标写法,比较符,目标值,单位,备注\r\n乙{length},阈值,≤,10,min,{notes}".encode()
        page = desk.browser.get(desk.send(file, path=f"/needs/{desk.need.pk}/indicators/import/").headers["Location"])
        assert counts(page.content.decode()) == ((1, 0, 0, 0) if good else (0, 0, 0, 1))


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


def test_names_that_differ_in_width_case_and_spaces_are_one_indicator(desk: Desk) -> None:
    fields = need_factory.decimals(need_factory.CHARGING) | {"name": "Charging time"}
    need_actions.define_indicator(actor=desk.owner, need_id=desk.need.pk, **fields)
    path, head = f"/needs/{desk.need.pk}/indicators/import/", "指标,目标写法,比较符,目标值,单位"
    rows = ["ＣＨＡＲＧＩＮＧ  TIME,阈值,≤,10,min", "Noise,阈值,≤,60,dB", "noise ,阈值,≤,50,dB"]
    address = desk.send(desk.rows(*rows, head=head), path=path).headers["Location"]
    assert counts(desk.browser.get(address).content.decode()) == (1, 1, 0, 1)
    assert desk.browser.post(address).status_code == 422
    address = desk.send(desk.rows(*rows[:2], head=head), path=path).headers["Location"]
    assert desk.browser.post(address).status_code == 302
    found = specifications_in(current_version(Need.objects.get()))
    assert [(row.name, row.target, row.number) for row in found] == [
        ("ＣＨＡＲＧＩＮＧ  TIME", Decimal(10), 2), ("Noise", Decimal(60), 1),
    ]  # fmt: skip


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
