"""Noise and ambient of readings that stand each for themselves, and what each of them counts."""

from __future__ import annotations

import math

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.invert.observations import Observations

__all__ = ["SLOW_NODES_S", "ambient_of_each", "is_series", "noise_of_each", "weight_of_each"]

#: A sensor with fewer readings says nothing of its own noise and offset.
_FEW = 8
#: The ambient has no more nodes in time than this.
_MOST_NODES = 32
#: Nodes of the ambient lie no closer than this where readings are slow. [s]
SLOW_NODES_S = 1800.0
#: Readings within so long are of one moment. [s]
_MOMENT_S = 30.0


def is_series(o: Observations) -> bool:
    """Tell whether sensors read often enough for noise and ambient to show by themselves."""
    return len(o.time) > _FEW * len(o.sensors)


def noise_of_each(o: Observations) -> FloatArray:
    """Return the noise of each reading: from differences between successive readings, or from their range."""
    values = o.values[0]
    noise = np.empty(len(values))
    usual = 0.004 * float(np.ptp(values)) + 1e-12
    for number in range(len(o.sensors)):
        at = np.flatnonzero(o.sensor == number)
        if len(at) < _FEW:
            noise[at] = usual
            continue
        steps = np.abs(np.diff(values[at]))
        quiet = np.quantile(steps, 0.35) / 0.454 / math.sqrt(2.0)
        positive = steps[steps > 0]
        quantum = 0.3 * float(positive.min()) if len(positive) else usual
        noise[at] = max(quiet, quantum, 1e-9)
    return noise


def ambient_of_each(
    o: Observations, noise: FloatArray, drift_nodes_s: float
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return the ambient's basis and prior: a common random walk, and an offset for each sensor with enough to say."""
    nodes, place, part = _nodes(o, drift_nodes_s)
    many = [n for n in range(len(o.sensors)) if (o.sensor == n).sum() >= _FEW] if len(o.sensors) > 1 else []
    column = {n: nodes + i for i, n in enumerate(many)}
    basis_at = np.column_stack([place, np.minimum(place + 1, nodes - 1), [column.get(int(s), 0) for s in o.sensor]])
    offset = np.array([float(int(s) in column) for s in o.sensor])
    basis = np.column_stack([1.0 - part, part, offset])
    values = o.values[0]
    middle = {n: float(np.quantile(values[o.sensor == n], 0.25)) for n in many}
    low = float(np.quantile(values, 0.2 if is_series(o) else 0.03))
    level = float(np.median(list(middle.values()))) if many else low
    mean = np.concatenate([np.full(nodes, level), [middle[n] - level for n in many]])
    scale = float(np.median(noise))
    lows = _lows(values - np.array([middle.get(int(s), level) for s in o.sensor]), place, nodes)
    drift = max(1.5 * scale, 1.2 * float(np.median(np.abs(np.diff(lows)))) if len(lows) > 2 else 0.0)
    shown = bool(many) or o.moves
    wide = max(5.0 * scale, float(np.quantile(values, 0.5) - np.quantile(values, 0.02))) if shown else 3.0 * scale
    precision = np.zeros((len(mean), len(mean)))
    for node in range(nodes - 1):
        precision[node : node + 2, node : node + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / drift**2
    precision[0, 0] += 1.0 / wide**2
    for n in many:
        precision[column[n], column[n]] += 1.0 / (wide + scale) ** 2
    return basis_at.astype(np.int64), basis, mean, precision


def _nodes(o: Observations, drift_nodes_s: float) -> tuple[int, IntArray, FloatArray]:
    """Return how many nodes in time the ambient has, the one before each reading, and the way to the next (0-1)."""
    span = float(np.ptp(o.time))
    spacing = drift_nodes_s if o.moves else max(SLOW_NODES_S, span / 30.0)
    nodes = max(1, min(int(span / spacing) + 1, _MOST_NODES))
    at = np.linspace(o.time[0], o.time[-1] + 1e-6, nodes) if nodes > 1 else o.time[:1]
    place = np.clip(np.searchsorted(at, o.time, side="right") - 1, 0, max(nodes - 2, 0))
    part = (o.time - at[place]) / (at[place + 1] - at[place]) if nodes > 1 else np.zeros(len(o.time))
    return nodes, place, part


def _lows(values: FloatArray, place: IntArray, nodes: int) -> FloatArray:
    """Return the lower quartile of the values about each node that has enough."""
    return np.array([np.quantile(values[place == n], 0.25) for n in range(nodes) if (place == n).sum() >= 4])


def weight_of_each(o: Observations, correlation_s: float, snapshot: float) -> FloatArray:
    """Return the share of an independent reading that each reading is."""
    weight = np.ones(len(o.time))
    for number in range(len(o.sensors)):
        at = np.flatnonzero(o.sensor == number)
        if len(at) > 2 and o.moving[at[0]] > 0.5:
            weight[at] = np.clip(np.gradient(o.time[at]), 0.1, correlation_s) / correlation_s
    return weight * _snapshot_share(o, snapshot)


def _snapshot_share(o: Observations, snapshot: float) -> FloatArray:
    """Return the share left to readings of one moment: they see one plume, with one error of height, width and way."""
    values = o.values[0]
    above = values - np.quantile(values, 0.1) > 0.02 * np.ptp(values)
    _, moment = np.unique(np.round(o.time / _MOMENT_S), return_inverse=True)
    inside = np.bincount(moment, above)
    return np.minimum(1.0, snapshot / np.maximum(inside, 1.0))[moment]
