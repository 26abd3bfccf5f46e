"""Trajectories in NetCDF: one, ragged in two ways, and side by side."""

from __future__ import annotations

from pathlib import Path

import netCDF4
import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.readers import read_track

FIRST, COUNT = 4, 7
SECONDS = np.array([0, 1, 2, 3, 0, 1, 2], dtype=np.float64)


def written(path: Path, kind: str, units: str = "minutes since 2026-03-01 12:00") -> Path:
    with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC" if kind == "indexed" else "NETCDF4") as dataset:
        dataset.createDimension("trajectory", 2)
        dataset.createDimension("letters", 2)
        dataset.createDimension("obs", FIRST if kind == "beside" else COUNT)
        names = dataset.createVariable("name", "S1", ("trajectory", "letters"))
        names.cf_role = "trajectory_id"
        names[:] = netCDF4.stringtochar(np.array(["F1", "F2"], dtype="S2"))
        if kind == "contiguous":
            rows = dataset.createVariable("rows", "i4", ("trajectory",))
            rows.sample_dimension, rows[:] = "obs", [FIRST, COUNT - FIRST]
        if kind == "indexed":
            index = dataset.createVariable("index", "i4", ("obs",))
            index.instance_dimension, index[:] = "trajectory", [0] * FIRST + [1] * (COUNT - FIRST)
        put(dataset, kind, "when", "time", units, SECONDS / 60)
        put(dataset, kind, "x", "longitude", "degrees_east", -99 + SECONDS / 100)
        put(dataset, kind, "y", "latitude", "degrees_north", 19 + SECONDS / 100)
        put(dataset, kind, "z", "altitude", "ft", 1000 + SECONDS)
        put(dataset, kind, "so2", "mass_concentration_of_sulfur_dioxide_in_air", "kg m-3", SECONDS * 1e-6)
    return path


def put(dataset: netCDF4.Dataset, kind: str, name: str, standard: str, units: str, values: np.ndarray) -> None:  # type: ignore[type-arg]
    beside = kind == "beside"
    dimensions = ("trajectory", "obs") if beside else ("obs",)
    variable = dataset.createVariable(name, "f8", dimensions, fill_value=-1e30)
    variable.standard_name, variable.units = standard, units
    laid = np.ma.masked_all((2, FIRST))
    laid[0], laid[1, : COUNT - FIRST] = values[:FIRST], values[FIRST:]
    variable[:] = laid if beside else values


@pytest.mark.parametrize("kind", ["contiguous", "indexed", "beside"])
def test_each_trajectory_is_a_flight_and_a_sensor(tmp_path: Path, kind: str) -> None:
    track = read_track(written(tmp_path / "a.nc", kind))
    assert track.sensors == ("F1", "F2")
    assert track.extra["flight"] == ("F1",) * 4 + ("F2",) * 3
    assert (track.time - track.time[0]).tolist() == pytest.approx(SECONDS)
    assert track.time[0] == 1772366400
    assert np.isnan(track.height).all()
    assert track.extra["altitude [m]"][0] == "304.8"
    assert (track.gases[0].name, track.gases[0].units) == ("sulfur dioxide", "mg/m3")
    assert track.gases[0].values == pytest.approx(SECONDS)


@pytest.mark.parametrize(
    ("units", "says"),
    [("minutes since 2026-99-01", "the units cannot be read"), ("minutes", "no variable holds times")],
)
def test_a_time_without_a_meaning_is_refused(tmp_path: Path, units: str, says: str) -> None:
    path = written(tmp_path / "a.nc", "contiguous", units)
    with pytest.raises(FormatError, match=says):
        read_track(path)
