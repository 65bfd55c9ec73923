#!/usr/bin/env python3
"""Checks a receipt of the book with nothing but Python 3.11: no network, no database, no other package.

    python3 xielian-verify.py receipt.json --key KEY [--file FILE ...] [--lang en|zh]
    python3 xielian-verify.py consistency.json --key KEY [--kept CHECKPOINT]

KEY is the log's public key as you wrote it down earlier, or a file that holds one or more of them, a line each. Take it
from a paper, a colleague or a contract, never from the receipt or at the moment of checking.

Exit codes: 0 everything holds; 1 something does not hold; 2 what was given cannot be read; 3 something that was asked
for cannot be checked with this receipt.

Formats: RFC 6962 and RFC 9162 (tree, proofs), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint and tlog-proof.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import locale
import re
import sys
from pathlib import Path
from typing import Any

HOLDS, FAILS, OPEN, SAYS = "holds", "fails", "open", "says"

WORDS: dict[str, tuple[str, str]] = {
    "leaf": ("The entry has the log's one form.", "条目符合账本唯一的格式。"),
    "leaf_bad": ("The entry does not have the log's form.", "条目不符合账本的格式。"),
    "signed": (
        "The checkpoint over {size} entries is signed by the key {key}.",
        "包含 {size} 条的检查点由密钥 {key} 签名。",
    ),
    "signed_bad": (
        "The checkpoint is not signed by a key that you trust.",
        "检查点不是由您信任的密钥签名的。",
    ),
    "inside": ("The entry stands in the signed tree, at number {index}.", "条目在已签名的树中，编号 {index}。"),
    "inside_bad": (
        "The entry does not stand in the signed tree at number {index}.",
        "条目不在已签名的树的第 {index} 号。",
    ),
    "body": ("The body is the one that the entry was made over.", "正文就是该条目所记的正文。"),
    "body_bad": ("The body is not the one that the entry was made over.", "正文不是该条目所记的正文。"),
    "no_body": (
        "The receipt holds no body: it proves that the entry exists, not what it says.",
        "回执不含正文：只能证明条目存在，不能证明其内容。",
    ),
    "file": ("The body names the file {name} by its SHA-256.", "正文以 SHA-256 指明了文件 {name}。"),
    "file_bad": (
        "The body does not name the file {name}: it is another file, or was changed.",
        "正文没有指明文件 {name}：这是另一个文件，或文件被改动过。",
    ),
    "file_open": (
        "The file {name} cannot be compared: the receipt holds no body.",
        "无法比对文件 {name}：回执不含正文。",
    ),
    "time": ("The entry bears the time {time}.", "条目所记时间：{time}。"),
    "operation": ("It says: {operation}, about {object}.", "内容：{operation}，对象 {object}。"),
    "reason": ("Reason given: {reason}", "所给理由：{reason}"),
    "grows": (
        "The log of {second} entries begins with the log of {first} entries: nothing in it was changed.",
        "{second} 条的账本以 {first} 条的账本开头：其中没有任何改动。",
    ),
    "grows_bad": (
        "The log of {second} entries does not begin with the log of {first} entries: the history was changed.",
        "{second} 条的账本不以 {first} 条的账本开头：历史被改动。",
    ),
    "kept": ("The checkpoint that you kept is one of the two.", "您保存的检查点是两者之一。"),
    "kept_bad": (
        "The checkpoint that you kept is neither of the two: ask for the proof from its size on, or for an explanation.",
        "您保存的检查点不是两者之一：请索取从其条数开始的证明，或要求说明。",
    ),
    "unreadable": ("This cannot be read as a receipt: {why}.", "无法作为回执读取：{why}。"),
    "all": ("Everything holds.", "全部成立。"),
    "some": ("Something does not hold. Do not rely on this receipt.", "有不成立之处。请勿依赖此回执。"),
    "partly": (
        "What could be checked holds; something that you asked for could not be checked.",
        "能核验的均成立；您要求的有一项无法核验。",
    ),
}


class Unreadable(Exception):  # noqa: N818 - what it says of the input
    """What was given has not the form of a receipt, a proof or a key."""


class Finding:
    """One check: its name, whether it holds, and the words for it."""

    def __init__(self, state: str, code: str, **facts: Any) -> None:
        self.state, self.code, self.facts = state, code, facts

    def words(self, language: str) -> str:
        return WORDS[self.code][language.startswith("zh")].format(**self.facts)


# ── Ed25519 (RFC 8032, section 5.1), verification only ──

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # x, y, z, and x·y/z


def _added(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _added(found, point)
        point, number = _added(point, point), number >> 1
    return found


def _point(data: bytes) -> Point | None:
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _bytes(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is that of the public key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, scalar = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= L or _BASE is None:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus: Point = (P - key[0], key[1], key[2], P - key[3])
    return _bytes(_added(_times(scalar, _BASE), _times(hashed, minus))) == signature[:32]


# ── Trees (RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2) ──


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def includes(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf at the index to the root."""
    if not 0 <= index < size:
        return False
    found, place, last = hashlib.sha256(b"\x00" + leaf).digest(), index, size - 1
    for one in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(one, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def continues(first: int, second: int, first_root: bytes, second_root: bytes, proof: list[bytes]) -> bool:
    """Whether the tree of `second` leaves begins with the one of `first`."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not proof:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = _node(one, old), _node(one, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = _node(new, one)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# ── Notes, keys, checkpoints, proofs (C2SP) ──


def _decoded(text: str, length: int = 0) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("no base64") from None
    if base64.b64encode(data).decode() != text or (length and len(data) != length):
        raise Unreadable("base64 of the wrong form or length")
    return data


def read_key(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, hash and Ed25519 key of a public key as the log shows it: name+hash+base64."""
    name, _plus, rest = vkey.partition("+")
    hashed, _plus, data = rest.partition("+")
    raw = _decoded(data, 33)
    own = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if not re.fullmatch(r"[^\s+]+", name) or raw[:1] != b"\x01" or own.hex() != hashed:
        raise Unreadable("a key that is none, or was changed")
    return name, own, raw[1:]


def open_checkpoint(note: str, keys: list[str]) -> tuple[str, int, bytes] | None:
    """The key, size and root of a checkpoint that one of the keys signed; None when none did."""
    text, middle, lines = note.rpartition("\n\n")
    rows = text.split("\n")
    if (
        not middle
        or not lines.endswith("\n")
        or len(rows) < 3
        or not all(rows)
        or any(ord(one) < 32 for one in text.replace("\n", ""))
    ):
        raise Unreadable("no signed checkpoint")
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", rows[1], re.ASCII):
        raise Unreadable("no size")
    root, signer = _decoded(rows[2], 32), None
    known = {(name, hashed): (vkey, public) for vkey in keys for name, hashed, public in [read_key(vkey)]}
    signatures = lines[:-1].split("\n")
    if len(signatures) > 16:
        raise Unreadable("too many signatures")
    for line in signatures:
        found = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
        if not found:
            raise Unreadable("no signature line")
        blob = _decoded(found[2])
        match = known.get((found[1], blob[:4]))
        if match is None:
            continue
        if not ed25519_verifies(match[1], blob[4:], (text + "\n").encode()):
            return None
        signer = signer or (match[0] if found[1] == rows[0] else None)
    return (signer, int(rows[1]), root) if signer else None


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """Index, hashes and checkpoint of a tlog-proof."""
    head, middle, checkpoint = text.partition("\n\n")
    rows = head.split("\n")
    if not middle or rows[0] != "c2sp.org/tlog-proof@v1":
        raise Unreadable("no proof of a log")
    rows = rows[2:] if len(rows) > 1 and rows[1].startswith("extra ") else rows[1:]
    found = re.fullmatch(r"index (0|[1-9][0-9]{0,18})", rows[0], re.ASCII) if rows else None
    if not found or len(rows) > 65:
        raise Unreadable("a proof without index, or too long")
    return int(found[1]), [_decoded(one, 32) for one in rows[1:]], checkpoint


# ── Receipts ──

_LEAF = re.compile(
    r'\{"actor":"(?:[0-9a-f]{64}|)","body":"([0-9a-f]{64})","object":"[0-9a-f]{64}","organisation":"(?:[0-9a-f]{64}|)",'
    r'"time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)","type":"xielian\.entry","version":1\}'
)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _value in pairs}) != len(pairs):
        raise Unreadable("a name that stands twice")
    return dict(pairs)


