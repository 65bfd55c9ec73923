"""Pasted tables: Markdown, tab-separated (as a spreadsheet copies it), columns of two or more spaces, CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.indicators.kinds import Direction, Kind, Operator
from core.indicators.reading import phrases as p
from core.indicators.reading.characters import fold, hide
from core.indicators.reading.clauses import read_paragraphs
from core.indicators.reading.found import Reading
from core.indicators.reading.quantities import quantities
from core.indicators.reading.rows import complete, set_baseline

# The first role that matches a column's head wins.
_ROLES: list[tuple[str, str]] = [
    ("unit", r"单位|unit|计量单位|uom"),
    ("operator", r"比较符?|符号|关系|operator|op|判定符"),
    ("condition", r"(?:测试|试验|检测|考核)?条件|conditions?|test conditions?|工况|环境"),
    (
        "method",
        r"(?:测试|检测|试验|检验|考核|验证|评价)(?:方法|方式|标准|依据)|方法|标准|依据|method|test method|standard",
    ),
    ("must", r"必达|类型|优先级|性质|必须|是否必达|must|priority|type|级别要求|重要性"),
    (
        "baseline",
        (
            r"现状|现有|当前|目前|现值|当前值|现有水平|现状值|基线|基准|基期|国内水平|现有指标|初始值|baseline|status|current|today|now|as-is|"
            r"existing|present|2\d{3}\s?(?:actual|status)"
        ),
    ),
    (
        "target",
        (
            r"目标|目标值|要求|要求值|指标值|指标要求|技术要求|技术指标|考核指标|考核值|期望值|需求值|验收值|数值|值|目标要求|target|goal|requirement|"
            r"required|spec(?:ification)?|value|threshold|limit|to-be"
        ),
    ),
    (
        "name",
        (
            r"指标|指标名称|名称|项目|参数|性能|性能指标|参数名称|性能参数|技术参数|特性|考核项|检测项目|内容|characteristic|parameter|metric|"
            r"indicator|item|property|kpi|name|performance|feature|measure"
        ),
    ),
    ("ignored", r"序号|编号|no\.?|#|id|备注|说明|notes?|remarks?|comment|权重|weight|类别|分类|category|group"),
]
# A head that is none of these in full is known by a word in it: 当前水平, 2025年实绩, required by 2028.
_PARTS: list[tuple[str, str]] = [
    ("unit", r"单位$|\bunits?\b"),
    ("method", r"(?:方法|方式|依据|标准)$|\bmethod\b|\bstandard\b"),
    (
        "baseline",
        r"水平$|现[有状值行]|当前|目前|基线|基准|实绩|实际|上年|去年|改造前|\b(?:baseline|current|today|actual|existing|before)\b",
    ),
    (
        "target",
        r"目标|要求|限值|指标值|考核|期望|验收|改造后|target|\bgoal|\bneed|requir|specification|\blimit|\bafter\b",
    ),
    ("name", r"指标|项目|参数|名称|parameter|indicator|property|attribute|characteristic|metric|\bitem$|\bkpi"),
]
_LOWEST = r"最小值?|下限值?|最低值?|min(?:imum|\.)?|lower(?: limit)?|lsl"
_HIGHEST = r"最大值?|上限值?|最高值?|max(?:imum|\.)?|upper(?: limit)?|usl"
_EXTRA = r"(?:\s*[(（][^)）]*[)）])?"


@dataclass
class Table:
    """Rows of cells, and where each stood in the text."""

    rows: list[list[str]]
    lines: list[str]

    def read_into(self, reading: Reading) -> None:
        roles = self._roles()
        body = range(1, len(self.rows)) if roles else range(len(self.rows))
        if not roles:
            roles = self._guess()
        for at in body:
            self._row(self.rows[at], self.lines[at], roles, reading)

    def _roles(self) -> dict[int, str]:
        """What each column holds, by its head; empty when the first row is no head."""
        roles: dict[int, str] = {}
        for column, cell in enumerate(self.rows[0]):
            head = fold(cell).strip().strip("*").strip()
            for role, words in _ROLES:
                if re.fullmatch(
                    rf"(?:(?:\d{{4}}年?|中期|终期|最终|阶段|project|final)\s?)?(?:{words}){_EXTRA}(?:\s?\d{{4}}年?)?",
                    head,
                    re.IGNORECASE,
                ):
                    roles[column] = role
                    break
            else:
                part = next((role for role, words in _PARTS if re.search(words, head, re.IGNORECASE)), "")
                if part and len(head) <= 24 and not re.match(r"[≥≤<>±]|[\d.]+(?!\d*\s?年)", head):
                    roles[column] = part
        for role, words in (("lowest", _LOWEST), ("highest", _HIGHEST)):
            heads = [
                at
                for at, cell in enumerate(self.rows[0])
                if re.fullmatch(rf"(?:{words}){_EXTRA}", fold(cell).strip(), re.IGNORECASE)
            ]
            roles.update(dict.fromkeys(heads[:1], role))
        self._by_what_they_hold(roles)
        if "name" not in roles.values() and "target" in roles.values():
            free = [column for column in range(len(self.rows[0])) if column not in roles]
            if free:
                roles[free[0]] = "name"
        return roles if "name" in roles.values() and len(roles) > 1 else {}

    def _by_what_they_hold(self, roles: dict[int, str]) -> None:
        """Where heads leave it open, the column of words is the name, and the one column of numbers the target."""
        targets = [column for column, role in roles.items() if role == "target"]
        if "name" not in roles.values():
            words = [column for column in targets[:-1] if self._share(column, r"[A-Za-z一-鿿]") > 0.5]
            roles.update(dict.fromkeys(words[:1], "name"))
        elif not targets and not {"lowest", "highest"} & set(roles.values()):
            names = [column for column, role in roles.items() if role == "name"]
            open_to = [
                column
                for column in range(len(self.rows[0]))
                if column != names[0] and roles.get(column, "name") in ("name", "method")
            ]
            numbers = [column for column in open_to if self._share(column, r"[^A-Za-z]{0,12}\d") > 0.5]
            roles.update({column: "target" for column in numbers if len(numbers) == 1})

    def _share(self, column: int, start: str) -> float:
        """The share of a column's filled cells that begin so."""
        cells = [fold(row[column]) for row in self.rows[1:] if column < len(row) and row[column].strip()]
        return sum(bool(re.match(start, cell)) for cell in cells) / len(cells) if cells else 0.0

    def _unit_of(self, roles: dict[int, str]) -> str:
        """The unit in the head of the target's column: 2027年目标（%）."""
        for column, role in roles.items():
            inside = re.search(r"\(([^()]{1,16})\)\s*$", fold(self.rows[0][column])) if role == "target" else None
            if inside and (found := quantities(f"1 {inside[1].strip()}")) and found[0].unit == inside[1].strip():
                return inside[1].strip()
        return ""

    def _guess(self) -> dict[int, str]:
        """Without heads only name and target are taken: the first cell of words and the one cell with a number."""
        return {-1: "headless"}

    def _row(self, cells: list[str], line: str, roles: dict[int, str], reading: Reading) -> None:
        if -1 in roles:
            filled = [cell for cell in cells if cell.strip()]
            if len(filled) >= 2 and not re.search(r"\d", fold(filled[0])[:1]):
                _cells_into(
                    reading,
                    filled[0],
                    filled[1],
                    "",
                    "",
                    line,
                    several=len([c for c in filled[1:] if re.search(r"\d", c)]) > 1,
                    unit=next((c for c in filled[2:] if not re.search(r"\d", c)), ""),
                )
            elif any(re.search(r"\d", cell) for cell in filled):
                reading.set_aside.append(line.strip())
            return
        by: dict[str, list[str]] = {}
        for column, role in roles.items():
            if column < len(cells):
                by.setdefault(role, []).append(cells[column].strip())
        name = " ".join(by.get("name", [])[:1]).strip().strip("*")
        targets = [cell for cell in by.get("target", []) if not _is_empty(cell)]
        if not name:
            return
        targets = targets or _between(_first(by, "lowest"), _first(by, "highest"))
        if not targets:
            if any(not _is_empty(cell) for cell in by.get("baseline", [])) or not p.WISH.search(name):
                reading.set_aside.append(line.strip())
            return
        _cells_into(
            reading,
            name,
            targets[-1],
            _first(by, "baseline"),
            _first(by, "operator"),
            line,
            several=len(targets) > 1,
            unit=_first(by, "unit") or self._unit_of(roles),
            condition=_first(by, "condition"),
            method=_first(by, "method"),
            must=_first(by, "must"),
        )


