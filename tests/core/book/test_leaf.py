"""The leaf's bytes: RFC 8785, and one form only."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import rfc8785

from core.book import leaf

# RFC 8785 appendix B: the bits of a double, and how it is written.
NUMBERS = [
    ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"), ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"), ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"), ("c340000000000000", "-9007199254740992"), ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"), ("44b52d02c7e14af6", "1e+23"), ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"), ("444b1ae4d6e2ef4f", "999999999999999900000"), ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"), ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555555", "333333333.3333333"), ("becbf647612f3696", "-0.0000033333333333333333"), ("43143ff3c1cb0959", "1424953923781206.2"),
]  # fmt: skip


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_numbers_as_the_appendix_has_them(bits: str, written: str) -> None:
    import struct

    value = struct.unpack(">d", bytes.fromhex(bits))[0]
    if bits.startswith("0000000000000001"):
        assert value == 5e-324
    assert rfc8785.dumps(value).decode() == written


def test_names_are_sorted_by_utf_16_units() -> None:
    # RFC 8785 section 3.2.3, the example and its order.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = leaf.canonical(dict.fromkeys(names, "x")).decode()
    wanted = ["\\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert written == "{" + ",".join(f'"{one}":"x"' for one in wanted) + "}"


def test_strings_are_escaped_as_the_section_says() -> None:
    # RFC 8785 section 3.2.2.2.
    assert leaf.canonical('\u20ac$\u000f\nA\'B"\\\\"/') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()


def made() -> bytes:
    return leaf.make(
        key=b"k", at=dt.datetime(2026, 3, 4, 5, 6, 7, 8, dt.UTC), actor=None, organisation=uuid.UUID(int=1),
        obj=uuid.UUID(int=2), body_sha256="ab" * 32,
    )  # fmt: skip


def test_a_leaf_reads_back() -> None:
    fields = leaf.read(made())
    assert (fields["actor"], fields["body"], fields["time"]) == ("", "ab" * 32, "2026-03-04T05:06:07.000008Z")
    assert fields["object"] == leaf.pseudonym(b"k", uuid.UUID(int=2))


@pytest.mark.parametrize(("old", "new"), [
    (b",", b", "), (b"ab", b"AB"), (b"Z", b"+00:00"), (b".000008", b""), (b'"version":1', b'"version":2'), (b'"version":1', b'"version":1.0'),
    (b"xielian.entry", b"xielian.other"), (b'{"actor":"",', b"{"), (b'{"actor":"",', b'{"actor":"","actor":"",'), (b"}", b',"x":1}'), (b"}", b"}\n"),
    (b'"actor":""', b'"actor":null'), (b'"object":"', b'"object":"0'),
])  # fmt: skip
def test_any_other_spelling_is_no_leaf(old: bytes, new: bytes) -> None:
    assert old in made()
    with pytest.raises(ValueError):
        leaf.read(made().replace(old, new, 1))
