"""Several aircraft planned at the command line: kept clear, drawn on one page, held by the gate at their true times."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from upwind.cli import main

EXAMPLE = Path(__file__).parents[2] / "missions" / "plan-example"
START = "2026-12-01T06:00:00Z"
WING = 'name = "wing"\nspeed_m_s = 22.0\nclimb_m_s = 4.0\nbank_deg = 30.0\nendurance_h = 0.6\n'
SMALL = WING + "separation_m = 200\nseparation_height_m = 50\n"
ALLOWED = """
[[authorisation]]
id = "AUS-1"
state = "AUS"
from = {begin}
to = {end}
floor_m = 0
ceiling_m = {ceiling}
platform = "*"
"""
#: OpenAir: a square of a quarter of a minute, 1,250 to 1,400 ft above ground.
BARRED = """AC P
AN MIDDLE
AL 1250 ft AGL
AH 1400 ft AGL
DP 20:35:05 S 124:30:50 E
DP 20:35:05 S 124:31:05 E
DP 20:34:50 S 124:31:05 E
DP 20:34:50 S 124:30:50 E
"""


def planned(at: Path, *more: str, side: float = 0.03, wing: str = SMALL) -> int:
    """Plan two aircraft over a square of the Great Sandy Desert."""
    ring = [[124.5, -20.6], [124.5 + side, -20.6], [124.5 + side, -20.6 + side], [124.5, -20.6 + side], [124.5, -20.6]]
    (at / "area.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    (at / "wing.toml").write_text(wing)
    given = [str(at / "area.geojson"), "--platform", str(at / "wing.toml"), "--sensor", str(EXAMPLE / "sensor.toml")]
    given += ["--start", START, "--base", "124.49,-20.605", "--aircraft", "2", "--out", str(at / "survey.geojson")]
    return main(["plan", *given, *more])


def allowed(at: Path, end: str = "2027-01-01T00:00:00Z", ceiling: float = 500) -> str:
    (at / "allowed.toml").write_text(ALLOWED.format(begin="2026-01-01T00:00:00Z", end=end, ceiling=ceiling))
    return f"--authorisations={at / 'allowed.toml'}"


@pytest.mark.slow
def test_the_example_of_several_aircraft_runs_as_its_readme_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = (EXAMPLE / "README.md").read_text().split("```sh\n")[2].split("```")[0]
    words = told.replace("\\\n", " ").replace("missions/plan-example", str(EXAMPLE)).split()[1:]
    words = [str(tmp_path / word) if word in ("survey.plan", "plan.html") else word for word in words]
    assert main([*words, "--start", START, "--language", "es"]) == 0
    said, page = capsys.readouterr().out, (tmp_path / "plan.html").read_text()
    drawings = [ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)]  # noqa: S314 - our own
    ends, lines = [], 0
    for number in (1, 2, 3):
        own = json.loads((tmp_path / f"survey-{number}.plan").read_text())["upwind"]["aircraft"]
        assert (own["number"], own["of"], own["sorties"]) == (number, 3, len(own["take_off"]))
        assert own["separation"]["across_m"] == pytest.approx(609.6)
        assert all(f"{datetime.fromisoformat(at):%m-%d %H:%M:%S}" in said for at in own["take_off"])
        ends.append(datetime.fromisoformat(own["take_off"][-1]))
        marks = [mark for drawing in drawings for mark in drawing.iter()]
        drawn = [mark for mark in marks if mark.get("class") == f"surveyed craft{number}"]
        lines += len(drawn)
        assert len([mark for mark in marks if mark.get("class") == f"flown lines craft{number}"]) == own["sorties"] + (
            number == 1
        )
    assert len(set(ends)) == 3
    assert sum(map(int, re.findall(r"^ +[123] +(\d+) ", said, flags=re.MULTILINE))) == lines - 3
    assert own["makespan_not_clear_s"] < own["makespan_s"] < own["makespan_latest_s"]
    nearest = own["nearest"][0]
    assert 600.0 < nearest["across"]["lower"] <= nearest["across"]["median"] <= nearest["across"]["upper"]
    assert f"{nearest['across']['median']:,.0f} m" in said
    assert f"{nearest['across']['median']:,.0f} m" in page
    assert "Pérdida de enlace" in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)


@pytest.mark.slow
def test_transits_are_above_lines_as_far_as_is_allowed_and_lines_are_held_by_the_gate_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert planned(tmp_path, allowed(tmp_path)) == 0
    said = capsys.readouterr().out
    files = [json.loads((tmp_path / f"survey-{number}.geojson").read_text()) for number in (1, 2)]
    heights = {
        one["properties"]["height_m"] for file in files for one in file["features"] if "height_m" in one["properties"]
    }
    assert heights == {400.0, 450.0}
    begins = [datetime.fromisoformat(at) for file in files for at in file["aircraft"]["take_off"]]
    assert len(set(begins)) == len(begins)
    assert "The nearest expected is" in said
    for number in (1, 2):
        (tmp_path / f"survey-{number}.geojson").unlink()
    # What to ask for lasts until the last one, which waited, is home.
    assert planned(tmp_path, allowed(tmp_path, "2026-12-01T06:05:00Z")) == 3
    asked = re.search(r"^to = (\S+)$", capsys.readouterr().out, flags=re.MULTILINE)
    assert asked
    makespan = timedelta(seconds=files[0]["aircraft"]["makespan_s"])
    assert datetime.fromisoformat(asked[1]) >= datetime.fromisoformat(START) + makespan - timedelta(seconds=1)
    assert not list(tmp_path.glob("survey*"))
    # An area from 381 to 427 m over the middle bars the lines at 400 m, though transits are above it.
    (tmp_path / "area.txt").write_text(BARRED)
    assert planned(tmp_path, allowed(tmp_path), "--airspace", str(tmp_path / "area.txt")) == 3
    assert "MIDDLE" in capsys.readouterr().err


def test_where_nothing_keeps_them_clear_one_line_says_who_where_and_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two aircraft of an unknown class over 1 km beside their base: each would have to wait for the other."""
    assert planned(tmp_path, allowed(tmp_path), "--report", str(tmp_path / "p.html"), side=0.012, wing=WING) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert re.search(
        r"aircraft 1 and 2 may come nearer than 1,219 m at 124\.\d{4}, -20\.\d{4}, 2026-12-01T06:", said.err
    )
    assert not list(tmp_path.glob("survey*"))
    assert not (tmp_path / "p.html").exists()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--prior", str(EXAMPLE / "prior.tif")], "--prior: a search is of one aircraft"),
        (["--upload", "udp://127.0.0.1:9"], "--upload is for one aircraft"),
    ],
)
def test_what_is_of_one_aircraft_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], says: str
) -> None:
    assert planned(tmp_path, *more) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not list(tmp_path.glob("survey*"))


def test_a_separation_that_is_none_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert planned(tmp_path, wing=WING + "separation_m = -5\n") == 1
    said = capsys.readouterr().err
    assert re.search(r'wing\.toml.*"separation_m".*not a distance above 0', said)
    assert said.count("\n") == 1
