"""Which sightings are of one place: a partition, by how much likelier one place is than several.

Emitters lie about as a Poisson process of intensity L. With p_i the densities of position of sightings i and q_f those
of flights f, whose sightings are pooled, sightings are of one place rather than of as many as there are with the Bayes
factor ::

    int prod_f q_f dx  prod_f [B_f int prod_(i in f) p_i dx]  (c / L)^(n - 1)

c is the chance that a site shows itself once more (or another of its gases) for every sighting beyond the first, and
B_f what the readings of a flight say of its gases (`coemission`). Starting from single sightings, the two groups that
gain most are joined, until none gains: no order matters. Two sources that a locator told apart in one gas of one flight
are never one, and groups that were already decided upon are not joined by it.

Positions err together: gases of one flight share its wind and its way, and all flights share the model of the plume. So
what pools n of correlation r is their product to the power 1 / (1 + (n - 1) r): as wide as the mean of n such errors,
and never sharper than what they share.

A density is that of the draws, smoothed by half its own width, with a wide part: what a locator claims of its own
accuracy is somewhat off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import frame_of
from upwind.sites.evidence import About, Sighting

__all__ = ["joint_places", "partition"]

#: r of one flight's gases, and of flights. Chosen by what regions hold (`python -m validation.fuse`).
_IN_FLIGHT, _BETWEEN = 0.8, 0.2
#: No position is known better. [m]
_LEAST_M = 5.0
#: Smoothing, the wide part's width, both in standard deviations, and the wide part's share.
_SMOOTH, _WIDE, _SHARE = 0.5, 3.0, 0.2


def partition(sightings: Sequence[Sighting], known: Mapping[str, str], about: About) -> list[list[Sighting]]:
    """Return groups of sightings, each of one place; `known` maps keys to sites that they were found to be of."""
    ordered = sorted(sightings, key=lambda one: (one.time, one.key))
    if not ordered:
        return []
    beliefs = _Beliefs(ordered, about)
    groups = [[number] for number, one in enumerate(ordered) if one.key not in known]
    settled = [
        [number for number, one in enumerate(ordered) if known.get(one.key) == site]
        for site in sorted(set(known.values()))
    ]
    groups = [group for group in settled if group] + groups
    fixed = {tuple(group) for group in settled}
    worth = {tuple(group): beliefs.worth(group) for group in groups}
    while (best := _best(beliefs, groups, worth, fixed)) is not None:
        one, other = best
        both = sorted(one + other)
        if tuple(one) in fixed or tuple(other) in fixed:
            fixed.add(tuple(both))
        worth[tuple(both)] = beliefs.worth(both)
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
    flights = [_pooled(logs[rows], _IN_FLIGHT) for rows in _by_flight(ordered).values()]
    weight = np.exp(_pooled(np.array(flights), _BETWEEN) - _mixture(logs))
    levels = (np.arange(len(ordered[0].places)) + 0.5) / len(ordered[0].places)
    chosen = np.searchsorted(np.cumsum(weight) / weight.sum(), levels)
    return np.asarray(places[np.minimum(chosen, len(places) - 1)])


class _Beliefs:
    """What is believed of groups of sightings, in the order of time; `worth` of one alone is 0."""

    def __init__(self, ordered: Sequence[Sighting], about: About) -> None:
        self.ordered, self._about = ordered, about
        self._logs = _densities(ordered).reshape(len(ordered), len(ordered), -1)

    def worth(self, group: Sequence[int]) -> float:
        """Return the log likelihood that a group is one place, against as many as it has sightings."""
        logs = self._logs[np.ix_(group, group)].reshape(len(group), -1)
        mixture = _mixture(logs)
        own = [self.ordered[number] for number in group]
        value, flights = 0.0, []
        for rows in _by_flight(own).values():
            value += _integral(logs[rows].sum(axis=0) - mixture)
            value += self._about.told([own[row].key for row in rows])
            pooled = _pooled(logs[rows], _IN_FLIGHT)
            flights.append(pooled - _integral(pooled - mixture))
        value += _integral(np.sum(flights, axis=0) - mixture)
        return value + self._about.expects(own)


def _best(
    beliefs: _Beliefs,
    groups: Sequence[list[int]],
    worth: dict[tuple[int, ...], float],
    fixed: set[tuple[int, ...]],
) -> tuple[list[int], list[int]] | None:
    """Return the two groups that gain most by being one; None where none gains."""
    best, most = None, 0.0
    for number, one in enumerate(groups):
        for other in groups[number + 1 :]:
            if (tuple(one) in fixed and tuple(other) in fixed) or _told_apart(beliefs.ordered, one, other):
                continue
            key = tuple(sorted(one + other))
            if key not in worth:
                worth[key] = beliefs.worth(list(key))
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


def _by_flight(ordered: Sequence[Sighting]) -> dict[str, list[int]]:
    """Return the numbers of each flight's sightings."""
    rows: dict[str, list[int]] = {}
    for number, one in enumerate(ordered):
        rows.setdefault(one.flight, []).append(number)
    return rows


def _pooled(logs: FloatArray, correlation: float) -> FloatArray:
    """Return the log of densities' product, to the power that their correlation leaves."""
    return np.asarray(logs.sum(axis=0) / (1.0 + (len(logs) - 1) * correlation))


def _mixture(logs: FloatArray) -> FloatArray:
    """Return the log density that the draws of all sightings are of."""
    return np.asarray(np.logaddexp.reduce(logs, axis=0) - np.log(len(logs)))


def _integral(values: FloatArray) -> float:
    """Return the log of an integral, by log integrand over mixture at the mixture's draws."""
    return float(np.logaddexp.reduce(values) - np.log(len(values)))
