"""`upwind plan --prior` as users start it: where it flies, what it promises, what it leaves, and what never leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import tifffile

from upwind.readers.geotiff import read_search_map
from upwind.readers.plans import read_plan

ROOT = Path(__file__).parents[2]
START = "2026-10-15T12:00:00Z"
SEA, SONORA = (-40.0, 20.0), (-110.0, 29.0)
SIDE_DEG = 0.06
DRONE = 'name = "drone"\ncategory = "multirotor"\nspeed_m_s = 15.0\nbank_deg = 25.0\nendurance_h = 0.4\n'
NOSE = 'name = "nose"\nresponse_s = 1.0\ndetection_limits = { "acetone [ppb]" = 10.0 }\n'
#: From the west: gas goes east.
WIND = "4,270"


@pytest.fixture
def at(tmp_path: Path) -> Path:
    (tmp_path / "drone.toml").write_text(DRONE)
    (tmp_path / "nose.toml").write_text(NOSE)
    return tmp_path


def prior(path: Path, corner: tuple[float, float], cells: int = 60) -> Path:
    """Write a map over a square as GDAL would, by tags' numbers: 2 sites in its north-western ninth, 0.02 elsewhere."""
    values = np.full((cells, cells), 0.02 / cells**2, dtype=np.float32)
    third = cells // 3
    values[:third, :third] = 2.0 / third**2
    step = SIDE_DEG / cells
    tags = [
        (33550, 12, 3, (step, step, 0.0), True),
        (33922, 12, 6, (0.0, 0.0, 0.0, corner[0], corner[1] + SIDE_DEG, 0.0), True),
        (34735, 3, 16, (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326), True),
    ]
    tifffile.imwrite(path, values, extratags=tags, metadata=None)
    return path


def upwind(
    at: Path, corner: tuple[float, float], *more: str, out: str = "search.geojson"
) -> subprocess.CompletedProcess[str]:
    box = shapely.box(*corner, corner[0] + SIDE_DEG, corner[1] + SIDE_DEG)
    (at / "area.geojson").write_text(json.dumps(shapely.geometry.mapping(box)))
    given = ["area.geojson", "--platform", "drone.toml", "--sensor", "nose.toml", "--start", START, "--out", out]
    return subprocess.run(
        [sys.executable, "-m", "upwind", "plan", *given, *more],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def searched(at: Path, *more: str) -> dict[str, Any]:
    done = upwind(at, SEA, "--prior", "map.tif", "--wind", WIND, *more)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((at / "search.geojson").read_text())
    return {**document, "stdout": done.stdout}


def test_it_flies_where_something_may_be_and_downwind_of_it(at: Path) -> None:
    prior(at / "map.tif", SEA)
    document = searched(at)
    lines = [
        shapely.geometry.shape(one["geometry"]) for one in document["features"] if one["properties"]["kind"] == "line"
    ]
    # The ninth that holds nearly all, and a third of the side to its east, where the wind carries what it emits.
    worth = shapely.box(SEA[0], SEA[1] + 0.036, SEA[0] + 0.042, SEA[1] + 0.062)
    inside = sum(line.intersection(worth).length for line in lines) / sum(line.length for line in lines)
    assert inside > 0.9
    for line in lines:
        (x, y), (u, v) = line.coords
        assert abs(x - u) < 0.01 * abs(y - v)
    plan = document["plan"]
    assert plan["time_s"] <= 0.4 * 3600.0
    assert plan["finds_an_hour"]["median"] > 2.0 * plan["even_coverage"]["median"]
    chance = plan["probability_of_a_find"]
    assert 0.0 < chance["lower"] < chance["median"] < chance["upper"] < 1.0
    assert plan["bound_by_model"] >= plan["expected_by_model"]
    assert re.search(r"sortie +lines +km +time", document["stdout"])
    assert (
        f"{100 * chance['median']:.0f} % ({100 * chance['lower']:.0f}-{100 * chance['upper']:.0f})"
        in (document["stdout"])
    )


def test_what_it_leaves_is_the_map_of_the_next_flight(at: Path) -> None:
    before = read_search_map(prior(at / "map.tif", SEA)).undiscovered
    first = searched(at, "--map-out", "left.tif", "--show-map", "maps.html", "--base=-40.01,20.05")
    after = read_search_map(at / "left.tif")
    assert (after.undiscovered <= before + 1e-7).all()
    assert after.undiscovered[:20, :20].sum() < 0.97 * before[:20, :20].sum()
    assert after.shown.max() > 0.02
    # Emission comes and goes: one silent flight leaves most of what is silent most of the time.
    assert after.undiscovered.sum() > 0.5 * before.sum()
    assert "data:image/png" in (at / "maps.html").read_text()
    (at / "map.tif").write_bytes((at / "left.tif").read_bytes())
    assert searched(at, "--base=-40.01,20.05")["plan"]["expected_by_model"] < first["plan"]["expected_by_model"]


def test_every_ending_holds_the_same_way(at: Path) -> None:
    routes = []
    for ending in (".plan", ".waypoints", ".kml", ".kmz", ".geojson"):
        done = upwind(at, SEA, "--prior", "uniform", "--wind", WIND, "--sorties", "2", out=f"search{ending}")
        assert done.returncode == 0, done.stderr
        routes.append(read_plan(at / f"search{ending}"))
    assert routes[0].sortie.max() == 1
    for route in routes[1:]:
        assert np.abs(route.longitude - routes[0].longitude).max() <= 1e-7
        assert np.abs(route.latitude - routes[0].latitude).max() <= 1e-7


def test_a_search_goes_through_the_same_gate(at: Path) -> None:
    prior(at / "map.tif", SONORA)
    results = ["--show-map", "maps.html", "--map-out", "left.tif", "--report", "why.html"]
    done = upwind(at, SONORA, "--prior", "map.tif", "--wind", WIND, *results)
    assert done.returncode == 3
    assert "MEX" in done.stderr
    assert sorted(path.name for path in at.iterdir()) == sorted(
        ["area.geojson", "drone.toml", "map.tif", "nose.toml", "why.html"]
    )
    (at / "asked.toml").write_text(done.stdout)
    again = upwind(at, SONORA, "--prior", "map.tif", "--wind", WIND, "--authorisations", "asked.toml", *results)
    assert again.returncode == 0, again.stderr
    assert {"search.geojson", "maps.html", "left.tif", "why.html"} <= {path.name for path in at.iterdir()}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--sorties", "2"], "--prior"),
        (["--map-out", "left.tif"], "--prior"),
        (["--prior", "uniform"], "wind"),
        (["--prior", "uniform", "--wind", "4,270", "--gas", "helium"], "helium"),
        (["--prior", "uniform", "--wind", "4,270", "--base=-39,20"], "nearer base"),
        (["--prior", "map.tif", "--wind", "4,270"], "cells"),
        (["--prior", "none.tif", "--wind", "4,270"], "none.tif"),
        (["--wind", "4,270"], "swath"),
    ],
)
def test_what_cannot_be_searched_is_one_line(at: Path, more: list[str], says: str) -> None:
    prior(at / "map.tif", SONORA)
    done = upwind(at, SEA, *more)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert not (at / "search.geojson").exists()
