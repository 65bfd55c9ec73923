"""What takes too long for every change: the walk through forms once more, with other numbers; and every page in every look."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


RUNS: list[tuple[list[str], dict[str, str]]] = [
    (["-m", "long"], {}),
    (["tests/journeys/test_every_page.py"], {"LOOKS": "all"}),
]


def main() -> int:
    worst = 0
    for asked, settings in RUNS:
        made = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "--timeout=1800", *asked],
            cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | settings,
        )  # fmt: skip
        print(*asked, made.stdout.strip().splitlines()[-1] if made.stdout.strip() else made.stderr[-2000:])
        if made.returncode:
            print(made.stdout[-4000:])
        worst = max(worst, made.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
