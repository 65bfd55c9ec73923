"""The unified social credit code of GB 32100-2015: 18 characters, two checksums."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from core.errors import Invalid

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [pow(3, place, 31) for place in range(17)]
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first_17: str) -> str:
    """The 18th character that belongs to the first seventeen (GB 32100)."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def inner_check_character(eight: str) -> str:
    """The check character of the organisation code inside, positions 9 to 16 (GB 11714)."""
    total = sum(int(char, 36) * weight for char, weight in zip(eight, _INNER_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def checked(code: str) -> str:
    """The code in capitals; raises Invalid(field="uscc") saying which part is wrong."""
    code = unicodedata.normalize("NFKC", code).strip().upper()
    if len(code) != 18:
        raise Invalid(_("A unified social credit code has 18 characters; this one has %d.") % len(code), field="uscc")
    strange = sorted({char for char in code if char not in ALPHABET})
    if strange:
        raise Invalid(_("A unified social credit code never contains “%s”.") % "”, “".join(strange), field="uscc")
    if not code[2:8].isdigit():
        raise Invalid(_("Characters 3 to 8 are the region's six digits."), field="uscc")
    if inner_check_character(code[8:16]) != code[16]:
        raise Invalid(_("Character 17 does not fit the organisation code before it; please compare."), field="uscc")
    if check_character(code[:17]) != code[17]:
        raise Invalid(_("The last character does not fit the other seventeen; please compare."), field="uscc")
    return code
