"""What the long proofs share: a line for each thing seen, seconds of a step, waiting, and a folder for what has passed at this commit."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def tell(what: str, found: object = "") -> None:
    """One line of the report."""
    print(f"{what:58} {found}", flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Tells how long the block took, when it ended well."""
    began = time.monotonic()
    yield
    tell(what, f"{time.monotonic() - began:.1f} s")


def wait_for(what: str, seen: Callable[[], bool], patience: float = 90) -> float:
    """Seconds until it was seen; the proof ends when it does not come."""
    began = time.monotonic()
    while not seen():
        if time.monotonic() - began > patience:
            sys.exit(f"not seen within {patience:.0f} s: {what}")
        time.sleep(0.5)
    return time.monotonic() - began


def launcher() -> Any:
    """./dev as a module: the very programs that it starts."""
    loader = importlib.machinery.SourceFileLoader("dev", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def kept(folder: str = "proof") -> Path:
    """A folder for what has passed at this commit and need not be played again."""
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    path = ROOT / ".xielian" / folder / (told.stdout.strip() or "no-commit")
    path.mkdir(parents=True, exist_ok=True)
    return path
