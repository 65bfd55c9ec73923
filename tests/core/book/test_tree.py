"""RFC 6962 trees against the vectors that certificate transparency's reference code publishes, whole and mangled."""

from __future__ import annotations

import hashlib

import pytest

from core.book import tree

# Leaf inputs and roots of the trees of size 1 to 8 as certificate-transparency's own tests have them.
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [tree.leaf_hash(one) for one in LEAVES]


def test_the_seven_leaves_of_the_rfc() -> None:
    """RFC 6962 section 2.1.3 draws a tree of seven leaves and names the nodes of its proofs; hashed here by hand."""

    def join(left: bytes, right: bytes) -> bytes:
        return hashlib.sha256(b"\x01" + left + right).digest()

    a, b, c, d, e, f, j = (hashlib.sha256(b"\x00d%d" % one).digest() for one in range(7))
    g, h, i = join(a, b), join(c, d), join(e, f)
    k, m = join(g, h), join(i, j)
    leaves = [a, b, c, d, e, f, j]
    assert tree.root_of(leaves) == join(k, m)
    assert tree.inclusion_proof(0, leaves) == [b, h, m]
    assert tree.inclusion_proof(3, leaves) == [c, g, m]
    assert tree.inclusion_proof(4, leaves) == [f, j, k]
    assert tree.inclusion_proof(6, leaves) == [i, k]
    assert tree.consistency_proof(3, leaves) == [c, d, g, m]
    assert tree.consistency_proof(4, leaves) == [m]
    assert tree.consistency_proof(6, leaves) == [i, j, k]


def test_proofs_bind_index_size_and_the_length_of_hashes() -> None:
    # RFC 9162 sections 2.1.3.2 and 2.1.4.2: an index beyond the size fails; every node is a hash of 32 bytes.
    proof, root = tree.inclusion_proof(5, HASHES[:7]), tree.root_of(HASHES[:7])
    facts = {"index": 5, "size": 7, "hashed_leaf": HASHES[5], "root": root}
    assert tree.verify_inclusion(**facts, proof=proof)
    for changed in (
        {"index": 4},
        {"index": -1},
        {"index": 7},
        {"size": 9},
        {"size": 5},
        {"size": 0},
        {"root": root[:31]},
    ):
        assert not tree.verify_inclusion(**(facts | changed), proof=proof)
    assert not tree.verify_inclusion(**facts, proof=[proof[0][:31], *proof[1:]])
    assert not tree.verify_consistency(first=0, second=7, first_root=tree.EMPTY_ROOT, second_root=root, proof=[])
    assert not tree.verify_consistency(first=7, second=7, first_root=root, second_root=root, proof=[root])
    assert not tree.verify_consistency(first=7, second=6, first_root=root, second_root=root, proof=[root])
    for wrong in (-1, 7):
        with pytest.raises(IndexError):
            tree.inclusion_proof(wrong, HASHES[:7])
    for wrong in (0, 8):
        with pytest.raises(IndexError):
            tree.consistency_proof(wrong, HASHES[:7])


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert tree.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert tree.root_of(HASHES[:size]).hex() == ROOTS[size - 1]


def test_every_inclusion_proof_holds_and_every_mangled_one_fails() -> None:
    for size in range(1, 9):
        root = tree.root_of(HASHES[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index, HASHES[:size])
            facts = {"index": index, "size": size, "hashed_leaf": HASHES[index], "root": root}
            assert tree.verify_inclusion(**facts, proof=proof)
            assert not tree.verify_inclusion(**facts, proof=[*proof, root])
            assert not tree.verify_inclusion(**(facts | {"hashed_leaf": b"\x00" * 32}), proof=proof)
            for at in range(len(proof)):
                assert not tree.verify_inclusion(**facts, proof=[*proof[:at], b"\x01" * 32, *proof[at + 1 :]])
                assert not tree.verify_inclusion(**facts, proof=proof[:at] + proof[at + 1 :])


def test_every_consistency_proof_holds_and_every_mangled_one_fails() -> None:
    for second in range(1, 9):
        for first in range(1, second + 1):
            proof = tree.consistency_proof(first, HASHES[:second])
            facts = {
                "first": first, "second": second, "first_root": tree.root_of(HASHES[:first]),
                "second_root": tree.root_of(HASHES[:second]),
            }  # fmt: skip
            assert tree.verify_consistency(**facts, proof=proof)
            assert not tree.verify_consistency(**facts, proof=[*proof, b"\x02" * 32])
            assert first == second or not tree.verify_consistency(**(facts | {"first_root": b"\x03" * 32}), proof=proof)
