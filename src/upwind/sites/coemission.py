"""Whether two gases of a flight come from one place, as its readings say it.

What one place lets out travels in one air: along a flight, the excesses x and y of its gases over their backgrounds
keep one ratio, and those of gases from places tens of metres apart do not. Their agreement ::

    a = sum x y / sqrt((sum x^2 - n s_x^2) (sum y^2 - n s_y^2))

over the n readings in which either stands out of its noise s is 1 where the ratio holds. The weight of evidence for
one place is linear in it: a logistic regression on simulated cities (`python -m validation.coemission`), held to what
so few cities can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.records import Track
from upwind.sites.evidence import Sighting

__all__ = ["agreement", "alike", "beyond", "most_beside", "weight_of"]

#: Weight of evidence for one place: SLOPE (a - EVEN), and no more than MOST either way. [nats]
EVEN, SLOPE, MOST = 0.7, 14.0, 4.0
#: A background is this quantile of the readings within so long before and after, taken so often. [s]
_QUANTILE, _ABOUT_S, _EVERY_S = 0.4, 60.0, 10.0
#: Fewer readings than this about one have no background of their own.
_FEWEST_ABOUT = 30
#: Of the ratios along a flight this quantile bounds one place's: others can only add to it. And so much noise. [sigma]
_LOW, _NOISES = 0.3, 2.0
#: What stands out does so by so many standard deviations; where a gas has fewer such readings, nothing is said.
_SIGMAS, _FEWEST = 3.0, 5


def alike(tracks: Sequence[Track], sightings: Sequence[Sighting]) -> dict[tuple[str, str], float]:
    """Return what the readings of one flight say for one place, for each pair of its sightings' keys in order. [nats]

    Nothing is said of a gas of which it saw several sources: its readings are not told apart.
    """
    gases = [one.source.gas for one in sightings]
    lone = [one for one in sightings if gases.count(one.source.gas) == 1]
    said = {}
    for one, other in combinations(sorted(lone, key=lambda each: each.key), 2):
        excesses = [_excesses(track, one.source.gas, other.source.gas) for track in tracks]
        found = agreement(np.concatenate(excesses, axis=1))
        if found is not None:
            said[one.key, other.key] = weight_of(found)
    return said


def weight_of(found: float) -> float:
    """Return the weight of evidence of an agreement for one place. [nats]"""
    return float(np.clip(SLOPE * (found - EVEN), -MOST, MOST))


def agreement(excess: FloatArray) -> float | None:
    """Return how well excesses (gas, reading) of two gases keep one ratio, at most 1; None where too few stand out."""
    below = [values[values < 0.0] for values in excess]
    if min(values.size for values in below) < _FEWEST:
        return None
    noise = np.array([np.sqrt(np.mean(values**2)) for values in below])
    out = excess > _SIGMAS * noise[:, None]
    rows = excess[:, out.any(axis=0)]
    power = (rows**2).sum(axis=1) - rows.shape[1] * noise**2
    if out.sum(axis=1).min() < _FEWEST or not (power > 0.0).all():
        return None
    return min(float((rows[0] * rows[1]).sum() / np.sqrt(power.prod())), 1.0)


def most_beside(tracks: Sequence[Track], found: str, other: str) -> float | None:
    """Return the most that a place which emits one gas can emit of another, as a ratio of readings; None: no telling.

    Wherever the one stands out, the other is at least the place's share of it, whatever else is in the air.
    """
    excess = np.concatenate([_excesses(track, found, other) for track in tracks], axis=1)
    below = [values[values < 0.0] for values in excess]
    if min(values.size for values in below) < _FEWEST:
        return None
    noise = [float(np.sqrt(np.mean(values**2))) for values in below]
    one, beside = excess[:, excess[0] > _SIGMAS * noise[0]]
    if one.size < _FEWEST:
        return None
    ratio = beside / one
    order = np.argsort(ratio)
    low = float(ratio[order][np.searchsorted(np.cumsum(one[order]), _LOW * one.sum())])
    return max(low, 0.0) + _NOISES * noise[1] / float(np.median(one))


def _excesses(track: Track, *names: str) -> FloatArray:
    """Return what gases have beyond their backgrounds where all were read, (gas, reading); none where nobody knows."""
    values = {gas.name: gas.values for gas in track.gases}
    nothing = np.empty((len(names), 0))
    if not set(names) <= set(values):
        return nothing
    read = np.array([values[name] for name in names])
    parts = [nothing]
    for sensor in np.unique(track.sensor):
        rows = (track.sensor == sensor) & np.isfinite(read).all(axis=0)
        parts.append(beyond(track.time[rows], read[:, rows]))
    return np.concatenate(parts, axis=1)


def beyond(time: FloatArray, read: FloatArray) -> FloatArray:
    """Return one sensor's readings less their background, without those that have too few about them."""
    if time.size < _FEWEST_ABOUT:
        return read[:, :0]
    knots = np.arange(time[0], time[-1] + _EVERY_S, _EVERY_S)
    about = [_near(time, knot) for knot in knots]
    known = [number for number, rows in enumerate(about) if rows.sum() >= _FEWEST_ABOUT]
    if not known:
        return read[:, :0]
    ground = np.array([np.quantile(read[:, about[number]], _QUANTILE, axis=1) for number in known])
    within = (time >= knots[known[0]]) & (time <= knots[known[-1]])
    return np.array([values - np.interp(time, knots[known], of) for values, of in zip(read, ground.T, strict=True)])[
        :, within
    ]


def _near(time: FloatArray, knot: float) -> BoolArray:
    return np.abs(time - knot) <= _ABOUT_S
