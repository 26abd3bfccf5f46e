"""The tree over the log, against the published test vectors of certificate transparency and the RFC's own example."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.review.merkle import (
    EMPTY,
    Frontier,
    consistency,
    corners,
    inclusion,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    root,
)

many = settings(max_examples=100)

#: Leaves, heads and proofs of the reference implementation (google/trillian, testonly, and its merkle tree tests).
REFERENCE = [
    leaf_hash(bytes.fromhex(octets))
    for octets in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
HEADS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
PROOFS = {
    (1, 1): [],
    (1, 8): PATHS[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
MANY = [leaf_hash(bytes([number])) for number in range(70)]


def test_heads_are_the_published_ones() -> None:
    assert [root(REFERENCE[:size]).hex() for size in range(9)] == HEADS
    assert hashlib.sha256().digest() == EMPTY


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_paths_are_the_published_ones(index: int, size: int) -> None:
    assert [step.hex() for step in inclusion(REFERENCE[:size], index)] == PATHS[index, size]


@pytest.mark.parametrize(("size", "whole"), PROOFS)
def test_proofs_are_the_published_ones(size: int, whole: int) -> None:
    assert [step.hex() for step in consistency(REFERENCE[:whole], size)] == PROOFS[size, whole]


def test_the_example_of_the_rfc() -> None:
    """RFC 6962, 2.1.3: a tree of seven leaves, its nodes by the letters that stand there."""
    a, b, c, d, e, f, j = leaves = [leaf_hash(f"d{number}".encode()) for number in range(7)]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, inner = node_hash(g, h), node_hash(i, j)
    assert root(leaves) == node_hash(k, inner)
    assert inclusion(leaves, 0) == [b, h, inner]
    assert inclusion(leaves, 3) == [c, g, inner]
    assert inclusion(leaves, 4) == [f, j, k]
    assert inclusion(leaves, 6) == [i, k]
    assert consistency(leaves, 3) == [c, d, g, inner]
    assert consistency(leaves, 4) == [inner]
    assert consistency(leaves, 6) == [i, j, k]


def test_every_path_proves_its_leaf_and_no_other() -> None:
    for size in (1, 2, 3, 7, 8, 11, 64, 70):
        head = root(MANY[:size])
        for index in range(size):
            path = inclusion(MANY[:size], index)
            assert proves_inclusion(MANY[index], index, size, path, head)
            assert not proves_inclusion(MANY[index - 1], index, size, path, head) or size == 1
            assert not proves_inclusion(MANY[index], index, size, [*path, head], head)
            assert not proves_inclusion(MANY[index], index, size, path, EMPTY)
            assert not proves_inclusion(MANY[index], size, size, path, head)


@many
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 69))
def test_a_proof_shows_growth_and_nothing_else(one: int, other: int, changed: int) -> None:
    size, whole = sorted((one, other))
    older, newer = (size, root(MANY[:size])), (whole, root(MANY[:whole]))
    proof = consistency(MANY[:whole], size)
    assert proves_consistency(older, newer, proof)
    rewritten = [*MANY[:whole]]
    rewritten[changed % size] = leaf_hash(b"rewritten")
    after = (whole, root(rewritten))
    assert not proves_consistency(older, after, consistency(rewritten, size))
    assert not proves_consistency(older, newer, [*proof, EMPTY])


@many
@given(st.integers(0, 2000))
def test_a_frontier_ends_where_its_size_says(size: int) -> None:
    widths = [after - before for before, after in zip([0, *corners(size)], corners(size), strict=False)]
    assert sum(widths) == size
    assert widths == sorted({1 << bit for bit in range(11) if size >> bit & 1}, reverse=True)
    frontier = Frontier()
    for number in range(size % 70):
        frontier = frontier.grown(MANY[number])
    assert len(frontier.subtrees) == len(corners(size % 70))
