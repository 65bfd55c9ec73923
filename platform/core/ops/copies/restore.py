"""Bringing a copy back into an empty database and an empty folder of files, and looking whether it is whole."""

from __future__ import annotations

import hmac
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection

from core.book import services as book
from core.files.models import StoredFile
from core.ops import health
from core.ops.copies import listing, postgres, streams
from core.ops.copies.make import mac

Say = Callable[[str], object]


class NotRestoredError(Exception):
    """The copy was not brought back, or is not whole; the reason."""


def restore(copy: Path, *, only_check: bool = False, say: Say = print) -> dict[str, Any]:
    """Check the copy's hashes, then bring it back and verify it; gives its manifest. Raises NotRestoredError.

    Nothing is touched unless every file of the copy is whole, the database has no table and no file lies in another's place.
    """
    with _timed("the copy's hashes", say):
        manifest = _checked(copy)
    if only_check:
        return manifest
    _refuse_unless_empty(copy, manifest)
    with _timed("the database", say):
        _restore_database(copy, manifest)
    with _timed("the files", say):
        _restore_media(copy, manifest)
    with _timed("rows, grants, triggers, functions, constraints, indexes", say):
        _compare(manifest)
    with _timed("every file's row", say):
        _compare_files()
    _end_sessions(say)
    with _timed("the ledger", say):
        _verify("verify_ledger", say)
    # The last: an older book is a fault to whoever keeps later checkpoints, and all else is in order then.
    with _timed("the book", say):
        _verify_book(manifest, say)
    return manifest


def _checked(copy: Path) -> dict[str, Any]:
    """The manifest, after every file's digest was compared."""
    try:
        text = (copy / "manifest.json").read_bytes()
        signed = (copy / "manifest.mac").read_text().strip()
    except OSError:
        raise NotRestoredError(f"{copy} holds no whole copy: manifest.json or manifest.mac is missing.") from None
    if not hmac.compare_digest(signed, mac(text)):
        raise NotRestoredError("The manifest was changed, or BOOK_KEY is not the one that this copy was made with.")
    manifest: dict[str, Any] = json.loads(text)
    if manifest["format"] not in listing.READABLE:
        known = " and ".join(str(one) for one in listing.READABLE)
        raise NotRestoredError(f"This version reads copies of formats {known}; this one is {manifest['format']}.")
    if manifest["encrypted"] and not settings.BACKUP_KEY:
        raise NotRestoredError("The copy is encrypted: set BACKUP_KEY (or BACKUP_KEY_FILE) as it was.")
    if manifest["encrypted"] and manifest.get("key", streams.key_id()) != streams.key_id():
        raise NotRestoredError("The copy is encrypted under another BACKUP_KEY: set the one that it was made with.")
    if not listing.is_whole(copy, manifest):
        raise NotRestoredError("media.sha256 was changed.")
    wanted = {"database.dump": manifest["database"]["sha256"]}
    wanted |= {one.place: one.sha256 for one in listing.read(copy, manifest)}
    for name, digest in wanted.items():
        if not (copy / name).is_file() or streams.digest_of(copy / name) != digest:
            raise NotRestoredError(f"{name} of the copy is missing or damaged.")
    missing = {f"{app}.{name}" for app, name in manifest["migrations"].items()}
    missing -= {f"{app}.{name}" for app, name in health.known_migrations()}
    if missing:
        raise NotRestoredError(
            f"The copy is of version {manifest['version']} and knows migrations that this version does not "
            f"({', '.join(sorted(missing)[:3])}): restore it with the version that made it, or a newer one."
        )
    return manifest


def _refuse_unless_empty(copy: Path, manifest: dict[str, Any]) -> None:
    with postgres.as_owner() as cursor:
        if found := postgres.tables(cursor):
            raise NotRestoredError(
                f"The database {postgres.database_name()} is not empty ({len(found)} tables): "
                "make a new one with `python -m config.roles` and name it in DATABASE_URL and DATABASE_OWNER_URL."
            )
    top = Path(settings.MEDIA_ROOT)
    for one in listing.read(copy, manifest):
        if (top / one.path).exists():
            raise NotRestoredError(f"{one.path} lies in MEDIA_ROOT already: name an empty folder.")


