"""The quick path over large tables and the careful one say the same, and the careful one says what is wrong."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from upwind.arrays import TRAJECTORY
from upwind.errors import FormatError
from upwind.readers.files import open_file
from upwind.readers.positions import positions
from upwind.readers.registry import reader_of
from upwind.readers.trajectories import TRAJECTORY_NEEDS, read_trajectory, trajectory_of
from upwind.records import Trajectory

PLACE = "time,longitude [deg],latitude [deg]"


def careful(path: Path) -> Trajectory:
    file = open_file(path, binary=True)
    return trajectory_of(reader_of(file).read(file, TRAJECTORY_NEEDS))


def quick(path: Path) -> Trajectory | None:
    return positions(open_file(path, binary=True), TRAJECTORY_NEEDS)


def labels(track: Trajectory) -> list[tuple[str, str]]:
    return [
        (track.flights[flight], track.platforms[platform])
        for flight, platform in zip(track.flight, track.platform, strict=True)
    ]


def agree(path: Path) -> Trajectory:
    """Return what both paths read, having found it the same."""
    fast, slow = quick(path), careful(path)
    assert fast is not None, "left to the careful path"
    for spec in TRAJECTORY:
        one, other = getattr(fast, spec.name), getattr(slow, spec.name)
        assert np.array_equal(one, other, equal_nan=True), (spec.name, one, other)
    assert fast.row.tolist() == slow.row.tolist()
    assert labels(fast) == labels(slow)
    assert (fast.flights, fast.platforms) == (slow.flights, slow.platforms)
    assert (fast.name, fast.sha256) == (slow.name, slow.sha256)
    return slow


def written(folder: Path, text: str) -> Path:
    path = folder / "track.csv"
    path.write_bytes(text.encode())
    return path


CSV = {
    "with Z": f"{PLACE}\n2020-09-15T00:00:00Z,1.5,2.25\n2020-09-15T00:00:01Z,1.6,2.35\n",
    "without Z": f"{PLACE}\n2020-09-15T00:00:00,1.5,2.25\n2020-09-15T00:00:01,1.6,2.35\n",
    "fractions": f"{PLACE}\n2020-09-15T00:00:00.1Z,1,2\n2020-09-15T00:00:00.123456Z,1,2\n2020-09-15T00:00:01Z,1,2\n",
    "before 1970": f"{PLACE}\n1956-08-25T23:30:00.5Z,1,2\n1956-08-25T23:30:01Z,1,2\n",
    "CRLF": f"{PLACE}\r\n2020-09-15T00:00:00Z,1.5,2.25\r\n2020-09-15T00:00:01Z,1.6,2.35\r\n",
    "BOM": f"\ufeff{PLACE}\n2020-09-15T00:00:00Z,1.5,2.25\n2020-09-15T00:00:01Z,1.6,2.35\n",
    "no newline at the end": f"{PLACE}\n2020-09-15T00:00:00Z,1.5,2.25\n2020-09-15T00:00:01Z,1.6,2.35",
    "quoted": f'{PLACE},flight\n"2020-09-15T00:00:00Z","1.5","2.25","A, B"\n'
    '2020-09-15T00:00:01Z,1.6,2.35,"say ""x"""\n',
    "feet": f"{PLACE},altitude [ft],height [ft]\n2020-09-15T00:00:00Z,1,2,1000,7\n2020-09-15T00:00:01Z,1,2,,100.1\n",
    "many digits": f"{PLACE}\n2020-09-15T00:00:00Z,1.1234567890123,2.9999999999999\n2020-09-15T00:00:01Z,-0.1,1e-7\n",
    "texts with gaps": f"{PLACE},flight,platform\n2020-09-15T00:00:00Z,1,2,,P\n2020-09-15T00:00:01Z,1,2,F,\n"
    "2020-09-15T00:00:02Z,1,2,F,P\n",
    "texts with blanks": f"{PLACE},flight\n2020-09-15T00:00:00Z,1,2, F1\n2020-09-15T00:00:01Z,1,2,F1 \n",
    "names that look empty": f"{PLACE},flight\n2020-09-15T00:00:00Z,1,2,NA\n2020-09-15T00:00:01Z,1,2,null\n",
    "names like numbers": f"{PLACE},flight\n2020-09-15T00:00:00Z,1,2,007\n2020-09-15T00:00:01Z,1,2,7\n",
    "two flights": f"{PLACE},flight\n2020-09-15T00:00:09Z,1,2,A\n"
    f"2020-09-15T00:00:01Z,1,2,B\n2020-09-15T00:00:09Z,1,2,A\n",
    "two sensors": f"{PLACE},sensor\n2020-09-15T00:00:09Z,1,2,A\n"
    f"2020-09-15T00:00:01Z,1,2,B\n2020-09-15T00:00:09Z,1,2,A\n",
    "other columns": f"{PLACE},methane [ppm],note\n2020-09-15T00:00:00Z,1,2,1.9,x\n2020-09-15T00:00:01Z,1,2,,\n",
    "blank lines": f"{PLACE}\n2020-09-15T00:00:00Z,1.5,2.25\n\n2020-09-15T00:00:01Z,1.6,2.35\n\n",
    "heights as nan": f"{PLACE},height [m]\n2020-09-15T00:00:00Z,1,2,nan\n2020-09-15T00:00:01Z,1,2,NA\n",
}
#: What is right, and still not plain enough for the quick path.
LEFT = {
    "an offset": f"{PLACE}\n2020-09-15T02:00:00+02:00,1,2\n2020-09-15T02:00:01+02:00,1,2\n",
    "no place in a row": f"{PLACE}\n2020-09-15T00:00:00Z,1,2\n2020-09-15T00:00:01Z,,\n2020-09-15T00:00:02Z,1,2\n",
    "semicolons": "time;longitude [deg];latitude [deg]\n2020-09-15T00:00:00Z;1;2\n2020-09-15T00:00:01Z;1;2\n",
    "comments": f"# made by hand\n{PLACE}\n2020-09-15T00:00:00Z,1,2\n2020-09-15T00:00:01Z,1,2\n",
    "seconds since 1970": f"{PLACE}\n1600128000,1,2\n1600128001,1,2\n",
}


