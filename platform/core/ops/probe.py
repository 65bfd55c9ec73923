"""Asks for a container's health check, without Django, so that it costs little:

python -m core.ops.probe http://127.0.0.1:8000/health/ready
python -m core.ops.probe worker     # the age of the file that the worker touches; so for beat
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

LIMIT = 60


def fault(asked: str, folder: Path) -> str:
    """What is wrong with what was asked for; empty when it is well."""
    if asked.startswith("http://"):
        return _fault_of_page(asked)
    try:
        age = time.time() - (folder / f"{asked}.alive").stat().st_mtime
    except OSError:
        return f"{asked} has given no sign of life"
    return f"the last sign of life of {asked} is {age:.0f} s old" if age > LIMIT else ""


def _fault_of_page(address: str) -> str:
    try:
        urllib.request.urlopen(address, timeout=10).close()  # noqa: S310 - http:// only, said above
    except urllib.error.HTTPError as answer:
        return f"{answer.code} {answer.read(2000).decode(errors='replace')}"
    except OSError as problem:
        return str(problem)
    return ""


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = fault(sys.argv[1], Path(os.environ.get("HEARTBEAT_DIR", ".xielian/alive")))
    if found:
        print(found)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