def load(data: bytes) -> dict[str, Any]:
    """The document, if it is one of the two kinds."""
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(found, dict) or found.get("format") not in ("xielian.receipt/1", "xielian.consistency/1"):
        raise Unreadable("another format")
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str):
        raise Unreadable(f"{name} is missing")
    try:
        value.encode()
    except UnicodeError:
        raise Unreadable(f"{name} is no text") from None
    return value


def check_receipt(found: dict[str, Any], keys: list[str], files: list[tuple[str, str]]) -> list[Finding]:
    """Every check of a receipt, in order. `files` are names with the SHA-256 of their bytes in hex."""
    leaf = _text(found, "leaf")
    index, proof, note = read_proof(_text(found, "tlog_proof"))
    parts = _LEAF.fullmatch(leaf)
    findings = [Finding(HOLDS, "leaf") if parts else Finding(FAILS, "leaf_bad")]
    signed = open_checkpoint(note, keys)
    if signed is None:
        findings.append(Finding(FAILS, "signed_bad"))
    else:
        vkey, size, root = signed
        is_in = includes(leaf.encode(), index, size, proof, root)
        findings.append(Finding(HOLDS, "signed", size=size, key="+".join(vkey.split("+")[:2])))
        findings.append(Finding(HOLDS if is_in else FAILS, "inside" if is_in else "inside_bad", index=index))
    body = found.get("body")
    content = _body(body) if body is not None else None
    is_own = False
    if content is None:
        findings.append(Finding(SAYS, "no_body"))
    else:
        salt, text = content
        is_own = parts is not None and hashlib.sha256(salt + text.encode()).hexdigest() == parts[1]
        findings.append(Finding(HOLDS, "body") if is_own else Finding(FAILS, "body_bad"))
    named = _strings(content[1]) if content is not None and is_own else set()
    for name, digest in files:
        if content is None:
            findings.append(Finding(OPEN, "file_open", name=name))
        else:
            is_named = digest.lower() in named
            findings.append(Finding(HOLDS if is_named else FAILS, "file" if is_named else "file_bad", name=name))
    if parts and not any(one.state == FAILS for one in findings[:3]):
        findings.append(Finding(SAYS, "time", time=parts[2]))
        if content is not None and is_own:
            findings += _said(content[1])
    return findings


