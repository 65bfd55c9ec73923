"""The OpenAPI description as it lies in the repository, so that every change of the REST door is read as a difference.

python -m config.description            says whether platform/docs/openapi.yaml is current
python -m config.description --write    writes it
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1] / "docs" / "openapi.yaml"


def described() -> dict[str, Any]:
    """The description of all rooms."""
    from core.api.schema import Generator

    found: dict[str, Any] = Generator().get_schema(public=True)
    return found


def text() -> str:
    """The description as YAML."""
    from drf_spectacular.renderers import OpenApiYamlRenderer

    return bytes(OpenApiYamlRenderer().render(described(), renderer_context={})).decode()  # type: ignore[no-untyped-call]


def main() -> int:
    """Write it, or show what has changed and how to write it."""
    new = text()
    if "--write" in sys.argv:
        HOME.write_text(new)
        return 0
    old = HOME.read_text() if HOME.exists() else ""
    if old == new:
        return 0
    changes = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "openapi.yaml", "now", lineterm="", n=1))
    print("\n".join(changes[:80]))
    print(
        f"\n{HOME.name} is not current ({len(changes)} lines of difference). Read them, then: python -m config.description --write"
    )
    return 1


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
    django.setup()
    sys.exit(main())
