"""Brackets in a clause: where they are, and the clause without them."""

from __future__ import annotations

from core.indicators.reading.quantities import quantities


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


def without_brackets(text: str) -> tuple[str, list[str]]:
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
