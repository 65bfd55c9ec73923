"""How a number in a clause is meant: as a target, a baseline, a condition, a step of a scale, or as nothing to measure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.indicators import units
from core.indicators.reading import phrases as p
from core.indicators.reading.characters import MASK
from core.indicators.reading.names import tidy_name
from core.indicators.reading.quantities import Quantity

_TIMES = {
    "s", "秒", "ms", "毫秒", "min", "分钟", "minutes", "h", "小时", "个小时", "hours", "d", "天", "日", "days", "周", "weeks",
    "月", "个月", "month", "months", "季度", "个季度", "年", "year", "years", "工作日", "个工作日",
}  # fmt: skip
_CURRENCIES = {"EUR", "USD", "GBP", "CNY", "RMB", "JPY", "US$"}
_LONG = {"months", "month", "years", "year", "个月", "月", "年", "weeks", "周", "季度", "个季度"}


_FROM_TO = re.compile(r"\bfrom\b[^,;]{1,30}\bto$", re.IGNORECASE)
_FACTOR = re.compile(r"\bby a factor of$", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """How a number is compared: from where its words begin to where they end."""

    start: int
    end: int
    operator: str
    change: re.Match[str] | None
    is_better: bool
    reaches: bool
    of_whole: str = ""
    is_about: bool = False  # the text says about, or 左右
    is_said: bool = False  # doubled, 减半: the word is the change
    is_factor: bool = False  # “by a factor of 3”: to three times

    @property
    def is_explicit(self) -> bool:
        return bool(self.is_said or self.operator or self.change or self.is_better or self.reaches)


def meaning_of(text: str, one: Quantity) -> Meaning:
    """The comparison, change or approximation that the words before and behind the number say."""
    before = text[: one.start].rstrip()
    start = len(before)
    of_whole = ""
    better = None
    operator, soft = "", False
    for candidate, whole in p.loosened(before):
        matches = [
            (match, meaning, is_soft) for pattern, meaning, is_soft in p.BEFORE if (match := pattern.search(candidate))
        ]
        if matches:
            match, operator, soft = min(matches, key=lambda one: one[0].start())
            start = match.start()
            of_whole = whole
            break
        better = p.BETTER_BEFORE.search(candidate)
        if better:
            start = better.start()
            break
    end = one.end
    about = re.compile(r"\s?(?:左右|上下)").match(text, end)
    end = about.end() if about else end
    is_about = bool(about or p.ABOUT.search(before))
    behind = next(((match, meaning) for pattern, meaning in p.AFTER if (match := pattern.match(text, end))), None)
    if behind and (not operator or soft):
        operator = behind[1]
    if behind:
        end = behind[0].end()
    better_behind = p.BETTER_AFTER.match(text, end)
    if better_behind:
        end = better_behind.end()
    change = p.CHANGED.search(text[:start].rstrip()) or (p.CHANGED.search(before) if not operator else None)
    if not change and one.unit == "%" and (word := p.CHANGED_WORD.search(before)):
        change, start = word, word.end("what")
        return Meaning(start, end, "", change, False, False, of_whole, is_about)
    change = change or p.CHANGED_FROM.search(text[:start].rstrip())
    if change:
        start = min(start, change.start())
    elif one.unit in ("%", "倍", "fold", "个百分点", "percentage points") or _FACTOR.search(before):
        change = _verb_before(text, one, start)
    elif _FROM_TO.search(text[:start].rstrip()):  # “Extend shelf life from 21 days to 45 days”
        verbs = [match for match in p.CHANGE.finditer(text[:start]) if match[0].isascii()]
        change = verbs[-1] if verbs else None
    is_factor = bool(change and not one.unit and _FACTOR.search(before))
    if is_factor and change:
        start = _FACTOR.search(before).start()  # type: ignore[union-attr]
        start = change.start() if re.fullmatch(r"[a-z]*\s*", text[change.end() : start]) else start
    reaches = None
    if not operator and not change:
        reaches = p.REACHES_UP.search(before)
        start = reaches.start() if reaches else start
    return Meaning(
        start,
        end,
        operator,
        change,
        bool(better or better_behind),
        bool(reaches),
        of_whole,
        is_about,
        bool(one.change_by),
        is_factor,
    )


def _verb_before(text: str, one: Quantity, start: int) -> re.Match[str] | None:
    """“Reduce stack cost by 30 %”: the verb leads the clause, the number follows “by”."""
    if one.unit != "fold" and not re.search(r"\b(?:by|of)\s*(?:at least|more than|about)?\s*$", text[:start]):
        ahead = re.compile(
            r"\s(?P<word>reduction|increase|decrease|improvement|higher|lower)\b(?: (?:of|in))?", re.IGNORECASE
        ).match(text, one.end)
        return p.CHANGED.search(ahead["word"]) if ahead else None
    verbs = [match for match in p.CHANGE.finditer(text[:start]) if match[0].isascii()]
    return verbs[-1] if verbs else None


def is_condition(text: str, found: list[Quantity], at: int, later: bool) -> bool:
    """A bare number that another one in the clause is measured under: at 25 °C, 10 to 80 %, -20℃放电…≥80%."""
    one = found[at]
    if one.is_range and re.search(r"\bbetween\s*$", text[: one.start], re.IGNORECASE):
        return later
    if one.is_range and (since := re.search(r"(.*)\bfrom\s*$", text[: one.start], re.IGNORECASE | re.DOTALL)):
        # “operation from -40 to 55 °C” is a range; “lifetime from 900 h to 2,700 h” may as well be a change
        return later or bool(p.LARGE.search(since[1].strip()) or p.SMALL.search(since[1].strip()))
    if re.search(
        r"(?:@|\b(?:at|under|after|from|per|every|for|in|during|between|and)|(?<![持制定])在|(?<![处介大小高低优])于|每|经|第)\s*$",
        text[: one.start],
        re.IGNORECASE,
    ):
        return True
    if re.search(r"\b(?:at|under|in|during|after) (?:an?|the) [a-z\- ]{2,40}$", text[: one.start], re.IGNORECASE):
        return True
    if one.is_plus_minus:
        return False
    if later:
        return True
    rest = text[one.end :].lstrip()
    if re.match(r"(?:时|下|后|条件|环境|处|工况|@)", rest):
        return True
    return (bool(re.match(r"[一-鿿]", rest)) and not tidy_name(text[: one.start])) or text[
        one.end : one.end + 1
    ] == MASK


def is_from(text: str, one: Quantity) -> bool:
    return bool(
        re.search(
            r"(?:由|从|自|\bfrom\b)\s*(?:约|目前的?|现有的?|原来的?|原|about )*\s*$",
            text[: one.start],
            re.IGNORECASE,
        )
    ) or bool(p.BASELINE_WORD.search(text[: one.start]))


def is_baseline_of_next(text: str, found: list[Quantity], meant: list[Meaning], at: int) -> bool:
    one = found[at]
    if at + 1 >= len(found) or not is_from(text, one):
        return False
    return any(alike(one, other) for other in found[at + 1 :])


def is_span(text: str, found: list[Quantity], meant: list[Meaning], at: int) -> bool:
    """“a pilot of 500 t/a within 24 months”: how long one has, not what is measured."""
    one, how = found[at], meant[at]
    if not is_time(one.unit) or units.clean(one.unit) not in _LONG:
        return False
    if re.search(r"(?<!存)在\s*$", text[: one.start]) and re.match(r"\s?[以之]?内", text[one.end :]):
        return True
    if at == 0:
        return False
    return bool(re.search(r"(?:within|in|over|在|于)\s*$", text[: one.start])) and not text[
        found[at - 1].end : how.start
    ].strip(" ,在于")


def is_level(text: str, one: Quantity) -> bool:
    """3H of a pencil and 0级 of a coating are steps of a scale, not amounts; 不低于4级 compares amounts."""
    if re.search(
        r"(?<![A-Za-z])(?:TRL|MRL|A?SIL|CMMI|IP|IK|class|grade|level)[ \-]?$", text[: one.start], re.IGNORECASE
    ) and one.unit in ("", "B", "A", "级"):
        return True
    return (one.unit == "级" and not one.is_range and not meaning_of(text, one).operator) or (
        one.unit in ("H", "B", "HB") and bool(re.search(r"硬度|hardness", text[: one.start], re.IGNORECASE))
    )


def is_aside(text: str, one: Quantity) -> bool:
    """Money of the project, heads of the team, its duration: numbers that no result is measured against."""
    before = text[: one.start]
    money = (
        one.unit in ("元", "万元", "亿元", "百万元", "千元")
        or one.unit.split(" ")[0] in _CURRENCIES
        or (one.unit[:1] in "$¥€£" and "/" not in one.unit)
    )
    if one.is_size:
        return True
    if money and p.MONEY_CONTEXT.search(before):
        return True
    if p.OWN_FACTS.search(before) and not meaning_of(text, one).is_explicit:
        return True
    if one.unit in ("人", "名") and p.PEOPLE_CONTEXT.search(text):
        return True
    return bool(p.PROJECT_TIME.search(before) and is_time(one.unit))


def is_time(unit: str) -> bool:
    return units.clean(unit) in _TIMES


def alike(one: Quantity, other: Quantity) -> bool:
    if units.clean(one.unit) == units.clean(other.unit) or not one.unit:
        return True
    return units.comparable(one.unit, other.unit) or (is_time(one.unit) and is_time(other.unit))
