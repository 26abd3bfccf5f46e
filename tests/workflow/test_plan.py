"""`upwind plan` as users start it: what is flown, how good it is, and what never leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from upwind.readers.plans import read_plan

ROOT = Path(__file__).parents[2]
WING = 'name = "wing"\nspeed_m_s = 25.0\nbank_deg = 25.0\nendurance_h = {hours}\n'
SCANNER = 'name = "line scanner"\nswath_m = 300.0\noverlap = 0.2\nheight_m = 400\n'
START = "2026-10-15T12:00:00Z"
SEA = (-40.0, 20.0)
SONORA = (-110.0, 29.0)
#: 3 km north of the border of Arizona with Sonora, at 31.3327 N.
NOGALES = (-110.5, 31.334)
GROOM_LAKE = (-115.83, 37.22)
EVERY = {"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "platform": '"*"', "floor_m": 0}


def square(place: tuple[float, float], side_deg: float = 0.03) -> dict[str, Any]:
    return shapely.geometry.mapping(shapely.box(*place, place[0] + side_deg, place[1] + side_deg))


@pytest.fixture
def at(tmp_path: Path) -> Path:
    (tmp_path / "wing.toml").write_text(WING.format(hours=200))
    (tmp_path / "scanner.toml").write_text(SCANNER)
    return tmp_path


def allowed(at: Path, state: str, **changed: object) -> str:
    keys = {**EVERY, **changed}
    lines = [f'[[authorisation]]\nid = "{state}-1"\nstate = "{state}"', *(f"{key} = {keys[key]}" for key in keys)]
    (at / "allowed.toml").write_text("\n".join(lines) + "\n")
    return "allowed.toml"


def upwind(at: Path, area: dict[str, Any], *more: str, out: str = "survey.geojson") -> subprocess.CompletedProcess[str]:
    (at / "area.geojson").write_text(json.dumps(area))
    given = ["area.geojson", "--platform", "wing.toml", "--sensor", "scanner.toml", "--start", START, "--out", out]
    return subprocess.run(
        [sys.executable, "-m", "upwind", "plan", *given, *more],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def refused(at: Path, area: dict[str, Any], *more: str, code: int = 3) -> subprocess.CompletedProcess[str]:
    """Return a command that ended with a code, one line of fault and nothing written."""
    done = upwind(at, area, *more)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == 1
    assert not (at / "survey.geojson").exists()
    assert not [path for path in at.iterdir() if path.name.endswith(".part")]
    return done


def planned(at: Path, area: dict[str, Any], *more: str) -> dict[str, Any]:
    done = upwind(at, area, *more)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((at / "survey.geojson").read_text())
    return {**document, "stdout": done.stdout}


def coverage(area: dict[str, Any], document: dict[str, Any], swath_m: float = 300.0) -> float:
    """Return the share of an area within half a swath of the exported lines, in an equal-area projection."""
    ground = shapely.geometry.shape(area)
    place = ground.centroid
    there = Transformer.from_crs(4326, f"+proj=laea +lat_0={place.y} +lon_0={place.x}", always_xy=True)

    def flat(shape: shapely.Geometry) -> shapely.Geometry:
        moved: shapely.Geometry = shapely.transform(shape, lambda at: np.column_stack(there.transform(*at.T)))
        return moved

    lines = [one["geometry"] for one in document["features"] if one["properties"]["kind"] == "line"]
    seen = [flat(shapely.geometry.shape(one)).buffer(swath_m / 2.0, cap_style="flat") for one in lines]
    whole = flat(ground)
    return float(whole.intersection(shapely.union_all(seen)).area / whole.area)


CONCAVE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [
        [[-40, 20], [-39.95, 20], [-39.95, 20.02], [-39.98, 20.02], [-39.98, 20.05], [-40, 20.05], [-40, 20]],
        [[-39.97, 20.005], [-39.97, 20.015], [-39.96, 20.015], [-39.96, 20.005], [-39.97, 20.005]],
    ],
}


@pytest.mark.parametrize("how", ["square", "concave", "wind", "sorties"])
def test_an_area_is_covered_in_no_less_than_the_bound(at: Path, how: str) -> None:
    area = square(SEA) if how in ("square", "wind") else CONCAVE
    (at / "wind.csv").write_text(
        "time,longitude [deg],latitude [deg],wind_speed [m/s],wind_from [deg]\n"
        "2026-10-15T12:00:00Z,-40,20,7.5,240\n2026-10-15T13:00:00Z,-40,20,7.5,240\n"
    )
    more = {"wind": ["--wind", "wind.csv"], "sorties": ["--base", "-40.02,20.0"]}.get(how, [])
    if how == "sorties":
        (at / "wing.toml").write_text(WING.format(hours=0.5))
    document = planned(at, area, *more)
    plan = document["plan"]
    assert coverage(area, document) >= 0.995
    assert plan["lower_bound_s"] <= plan["time_s"]
    assert plan["gap"] == pytest.approx(plan["time_s"] / plan["lower_bound_s"] - 1.0)
    places = [one for one in document["features"] if one["properties"]["kind"] == "waypoint"]
    assert [one["properties"]["sequence"] for one in places] == list(range(len(places)))
    ends = {tuple(one["geometry"]["coordinates"]) for one in places}
    lines = [one["geometry"]["coordinates"] for one in document["features"] if one["properties"]["kind"] == "line"]
    assert {tuple(place) for line in lines for place in line} <= ends
    assert re.search(r"sortie +lines +km +time", document["stdout"])
    assert "survey.geojson" in document["stdout"].splitlines()[-1]
    if how == "sorties":
        assert plan["sorties"] > 1
        rows = re.findall(r"^ +\d+ +\d+ +[\d,.]+ +(\d+):(\d\d):(\d\d)", document["stdout"], re.MULTILINE)
        assert len(rows) == plan["sorties"]
        assert all(int(hour) * 3600 + int(minute) * 60 + int(second) <= 1800 for hour, minute, second in rows)
        assert max(one["properties"]["sortie"] for one in places) == plan["sorties"] - 1


def test_the_same_command_gives_the_same_waypoints_in_every_format(at: Path) -> None:
    routes = []
    for ending in (".geojson", ".plan", ".waypoints", ".kml", ".kmz"):
        done = upwind(at, CONCAVE, "--base", "-40.02,20.0", out=f"survey{ending}")
        assert done.returncode == 0, done.stderr
        routes.append(read_plan(at / f"survey{ending}"))
    for route in routes[1:]:
        assert np.abs(route.longitude - routes[0].longitude).max() <= 1e-7
        assert np.abs(route.latitude - routes[0].latitude).max() <= 1e-7
        assert route.line.tolist() == routes[0].line.tolist()


def test_what_is_printed_and_given_back_opens_the_gate(at: Path) -> None:
    done = refused(at, square(SONORA))
    assert "MEX" in done.stderr
    (at / "asked.toml").write_text(done.stdout)
    document = planned(at, square(SONORA), "--authorisations", "asked.toml", "--authority", "exercise order 7")
    assert document["authority"] == "exercise order 7"


@pytest.mark.parametrize("base", [[], ["--base", "-110.45,31.40"]])
def test_turns_near_a_border_ask_the_other_state(at: Path, base: list[str]) -> None:
    allowed(at, "USA", special_use="true")
    done = refused(at, square(NOGALES), "--authorisations", "allowed.toml", *base)
    assert "MEX" in done.stderr


def test_the_way_home_over_another_state_asks_it(at: Path) -> None:
    """New Mexico reaches down to 31.33 N west of 108.21 W, and to 31.78 N east of it, on the way to El Paso."""
    allowed(at, "USA", special_use="true", ceiling_m=10_000)
    area = square((-108.40, 31.47), 0.02)
    planned(at, area, "--authorisations", "allowed.toml")
    (at / "survey.geojson").unlink()
    done = refused(at, area, "--authorisations", "allowed.toml", "--base", "-107.0,31.85")
    assert "MEX" in done.stderr


def test_restricted_airspace_needs_leave_for_special_use(at: Path) -> None:
    allowed(at, "USA")
    done = refused(at, square(GROOM_LAKE), "--authorisations", "allowed.toml")
    assert "special_use = true" in done.stdout
    allowed(at, "USA", special_use="true")
    planned(at, square(GROOM_LAKE), "--authorisations", "allowed.toml")


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "2026-10-15T12:05:00Z"},
        {"from": "2026-10-15T12:00:01Z"},
        {"ceiling_m": 399},
        {"floor_m": 401},
        {"platform": '"balloon"'},
    ],
)
def test_an_authorisation_that_does_not_cover_all_does_not_open_the_gate(at: Path, wrong: dict[str, object]) -> None:
    allowed(at, "MEX", **wrong)
    refused(at, square(SONORA), "--authorisations", "allowed.toml")


def test_an_authority_may_be_required(at: Path) -> None:
    done = refused(at, square(SEA), "--require-authority", code=1)
    assert "--authority" in done.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wing.toml", "speed_m_s = 25"),
        ("wing.toml", "nonsense"),
        ("wing.toml", WING.format(hours=0)),
        ("scanner.toml", SCANNER.replace("0.2", "1.0")),
        ("scanner.toml", 'name = "nose"\n'),
    ],
)
def test_bad_files_are_one_line(at: Path, name: str, text: str) -> None:
    (at / name).write_text(text)
    assert name.split(".", maxsplit=1)[0] in refused(at, square(SEA), code=1).stderr


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [-40, 20]},
        {"type": "Polygon", "coordinates": [[[-40, 20], [-39.9, 20], [-40, 20]]]},
        {"type": "Polygon", "coordinates": [[[-40, 20], [-39.9, 120], [-39.9, 20.1], [-40, 20]]]},
        {"type": "FeatureCollection", "features": []},
    ],
)
def test_a_bad_area_is_one_line(at: Path, area: dict[str, Any]) -> None:
    assert "area.geojson" in refused(at, area, code=1).stderr


def test_the_area_is_not_written_over(at: Path) -> None:
    done = upwind(at, square(SEA), out="area.geojson")
    assert done.returncode == 1
    assert json.loads((at / "area.geojson").read_text()) == json.loads(json.dumps(square(SEA)))


def test_the_plan_tells_when_and_how_high_it_is(at: Path) -> None:
    notam = planned(at, square(SEA))["notam"]
    assert notam["from"] == START
    assert datetime.fromisoformat(notam["to"]) > datetime(2026, 10, 15, 12, tzinfo=UTC)
    assert notam["upper_m"] == 400.0


EXAMPLE = ROOT / "missions" / "plan-example"


@pytest.mark.parametrize("code", [0, 3])
def test_the_example_runs_as_its_readme_says(tmp_path: Path, code: int) -> None:
    first = (EXAMPLE / "README.md").read_text().split("```")[1]
    told = re.findall(r"--(\w+) missions/plan-example/(\S+)", first)
    assert [name for name, _ in told] == ["platform", "sensor", "authorisations"]
    given = [f"--{name}={EXAMPLE / path}" for name, path in told if code == 0 or name != "authorisations"]
    done = subprocess.run(
        [sys.executable, "-m", "upwind", "plan", str(EXAMPLE / "area.geojson"), *given, "--out", "survey.plan"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert (tmp_path / "survey.plan").exists() == (code == 0)
