"""Spellings that mean the same give the same arrays, and real files give what they hold."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from upwind.arrays import WIND
from upwind.readers import read_track, read_wind, with_wind
from upwind.records import Track, Wind

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
measured = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="needs the measured data that lie beside the checkout"),
]

NAMES = ("time", "longitude [deg]", "latitude [deg]", "height [m]", "duration [s]", "sensor", "methane [ppm]")
WEATHER = ("wind_speed [m/s]", "wind_from [deg]", "obukhov_length [m]", "temperature [K]", "pressure [Pa]")
ROWS = [
    ("2026-03-01T12:00:00Z", -99.1, 19.4, 30.48, 60, "A", 2.01, 3.601111111, 350, -20, 288.15, 101325),
    ("2026-03-01T12:01:00Z", -99.1000001, 19.4000002, 60.96, 60, "B", "", 4.115555556, 10, 40, 288.65, 101300),
    ("2026-03-01T12:01:00Z", -99.2, 19.5, 15.24, 60, "A", -0.002, 2.572222222, 0, 400, 289.15, 90000),
    ("2026-03-01T12:02:30.500Z", -99.3, 19.6, 0, 120, "A", 1234.5, 0, 90, -1000, 290.15, 85000),
]


def table(names: tuple[str, ...], rows: list[tuple[object, ...]], delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(map(str, row)) + end for row in (names, *rows))


def column(index: int, name: str, change: Callable[[float], object]) -> str:
    """Return the table with one column under another header, its numbers changed."""
    names = [*NAMES, *WEATHER]
    names[index] = name
    rows = [list(row) for row in ROWS]
    for row in rows:
        row[index] = change(row[index]) if row[index] != "" else ""  # type: ignore[arg-type]
    return table(tuple(names), [tuple(row) for row in rows])


PLAIN = table((*NAMES, *WEATHER), ROWS)
ORDER = (6, 11, 2, 1, 0, 8, 7, 5, 4, 3, 9, 10)


def commas(text: str) -> str:
    return "".join(letter if letter != "." else "," for letter in text)


VARIANTS: dict[str, bytes] = {
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "carriage returns": PLAIN.replace("\n", "\r\n").encode(),
    "old Macintosh": PLAIN.replace("\n", "\r").encode(),
    "no last line end": PLAIN.removesuffix("\n").encode(),
    "blank lines": PLAIN.replace("\n", "\n\n").encode() + b"\n",
    "reordered": "\n".join(",".join(line.split(",")[i] for i in ORDER) for line in PLAIN.splitlines()).encode(),
    "quoted": "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in PLAIN.splitlines()).encode(),
    "spaces": PLAIN.replace(",", " , ").encode(),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "decimal commas": commas(PLAIN.replace(",", ";")).encode(),
    "gzip": gzip.compress(PLAIN.encode()),
    "NaN": PLAIN.replace(",,", ",NaN,").encode(),
    "NA": PLAIN.replace(",,", ",NA,").encode(),
    "offset": PLAIN.replace("T12:", "T06:").replace("Z,", "-06:00,").encode(),
    "naive": PLAIN.replace("Z,", ",").encode(),
    "basic format": PLAIN.replace("2026-03-01T12:", "20260301T12")
    .replace(":00Z", "00Z")
    .replace(":30.", "30.")
    .encode(),
    "nanoseconds": PLAIN.replace("30.500Z", "30.500000000Z").encode(),
    "a space for T": PLAIN.replace("T12:", " 12:").encode(),
    "ppmv": PLAIN.replace("[ppm]", "[ppmv]").encode(),
    "PPM": PLAIN.replace("[ppm]", "[PPM]").encode(),
    "µmol/mol": PLAIN.replace("[ppm]", "[µmol/mol]").encode(),
    "Latin-1": PLAIN.replace("[ppm]", "[µmol mol-1]").encode("latin-1"),
    "ppb": column(6, "methane [ppb]", lambda value: round(value * 1e3, 6)).encode(),
    "ppt": column(6, "methane [ppt]", lambda value: round(value * 1e6, 3)).encode(),
    "knots": column(7, "wind_speed [knot]", lambda value: f"{value * 3600 / 1852:.12g}").encode(),
    "km/h": column(7, "wind_speed [km/h]", lambda value: f"{value * 3.6:.12g}").encode(),
    "feet": column(3, "height [ft]", lambda value: f"{value / 0.3048:.10g}").encode(),
    "minutes": column(4, "duration [min]", lambda value: value / 60).encode(),
    "Celsius": column(10, "temperature [degC]", lambda value: f"{value - 273.15:.6g}").encode(),
    "hPa": column(11, "pressure [hPa]", lambda value: value / 100).encode(),
}


def same(one: Track, other: Track) -> bool:
    """Return whether two tracks are equal in every number."""
    arrays = ("time", "longitude", "latitude", "height", "duration", "end_longitude", "sensor")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays)
        and one.sensors == other.sensors
        and [(gas.name, gas.units) for gas in one.gases] == [(gas.name, gas.units) for gas in other.gases]
        and all(np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(one.gases, other.gases, strict=True))
        and same_wind(one.wind, other.wind)
    )


def same_wind(one: Wind, other: Wind) -> bool:
    return all(np.array_equal(getattr(one, spec.name), getattr(other, spec.name), equal_nan=True) for spec in WIND)


def read(path: Path, content: bytes) -> Track:
    path.write_bytes(content)
    return read_track(path)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_another_spelling_gives_the_same_arrays(tmp_path: Path, name: str) -> None:
    assert same(read(tmp_path / "a.csv", PLAIN.encode()), read(tmp_path / "b.csv", VARIANTS[name]))


def test_the_plain_table_is_read_as_written(tmp_path: Path) -> None:
    track = read(tmp_path / "a.csv", PLAIN.encode())
    assert track.name == "a.csv"
    assert track.sensors == ("A", "B")
    assert track.sensor.tolist() == [0, 1, 0, 0]
    assert (track.time - track.time[0]).tolist() == [0, 60, 60, 150.5]
    assert track.time[0] == 1772366400
    assert track.longitude.tolist() == [row[1] for row in ROWS]
    assert track.height.tolist() == [30.48, 60.96, 15.24, 0]
    assert track.gases[0].values[[0, 2, 3]].tolist() == [2.01, -0.002, 1234.5]
    assert np.isnan(track.gases[0].values[1])
    assert np.isnan(track.end_height).all()
    assert track.wind.pressure.tolist() == [101325, 101300, 90000, 85000]


@pytest.mark.parametrize(("unit", "scale"), [("ug/m3", 1e3), ("µg/m³", 1e3), ("g/m3", 1e-3), ("mg m-3", 1.0)])
def test_masses_are_kept_as_milligrams(tmp_path: Path, unit: str, scale: float) -> None:
    text = column(6, f"methane [{unit}]", lambda value: f"{value * scale:.12g}")
    gas = read(tmp_path / "a.csv", text.encode()).gases[0]
    assert gas.units == "mg/m3"
    assert gas.values[[0, 2, 3]].tolist() == [2.01, -0.002, 1234.5]


def test_extra_columns_are_kept_as_text_and_altitudes_in_metres(tmp_path: Path) -> None:
    names = (*NAMES, "altitude [ft]", "flight", "light [lux]", "wind_speed_standard_deviation [m/s]", "power [W?!]")
    rows = [(*row[:7], 1000, "F1", "bright", 0.5, "a b") for row in ROWS]
    track = read(tmp_path / "a.csv", table(names, rows).encode())
    assert list(track.extra) == ["altitude [m]", "flight", *names[-3:]]
    assert track.extra["altitude [m]"] == ("304.8",) * 4
    assert track.extra["power [W?!]"] == ("a b",) * 4


def test_beams_end_where_they_say(tmp_path: Path) -> None:
    names = (*NAMES, "end_longitude [deg]", "end_latitude [deg]", "end_height [m]")
    rows = [(*row[:7], *((-99.15, 19.45, 2) if index % 2 else ("", "", ""))) for index, row in enumerate(ROWS)]
    track = read(tmp_path / "a.csv", table(names, rows).encode())
    assert np.isfinite(track.end_longitude).tolist() == [False, True, False, True]
    assert track.end_height[1] == 2


def test_a_wind_in_a_file_of_its_own_gives_the_same(tmp_path: Path) -> None:
    whole = read(tmp_path / "a.csv", PLAIN.encode())
    bare = read(tmp_path / "b.csv", table(NAMES, [row[:7] for row in ROWS]).encode())
    wind = tmp_path / "wind.csv"
    wind.write_text(table(("time", *WEATHER), [(row[0], *row[7:]) for row in ROWS]))
    assert same(with_wind(bare, read_wind(wind)), whole)
    wind.write_text(table(("time", *WEATHER), [(row[0], *row[7:]) for row in (ROWS[0], ROWS[1], ROWS[3])]))
    laid = with_wind(bare, read_wind(wind)).wind
    assert laid.wind_speed[[0, 1, 3]].tolist() == whole.wind.wind_speed[[0, 1, 3]].tolist()
    assert laid.wind_from[2] == 10


def test_the_wind_is_interpolated_as_a_vector_and_not_beyond_its_reach(tmp_path: Path) -> None:
    wind = tmp_path / "wind.csv"
    wind.write_text(
        "time,wind_speed [m/s],wind_from [deg],obukhov_length [m],temperature [K]\n"
        "2026-03-01T11:59:30Z,4,350,-100,280\n2026-03-01T12:00:30Z,4,10,100,290\n"
    )
    rows = [(f"2026-03-01T{clock}Z", *ROWS[0][1:7]) for clock in ("12:00:00", "12:00:15", "12:10:30", "12:10:31")]
    laid = with_wind(read(tmp_path / "a.csv", table(NAMES, rows).encode()), read_wind(wind)).wind
    assert laid.wind_from[0] % 360 == pytest.approx(0, abs=1e-9)
    assert laid.wind_speed[0] == pytest.approx(4 * np.cos(np.radians(10)))
    assert laid.temperature[0] == pytest.approx(285)
    assert np.isnan(laid.obukhov_length[0])
    assert laid.obukhov_length[1] == pytest.approx(200)
    assert laid.wind_from[2] == 10
    assert np.isnan(laid.wind_speed[3])


def test_what_the_track_itself_observed_wins(tmp_path: Path) -> None:
    wind = tmp_path / "wind.csv"
    wind.write_text("time,wind_speed [m/s],friction_velocity [m/s]\n2026-03-01T12:01Z,9,0.3\n")
    track = read(tmp_path / "a.csv", PLAIN.encode())
    speed = track.wind.wind_speed.copy()
    speed[0] = np.nan
    track = replace(track, wind=replace(track.wind, wind_speed=speed))
    laid = with_wind(track, read_wind(wind)).wind
    assert laid.wind_speed.tolist() == [9, *speed[1:]]
    assert laid.friction_velocity.tolist() == [0.3] * 4


def test_a_plain_table_loads_no_heavy_library(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(PLAIN)
    program = (
        "import sys, pathlib, upwind.readers\n"
        "upwind.readers.read_track(pathlib.Path(sys.argv[1]))\n"
        "print(*{'pint', 'pyarrow', 'netCDF4', 'pyproj', 'scipy', 'numba'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "rows", "gas", "units", "sensors", "largest"),
    [
        pytest.param("prairie-grass/run21.csv", 74, "sulfur dioxide", "mg/m3", 74, 310.0, marks=measured),
        pytest.param("ginninderra/campaign1.csv.gz", 15938, "methane", "ppm", 19, 12.55, marks=measured),
        pytest.param("co2-drone-nl/day1-100m.csv", 2381, "carbon dioxide", "ppm", 1, 714.0, marks=measured),
    ],
)
def test_measured_tracks(name: str, rows: int, gas: str, units: str, sensors: int, largest: float) -> None:
    track = read_track(SHARED / "tracks" / name)
    assert len(track.time) == rows
    assert (track.gases[0].name, track.gases[0].units) == (gas, units)
    assert len(track.sensors) == sensors
    assert np.nanmax(track.gases[0].values) == largest


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the measured data that lie beside the checkout")
def test_a_measured_flight_in_icartt() -> None:
    track = read_track(SHARED / "icartt" / "ACTAMERICA-mrg05-b200_merge_20170121_R0.ict")
    assert len(track.time) == 1118
    methane = next(gas for gas in track.gases if gas.name == "methane")
    assert (np.nanmin(methane.values), np.nanmax(methane.values)) == (1.8694, 2.7029)
    assert track.time[0] == np.datetime64("2017-01-21T17:00:07").astype(np.int64)
    assert track.longitude[0] == 283.6392806 - 360
    assert track.wind.pressure[0] == 100244
    assert track.extra["platform"][0] == "NASA B200 Aircraft"
