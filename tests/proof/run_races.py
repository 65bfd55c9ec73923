"""Races that are promised, fifty times each: two approvers at one gate, one settlement from ten connections, one bid at the
deadline's second from two tabs, and their like. XIELIAN_RACES sets how often."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMES = int(os.environ.get("XIELIAN_RACES", "50"))
RACES = {
    "two approvers decide one gate at one instant": "tests/projects/test_gates.py::test_two_approvers_at_one_instant_have_one_effect",
    "one income settled from ten connections": "tests/benefits/test_actions.py::test_settling_from_ten_connections_settles_once",
    "two claims at one instant on one fund": "tests/benefits/test_actions.py::test_two_claims_at_one_instant_never_overdraw_the_fund",
    "one bid submitted from two tabs": "tests/needs/test_bid_actions.py::test_one_bid_submitted_from_two_tabs_is_submitted_once",
    "one bid from two tabs in the deadline's second": (
        "tests/needs/test_bid_actions.py::test_one_bid_submitted_from_two_tabs_in_the_deadlines_second"
    ),
    "a deadline extended while a bid is submitted": (
        "tests/needs/test_bid_actions.py::test_extending_and_submitting_at_one_instant_do_not_contradict_each_other"
    ),
    "two second signatures of one award": "tests/needs/test_award_actions.py::test_two_second_signatures_at_one_instant_are_one",
    "one key posted from ten connections": "tests/core/ledger/test_ledger.py::test_ten_connections_with_one_key_post_once",
    "one command's key from ten connections": "tests/core/test_command.py::test_ten_connections_with_one_key_take_effect_once",
    "two commands that wait for each other": "tests/core/test_command.py::test_two_commands_that_wait_for_each_other_are_both_done",
}  # fmt: skip

# pytest runs an item as often as it is named here.
AGAIN = """
import os
def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("turn_of_race")
    metafunc.parametrize("turn_of_race", range(int(os.environ["XIELIAN_RACES"])))
"""


def main() -> None:
    folder = ROOT / ".xielian" / "proof"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "again_and_again.py").write_text(AGAIN)
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform"), str(folder)])
    values = os.environ | {"XIELIAN_RACES": str(TIMES), "PYTHONPATH": paths}
    failed = False
    for name, test in RACES.items():
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "again_and_again", test],
            cwd=ROOT, env=values, capture_output=True, text=True, check=False,
        )  # fmt: skip
        words = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-300:]
        print(f"{name:50} {TIMES} times: {words} ({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            failed = True
            print(done.stdout[-3000:])
    sys.exit(failed)


if __name__ == "__main__":
    main()