def _restore_database(copy: Path, manifest: dict[str, Any]) -> None:
    with postgres.as_owner() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        server = cursor.fetchone()[0]
        postgres.forget_default_grants(cursor)
    words, environment = postgres.addressed()
    command = [postgres.tool("pg_restore", max(server, manifest["postgres"])), *words, "--no-owner", "--no-comments"]
    command += ["--exit-on-error", "--single-transaction", "--dbname", postgres.database_name()]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=errors) as running:  # noqa: S603 - PostgreSQL's own tool
            assert running.stdin is not None
            try:
                with suppress(BrokenPipeError):  # it ended, and says why
                    for piece in streams.read(copy / "database.dump", is_encrypted=manifest["encrypted"]):
                        running.stdin.write(piece)
            except streams.DamagedError as problem:
                running.kill()
                raise NotRestoredError(f"database.dump: {problem}") from None
            finally:
                with suppress(BrokenPipeError):
                    running.stdin.close()
        if running.returncode:
            errors.seek(0)
            raise NotRestoredError(f"pg_restore: {errors.read(3000).decode(errors='replace')}")


def _restore_media(copy: Path, manifest: dict[str, Any]) -> None:
    top = Path(settings.MEDIA_ROOT)
    for one in listing.read(copy, manifest):
        target = top / one.path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as file:
                target.chmod(0o600)
                for piece in streams.read(copy / one.place, is_encrypted=manifest["encrypted"]):
                    file.write(piece)
        except streams.DamagedError as problem:
            raise NotRestoredError(f"{one.place}: {problem}") from None


def _compare(manifest: dict[str, Any]) -> None:
    with postgres.as_owner() as cursor:
        found = postgres.figures(cursor)
    for kind in ("rows", "catalog"):
        if differing := {name for name, figure in manifest[kind].items() if found[kind].get(name) != figure}:
            name = sorted(differing)[0]
            raise NotRestoredError(
                f"{len(differing)} of the {kind} differ from the copy: {name} has {found[kind].get(name)}, not {manifest[kind][name]}."
            )


def _compare_files() -> None:
    top = Path(settings.MEDIA_ROOT)
    for path, digest in StoredFile.objects.values_list("path", "sha256").distinct().iterator():
        if not (top / path).is_file() or streams.digest_of(top / path) != digest:
            raise NotRestoredError(f"The file {path} is not what its row says.")


def _end_sessions(say: Say) -> None:
    """Who was signed out after the copy was made stays signed out: everybody signs in again. Old hints are forgotten."""
    ended, _ = Session.objects.all().delete()
    cache.clear()
    say(f"{ended} sessions ended, Redis emptied")


def _verify_book(manifest: dict[str, Any], say: Say) -> None:
    """The book as far as the copy's moment has the copy's root; what waited for its place then gets it now."""
    while book.sequence():
        pass
    kept = manifest["book"]
    if kept["entries"]:
        with postgres.as_owner() as cursor:
            cursor.execute("SELECT encode(root, 'hex') FROM book_place WHERE index = %s", [kept["entries"] - 1])
            found = cursor.fetchone()
        if found is None or found[0] != kept["root"]:
            raise NotRestoredError(f"The book's root after {kept['entries']} entries is {found}, not {kept['root']}.")
    _verify("verify_book", say)


def _verify(command: str, say: Say) -> None:
    class Out:
        def write(self, text: str) -> None:
            if text.strip():
                say(text.strip())

        def flush(self) -> None:
            pass

    try:
        call_command(command, stdout=Out(), stderr=Out())
    except SystemExit as ended:
        if command == "verify_book" and ended.code == 2:
            say("What was restored is whole, but older than the signed book: operators.md says what to do at a fork.")
        elif ended.code:
            raise NotRestoredError(f"`manage.py {command}` found a fault; it is said above.") from None


@contextmanager
def _timed(what: str, say: Say) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{what}: in order, {time.monotonic() - began:.1f} s")
    connection.close()
