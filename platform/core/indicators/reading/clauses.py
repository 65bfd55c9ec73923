"""Prose into indicators: sentence by sentence, clause by clause, quantity by quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from core.indicators import units
from core.indicators.kinds import OPERATOR_DIRECTION, Direction, Kind, Operator
from core.indicators.reading import phrases as p
from core.indicators.reading.characters import MASK, fold, hide
from core.indicators.reading.found import Found, Reading
from core.indicators.reading.quantities import Quantity, is_about, quantities

_LIST_MARK = re.compile(
    r"(?m)(?:^|(?<=[;。]))[ \t]*(?:[-*•●▪◆○·>]+\s+|\(?\d{1,2}[.、)](?!\d)\s*|"
    r"[(（][一二三四五六七八九十\d]{1,3}[)）]\s*|[一二三四五六七八九十]{1,3}、|[①-⑳]\s*)"
)
_SENTENCE = re.compile(r"[。;\n!?]+|\.(?=\s|$)")
_COMMA = re.compile(r"[,，、](?!\d{3}(?!\d))")
_ENGLISH_COMMA = re.compile(r",(?=\s)")
LONGEST_CLAUSE = 600
_AT = re.compile(r"\s?(?:@|\bat\b|\bunder\b(?! \d)|\bmeasured\b)\s?", re.IGNORECASE)
_CJK = re.compile(r"[一-鿿]")
_VALUE_FIRST = re.compile(
    r"\s*(?:[≥≤<>=±+\-~]|[\d$¥€.]|不[低高大小少多得超]|大于|小于|优于|高于|低于|超过|达到?|至少|至多|约|at (?:least|most)|"
    r"no (?:more|less)|not |max|min|up to|under|over|below|above|less|more|better|within|between|"
    r"(?:IP|SIL|ASIL|TRL|IK)[ \-]?[0-9A-D]|V-[0-2]|[A-C0-9]级|[一二三四五六]级)",
    re.IGNORECASE,
)
_REACHED = re.compile(r"(?:达到|达|为|是|不低于|≥|至少|优于|:)\s*$")
_FREE_FOR = re.compile(r"\s?(?:以?内|之内)?\s?(?P<what>(?:不|无|未)(?![低高小大少多超短长得应能])[一-鿿、]{1,20})")
_TIMES = {
    "s",
    "秒",
    "ms",
    "毫秒",
    "min",
    "分钟",
    "minutes",
    "h",
    "小时",
    "个小时",
    "hours",
    "d",
    "天",
    "日",
    "days",
    "周",
    "weeks",
    "月",
    "个月",
    "month",
    "months",
    "季度",
    "个季度",
    "年",
    "year",
    "years",
    "工作日",
    "个工作日",
}
_LONG = {"months", "month", "years", "year", "个月", "月", "年", "weeks", "周", "季度", "个季度"}


@dataclass
class Clause:
    """A stretch between commas: the folded text, the text with hidden numbers, where it stands in the original."""

    shown: str
    text: str
    start: int
    original: str
    in_list: bool = False  # after 、: a thing said of the list's first counts for it too


def read_paragraphs(original: str, reading: Reading) -> None:
    """Add what the prose holds to the reading."""
    Prose(original, reading).read()


class Prose:
    def __init__(self, original: str, reading: Reading) -> None:
        self.original, self.reading = original, reading
        self.shown = _LIST_MARK.sub(lambda match: " " * len(match[0]), fold(original))
        self.text = hide(self.shown)
        # Brackets' insides covered, so that no sentence and no clause ends in them.
        self.flat = covered(self.text, MASK)
        self.last: Found | None = None
        self.stated: Found | None = None  # “currently 240 Wh/kg”: waits for its target
        self.must: bool | None = None
        self.names: list[str] = []  # 长、宽、高均…: names that wait for their number

    def read(self) -> None:
        at = 0
        for mark in [*_SENTENCE.finditer(self.flat), None]:
            end = mark.start() if mark else len(self.text)
            self._sentence(at, end)
            at = mark.end() if mark else end

    def _sentence(self, start: int, end: int) -> None:
        self.must, self.names, self.stated, self.last = None, [], None, None
        flat = self.flat[start:end]
        commas = _COMMA if _CJK.search(flat) else _ENGLISH_COMMA
        at = 0
        for mark in [*commas.finditer(flat), None]:
            stop = mark.start() if mark else len(flat)
            if flat[at:stop].strip():
                before = flat[at - 1] if at else ""
                self._clause(
                    start + at, start + stop, in_list=before == "、", before_list=flat[stop : stop + 1] == "、"
                )
            at = mark.end() if mark else stop

    # ── one clause ─────────────────────────────────────────────────────────────────────────────

    def _clause(self, start: int, end: int, *, in_list: bool, before_list: bool) -> None:
        words = self.original[start:end].strip()
        if end - start > LONGEST_CLAUSE:  # nobody writes so: a paste gone wrong is set aside as a whole
            self.reading.set_aside.append(words[:80])
            return
        text, shown = self.text[start:end], self.shown[start:end]
        if not in_list:
            self.must = None
        duty = True if p.MUST.search(text) else False if p.NICE.search(text) else None
        self.must = duty if duty is not None else self.must
        head = re.match(r"[^:\d≥≤<>±]{1,40}:(?!//)", text)
        if head:
            # “导热系数：≥8” names what follows; “车规级MCU：静态功耗≤10μA” says whose it is.
            names_it = _VALUE_FIRST.match(text, head.end())
            cut = head.end() - 1 if names_it else 0
            blank = head.end() - cut
            text, shown = text[:cut] + " " * blank + text[head.end() :], shown[:cut] + " " * blank + shown[head.end() :]
        text, inside = self._brackets(text)
        shown = "".join(" " if was == " " else char for was, char in zip(text, shown, strict=True))
        if (stated := self._stated(text)) is not None:
            self.stated = stated
            return
        free = self._free_of(text, shown, words)
        if free:
            return
        found = quantities(text)
        aside = [one for one in found if self._is_aside(text, one)]
        found = [one for one in found if one not in aside and not self._is_level(text, one)]
        before = len(self.reading.indicators)
        unit_spans = [(one.start, one.end) for one in found]
        used = self._targets(text, shown, found, words)
        self._level(text, shown, unit_spans, words)
        added = self.reading.indicators[before:]
        for one in found:
            if one not in used:
                aside.append(one)
        self.reading.set_aside += [self.original[start + one.start : start + one.end].strip() for one in aside]
        for part in inside:
            self._bracket(part, added[-1] if added else None)
        if not added:
            self._without_number(text, words, bool(found or aside), before_list)

    def _is_level(self, text: str, one: Quantity) -> bool:
        """3H of a pencil and 0级 of a coating are steps of a scale, not amounts."""
        return one.unit == "级" or (
            one.unit in ("H", "B", "HB") and bool(re.search(r"硬度|hardness", text[: one.start], re.IGNORECASE))
        )

    def _brackets(self, text: str) -> tuple[str, list[str]]:
        """The clause with bracketed remarks blanked; a bracket inside a unit stays."""
        inside = []
        units_at = [(one.start, one.end) for one in quantities(text)]
        for start, end in brackets(text):
            if any(begin < start and end <= stop for begin, stop in units_at):
                continue
            if text[start + 1 : end - 1].strip():
                inside.append(text[start + 1 : end - 1].strip())
            text = text[:start] + " " * (end - start) + text[end:]
        return text, inside

    def _bracket(self, inside: str, of: Found | None) -> None:
        """A remark in brackets: the baseline, a unit, a duty, or a condition."""
        if of is None:
            return
        numbers = quantities(inside)
        if numbers and (p.BASELINE_START.match(inside) or p.BASELINE_WORD.search(inside[: numbers[0].start])):
            _set_baseline(of, numbers[0], inside)
            of.gaps = [gap for gap in of.gaps if gap != "baseline"]
            _complete(of)
        elif p.MUST.fullmatch(inside) or p.NICE.fullmatch(inside):
            of.must = bool(p.MUST.fullmatch(inside))
        else:
            shown = inside.replace(MASK, "")
            of.conditions.append(shown if shown == inside else self._original_of(inside))

    def _original_of(self, inside: str) -> str:
        at = self.text.find(inside)
        return self.original[at : at + len(inside)].strip() if at >= 0 else inside.replace(MASK, "")

    def _free_of(self, text: str, shown: str, words: str) -> bool:
        """热失控后5 min内不起火: it holds for at least that long."""
        numbers = quantities(text)
        for one in numbers:
            match = _FREE_FOR.match(text, one.end)
            if (
                match
                and _is_time(one.unit)
                and not any(pattern.search(text[: one.start].rstrip()) for pattern, _o, _s in p.BEFORE)
            ):
                head = _tidy_name(text[: one.start])
                is_condition = bool(re.search(r"(?:后|下|时|条件)$", head)) or not head
                name = f"{match['what']}时间" if is_condition else head
                row = Found(
                    name=name,
                    operator=Operator.GE,
                    value=one.low,
                    unit=one.unit,
                    direction=Direction.HIGHER,
                    words=words,
                    must=self.must,
                )
                row.conditions += [head] if is_condition and head else ([match["what"]] if not is_condition else [])
                self._add(row)
                return True
        return False

    def _is_aside(self, text: str, one: Quantity) -> bool:
        """Money of the project, heads of the team, its duration: numbers that no result is measured against."""
        before = text[: one.start]
        money = one.unit in ("元", "万元", "亿元", "百万元", "千元") or (one.unit[:1] in "$¥€£" and "/" not in one.unit)
        if money and p.MONEY_CONTEXT.search(before):
            return True
        if one.unit in ("人", "名") and p.PEOPLE_CONTEXT.search(text):
            return True
        return bool(p.PROJECT_TIME.search(before) and _is_time(one.unit))

    def _targets(self, text: str, shown: str, found: list[Quantity], words: str) -> list[Quantity]:
        """Read every quantity that is a target; gives those that were used, as baselines and conditions too."""
        used: list[Quantity] = []
        names_from = 0
        said: Found | None = None
        meant = [self._meaning(text, one) for one in found]
        for at, one in enumerate(found):
            if one in used:
                continue
            how = meant[at]
            later = any(
                other.is_explicit and not self._is_span(text, found, meant, at + 1 + n)
                for n, other in enumerate(meant[at + 1 :])
            )
            between = text[names_from : how.start]
            if self._is_span(text, found, meant, at):
                continue
            coordinate = self._noun_behind(text, one, "", said) if said is not None and not how.is_explicit else []
            if not how.is_explicit and self._is_baseline_of_next(text, found, meant, at):
                continue
            if not how.is_explicit and not coordinate and self._is_condition(text, found, at, later):
                continue
            name, conditions, inner = self._name(between, shown[names_from : how.start], found, names_from)
            noun = coordinate or self._noun_behind(text, one, name, None)
            names = noun or [name]
            if not names[0] and self.stated is not None and how.is_explicit:
                names = [self.stated.name]
            if not names[0]:
                continue
            if not how.is_explicit and not _is_nameable(names[0]):
                continue
            if coordinate and said is not None:
                how = replace(how, operator=said.operator)
            base = next(
                (
                    other
                    for other in inner
                    if other in found and self._is_from(text, other) and (_alike(other, one) or how.change)
                ),
                None,
            )
            for each in names:
                row = self._row(each, one, how, text, words)
                row.conditions += conditions
                if base is not None:
                    _set_baseline(row, base, text[max(0, base.start - 2) : base.end + 4])
                tail = self._tail(text, one, found, at, how)
                row.conditions += [tail] if tail else []
                self._state(row)
                for waiting in self.names:
                    self._add(replace(row, name=waiting, conditions=list(row.conditions), gaps=list(row.gaps)))
                self.names = []
                self._add(row)
                said = row
            used += [one, *inner]
            names_from = max(how.end, one.end)
        return used

    def _add(self, row: Found) -> None:
        _complete(row)
        self.reading.indicators.append(row)
        self.last = row

    # ── what a number means ────────────────────────────────────────────────────────────────────

    def _meaning(self, text: str, one: Quantity) -> Meaning:
        before = text[: one.start].rstrip()
        start = len(before)
        of_whole = ""
        better = None
        operator, soft = "", False
        for candidate, whole in p.loosened(before):
            matches = [
                (match, meaning, is_soft)
                for pattern, meaning, is_soft in p.BEFORE
                if (match := pattern.search(candidate))
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
        behind = next(((match, meaning) for pattern, meaning in p.AFTER if (match := pattern.match(text, end))), None)
        if behind and (not operator or soft):
            operator = behind[1]
        if behind:
            end = behind[0].end()
        better_behind = p.BETTER_AFTER.match(text, end)
        if better_behind:
            end = better_behind.end()
        change = p.CHANGED.search(text[:start].rstrip()) or (p.CHANGED.search(before) if not operator else None)
        if change:
            start = min(start, change.start())
        elif one.unit in ("%", "倍", "个百分点", "percentage points"):
            change = self._verb_before(text, one, start)
        reaches = None
        if not operator and not change:
            reaches = p.REACHES_UP.search(before)
            start = reaches.start() if reaches else start
        return Meaning(start, end, operator, change, bool(better or better_behind), bool(reaches), of_whole)

    def _verb_before(self, text: str, one: Quantity, start: int) -> re.Match[str] | None:
        """“Reduce stack cost by 30 %”: the verb leads the clause, the number follows “by”."""
        if not re.search(r"\b(?:by|of)\s*(?:at least|more than|about)?\s*$", text[:start]):
            ahead = re.compile(
                r"\s(?P<word>reduction|increase|decrease|improvement|higher|lower)\b(?: (?:of|in))?", re.IGNORECASE
            ).match(text, one.end)
            return p.CHANGED.search(ahead["word"]) if ahead else None
        verbs = [match for match in p.CHANGE.finditer(text[:start]) if match[0].isascii()]
        return verbs[-1] if verbs else None

    def _is_condition(self, text: str, found: list[Quantity], at: int, later: bool) -> bool:
        """A bare number that another one in the clause is measured under: at 25 °C, 10 to 80 %, -20℃放电…≥80%."""
        one = found[at]
        if re.search(
            r"(?:@|\b(?:at|under|after|from|per|every|for|between|and)|在|于|每|经|第)\s*$",
            text[: one.start],
            re.IGNORECASE,
        ):
            return True
        if one.is_plus_minus:
            return False
        if later:
            return True
        rest = text[one.end :].lstrip()
        if re.match(r"(?:时|下|后|条件|环境|处|工况|@)", rest):
            return True
        return (bool(re.match(r"[一-鿿]", rest)) and not _tidy_name(text[: one.start])) or text[
            one.end : one.end + 1
        ] == MASK

    def _is_from(self, text: str, one: Quantity) -> bool:
        return bool(
            re.search(
                r"(?:由|从|自|\bfrom\b)\s*(?:约|目前的?|现有的?|原来的?|原|about )*\s*$",
                text[: one.start],
                re.IGNORECASE,
            )
        ) or bool(p.BASELINE_WORD.search(text[: one.start]))

    def _is_baseline_of_next(self, text: str, found: list[Quantity], meant: list[Meaning], at: int) -> bool:
        one = found[at]
        if at + 1 >= len(found) or not self._is_from(text, one):
            return False
        return any(_alike(one, other) for other in found[at + 1 :])

    def _row(self, name: str, one: Quantity, how: Meaning, text: str, words: str) -> Found:
        row = Found(name=name, unit=one.unit, words=words, must=self.must, fraction=one.fraction)
        change = how.change
        if (
            change
            and not (change["to"] if "to" in change.re.groupindex else None)
            and self._to_behind(text, change, one)
        ) or (change and "to" in change.re.groupindex and change["to"] and one.unit != "倍" and not change["of"]):
            row.operator = how.operator or (Operator.GE if change["up"] else Operator.LE)
            change = None
        if change:
            self._change(row, one, change)
            return row
        if one.is_range:
            row.kind, row.low, row.high, row.direction = Kind.RANGE, one.low, one.high, Direction.WITHIN
            return row
        row.value = one.low
        row.operator = row.operator or how.operator
        if how.of_whole:
            row.conditions.append(how.of_whole)
        if how.is_better:
            row.operator = _better(name, one)
            if not row.operator:
                row.lacks("better_reading")
        elif how.reaches and not row.operator:
            small = p.SMALL.search(name) or (p.FINE.search(name) and one.unit != "%")
            row.operator = "" if small else Operator.GE
        return row

    def _to_behind(self, text: str, change: re.Match[str], one: Quantity) -> bool:
        """“cut start-up time from 45 s to under 30 s”: the number behind “to” is where it ends."""
        return bool(
            re.search(
                r"(?:\bto|至|到|为)\s*(?:under|below|above|over|at least|at most|less than|more than|about|约|不超过|不低于|"
                r"不高于|少于|低于|高于)?\s*$",
                text[: one.start],
            )
        )

    def _change(self, row: Found, one: Quantity, change: re.Match[str]) -> None:
        row.kind, row.operator = Kind.RELATIVE, ""
        row.direction = Direction.HIGHER if change["up"] else Direction.LOWER
        row.value = one.low if not one.is_range else None
        row.low, row.high = (one.low, one.high) if one.is_range else (None, None)
        row.is_points = one.unit in ("个百分点", "pp", "percentage points")
        groups = change.re.groupindex
        if one.unit == "倍":
            row.is_multiple = True
            row.is_to_multiple = bool(("to" in groups and change["to"]) or ("of" in groups and change["of"]))
            if not row.is_to_multiple:
                row.lacks(p.MULTIPLE_READING)

    def _state(self, row: Found) -> None:
        """A baseline that an earlier clause stated belongs to the same thing."""
        if self.stated is not None and row.baseline is None:
            same = _similar(self.stated.name, row.name)
            if same and self.stated.value is not None and _comparable_units(self.stated.unit, row):
                row.baseline, row.baseline_unit = self.stated.value, self.stated.unit
                row.baseline_high = self.stated.high
            self.stated = None

    # ── names and conditions ───────────────────────────────────────────────────────────────────

    def _name(
        self, between: str, shown: str, found: list[Quantity], offset: int
    ) -> tuple[str, list[str], list[Quantity]]:
        """The name in front of a number, what it is measured under, and the quantities in between."""
        inner = [one for one in found if offset <= one.start and one.end <= offset + len(between)]
        conditions: list[str] = []
        text = shown
        for one in reversed(inner):
            begin, end = one.start - offset, one.end - offset
            lead = re.search(
                r"(?:由|从|自|在|于|\bfrom|\bat|\bin|\bunder|\bafter|\bto|\band)?\s*(?:目前|现有|原来|约|about)?\s*$",
                text[:begin],
                re.IGNORECASE,
            )
            begin_at = lead.start() if lead else begin
            tail = re.match(
                r"\s*(?:左右|上下)?(?:[^\d,，]{0,12}?(?:条件下|情况下|后|下|时)(?=[一-鿿A-Za-z]))?", text[end:]
            )
            end_at = end + (tail.end() if tail else 0)
            if not self._is_from(between, replace(one, start=begin, end=end)) or not _alike_any(one, found):
                conditions.insert(0, text[begin_at:end_at].strip(" ,，在于"))
            text = text[:begin_at] + " " + text[end_at:]
        name = _tidy_name(text)
        return name, [one for one in conditions if one], inner

    def _noun_behind(self, text: str, one: Quantity, name: str, said: Found | None) -> list[str]:
        """“Recover 95 % of lithium and 98 % of nickel and cobalt”: the thing stands behind, the verb before."""
        match = re.compile(
        r"\s*of (?:the )?([a-z][a-z\- ]*?)(?=\s+(?:from|in|at|within|by|with|under|for|after)\b|"
        r"\s+and\s+(?:at\s|no\s|more|less|over|under|about|\d)|[,;.]|\s*$)", re.IGNORECASE).match(text, one.end)  # fmt: skip
        if match is None or one.unit not in ("%", "‰"):
            return []
        verb = p.VERB_NOUN.get(re.sub(r"(?<=[a-z])s$", "", name.lower().split(" ")[0]), "")
        if (
            not verb
            and said is not None
            and re.fullmatch(r"(?:of [a-z\- ]+ )?(?:and|,)?", name.strip().lower() or "and")
        ):
            verb = next((noun for noun in p.VERB_NOUN.values() if said.name.endswith(" " + noun)), "")
        if not verb:
            return []
        return [f"{each.strip()} {verb}" for each in re.split(r"\s+and\s+|,\s*", match[1]) if each.strip()]

    def _is_span(self, text: str, found: list[Quantity], meant: list[Meaning], at: int) -> bool:
        """“a pilot of 500 t/a within 24 months”: how long one has, not what is measured."""
        one, how = found[at], meant[at]
        if at == 0 or not _is_time(one.unit) or units.clean(one.unit) not in _LONG:
            return False
        return bool(re.search(r"(?:within|in|over|在|于)\s*$", text[: one.start])) and not text[
            found[at - 1].end : how.start
        ].strip(" ,在于")

    def _tail(self, text: str, one: Quantity, found: list[Quantity], at: int, how: Meaning) -> str:
        """What follows the number and limits it: “at 23 °C and 50 % RH”, @100 MHz带宽, 不起泡不粉化."""
        end = max(one.end, how.end)
        stop = len(text)
        match = _AT.match(text, end)
        if match:
            return text[match.end() : stop].replace(MASK, "").strip(" .")
        plain = re.compile(r"\s?((?:不|无|未)[一-鿿]{1,16})").match(text, end)
        return plain[1] if plain else ""

    # ── levels and clauses without a number ────────────────────────────────────────────────────

    def _level(self, text: str, shown: str, taken: list[tuple[int, int]], words: str) -> None:
        for match in p.LEVELS.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in taken) and not match[0].endswith("级"):
                continue
            name = _tidy_name(text[: match.start()])
            behind = re.compile(r"级?\s*([一-鿿]{2,8}|[A-Za-z][A-Za-z ]{2,24})").match(text, match.end())
            is_named = p.LEVEL_NAME.search(name)
            strong = re.match(r"IP|IK|ASIL|SIL|TRL|MRL|CMMI|EAL|V-?\d|L\d", match[0], re.IGNORECASE)
            if (
                not is_named
                and not strong
                and not (match[0].endswith("级") and name and _REACHED.search(text[: match.start()]))
            ):
                continue
            if not name and behind:
                name = f"{behind[1].strip()}等级" if _CJK.search(behind[1]) else f"{behind[1].strip()} level"
            if not name:
                name = "防护等级" if match[0].upper().startswith("IP") else match[0]
            level = (
                re.sub(r"级$", "", match[0])
                if re.match(r"[A-Z0-9]", match[0], re.IGNORECASE) and not match[0][0].isdigit()
                else match[0]
            )
            self._add(
                Found(
                    name=name,
                    kind=Kind.LEVEL,
                    level=level.strip(),
                    direction=Direction.LEVEL,
                    words=words,
                    must=self.must,
                )
            )

    def _without_number(self, text: str, words: str, has_numbers: bool, before_list: bool) -> None:
        if self.last is not None and p.STANDARD_CLAUSE.match(text.strip()):
            self.last.method = self.last.method or re.sub(r"(?:执行|测试|检测|进行)$", "", words)
            return
        if has_numbers:
            return
        bare = _tidy_name(text)
        both = re.search(r"(?:均|都|皆|分别)$", bare)
        if (
            bare
            and before_list
            and MASK not in text
            and not p.WISH.search(bare)
            and len(bare) <= 10
            and _CJK.search(bare)
            and not both
        ):
            self.names.append(bare)
        if (p.WISH.search(text) and MASK not in text) or re.search(
            r"通过.{0,24}(?:认证|验证|考核)|certifi", text, re.IGNORECASE
        ):
            wish = re.sub(r"^[^:]{1,20}:", "", words).strip()
            for part in re.split(r"(?<=[一-鿿])[和及并](?=[一-鿿]{3,})", wish):
                self.reading.wishes.append(part.strip())

    def _stated(self, text: str) -> Found | None:
        """“目前能量密度为240 Wh/kg”: a baseline that waits for its target."""
        numbers = quantities(text)
        if (
            len(numbers) != 1
            or p.CHANGE.search(text)
            or not re.search(
                r"目前|现有|当前|现阶段|现状|基线|baseline|\bcurrent|\btoday", text[: numbers[0].start], re.IGNORECASE
            )
        ):
            return None
        one = numbers[0]
        if any(
            pattern.search(text[: one.start].rstrip()) for pattern, _operator, soft in p.BEFORE if not soft
        ) or re.search(r"(?:较|比|相比|优于|在)(?:现有|目前|当前)|compared", text):
            return None
        name = re.sub(
            r"目前|现有|当前|现阶段|现状|基线|baseline|currently|current|today",
            "",
            text[: one.start],
            flags=re.IGNORECASE,
        )
        name = re.sub(r"(?:仅为?|只有|约为?|为|是|在|is|of|at)\s*$", "", name.strip(), flags=re.IGNORECASE)
        return Found(name=_tidy_name(name), value=one.low, high=one.high, unit=one.unit)


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

    @property
    def is_explicit(self) -> bool:
        return bool(self.operator or self.change or self.is_better or self.reaches)


def brackets(text: str) -> list[tuple[int, int]]:
    """Where the outermost pairs begin and end; one that is never closed is none."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for at, char in enumerate(text):
        if char == "(":
            opened.append(at)
        elif char == ")" and opened:
            start = opened.pop()
            while found and found[-1][0] > start:
                found.pop()
            found.append((start, at + 1))
    return found