def _body(body: Any) -> tuple[bytes, str]:
    if not isinstance(body, dict):
        raise Unreadable("body is no object")
    salt = _text(body, "salt")
    if not re.fullmatch(r"(?:[0-9a-f]{2})+", salt):
        raise Unreadable("salt is no hex")
    return bytes.fromhex(salt), _text(body, "content")


def _strings(text: str) -> set[str]:
    try:
        left = [json.loads(text)]
    except (ValueError, RecursionError):
        return set()
    found = set()
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += one.values()
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            found.add(one)
    return found


def _said(text: str) -> list[Finding]:
    try:
        said = json.loads(text)
        findings = [Finding(SAYS, "operation", operation=said["operation"], object=said["object"]["type"])]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return [*findings, Finding(SAYS, "reason", reason=said["reason"])] if said.get("reason") else findings


def check_consistency(found: dict[str, Any], keys: list[str], kept: str | None) -> list[Finding]:
    """Whether the newer of two signed checkpoints continues the older."""
    hashes = found.get("proof")
    if not isinstance(hashes, list) or len(hashes) > 130 or not all(isinstance(one, str) for one in hashes):
        raise Unreadable("proof is no list of hashes")
    proof, notes = [_decoded(one, 32) for one in hashes], [_text(found, "first"), _text(found, "second")]
    heads = [open_checkpoint(one, keys) for one in notes]
    older, newer = heads
    if older is None or newer is None:
        return [Finding(FAILS, "signed_bad")]
    (key, first, first_root), (second_key, second, second_root) = older, newer
    findings = [
        Finding(HOLDS, "signed", size=first, key="+".join(key.split("+")[:2])),
        Finding(HOLDS, "signed", size=second, key="+".join(second_key.split("+")[:2])),
    ]
    does = continues(first, second, first_root, second_root, proof)
    findings.append(Finding(HOLDS if does else FAILS, "grows" if does else "grows_bad", first=first, second=second))
    if kept is not None:
        mine = open_checkpoint(kept, keys)
        is_one = mine is not None and mine[1:] in (older[1:], newer[1:])
        findings.append(Finding(HOLDS, "kept") if is_one else Finding(FAILS, "kept_bad"))
    return findings


def verdict(findings: list[Finding]) -> tuple[int, str]:
    """The exit code and the code of the closing words."""
    states = {one.state for one in findings}
    return (1, "some") if FAILS in states else (3, "partly") if OPEN in states else (0, "all")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("receipt", type=Path, help="the receipt, or a proof of consistency")
    parser.add_argument("--key", action="append", required=True, help="the pinned public key, or a file of them")
    parser.add_argument("--file", action="append", type=Path, default=[], help="a file that the entry should name")
    parser.add_argument("--kept", type=Path, help="a checkpoint that you kept earlier")
    parser.add_argument(
        "--lang", choices=["en", "zh"], default="zh" if "zh" in str(locale.getlocale()[0]).lower() else "en"
    )
    asked = parser.parse_args(arguments)
    marks = {HOLDS: "[ok]  ", FAILS: "[FAIL]", OPEN: "[?]   ", SAYS: "      "}
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        keys = [line for given in asked.key for line in _keys(given)]
        if not keys:
            raise Unreadable("no key was given")
        for vkey in keys:
            read_key(vkey)
        found = load(asked.receipt.read_bytes())
        if found["format"] == "xielian.receipt/1":
            files = [(path.name, _digest(path)) for path in asked.file]
            findings = check_receipt(found, keys, files)
        else:
            kept = asked.kept.read_text(encoding="utf-8") if asked.kept else None
            findings = check_consistency(found, keys, kept)
    except (Unreadable, OSError, UnicodeError) as problem:
        print(Finding(FAILS, "unreadable", why=problem).words(asked.lang), file=sys.stderr)
        return 2
    for one in findings:
        print(marks[one.state], one.words(asked.lang))
    code, closing = verdict(findings)
    print(WORDS[closing][asked.lang == "zh"])
    return code


def _keys(given: str) -> list[str]:
    path = Path(given)
    if "+" in given and not path.exists():
        return [given]
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
