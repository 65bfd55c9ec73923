"""Pages without the navigation around them, for walks that open thousands and look at what stands inside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.template import Engine, Template, engines

SHELL = ("_top.html", "_side.html")


@pytest.fixture
def no_shell() -> Iterator[None]:
    """Top bar and navigation are drawn empty, and ask nothing of the database. What they show is seen by the walk over every page."""
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    kept = engine.template_loaders[0].get_template_cache  # type: ignore[attr-defined]
    before = {name: kept.pop(name) for name in SHELL if name in kept}
    for name in SHELL:
        kept[name] = Template("", name=name, engine=engine)
    yield
    for name in SHELL:
        del kept[name]
    kept.update(before)
