"""What is taken in: content and name agree, nothing hides inside, nothing bursts."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from core.errors import Invalid
from core.files import names, services
from core.files.kinds import EVIDENCE, SHEET, STATEMENT
from tests.factories.needs import PDF


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int = 2, height: int = 2) -> bytes:
    rows = zlib.compress(b"\0" * 14)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2) -> bytes:
    size = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + b"\xff\xe0\x00\x04ab" + size + b"\xff\xda\x00\x02data" + b"\xff\xd9"


def archive(**entries: bytes | str) -> bytes:
    return packed({name.replace("__", "."): content for name, content in entries.items()})


def packed(entries: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def xlsx(extra: dict[str, bytes | str] | None = None, without: str = "") -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "指标"
    book.save(out)
    with zipfile.ZipFile(out) as made:
        entries: dict[str, bytes | str] = {one: made.read(one) for one in made.namelist() if one != without}
    return packed(entries | (extra or {}))


def take(name: str, content: bytes, **options: Any) -> str:
    with translation.override("en"):
        return services.accept(SimpleUploadedFile(name, content), **{"purpose": EVIDENCE, "field": "file", **options})


def refused(name: str, content: bytes, **options: Any) -> str:
    with pytest.raises(Invalid) as told:
        take(name, content, **options)
    assert list(told.value.fields) == ["file"]
    return str(told.value.message)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("照片.PNG", png()),
        ("a.jpeg", jpeg()),
        ("表.xlsx", xlsx()),
        ("a.zip", archive(a__txt="一", b__csv="1,2")),
        ("nested.zip", packed({"in.zip": archive(a__txt="x"), "t.xlsx": xlsx()})),
        ("gbk.csv", "名称,数值\r\n电池,1".encode("gb18030")),
        ("utf16.txt", "电池".encode("utf-16")),
        ("bom.md", "\ufeff# 标题".encode()),
        ("a.json", b'{"a": [1, 2, {"b": "]]]"}]}'),
    ],
)
def test_what_is_what_it_says_is_taken(name: str, content: bytes) -> None:
    assert take(name, content) == name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ", "not accepted"),
        ("a.xlsm", xlsx(), "not accepted"),
        ("a.pdf", b"MZ\x90\x00" + bytes(90), "the content looks like .exe"),
        ("a.pdf", b"junk\n" + PDF, "not what its name says"),
        ("a.pdf", b"%PDF-1.4 cut short", "no end"),
        ("a.pdf", PDF + archive(a__txt="x"), "something else at once"),
        ("a.pdf", PDF + b"<html><script>alert(1)</script>", "behind the end"),
        ("a.png", jpeg(), "not what its name says"),
        ("a.png", png() + archive(a__txt="x"), "something else at once"),
        ("a.png", png() + b"<script>", "behind the end"),
        ("a.png", png()[:40], "damaged"),
        ("a.png", png(20_000, 20_000), "400 million pixels"),
        ("a.jpg", jpeg(60_000, 60_000), "3600 million pixels"),
        ("a.jpg", jpeg() + PDF, "behind the end"),
        ("a.csv", b"<html><script>x</script>", "not what its name says"),
        ("a.txt", b"\x7fELF" + bytes(60), "not what its name says"),
        ("a.txt", bytes(range(256)), "not"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 5000 + b"]" * 5000, "nested"),
        ("a.zip", b"PK\x03\x04 no archive at all", "damaged"),
        ("a.zip", b"PK\x03\x04" + archive(a__txt="x"), "something else at once"),
        ("a.zip", packed({"../../etc/cron.d/x": "x"}), "leads out"),
        ("a.zip", packed({"C:\\windows\\x.txt": "x"}), "leads out"),
        ("a.zip", packed({"run.exe": "x"}), "program"),
        ("a.zip", packed({"picture.png": b"MZ\x90\0 a program by its content"}), "program"),
        ("a.zip", packed({"x.bin": b"Rar!\x1a\x07\x01\0 more"}), "packed in a way"),
        ("a.zip", packed({"bomb.txt": bytes(60 * 1024 * 1024)}), "bomb"),
        ("a.zip", packed({f"{n}.txt": "" for n in range(5001)}), "5000 files"),
        ("a.zip", packed({"1.zip": packed({"2.zip": packed({"3.zip": archive(a__txt="x")})})}), "deep"),
        ("a.docx", xlsx(), "another kind"),
        ("a.xlsx", archive(a__txt="x"), "not an office document"),
        ("a.xlsx", xlsx({"xl/vbaProject.bin": b"x"}), "macros"),
        ("a.xlsx", xlsx({"xl/x.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}), "entities"),
        ("a.xlsx", xlsx({"xl/x.xml": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a>'.encode("utf-16")}), "entities"),
        (
            "a.xlsx",
            xlsx({"xl/_rels/x.xml.rels": '<Relationship Type="http://x/attachedTemplate" Target="http://evil" TargetMode="External"/>'}),
            "elsewhere",
        ),
    ],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused_beside_the_field(name: str, content: bytes, said: str) -> None:
    assert said in refused(name, content)


def test_an_encrypted_entry_and_a_link_are_refused() -> None:
    content = bytearray(archive(a__txt="x"))
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    assert "encrypted" in refused("a.zip", bytes(content))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        info = zipfile.ZipInfo("passwd")
        info.external_attr = 0o120777 << 16
        made.writestr(info, "/etc/passwd")
    assert "is a link" in refused("a.zip", out.getvalue())


def test_overlapping_entries_are_refused() -> None:
    content = bytearray(packed({"a.txt": bytes(100), "b.txt": bytes(100)}))
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 1)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    assert "overlap" in refused("a.zip", bytes(content))


def test_each_purpose_has_its_kinds_and_its_size() -> None:
    assert "pdf" in refused("a.zip", archive(a__txt="x"), purpose=STATEMENT)
    assert "larger than 10 MB" in refused("a.csv", b"1," * (6 * 1024 * 1024), purpose=SHEET)
    assert "empty" in refused("a.csv", b"", purpose=SHEET)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\我\\检测报告.pdf", "检测报告.pdf"),
        ("gpj\u202egnp.txt", "gpjgnp.txt"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1.txt", "_LPT1.txt"),
        ('a<b>:"c"|?*.txt', "a_b___c____.txt"),
        ("name.pdf. . ", "name.pdf"),
    ],
)
def test_a_name_is_cleaned_for_display(sent: str, kept: str) -> None:
    assert names.clean(sent) == kept


def test_a_long_name_is_cut_by_bytes_and_keeps_its_ending() -> None:
    kept = names.clean("汉" * 300 + ".pdf")
    assert len(kept.encode()) <= names.BYTES
    assert kept.endswith("汉.pdf")


@given(st.text(max_size=300))
def test_no_name_leads_anywhere_or_hides_anything(sent: str) -> None:
    kept = names.clean(sent)
    assert len(kept.encode()) <= names.BYTES
    assert not set(kept) & set('/\\\x00\u202e\u200b\n<>:"|?*')
    assert names.clean(kept) == kept
