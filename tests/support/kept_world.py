"""The world of a test run, played once and cloned for every other test that asks for it.

Playing the walk takes twenty times as long as cloning a database. Each test still has a database and files of its own.
"""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path
from typing import Any

from config.embedded import processes
from tests.support import servers


def kept(run: str) -> Path:
    return servers.HOME / f"world-{run}"


def world_of(url: str, folder: Path) -> Any:
    """A `World` on this test's own database: cloned where another test of this run has played it already."""
    from tests.architecture.world import World

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    if not run:  # a single process: nothing to share with
        return World(url, folder)
    # Named like the clones of the run's first process, so that it goes with them.
    name = f"clone_{os.getppid()}_world"
    with processes.locked(servers.HOME / "world.lock"):
        if not (kept(run) / "world.pickle").exists():
            world = World(url, folder)
            _keep(world, kept(run), name)
            return world
    return _take(kept(run), name)


def _keep(world: Any, home: Path, name: str) -> None:
    from django.conf import settings
    from django.db import connections

    for old in servers.HOME.glob("world-*"):
        shutil.rmtree(old)
    home.mkdir()
    running, own = servers.start(), str(connections["default"].settings_dict["NAME"])
    connections.close_all()
    servers.drop(running, name)
    servers.copy(running, own, name)
    if Path(settings.MEDIA_ROOT).exists():
        shutil.copytree(settings.MEDIA_ROOT, home / "media")
    (home / "world.pickle").write_bytes(pickle.dumps(world))


def _take(home: Path, name: str) -> Any:
    from django.conf import settings
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections

    running, own = servers.start(), str(connections["default"].settings_dict["NAME"])
    connections.close_all()
    servers.drop(running, own)
    servers.copy(running, name, own)
    ContentType.objects.clear_cache()
    if (home / "media").exists():
        shutil.copytree(home / "media", settings.MEDIA_ROOT, dirs_exist_ok=True)
    return pickle.loads((home / "world.pickle").read_bytes())
