"""Units as people write them in a text, Chinese and Latin, and the words behind a number that are none."""

from __future__ import annotations

import re

from core.indicators import units

_CJK = (
    "平方毫米|平方厘米|平方公里|平方米|立方厘米|立方米|标准立方米|摄氏度|百分点|个百分点|百万元|万元|亿元|千元|"
    "美元|欧元|元|毫安时|安时|千瓦时|瓦时|千瓦|兆瓦|吉瓦|瓦|千伏|毫伏|伏特|伏|毫安|微安|安培|安|千赫|兆赫|"
    "吉赫|赫兹|赫|千帕|兆帕|帕|千牛|牛|欧姆|小时|分钟|毫秒|微秒|纳秒|秒|个工作日|工作日|个月|个季度|季度|"
    "个小时|年|月|周|天|日|万吨|吨标准煤|吨标煤|吨|公斤|千克|毫克|微克|克|公里|千米|厘米|毫米|微米|纳米|"
    "米|毫升|微升|升|度电|度|倍|次循环|次|循环|周次|例|个|台套|台|套|条|件|人次|人|名|项|种|类|篇|家|"
    "户|辆|片|颗|块|只|枚|根|对|组|批次|批|帧|像素|字节|比特|维|层|轮|班|转|圈|点|步|级|门|路|通道|"
    "亩|公顷|株|头|份|瓶|支|箱|包|行|字|页|分贝|分|流明|勒克斯|开尔文|摩尔|焦耳|千焦|兆焦|大卡|卡路里|"
    "道|处|座|孔|股|模|穴"
)
_CJK_UNIT = "(?:" + "|".join(sorted(_CJK.split("|"), key=len, reverse=True)) + ")"
_LATIN_ATOM = r"(?:[′″□]|Shore\s?[AD]\b|(?:wt|vol|mol|at)\.?\s?%|%|‰|℃|℉|°[CF]?|㎡|㎥|√?[A-Za-zμΩÅ]+)(?:[²³¹]|⁻[¹²³]|\^-?\d(?:/\d)?)?"
_BRACKET = rf"\((?:[\d.]*\s?(?:{_LATIN_ATOM}|{_CJK_UNIT})\s?[·⋅*×./]?\s?)+\)"
_END = r"(?=$|[\s,，。;；、)）]|以[上下内]|之内|左右|及)"
DIVISOR = rf"(?:{_BRACKET}|[\d.,]*\s?(?:{_LATIN_ATOM}|{_CJK_UNIT})|[\d.,]*[百千万亿]{{0,2}}(?:(?![以之左右及或])[一-鿿]){{1,4}}{_END})"
_UNIT = re.compile(
    rf"\s?(?P<unit>dB\([A-C]\)|[$¥€]?(?:{_LATIN_ATOM}|{_CJK_UNIT}|"
    rf"[$¥€](?=\s?/))(?:\s?[/／]\s?{DIVISOR}|[·⋅*]{DIVISOR})*"
    rf"(?:\s?\bper\b\s[\d,.]*\s?[A-Za-z]+(?:\s(?:km|h|hours?|units?|cycles?|parts?)\b)?)?)"
)
_PER = re.compile(r"\s?(?P<unit>per\s(?:[\d,.]+\s?)?[A-Za-zμ]+)")
_LATIN_START = re.compile(r"\s?([A-Za-z]+)")
_RATED = re.compile(
        r"\s?(?:FS|RH|SOC|DOD|wt|vol|mol)\b(?:\s?/\s?(?:℃|°C|K|h|a|年))?|\s(?:of\s)?(?:full scale|reading|"
        r"span)(?:\s(?:per|/)\s?\w+)?|\s?\(?(?:wt|vol|mol|v/v|w/w|m/m|w/v)\b\)?", re.IGNORECASE)  # fmt: skip
_NO_UNIT = (
    "a after all an and any are as at average baseline be before better between but by can compared currently "
    "cut down during each every except fewer for from greater higher if in into is it its less lower max "
    "maximum min minimum more must no not now of on or over per reduce shall should since so target targets "
    "than that the then through to today under until up using via was were when where which while will with "
    "within without"
)
_NONE = frozenset(_NO_UNIT.split(" "))


# What nobody lists: 1500飞行小时, 5000捆, 35自然箱/小时. A noun that ends the clause, or stands before 以上, is what is counted.
_NOUN = re.compile(rf"(?P<unit>[一-鿿]{{1,5}}(?:\s?/\s?[百千万亿]?[一-鿿A-Za-z]{{1,4}})?){_END}")
_NO_NOUN = re.compile(
    r"[以之左右及或的和与至到为是在后前内外上下达升降增减提不无未可能须应需且并]|(?<!小)时|标准|要求|水平|条件|状态|检测|测试|认证"
)
_NOUNS = re.compile(r"\s(?P<unit>[a-z]+ [a-z]+s)(?=\s?(?:[,;.)]|$))")


def _counted(text: str, end: int) -> tuple[str, int]:
    noun = _NOUN.match(text, end)
    if noun and not _NO_NOUN.search(noun["unit"]):
        return noun["unit"].replace(" ", ""), noun.end()
    nouns = _NOUNS.match(text, end)
    if nouns and not _NONE & set(nouns["unit"].split(" ")):
        return nouns["unit"], nouns.end()
    return "", end


def unit_at(text: str, end: int) -> tuple[str, int]:
    """The unit that begins there and where it ends; empty where no unit stands."""
    fold = re.compile(r"[- ]?fold\b", re.IGNORECASE).match(text, end)
    if fold:
        return "fold", fold.end()
    per = _PER.match(text, end)
    if per:
        return per["unit"], per.end()
    match = _UNIT.match(text, end)
    counted, stop = _counted(text, end)
    if counted and (match is None or stop > match.end()):
        return counted, stop
    if match is None:
        return "", end
    word = _LATIN_START.match(text, end)
    if word and word[1].lower() in _NONE and not units.is_known(match["unit"]):
        return "", end
    unit, stop = match["unit"], match.end()
    spaced = text[end : end + 1] == " "
    if spaced and word and not units.is_known(word[1]) and "/" not in unit and _is_prose(text, stop):
        return "", end
    if unit in ("%", "℃", "‰") and (rated := _RATED.match(text, stop)):
        unit, stop = text[match.start("unit") : rated.end()], rated.end()
    return ("个百分点" if unit == "百分点" else unit.strip()), stop


def _is_prose(text: str, stop: int) -> bool:
    """Whether another plain word follows: “5 metal parts” has no unit."""
    following = re.compile(r"\s([A-Za-z]+)").match(text, stop)
    return bool(following and following[1].lower() not in _NONE)
