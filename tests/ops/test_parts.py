"""The list of what the product is made of, and what is said of known weaknesses (ASVS 1.14.3, 14.2.1, 14.2.5)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import audit, parts

ROOT = Path(__file__).resolve().parents[2]


def test_every_part_is_listed_with_version_licence_and_digest() -> None:
    listed = {one["bom-ref"]: one for one in parts.whole()["components"]}
    pinned = dict(re.findall(r"^([\w.-]+)==([^\s;\\]+)", parts.REQUIREMENTS.read_text(), re.M))
    for name, version in pinned.items():
        one = listed[f"pkg:pypi/{name}@{version}"]
        assert one["hashes"] and all(re.fullmatch("[0-9a-f]{64}", each["content"]) for each in one["hashes"])
    folders = {path.name for path in parts.VENDOR.iterdir() if path.is_dir()}
    assets = [one for one in listed.values() if one["purl"].startswith("pkg:npm/")]
    assert {one["components"][0]["bom-ref"].split("/")[0] for one in assets} == folders
    assert all(one["licenses"] and one["hashes"] for asset in assets for one in [asset | asset["components"][0]])
    assert all(one["version"] in one["components"][0]["bom-ref"] for one in assets)
    images = {one["name"] for one in listed.values() if one["type"] == "container"}
    assert images == {"python", "nginx", "postgres", "redis", "prom/prometheus"}
    libraries = [one for one in listed.values() if one["type"] == "library"]
    assert sum("licenses" in one for one in libraries) > 0.9 * len(libraries)


def test_the_same_parts_give_the_same_bytes_and_name_no_registry(tmp_path: Path) -> None:
    first, second = audit.write(tmp_path / "one"), audit.write(tmp_path / "two")
    assert first.read_bytes() == second.read_bytes()
    whole = json.loads(first.read_text())
    assert (whole["bomFormat"], whole["specVersion"]) == ("CycloneDX", "1.6")
    for path in (first, *(ROOT / "requirements").iterdir()):
        assert "://" not in path.read_text(), path.name


CLEAN = {"name": "sound", "version": "1.0", "vulns": []}
WEAK = {"name": "weak", "version": "1.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1", "2.0"]}]}
SKIPPED = {"name": "unheard", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "status", "words"),
    [
        ([CLEAN], 0, ["Asked for 1 of 1 packages; known weaknesses: none."]),
        (
            [CLEAN, WEAK],
            1,
            ["KNOWN WEAKNESS weak 1.0: CVE-2026-1, mended by 1.1, 2.0", "2 of 2 packages; known weaknesses: 1."],
        ),
        ([CLEAN, SKIPPED], 2, ["Could not be asked for: unheard", "Asked for 1 of 2 packages"]),
        ([SKIPPED], 2, ["this says nothing about them"]),
        (None, 2, ["Nobody could be asked", "no route"]),
    ],
)
def test_what_could_not_be_asked_for_is_said_and_never_counts_as_clean(
    tmp_path: Path, dependencies: Any, status: int, words: list[str]
) -> None:
    fake = tmp_path / "fake.py"
    kept = json.dumps({"dependencies": dependencies, "fixes": []})
    write = "pass" if dependencies is None else f"open(sys.argv[-1], 'w').write({kept!r})"
    fake.write_text(f"import sys\n{write}\nprint('ERROR: no route', file=sys.stderr)\nsys.exit(1)\n")
    (tmp_path / "weaknesses.json").write_text(json.dumps({"dependencies": [CLEAN]}))  # of an earlier day
    found = audit.ask([sys.executable, str(fake)], tmp_path)
    told = "\n".join(audit.tell(found))
    assert found.status == status and all(word in told for word in words), told
    assert ("none" in told) is bool(found.asked and not found.known)


def test_without_the_tool_the_list_is_written_all_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "config.audit", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "could not be installed" in done.stdout
    assert (tmp_path / "parts.cdx.json").exists()
