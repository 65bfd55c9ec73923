"""What every test may ask for: a database of its own, doors to come in by, and a clock to set.

A test that asks for nothing here touches no server. `db` is a clone of a migrated database, seen through the
runtime role as in production.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long one example takes says how busy the machine is, not whether the rule holds.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the thread where tests use the ORM

OF_THE_WORLD = {"test_bad_input.py", "test_description.py", "test_permissions.py", "test_query_counts.py"}
MEANWHILE = 150

pytest_plugins = [
    "tests.support.doors",
    "tests.support.machines",
    "tests.support.provider",
    "tests.support.receiver",
    "tests.support.shell",
]


def pytest_configure(config: pytest.Config) -> None:
    import django

    from tests.support import servers

    os.environ.setdefault("DATABASE_URL", f"postgres://nobody@127.0.0.1:1/{servers.NO_DATABASE}")
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the played world wait while the first of them plays it; the other process has others to run meanwhile."""
    of_world = [item for item in items if item.path.name in OF_THE_WORLD]
    others = [item for item in items if item.path.name not in OF_THE_WORLD]
    items[:] = [*of_world[:1], *others[:MEANWHILE], *of_world[1:], *others[MEANWHILE:]]


def pytest_collection_finish(session: pytest.Session) -> None:
    """As the web's processes do (config/gunicorn.py)."""
    from core.ops import garbage

    garbage.settle()


@pytest.fixture(scope="session")
def servers() -> Iterator[Any]:
    """The running servers; see tests/support/servers.py."""
    from tests.support import reuse
    from tests.support import servers as support

    running = support.start()
    support.drop_abandoned(running)
    yield running
    reuse.drop_all(running)


@pytest.fixture(scope="session")
def template_database(servers: Any) -> str:
    from tests.support import servers as support

    return support.template(servers)


@pytest.fixture
def db(servers: Any, template_database: str, tmp_path: Path, settings: Any) -> Iterator[str]:
    """A migrated, empty database of this test's own; gives its name. Files land in a folder of the test's own."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import cache
    from django.db import connections

    from config import env
    from tests.support import reuse

    name = reuse.take(servers, template_database)
    default = connections.settings["default"]
    before = dict(default)
    default.update(env.database(servers.environment(name)["DATABASE_URL"]))
    settings.MEDIA_ROOT = str(tmp_path / "media")
    cache.clear()
    ContentType.objects.clear_cache()
    connections["default"].close()
    try:
        yield name
    finally:
        connections.close_all()
        default.clear()
        default.update(before)
        reuse.give_back(servers, name)


@pytest.fixture
def settings() -> Iterator[Any]:
    """Django's settings; what a test sets is set back after it."""
    from django.conf import settings as real
    from django.test import override_settings

    class Changes:
        def __init__(self) -> None:
            object.__setattr__(self, "made", [])

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def __setattr__(self, name: str, value: Any) -> None:
            change = override_settings(**{name: value})
            change.enable()
            self.made.append(change)

    changes = Changes()
    yield changes
    for change in reversed(changes.made):
        change.disable()


@pytest.fixture
def mailbox() -> Iterator[list[Any]]:
    """The messages sent so far."""
    from django.core import mail

    mail.outbox = []
    yield mail.outbox
    mail.outbox = []


@pytest.fixture
def frozen_clock() -> Iterator[Any]:
    """A clock that stands still: `frozen_clock.set(moment)`, `frozen_clock.move(days=3)`, `frozen_clock.now`."""
    from tests.support.clock import Clock

    clock = Clock()
    yield clock
    clock.release()


@pytest.fixture
def in_threads(db: str) -> Callable[..., list[Any]]:
    """`in_threads(n, fn)` calls fn(0) … fn(n-1) at one instant, each on a connection of its own.

    Gives each call's result, or the exception it raised, in order.
    """
    from tests.support.threads import run_together

    return run_together
