"""`./dev audit FOLDER`: writes the list of parts there and asks whether weaknesses of the Python packages are known.

The list needs no network. The question goes to the service that pip-audit asks, package by package; what could not be asked is said, and is no
"nothing is known". Ends with 0 when every part was asked for and nothing is known, 1 when something is, 2 when not all could be asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config import parts

MINUTES = 10


@dataclass
class Found:
    """What came of asking: known weaknesses, one line each, and what could not be asked for, or why nothing could."""

    asked: int = 0
    known: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    why: str = ""

    @property
    def status(self) -> int:
        return 1 if self.known else 2 if self.unasked or self.why else 0


def write(folder: Path) -> Path:
    """The list of parts, in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "parts.cdx.json"
    target.write_text(json.dumps(parts.whole(), indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    return target


def ask(tool: list[str], folder: Path, requirements: Path = parts.REQUIREMENTS) -> Found:
    """Ask for each pinned package; `tool` is how pip-audit is started, nothing when it could not be installed."""
    if not tool:
        return Found(why="pip-audit could not be installed")
    answer = folder / "weaknesses.json"
    answer.unlink(missing_ok=True)
    words = ["-r", str(requirements), "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    try:
        told = subprocess.run(  # noqa: S603 - pip-audit, with paths of ours
            [*tool, *words, "-o", str(answer)], capture_output=True, text=True, check=False, timeout=MINUTES * 60
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return Found(why=str(problem))
    try:
        return read(json.loads(answer.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):  # it writes no answer when the service could not be reached
        return Found(why=(told.stderr.strip().splitlines() or ["no answer"])[-1][:300])


def read(answer: dict[str, Any]) -> Found:
    """pip-audit's answer. It counts a package that the service does not know as clean; here it was not asked for."""
    found = Found()
    for one in answer["dependencies"]:
        if "skip_reason" in one:
            found.unasked.append(one["name"])
            continue
        found.asked += 1
        for weakness in one["vulns"]:
            mended = ", ".join(weakness.get("fix_versions") or []) or "no version yet"
            found.known.append(f"{one['name']} {one['version']}: {weakness['id']}, mended by {mended}")
    return found


def tell(found: Found) -> list[str]:
    """What to say, line by line."""
    lines = [f"KNOWN WEAKNESS {one}" for one in found.known]
    if found.why:
        return [*lines, f"Nobody could be asked for known weaknesses ({found.why}): this says nothing about them."]
    if found.unasked:
        some = ", ".join(found.unasked[:5]) + (" …" if len(found.unasked) > 5 else "")
        lines.append(f"Could not be asked for: {some}; this says nothing about them.")
    if found.asked:
        whole = found.asked + len(found.unasked)
        lines.append(f"Asked for {found.asked} of {whole} packages; known weaknesses: {len(found.known) or 'none'}.")
    return lines


def main() -> int:
    """`python -m config.audit FOLDER [how pip-audit is started …]`."""
    if len(sys.argv) < 2:
        print(f"usage: {sys.argv[0]} FOLDER [PIP-AUDIT …]")
        return 64
    folder = Path(sys.argv[1])
    target = write(folder)
    listed = parts.whole()["components"]
    bare = sum("licenses" not in one and one["type"] == "library" for one in listed)
    print(f"{len(listed)} parts in {target}" + (f"; {bare} of them tell no licence here" if bare else ""))
    found = ask(sys.argv[2:], folder)
    print(*tell(found), sep="\n")
    return found.status


if __name__ == "__main__":
    sys.exit(main())
