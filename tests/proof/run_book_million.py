"""One byte changed in a million entries: the first broken entry is named, in bounded time and memory. Also: the proof of
one entry, a restored backup, and the sequencer under the whole load. Prints what was measured."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"

COUNT = int(os.environ.get("BOOK_ENTRIES", "1000000"))
BROKEN = COUNT * 613_377 // 1_000_000
MOST_MEMORY_MB = 250  # what reading may add to the process
MOST_SECONDS = 300 * max(1, COUNT / 1_000_000)


def memory() -> float:
    """The most this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    from tests.support import servers as support

    servers = support.start()
    name = support.clone(servers, support.template(servers))
    try:
        os.environ["DATABASE_URL"] = servers.environment(name)["DATABASE_URL"]
        prove(servers, name)
    finally:
        support.drop(servers, name)


def prove(servers: object, name: str) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from config.embedded.postgres import SUPERUSER
    from config.roles import OWNER
    from core.book import checkpoints, queries, script, services, verifying
    from tests.support.book import fill

    with tempfile.TemporaryDirectory() as outside:
        settings.BOOK_WITNESS = outside
        began = time.monotonic()
        with servers.postgres.cursor(OWNER, name) as cursor:  # type: ignore[attr-defined]
            fill(cursor, COUNT)
            cursor.execute("ANALYZE")
        print(f"{COUNT:,} entries written by the owner in {time.monotonic() - began:.1f} s")

        began = time.monotonic()
        while services.sequence():
            pass
        took = time.monotonic() - began
        print(f"numbered in {took:.1f} s: {COUNT / took:,.0f} entries a second")
        assert queries.tree_size() == COUNT
        with servers.postgres.cursor(OWNER, name) as cursor:  # type: ignore[attr-defined]
            cursor.execute("ANALYZE")
        began = time.monotonic()
        head = checkpoints.make_checkpoint()
        assert head is not None and head.size == COUNT
        print(f"signed and kept outside in {time.monotonic() - began:.1f} s")

        times = []
        for index in range(0, COUNT, max(1, COUNT // 200)):
            began = time.monotonic()
            proof = queries.inclusion_proof(index, COUNT)
            times.append((time.monotonic() - began) * 1000)
            assert script.includes(_leaf(index), index, COUNT, proof, bytes(head.root))
        times.sort()
        print(f"{len(times)} inclusion proofs, {len(proof)} hashes the last: median {times[len(times) // 2]:.1f} ms, slowest {times[-1]:.1f} ms")  # fmt: skip

        sound, seconds, more = measured(verifying.verify)
        print(f"whole reading: {seconds:.1f} s, {COUNT / seconds:,.0f} entries a second, {more:.0f} MB more; {sound}")
        assert sound.is_sound and sound.entries == COUNT and (sound.checkpoints, sound.witnessed) == (1, 1)
        assert more < MOST_MEMORY_MB and seconds < MOST_SECONDS

        with servers.postgres.cursor(SUPERUSER, name) as cursor:  # type: ignore[attr-defined]
            cursor.execute("SET session_replication_role = replica")
            for index in (BROKEN, COUNT - 1):
                cursor.execute(
                    "UPDATE book_entry SET leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1)"
                    " WHERE id = (SELECT entry_id FROM book_place WHERE index = %s)",
                    [index],
                )
        broken, seconds, more = measured(verifying.verify)
        print(f"one byte changed at {BROKEN:,}, another at {COUNT - 1:,}: named {broken.broken_index:,} after {seconds:.1f} s: {broken.reason}")  # fmt: skip
        assert broken.broken_index == BROKEN and broken.verdict == "broken"

        with servers.postgres.cursor(SUPERUSER, name) as cursor:  # type: ignore[attr-defined]
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(
                "UPDATE book_entry SET leaf = set_byte(leaf, 20, get_byte(leaf, 20) # 1)"
                " WHERE id IN (SELECT entry_id FROM book_place WHERE index IN (%s, %s))",
                [BROKEN, COUNT - 1],
            )
            cursor.execute("DELETE FROM book_place WHERE index >= %s", [COUNT - 1000])
            cursor.execute("DELETE FROM book_checkpoint")
        behind, seconds, more = measured(verifying.verify)
        print(f"a backup restored that lacks the last 1,000: named {behind.broken_index:,} after {seconds:.1f} s: {behind.reason}")  # fmt: skip
        assert (behind.verdict, behind.broken_index) == ("fork", COUNT - 1000)
        assert checkpoints.make_checkpoint() is None
        print(f"most memory of the process: {memory():.0f} MB")
        connections.close_all()


def _leaf(index: int) -> bytes:
    from core.book.models import Place

    return bytes(Place.objects.select_related("entry").get(index=index).entry.leaf)


def measured(call: object) -> tuple[object, float, float]:
    """Result, seconds, and by how much the most memory grew."""
    before, began = memory(), time.monotonic()
    found = call()  # type: ignore[operator]
    return found, time.monotonic() - began, memory() - before


if __name__ == "__main__":
    main()
