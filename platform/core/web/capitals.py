"""An amount of yuan in the capital numerals of Chinese contracts, in which no figure can be changed into another."""

from __future__ import annotations

from decimal import Decimal

_FIGURES = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def in_capitals(amount: Decimal) -> str:
    """`900000.50` becomes `人民币玖拾万元伍角整`; raises ValueError beyond 16 places of yuan or below zero.

    By the rules of the forms of payment: one 零 stands for any row of noughts inside, `整` closes what has no fen.
    """
    fen_in_all = int((amount * 100).to_integral_value())
    if fen_in_all < 0 or fen_in_all >= 10**18 or amount * 100 != fen_in_all:
        raise ValueError(f"no amount of yuan and fen: {amount}")
    yuan, rest = divmod(fen_in_all, 100)
    jiao, fen = divmod(rest, 10)
    words = _whole(yuan) + "元" if yuan else ""
    if jiao:
        words += ("零" if yuan and yuan % 10 == 0 else "") + f"{_FIGURES[jiao]}角"
    elif fen and yuan:
        words += "零"
    if fen:
        words += f"{_FIGURES[fen]}分"
    if not words:
        words = "零元"
    return "人民币" + words + ("" if fen else "整")


def _whole(yuan: int) -> str:
    """The yuan without their unit."""
    words, nought = "", False
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    for at in reversed(range(len(groups))):
        group = groups[at]
        if not group:
            nought = bool(words)
            continue
        if words and (nought or group < 1_000):
            words += "零"
        words += _group(group) + _GROUPS[at]
        nought = False
    return words


def _group(group: int) -> str:
    """Up to 9,999."""
    words, nought = "", False
    for place in (3, 2, 1, 0):
        figure = group // 10**place % 10
        if not figure:
            nought = bool(words)
            continue
        words += ("零" if nought else "") + _FIGURES[figure] + _PLACES[place]
        nought = False
    return words
