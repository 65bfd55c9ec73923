"""Which files are taken in: the kinds, and what each purpose accepts."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """One accepted kind: its content type, how its bytes begin, and what it is made of."""

    content_type: str
    begins: bytes = b""
    made_of: str = "bytes"  # bytes, text, zip, office, png, jpeg, json
    main_part: str = ""  # of office documents: the content type of the main part


_JPEG = Kind("image/jpeg", b"\xff\xd8\xff", "jpeg")

# By extension. Documents with macros (docm, xlsm, pptm), pages and programs are not among them.
KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", b"%PDF-"),
    "png": Kind("image/png", b"\x89PNG\r\n\x1a\n", "png"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", b"PK\x03\x04", "office", f"{_OFFICE}.wordprocessingml.document.main+xml"),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", b"PK\x03\x04", "office", f"{_OFFICE}.spreadsheetml.sheet.main+xml"),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", b"PK\x03\x04", "office", f"{_OFFICE}.presentationml.presentation.main+xml"),
    "zip": Kind("application/zip", b"PK\x03\x04", "zip"),
    "csv": Kind("text/csv", made_of="text"),
    "txt": Kind("text/plain", made_of="text"),
    "md": Kind("text/plain", made_of="text"),
    "json": Kind("application/json", made_of="json"),
}  # fmt: skip


@dataclass(frozen=True)
class Purpose:
    """What a file is for: the kinds accepted and the size of one file."""

    extensions: frozenset[str]
    limit: int

    @property
    def words(self) -> str:
        """The accepted kinds as a list for people."""
        return ", ".join(sorted(self.extensions))


ATTACHMENT = Purpose(frozenset(KINDS), 25 * MB)
EVIDENCE = Purpose(frozenset(KINDS), 50 * MB)  # series of measurements, packages of a gate
STATEMENT = Purpose(frozenset({"pdf", "png", "jpg", "jpeg", "xlsx", "docx"}), 10 * MB)  # invoices, bank records
SHEET = Purpose(frozenset({"csv", "txt", "xlsx"}), 10 * MB)  # rows to be read in
