"""Merkle trees as in RFC 9162, section 2.1. Pure: hashes in, hashes out.

A node is named by its level (0 for leaves) and its index in that level; only perfect subtrees are named, and they never change
while the tree grows.
"""

import hashlib
from collections.abc import Callable, Sequence

Nodes = Callable[[int, int], bytes]
"""The hash of a perfect subtree: (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf, section 2.1.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node, section 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(seq: int, leaf: bytes, nodes: Nodes) -> list[tuple[int, int, bytes]]:
    """The nodes (level, index, hash), lowest first and without the leaf, that the leaf with that number completes."""
    found, level, index, value = [], 0, seq, leaf
    while index % 2:
        value = node_hash(nodes(level, index - 1), value)
        level, index = level + 1, index // 2
        found.append((level, index, value))
    return found


def root(nodes: Nodes, size: int) -> bytes:
    """The hash of the tree over the first `size` leaves, section 2.1.1."""
    return _subtree(nodes, 0, size)


def inclusion(nodes: Nodes, seq: int, size: int) -> list[bytes]:
    """PATH of section 2.1.3.1: what proves that leaf `seq` is in the tree of that size, 0 <= seq < size."""
    return _path(nodes, seq, 0, size)


def consistency(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """PROOF of section 2.1.4.1: what proves that the tree of size `old` is the beginning of this one, 0 < old <= size."""
    return _subproof(nodes, old, 0, size, whole=True)


def included(leaf: bytes, seq: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof shows the leaf in the tree with that root, section 2.1.3.2."""
    if not 0 <= seq < size:
        return False
    at, last, value = seq, size - 1, leaf
    for hash_ in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            value = node_hash(hash_, value)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            value = node_hash(value, hash_)
        at, last = at // 2, last // 2
    return last == 0 and value == root_hash


def consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the new tree (size, root) begins with the old one, section 2.1.4.2."""
    (old_size, old_root), (size, new_root) = old, new
    if old_size == size:
        return not proof and old_root == new_root
    if not 0 < old_size < size:
        return False
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at % 2:
        at, last = at // 2, last // 2
    first = second = path[0]
    for hash_ in path[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            first, second = node_hash(hash_, first), node_hash(hash_, second)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            second = node_hash(second, hash_)
        at, last = at // 2, last // 2
    return first == old_root and second == new_root and last == 0


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _subtree(nodes: Nodes, begin: int, end: int) -> bytes:
    size = end - begin
    if size == 0:
        return hashlib.sha256().digest()
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, begin >> level)
    middle = begin + _split(size)
    return node_hash(_subtree(nodes, begin, middle), _subtree(nodes, middle, end))


def _path(nodes: Nodes, seq: int, begin: int, end: int) -> list[bytes]:
    if end - begin == 1:
        return []
    middle = begin + _split(end - begin)
    if seq < middle:
        return [*_path(nodes, seq, begin, middle), _subtree(nodes, middle, end)]
    return [*_path(nodes, seq, middle, end), _subtree(nodes, begin, middle)]


def _subproof(nodes: Nodes, old: int, begin: int, end: int, *, whole: bool) -> list[bytes]:
    if old == end:
        return [] if whole else [_subtree(nodes, begin, end)]
    middle = begin + _split(end - begin)
    if old <= middle:
        return [*_subproof(nodes, old, begin, middle, whole=whole), _subtree(nodes, middle, end)]
    return [*_subproof(nodes, old, middle, end, whole=False), _subtree(nodes, begin, middle)]
