"""Numbers with their units in a text: 1,200 mm, 8万小时, ±0.02 mm, 3.0~4.5 MPa, 三成, 1/30, 1×10^6次."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from core.indicators import units


@dataclass(frozen=True)
class Quantity:
    """A number or a range in a text, from `start` to `end`."""

    start: int
    end: int
    low: Decimal
    high: Decimal | None = None
    unit: str = ""
    is_plus_minus: bool = False
    fraction: str = ""
    is_rounded: bool = False  # no decimal equals what was written: a third

    @property
    def is_range(self) -> bool:
        return self.high is not None


_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_POWER = (
    r"(?:\s*[×x*]\s*10(?:\s*\^\s*(?P<caret>[-+]?\d+)|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))|"
    r"[eE](?P<exp>[-+]?\d+)(?![A-Za-z]))?"
)
_ARABIC = re.compile(
    rf"(?<![\d.])(?<![\d],)(?<![A-Za-z])(?<![A-Za-z][-_])(?P<sign>(?<![0-9A-Za-z%℃°)²³])[-+])?(?P<digits>{_DIGITS}){_POWER}"
    r"(?P<over>\s?/\s?\d+(?![\d./]))?"
)
_CHINESE = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_NUMERAL = r"[零〇一二两三四五六七八九十百千]+"
_PART = re.compile(
    rf"(?P<den>十万|百万|千万|万|亿|{_NUMERAL})分之(?P<num>{_NUMERAL}|\d+(?:\.\d+)?)|"
    rf"(?P<tenths>{_NUMERAL})成(?P<half>半)?|(?P<halved>一半|过半)|(?P<times>{_NUMERAL})倍|"
    rf"(?P<orders>[一两二三四五六]|\d)个数量级"
)
# A numeral counts only right behind a comparison: 一次合格率 is a name, 不少于三台 is a number.
_COUNTED = re.compile(
    rf"(?<=[于过达到足至])(?P<n>{_NUMERAL})(?=[万亿]?(?:个|台|套|次|项|种|年|月|天|日|小时|分钟|秒|家|件|人|名|条|倍|轮|批))"
)
_ENGLISH: dict[str, Decimal] = {
    "one": Decimal(1), "two": Decimal(2), "three": Decimal(3), "four": Decimal(4), "five": Decimal(5), "six": Decimal(6), "seven": Decimal(7),
    "eight": Decimal(8), "nine": Decimal(9), "ten": Decimal(10), "twelve": Decimal(12), "twenty": Decimal(20),
    "half": Decimal("0.5"), "a half": Decimal("0.5"), "a third": Decimal(1) / 3, "one third": Decimal(1) / 3, "a quarter": Decimal("0.25"),
    "one quarter": Decimal("0.25"), "two thirds": Decimal(2) / 3, "three quarters": Decimal("0.75"),
}  # fmt: skip
_ENGLISH_NUMBER = re.compile(
    r"\b(?:than|least|most|exceeds?|within|below|under|over|above|by|to|of)\s+("
    + "|".join(sorted(_ENGLISH, key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)

_MULTIPLES = {
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "千": Decimal(1000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "万亿": Decimal(10) ** 12,
    "thousand": Decimal(1000),
    "million": Decimal(1_000_000),
    "billion": Decimal(10) ** 9,
}
_MULTIPLE = re.compile(
    r"\s?(万亿|千万|百万|万|亿|千|million\b|thousand\b|billion\b)(?!元|瓦|米|克|卡|帕|伏|赫|字节|分之|焦)"
)
_CJK_ATOMS = [
    "平方毫米",
    "平方厘米",
    "平方公里",
    "平方米",
    "立方厘米",
    "立方米",
    "标准立方米",
    "摄氏度",
    "百分点",
    "个百分点",
    "百万元",
    "万元",
    "亿元",
    "千元",
    "美元",
    "欧元",
    "元",
    "毫安时",
    "安时",
    "千瓦时",
    "瓦时",
    "千瓦",
    "兆瓦",
    "吉瓦",
    "瓦",
    "千伏",
    "毫伏",
    "伏特",
    "伏",
    "毫安",
    "微安",
    "安培",
    "安",
    "千赫",
    "兆赫",
    "吉赫",
    "赫兹",
    "赫",
    "千帕",
    "兆帕",
    "帕",
    "千牛",
    "牛",
    "欧姆",
    "小时",
    "分钟",
    "毫秒",
    "微秒",
    "纳秒",
    "秒",
    "个工作日",
    "工作日",
    "个月",
    "个季度",
    "季度",
    "个小时",
    "年",
    "月",
    "周",
    "天",
    "日",
    "万吨",
    "吨标准煤",
    "吨标煤",
    "吨",
    "公斤",
    "千克",
    "毫克",
    "微克",
    "克",
    "公里",
    "千米",
    "厘米",
    "毫米",
    "微米",
    "纳米",
    "米",
    "毫升",
    "微升",
    "升",
    "度电",
    "度",
    "倍",
    "次循环",
    "次",
    "循环",
    "周次",
    "例",
    "个",
    "台套",
    "台",
    "套",
    "条",
    "件",
    "人次",
    "人",
    "名",
    "项",
    "种",
    "类",
    "篇",
    "家",
    "户",
    "辆",
    "片",
    "颗",
    "块",
    "只",
    "枚",
    "根",
    "对",
    "组",
    "批次",
    "批",
    "帧",
    "像素",
    "字节",
    "比特",
    "维",
    "层",
    "轮",
    "班",
    "转",
    "圈",
    "点",
    "步",
    "级",
    "门",
    "路",
    "通道",
    "亩",
    "公顷",
    "株",
    "头",
    "份",
    "瓶",
    "支",
    "箱",
    "包",
    "行",
    "字",
    "页",
    "分贝",
    "分",
    "流明",
    "勒克斯",
    "开尔文",
    "摩尔",
    "焦耳",
    "千焦",
    "兆焦",
    "大卡",
    "卡路里",
    "道",
    "处",
    "座",
    "孔",
    "股",
    "模",
    "穴",
]
_CJK_UNIT = "(?:" + "|".join(sorted(_CJK_ATOMS, key=len, reverse=True)) + ")"
_LATIN_ATOM = r"(?:%|‰|℃|℉|°[CF]?|㎡|㎥|[A-Za-zμΩÅ]+)(?:[²³¹]|⁻[¹²³]|\^-?\d)?"
_BRACKET = rf"\((?:[\d.]*\s?(?:{_LATIN_ATOM}|{_CJK_UNIT})\s?[·⋅*×./]?\s?)+\)"
_DIVISOR = rf"(?:{_BRACKET}|[\d.,]*\s?(?:{_LATIN_ATOM}|{_CJK_UNIT}))"
_UNIT = re.compile(
    rf"\s?(?P<unit>dB\([A-C]\)|[$¥€]?(?:{_LATIN_ATOM}|{_CJK_UNIT}|"
    rf"[$¥€](?=\s?/))(?:\s?[/／]\s?{_DIVISOR}|[·⋅*]{_DIVISOR})*"
    rf"(?:\s?\bper\b\s[\d,.]*\s?[A-Za-z]+(?:\s(?:km|h|hours?|units?|cycles?|parts?)\b)?)?)"
)
_PER = re.compile(r"\s?(?P<unit>per\s(?:[\d,.]+\s?)?[A-Za-zμ]+)")
_LATIN_START = re.compile(r"\s?([A-Za-z]+)")
_RATED = re.compile(
        r"\s?(?:FS|RH|SOC|DOD|wt|vol|mol)\b(?:\s?/\s?(?:℃|°C|K|h|a|年))?|\s(?:of\s)?(?:full scale|reading|"
        r"span)(?:\s(?:per|/)\s?\w+)?|\(?(?:wt|vol|mol|v/v|w/w|m/m)\)?", re.IGNORECASE)  # fmt: skip
_NO_UNIT = {
    "a",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "after",
    "all",
    "average",
    "be",
    "before",
    "better",
    "between",
    "but",
    "by",
    "can",
    "compared",
    "cut",
    "down",
    "during",
    "each",
    "every",
    "except",
    "fewer",
    "for",
    "from",
    "greater",
    "higher",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "less",
    "lower",
    "max",
    "maximum",
    "min",
    "minimum",
    "more",
    "must",
    "no",
    "not",
    "of",
    "on",
    "or",
    "over",
    "per",
    "reduce",
    "shall",
    "should",
    "since",
    "so",
    "than",
    "that",
    "the",
    "then",
    "through",
    "to",
    "under",
    "until",
    "up",
    "using",
    "via",
    "was",
    "were",
    "when",
    "where",
    "which",
    "while",
    "will",
    "with",
    "within",
    "without",
    "target",
    "targets",
    "baseline",
    "today",
    "now",
    "currently",
}
_PREFIX = re.compile(r"(?:[$¥€£]|RMB|CNY|USD|US\$|EUR)\s?$")
_JOIN = re.compile(r"\s?(?:~|-|至|到|to|and)\s?")
_ABOUT = re.compile(r"(?:约|大约|近|about|approximately|approx\.?|around|some|~|ca\.?)\s?$", re.IGNORECASE)
_ABOUT_AFTER = re.compile(r"\s?(?:左右|上下|or so)")


def quantities(text: str) -> list[Quantity]:
    """All of them in order; ranges are one quantity. The text is folded and hidden already."""
    found = _numbers(text)
    found.sort(key=lambda one: (one.start, -one.end))
    kept: list[Quantity] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return _ranges(text, kept)


def is_about(text: str, one: Quantity) -> bool:
    """Whether the text calls the quantity approximate."""
    return bool(_ABOUT.search(text, max(0, one.start - 14), one.start) or _ABOUT_AFTER.match(text, one.end))


def _numbers(text: str) -> list[Quantity]:
    found = []
    for match in _ARABIC.finditer(text):
        one = _arabic(text, match)
        if one is not None:
            found.append(one)
    for match in _PART.finditer(text):
        found.append(_part(match))
    for match in _COUNTED.finditer(text):
        found.append(_with_unit(text, Quantity(match.start(), match.end(), Decimal(numeral(match["n"])))))
    for match in _ENGLISH_NUMBER.finditer(text):
        value = _ENGLISH[match[1].lower()]
        if value < 1:
            percent = (
                (value * 100).quantize(Decimal("0.01"))
                if value * 100 != int(value * 100)
                else Decimal(int(value * 100))
            )
            found.append(Quantity(match.start(1), match.end(), percent, unit="%", is_rounded=value * 100 != percent))
        else:
            found.append(_with_unit(text, Quantity(match.start(1), match.end(), value)))
    return found


def _arabic(text: str, match: re.Match[str]) -> Quantity | None:
    digits, start, end = match["digits"], match.start(), match.end()
    try:
        value = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None
    power = match["caret"] or match["exp"] or _plain(match["raised"] or "")
    if power:
        if abs(int(power)) > 18:
            return None
        value = value.scaleb(int(power))
    if match["sign"] == "-":
        value = -value
    fraction = ""
    if match["over"]:
        below = Decimal(re.sub(r"\D", "", match["over"]))
        if not below or power:
            return None
        fraction, value = f"{digits}/{below}", value / below
    plus_minus = re.search(r"(?:±|\+/-|\+-)\s?$", text[:start])
    before = _PREFIX.search(text[: plus_minus.start() if plus_minus else start])
    one = _with_unit(text, Quantity(plus_minus.start() if plus_minus else start, end, value, fraction=fraction))
    if plus_minus:
        one = replace(one, low=-abs(value), high=abs(value), is_plus_minus=True)
    if before and not one.unit and (per := re.compile(rf"\s?/\s?{_DIVISOR}").match(text, one.end)):
        one = replace(one, end=per.end(), unit=per[0].replace(" ", ""))
    if before:
        money = "元" if before[0].strip() in ("¥", "RMB", "CNY") and one.unit else before[0].strip()
        one = replace(
            one,
            start=before.start(),
            unit=money + one.unit if one.unit.startswith(("/", "万", "亿")) or not one.unit else f"{money} {one.unit}",
        )
    return one


def _part(match: re.Match[str]) -> Quantity:
    """三成, 三分之一, 百分之五, 一半, 三倍."""
    if match["orders"]:
        steps = int(match["orders"]) if match["orders"].isdigit() else numeral(match["orders"])
        return Quantity(match.start(), match.end(), Decimal(10) ** steps, unit="倍")
    if match["times"]:
        return Quantity(match.start(), match.end(), Decimal(numeral(match["times"])), unit="倍")
    if match["halved"]:
        return Quantity(match.start(), match.end(), Decimal(50), unit="%")
    if match["tenths"]:
        value = Decimal(numeral(match["tenths"]) * 10 + (5 if match["half"] else 0))
        return Quantity(match.start(), match.end(), value, unit="%")
    above = match["num"]
    over = Decimal(above) if above[0].isdigit() else Decimal(numeral(above))
    share = over * 100 / _parts(match["den"])
    rounded = share.quantize(Decimal("0.01"))
    exact = share == share.to_integral_value() or share == rounded
    return Quantity(match.start(), match.end(), share.normalize() if exact else rounded, unit="%", is_rounded=not exact)


def _parts(den: str) -> int:
    large = {"万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
    return large.get(den) or numeral(den)


def numeral(text: str) -> int:
    """三十五 as 35; 百 and 千 alone count as one of them."""
    total = current = 0
    for char in text:
        if char in ("百", "千", "十"):
            size = {"十": 10, "百": 100, "千": 1000}[char]
            total += (current or 1) * size
            current = 0
        else:
            current = current * 10 + _CHINESE[char]
    return total + current


def _plain(raised: str) -> str:
    return raised.translate(str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789"))


def _with_unit(text: str, one: Quantity) -> Quantity:
    """The quantity with 万 and 亿 multiplied out, except in money, and its unit."""
    value, end = one.low, one.end
    scale = _MULTIPLE.match(text, end)
    if scale:
        value, end = _whole(value * _MULTIPLES[scale[1]]), scale.end()
    if one.fraction:  # 1/30个3dB波束宽度: the whole noun is the unit
        noun = re.compile(r"\s?个([^,，。;；、()]{2,20})").match(text, end)
        if noun:
            return replace(one, low=value, end=noun.end(), unit=noun[1].strip())
    per = _PER.match(text, end)
    if per:
        return replace(one, low=value, end=per.end(), unit=per["unit"])
    match = _UNIT.match(text, end)
    if match is None:
        return replace(one, low=value, end=end)
    word = _LATIN_START.match(text, end)
    if word and word[1].lower() in _NO_UNIT and not units.is_known(match["unit"]):
        return replace(one, low=value, end=end)
    unit, stop = match["unit"], match.end()
    spaced = text[end : end + 1] == " "
    if spaced and word and not units.is_known(word[1]) and "/" not in unit and _is_prose(text, stop):
        return replace(one, low=value, end=end)
    if unit in ("%", "℃", "‰"):
        rated = _RATED.match(text, stop)
        if rated:
            unit, stop = text[match.start("unit") : rated.end()], rated.end()
    if unit in ("百分点", "个百分点"):
        unit = "个百分点"
    return replace(one, low=value, end=stop, unit=unit.strip())


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def _is_prose(text: str, stop: int) -> bool:
    """Whether another plain word follows: “5 metal parts” has no unit."""
    following = re.compile(r"\s([A-Za-z]+)").match(text, stop)
    return bool(following and following[1].lower() not in _NO_UNIT)


def _ranges(text: str, found: list[Quantity]) -> list[Quantity]:
    """Neighbours that a sign or a word joins become one range; C ± T as well."""
    merged: list[Quantity] = []
    for one in found:
        last = merged[-1] if merged else None
        if last is not None and not last.is_range:
            between = text[last.end : one.start]
            if one.is_plus_minus and not between.strip() and not last.is_range and one.high is not None:
                unit = one.unit or last.unit
                if one.unit == "%" and last.unit not in ("", "%"):  # 220 V ± 10 %: the spread is a share of the value
                    spread = abs(last.low) * one.high / 100
                    merged[-1] = Quantity(
                        last.start, one.end, last.low - spread, last.low + spread, last.unit, is_plus_minus=True
                    )
                    continue
                if last.unit in ("", one.unit):
                    merged[-1] = Quantity(
                        last.start, one.end, last.low - one.high, last.low + one.high, unit, is_plus_minus=True
                    )
                    continue
            joined = _JOIN.fullmatch(between) if between else None
            same = last.unit in ("", one.unit) or units.clean(last.unit) == units.clean(one.unit)
            if joined and same and not one.is_range and not one.is_plus_minus:
                sign = between.strip()
                low, high = last.low, one.low
                if sign == "-" and not last.unit and one.low < 0:
                    high = -high
                if sign == "and" and not re.search(r"\bbetween\s*$", text[: last.start]):
                    merged.append(one)
                    continue
                if low <= high and not (last.fraction or one.fraction):
                    merged[-1] = Quantity(last.start, one.end, low, high, one.unit)
                    continue
        merged.append(one)
    return merged
