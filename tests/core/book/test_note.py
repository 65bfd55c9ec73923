"""Signed notes and checkpoints, against the C2SP specifications and the example that Go's note package publishes."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from core.book import note, tree

# The example of golang.org/x/mod/sumdb/note, whose format c2sp.org/signed-note describes.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NOTE = f"{TEXT}\n{LINE}"
KEY = note.Key.read(VKEY)


def test_the_published_note_opens_and_is_signed_again_byte_by_byte() -> None:
    assert note.opened(NOTE, [KEY]) == (TEXT, KEY)
    assert note.Signer("PeterNeumann", SEED).sign(TEXT) == NOTE
    assert note.Signer("PeterNeumann", SEED).key.vkey == VKEY


def test_lines_of_unknown_keys_are_passed_over() -> None:
    other = note.Signer("witness.example", b"\x07" * 32)
    both = NOTE + other.sign(TEXT).rpartition("\n\n")[2]
    assert note.opened(both, [KEY])[1] == KEY
    assert note.opened(both, [other.key])[1] == other.key


@pytest.mark.parametrize("mangled", [
    "", "\n", "\n\n", TEXT, NOTE[:-1], NOTE.replace("cryptography", "Cryptography"), NOTE + "\n", NOTE.replace("\n\n", "\n"),
    NOTE.replace("— ", "- "), NOTE.replace("— PeterNeumann", "— Peter Neumann"), NOTE.replace("— PeterNeumann", "— Someone"),
    NOTE.replace("x08go", "x08gp"), NOTE.replace("JnAM=", "JnAN="), NOTE.replace("JnAM=", "JnAM"), NOTE.replace("x08go/ZJ", "x08go/ZK"),
    NOTE.replace("answer", "ans\twer"), NOTE.replace(LINE, "— PeterNeumann x08g\n"), f"\n{LINE}", NOTE + LINE.replace("ZJ", "ZK"),
    f"{TEXT}\n" + LINE * 17,
])  # fmt: skip
def test_mangled_notes_are_refused(mangled: str) -> None:
    # signed-note, "Format": text of lines, an empty line, signature lines; "Signatures": name, hash, bytes.
    with pytest.raises(note.MalformedError):
        note.opened(mangled, [KEY])


def test_no_part_of_a_key_is_a_key() -> None:
    # signed-note, "Verifier keys": name, hash in hex, base64 of type and key; the hash binds all three.
    for start in range(len(VKEY)):
        for end in range(start + 1, len(VKEY) + 1):
            if end - start < len(VKEY):
                with pytest.raises(note.MalformedError):
                    note.Key.read(VKEY[start:end])
    for at in range(len(VKEY)):
        with pytest.raises(note.MalformedError):
            note.Key.read(VKEY[:at] + chr(ord(VKEY[at]) + 1) + VKEY[at + 1 :])
    for name in ("", "with space", "with+plus"):
        with pytest.raises(note.MalformedError):
            note.Signer(name, SEED)


ROOT = tree.leaf_hash(b"")


def test_a_checkpoint_is_origin_size_and_root() -> None:
    # The example body of c2sp.org/tlog-checkpoint.
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    origin, size, root = note.read_checkpoint(text)
    assert (origin, size, note.checkpoint_text(origin, size, root)) == ("example.com/behind-the-sofa", 20852163, text)
    assert note.read_checkpoint(text + "an extension\n") == (origin, size, root)


@pytest.mark.parametrize("text", [
    "", "a\n1\n", f"a\n01\n{note.encode(ROOT)}\n", f"a\n+1\n{note.encode(ROOT)}\n", f"a\n-1\n{note.encode(ROOT)}\n", f"a\n１\n{note.encode(ROOT)}\n",
    f"\n1\n{note.encode(ROOT)}\n", f"a\n1\n{note.encode(ROOT)}", f"a\n1\n{note.encode(ROOT[:31])}\n", f"a\n1\n{note.encode(ROOT)[:-1]}\n",
    f"a\n1\n{ROOT.hex()}\n", f"a\n1\n\n{note.encode(ROOT)}\n", f"a\n1\n{note.encode(ROOT)}\n\nx\n",
])  # fmt: skip
def test_mangled_checkpoints_are_refused(text: str) -> None:
    # tlog-checkpoint, "Note text": decimal without leading zeros, standard base64, no empty line.
    with pytest.raises(note.MalformedError):
        note.read_checkpoint(text)


def test_a_proof_is_written_as_the_specification_says() -> None:
    # tlog-proof, "Format": header, index, a hash a line, an empty line, the checkpoint.
    made = note.tlog_proof(5, [ROOT, ROOT], "a\n6\nx\n\n— a b\n")
    one = note.encode(ROOT)
    assert made == f"c2sp.org/tlog-proof@v1\nindex 5\n{one}\n{one}\n\na\n6\nx\n\n— a b\n"
    assert note.tlog_proof(0, [], "c\n") == "c2sp.org/tlog-proof@v1\nindex 0\n\nc\n"


@pytest.mark.parametrize(
    "text",
    [
        "YSBrZXkgdGhhdCBzaWducyBpbiB0ZXN0cywgdGhhdHM=",
        "__________________________________________8",
        "//////////////////////////////////////////8=",
    ],
)
def test_a_signing_key_is_read_in_either_alphabet(text: str) -> None:  # fmt: skip
    from core.book import keys

    assert len(keys.seed_of(text)) == 32


@pytest.mark.parametrize("text", ["", "short", "a" * 44, "é" * 43, "YSBrZXkgdGhhdCBzaWducyBpbiB0ZXN0cywgdGhhdA=="])
def test_other_signing_keys_are_refused(text: str) -> None:
    from core.book import keys

    with pytest.raises(note.MalformedError):
        keys.seed_of(text)


def test_the_key_comes_from_a_file_as_well(tmp_path: Path, monkeypatch: Any) -> None:
    from config import env

    path = tmp_path / "key"
    path.write_text("YSBrZXkgdGhhdCBzaWducyBpbiB0ZXN0cywgdGhhdHM=\n")
    monkeypatch.delenv("BOOK_SIGNING_KEY", raising=False)
    monkeypatch.setenv("BOOK_SIGNING_KEY_FILE", str(path))
    assert env.text("BOOK_SIGNING_KEY") == "YSBrZXkgdGhhdCBzaWducyBpbiB0ZXN0cywgdGhhdHM="