@pytest.mark.parametrize("name", CSV)
def test_both_paths_read_the_same_of_text(tmp_path: Path, name: str) -> None:
    agree(written(tmp_path, CSV[name]))


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_plain_is_read_with_care_or_the_same(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, LEFT[name])
    try:
        careful(path)
    except FormatError:
        assert quick(path) is None
    else:
        assert quick(path) is None or agree(path)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/Los_Angeles"])
def test_both_paths_read_the_same_times_of_parquet(tmp_path: Path, unit: str, zone: str | None) -> None:
    moments = np.array(["2020-09-15T00:00:00", "2020-09-15T00:00:01"], dtype=f"datetime64[{unit}]")
    times = pa.array(moments, pa.timestamp(unit)).cast(pa.timestamp(unit, tz=zone))
    path = tmp_path / "track.parquet"
    pq.write_table(pa.table({"time": times, "longitude [deg]": [1.0, 2.0], "latitude [deg]": [3.0, 4.0]}), path)
    assert agree(path).time.tolist() == [1600128000.0, 1600128001.0]


TEXTS: dict[str, Callable[[], pa.Array]] = {
    "strings": lambda: pa.array(["A", "B", None, "A"]),
    "large strings": lambda: pa.array(["A", "B", None, "A"], pa.large_string()),
    "a dictionary": lambda: pa.array(["A", "B", None, "A"]).dictionary_encode(),
    "a dictionary with what nobody uses": lambda: pa.DictionaryArray.from_arrays([1, 2, None, 1], ["x", "A", "B"]),
}


@pytest.mark.parametrize("name", TEXTS)
def test_both_paths_read_the_same_texts_of_parquet(tmp_path: Path, name: str) -> None:
    times = pa.array(np.arange(4) * 1_000_000 + 1_600_128_000_000_000, pa.timestamp("us", tz="UTC"))
    path = tmp_path / "track.parquet"
    columns = {
        "time": times,
        "longitude [deg]": pa.array([1.0, 2.0, 3.0, 4.0], pa.float32()),
        "latitude [deg]": [1, 2, 3, 4],
    }
    table = pa.table({**columns, "flight": TEXTS[name](), "altitude [ft]": [1000.0, None, 3000.5, 0.0]})
    pq.write_table(table, path, row_group_size=2)
    track = agree(path)
    assert [flight for flight, _ in labels(track)] == ["A", "B", "", "A"]


def test_times_finer_than_a_microsecond_are_read_the_same(tmp_path: Path) -> None:
    moments = np.array([1_600_128_000_123_456_789, 1_600_128_001_999_999_999], dtype="datetime64[ns]")
    path = tmp_path / "track.parquet"
    pq.write_table(pa.table({"time": moments, "longitude [deg]": [1.0, 2.0], "latitude [deg]": [3.0, 4.0]}), path)
    agree(path)


WRONG = {
    "latitude 91": ("2020-09-15T00:00:02Z,1,91", r"latitude .* 91 is not"),
    "infinite": ("2020-09-15T00:00:02Z,inf,2", "longitude"),
    "no number": ("2020-09-15T00:00:02Z,1,north", "north"),
    "no time": ("yesterday,1,2", "yesterday"),
    "empty time": (",1,2", "time"),
    "back in time": ("2020-09-14T23:59:59Z,1,2", "goes back by"),
    "too many cells": ("2020-09-15T00:00:02Z,1,2,3", "cells"),
    "the year 9999": ("9999-09-15T00:00:02Z,1,2", "time"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_a_large_file_is_told_with_its_row(tmp_path: Path, name: str) -> None:
    row, says = WRONG[name]
    many = 60_000
    moments = np.datetime_as_string(np.datetime64("2020-09-14T00:00:00") + np.arange(many), unit="s")
    rows = [f"{moment}Z,1.25,2.5" for moment in moments]
    path = written(tmp_path, "\n".join([PLACE, *rows, "2020-09-15T00:00:01Z,1,2", row]) + "\n")
    assert path.stat().st_size > 1 << 20
    with pytest.raises(FormatError, match=rf"track\.csv:{many + 3}.*{says}"):
        read_trajectory(path)


def test_a_large_file_packed_with_gzip_is_read_whole(tmp_path: Path) -> None:
    many = 60_000
    moments = np.datetime_as_string(np.datetime64("2020-09-14T00:00:00") + np.arange(many), unit="s")
    text = "\n".join([PLACE, *(f"{moment}Z,{number / 1e3:.3f},2.5" for number, moment in enumerate(moments))])
    path = tmp_path / "track.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    track = read_trajectory(path)
    assert track.longitude.tolist() == [float(f"{number / 1e3:.3f}") for number in range(many)]
    assert np.array_equal(np.diff(track.time), np.ones(many - 1))
