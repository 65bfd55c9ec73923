"""RFC 6962 Merkle trees: hashes, roots, inclusion and consistency, without a database.

A proof is a list of ranges of leaves, and a range is a few full subtrees. Whoever keeps the roots of full subtrees can
therefore answer with O(log n) reads; whoever holds all leaf hashes answers from the list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()

Range = tuple[int, int]  # leaves from the first to before the second
Subtree = tuple[int, int]  # level (0 are leaves) and position from the left


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A growing tree that keeps only the roots of its full subtrees, largest first."""

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        """A tree of `size` leaves, from the roots of `full_subtrees(0, size)`."""
        self.size = size
        levels = [level for level, _position in full_subtrees(0, size)]
        self._roots: list[tuple[int, bytes]] = list(zip(levels, roots, strict=True))  # (height, root)

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
        return joined([root for _height, root in self._roots])


def joined(roots: Sequence[bytes]) -> bytes:
    """The hash over full subtrees, largest first: the smaller ones together are the right child."""
    if not roots:
        return EMPTY_ROOT
    found = roots[-1]
    for root in reversed(roots[:-1]):
        found = node_hash(root, found)
    return found


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes."""
    tree = Frontier()
    for one in hashes:
        tree.add(one)
    return tree.root()


def full_subtrees(start: int, end: int) -> list[Subtree]:
    """The full subtrees that make up the leaves from `start` to before `end`, left to right.

    `start` is where a subtree of at least this length begins, as in every range of a proof.
    """
    found = []
    for level in range((end - start).bit_length() - 1, -1, -1):
        if (end - start) >> level & 1:
            found.append((level, start >> level))
            start += 1 << level
    return found


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Whose hashes make up the audit path of leaf `index` (RFC 6962 section 2.1.1), nearest to the leaf first."""
    if not 0 <= index < size:
        raise IndexError(index)
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """Whose hashes prove that the tree of `first` leaves begins the one of `second` (RFC 6962 section 2.1.2)."""
    if not 0 < first <= second:
        raise IndexError(first)
    start, end, path, is_whole = 0, second, [], True
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start, is_whole = middle, False
    return ([] if is_whole else [(start, end)]) + path[::-1]


def hashes_of(ranges: Iterable[Range], read: Callable[[list[Subtree]], dict[Subtree, bytes]]) -> list[bytes]:
    """The hash of each range; `read` is asked once for the roots of all full subtrees."""
    parts = [full_subtrees(*one) for one in ranges]
    known = read([one for part in parts for one in part])
    return [joined([known[one] for one in part]) for part in parts]


def _from(hashes: Sequence[bytes]) -> Callable[[list[Subtree]], dict[Subtree, bytes]]:
    return lambda asked: {(lv, at): root_of(hashes[at << lv : (at + 1) << lv]) for lv, at in asked}


def inclusion_proof(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index` over all leaf hashes."""
    return hashes_of(inclusion_ranges(index, len(hashes)), _from(hashes))


def consistency_proof(first: int, hashes: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree of `first` leaves is a beginning of the one over all leaf hashes."""
    return hashes_of(consistency_ranges(first, len(hashes)), _from(hashes))


def verify_inclusion(*, index: int, size: int, hashed_leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf to the root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(hashed_leaf, root, *proof):
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
    if not 0 < first <= second or not _are_hashes(first_root, second_root, *proof):
        return False
    if first == second:
        return not proof and first_root == second_root
    if not proof:
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


def _are_hashes(*values: bytes) -> bool:
    return all(len(one) == 32 for one in values)
