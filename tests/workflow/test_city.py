"""A city's exercise from its seed to a score, as a person takes it: made, run, held against its truth."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from upwind.cli import main
from upwind.exercise.city.files import city_files
from upwind.exercise.city.patrols import Slot
from upwind.exercise.city.world import CityConditions

REPOSITORY = Path(__file__).parents[2]
#: Two blocks, one flight in the evening, when only the hidden source and some homes are at work.
TINY = CityConditions(blocks=(2, 1), slots=(Slot(id="F1", day=0, hour=17.8, height_m=10.0),))


@pytest.fixture(scope="module")
def mission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cities") / "tiny"
    folder.mkdir()
    nose = replace(TINY.nose, channels=TINY.nose.channels[1:2])
    for name, text in city_files(2, "tiny", replace(TINY, nose=nose)).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_a_tiny_city_runs_from_its_seed_to_a_score(mission: Path, tmp_path: Path) -> None:
    results, scored = tmp_path / "results", tmp_path / "score.json"
    assert main(["run", str(mission), "--out", str(results)]) == 0
    audit = json.loads((results / "audit.json").read_text(encoding="utf-8"))
    assert {(entry["state"], entry["authorised_by"]) for entry in audit["entries"]} == {("USA", "USA-EXERCISE-1")}
    found = [str(results / name) for name in ("sources.geojson", "sites.geojson")]
    assert main(["exercise", "score", str(mission / "truth.csv"), *found, "--out", str(scored)]) == 0
    written = json.loads(scored.read_text(encoding="utf-8"))
    with (mission / "truth.csv").open(encoding="utf-8", newline="") as stream:
        true = [row for row in csv.DictReader(stream) if row["gas"] == "diethyl ether"]
    assert written["summary"]["true_sources"] == len(true) > 0
    features = json.loads((results / "sites.geojson").read_text(encoding="utf-8"))["features"]
    assert written["sites"][0]["sites"] == len(features)


@pytest.mark.slow
def test_the_committed_city_is_what_its_readme_says() -> None:
    folder = REPOSITORY / "missions" / "border-exercise"
    made = city_files(6, "border-exercise")
    assert {path.name for path in folder.iterdir()} == {*made, "README.md"}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
    for name in ("mission.toml", "area.geojson", "places.geojson", "population.geojson", "reports.csv"):
        assert (folder / name).read_text(encoding="utf-8") == made[name]
    committed, drawn = (
        np.genfromtxt(text.splitlines(), delimiter=",", skip_header=1, usecols=range(1, 8))
        for text in ((folder / "f2.csv").read_text(encoding="utf-8"), made["f2.csv"])
    )
    np.testing.assert_allclose(committed, drawn, rtol=1e-3, atol=0.02)


@pytest.mark.slow
def test_the_hidden_house_comes_first_and_is_not_called_by_four_masses(tmp_path: Path) -> None:
    folder = REPOSITORY / "missions" / "border-exercise"
    assert main(["run", str(folder), "--out", str(tmp_path / "results")]) == 0
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        house = next(row for row in csv.DictReader(stream) if row["kind"] == "hidden")
    features = json.loads((tmp_path / "results" / "sites.geojson").read_text(encoding="utf-8"))["features"]
    told, *others = [one["properties"] for one in features]
    assert set(told["compounds"]) == {"acetone", "diethyl ether"}
    at = float(house["longitude"]), float(house["latitude"])
    assert Geod(ellps="WGS84").inv(*at, *features[0]["geometry"]["coordinates"][:2])[2] < 60.0
    # A PTR-MS cannot tell ether from butanol: that is said, and what would tell is asked for.
    assert any({"diethyl ether", "1-butanol"} <= set(one) for one in told["cannot_separate"])
    assert "diethyl ether" in told["would_separate"]
    assert 0.1 < told["unexplained"]["probability"] < 0.5
    assert all(one["unexplained"]["probability"] < 0.05 for one in others)
    assert all(place["probability"] < 0.5 for place in told["places"])
