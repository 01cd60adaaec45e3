"""The Merkle tree, against the test vectors of Certificate Transparency and a second implementation."""

import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.store import merkle

LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""The reference tree of the Certificate Transparency implementations (google/certificate-transparency, merkletree tests)."""


class Tree:
    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = [merkle.leaf_hash(leaf) for leaf in leaves]
        self.kept: dict[tuple[int, int], bytes] = {}
        for seq, leaf in enumerate(self.leaves):
            self.kept[0, seq] = leaf
            self.kept |= {(level, index): value for level, index, value in merkle.completed(seq, leaf, self.nodes)}

    def nodes(self, level: int, index: int) -> bytes:
        return self.kept[level, index]

    def root(self, size: int) -> bytes:
        return merkle.root(self.nodes, size)


@pytest.mark.parametrize("size", ROOTS)
def test_the_root_is_the_one_that_certificate_transparency_publishes(size: int) -> None:
    assert Tree(LEAVES).root(size).hex() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree([]).root(0) == hashlib.sha256().digest()


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_roots_and_proofs_are_those_of_another_implementation(leaves: list[bytes]) -> None:
    ours, theirs = Tree(leaves), pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        theirs.append_entry(leaf)
    assert ours.root(len(leaves)) == theirs.get_root()
    for size in range(1, len(leaves) + 1):
        assert ours.root(size) == theirs.get_root(size)


@given(st.integers(1, 70), st.data())
def test_every_entry_is_proved_and_nothing_else(size: int, data: st.DataObject) -> None:
    tree = Tree([bytes([number]) for number in range(size)])
    seq = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion(tree.nodes, seq, size)
    assert merkle.included(tree.leaves[seq], seq, size, proof, tree.root(size))
    assert not merkle.included(merkle.leaf_hash(b"forged"), seq, size, proof, tree.root(size))
    assert not merkle.included(tree.leaves[seq], seq, size, [*proof, b"\0" * 32], tree.root(size))
    assert not any(merkle.included(tree.leaves[seq], other, size, proof, tree.root(size)) for other in range(size + 1) if other != seq)


@given(st.integers(1, 70), st.data())
def test_an_older_root_is_proved_and_a_rewritten_one_is_not(size: int, data: st.DataObject) -> None:
    tree = Tree([bytes([number]) for number in range(size)])
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency(tree.nodes, old, size)
    now = (size, tree.root(size))
    assert merkle.consistent((old, tree.root(old)), now, proof)
    rewritten = Tree([b"another", *[bytes([number]) for number in range(1, size)]])
    assert not merkle.consistent((old, rewritten.root(old)), now, proof)
    assert not merkle.consistent((old, tree.root(old)), now, [*proof, b"\0" * 32])
