"""RFC 6962 Merkle trees: hashes, roots, inclusion and consistency, without a database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A growing tree that keeps only the roots of its full subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[tuple[int, bytes]] = []  # (height, root)

    def add(self, hashed_leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Append a leaf; gives the nodes that became complete as (level, position, hash), the leaf itself first."""
        level, position, root = 0, self.size, hashed_leaf
        made = [(level, position, root)]
        while self._roots and self._roots[-1][0] == level:
            root = node_hash(self._roots.pop()[1], root)
            level, position = level + 1, position // 2
            made.append((level, position, root))
        self._roots.append((level, root))
        self.size += 1
        return made

    def root(self) -> bytes:
        """The Merkle tree hash of everything added."""
        if not self._roots:
            return EMPTY_ROOT
        found = self._roots[-1][1]
        for _height, root in reversed(self._roots[:-1]):
            found = node_hash(root, found)
        return found


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes."""
    tree = Frontier()
    for one in hashes:
        tree.add(one)
    return tree.root()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index` (RFC 6962 section 2.1.1)."""
    if not 0 <= index < len(hashes):
        raise IndexError(index)
    if len(hashes) == 1:
        return []
    middle = _split(len(hashes))
    if index < middle:
        return [*inclusion_proof(index, hashes[:middle]), root_of(hashes[middle:])]
    return [*inclusion_proof(index - middle, hashes[middle:]), root_of(hashes[:middle])]


def consistency_proof(first: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree of `first` leaves is a beginning of this one (RFC 6962 section 2.1.2)."""
    if not 0 < first <= len(hashes):
        raise IndexError(first)
    return _sub_proof(first, hashes, whole=True)


def _sub_proof(first: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if first == len(hashes):
        return [] if whole else [root_of(hashes)]
    middle = _split(len(hashes))
    if first <= middle:
        return [*_sub_proof(first, hashes[:middle], whole=whole), root_of(hashes[middle:])]
    return [*_sub_proof(first - middle, hashes[middle:], whole=False), root_of(hashes[:middle])]


def verify_inclusion(*, index: int, size: int, hashed_leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf to the root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, hashed_leaf
    for one in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the smaller tree is a beginning of the larger (RFC 9162 section 2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, one)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
