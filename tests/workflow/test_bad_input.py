"""Bad input at the command line: exit 1, one line that says where, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from upwind.cli import main

HEADER = "time,longitude [deg],latitude [deg],height [m],methane [ppm],wind_speed [m/s],wind_from [deg]"
ROWS = [f"2026-03-01T12:00:{second:02d}Z,-99.1,19.4{second:02d},30,2.0,3,270" for second in range(20)]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"

FAULTS = {
    "latitude": (TEXT.replace("19.402", "95.2"), 'track.csv:4: column "latitude [deg]": 95.2 is not a latitude'),
    "misspelt": (TEXT.replace("latitude", "lattitude"), 'write "latitude [deg]"'),
    "one row": ("\n".join([HEADER, ROWS[0]]), "at least two"),
    "gas unit": (TEXT.replace("methane [ppm]", "methane [pmm]"), "[pmm] is no unit of a gas"),
    "no gas": (TEXT.replace("methane [ppm]", "humidity [%]"), "track.csv: there is no gas column; give one in ppm"),
    "no wind": (TEXT.replace("wind_from [deg]", "heading [deg]"), 'track.csv: no row has both "wind_speed [m/s]"'),
    "rubbish": ("\x00\x01\x02" * 1000, "binary"),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_ends_with_exit_1_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    content, says = FAULTS[name]
    track, out = tmp_path / "track.csv", tmp_path / "out" / "sources.geojson"
    out.parent.mkdir()
    track.write_text(content, encoding="utf-8")
    assert main(["locate", str(track), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert says in said.err
    assert said.err.count("\n") == 1
    assert len(said.err) <= 420
    assert not list(out.parent.iterdir())


def test_a_missing_wind_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    track = tmp_path / "track.csv"
    track.write_text(TEXT, encoding="utf-8")
    assert main(["locate", str(track), "--wind", str(tmp_path / "no.csv"), "--out", str(tmp_path / "o.geojson")]) == 1
    assert "no.csv: cannot be read" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track, nowhere = tmp_path / "track.csv", tmp_path / "no" / "o.geojson"
    track.write_text(TEXT, encoding="utf-8")
    assert main(["locate", str(track), "--out", str(nowhere)]) == 1
    assert capsys.readouterr().err == f"upwind: {nowhere}: its folder is not there; make it, or name another\n"
    assert main(["locate", str(track), "--out", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err
