"""One spelling for signs that mean the same, without moving any character from its place."""

from __future__ import annotations

import re

_SAME = {
    "\u3000": " ", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-", "\u2010": "-", "\u2011": "-", "\ufe63": "-",
    "\u2013": "~", "\u2014": "~", "\u301c": "~", "\u223c": "~", "\u02dc": "~",
    "\u2a7d": "≤", "\u2266": "≤", "\u2a7e": "≥", "\u2267": "≥",
    "\u00b5": "μ", "\u2126": "Ω", "﹪": "%", "\u00d7": "×", "\u2715": "×", "\u2a2f": "×",
    "【": "(", "】": ")", "〔": "(", "〕": ")", "「": "(", "」": ")",
    "｡": "。", "､": "、", "﹤": "<", "﹥": ">",
}  # fmt: skip
_FULL = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_TABLE = str.maketrans(_FULL | _SAME)

# Not a quantity although it holds digits; the first group that matches is hidden from the reader of numbers.
_HIDDEN = [
    # standards and test codes
    
        r"(?<![A-Za-z])(?:GB|GJB|QC|YY|JB|JJF|JJG|HJ|SH|HG|YB|YD|SJ|FZ|NB|DL|CB|QB|T(?=[/\d])|DB\d*|ISO|IEC|EN|DIN|"
        r"ASTM|JIS|SAE|IEEE|AEC|UL|MIL|JEDEC|USP|EP|ChP|ICH|RFC|IPC|VDA|USCAR|ECE|UN|CISPR|SEMI)"
    r"(?:/[A-Z]{1,3})?[ \-]?(?:STD-?|[A-Z]{1,2})?\d[\d.]*(?:[-~][A-Z]?\d+)*[A-Z]?",
    r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}日?|月(?:底|末|初)?)?",  # dates
    r"(?<!\d)(?<!\d[.,])(?:19|20)\d{2}\s*年(?:[版度底末初]|以?[前内])?",
    r"(?i:\b\d{1,2}\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?:\s(?:19|20)\d{2})?\b|"
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\s\d{1,2}(?:,?\s(?:19|20)\d{2})?\b|"
    r"\bQ[1-4]\s?(?:/|of)?\s?(?:19|20)\d{2}\b)",
    
        r"(?i:\b(?:by|in|since|until|before|from|year|FY|Q[1-4]) ?)(?:19|20)\d{2}\b(?!\s*(?:[A-Za-z%°℃μΩ]|"
        r"[一-鿿]))",
    
        r"(?<![A-Za-z])(?:CO2|SO2|NO2|N2O|H2O|H2|O2|N2|CH4|PM2\.5|PM10|NH3|H2S|SF6|LiPF6|Al2O3|SiO2|TiO2|"
        r"H2O2)(?![0-9A-Za-z])",
    r"(?<![\d.A-Za-z])[2-6]G(?=[一-鿿 ]|$)|(?<![\d.A-Za-z])[23]D(?=[一-鿿 \-]|$)",
    r"(?<!\d)24\s?/\s?7(?!\d)|7\s?[×x*]\s?24",
    r"第\s*\d+\s*[章条款项代期批阶段]+",
]  # fmt: skip
_HIDE = re.compile("|".join(f"(?:{one})" for one in _HIDDEN))
MASK = "\ue000"


def fold(text: str) -> str:
    """The same text in half width with unified signs; every character keeps its index."""
    return text.translate(_TABLE)


def hide(text: str) -> str:
    """The text with dates, standards and formulae covered, of the same length."""
    return _HIDE.sub(lambda match: MASK * len(match[0]), text)
