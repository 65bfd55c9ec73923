"""The restore drill: the reference walk is played, copied, worked on; then everything is destroyed and brought back.

Database, Redis and files of the first machine are killed and erased; a second machine (another cluster, other passwords) starts from the copy.
The walk's figures are the same, people sign in, files open, book and ledger are whole; what happened after the copy is gone, and
beside the checkpoints that are kept outside the database the restored book is recognised as older than they are. Prints times and sizes.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")  # a visitor asks what the cookies are called

from config.embedded.servers import secrets_of  # noqa: E402 - the path comes first
from config.roles import OWNER, RUNTIME  # noqa: E402
from tests.support.product import Product  # noqa: E402
from tests.support.proof import tell, timed, wait_for  # noqa: E402

KEPT = ("SECRET_KEY", "BOOK_KEY", "BOOK_SIGNING_KEY", "BOOK_PUBLIC_KEYS")


def mb(many: float) -> str:
    return f"{many / 1e6:.1f} MB"


def figures(machine: Product) -> list[str]:
    """What the walk reads of itself, without addresses, and without the book, which is asked apart."""
    said = machine.manage("play_walk", "--url", machine.url, "--verify", BOOK_WITNESS="").stdout.splitlines()
    return [re.sub(r"\s+http\S+", "", line) for line in said if "✓" in line and "book" not in line]


def more_work(machine: Product) -> str:
    """A person goes on after the copy: a need with a file."""
    leader = visitor(machine, "battery-leader")
    body = {
        "title": "副本之后的需求",
        "pain_point": "续航",
        "demand_side": "rd",
        "node": str(machine.ask("SELECT node_id FROM needs_need LIMIT 1")),
    }
    row = leader.post("needs/", body, key="drill:need")
    leader.upload(
        f"needs/{row['id']}/add_evidence/",
        "之后.pdf",
        b"%PDF-1.4\nafter the copy\n%%EOF",
        key="drill:file",
        caption="之后",
    )
    return str(row["id"])


def wait_for_witness(leaves: Path, entries: int) -> None:
    """Until the folder outside the database remembers this many entries: one checkpoint a minute."""
    wait_for("a checkpoint", lambda: leaves.exists() and leaves.stat().st_size >= 32 * entries, 180)


def visitor(machine: Product, local: str) -> Any:
    from portal.walk.cases import DOMAIN, PASSWORD
    from portal.walk.client import Visitor

    return Visitor(machine.url, f"{local}@{DOMAIN}", PASSWORD, f"drill:{time.time():.0f}")


def open_files(machine: Product) -> tuple[int, int]:
    """Every file of a need's evidence, opened by the page that shows it; files and bytes."""
    found, many = 0, 0
    with machine.servers.postgres.cursor(OWNER, "xielian") as cursor:
        cursor.execute("SELECT e.id, f.size FROM needs_needevidence e JOIN files_storedfile f ON f.id = e.file_id")
        rows = cursor.fetchall()
    sessions = [visitor(machine, f"{key}-leader") for key in ("battery", "chip", "device")]
    for pk, size in rows:
        for one in sessions:
            answer = one.http.get(f"/needs/evidence/{pk}/file/")
            if answer.status_code == 200:
                assert len(answer.content) == size
                found, many = found + 1, many + size
                break
        else:
            sys.exit(f"nobody can open the file of evidence {pk}")
    return found, many


def main() -> None:
    top = Path(tempfile.mkdtemp(prefix="drill-"))
    top.chmod(0o755)
    keys = {name: word for name, word in secrets_of(top / "keys").items() if name in KEPT} | {
        "BACKUP_KEY": "a word of the drill"
    }
    keys |= {"BOOK_WITNESS": str(top / "witness")}
    machines: list[Product] = []
    try:
        with timed("a first machine: servers, tables"):
            first = Product(top / "first", 21000, keys)
            machines.append(first)
            first.manage("migrate", "--noinput", "-v", "0")
            first.manage("collectstatic", "--noinput", "-v", "0")
        first.serve()
        with timed("the reference walk is played over HTTP"):
            first.manage("play_walk", "--url", first.url)
        before = figures(first)
        for line in before:
            tell(f"   {line.strip()}")
        with timed("a copy, while web, worker and beat work (encrypted)"):
            said = first.manage("backup", str(top / "copies"))
        copy = Path(re.search(r"^(\S+/xielian-\S+) \(", said.stdout, re.M)[1])  # type: ignore[index]
        files = [path for path in copy.rglob("*") if path.is_file()]
        whole = first.ask("SELECT pg_database_size(current_database())")
        tell("size of the database and of its dump", f"{mb(whole)}, {mb((copy / 'database.dump').stat().st_size)}")
        tell("the copy", f"{len(files)} files, {mb(sum(path.stat().st_size for path in files))}")
        entries = first.ask("SELECT count(*) FROM book_entry")

        later = more_work(first)
        first.manage("verify_book")
        grown = first.ask("SELECT count(*) FROM book_entry")
        tell("somebody goes on working", f"{grown - entries} more entries of the book")
        with timed("the next checkpoint is signed and kept outside"):
            wait_for_witness(top / "witness" / "leaves.sha256", grown)
        with timed("a second copy"):
            said = first.manage("backup", str(top / "copies"), "--keep", "5")
        tell("   " + re.search(r"media: .*", said.stdout)[0])  # type: ignore[index]

        shutil.copy(
            first.home / "walk.json", top / "walk.json"
        )  # what the player of the walk remembers, not the product
        first.destroy()
        assert not (top / "first").exists()
        tell("the first machine is destroyed", "processes killed, folder erased")

        with timed("a second machine: servers with other passwords"):
            second = Product(top / "second", 23000, keys)
            machines.append(second)
        wrong = second.manage("restore", str(copy), may_fail=True, BOOK_KEY="another key")
        assert wrong.returncode == 1 and "BOOK_KEY" in wrong.stderr
        tell("restore under another BOOK_KEY", "refused, nothing touched")
        with timed("restore and verification, all in all"):
            said = second.manage("restore", str(copy))
        for line in said.stdout.splitlines():
            tell(f"   {line}")
        again = second.manage("restore", str(copy), may_fail=True)
        assert again.returncode == 1 and "is not empty" in again.stderr
        tell("restore once more", "refused: the database is not empty")
        shutil.copy(top / "walk.json", second.home / "walk.json")

        second.serve()
        after = figures(second)
        assert after == before, (before, after)
        tell("the walk's figures", f"{len(after)} lines, the same")
        found, many = open_files(second)
        tell("people sign in and open their files", f"{found} files, {many} bytes")
        gone = visitor(second, "battery-leader").http.get(f"/api/v1/needs/{later}/").status_code
        assert gone == 404, gone
        tell("what was done after the copy", "is gone (404)")
        try:
            second.ask("DELETE FROM book_entry RETURNING 1", RUNTIME)
            sys.exit("the runtime role may delete entries of the book")
        except psycopg2.Error as problem:
            tell("the runtime role deletes an entry of the book", f"refused: {str(problem).splitlines()[0]}")

        seen = second.manage("verify_book", may_fail=True)
        tell("verify_book against the checkpoints kept outside", f"status {seen.returncode}: a fork")
        tell("   " + (seen.stderr.strip() or seen.stdout.strip()).splitlines()[-1])
        assert seen.returncode == 2, "an older book was not recognised"
    finally:
        for machine in machines:
            machine.destroy()
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
