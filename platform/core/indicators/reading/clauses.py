"""Prose into indicators: sentence by sentence, clause by clause, quantity by quantity."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from core.indicators.kinds import Direction, Kind, Operator
from core.indicators.reading import phrases as p
from core.indicators.reading.around import name_of, noun_behind, tail_of
from core.indicators.reading.brackets import covered, without_brackets
from core.indicators.reading.characters import MASK, fold, hide
from core.indicators.reading.found import Found, Reading
from core.indicators.reading.meaning import (
    alike,
    is_aside,
    is_baseline_of_next,
    is_condition,
    is_from,
    is_level,
    is_span,
    is_time,
    meaning_of,
)
from core.indicators.reading.names import CJK, is_nameable, same_thing, similar, tidy_name
from core.indicators.reading.quantities import Quantity, quantities
from core.indicators.reading.rows import comparable_units, complete, fact_of, row_of, set_baseline, stated_in

_LIST_MARK = re.compile(
    r"(?m)(?:^|(?<=[;。:]))[ \t]*(?:[-*•●▪◆○·>]+\s+|\(?\d{1,2}[.、)](?!\d)\s*|"
    r"[(（][一二三四五六七八九十\d]{1,3}[)）]\s*|[一二三四五六七八九十]{1,3}、|[①-⑳]\s*)"
)
# (45±1)%: the bracket belongs to the number.
_OPENED = re.compile(r"\(((?:[-+]?\d[\d.,]*)\s?[%℃]?\s?[±~]\s?[-+]?\d[\d.,]*)\)(?=\s?[%‰℃°A-Za-zμΩ一-鿿])")
_SENTENCE = re.compile(
    r"[。;\n!?]+|(?<!\bmax)(?<!\bmin)(?<!\bapprox)(?<!\bvs)(?<!\bca)(?<!\bresp)(?<!\bincl)(?<!\btemp)(?<!\bno)(?<!\bNo)\.(?=\s|$)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,，、](?!\d{3}(?!\d))")
_ENGLISH_COMMA = re.compile(r",(?=\s)")
# 平均响应时间200ms、最大不超过1s: the second is of the same thing.
_WHICH = re.compile(
    r"\s*(最大|最高|最小|最低|峰值|平均|max(?:imum)?|min(?:imum)?|peak|average)(?:值|时)?\s*(?:[≥≤<>=]|不|小于|大于|低于|高于|为|\d)",
    re.IGNORECASE,
)
_WHICH_ONE = re.compile(r"最大|最高|最小|最低|峰值|平均")
# A sentence that says how things are now, and asks nothing.
_NOW = re.compile(
    r"\s*(?:目前|当前|现阶段|现有|现(?:生产|工艺|行|用|装置|产品|状|场|采用|设备)|我[公]?司(?:目前|现)|currently\b|today\b|at present\b|"
    r"the current\b|current\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"要求|目标|需要?(?!求量)|须|拟|计划|希望|力争|升级|改造|研制|开发|攻克|实现|应|预期|期望|shall|must|should|target|need|require|want|aim",
    re.IGNORECASE,
)
LONGEST_CLAUSE = 600
_VALUE_FIRST = re.compile(
    r"\s*(?:[≥≤<>=±+\-~]|[\d$¥€.]|不[低高大小少多得超]|大于|小于|优于|高于|低于|超过|达到?|至少|至多|约|at (?:least|most)|"
    r"no (?:more|less)|not |max|min|up to|under|over|below|above|less|more|better|within|between|"
    r"(?:IP|SIL|ASIL|TRL|IK)[ \-]?[0-9A-D]|V-[0-2]|[A-C0-9]级|[一二三四五六]级)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:到|至|在|by |in )?(?:19|20)\d{2}\s?年?[底末前]?")
_FROM = re.compile(r"\s*\(?\s*(?:down |up )?from\s*", re.IGNORECASE)
_REACHED = re.compile(r"(?:达到|达|为|是|不低于|≥|至少|优于|:)\s*$")
_FREE_FOR = re.compile(r"\s?(?:以?内|之内)?\s?(?P<what>(?:不|无|未)(?![低高小大少多超短长得应能])[一-鿿、]{1,20})")


def read_paragraphs(original: str, reading: Reading) -> None:
    """Add what the prose holds to the reading."""
    Prose(original, reading).read()


class Prose:
    def __init__(self, original: str, reading: Reading) -> None:
        self.original, self.reading = original, reading
        self.shown = _LIST_MARK.sub(lambda match: " " * len(match[0]), fold(original))
        self.shown = _OPENED.sub(lambda match: f" {match[1]} ", self.shown)
        self.text = hide(self.shown)
        # Brackets' insides covered, so that no sentence and no clause ends in them.
        self.flat = covered(self.text, MASK)
        self.last: Found | None = None
        self.stated: Found | None = None  # “currently 240 Wh/kg”: waits for its target
        self.must: bool | None = None
        self.names_it = False  # the clause is “name: value”
        self.head = ""  # “电池系统成本：2027年≤0.6元/Wh，2030年…”
        self.now: list[Found] = []  # what earlier sentences said of today
        self.names: list[str] = []  # 长、宽、高均…: names that wait for their number

    def read(self) -> None:
        at = 0
        for mark in [*_SENTENCE.finditer(self.flat), None]:
            end = mark.start() if mark else len(self.text)
            self._sentence(at, end)
            at = mark.end() if mark else end
        self.reading.set_aside += [one.words for one in self.now]

    def _sentence(self, start: int, end: int) -> None:
        self.must, self.names, self.stated, self.last, self.head = None, [], None, None, ""
        if self._is_of_now(start, end):
            return
        flat = self.flat[start:end]
        commas = _COMMA if CJK.search(flat) else _ENGLISH_COMMA
        at = 0
        for mark in [*commas.finditer(flat), None]:
            stop = mark.start() if mark else len(flat)
            if flat[at:stop].strip():
                before = flat[at - 1] if at else ""
                self._clause(
                    start + at, start + stop, in_list=before == "、", before_list=flat[stop : stop + 1] == "、"
                )
            at = mark.end() if mark else stop

    def _is_of_now(self, start: int, end: int) -> bool:
        """Keep what a sentence says of today for the targets of later sentences; False when it asks for something."""
        flat = self.flat[start:end]
        if not _NOW.match(flat) or _ASKS.search(flat) or p.CHANGE.search(flat):
            return False
        commas = _COMMA if CJK.search(flat) else _ENGLISH_COMMA
        facts, at = [], 0
        for mark in [*commas.finditer(flat), None]:
            stop = mark.start() if mark else len(flat)
            text, _inside = without_brackets(self.text[start + at : start + stop])
            numbers = quantities(text)
            if len(numbers) > 1 or any(meaning_of(text, one).is_explicit for one in numbers):
                return False
            facts += [fact_of(text, one) for one in numbers]
            at = mark.end() if mark else stop
        if not facts:
            return False
        self.now += facts
        return True

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
        self.names_it = False
        head = re.match(r"[^:\d≥≤<>±]{1,40}:(?!//)", text)
        if head:
            # “导热系数：≥8” names what follows; “车规级MCU：静态功耗≤10μA” says whose it is.
            self.head = tidy_name(head[0])
            names_it = _VALUE_FIRST.match(text, head.end())
            self.names_it = bool(names_it)
            cut = head.end() - 1 if names_it else 0
            blank = head.end() - cut
            text, shown = text[:cut] + " " * blank + text[head.end() :], shown[:cut] + " " * blank + shown[head.end() :]
        text, inside = without_brackets(text)
        shown = "".join(" " if was == " " else char for was, char in zip(text, shown, strict=True))
        if (stated := stated_in(text)) is not None:
            self.stated = stated
            return
        free = self._free_of(text, shown, words)
        if free:
            return
        found = quantities(text)
        aside = [one for one in found if is_aside(text, one)]
        found = [one for one in found if one not in aside and not is_level(text, one)]
        before = len(self.reading.indicators)
        unit_spans = [(one.start, one.end) for one in found]
        used = self._targets(text, shown, found, words)
        self._level(text, shown, unit_spans, [(one.start, one.end) for one in used], words)
        added = self.reading.indicators[before:]
        for one in found:
            if one not in used:
                aside.append(one)
        self.reading.set_aside += [self.original[start + one.start : start + one.end].strip() for one in aside]
        for part in inside:
            self._bracket(part, added[-1] if added else None)
        if not added:
            self._without_number(text, words, bool(found or aside), before_list)

    def _bracket(self, inside: str, of: Found | None) -> None:
        """A remark in brackets: the baseline, a unit, a duty, or a condition."""
        if of is None:
            return
        numbers = quantities(inside)
        if numbers and (p.BASELINE_START.match(inside) or p.BASELINE_WORD.search(inside[: numbers[0].start])):
            set_baseline(of, numbers[0], inside)
            of.gaps = [gap for gap in of.gaps if gap != "baseline"]
            complete(of)
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
                and is_time(one.unit)
                and not any(pattern.search(text[: one.start].rstrip()) for pattern, _o, _s in p.BEFORE)
            ):
                head = tidy_name(text[: one.start])
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

    def _targets(self, text: str, shown: str, found: list[Quantity], words: str) -> list[Quantity]:
        """Read every quantity that is a target; gives those that were used, as baselines and conditions too."""
        used: list[Quantity] = []
        names_from = 0
        said: Found | None = None
        meant = [meaning_of(text, one) for one in found]
        for at, one in enumerate(found):
            if one in used:
                continue
            how = meant[at]
            later = any(
                other.is_explicit and not is_span(text, found, meant, at + 1 + n)
                for n, other in enumerate(meant[at + 1 :])
            )
            between = text[names_from : how.start]
            if later and how.operator and re.search(r"对于?\s*$", text[: how.start]):  # 对≥0.2 mm缺陷的检出率≥99.5%
                continue
            if is_span(text, found, meant, at):
                continue
            coordinate = noun_behind(text, one, "", said) if said is not None and not how.is_explicit else []
            if not how.is_explicit and is_baseline_of_next(text, found, meant, at):
                continue
            if not how.is_explicit and not coordinate and is_condition(text, found, at, later):
                continue
            name, conditions, inner = name_of(between, shown[names_from : how.start], found, names_from)
            noun = coordinate or noun_behind(text, one, name, None, how.end)
            names = noun or [name]
            if not names[0] and self.stated is not None and how.is_explicit:
                names = [self.stated.name]
            if not names[0] and self.last is not None and how.operator and (which := _WHICH.match(text)):
                names = [f"{_WHICH_ONE.sub('', self.last.name)}({which[1]})"] if alike(one, self._last_one()) else [""]
            if _YEAR.fullmatch(names[0]) and (of := self.head or (self.last.name if self.last else "")):
                conditions, names = [names[0], *conditions], [of]
            if not names[0]:
                continue
            if not how.is_explicit and not is_nameable(names[0]):
                continue
            if coordinate and said is not None:
                how = replace(how, operator=said.operator)
            earlier = [*inner, *(other for other in found if how.start <= other.start and other.end <= one.start)]
            bases = [other for other in earlier if is_from(text, other) and (alike(other, one) or how.change)]
            base = max(bases, key=lambda other: (alike(other, one), other.start), default=None)
            if base is None:
                base = next(
                    (
                        other
                        for other in found[at + 1 :]
                        if _FROM.fullmatch(text[max(how.end, one.end) : other.start]) and alike(one, other)
                    ),
                    None,
                )
                used += [base] if base is not None else []
            for each in names:
                row = row_of(each, one, how, text, words, self.must)
                row.conditions += conditions
                if base is not None:
                    set_baseline(row, base, text[max(0, base.start - 2) : base.end + 4])
                tail = tail_of(text, one, how)
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

    def _last_one(self) -> Quantity:
        return (
            Quantity(0, 0, self.last.value or Decimal(0), unit=self.last.unit)
            if self.last
            else Quantity(0, 0, Decimal(0))
        )

    def _add(self, row: Found) -> None:
        complete(row)
        self.reading.indicators.append(row)
        self.last = row

    def _state(self, row: Found) -> None:
        """A baseline that an earlier clause stated belongs to the same thing."""
        if self.stated is not None and row.baseline is None:
            same = similar(self.stated.name, row.name)
            if same and self.stated.value is not None and comparable_units(self.stated.unit, row):
                row.baseline, row.baseline_unit = self.stated.value, self.stated.unit
                row.baseline_high = self.stated.high
            self.stated = None
        if row.baseline is None:
            fact = next((one for one in self.now if same_thing(one.name, row.name)), None)
            if fact is not None and fact.value is not None and comparable_units(fact.unit, row):
                row.baseline, row.baseline_high, row.baseline_unit = fact.value, fact.high, fact.unit
                row.gaps += [gap.replace("approximate", "baseline_approximate") for gap in fact.gaps]
                self.now.remove(fact)

    # ── levels and clauses without a number ────────────────────────────────────────────────────

    def _level(
        self, text: str, shown: str, taken: list[tuple[int, int]], read: list[tuple[int, int]], words: str
    ) -> None:
        for match in p.LEVELS.finditer(text):
            if any(start < match.end() and match.start() < end for start, end in read):
                continue
            if any(start < match.end() and match.start() < end for start, end in taken) and not match[0].endswith("级"):
                continue
            name = tidy_name(text[: match.start()])
            behind = re.compile(r"级?\s*([一-鿿]{2,8}|[A-Za-z][A-Za-z ]{2,24})").match(text, match.end())
            is_named = p.LEVEL_NAME.search(name)
            strong = re.match(r"IP|IK|ASIL|SIL|TRL|MRL|CMMI|EAL|V-?\d|L\d", match[0], re.IGNORECASE)
            if (
                not is_named
                and not strong
                and not (match[0].endswith("级") and name and (self.names_it or _REACHED.search(text[: match.start()])))
            ):
                continue
            if not name and behind:
                name = f"{behind[1].strip()}等级" if CJK.search(behind[1]) else f"{behind[1].strip()} level"
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
        bare = tidy_name(text)
        both = re.search(r"(?:均|都|皆|分别)$", bare)
        if (
            bare
            and before_list
            and MASK not in text
            and not p.WISH.search(bare)
            and len(bare) <= 10
            and CJK.search(bare)
            and not both
        ):
            self.names.append(bare)
        if (p.WISH.search(text) and MASK not in text) or re.search(
            r"通过.{0,24}(?:认证|验证|考核)|certifi", text, re.IGNORECASE
        ):
            wish = re.sub(r"^[^:]{1,20}:", "", words).strip()
            for part in re.split(r"(?<=[一-鿿])[和及并](?=[一-鿿]{3,})", wish):
                self.reading.wishes.append(part.strip())
