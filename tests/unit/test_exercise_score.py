"""Scores of answers whose faults are known by construction."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from upwind.cli import main
from upwind.errors import FormatError, InputError
from upwind.exercise.score import Release, assign, holds, read_truth, releases_of, score, summary
from upwind.geo import Frame

FRAME = Frame(longitude=-120.0, latitude=-40.0)


def place(easting: float, northing: float) -> tuple[float, float]:
    longitude, latitude = FRAME.to_geographic(np.array([easting]), np.array([northing]))
    return float(longitude[0]), float(latitude[0])


def release(name: str, easting: float, northing: float, file: str = "a.csv") -> Release:
    longitude, latitude = place(easting, northing)
    return Release(file=file, source=name, longitude=longitude, latitude=latitude, height_m=1.0, rate_kg_h=2.0)


def feature(easting: float, northing: float, half_m: float = 5.0, median: float = 2.0) -> dict[str, Any]:
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [place(easting + half_m * x, northing + half_m * y) for x, y in corners]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place(easting, northing)},
        "properties": {
            "gas": "methane",
            "probability": 0.9,
            "emission_rate": {"median": median, "lower": 0.8 * median, "upper": 1.2 * median},
            "easting_90": [-half_m, half_m],
            "northing_90": [-half_m, half_m],
            "region_90": {"type": "Polygon", "coordinates": [ring]},
        },
    }


def answer(*features: dict[str, Any], number: int | None = None, file: str = "a.csv") -> dict[str, Any]:
    best = len(features) if number is None else number
    rows = [{"gas": "methane", "n": n, "probability": 0.8 if n == best else 0.1} for n in range(4)]
    return {
        "number_of_sources": rows,
        "features": list(features),
        "upwind": {"inputs": [{"name": f"deep/{file}", "sha256": ""}]},
    }


def test_a_perfect_answer() -> None:
    one = score(answer(feature(0, 0), feature(100, 0)), [release("S1", 0, 0), release("S2", 100, 0)])
    assert one.number_right
    assert one.phantoms == 0
    assert [match.source for match in one.matches] == ["S1", "S2"]
    assert all(match.rate_held and match.easting_held and match.northing_held for match in one.matches)
    assert all(match.region_held and match.error_m < 1e-3 for match in one.matches)


def test_errors_phantoms_and_broken_intervals() -> None:
    one = score(answer(feature(8, 0, median=6.0), feature(200, 0), number=1), [release("S1", 0, 0)])
    assert one.number_right
    assert one.phantoms == 1
    (match,) = one.matches
    assert match.error_m == pytest.approx(8.0, abs=1e-3)
    assert match.rate_ratio == pytest.approx(3.0)
    assert (match.rate_held, match.easting_held, match.northing_held, match.region_held) == (False, False, True, False)


def test_beyond_thirty_metres_is_a_phantom() -> None:
    one = score(answer(feature(31, 0)), [release("S1", 0, 0)])
    assert (one.phantoms, one.matches) == (1, ())


def test_assignment_finds_most_first_then_nearest() -> None:
    assert assign([[5.0, 8.0], [4.0, 40.0]]) == ((0, 1), (1, 0))
    assert assign([[5.0, 25.0], [25.0, 5.0]]) == ((0, 0), (1, 1))
    assert assign([[31.0]]) == ()
    assert assign([]) == ()


def test_a_gas_without_a_rate_is_scored_on_its_place() -> None:
    found = feature(1, 1)
    found["properties"]["emission_rate"] = None
    (match,) = score(answer(found), [release("S1", 0, 0)]).matches
    assert match.rate_ratio is None
    assert match.rate_held is None
    assert match.region_held


def test_a_region_excludes_its_holes() -> None:
    outer = [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]
    hole = [(3, 3), (6, 3), (6, 6), (3, 6), (3, 3)]
    polygon = {"type": "Polygon", "coordinates": [outer, hole]}
    far = [[(20, 20), (21, 20), (21, 21), (20, 21), (20, 20)]]
    both = {"type": "MultiPolygon", "coordinates": [[outer, hole], far]}
    assert holds(polygon, 1, 1)
    assert not holds(polygon, 4.5, 4.5)
    assert holds(both, 20.5, 20.5)
    assert not holds(both, 15, 15)


def test_an_answer_is_judged_by_its_own_releases() -> None:
    truth = [release("S1", 0, 0), release("S1", 500, 0, "b.csv")]
    assert releases_of(answer(), truth) == (truth[0],)
    assert releases_of(answer(file="empty.csv"), truth) == ()
    with pytest.raises(InputError, match="inputs"):
        releases_of({"features": []}, truth)


def test_several_gases_need_a_name() -> None:
    document = answer(feature(0, 0))
    document["number_of_sources"].append({"gas": "ethane", "n": 0, "probability": 1.0})
    with pytest.raises(InputError, match="ethane, methane"):
        score(document, [release("S1", 0, 0)])
    assert score(document, [release("S1", 0, 0)], "methane").number_right


def test_the_summary_counts_over_answers() -> None:
    truth = [release("S1", 0, 0)]
    scores = [score(answer(feature(3, 4)), truth), score(answer(), truth), score(answer(feature(0, 0)), [])]
    together = summary(scores)
    assert together["found_within_30_m"] == 0.5
    assert together["number_right"] == pytest.approx(1 / 3)
    assert together["phantoms_a_source_free_answer"] == 1.0
    assert together["position_error_m"]["median"] == pytest.approx(5.0, abs=1e-3)
    assert together["intervals_90_hold"]["rate"] == 1.0
    assert summary([])["number_right"] is None


def test_what_no_reading_shows_is_counted_apart() -> None:
    hidden = replace(release("S2", 100, 0), peak=0.4)
    one = score(answer(feature(0, 0)), [release("S1", 0, 0), hidden])
    assert (one.true, one.seen) == (2, 1)
    assert not one.number_right
    assert one.seen_number_right
    assert summary([one])["found_within_30_m"] == 0.5
    assert summary([one])["seen_found_within_30_m"] == 1.0
    both = score(answer(feature(0, 0), feature(100, 0)), [release("S1", 0, 0), hidden])
    assert both.seen_number_right
    assert both.phantoms == 0


def test_truth_with_a_fault_names_it(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("file,source,longitude,latitude,height_m\na.csv,S1,1,2,3\n")
    with pytest.raises(FormatError, match="rate_kg_h"):
        read_truth(truth)
    truth.write_text("file,source,longitude,latitude,height_m,rate_kg_h\na.csv,S1,1,2,3,much\n")
    with pytest.raises(FormatError, match="row 2"):
        read_truth(truth)


def test_make_then_score_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mission"
    assert main(["exercise", "make", "--seed", "5", "--sources", "1", "--kind", "samplers", "--out", str(folder)]) == 0
    (known,) = read_truth(folder / "truth.csv")
    document = answer(feature(0, 0), file="samplers-5.csv")
    document["features"][0]["geometry"]["coordinates"] = [known.longitude, known.latitude]
    found = tmp_path / "found.geojson"
    found.write_text(json.dumps(document))
    out = tmp_path / "score.json"
    assert main(["exercise", "score", str(folder / "truth.csv"), str(found), "--out", str(out)]) == 0
    assert "number right 100 %, found 100 %" in capsys.readouterr().out
    assert json.loads(out.read_text())["summary"]["true_sources"] == 1


def test_rubbish_for_an_answer_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, found = tmp_path / "truth.csv", tmp_path / "found.geojson"
    truth.write_text("file,source,longitude,latitude,height_m,rate_kg_h\n")
    found.write_text("{")
    assert main(["exercise", "score", str(truth), str(found)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_an_answer_without_a_property_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, found = tmp_path / "truth.csv", tmp_path / "found.geojson"
    truth.write_text("file,source,longitude,latitude,height_m,rate_kg_h\na.csv,S1,-120,-40,1,2\n")
    document = answer(feature(0, 0))
    del document["features"][0]["properties"]["region_90"]
    found.write_text(json.dumps(document))
    assert main(["exercise", "score", str(truth), str(found)]) == 1
    assert "lacks a property" in capsys.readouterr().err


def test_a_seed_is_a_whole_number(tmp_path: Path) -> None:
    assert main(["exercise", "make", "--seed", "-1", "--out", str(tmp_path / "m")]) == 2
    assert not (tmp_path / "m").exists()
