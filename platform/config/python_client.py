"""The Python client, made from the description: `./dev client FOLDER` lays the package `xielian_client` there.

It is a hundred thousand lines that nobody reads, so it is made when somebody wants it and not kept. What is written by hand
is `platform/clients/python/session.py`, which becomes `xielian_client.session`.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from config.description import HOME

NAME = "xielian_client"
SESSION = Path(__file__).resolve().parents[1] / "clients" / "python" / "session.py"
# Values of enumerations are plain texts, as they are in JSON.
# A download is bytes, whatever kind of file it is.
CONFIG = 'post_hooks: []\nliteral_enums: true\ncontent_type_overrides:\n  "*/*": application/octet-stream\n'


def version() -> str:
    """A name for what would be made now: the same description and session give the same client."""
    return hashlib.sha256(HOME.read_bytes() + SESSION.read_bytes() + Path(__file__).read_bytes()).hexdigest()[:16]


def make(folder: Path) -> Path:
    """The package, in this folder; one that was there before is replaced. Gives its path."""
    target = folder / NAME
    with tempfile.TemporaryDirectory() as work:
        config = Path(work) / "config.yaml"
        config.write_text(CONFIG)
        made = Path(work) / NAME
        subprocess.run(  # noqa: S603 - the generator that is installed here, with paths of ours
            [
                sys.executable, "-c", "from openapi_python_client.cli import app; app()", "generate", "--path", HOME, "--meta", "none",
                "--output-path", made, "--config", config, "--fail-on-warning",
            ],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        shutil.copy(SESSION, made / "session.py")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(made, target)
    return target


def main() -> int:
    """Make it where the command says."""
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} FOLDER")
        return 2
    try:
        target = make(Path(sys.argv[1]))
    except subprocess.CalledProcessError as failed:
        print(failed.stdout, failed.stderr, sep="\n", file=sys.stderr)
        return 1
    print(f"{target} is made; it needs Python 3.11, httpx and attrs.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