def covered(text: str, cover: str) -> str:
    parts, at = [], 0
    for start, end in brackets(text):
        parts += [text[at : start + 1], cover * (end - start - 2), ")"]
        at = end
    return "".join([*parts, text[at:]])


def _is_time(unit: str) -> bool:
    return units.clean(unit) in _TIMES


def _alike(one: Quantity, other: Quantity) -> bool:
    if units.clean(one.unit) == units.clean(other.unit) or not one.unit:
        return True
    return units.comparable(one.unit, other.unit) or (_is_time(one.unit) and _is_time(other.unit))


def _alike_any(one: Quantity, found: list[Quantity]) -> bool:
    return any(other is not one and other.start > one.end and _alike(one, other) for other in found)


def _comparable_units(unit: str, row: Found) -> bool:
    return row.kind == Kind.RELATIVE or units.clean(unit) == units.clean(row.unit) or units.comparable(unit, row.unit)


def _similar(one: str, other: str) -> bool:
    return (
        not one
        or not other
        or one in other
        or other in one
        or len(set(one) & set(other)) * 2 >= min(len(set(one)), len(set(other)))
    )


def _is_nameable(name: str) -> bool:
    """A bare number is an indicator only behind a name that is no number and no time adverb."""
    return (
        not re.search(r"\d", re.sub(r"[A-Za-z]+-?\d+", "", name))
        and not re.fullmatch(r"(?:每|第|前|后|近|未来|近?期|共|计|约|about|some|the)+", name)
        and len(name) >= 2
    )


