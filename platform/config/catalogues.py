"""Translations: `python -m config.catalogues` says what is stale or untranslated; `--write` compiles.

Each room keeps its own `locale/<language>/LC_MESSAGES/django.po`; the compiled `.mo` stands beside it.
"""

from __future__ import annotations

import ast
import gettext
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)?\s*(".*")\s*$')


class Entry:
    """One message: where it stands, what it says, and whether a person still has to look at it."""

    def __init__(self, line: int) -> None:
        self.line, self.fuzzy, self.parts = line, False, dict[str, str]()

    @property
    def key(self) -> str:
        plural = f"\0{self.parts['msgid_plural']}" if "msgid_plural" in self.parts else ""
        context = f"{self.parts['msgctxt']}\4" if "msgctxt" in self.parts else ""
        return context + self.parts.get("msgid", "") + plural

    @property
    def text(self) -> str:
        strings = sorted((name, text) for name, text in self.parts.items() if name.startswith("msgstr"))
        return "\0".join(text for _, text in strings)


def entries(path: Path) -> Iterator[Entry]:
    """The messages of a catalogue, its header among them."""
    entry, part, fuzzy = Entry(1), "", False
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line:
            continue
        found = LINE.match(line)
        if not found:
            raise SystemExit(f"{path}:{number}: not a line of a catalogue: {line}")
        keyword, text = found[1], str(ast.literal_eval(found[3]))
        if keyword in {"msgctxt", "msgid"} and any(name.startswith("msgstr") for name in entry.parts):
            yield entry
            entry = Entry(number)
        if keyword:
            if keyword in entry.parts:
                raise SystemExit(f"{path}:{number}: says {keyword} a second time for one message")
            part = keyword
            entry.fuzzy, fuzzy = entry.fuzzy or fuzzy, False
        entry.parts[part] = entry.parts.get(part, "") + text
    if entry.parts:
        yield entry


def compiled(messages: dict[str, str]) -> bytes:
    """The messages in the format that gettext reads."""
    pairs = [(key.encode(), text.encode()) for key, text in sorted(messages.items())]
    ids = b"".join(key + b"\0" for key, _ in pairs)
    texts = b"".join(text + b"\0" for _, text in pairs)
    start = 7 * 4 + 16 * len(pairs)
    key_table, text_table, at_key, at_text = b"", b"", start, start + len(ids)
    for key, text in pairs:
        key_table += struct.pack("<II", len(key), at_key)
        text_table += struct.pack("<II", len(text), at_text)
        at_key, at_text = at_key + len(key) + 1, at_text + len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + key_table + text_table + ids + texts


def messages_of(path: Path) -> tuple[dict[str, str], list[str]]:
    """A catalogue's finished messages, and what is wrong with the others."""
    messages, wrong = dict[str, str](), list[str]()
    for entry in entries(path):
        where = f"{path.relative_to(ROOT)}:{entry.line}"
        if entry.key in messages:
            wrong.append(f"{where}: twice: {entry.key!r}")
        elif entry.fuzzy and entry.key:
            wrong.append(f"{where}: marked fuzzy: {entry.key!r}")
        elif not all(entry.text.split("\0")):
            wrong.append(f"{where}: not translated: {entry.key!r}")
        else:
            messages[entry.key] = entry.text
    return messages, wrong


def read(path: Path) -> dict[object, str]:
    """What a compiled catalogue says, or nothing when there is none."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]  # the library's only list of itself


def catalogues() -> Iterator[Path]:
    for path in sorted(ROOT.glob("**/locale/*/LC_MESSAGES/*.po")):
        if not {".venv", ".xielian"} & set(path.relative_to(ROOT).parts):
            yield path


def main() -> int:
    write, wrong = "--write" in sys.argv[1:], list[str]()
    said = dict[tuple[str, str], tuple[str, Path]]()
    for path in catalogues():
        messages, faults = messages_of(path)
        wrong += faults
        # All rooms' catalogues become one: of two translations of the same words a page shows the wrong one somewhere.
        for key, text in messages.items():
            before, elsewhere = said.setdefault((path.parent.parent.name, key), (text, path))
            if key and before != text:
                wrong.append(f"{path.relative_to(ROOT)}: {key!r} is {before!r} in {elsewhere.relative_to(ROOT)}")
        target, fresh = path.with_suffix(".mo"), path.with_suffix(".mo.new")
        fresh.write_bytes(compiled(messages))
        same = read(fresh) == read(target)
        if write and not same:
            fresh.replace(target)
            print(f"compiled {target.relative_to(ROOT)}")
        elif not same:
            wrong.append(
                f"{target.relative_to(ROOT)}: older than its .po; compile with: python -m config.catalogues --write"
            )
        fresh.unlink(missing_ok=True)
    for line in wrong:
        print(line)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
