"""Twenty thousand requests made from the description itself, as a leader, a machine with all scopes and a stranger.

Each round plays the reference walk on a database of its own and asks every operation fifty times or more, with the round's number as
seed. Rounds that have passed at this commit are kept and not played again, so that a stopped run goes on. Prints operations,
cases, statuses and every failure. `--cases N` asks for another number.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.support import proof  # noqa: E402 - the path comes first

EXAMPLES = 50
ROUND = """
import json, os, sys
def test_round(live_server, tmp_path, settings):
    from tests.architecture.world import World
    from tests.support.fuzz import Fuzz
    settings.API_RATES = {}
    fuzz = Fuzz(World(live_server, tmp_path), seed=int(os.environ["FUZZ_SEED"]))
    part, parts = int(os.environ["FUZZ_PART"]), int(os.environ["FUZZ_PARTS"])
    report = fuzz.run(fuzz.operations()[part::parts], int(os.environ["FUZZ_EXAMPLES"]))
    told = {"operations": sorted(report.operations), "cases": report.cases, "statuses": report.statuses,
            "failures": [[*key, words] for key, words in report.failures.items()]}
    with open(os.environ["FUZZ_REPORT"], "w") as file:
        json.dump(told, file, ensure_ascii=False)
"""
PARTS = 4


def play(number: int, kept: Path) -> dict[str, object]:
    """One part of one round, in a process of its own."""
    report = kept / f"{number}.json"
    if not report.exists():
        with tempfile.TemporaryDirectory(dir=ROOT / "tests" / "proof") as folder:
            script = Path(folder) / "test_round.py"
            script.write_text(ROUND)
            values = os.environ | {
                "FUZZ_SEED": str(1 + number // PARTS), "FUZZ_PART": str(number % PARTS), "FUZZ_PARTS": str(PARTS),
                "FUZZ_EXAMPLES": str(EXAMPLES), "FUZZ_REPORT": str(report) + ".half",
            }  # fmt: skip
            words = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-n",
                "0",
                "--timeout=7200",
                "-p",
                "no:cacheprovider",
                str(script),
            ]
            done = subprocess.run(words, cwd=ROOT, env=values, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(f"Round {number} broke off:\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}")
        Path(str(report) + ".half").rename(report)
    found: dict[str, object] = json.loads(report.read_text())
    return found


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--cases", type=int, default=20_000)
    cases = wanted.parse_args().cases
    kept = proof.kept("schemathesis")
    asked, number = 0, 0
    statuses: Counter[str] = Counter()
    operations: set[str] = set()
    failures: dict[tuple[str, str], str] = {}
    while asked < cases or number % PARTS:
        found = play(number, kept)
        asked += int(str(found["cases"]))
        statuses.update(found["statuses"])  # type: ignore[arg-type]  # counts by status
        operations |= set(found["operations"])  # type: ignore[arg-type, call-overload]  # names
        failures |= {(name, kind): words for name, kind, words in found["failures"]}  # type: ignore[attr-defined]  # triples
        number += 1
        print(f"part {number}: {asked} cases, {len(operations)} operations, {len(failures)} failures", flush=True)
    print(
        f"operations {len(operations)}, cases {asked}, statuses {dict(sorted(statuses.items()))}, failures {len(failures)}"
    )
    for (name, kind), words in sorted(failures.items()):
        print(f"{name}: {kind}\n    {words}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
