"""Every fault is one line that names file, row, column, what is wrong and what would be right."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from upwind.errors import FormatError, UnfinishedError
from upwind.readers import read_track, read_wind, require_locatable

HEADER = "time,longitude [deg],latitude [deg],height [m],sensor,methane [ppm],wind_speed [m/s],temperature [K],note"
ROW = "2026-03-01T12:00:{second:02d}Z,-99.10000{second},19.4,30.5,A,2.01,3.5,288.15,ok"
TEXT = "\n".join([HEADER, *(ROW.format(second=second) for second in range(6))]) + "\n"


def cell(old: str, new: str) -> Callable[[str], str]:
    """Return the edit that replaces text in row 4 of the file."""

    def edit(text: str) -> str:
        lines = text.splitlines(keepends=True)
        assert old in lines[3]
        lines[3] = lines[3].replace(old, new, 1)
        return "".join(lines)

    return edit


def head(old: str, new: str) -> Callable[[str], str]:
    """Return the edit that replaces text in the header."""
    assert old in HEADER
    return lambda text: text.replace(old, new, 1)


FAULTS: list[tuple[str, Callable[[str], str], tuple[str, ...]]] = [
    ("no latitude", head("latitude [deg]", "northing [km]"), ('"latitude [deg]" is missing',)),
    ("no time", head("time,", "moment,"), ('"time" is missing',)),
    ("no height", head("height [m]", "depth [m]"), ('"height [m]" is missing',)),
    ("misspelt", head("latitude [deg]", "lattitude [deg]"), (":1:", '"lattitude [deg]"', 'write "latitude [deg]"')),
    ("swapped letters", head("longitude [deg]", "longtiude [deg]"), ('write "longitude [deg]"',)),
    ("capitals", head("latitude [deg]", "Latitude [deg]"), ('write "latitude [deg]"',)),
    ("a space", head("wind_speed [m/s]", "wind speed [m/s]"), ('"wind speed [m/s]"', 'write "wind_speed [m/s]"')),
    ("no unit", head("latitude [deg]", "latitude"), ("the unit is missing", 'write "latitude [deg]"')),
    ("round brackets", head("height [m]", "height (m)"), ('"height (m)"', 'write "height [m]"')),
    ("a unit of time", head("time,", "time [s],"), ('"time [s]"', "ISO 8601", 'write "time"')),
    ("unknown unit", head("[m/s]", "[furlong]"), ("[furlong] is no unit of wind speed", "wind_speed [m/s]")),
    ("no such unit", head("height [m]", "height [xyz]"), ("[xyz] is no unit of height", "height [m]")),
    ("farads", head("temperature [K]", "temperature [F]"), ("[F] is no unit of temperature", "degF")),
    ("a unit to compute", head("height [m]", "height [9**9**9 m]"), ("is no unit of height",)),
    ("misspelt gas unit", head("methane [ppm]", "methane [pmm]"), ("[pmm] is no unit of a gas", "ppm, ppb")),
    ("nameless gas", head("methane [ppm]", "[ppm]"), ("the gas has no name",)),
    ("twice", head("note", "height [m]"), ('"height [m]"', "stands there twice")),
    ("gas in two units", head("note", "methane [ppb]"), ('"methane [ppb]"', "too")),
    ("latitude", cell("19.4", "95.2"), (':4: column "latitude [deg]": 95.2 is not a latitude (-90 to 90)',)),
    ("longitude", cell("-99.1", "260.9"), (":4:", "is not a longitude (-180 to 180)", "west is negative")),
    ("height", cell("30.5", "-30000"), (":4:", "-30000 is not a height above ground")),
    ("wind", cell("3.5", "-3.5"), (":4:", '"wind_speed [m/s]"', "-3.5 is not a wind speed (0 to 150)")),
    ("celsius", cell("288.15", "15"), (":4:", "15 is not an air temperature", "temperature [degC]")),
    ("concentration", cell("2.01", "2e9"), (":4:", '"methane [ppm]"', "is no concentration")),
    ("sentinel", cell("2.01", "-9999"), (":4:", "-9999 ppm", "leave the cell empty")),
    ("infinite", cell("2.01", "inf"), (":4:", '"methane [ppm]"')),
    ("words", cell("2.01", "low"), (':4: column "methane [ppm]": "low" is not a number',)),
    ("underscore", cell("2.01", "2_01"), ('"2_01" is not a number',)),
    ("comma in quotes", cell("2.01", '"2,01"'), ('"2,01" has another decimal sign', "decimal point")),
    ("no position", cell("19.4", ""), (":4:", "the latitude is missing", "leave out the rows")),
    ("no time of day", cell("2026-03-01T12:00:02Z", "2026-03-01"), (":4:", "is not a time", "ISO 8601")),
    ("day first", cell("2026-03-01T12:00:02Z", "01/03/2026 12:00"), ("is not a time", "ISO 8601")),
    ("epoch", cell("2026-03-01T12:00:02Z", "1772366402"), ("is not a time",)),
    ("no such day", cell("2026-03-01", "2026-02-30"), (":4:", "does not exist")),
    ("time missing", cell("2026-03-01T12:00:02Z", ""), (":4:", "the time is missing")),
    ("year 1", cell("2026-", "0001-"), (":4:", "1900 to 2100")),
    ("time back", cell(":02Z", ":00Z"), (':4: column "time": the time of sensor "A" goes back by 1 s', "sort")),
    ("two offsets", cell("02Z", "02-06:00"), (":4:", "different offsets", "Z and -06:00", "UTC")),
    ("naive among aware", cell("02Z", "02"), (":4:", "different offsets", "no offset")),
    ("too few cells", cell(",ok", ""), (":4: 8 cells, the header has 9",)),
    ("too many cells", cell(",ok", ",ok,"), (":4: 10 cells, the header has 9",)),
    ("cut off", lambda text: text[:-20], (":7: the last line is cut off",)),
    ("open quote", cell("ok", '"ok'), ("the quotes or cells cannot be read",)),
    ("part of a beam", head("note", "end_latitude [deg]"), ("end_longitude [deg]", "missing")),
    ("header alone", lambda text: text.splitlines()[0], ("0 rows", "at least two")),
    ("one row", lambda text: "\n".join(text.splitlines()[:2]), ("1 rows", "at least two")),
    ("empty", lambda _: "", ("the file is empty",)),
    ("blank", lambda _: "\n \n", ("the file is empty",)),
    ("no table", lambda _: "once upon a time\nthere was a laboratory\n", ('"time" is missing',)),
    ("many columns", lambda _: ",".join("abc"[i % 3] + str(i) for i in range(5000)) + "\n", ("5000 columns",)),
    ("long cell", cell("ok", "x" * 200_000), ("cannot be read",)),
]


def refused(path: Path, read: Callable[[Path], object] = read_track) -> str:
    """Return the one line with which a file is refused."""
    with pytest.raises(FormatError) as caught:
        read(path)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) <= 400
    assert path.name[:50] in line
    return line


@pytest.mark.parametrize(("edit", "says"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_one_line_that_names_it(tmp_path: Path, edit: Callable[[str], str], says: tuple[str, ...]) -> None:
    path = tmp_path / "track.csv"
    path.write_text(edit(TEXT), encoding="utf-8")
    line = refused(path)
    for part in says:
        assert part in line


CONTENTS: list[tuple[str, Callable[[], bytes], str]] = [
    ("binary", lambda: bytes(range(256)) * 4000, "binary"),
    ("zip", lambda: b"PK\x03\x04" + bytes(100), "zip"),
    ("utf-16", lambda: TEXT.encode("utf-16"), "UTF-16"),
    ("utf-16 without mark", lambda: TEXT.encode("utf-16-le"), "UTF-16"),
    ("broken gzip", lambda: gzip.compress(TEXT.encode())[:40] + b"xxxxxxxx", "the packed file"),
    ("cut gzip", lambda: gzip.compress(TEXT.encode())[:-20], "cut off"),
    ("no known encoding", lambda: (HEADER + "\n").encode() + b"\x81\x8d\n", "encoding"),
    ("gzip of zeros", lambda: gzip.compress(bytes(100_000_000), 1), "binary"),
    ("no line ends", lambda: b"time," * 2_000_000, "longer than"),
    ("a long line", lambda: TEXT.encode() + b"1" * 10_000_000, "longer than"),
    ("zeros at the end", lambda: TEXT.encode() + bytes(5000), "track"),
    ("50 MB of rubbish", lambda: b"abc,def\n" * 6_500_000, '"time" is missing'),
    ("gzip of blank lines", lambda: gzip.compress(TEXT.encode() + b"\n" * 100_000_000, 1), "blank lines"),
    ("blank lines first", lambda: b"\n" * 50_000_000, "blank lines"),
    ("ICARTT of blank lines", lambda: b"36, 1001\n" + b"\n" * 50_000_000, "lines"),
    ("ICARTT without line ends", lambda: b"36, 1001\n" + b"1," * 20_000_000, "longer than"),
    ("ICARTT of another index", lambda: b"36, 2110\n", "2110"),
    ("ICARTT cut off", lambda: b"36, 1001\nname\n", "the header"),
    ("Parquet cut off", lambda: b"PAR1" + bytes(50), "Parquet"),
    ("NetCDF cut off", lambda: b"CDF\x01" + b"\xff" * 50, "NetCDF"),
    ("NetCDF without time", lambda: b"CDF\x01" + bytes(50), "no variable holds times"),
    ("a long header", lambda: b"time," * 20_000 + b"\n", "too long for a header"),
    ("HDF5 cut off", lambda: b"\x89HDF\r\n\x1a\n" + bytes(50), "NetCDF"),
]


@pytest.mark.parametrize(("content", "says"), [row[1:] for row in CONTENTS], ids=[row[0] for row in CONTENTS])
def test_what_is_no_table_is_said_within_seconds(tmp_path: Path, content: Callable[[], bytes], says: str) -> None:
    path = tmp_path / "track.csv"
    path.write_bytes(content())
    assert says in refused(path)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    assert "not a file" in refused(tmp_path)
    assert "cannot be read" in refused(tmp_path / "none.csv")
    assert "content is not" in refused(_written(tmp_path / "track.parquet", TEXT))


def test_a_part_of_a_beams_end_is_refused(tmp_path: Path) -> None:
    header = HEADER.replace("note", "end_longitude [deg],end_latitude [deg],end_height [m]")
    rows = [ROW.format(second=second).replace("ok", "-99.2,19.5,2") for second in range(3)]
    rows[1] = rows[1].replace("19.5,", ",")
    line = refused(_written(tmp_path / "track.csv", "\n".join([header, *rows])))
    assert ':3: column "end_latitude [deg]"' in line


def test_a_growing_file_loses_a_last_line_without_its_end(tmp_path: Path) -> None:
    path = _written(tmp_path / "track.csv", TEXT[:-10])
    assert len(read_track(path, growing=True).time) == 5
    for size in (0, 30, len(HEADER) + 1, len(HEADER) + 80):
        with pytest.raises(UnfinishedError):
            read_track(_written(path, TEXT[:size]), growing=True)


def test_a_wind_file_without_wind_is_refused(tmp_path: Path) -> None:
    assert "no wind" in refused(_written(tmp_path / "wind.csv", "time,note\n2026-03-01T12:00Z,1\n"), read_wind)
    assert "no row" in refused(_written(tmp_path / "wind.csv", "time,wind_speed [m/s]\n"), read_wind)
    text = "time,wind_from [deg]\n2026-03-01T12:00Z,1000\n"
    assert ':2: column "wind_from [deg]": 1000 is not a direction' in refused(
        _written(tmp_path / "w.csv", text), read_wind
    )


def test_a_track_without_gas_says_which_column_may_have_been_meant(tmp_path: Path) -> None:
    text = TEXT.replace("methane [ppm]", "methane [counts]")
    track = read_track(_written(tmp_path / "track.csv", text))
    with pytest.raises(FormatError) as caught:
        require_locatable([track])
    assert 'track.csv: column "methane [counts]": [counts] is no unit of a gas; give one in ppm' in str(caught.value)


def test_readings_without_wind_are_refused_unless_another_track_has_it(tmp_path: Path) -> None:
    still = read_track(_written(tmp_path / "track.csv", TEXT))
    with pytest.raises(FormatError, match=r'track.csv: no row has both .* "wind_from \[deg\]"; add .*--wind FILE'):
        require_locatable([still])
    text = TEXT.replace("note", "wind_from [deg]").replace(",ok", ",270")
    require_locatable([still, read_track(_written(tmp_path / "mast.csv", text))])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_bytes_it_is_a_track_or_one_line(tmp_path: Path, data: st.DataObject) -> None:
    text = TEXT.encode()
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    rubbish = data.draw(
        st.binary(max_size=40) | st.text("0123456789.,;\t\"'[]-+eEnaTZ:\n", max_size=30).map(str.encode)
    )
    content = data.draw(st.sampled_from([text[:start] + rubbish + text[start + length :], rubbish, text + rubbish]))
    packed = data.draw(st.booleans())
    path = tmp_path / "track.csv"
    path.write_bytes(gzip.compress(content, 1) if packed else content)
    line = said_of(path)
    assert len(line) <= 400
    assert "\n" not in line


def said_of(path: Path) -> str:
    """Return the line with which a file is refused, "" where it is a track."""
    try:
        return "" if len(read_track(path).time) > 1 else "a track without rows"
    except FormatError as error:
        return str(error)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
