"""The tests that take too long for every change: the walk through forms once more, with other numbers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    made = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-m", "long", "--timeout=900"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    print(made.stdout.strip().splitlines()[-1] if made.stdout.strip() else made.stderr[-2000:])
    if made.returncode:
        print(made.stdout[-4000:])
    return made.returncode


if __name__ == "__main__":
    sys.exit(main())
