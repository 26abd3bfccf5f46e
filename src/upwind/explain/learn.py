"""Profiles of the literature -> the few mean compositions that the package keeps."""

from __future__ import annotations

import math

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.explain.profiles import CLASSES, Profiles

__all__ = ["compositions"]

_MOST_ROUNDS = 30


def compositions(shares: FloatArray, keys: tuple[str, ...], classes: IntArray, references: IntArray) -> Profiles:
    """Return mean compositions: of n profiles of one class and reference, at most the root of n groups.

    Parameters
    ----------
    shares
        Shape (profile, species). [wt%]
    keys
        Of the species; those named twice are added.
    classes, references
        Shape (profile,).
    """
    names, places = np.unique(np.array(keys), return_inverse=True)
    table = np.zeros((len(keys), len(names)))
    table[np.arange(len(keys)), places] = 1.0
    shares = shares @ table
    rows, of_class, of_reference, weights = [], [], [], []
    for each in range(len(CLASSES)):
        own = classes == each
        total = sum(math.sqrt(np.sum(own & (references == name))) for name in np.unique(references[own]))
        for name in np.unique(references[own]):
            chosen = shares[own & (references == name)]
            for group in _groups(chosen, math.ceil(math.sqrt(len(chosen)))):
                rows.append(chosen[group].mean(axis=0))
                of_class.append(each)
                of_reference.append(int(name))
                weights.append(float(group.sum()) / math.sqrt(len(chosen)) / total)
    return Profiles(
        keys=tuple(map(str, names)),
        shares=np.array(rows),
        classes=np.array(of_class, dtype=np.int64),
        references=np.array(of_reference, dtype=np.int64),
        weights=np.array(weights),
    )


def _groups(shares: FloatArray, count: int) -> list[BoolArray]:
    """Return groups of like composition: k-means on the roots of the shares (Hellinger), from far-apart starts."""
    roots = np.sqrt(shares)
    starts = [int(np.argmin(((roots - roots.mean(axis=0)) ** 2).sum(axis=1)))]
    away = ((roots - roots[starts[0]]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        starts.append(int(np.argmax(away)))
        away = np.minimum(away, ((roots - roots[starts[-1]]) ** 2).sum(axis=1))
    centres = roots[starts]
    nearest = np.full(len(roots), -1)
    for _ in range(_MOST_ROUNDS):
        distance = (roots**2).sum(axis=1)[:, None] - 2.0 * roots @ centres.T + (centres**2).sum(axis=1)
        moved = distance.argmin(axis=1)
        if (moved == nearest).all():
            break
        nearest = moved
        filled = np.unique(nearest)
        centres = np.array([roots[nearest == each].mean(axis=0) for each in filled])
        nearest = np.searchsorted(filled, nearest)
    return [nearest == each for each in np.unique(nearest)]
