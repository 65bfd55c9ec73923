"""docker-compose.yml as Docker Compose reads it: merged, with its variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\$|\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}")


def variables() -> dict[str, str | None]:
    """Every variable that the file asks for, with its default; None when it must be set."""
    found: dict[str, str | None] = {}
    for name, kind, word in VARIABLE.findall(FILE.read_text()):
        if name:
            found[name] = word if kind == ":-" else found.get(name)
    return found


def read(values: Mapping[str, str]) -> dict[str, Any]:
    """The file with these variables; raises KeyError for one that must be set and is not."""
    compose: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return {name: fill(part, values) for name, part in compose.items()}


def fill(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: fill(one, values) for name, one in part.items()}
    if isinstance(part, list):
        return [fill(one, values) for one in part]
    return VARIABLE.sub(lambda found: _value(found, values), part) if isinstance(part, str) else part


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    name, kind, word = found.groups()
    if name is None:
        return "$"
    return values.get(name) or (word if kind == ":-" else values[name])
