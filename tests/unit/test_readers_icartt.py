"""ICARTT's own words: flags, limits, start and stop, winds by component, rows without a position."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.readers import read_track

VARIABLES = ("Time_Stop, s", "Lon, deg", "Lat, deg", "GPS_Alt, ft", "SO2_CIMS, pptv", "U, m/s", "V, m/s", "LWC, g/m3")
ROWS = (
    (86390, 86400, 350.5, 19.4, 1000, 500, 3, 0, 0.1),
    (86400, 86410, 350.6, 19.4, 1000, -8888, 0, -4, 0.1),
    (86410, 86420, 350.7, 19.4, -9999, -7777, -9999, 1, 0.1),
    (86420, 86430, -9999, -9999, 1000, 600, 1, 1, 0.1),
    (86430, 86440, 350.9, 19.4, 1000, -9999, 1, 1, 0.1),
)


def written(
    path: Path,
    said: tuple[str, ...] = ("LLOD_FLAG: -8888", "LLOD_VALUE: 40"),
    first: str = "Time_Start, s",
    gap: str = ", ",
) -> Path:
    count = len(VARIABLES)
    lines = ["a", "b", "c", "d", "1, 1", "2026, 02, 28, 2026, 03, 01", "10", first, str(count)]
    scales = ["1"] * count
    scales[4] = "0.1"
    lines += [gap.join(scales), gap.join(["-9999"] * count), *VARIABLES, "1", "a special comment"]
    lines += [str(len(said) + 1), *said, "Time_Start, names"]
    rows = [gap.join(map(str, row)) for row in ROWS]
    path.write_text("\n".join([f"{len(lines) + 1}, 1001, V02_2016", *lines, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("gap", [", ", " ", ",", "   "])
def test_flags_limits_and_winds(tmp_path: Path, gap: str) -> None:
    track = read_track(written(tmp_path / "a.ict", gap=gap))
    begin = np.datetime64("2026-02-28T23:59:50").astype("datetime64[s]").astype(np.int64)
    assert (track.time - begin).tolist() == [0, 10, 20, 40]
    assert track.duration.tolist() == [10] * 4
    assert track.longitude.tolist() == [-9.5, -9.4, -9.3, -9.1]
    assert np.isnan(track.height).all()
    assert track.extra["altitude [m]"] == ("304.8", "304.8", "", "304.8")
    assert [gas.name for gas in track.gases] == ["sulfur dioxide"]
    assert track.gases[0].values.tolist()[:2] == [50e-6, 2e-6]
    assert np.isnan(track.gases[0].values[2:]).all()
    assert track.wind.wind_speed[:2].tolist() == [3, 4]
    assert track.wind.wind_from[:2].tolist() == [270, 0]
    assert np.isnan(track.wind.wind_speed[2])


def test_below_an_unstated_limit_nothing_was_found(tmp_path: Path) -> None:
    track = read_track(written(tmp_path / "a.ict", said=("LLOD_FLAG: -8888", "LLOD_VALUE: N/A")))
    assert track.gases[0].values[1] == 0


def test_a_middle_of_the_averaging_time_gives_its_start(tmp_path: Path) -> None:
    track = read_track(written(tmp_path / "a.ict", first="Time_Mid, s"))
    assert np.diff(track.time).tolist() == [10, 10, 20]
    assert track.duration.tolist() == [20] * 4
    assert track.time[0] == np.datetime64("2026-02-28T23:59:40").astype("datetime64[s]").astype(np.int64)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("2026, 02, 28", "2026, 02, 31", ":7: this line should begin with the date"),
        ("\n8\n", "\nmany\n", ':10: "many" should be the number of variables'),
        ("\n8\n", "\n9\n", "9 variables, but 8 scale factors"),
        ("86410, 350.6", "86410, x", ':28: "x" is not a number'),
        (", 19.4, 1000, 500", ", 19.4, 1000", ":27: 8 values, the header names 9 variables"),
        ("Lat, deg", "Latit, deg", "no variable is a latitude"),
        ("V02_2016\na\n", "V02_2016\na\na\n", ":7:"),
    ],
)
def test_a_header_that_is_not_as_the_standard_says(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = written(tmp_path / "a.ict")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        read_track(path)
    assert says in str(caught.value)
