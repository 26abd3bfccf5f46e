"""The tree over the log: heads that prove what stands in it, and that nothing was taken out or changed since.

The hash tree of certificate transparency: leaves are hashed under the prefix 0x00, nodes under 0x01, and a tree of n
leaves splits at the largest power of two below n.

References
----------
RFC 6962, Certificate Transparency, section 2.1 (hash trees, audit paths, consistency proofs).
RFC 9162, section 2.1.3.2 and 2.1.4.2 (how proofs are verified).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "EMPTY",
    "Frontier",
    "consistency",
    "corners",
    "inclusion",
    "leaf_hash",
    "node_hash",
    "proves_consistency",
    "proves_inclusion",
    "root",
]

#: The head of a tree without leaves.
EMPTY = hashlib.sha256().digest()


def leaf_hash(octets: bytes) -> bytes:
    """Return the hash of an entry's bytes."""
    return hashlib.sha256(b"\x00" + octets).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the head of the tree over leaves that are hashed already."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.grown(leaf)
    return frontier.root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The perfect subtrees that a tree consists of, widest first: all that is needed to let it grow."""

    size: int = 0
    subtrees: tuple[bytes, ...] = ()

    def grown(self, leaf: bytes) -> Frontier:
        """Return the frontier with one leaf more; its last subtree is the widest that ends at that leaf."""
        size, subtrees, carry = self.size + 1, list(self.subtrees), leaf
        while not size & 1:
            carry, size = node_hash(subtrees.pop(), carry), size >> 1
        return Frontier(self.size + 1, (*subtrees, carry))

    @property
    def root(self) -> bytes:
        """The head of the tree."""
        if not self.subtrees:
            return EMPTY
        *wider, head = self.subtrees
        for subtree in reversed(wider):
            head = node_hash(subtree, head)
        return head


def corners(size: int) -> list[int]:
    """Return after which leaves the subtrees of a frontier end, widest first.

    Examples
    --------
    >>> corners(13)  # 8 and 4 and 1
    [8, 12, 13]
    """
    ends = []
    while size:
        ends.append(size)
        size &= size - 1
    return ends[::-1]


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the path that proves that leaf `index` (from 0) is in the tree over `leaves`, from the leaf up."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion(leaves[:split], index), root(leaves[split:])]
    return [*inclusion(leaves[split:], index - split), root(leaves[:split])]


def consistency(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """Return the proof that the tree over the first `size` leaves (1 or more) is the beginning of the one over all."""
    return [] if size == len(leaves) else _consistency(leaves, size, is_whole=True)


def _consistency(leaves: Sequence[bytes], size: int, *, is_whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if is_whole else [root(leaves)]
    split = _split(len(leaves))
    if size <= split:
        return [*_consistency(leaves[:split], size, is_whole=is_whole), root(leaves[split:])]
    return [*_consistency(leaves[split:], size - split, is_whole=False), root(leaves[:split])]


def proves_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Return whether a path proves that a hashed leaf is number `index` (from 0) of the `size` under `head`."""
    if not 0 <= index < size:
        return False
    last, found = size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(step, found)
            index, last = _risen(index, last)
        else:
            found = node_hash(found, step)
        index, last = index >> 1, last >> 1
    return last == 0 and found == head


def proves_consistency(older: tuple[int, bytes], newer: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that one head's tree is the beginning of another's; heads are size and root."""
    (size, head), (new_size, new_head) = older, newer
    if not 0 < size <= new_size:
        return False
    if size == new_size:
        return not proof and head == new_head
    path = list(proof) if size & (size - 1) else [head, *proof]
    if not path:
        return False
    index, last = _trimmed(size - 1, new_size - 1)
    found = new_found = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            found, new_found = node_hash(step, found), node_hash(step, new_found)
            index, last = _risen(index, last)
        else:
            new_found = node_hash(new_found, step)
        index, last = index >> 1, last >> 1
    return last == 0 and found == head and new_found == new_head


def _split(size: int) -> int:
    """Return the largest power of two below a size."""
    return 1 << (size - 1).bit_length() - 1


def _risen(index: int, last: int) -> tuple[int, int]:
    """Return a place and the last one at the height where the place is a right child or the very first."""
    while not index & 1 and index:
        index, last = index >> 1, last >> 1
    return index, last


def _trimmed(index: int, last: int) -> tuple[int, int]:
    """Return a place and the last one at the height where the place is a left child."""
    while index & 1:
        index, last = index >> 1, last >> 1
    return index, last