def _between(lowest: str, highest: str) -> list[str]:
    """The target that a lower and an upper limit in columns of their own make."""
    if lowest and highest:
        return [f"{lowest}~{highest}"]
    return [f"≥{lowest}"] if lowest else [f"≤{highest}"] if highest else []


def _first(by: dict[str, list[str]], role: str) -> str:
    return next((cell for cell in by.get(role, []) if not _is_empty(cell)), "")


def _is_empty(cell: str) -> bool:
    return fold(cell).strip() in ("", "-", "~", "/", "无", "n/a", "N/A", "—", "——", "~~", "待定", "TBD", "tbd")


def _cells_into(
    reading: Reading,
    name: str,
    target: str,
    baseline: str,
    operator: str,
    line: str,
    *,
    several: bool = False,
    unit: str = "",
    condition: str = "",
    method: str = "",
    must: str = "",
) -> None:
    """One row of a table: the target cell is read as a clause of its own under the row's name."""
    shown = fold(name).strip()
    in_name = re.search(r"(?:\(|/)\s*([^()/\d][^()]{0,24}?)\)?\s*$", shown)
    own_unit = unit
    if (
        in_name
        and not unit
        and not re.search(r"[一-鿿]{5,}", in_name[1])
        and quantities(f"1 {in_name[1]}")[:1]
        and quantities(f"1 {in_name[1]}")[0].unit
    ):
        own_unit, shown = in_name[1].strip(), shown[: in_name.start()].strip()
    own_unit = "" if _is_empty(own_unit) or own_unit in ("无量纲", "1") else fold(own_unit).strip()
    cell = fold(target).strip()
    sign = _operator(operator)
    inner = Reading()
    read_paragraphs(f"{'' if re.match(r'[A-Za-z]', cell) else ' '}{_PLACE}{sign or ' '}{cell}", inner)
    rows = [one for one in inner.indicators if _PLACE in one.name or len(inner.indicators) == 1]
    if not rows:
        if p.WISH.search(cell) or not re.search(r"\d", cell):
            reading.wishes.append(f"{shown} {cell}".strip())
        else:
            reading.set_aside.append(line.strip())
        return
    row = rows[0]
    row.name, row.words, row.gaps = shown, line.strip(), []
    if len(rows) > 1 or several:
        row.lacks("several_targets")
    if (
        row.kind != Kind.LEVEL
        and own_unit
        and (not row.unit or (row.kind == Kind.RELATIVE and row.unit == "%" and own_unit == "%"))
    ):
        row.unit = own_unit
    if row.kind == Kind.RELATIVE and own_unit == "%" and not re.search(rf"{p.UP}|{p.DOWN}", cell):
        row.kind = Kind.THRESHOLD
    if baseline:
        found = quantities(hide(fold(baseline)))
        if len(found) == 1:
            set_baseline(row, found[0], fold(baseline))
            row.baseline_unit = found[0].unit or (own_unit if row.kind == Kind.RELATIVE else row.unit)
            if row.kind == Kind.THRESHOLD and not row.operator and row.value is not None:
                row.direction = (
                    Direction.HIGHER
                    if row.value > found[0].low
                    else Direction.LOWER
                    if row.value < found[0].low
                    else ""
                )
    row.conditions += [condition] if condition else []
    row.method = method or row.method
    if must:
        row.must = (
            True
            if re.search(r"必|must|是|yes|y|高|★|▲|强制|√", must, re.IGNORECASE)
            else False
            if re.search(r"力争|期望|nice|否|no|低|可选|optional|should", must, re.IGNORECASE)
            else None
        )
    complete(row)
    reading.indicators.append(row)


