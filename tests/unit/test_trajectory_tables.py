"""Positions of measurement files: their row numbers, their flights, and what is refused."""

from __future__ import annotations

from pathlib import Path

import netCDF4
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from upwind.errors import FormatError, UnfinishedError
from upwind.readers.trajectories import read_trajectory
from upwind.records import Trajectory

PLACE = "time,longitude [deg],latitude [deg]"
HEAD = f"{PLACE},altitude [ft],flight,platform"
ROWS = [
    "2020-09-15T00:00:00Z,-117.2,32.69,1000,F1,PSWRD35",
    "2020-09-15T00:00:01Z,,,1000,F1,PSWRD35",
    "2020-09-15T00:00:02Z,0,0,1000,F1,PSWRD35",
    "2020-09-15T00:00:01Z,-117.3,32.60,,F2,",
]


def read(folder: Path, *rows: str, head: str = HEAD) -> Trajectory:
    path = folder / "track.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return read_trajectory(path)


def test_a_row_without_a_position_is_left_out_and_still_counted(tmp_path: Path) -> None:
    track = read(tmp_path, *ROWS)
    assert track.row.tolist() == [0, 2, 3]
    assert track.longitude.tolist() == [-117.2, 0.0, -117.3]
    assert track.altitude.tolist() == pytest.approx([304.8, 304.8, np.nan], nan_ok=True)
    assert np.isnan(track.height).all()
    assert np.isnan(track.ellipsoidal_height).all()
    assert [track.flights[index] for index in track.flight] == ["F1", "F1", "F2"]
    assert [track.platforms[index] for index in track.platform] == ["PSWRD35", "PSWRD35", ""]


def test_a_table_needs_no_height_no_gas_and_no_flight(tmp_path: Path) -> None:
    track = read(tmp_path, "2020-09-15T00:00:00Z,1,2", "2020-09-15T00:00:00Z,1,2", head=PLACE)
    assert (track.flights, track.platforms, len(track.time)) == (("",), ("",), 2)


@pytest.mark.parametrize("rows", [ROWS[:1], ROWS[:2], []])
def test_one_position_is_no_track(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(UnfinishedError, match="a track needs at least two"):
        read(tmp_path, *rows)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2020-09-15T00:00:03Z,-117.2,91,,F1,", 'csv:6: column "latitude .deg.": 91 is not a latitude'),
        ("2020-09-15T00:00:01Z,-117.2,32,,F1,", 'csv:6: column "time": the time of flight "F1" goes back by 1 s'),
        ("yesterday,-117.2,32,,F1,", 'csv:6: column "time": "yesterday" is not a time'),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        read(tmp_path, *ROWS, row)


def test_time_may_go_back_between_sensors_of_a_flight(tmp_path: Path) -> None:
    rows = [f"2020-09-15T00:00:0{second}Z,1,2,{name}" for second, name in ((5, "A"), (3, "B"), (6, "A"), (4, "B"))]
    head = f"{PLACE},sensor"
    assert read(tmp_path, *rows, head=head).time[1] - read(tmp_path, *rows, head=head).time[0] == -2
    with pytest.raises(FormatError, match='of sensor "B" goes back by 1 s'):
        read(tmp_path, *rows, rows[1], head=head)


def test_parquet_counts_the_rows_of_the_file(tmp_path: Path) -> None:
    times = pa.array(np.datetime64("2020-09-15T00:00:00", "ms") + np.arange(4) * 1000, pa.timestamp("ms", tz="UTC"))
    columns = {"longitude [deg]": [1.0, None, 2.0, 3.0], "latitude [deg]": [4.0, 5.0, 6.0, 7.0]}
    path = tmp_path / "track.parquet"
    pq.write_table(pa.table({"time": times, **columns}), path)
    assert read_trajectory(path).row.tolist() == [0, 2, 3]
    columns["latitude [deg]"][3] = 99.0
    pq.write_table(pa.table({"time": times, **columns}), path)
    with pytest.raises(FormatError, match=r"row 4: .*99 is not a latitude"):
        read_trajectory(path)


def test_netcdf_counts_the_records_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "track.nc"
    with netCDF4.Dataset(path, "w") as dataset:
        dataset.createDimension("obs", 4)
        for name, units, values in (
            ("time", "seconds since 2020-09-15 00:00:00", [0.0, 1.0, 2.0, 3.0]),
            ("longitude", "degrees_east", [1.0, np.nan, 2.0, 3.0]),
            ("latitude", "degrees_north", [4.0, 5.0, 6.0, 7.0]),
            ("barometric_altitude", "m", [1.0, 2.0, 3.0, 4.0]),
        ):
            variable = dataset.createVariable(name, "f8", ("obs",))
            variable.units, variable.standard_name = units, name
            variable[:] = values
    track = read_trajectory(path)
    assert track.row.tolist() == [0, 2, 3]
    assert track.pressure_altitude.tolist() == [1.0, 3.0, 4.0]


def test_icartt_counts_the_records_and_names_the_platform(tmp_path: Path) -> None:
    head = ["n", "o", "i", "c", "1, 1", "2020, 09, 15, 2020, 10, 01", "0", "Time_Start, s", "3", "1, 1, 1"]
    head += ["-9999, -9999, -9999", "Longitude, deg", "Latitude, deg", "Radar_Altitude, ft", "0", "2"]
    head += ["PLATFORM: NASA B200", "Time_Start, Longitude, Latitude, Radar_Altitude"]
    records = ["0, 242.8, 32.6, 1000", "1, -9999, -9999, 1000", "2, -117.2, 32.7, -9999"]
    path = tmp_path / "track.ict"
    path.write_text("\n".join([f"{len(head) + 1}, 1001", *head, *records]) + "\n", encoding="utf-8")
    track = read_trajectory(path)
    assert track.row.tolist() == [0, 2]
    assert track.longitude == pytest.approx([-117.2, -117.2])
    assert track.height == pytest.approx([304.8, np.nan], nan_ok=True)
    assert track.platforms == ("NASA B200",)
