"""Asking a virus scanner: a clamd socket, a command, or a function of the site's own."""

from __future__ import annotations

import shlex
import socket
import struct
import subprocess
from collections.abc import Callable
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

SECONDS = 60
_CHUNK = 64 * 1024

Scanner = Callable[[IO[bytes]], str]


class ScanFailed(Exception):  # noqa: N818 - no verdict was given
    """The scanner could not be asked, or gave no verdict."""


def is_set() -> bool:
    """Whether uploads are scanned at all."""
    return bool(settings.FILE_SCANNER)


def words() -> str:
    """How uploads are scanned, without anything secret: the first word of the setting."""
    return str(settings.FILE_SCANNER).partition(":")[0]


def scan(file: IO[bytes]) -> str:
    """The name of the threat found, or nothing when the file is clean; raises ScanFailed when there is no verdict."""
    file.seek(0)
    try:
        return _scanner()(file)
    except ScanFailed:
        raise
    except Exception as error:
        raise ScanFailed(f"{type(error).__name__}: {error}") from error


def _scanner() -> Scanner:
    said = str(settings.FILE_SCANNER)
    way, _colon, rest = said.partition(":")
    if way == "clamd":
        return _clamd(said)
    if way == "command":
        return _command(rest)
    if way == "python":
        found: Scanner = import_string(rest)
        return found
    raise ScanFailed(f"FILE_SCANNER begins with {way!r}; it is clamd://, command: or python:")


def _clamd(address: str) -> Scanner:
    """`clamd://host:3310` or `clamd:///run/clamav/clamd.ctl`, by its INSTREAM command."""
    parts = urlsplit(address)

    def ask(file: IO[bytes]) -> str:
        with _connected(parts.hostname, parts.port or 3310, parts.path) as line:
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(_CHUNK):
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 4096 and (piece := line.recv(1024)):
                answer += piece
        said = answer.rstrip(b"\0\n").decode(errors="replace").removeprefix("stream: ")
        if said == "OK":
            return ""
        if said.endswith(" FOUND"):
            return said.removesuffix(" FOUND")
        raise ScanFailed(said or "the scanner hung up")

    return ask


def _connected(host: str | None, port: int, path: str) -> socket.socket:
    if host:
        return socket.create_connection((host, port), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(SECONDS)
    line.connect(path)
    return line


def _command(line: str) -> Scanner:
    """`command:clamdscan --no-summary -`: the file comes on standard input; 0 is clean, 1 is found, else no verdict."""
    words_ = shlex.split(line)

    def ask(file: IO[bytes]) -> str:
        done = subprocess.run(  # noqa: S603 - the operator's own command, never anything a user sent
            words_, input=file.read(), capture_output=True, timeout=SECONDS, check=False
        )
        said = (done.stdout or done.stderr).decode(errors="replace").strip()
        if done.returncode == 0:
            return ""
        if done.returncode == 1:
            first = said.splitlines()[0] if said else "found"
            return first.rpartition(": ")[2].removesuffix(" FOUND")
        raise ScanFailed(f"exit code {done.returncode}: {said[:200]}")

    return ask
