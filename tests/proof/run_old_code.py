"""The code before the newest migrations serves on today's schema: it plays the reference walk there, and today's code reads it.

The older code is the last release (the newest tag v…), else the commit before the last one that brought a migration; a commit can be named
as the first argument. The rule that makes it so: platform/docs/decisions/migrations.md. Prints the steps with their seconds.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]

from config.embedded.servers import secrets_of  # noqa: E402 - the path comes first
from tests.support.product import Product  # noqa: E402
from tests.support.proof import tell, timed  # noqa: E402


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def older() -> str:
    """The commit whose code must survive today's schema."""
    if len(sys.argv) > 1:
        return git("rev-parse", sys.argv[1])
    if tags := git("tag", "--list", "v*", "--sort=-version:refname").split():
        return git("rev-parse", tags[0])
    return git(
        "rev-parse", git("log", "-1", "--format=%H", "--diff-filter=A", "--", ":(glob)**/migrations/0*.py") + "^"
    )


def main() -> None:
    top = Path(tempfile.mkdtemp(prefix="old-code-"))
    top.chmod(0o755)
    commit = older()
    tell("older code", git("log", "-1", "--format=%h %s", commit)[:70])
    old = top / "old"
    old.mkdir()
    with subprocess.Popen(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE) as packed:
        subprocess.run(["tar", "-x", "-C", old], stdin=packed.stdout, check=True)
    keys = {name: word for name, word in secrets_of(top / "keys").items() if name.isupper()}
    product = Product(top / "machine", 25000, keys, old)
    try:
        with timed("the older schema is made by the older code"):
            product.manage("migrate", "--noinput", "-v", "0")
        product.manage("collectstatic", "--noinput", "-v", "0")
        product.serve()
        with timed("today's code migrates, while the older one serves"):
            product.code = ROOT
            done = product.manage("migrate", "--noinput").stdout.count(" OK")
        tell("migrations between the two", done)
        assert product.answers(), "the older web does not answer any more"
        product.code = old
        with timed("the older code plays the walk on today's schema"):
            product.manage("play_walk", "--url", product.url)
        product.end()
        product.code = ROOT
        product.manage("collectstatic", "--noinput", "-v", "0")
        product.serve()
        with timed("today's code serves, and reads what the older one did"):
            said = product.manage("play_walk", "--url", product.url, "--verify").stdout
        print("\n".join(line for line in said.splitlines() if "✓" in line))
        for command in ("verify_book", "verify_ledger"):
            tell(command, product.manage(command).stdout.strip())
    finally:
        product.destroy()
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
