"""The script's own arithmetic against the specifications, and against the product's other implementation of them."""

from __future__ import annotations

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.book import note, script, tree

# RFC 8032 section 7.1, tests 1 to 3: public key, message, signature.
RFC_8032 = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_published_signatures_verify_and_mangled_ones_do_not(public: str, message: str, signature: str) -> None:
    key, text, signed = (bytes.fromhex(one) for one in (public, message, signature))
    assert script.ed25519_verifies(key, signed, text)
    assert not script.ed25519_verifies(key, signed, text + b"\x00")
    assert not script.ed25519_verifies(key, signed[:-1], text) and not script.ed25519_verifies(key[:-1], signed, text)
    for at in (0, 31, 32, 63):
        assert not script.ed25519_verifies(key, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :], text)
    # Section 5.1.7: the scalar is below the group's order, so that there is no second signature.
    larger = int.from_bytes(signed[32:], "little") + script.L
    assert not script.ed25519_verifies(key, signed[:32] + larger.to_bytes(32, "little"), text)


def test_signatures_of_the_library_verify() -> None:
    draw = random.Random(8032)
    for _time in range(8):
        secret = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        text = draw.randbytes(draw.randrange(200))
        key, signed = secret.public_key().public_bytes_raw(), secret.sign(text)
        assert script.ed25519_verifies(key, signed, text)
        assert not script.ed25519_verifies(key, signed, text + b"x")


def test_both_implementations_say_the_same_of_every_small_tree_and_mangled_proof() -> None:
    leaves = [bytes([one]) for one in range(20)]
    hashes = [tree.leaf_hash(one) for one in leaves]
    draw = random.Random(6962)
    for size in range(1, 21):
        root = tree.root_of(hashes[:size])
        for index in range(size):
            proof = tree.inclusion_proof(index, hashes[:size])
            assert script.includes(leaves[index], index, size, proof, root)
            for wrong in (index + 1, index - 1, draw.randrange(40)):
                for length in (size, size + 1, draw.randrange(1, 40)):
                    said = tree.verify_inclusion(
                        index=wrong, size=length, hashed_leaf=hashes[index], proof=proof, root=root
                    )
                    assert script.includes(leaves[index], wrong, length, proof, root) == said
        for first in range(1, size + 1):
            proof, old = tree.consistency_proof(first, hashes[:size]), tree.root_of(hashes[:first])
            assert script.continues(first, size, old, root, proof)
            for one, two in ((first + 1, size), (first, size + 1), (first - 1, size), (size, first)):
                said = tree.verify_consistency(first=one, second=two, first_root=old, second_root=root, proof=proof)
                assert script.continues(one, two, old, root, proof) == said


def test_the_script_opens_the_published_note_key() -> None:
    assert script.read_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[0] == "PeterNeumann"
    with pytest.raises(script.Unreadable):
        script.read_key("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")


def test_a_checkpoint_under_another_name_than_its_origin_is_not_trusted() -> None:
    signer = note.Signer("log.example/a", b"\x01" * 32)
    text = note.checkpoint_text("log.example/b", 1, tree.leaf_hash(b""))
    assert script.open_checkpoint(signer.sign(text), [signer.key.vkey]) is None


def test_every_word_is_there_in_both_languages() -> None:
    for english, chinese in script.WORDS.values():
        assert english and chinese and english.count("{") == chinese.count("{")
