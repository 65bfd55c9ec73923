"""The order of the rooms: in imports, in the parts of an app, in foreign keys."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
ORDER = [["core"], ["chains"], ["benefits", "talent"], ["needs"], ["projects"], ["datahub"], ["portal"], ["config"]]
ROOMS = [room for row in ORDER for room in row if room not in {"core", "config"}]
PUBLIC = {"models", "states", "queries", "services", "events"}
# Inside an app, low to high. Rules and checks read through queries and never write; services ask neither of them.
PARTS = ["states", "events", "models", "queries", "services", "rules", "checks", "actions", "doors"]
DOORS = {"web", "api", "tasks", "handlers", "admin", "apps", "nav", "navigation", "management"}


def folder(room: str) -> Path:
    return ROOT / room if (ROOT / room).is_dir() else ROOT / "platform" / room


def level(room: str) -> int:
    return next(number for number, row in enumerate(ORDER) if room in row)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def sources(room: str) -> Iterator[Path]:
    return (path for path in folder(room).rglob("*.py") if "migrations" not in path.parts)


def test_import_linter_keeps_its_contracts() -> None:
    made = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
    )  # fmt: skip
    assert made.returncode == 0, made.stdout[-4000:] + made.stderr[-1000:]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_public_face_of_lower_rooms(room: str) -> None:
    wrong = []
    for path in sources(room):
        for line, name in imports(path):
            other, *rest = name.split(".")
            if other not in ROOMS or other == room:
                continue
            if level(other) >= level(room) or (rest and rest[0] not in PUBLIC):
                wrong.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert not wrong


@pytest.mark.parametrize("room", ROOMS)
def test_parts_of_a_room_import_upwards_only(room: str) -> None:
    """Actions may use services, never the reverse; pages and API never know each other."""
    wrong = []
    for path in sources(room):
        own = path.relative_to(folder(room)).parts[0].removesuffix(".py")
        for line, name in imports(path):
            other, *rest = name.split(".")
            part = rest[0] if rest else ""
            if other != room or part == own or part not in {*PARTS, *DOORS}:
                continue
            if own in DOORS and part in DOORS:
                if {own, part} == {"web", "api"}:
                    wrong.append(f"{path.relative_to(ROOT)}:{line} {name}")
                continue
            mine = PARTS.index(own) if own in PARTS else len(PARTS)
            if (PARTS.index(part) if part in PARTS else len(PARTS)) > mine:
                wrong.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert not wrong


def test_nobody_but_config_knows_config() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for room in [*ROOMS, "core"]
        for path in sources(room)
        for line, name in imports(path)
        if name.split(".")[0] == "config"
    ]
    assert not wrong


def test_only_access_imports_guardian_and_nobody_asks_has_perm() -> None:
    wrong = []
    for room in [*ROOMS, "core"]:
        for path in sources(room):
            if "access" in path.parts:
                continue
            wrong += [f"{path}:{line} {name}" for line, name in imports(path) if name.split(".")[0] == "guardian"]
            if ".has_perm(" in path.read_text(encoding="utf-8"):
                wrong.append(f"{path} calls has_perm")
    assert not wrong


def test_foreign_keys_follow_the_order_of_the_rooms() -> None:
    ours = {row: number for number, rooms in enumerate(ORDER) for row in rooms}
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        own = model.__module__.split(".")[0]
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or own not in ours:
                continue
            other = field.related_model.__module__.split(".")[0]  # type: ignore[union-attr]  # resolved once apps are loaded
            if other in ours and (ours[other] > ours[own] or (ours[other] == ours[own] and other != own)):
                wrong.append(f"{model._meta.label}.{field.name} -> {other}")
    assert not wrong


def test_no_module_of_ours_is_imported_through_platform() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for room in [*ROOMS, "core", "config"]
        for path in sources(room)
        for line, name in imports(path)
        if name.startswith("platform.") and name.split(".")[1] in {"core", "chains", "portal", "config"}
    ]
    assert not wrong