def _better(name: str, one: Quantity) -> str:
    if p.SMALL.search(name):
        return Operator.LE
    if p.FINE.search(name):
        if one.unit == "%":
            return Operator.GE if abs(one.low) >= 50 else Operator.LE
        return Operator.LE
    return Operator.GE if p.LARGE.search(name) else ""


_COMPARISON_END = re.compile(r"\s*(?:[≥≤<>=]|不低于|不高于|达到|优于|高于|低于)\s*$")


def _tidy_name(text: str) -> str:
    """A name without duties, verbs, comparisons and joining words around it."""
    name = _COMPARISON_END.sub("", text.replace(MASK, "")).strip(" ,，、:：;；.。()（）-~")
    while True:
        shorter = p.LEADING.sub("", name)
        shorter = p.COMPARED.sub("", shorter).rstrip()
        shorter = (
            p.MODAL.sub("", shorter)
            if re.search(r"(?:^|[^A-Za-z])[A-Za-z]+$", shorter) or _CJK.search(shorter[-1:] or " ")
            else shorter
        )
        shorter = shorter.strip(" ,，、:：;；.()-~=@/")
        if shorter == name:
            break
        name = shorter
    if name.isascii():
        name = re.sub(rf"^(?:{p.UP}|{p.DOWN})\s+(?:the )?", "", name, flags=re.IGNORECASE)
    name = re.sub(r"\s{2,}", " ", re.sub(r"^.*\bwith\s+", "", name, flags=re.IGNORECASE)).strip()
    name = re.sub(
        r"\s+(?:of|to|in|at|is|be|by|from|for|are|and|with|a|an|the|shall|must|should|will|time from|has)$",
        "",
        name,
        flags=re.IGNORECASE,
    )
    return re.sub(r"(?:的|为|是|在|至|到|由|从|比|较)$", "", name).strip()


