"""Sources that tracks located, gas by gas, at one place -> what they are together: rates are a composition.

Gases let out together have one position, and the ratios of their rates are the composition of what is let out. Each
gas was located by itself, so the errors that its rate shares with the others' (the distance, above all) are taken out
where the draws of the posteriors are at hand. Without them the errors count as free of each other, which claims less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.compounds.species import keys_of, meant
from upwind.explain.answer import explain
from upwind.explain.neighbourhood import Neighbourhood, explain_there
from upwind.explain.profiles import Profiles
from upwind.explain.whereabouts import Whereabouts, laid_over, of_source
from upwind.records import Estimate, Explained, Reading, Sample, Source

__all__ = ["from_sources"]

_LEVEL = 0.9


def from_sources(
    sources: Sequence[Source],
    whereabouts: Sequence[Whereabouts] = (),
    neighbourhood: Neighbourhood | None = None,
    profiles: Profiles | None = None,
    not_found: Mapping[str, float] | None = None,
    sensor: str = "",
) -> Explained:
    """Return what explains sources that are one place.

    Parameters
    ----------
    sources
        Of one gas or several, of one flight or several; whoever calls says that they are one place.
    whereabouts
        Of each source, in the same order, as `whereabouts.of_posterior` makes them; without: by the sources' regions.
    neighbourhood
        The map and the time; its own whereabouts are replaced by those of the sources, laid over each other.
    profiles
        Benign compositions; by default those that come with the package.
    not_found
        Gases that were looked for and not found there, and the most that there could be. [kg/h]
    sensor
        What all of them were read with: a "PTR-MS" may have smelled another gas of the same mass.

    Returns
    -------
    Explained
        `composition` is what each gas makes of all that were located. A gas without a rate, or that no table knows, is
        under `not_recognised`: it names nothing.
    """
    there, by_source = laid_over(whereabouts or [of_source(source) for source in sources])
    logs = _by_gas(sources, by_source, there.weight)
    if logs:  # flights that saw one gas saw one emission of it
        there = replace(there, emission_rate=np.exp(list(logs.values())).sum(axis=0))
    readings = tuple(
        Reading(
            compound=gas,
            keys=meant(keys_of(gas), sensor),
            amount=math.exp(middle),
            limit=math.nan,
            uncertainty=math.exp(middle) * math.sqrt(math.expm1(spread**2)),
        )
        for gas, (middle, spread) in _free_of_each_other(logs, there.weight).items()
    )
    absent = tuple(
        Reading(compound=gas, keys=meant(keys_of(gas), sensor), amount=math.nan, limit=limit, uncertainty=math.nan)
        for gas, limit in (not_found or {}).items()
        if gas not in logs and keys_of(gas)
    )
    unnamed = tuple(dict.fromkeys(source.gas for source in sources if source.gas not in logs))
    sample = Sample(name="", readings=(*readings, *absent), is_whole=False, not_recognised=unnamed)
    if neighbourhood is None:
        answer = explain(sample, profiles)
    else:
        answer = explain_there(sample, replace(neighbourhood, whereabouts=there), profiles)
    return replace(answer, composition=_composition(logs, there.weight))


def _by_gas(sources: Sequence[Source], rates: FloatArray, weight: FloatArray) -> Mapping[str, FloatArray]:
    """Return the log of each gas's rate, a draw each; sources of one gas count by how well each is known."""
    logs: dict[str, list[FloatArray]] = {}
    for source, drawn in zip(sources, rates, strict=True):
        if source.emission_rate is not None and keys_of(source.gas):
            logs.setdefault(source.gas, []).append(np.log(np.maximum(drawn, 1e-12)))
    return {
        gas: np.average(each, axis=0, weights=[1.0 / max(_variance(one, weight), 1e-6) for one in each])
        for gas, each in logs.items()
    }


def _free_of_each_other(logs: Mapping[str, FloatArray], weight: FloatArray) -> Mapping[str, tuple[float, float]]:
    """Return middle and sigma of the log of every gas's rate, without the error that all of them share.

    What all share moves no ratio: it is the mean covariance of the pairs, as far as that is above zero.
    """
    if not logs:
        return {}
    table = np.array(list(logs.values()))
    middles = table @ weight
    away = table - middles[:, None]
    covariance = (away * weight) @ away.T
    own = np.diag(covariance)
    pairs = covariance[~np.eye(len(own), dtype=np.bool_)]
    shared = min(max(float(pairs.mean()), 0.0), float(own.min())) if len(pairs) else float(own.min())
    spreads = np.sqrt(own - shared)
    return {gas: (float(middle), float(spread)) for gas, middle, spread in zip(logs, middles, spreads, strict=True)}


def _composition(logs: Mapping[str, FloatArray], weight: FloatArray) -> tuple[tuple[str, Estimate], ...]:
    """Return the part of each gas in all that were located, the largest first. [%]"""
    if not logs:
        return ()
    rates = np.exp(np.array(list(logs.values())))
    parts = 100.0 * rates / rates.sum(axis=0)
    found = []
    for gas, part in zip(logs, parts, strict=True):
        order = np.argsort(part)
        at = np.searchsorted(np.cumsum(weight[order]), [0.5, (1.0 - _LEVEL) / 2.0, (1.0 + _LEVEL) / 2.0])
        median, lower, upper = part[order][np.minimum(at, len(part) - 1)]
        found.append(
            (gas, Estimate(median=float(median), lower=float(lower), upper=float(upper), level=_LEVEL, units="%"))
        )
    return tuple(sorted(found, key=lambda each: -each[1].median))


def _variance(values: FloatArray, weight: FloatArray) -> float:
    return float(weight @ (values - weight @ values) ** 2)
