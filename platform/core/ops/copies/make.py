"""Making a copy: the database at one moment, then the files, which only ever grow in number."""

from __future__ import annotations

import datetime as dt
import hmac
import json
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from core import clock, sealing
from core.ops import health, heartbeats
from core.ops.copies import listing, postgres, streams
from core.ops.copies.listing import FORMAT, Kept

NAME = "xielian-%Y%m%dT%H%M%SZ"
COMPLETE = re.compile(r"xielian-\d{8}T\d{6}Z(-\d+)?")
ADDRESSED = re.compile(r"(?:^|/)files/[0-9a-f]{2}/([0-9a-f]{64})$")

Say = Callable[[str], object]


class CopyFailedError(Exception):
    """No whole copy could be made; the reason."""


def make(folder: Path, *, keep: int = 0, say: Say = print) -> Path:
    """A new folder inside `folder` with everything in it; the oldest go when there are more than `keep` (0: none goes).

    Raises CopyFailedError. What is not whole bears no name of a copy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = copies_in(folder)
    half = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
    try:
        manifest, faults = _fill(half, before[-1] if before else None, say)
        if faults:
            raise CopyFailedError(f"{len(faults)} files of the product are not what they were: {'; '.join(faults[:5])}")
        text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True).encode()
        (half / "manifest.json").write_bytes(text)
        (half / "manifest.mac").write_text(mac(text) + "\n")
        done = _free_name(folder)
        half.rename(done)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise
    _sync(folder)
    heartbeats.note("backup")
    for old in copies_in(folder)[:-keep] if keep else []:
        shutil.rmtree(old)
        say(f"removed {old.name}")
    return done


def copies_in(folder: Path) -> list[Path]:
    """The whole copies in a folder, the oldest first."""
    return sorted(one for one in folder.iterdir() if COMPLETE.fullmatch(one.name) and (one / "manifest.json").exists())


def mac(manifest: bytes) -> str:
    """Who has BOOK_KEY made this manifest."""
    return hmac.digest(sealing.key("backup manifest", settings.BOOK_KEY), manifest, "sha256").hex()


def version() -> str:
    """The product's version."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _fill(half: Path, previous: Path | None, say: Say) -> tuple[dict[str, Any], list[str]]:
    began = clock.now()
    with postgres.as_owner() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int / 10000")
        snapshot, server = cursor.fetchone()
        dumped = streams.write(half / "database.dump", _dump(postgres.tool("pg_dump", server), snapshot))
        say(f"database.dump: {dumped.bytes:,} bytes")
        manifest: dict[str, Any] = {
            "format": FORMAT, "version": version(), "made_at": began.isoformat(), "postgres": server,
            "encrypted": bool(settings.BACKUP_KEY), "key": streams.key_id(), "database": vars(dumped), **postgres.figures(cursor),
            "book": _book(cursor), "migrations": _migrations(cursor),
        }  # fmt: skip
        cursor.execute("SELECT path, sha256 FROM files_storedfile ORDER BY path")
        named = dict(cursor.fetchall())
    files, faults = _copy_media(half, named, previous, say)
    manifest["media"] = files
    say(f"media: {files['files']:,} files, {files['bytes']:,} bytes, {files['linked']:,} shared with the copy before")
    return manifest, faults


def _dump(program: str, snapshot: str) -> Iterator[bytes]:
    words, environment = postgres.addressed()
    command = [program, *words, "--format=custom", "--no-owner", f"--snapshot={snapshot}", "--lock-wait-timeout=60s"]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603 - PostgreSQL's own tool, found by us
            [*command, postgres.database_name()], env=environment, stdout=subprocess.PIPE, stderr=errors
        ) as running:
            assert running.stdout is not None
            yield from streams.chunks(running.stdout)
        if running.returncode:
            errors.seek(0)
            raise CopyFailedError(
                f"pg_dump ended with {running.returncode}: {errors.read(2000).decode(errors='replace')}"
            )


def _book(cursor: Any) -> dict[str, Any]:
    """How far the book had grown: entries in their places, the root, and entries that wait for theirs."""
    placed = _count(cursor, "book_place")
    cursor.execute("SELECT encode(root, 'hex') FROM book_place ORDER BY index DESC LIMIT 1")
    root = cursor.fetchone()
    return {"entries": placed, "root": root[0] if root else "", "waiting": _count(cursor, "book_entry") - placed}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names from this file
    return int(cursor.fetchone()[0])


def _migrations(cursor: Any) -> dict[str, str]:
    """The newest of each app; one that others stand for today is none of the schema's."""
    cursor.execute("SELECT app, name FROM django_migrations")
    applied = set(cursor.fetchall())
    stood_for = health.known_migrations() - health.wanted_migrations()
    return dict(sorted(applied - stood_for))


def _copy_media(half: Path, named: dict[str, str], previous: Path | None, say: Say) -> tuple[dict[str, Any], list[str]]:
    """Copy each file that a row names, and all others but those of an upload that never came to its end.

    A file whose name is its digest and which the copy before still holds whole is not written again: both copies share it.
    """
    top = Path(settings.MEDIA_ROOT)
    shared = _shareable(previous)
    faults = [f"{path} is missing" for path in named if not (top / path).is_file()]
    kept, many, linked = [], 0, 0
    for source in sorted(one for one in top.rglob("*") if one.is_file()) if top.is_dir() else []:
        path = source.relative_to(top).as_posix()
        wanted = named.get(path)
        if wanted is None and (found := ADDRESSED.search(path)):
            wanted = found[1]
        if wanted is not None and streams.digest_of(source) != wanted:
            if path in named:
                faults.append(f"{path} has another content than its row says")
            continue
        place = listing.place_of(path)
        target, earlier = half / place, (previous or half) / place
        digest = shared.get(path, "") if wanted is not None else ""
        if digest and not _is_whole(earlier, digest):
            say(f"{earlier} is missing or damaged: written anew")
            digest = ""
        if digest:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(earlier, target)
            size, linked = target.stat().st_size, linked + 1
        else:
            with source.open("rb") as file:
                written = streams.write(target, streams.chunks(file))
            size, digest = written.bytes, written.sha256
        kept.append(Kept(path, place, digest))
        many += size
    return {
        "files": len(kept),
        "bytes": many,
        "linked": linked,
        "listing_sha256": listing.write(half, kept),
    }, faults


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and streams.digest_of(path) == digest


def _shareable(previous: Path | None) -> dict[str, str]:
    """Digests, by path, of the files that a new copy may share with the one before."""
    if previous is None:
        return {}
    manifest = json.loads((previous / "manifest.json").read_text())
    if manifest["format"] != FORMAT or manifest["encrypted"] != bool(settings.BACKUP_KEY):
        return {}
    if manifest.get("key", "") != streams.key_id():  # nobody could open both
        return {}
    if not listing.is_whole(previous, manifest):
        return {}
    return {one.path: one.sha256 for one in listing.read(previous, manifest)}


def _free_name(folder: Path) -> Path:
    name = clock.now().astimezone(dt.UTC).strftime(NAME)
    number = 0
    while (found := folder / (f"{name}-{number}" if number else name)).exists():
        number += 1
    return found


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
