"""A PID or MOX bounds a sum and never names a compound."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from upwind.compounds.species import keys_of
from upwind.explain import explain
from upwind.explain.sums import bounded
from upwind.records import Reading, Sample, SumReading

#: ug/m3 of 1 ppm of toluene (92.14 g/mol over 24.465 l/mol); its factor is 0.5 (RAE Systems TN-106).
TOLUENE_PPM = 1e3 * 92.14 / 24.465


def sample(toluene_ppm: float, *sums: SumReading) -> Sample:
    amounts = {"toluene": toluene_ppm * TOLUENE_PPM, "benzene": 1.0}
    readings = (
        Reading(compound=name, keys=keys_of(name), amount=amount, limit=math.nan, uncertainty=math.nan)
        for name, amount in amounts.items()
    )
    return Sample(name="", readings=tuple(readings), is_whole=False, sums=sums)


def pid(value: float, uncertainty: float = math.nan, limit: float = math.nan) -> SumReading:
    return SumReading(sensor="PID", value=value, limit=limit, uncertainty=uncertainty)


def limits(of: Sample) -> dict[str, float]:
    return {reading.compound: reading.limit for reading in bounded(of)[0].readings if not reading.amount > 0.0}


def test_what_is_left_bounds_every_other_compound() -> None:
    # 1 ppm of toluene reads 2 ppm; of 5 ppm (0.2, 1 sigma) 3 ppm and 1.645 sigma are left
    found = limits(sample(1.0, pid(5.0, 0.2)))
    assert found["acetone"] == pytest.approx(1.1 * (3.0 + 1.645 * 0.2) * 1e3 * 58.08 / 24.465, rel=1e-3)
    assert "toluene" not in found
    assert "methane" not in found  # the lamp does not ionise it


def test_a_sum_below_its_limit_bounds_by_it() -> None:
    found = limits(sample(0.01, pid(math.nan, limit=0.1)))
    assert found["acetone"] == pytest.approx(1.1 * (0.1 - 0.02) * 1e3 * 58.08 / 24.465, rel=1e-2)


def test_a_sum_below_what_is_named_is_told_and_bounds_nothing() -> None:
    changed, (note,) = bounded(sample(10.0, pid(1.0, 0.1)))
    assert changed.readings == sample(10.0).readings
    assert "is wrong" in note


@pytest.mark.parametrize("sensor", ["MOX", "sum"])
def test_a_metal_oxide_bounds_nothing(sensor: str) -> None:
    nothing = SumReading(sensor=sensor, value=math.nan, limit=math.nan, uncertainty=math.nan)
    changed, (note,) = bounded(sample(1.0, nothing))
    assert changed.readings == sample(1.0).readings
    assert "nothing of what" in note


def test_a_tight_sum_says_that_the_rest_is_absent_and_names_nothing() -> None:
    plain = explain(sample(5.0))
    tight = explain(sample(5.0, pid(10.0, 0.01)))
    assert set(tight.unexplained.compounds) <= {"toluene", "benzene"}
    assert tight.notes
    assert {each.name: each.probability for each in tight.explanations} != {
        each.name: each.probability for each in plain.explanations
    }


def test_a_loose_sum_changes_nothing() -> None:
    plain, loose = explain(sample(5.0)), explain(sample(5.0, pid(500.0, 50.0)))
    assert replace(loose, notes=()) == plain
