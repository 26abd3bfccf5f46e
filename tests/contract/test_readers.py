"""Every reader of the registry, given the same flight in its own format, hands over the same track."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import netCDF4
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from upwind.arrays import TRACK, WIND, check
from upwind.errors import FormatError
from upwind.readers import READERS, read_track, read_wind
from upwind.readers.registry import Reader

SECONDS = np.arange(20) * 1.5
START = np.datetime64("2026-03-01T23:59:50")
COLUMNS = {
    "longitude [deg]": -99.1 + SECONDS / 1e4,
    "latitude [deg]": 19.4 + SECONDS / 1e5,
    "height [m]": 30 + SECONDS,
    "methane [ppm]": np.where(SECONDS == 3, np.nan, 2 + SECONDS / 100),
    "acetone [ppb]": SECONDS / 3,
    "wind_speed [m/s]": 3 + SECONDS / 50,
    "wind_from [deg]": (350 + SECONDS) % 360,
    "temperature [K]": 288 + SECONDS / 10,
    "pressure [Pa]": 80000 - SECONDS,
}
TIMES = [f"{START + np.timedelta64(int(second * 1000), 'ms')}Z" for second in SECONDS]


def delimited(path: Path) -> None:
    rows = [
        ["" if np.isnan(value) else repr(float(value)) for value in row] for row in zip(*COLUMNS.values(), strict=True)
    ]
    lines = [",".join(["time", *COLUMNS]), *(",".join([time, *row]) for time, row in zip(TIMES, rows, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def parquet(path: Path) -> None:
    times = pa.array(START + (SECONDS * 1000).astype("timedelta64[ms]"), pa.timestamp("ms", tz="UTC"))
    pq.write_table(pa.table({"time": times, **COLUMNS}), path)


def netcdf(path: Path) -> None:
    standard = {
        "height [m]": "height",
        "methane [ppm]": "mole_fraction_of_methane_in_air",
        "acetone [ppb]": "mole_fraction_of_acetone_in_air",
        "wind_from [deg]": "wind_from_direction",
        "temperature [K]": "air_temperature",
        "pressure [Pa]": "air_pressure",
    }
    units = {"ppm": "1e-6", "ppb": "1e-9", "m/s": "m s-1", "deg": "degrees"}
    with netCDF4.Dataset(path, "w") as dataset:
        dataset.Conventions, dataset.featureType = "CF-1.11", "trajectory"
        dataset.createDimension("obs", len(SECONDS))
        clock = dataset.createVariable("t", "f8", ("obs",))
        clock.units, clock.standard_name = f"seconds since {str(START).replace('T', ' ')}", "time"
        clock[:] = SECONDS
        for number, (header, values) in enumerate(COLUMNS.items()):
            name, unit = header.removesuffix("]").split(" [")
            variable = dataset.createVariable(f"v{number}", "f8", ("obs",), fill_value=-1e30)
            variable.standard_name, variable.units = standard.get(header, name), units.get(unit, unit)
            variable[:] = np.ma.masked_invalid(values)


def icartt(path: Path) -> None:
    called = ["Longitude, deg", "Latitude, deg", "Altitude_AGL, m", "CH4_Picarro, ppmv", "Acetone_PTRMS, ppbv"]
    called += ["WindSpeed, m s-1", "WindDir, degs", "Static_Air_Temp, K", "Static_Pressure, Pa"]
    count, flag = len(called), "-99999"
    head = ["name", "place", "instrument", "campaign", "1, 1", "2026, 03, 01, 2026, 04, 01", "0"]
    head += ["Time_Start, s", str(count), ", ".join(["1"] * count), ", ".join([flag] * count), *called]
    head += ["0", "2", "LLOD_FLAG: -88888", ", ".join(["Time_Start", *(name.split(",")[0] for name in called)])]
    begin = int((START - START.astype("datetime64[D]")) / np.timedelta64(1, "s"))
    cells = [[f"{begin + second:.10g}" for second in SECONDS]]
    cells += [[flag if np.isnan(value) else repr(float(value)) for value in values] for values in COLUMNS.values()]
    lines = [f"{len(head) + 1}, 1001", *head, *(", ".join(row) for row in zip(*cells, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


MAKERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "delimited text": ("flight.csv", delimited),
    "Parquet": ("flight.parquet", parquet),
    "NetCDF": ("flight.nc", netcdf),
    "ICARTT": ("flight.ict", icartt),
}
every_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


def made(folder: Path, reader: Reader) -> Path:
    name, make = MAKERS[reader.name]
    make(folder / name)
    return folder / name


@every_reader
def test_it_hands_over_the_flight_as_flown(tmp_path: Path, reader: Reader) -> None:
    track = read_track(made(tmp_path, reader))
    check({spec.name: getattr(track, spec.name) for spec in TRACK}, TRACK)
    check({spec.name: getattr(track.wind, spec.name) for spec in WIND}, WIND)
    assert track.time.tolist() == (START.astype(np.int64) + SECONDS).tolist()
    for name in ("longitude", "latitude", "height"):
        assert getattr(track, name) == pytest.approx(
            COLUMNS[f"{name} [{'m' if name == 'height' else 'deg'}]"], abs=1e-8
        )
    gases = {gas.name: gas for gas in track.gases}
    assert set(gases) == {"methane", "acetone"}
    assert all(gas.units == "ppm" for gas in gases.values())
    assert gases["methane"].values == pytest.approx(COLUMNS["methane [ppm]"], rel=1e-9, nan_ok=True)
    assert gases["acetone"].values == pytest.approx(COLUMNS["acetone [ppb]"] / 1000, rel=1e-9)
    for header in list(COLUMNS)[5:]:
        assert getattr(track.wind, header.split(" ")[0]) == pytest.approx(COLUMNS[header], rel=1e-9)


@every_reader
def test_it_is_a_wind_file_too(tmp_path: Path, reader: Reader) -> None:
    wind = read_wind(made(tmp_path, reader))
    assert wind.wind_speed == pytest.approx(COLUMNS["wind_speed [m/s]"], rel=1e-9)
    assert np.isnan(wind.friction_velocity).all()


@every_reader
def test_it_says_in_one_line_that_its_file_is_cut_off(tmp_path: Path, reader: Reader) -> None:
    path = made(tmp_path, reader)
    whole = path.read_bytes()
    for share in (0.0, 0.02, 0.3, 0.97):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(FormatError) as caught:
            read_track(path)
        assert "\n" not in str(caught.value)
        assert path.name in str(caught.value)


@every_reader
def test_its_content_and_not_the_name_decides(tmp_path: Path, reader: Reader) -> None:
    path = made(tmp_path, reader)
    other = path.rename(tmp_path / "flight.dat")
    assert len(read_track(other).time) == len(SECONDS)


@every_reader
def test_bytes_that_flip_give_a_track_or_one_line(tmp_path: Path, reader: Reader) -> None:
    path = made(tmp_path, reader)
    whole = bytearray(path.read_bytes())
    random = np.random.default_rng(5)
    for place in random.integers(0, len(whole), 60):
        broken = whole.copy()
        broken[place] ^= int(random.integers(1, 256))
        path.write_bytes(bytes(broken))
        with contextlib.suppress(FormatError):
            read_track(path)
