"""What a plan sweeps is held against borders whole: the straight ways home in it, too."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from makers.flown import authorisation

from upwind.flights.audit.entries import audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import Atlas, atlas_of
from upwind.flights.plan import plan_survey
from upwind.flights.plan.gate import asked_for, swept
from upwind.flights.plan.survey import Effort
from upwind.records import Platform, Sensor

CRAFT = Platform(name="wing", speed_m_s=25.0, bank_deg=25.0, endurance_h=3.0)
EYE = Sensor(name="scanner", swath_m=600.0, height_m=400.0, overlap=0.2)
OUTLINE = [
    (34.3106, 0.7596),
    (34.332, 0.7846),
    (34.3197, 0.7953),
    (34.3152, 0.7772),
    (34.2983, 0.7703),
    (34.3106, 0.7596),
]
START = datetime(2026, 10, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return atlas_of(shipped_airspaces())


def test_a_way_home_across_a_bend_of_the_border_is_entered(atlas: Atlas) -> None:
    """South-west of Mount Elgon, Kenya reaches 150 m into Uganda, between the survey and its base in Uganda.

    Neither end of any way home is in Kenya, nor does any line or turn of the survey come within 400 m of it.
    """
    area = np.array(OUTLINE)
    base = (34.2919029, 0.7227393)
    survey = plan_survey([[area]], CRAFT, EYE, None, base, Effort(courses=1, kicks=2))
    until = datetime(2026, 10, 16, tzinfo=UTC)
    uganda = authorisation("UGA", START, until, floor_m=0.0, ceiling_m=6000.0, special_use=True)
    judged = audit(swept(survey.sorties, CRAFT, base, START.timestamp()), [uganda], atlas)
    assert {entry.state for entry in asked_for(judged)} == {"KEN"}