_PLACE = "某指标"


def _operator(cell: str) -> str:
    text = fold(cell).strip()
    for pattern, operator, _soft in p.BEFORE:
        if text and pattern.search(text):
            return {Operator.LE: "≤", Operator.GE: "≥", Operator.LT: "<", Operator.GT: ">"}[Operator(operator)]
    return ""


def split_tables(text: str) -> Iterator[tuple[Table | None, str]]:
    """The text as a sequence of tables and prose, in order."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    prose: list[str] = []
    at = 0
    while at < len(lines):
        size, cells = _table_at(lines, at)
        if size:
            if any(line.strip() for line in prose):
                yield None, "\n".join(prose)
            prose = []
            yield Table(cells, [line for line in lines[at : at + size] if not _is_rule(line)]), ""
            at += size
        else:
            prose.append(lines[at])
            at += 1
    if any(line.strip() for line in prose):
        yield None, "\n".join(prose)


def _table_at(lines: list[str], at: int) -> tuple[int, list[list[str]]]:
    for cut in (_pipes, _tabs, _spaces, _commas):
        rows: list[list[str]] = []
        size = 0
        for line in lines[at:]:
            if _is_rule(line) and rows:
                size += 1
                continue
            cells = cut(line)
            if cells is None or (cut in (_spaces, _commas) and rows and len(cells) != len(rows[0])):
                break
            rows.append(cells)
            size += 1
        enough = 2 if cut in (_pipes, _tabs) else 3
        if len(rows) >= enough and (cut in (_pipes, _tabs) or Table(rows, [""] * len(rows))._roles()):
            return size, rows
    return 0, []


def _is_rule(line: str) -> bool:
    return bool(re.fullmatch(r"[\s|:+=\-─┼│━]{3,}", line)) and bool(re.search(r"[-─━=]", line))


def _pipes(line: str) -> list[str] | None:
    text = line.replace("｜", "|").replace("│", "|").strip()
    if text.count("|") < 2 and not (text.count("|") == 1 and not text.startswith("|")):
        return None
    return [cell.strip() for cell in text.strip("|").split("|")]


def _tabs(line: str) -> list[str] | None:
    return [cell.strip() for cell in line.split("\t")] if "\t" in line.strip("\n") and line.strip() else None


def _spaces(line: str) -> list[str] | None:
    cells = re.split(r"\s{2,}|\u3000+", line.strip())
    return cells if len(cells) >= 2 else None


def _commas(line: str) -> list[str] | None:
    if line.count(",") < 1:
        return None
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(line)))]
    except (csv.Error, StopIteration):
        return None
