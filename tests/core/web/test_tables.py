"""Lists: filter, search, sort, pages and files from one queryset."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.accounts.models import Organisation
from core.accounts.states import OrganisationState
from core.tally import cases
from core.web import tables
from core.web.tables import Choice, Column, DateRange, Multi, NumberRange, Values, counting
from core.web.tables.files import safe_text
from tests import factories


def _of_age(value: str) -> Q:
    return Q(version__gt=1) if value == "yes" else Q(version__lte=1)


class Firms(tables.Table):
    columns = [
        Column("name", "Name", sort="name", is_primary=True, link=lambda row: f"/o/{row.pk}/"),
        Column("uscc", "Code", kind="code"),
        Column("state", "State", kind="badge", sort="state"),
        Column("version", "Version", kind="number", sort="version"),
        Column("verified_at", "Verified at", kind="datetime", sort="verified_at"),
    ]
    filters = [
        Choice("state", "State", choices=OrganisationState.choices, facet=True),
        Values("word", "Code", lookup="uscc"),
        Choice(
            "old",
            "Old",
            choices=[("yes", "Yes"), ("no", "No")],
            apply=_of_age,
            by=lambda: cases(["yes", "no"], _of_age),
            facet=True,
        ),
        Multi("name_is", "Name is", lookup="name", choices=[("甲", "甲"), ("乙", "乙")]),
        DateRange("made", "Made", lookup="created_at", is_moment=True),
        NumberRange("version", "Version"),
    ]
    search = ["name", "uscc"]
    default_sort = "name"
    page_size = 2
    file_name = "firms"


def bound(query: str = "", reader: str = "") -> Firms:
    request = RequestFactory().get(f"/firms/?{query}")
    table = Firms(Organisation.objects.all())
    table.bind(request.GET, request.path, reader=reader)
    return table


def ask(query: str = "", **headers: str) -> HttpResponse | None:
    request = RequestFactory().get(f"/firms/?{query}", headers=headers)
    return tables.respond(request, Firms(Organisation.objects.all()))


def names(table: Firms) -> list[str]:
    return [row.obj.name for row in table.shown_rows]


@pytest.fixture
def firms(db: str) -> list[Organisation]:
    return [
        factories.organisation("丙"),
        factories.organisation("甲"),
        factories.organisation("乙", verified=False),
    ]


def test_a_list_sorts_and_pages_without_showing_a_row_twice(firms: list[Organisation]) -> None:
    seen = names(bound("sort=state&page=1")) + names(bound("sort=state&page=2"))
    assert sorted(seen) == sorted(["甲", "乙", "丙"])
    assert names(bound("sort=-name&page=1")) != names(bound("sort=name&page=1"))


def test_a_page_number_that_does_not_exist_shows_the_last_page(firms: list[Organisation]) -> None:
    assert bound("page=99").page.number == 2
    assert bound("page=x").page.number == 1


def test_an_unknown_sort_falls_back_to_the_default(firms: list[Organisation]) -> None:
    assert bound("sort=password").sort_key == "name"


def test_rows_without_a_value_come_last_both_ways(firms: list[Organisation]) -> None:
    from core import clock

    Organisation.objects.filter(name="甲").update(verified_at=clock.now())
    assert names(bound("sort=verified_at"))[0] == "甲"
    assert names(bound("sort=-verified_at"))[0] == "甲"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=registered", {"乙"}),
        ("q=甲", {"甲"}),
        ("q=甲+乙", set()),
        ("name_is=甲&name_is=乙", {"甲", "乙"}),
        ("version_from=5", set()),
        ("made_from=2020-01-01&made_to=2021-01-01", set()),
        ("q=%00", {"甲", "乙", "丙"}),
    ],
)
def test_filters_and_search_narrow_the_list(firms: list[Organisation], query: str, found: set[str]) -> None:
    assert {row.name for row in bound(query).filtered} == found


@pytest.mark.parametrize(
    "query",
    [
        "made_from=yesterday",
        "made_from=2026-02-02&made_to=2026-01-01",
        "version_from=NaN",
        "version_from=many",
        "state=x",
    ],
)
def test_a_filter_that_makes_no_sense_says_so_beside_itself_and_is_left_out(
    firms: list[Organisation], query: str
) -> None:
    table = bound(query)
    assert [one.error for one in table.shown_filters if one.error]
    assert table.total == 3


def test_facets_count_what_each_choice_would_leave(firms: list[Organisation]) -> None:
    state = bound("state=verified").shown_filters[0]
    assert {option.value: option.count for option in state.options if option.count} == {"verified": 2, "registered": 1}


@pytest.mark.parametrize("query", ["", "state=verified", "old=no", "version_from=99", "old=no&state=verified&word=7"])
def test_one_pass_counts_what_each_choice_by_itself_would(
    firms: list[Organisation], query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted() -> list[list[tuple[str, int | None]]]:
        table = bound(query)
        assert table.total is not None
        with CaptureQueriesContext(connection) as asked:
            found = [[(one.value, one.count) for one in look.options] for look in table.shown_filters]
        assert len(asked) == 1
        return found

    together = counted()
    monkeypatch.setattr(counting, "ROWS", 0)
    assert counted() == together


def test_counts_stop_at_a_bound_and_say_so(firms: list[Organisation], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "ROWS", 2)
    monkeypatch.setattr(counting, "CHOSEN", 1)
    table = bound("")
    assert (table.total, table.has_more) == (2, True)
    counted = {one.value: (one.count, one.has_more) for one in table.shown_filters[0].options if one.count}
    assert counted == {"verified": (1, True), "registered": (1, False)}
    answer = ask("")
    assert answer is None
    narrow = bound("q=甲")
    assert (narrow.total, narrow.has_more) == (1, False)
    assert bound("page=99").page.number == 1


def test_what_is_dear_to_count_stands_for_a_minute_and_for_one_reader(
    firms: list[Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted(reader: str) -> list[int | None]:
        return [one.count for one in bound("", reader).shown_filters[0].options]

    few = counted("one")
    Organisation.objects.filter(name="乙").update(state="suspended")
    assert counted("one") != few  # of a list that is counted whole nothing is kept
    monkeypatch.setattr(counting, "ROWS", 2)
    before = counted("one")
    Organisation.objects.update(state="verified")
    assert counted("one") == before != counted("another") == counted("")


def test_addresses_keep_filters_and_drop_the_page(firms: list[Organisation]) -> None:
    head = bound("state=verified&page=2").heads[2]
    assert "state=verified" in head.url and "page" not in head.url and "sort=state" in head.url
    assert bound("sort=name").heads[0].direction == "ascending"


def test_two_tables_on_a_page_do_not_hear_each_other(firms: list[Organisation]) -> None:
    request = RequestFactory().get("/firms/?left-q=甲")
    left, right = (Firms(Organisation.objects.all(), prefix=name) for name in ("left", "right"))
    assert tables.respond(request, left, right) is None
    assert (left.total, right.total) == (1, 3)
    assert left.dom_id != right.dom_id


def test_htmx_receives_only_the_table_it_asked_for(firms: list[Organisation]) -> None:
    answer = ask("q=甲", HX_Request="true", HX_Target="table")
    assert answer is not None
    text = answer.content.decode()
    assert "<html" not in text and "甲" in text and "丙" not in text


def test_csv_holds_every_row_that_fits_and_not_only_the_page(firms: list[Organisation]) -> None:
    answer = ask("file=csv&state=verified&page=1")
    assert answer is not None and answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "Code", "State", "Version", "Verified at"]
    assert {row[0] for row in rows[1:]} == {"甲", "丙"}
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(
    "evil", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1", "＝1+1", "\r=1", "|calc"]
)
def test_files_never_hold_a_formula(db: str, evil: str) -> None:
    assert safe_text(evil).startswith("'")
    factories.organisation(evil.strip("\r\t ") if evil[0] in "\r\t" else evil)
    sheet_answer, text_answer = ask("file=xlsx"), ask("file=csv")
    assert sheet_answer is not None and text_answer is not None
    cell = load_workbook(io.BytesIO(sheet_answer.content)).active["A2"]
    assert cell.data_type == "s" and str(cell.value).startswith("'")
    assert list(csv.reader(io.StringIO(text_answer.content.decode("utf-8-sig"))))[1][0].startswith("'")


def test_plain_numbers_stay_numbers_in_files(db: str) -> None:
    factories.organisation("甲")
    answer = ask("file=xlsx")
    assert answer is not None
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet["D2"].data_type == "n" and safe_text("-12.5") == "-12.5" and safe_text("bell\x07") == "bell"


def test_cells_escape_what_people_typed(db: str) -> None:
    factories.organisation("<script>alert(1)</script>")
    assert "<script>" not in bound().shown_rows[0].cells[0].html


def count_queries(query: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ask(query, HX_Request="true", HX_Target="table")
        assert answer is not None
    return len(asked)


@pytest.mark.parametrize("query", ["", "q=Organisation&state=verified", "sort=-name"])
def test_a_list_asks_the_database_the_same_for_one_row_and_for_three(db: str, query: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(Firms, "page_size", 25)
    factories.organisation()
    one = count_queries(query)
    factories.organisation()
    factories.organisation()
    assert count_queries(query) == one


def test_a_list_with_nothing_says_what_the_place_is_for(db: str) -> None:
    answer = ask(HX_Request="true", HX_Target="table")
    assert answer is not None and "nothing" in answer.content.decode()
