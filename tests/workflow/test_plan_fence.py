"""What a plan tells an aircraft beside the way, as users get it: its fence, its settings, and what to look up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from validation.grounds import met

from upwind.cli import main

EXAMPLE = Path(__file__).parents[2] / "missions" / "plan-example"
WING = 'name = "wing"\ncategory = "fixed wing"\nspeed_m_s = 25.0\nbank_deg = 25.0\nendurance_h = 20\n'
USA = """
[[authorisation]]
id = "USA-1"
state = "USA"
from = 2026-10-01T00:00:00Z
to = 2026-11-01T00:00:00Z
floor_m = 0
platform = "*"
special_use = true
"""
#: 1,400 m north of the border of Arizona with Sonora, at 31.3327 N; and the middle of Australia.
NOGALES, DESERT = (-110.5, 31.345), (124.5, -20.6)


def plan(at: Path, corner: tuple[float, float], *more: str, out: str = "survey.plan", base: bool = True) -> int:
    area = shapely.box(*corner, corner[0] + 0.03, corner[1] + 0.03)
    (at / "area.geojson").write_text(json.dumps(shapely.geometry.mapping(area)))
    (at / "wing.toml").write_text(WING)
    aus = (EXAMPLE / "authorisations.toml").read_text(encoding="utf-8")
    (at / "allowed.toml").write_text(USA + aus, encoding="utf-8")
    given = [str(at / "area.geojson"), "--platform", str(at / "wing.toml")]
    given += ["--sensor", str(EXAMPLE / "sensor.toml"), "--authorisations", str(at / "allowed.toml")]
    given += ["--start", "2026-10-15T12:00:00Z", "--out", str(at / out)]
    given += [f"--base={corner[0] + 0.01},{corner[1] + 0.015}"] if base else []
    return main(["plan", *given, *more])


def fence_of(path: Path) -> shapely.Polygon:
    (fence,) = json.loads(path.read_text(encoding="utf-8"))["geoFence"]["polygons"]
    assert fence["inclusion"] is True
    return shapely.Polygon(np.array(fence["polygon"])[:, ::-1])


def test_a_fence_near_a_border_holds_the_way_and_ends_before_the_border(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(tmp_path, NOGALES, "--report", str(tmp_path / "plan.html"), "--language", "es") == 0
    fence = fence_of(tmp_path / "survey.plan")
    assert met(fence) == {"USA"}
    assert "MEX" in met(fence.buffer(0.01))
    items = json.loads((tmp_path / "survey.plan").read_text(encoding="utf-8"))["mission"]["items"]
    way = [item["params"][5:3:-1] for item in items if item["command"] == 16]
    assert fence.contains(shapely.LineString(way).buffer(0.0018))
    said = capsys.readouterr().out
    assert "Geofence: holds all that may be swept" in said
    assert "set RTL_ALTITUDE 400 (ArduPilot) or RTL_RETURN_ALT 400 (PX4)" in " ".join(said.split())
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert page.count('class="fence"') == 2  # on the map, and in its key
    assert "400 m por encima de ella" in page


def test_settings_are_written_beside_the_plan_and_hold_its_height(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(tmp_path, DESERT, "--autopilot", "px4") == 0
    rows = [row.split("\t") for row in (tmp_path / "survey.params").read_text(encoding="utf-8").splitlines()]
    assert ["1", "1", "RTL_RETURN_ALT", "400", "9"] in rows
    document = json.loads((tmp_path / "survey.plan").read_text(encoding="utf-8"))
    assert document["mission"]["firmwareType"] == 12
    assert {item["frame"] for item in document["mission"]["items"] if item["command"] == 16} == {3}
    said = " ".join(capsys.readouterr().out.split())
    assert "Restricted airspace of AUS is not known here" in said
    assert f"load {tmp_path / 'survey.params'}, too" in said


def test_each_of_several_aircraft_has_the_height_of_its_own_way_home(tmp_path: Path) -> None:
    wing = "separation_m = 200\nseparation_height_m = 40\nclimb_m_s = 4.0\n"
    (tmp_path / "craft.toml").write_text(WING + wing)
    more = ("--platform", str(tmp_path / "craft.toml"), "--aircraft", "2", "--autopilot", "ardupilot")
    assert plan(tmp_path, DESERT, *more) == 0
    for number in (1, 2):
        document = json.loads((tmp_path / f"survey-{number}.plan").read_text(encoding="utf-8"))
        height = document["upwind"]["aircraft"]["lost_link_height_m"]
        assert document["rallyPoints"]["points"] == [[pytest.approx(-20.585), pytest.approx(124.51), height]]
        settings = (tmp_path / f"survey-{number}.param").read_text(encoding="utf-8").splitlines()
        assert f"RTL_ALTITUDE,{height:g}" in settings


@pytest.mark.parametrize(
    ("out", "base", "says"),
    [("survey.plan", False, "give --base LON,LAT"), ("survey.kmz", True, "is for DJI's aircraft")],
)
def test_an_autopilot_that_could_not_be_told_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, says: str, *, base: bool
) -> None:
    assert plan(tmp_path, DESERT, "--autopilot", "ardupilot", out=out, base=base) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / out).exists()


def test_without_a_base_it_is_said_where_a_lost_link_was_thought_to_lead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(tmp_path, DESERT, base=False) == 0
    assert "take off there, or give --base" in " ".join(capsys.readouterr().out.split())
    assert json.loads((tmp_path / "survey.plan").read_text(encoding="utf-8"))["rallyPoints"]["points"] == []