def _set_baseline(row: Found, one: Quantity, around: str) -> None:
    row.baseline, row.baseline_high, row.baseline_unit = (
        one.low,
        one.high,
        one.unit or (row.unit if row.kind != Kind.RELATIVE else ""),
    )
    if one.is_range:
        row.lacks("baseline_range")
    if re.search(r"约|左右|上下|about|approx|around", around, re.IGNORECASE):
        row.lacks("baseline_approximate")


def _complete(row: Found) -> None:
    """Directions and gaps that follow from what was read."""
    if row.kind == Kind.RELATIVE:
        if row.is_to_multiple and row.baseline is not None and row.value is not None and row.baseline_high is None:
            row.kind, row.value, row.unit = Kind.THRESHOLD, row.baseline * row.value, row.baseline_unit
            row.operator = Operator.GE if row.direction == Direction.HIGHER else Operator.LE
        elif row.baseline is None:
            row.lacks("baseline")
    if row.kind == Kind.THRESHOLD and not row.direction:
        if row.operator:
            row.direction = OPERATOR_DIRECTION[Operator(row.operator)]
        elif row.baseline is not None and row.value is not None and row.value != row.baseline:
            row.direction = Direction.HIGHER if row.value > row.baseline else Direction.LOWER
    if row.kind == Kind.THRESHOLD and not row.operator and "better_reading" not in row.gaps:
        row.lacks("operator")
    if p.SAMPLE.search(row.name):
        row.lacks("sample_size")
    if p.DEFINITION.search(row.name):
        row.lacks("definition")


def decimal_of(text: str) -> Decimal | None:
    """A bare number of a table's cell."""
    found = quantities(hide(fold(text)))
    return found[0].low if len(found) == 1 and not found[0].is_range else None


def about(text: str, one: Quantity) -> bool:
    return is_about(text, one)
