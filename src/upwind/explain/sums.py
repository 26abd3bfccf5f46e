r"""A sensor that answers to many compounds at once bounds each of them and names none.

A photo-ionisation detector calibrated on isobutylene reads :math:`R = \sum_j c_j / f_j`, with the correction factor
:math:`f_j` of every compound that its lamp ionises. What is named makes its part of that; what is left bounds every
other compound, :math:`c_j \le f_j (R - R_{named})`, which counts as a non-detect with that limit. A metal oxide sensor
answers to nearly all that burns, on a scale of its own: it bounds nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from upwind import compounds
from upwind.compounds.figures import pid_factor
from upwind.compounds.species import keys_of
from upwind.records import Reading, Sample, SumReading

__all__ = ["bounded"]

#: What a reading may err by where nobody says it (1 sigma of its value): drift, humidity. Expert judgement.
USUAL_ERROR = 0.15
#: Molar volume of air at 298.15 K and 1 atm. [l/mol]
MOLAR_VOLUME_L = 24.465
#: One-sided bounds hold with 95 %.
SIGMAS = 1.645


def bounded(sample: Sample) -> tuple[Sample, tuple[str, ...]]:
    """Return a sample with what its sums say of the compounds that nobody measured, and the same in sentences."""
    notes: list[str] = []
    readings = list(sample.readings)
    for total in sample.sums:
        if total.sensor != "PID":
            notes.append(f"{total.sensor}: it answers to much at once: that something is there, and nothing of what")
        elif not sample.is_whole:
            limits, words = _of_pid(sample, total)
            readings += limits
            notes.append(words)
    return replace(sample, readings=tuple(readings)), tuple(notes)


def _of_pid(sample: Sample, total: SumReading) -> tuple[Sequence[Reading], str]:
    """Return the limits that a PID sets, and what it says in words."""
    below = not total.value > 0.0
    reads = total.limit if below else total.value
    if not reads > 0.0:
        return (), "PID: it reads nothing and gives no limit, which says nothing"
    error = total.uncertainty if total.uncertainty > 0.0 else (0.0 if below else USUAL_ERROR * reads)
    named = sum(_equivalent(reading) for reading in sample.readings if reading.amount > 0.0)
    most = reads + SIGMAS * error
    said = f"PID (factors unverified): it reads {'less than ' if below else ''}{reads:.3g} ppm isobutylene equivalents"
    if named > most:
        return (), f"{said}, the named compounds alone would make it {named:.3g}: one of them, or the PID, is wrong"
    measured = frozenset().union(*(reading.keys for reading in sample.readings))
    unmeasured = (compound for compound in compounds.every() if not keys_of("", compound.cas) & measured)
    limits = [
        Reading(
            compound=compound.name,
            keys=keys_of("", compound.cas),
            amount=math.nan,
            limit=(most - named) * factor * 1e3 * compound.molar_mass_g_mol / MOLAR_VOLUME_L,
            uncertainty=math.nan,
        )
        for compound in unmeasured
        if math.isfinite(factor := pid_factor(compound.cas))
    ]
    share = "" if below else f", the named compounds make {min(named / reads, 1.0):.0%} of it"
    return limits, f"{said}{share}; every other compound is below what is left, and none is named by it"


def _equivalent(reading: Reading) -> float:
    """Return what a reading would make a PID show, the least of what it may mean. [ppm isobutylene equivalents]"""
    found = []
    for key in reading.keys:
        compound, factor = compounds.find(key), pid_factor(key)
        if compound is not None and math.isfinite(factor):
            found.append(reading.amount / 1e3 * MOLAR_VOLUME_L / compound.molar_mass_g_mol / factor)
    return min(found, default=0.0)
