"""Which sightings are of one place: a partition, by how much likelier one place is than several.

Sites lie about as a Poisson process of intensity L. Sightings with densities of position p_i are of one place rather
than of as many as there are with the Bayes factor ``int prod p_i dx / L^(n-1)``, times the chance c that a site shows
itself once more (or another of its gases) for every sighting beyond the first. Starting from single sightings, the two
groups that gain most are joined, until none gains: no order matters. Two sources that a locator told apart in one gas
of one flight are never one, and groups that were already decided upon are not joined by it.

A density is that of the draws, smoothed by half its own width, with a wide part: what a locator claims of its own
accuracy is somewhat off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import frame_of
from upwind.sites.evidence import Sighting

__all__ = ["SITES_PER_KM2", "joint_places", "partition"]

#: L: emitting sites in a square kilometre of a settled place. A choice.
SITES_PER_KM2 = 1.0
#: c.
_AGAIN = 0.3
#: No position is known better. [m]
_LEAST_M = 5.0
#: Smoothing, the wide part's width, both in standard deviations, and the wide part's share.
_SMOOTH, _WIDE, _SHARE = 0.5, 3.0, 0.2


def partition(sightings: Sequence[Sighting], known: Mapping[str, str]) -> list[list[Sighting]]:
    """Return groups of sightings, each of one place; `known` maps keys to sites that they were found to be of."""
    ordered = sorted(sightings, key=lambda one: (one.time, one.key))
    if not ordered:
        return []
    logs = _densities(ordered)
    groups = [[number] for number, one in enumerate(ordered) if one.key not in known]
    settled = [
        [number for number, one in enumerate(ordered) if known.get(one.key) == site]
        for site in sorted(set(known.values()))
    ]
    groups = [group for group in settled if group] + groups
    fixed = {tuple(group) for group in settled}
    worth = {tuple(group): _worth(logs, group) for group in groups}
    while (best := _best(ordered, logs, groups, worth, fixed)) is not None:
        one, other = best
        both = sorted(one + other)
        if tuple(one) in fixed or tuple(other) in fixed:
            fixed.add(tuple(both))
        worth[tuple(both)] = _worth(logs, both)
        groups = [group for group in groups if group not in (one, other)] + [both]
    return [[ordered[number] for number in group] for group in sorted(groups)]


def joint_places(sightings: Sequence[Sighting]) -> FloatArray:
    """Return equally likely positions of one place that all sightings are of, (draw, 2). [deg]

    They are the sightings' own draws, taken as often as the product of the densities bids.
    """
    if len(sightings) == 1:
        return sightings[0].places
    ordered = sorted(sightings, key=lambda one: (one.time, one.key))
    places = np.concatenate([one.places for one in ordered])
    logs = _densities(ordered)
    weight = np.exp(_product(logs, list(range(len(ordered)))))
    levels = (np.arange(len(ordered[0].places)) + 0.5) / len(ordered[0].places)
    chosen = np.searchsorted(np.cumsum(weight) / weight.sum(), levels)
    return np.asarray(places[np.minimum(chosen, len(places) - 1)])


def _best(
    ordered: Sequence[Sighting],
    logs: FloatArray,
    groups: Sequence[list[int]],
    worth: dict[tuple[int, ...], float],
    fixed: set[tuple[int, ...]],
) -> tuple[list[int], list[int]] | None:
    """Return the two groups that gain most by being one; None where none gains."""
    best, most = None, 0.0
    for number, one in enumerate(groups):
        for other in groups[number + 1 :]:
            if (tuple(one) in fixed and tuple(other) in fixed) or _told_apart(ordered, one, other):
                continue
            key = tuple(sorted(one + other))
            if key not in worth:
                worth[key] = _worth(logs, list(key))
            gain = worth[key] - worth[tuple(one)] - worth[tuple(other)]
            if gain > most:
                best, most = (one, other), gain
    return best


def _told_apart(ordered: Sequence[Sighting], one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether a locator found both in one gas of one flight."""
    of = {(ordered[number].flight, ordered[number].source.gas) for number in one}
    return any((ordered[number].flight, ordered[number].source.gas) in of for number in other)


def _densities(ordered: Sequence[Sighting]) -> FloatArray:
    """Return each sighting's log density at the draws of all, one after another, (sighting, draw). [m-2]"""
    every = np.concatenate([one.places for one in ordered])
    frame = frame_of(every[:, 0], every[:, 1])
    points = np.column_stack(frame.to_local(every[:, 0], every[:, 1]))
    ends = np.cumsum([0, *(len(one.places) for one in ordered)])
    logs = np.empty((len(ordered), len(points)))
    for number in range(len(ordered)):
        own = points[ends[number] : ends[number + 1]]
        width = float(np.sqrt(0.5 * own.var(axis=0).sum()))
        smooth = np.hypot(_SMOOTH * width, _LEAST_M)
        wide = np.hypot(_WIDE * width, _LEAST_M)
        square = ((points[:, None, :] - own[None, :, :]) ** 2).sum(axis=2)
        near = np.exp(-0.5 * square / smooth**2).mean(axis=1) / (2.0 * np.pi * smooth**2)
        away = ((points - np.median(own, axis=0)) ** 2).sum(axis=1)
        # A Cauchy-like tail (Student's t of 3 degrees, two dimensions): no distance is impossible.
        far = 1.0 / (2.0 * np.pi * wide**2) * (1.0 + away / (3.0 * wide**2)) ** -2.5
        logs[number] = np.log((1.0 - _SHARE) * near + _SHARE * far)
    return logs


def _product(logs: FloatArray, group: Sequence[int]) -> FloatArray:
    """Return the log of the group's product of densities over their mean, at all of the draws."""
    of = logs[list(group)]
    return np.asarray(of.sum(axis=0) - np.logaddexp.reduce(of, axis=0) + np.log(len(of)))


def _worth(logs: FloatArray, group: Sequence[int]) -> float:
    """Return the log likelihood that a group is one place, against as many as it has sightings; one alone is 0."""
    if len(group) == 1:
        return 0.0
    values = _product(logs.reshape(len(logs), len(logs), -1)[:, list(group)].reshape(len(logs), -1), group)
    integral = np.logaddexp.reduce(values) - np.log(len(values))
    return float(integral + (len(group) - 1) * np.log(_AGAIN / (SITES_PER_KM2 * 1e-6)))
