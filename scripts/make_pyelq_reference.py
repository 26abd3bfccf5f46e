"""Write tests/reference/pyelq_coupling.csv: what pyELQ's Gaussian plume says at drawn receptors.

pyELQ is no dependency of upwind, so run this in an environment of its own, from the top of the checkout::

    python -m venv ../pyelq && ../pyelq/bin/pip install pyelq==1.2.7
    ../pyelq/bin/python scripts/make_pyelq_reference.py tests/reference/pyelq_coupling.csv

The unit is pyELQ's own, 1e6 hr/kg at a gas density of 1 kg/m3, that is 1e6/3600 s m-3.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from pyelq.coordinate_system import ENU
from pyelq.dispersion_model.gaussian_plume import GaussianPlume
from pyelq.meteorology.meteorology import Meteorology
from pyelq.sensor.sensor import Sensor
from pyelq.source_map import SourceMap

SEED = 20
ROWS = 60
SOURCES = ((0.0, 0.0, 0.0), (40.0, -25.0, 3.0))
HALF_WIDTH_M = 0.5
COLUMNS = (
    "easting [m],northing [m],height [m],source easting [m],source northing [m],source height [m],u [m/s],v [m/s],"
    "horizontal turbulence [deg],vertical turbulence [deg],coupling [1e6 hr/kg]"
)


def enu(positions: np.ndarray) -> ENU:
    """Return positions (n, 3) [m] in pyELQ's local frame."""
    frame = ENU(ref_latitude=0.0, ref_longitude=0.0, ref_altitude=0.0)
    frame.from_array(positions)
    return frame


def main(out: Path) -> None:
    """Draw receptors and winds, ask pyELQ, and write the table."""
    rng = np.random.default_rng(SEED)
    wind = rng.uniform(0.5, 8.0, ROWS)
    toward = rng.uniform(0.0, 2.0 * np.pi, ROWS)
    u, v = wind * np.cos(toward), wind * np.sin(toward)
    turbulence = rng.uniform([3.0, 2.0], [25.0, 15.0], (ROWS, 2))
    downwind, crosswind = rng.uniform(-30.0, 400.0, ROWS), rng.normal(0.0, 15.0, ROWS)
    receptors = np.column_stack(
        [
            downwind * np.cos(toward) - crosswind * np.sin(toward),
            downwind * np.sin(toward) + crosswind * np.cos(toward),
            rng.uniform(0.0, 20.0, ROWS),
        ]
    )
    plume = GaussianPlume(source_map=SourceMap(), source_half_width=HALF_WIDTH_M)
    plume.source_map.location = enu(np.array(SOURCES))
    sensor = Sensor()
    sensor.location = enu(receptors)
    weather = Meteorology()
    weather.time = pd.array(pd.date_range("2000-01-01", periods=ROWS, freq="s"), dtype="datetime64[ns]")
    weather.u_component, weather.v_component = u, v
    weather.wind_turbulence_horizontal, weather.wind_turbulence_vertical = turbulence.T
    coupling = plume.compute_coupling(sensor, weather, run_interpolation=False)
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"# pyELQ {version('pyelq')}, source half width {HALF_WIDTH_M} m, scripts/make_pyelq_reference.py\n")
        file.write(COLUMNS + "\n")
        for source, column in zip(SOURCES, coupling.T, strict=True):
            for row in range(ROWS):
                numbers = (*receptors[row], *source, u[row], v[row], *turbulence[row], column[row])
                file.write(",".join(repr(float(number)) for number in numbers) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
