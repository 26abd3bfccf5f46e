"""Several aircraft: all sorties flown once, none too long, the last one home no earlier than any could be."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from upwind.flights.plan import Effort, plan_survey
from upwind.flights.plan.bands import banded
from upwind.flights.plan.fleet import divided, plan_fleet
from upwind.flights.plan.survey import lay
from upwind.records import Platform, Sensor

WING = Platform(name="wing", speed_m_s=20.0, bank_deg=25.0, endurance_h=0.7)
SCANNER = Sensor(name="scanner", swath_m=600.0, height_m=200.0, overlap=0.2)
AREA = [[np.array([(9.0, 48.0), (9.15, 48.0), (9.15, 48.05), (9.0, 48.05)])]]
BASE = (8.99, 47.99)


@pytest.fixture(scope="module")
def survey():
    return plan_survey(AREA, WING, SCANNER, None, BASE, Effort(courses=1, kicks=2))


@pytest.mark.parametrize("aircraft", [1, 2, 3])
def test_dividing_keeps_every_sortie_and_is_near_the_best_division(survey, aircraft) -> None:
    fleet = divided(survey, aircraft)
    times = [sortie.time_s for sortie in survey.sorties]
    assert sorted(sortie.time_s for own in fleet.sorties for sortie in own) == sorted(times)
    best = min(
        max(sum(time for time, who in zip(times, whose, strict=True) if who == one) for one in range(aircraft))
        for whose in itertools.product(range(aircraft), repeat=len(times))
    )
    # Graham's rule is never worse than 4/3 - 1/(3 n) times the best.
    assert best - 1e-6 <= fleet.makespan_s <= best * (4.0 / 3.0 - 1.0 / (3.0 * aircraft)) + 1e-6
    assert fleet.makespan_bound_s <= best


def test_all_start_at_once_and_each_sortie_when_the_one_before_is_home(survey) -> None:
    fleet = divided(survey, 2)
    starts = iter(fleet.starts(1000.0))
    for own in fleet.sorties:
        at = 1000.0
        for sortie in own:
            assert next(starts) == at
            at += sortie.time_s


def test_two_aircraft_are_home_well_before_one_and_not_before_the_bound() -> None:
    far = replace(WING, endurance_h=3.0)
    one, two = (plan_fleet(AREA, (far, SCANNER), None, BASE, count) for count in (1, 2))
    assert one.shares == (1,)
    assert two.shares == (1, 1)
    assert two.makespan_bound_s <= two.makespan_s < 0.65 * one.makespan_s
    assert max(sortie.time_s for sortie in two.survey.sorties) <= 3.0 * 3600.0
    assert two.survey.lower_bound_s <= two.survey.time_s


@pytest.mark.parametrize("ramp", [0.6, -0.6])
def test_ramped_bands_hold_all_lines_and_take_longer_one_by_one(ramp: float) -> None:
    far = replace(WING, endurance_h=3.0)
    field, laid = lay(AREA, far, SCANNER, None, BASE, Effort(kicks=0))
    bands = banded(field, laid, 3, ramp)
    lines = np.concatenate(bands.sorties) // 2
    assert sorted(lines.tolist()) == list(range(len(laid.legs.time) // 2))
    times = np.array(bands.times)
    assert (np.sign(np.diff(times)) == np.sign(ramp)).all()
    assert abs(times[-1] - times[0]) / times.mean() == pytest.approx(abs(ramp), abs=0.25)
