"""Every sentence of the interface has a Chinese translation, and every compiled catalogue is that of its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from config import catalogues

ROOT = Path(__file__).resolve().parents[2]
PLACES = ["platform", "needs", "projects", "benefits", "talent", "datahub", "templates"]
CALLS = {
    "_": 0,
    "_now": 0,  # how gettext is called where the lazy one is _
    "gettext": 0,
    "gettext_lazy": 0,
    "gettext_noop": 0,
    "ngettext": 0,
    "ngettext_lazy": 0,
    "pgettext": 1,
    "pgettext_lazy": 1,
}
# `_("…")` is what templatize makes of an argument of a tag.
MARKED = re.compile(
    r"""\b(?:(n|p|np)?gettext|_)\(\s*u?('''|\"\"\"|'|")(.*?)\2(?:\s*,\s*u?('''|\"\"\"|'|")(.*?)\4)?""", re.S
)


def in_python(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in CALLS and len(node.args) > CALLS[name]:
                context, text = node.args[0], node.args[CALLS[name]]
                if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
                    prefix = f"{context.value}\4" if CALLS[name] and isinstance(context, ast.Constant) else ""
                    yield node.lineno, prefix + text.value


def in_template(path: Path) -> Iterator[tuple[int, str]]:
    source = templatize(path.read_text(encoding="utf-8"))
    for found in MARKED.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        kind, first, second = found[1], found[3], found[5]
        text = f"{first}\4{second}" if kind in {"p", "np"} else first
        yield (
            line,
            text.encode().decode("unicode_escape").encode("latin-1", "ignore").decode() if "\\" in text else text,
        )


def test_every_sentence_has_a_chinese_translation() -> None:
    catalogue = trans_real.translation("zh-hans")._catalog
    missing = []
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or "static" in path.parts or "migrations" in path.parts:
                continue
            for line, text in (in_python if path.suffix == ".py" else in_template)(path):
                if text not in catalogue and (text, 0) not in catalogue:
                    missing.append(f"{path.relative_to(ROOT)}:{line} {text!r}")
    assert not missing, f"{len(missing)} sentences without a translation:\n" + "\n".join(missing)


def test_compiled_catalogues_are_fresh_and_whole() -> None:
    wrong = []
    for path in catalogues.catalogues():
        messages, faults = catalogues.messages_of(path)
        wrong += faults
        fresh = path.parent / f".{path.stem}.test.mo"
        try:
            fresh.write_bytes(catalogues.compiled(messages))
            if catalogues.read(fresh) != catalogues.read(path.with_suffix(".mo")):
                wrong.append(f"{path.relative_to(ROOT)}: its .mo is older")
        finally:
            fresh.unlink(missing_ok=True)
    assert not wrong
