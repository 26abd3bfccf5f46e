"""Scores of sites and of missions whose faults are known by construction."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from upwind.cli import main
from upwind.exercise.leads import leads_of, searched
from upwind.exercise.parts import parts_of
from upwind.exercise.score import Release, read_truth
from upwind.geo import Frame
from upwind.records.mapped import Grid, SearchMap

FRAME = Frame(longitude=-107.15, latitude=48.97)

TRUTH = """\
file,source,longitude,latitude,height_m,rate_kg_h,gas,flight,kind
f1.csv,hidden,-107.15,48.97,3,0.5,acetone,F1,hidden
f1.csv,body shop,-107.147,48.97,3,1.5,toluene,F1,body shop
f2.csv,bakery,-107.153,48.97,3,0.5,acetone,F2,bakery
"""


def degrees(easting: float, northing: float) -> list[float]:
    longitude, latitude = FRAME.to_geographic(np.array([easting]), np.array([northing]))
    return [float(longitude[0]), float(latitude[0])]


def release(kind: str, easting: float, gas: str = "acetone", flight: str = "F1") -> Release:
    longitude, latitude = degrees(easting, 0.0)
    return Release(
        file=f"{flight.lower()}.csv",
        source=kind,
        longitude=longitude,
        latitude=latitude,
        height_m=3.0,
        rate_kg_h=0.5,
        gas=gas,
        flight=flight,
        kind=kind,
    )


def site(name: str, easting: float, probability: float, best: str | None = None, **said: object) -> dict[str, Any]:
    explanations = best and [{"class": best, "probability": 0.6}, {"class": "printing", "probability": 0.1}]
    properties = {"id": name, "probability": probability, "explanations": explanations, **said}
    return {"geometry": {"type": "Point", "coordinates": degrees(easting, 0.0)}, "properties": properties}


TRUE = [release("hidden", 0.0), release("body shop", 200.0), release("bakery", -200.0)]


def test_the_likeliest_site_is_first_wherever_it_stands_in_the_file() -> None:
    leads = leads_of({"features": [site("b", 205.0, 0.3), site("a", 12.0, 0.7)]}, TRUE)
    assert leads.first_is_hidden
    assert leads.error_m == pytest.approx(12.0, abs=0.01)
    assert leads.probability == 0.7
    assert [(one.source, one.site, one.rank) for one in leads.confusers] == [("body shop", "b", 2)]


def test_a_site_beyond_thirty_metres_counts_where_its_region_holds_the_source() -> None:
    ring = [degrees(x, y) for x, y in ((-50, -50), (80, -50), (80, 50), (-50, 50), (-50, -50))]
    wide = site("a", 40.0, 0.7, region_90={"type": "Polygon", "coordinates": [ring]})
    assert leads_of({"features": [wide]}, TRUE).hidden_rank == 1
    assert leads_of({"features": [site("a", 40.0, 0.7)]}, TRUE).hidden_rank is None


def test_what_a_site_is_called_is_its_likeliest_explanation() -> None:
    hidden = site("a", 0.0, 0.7, "consumer products", unexplained={"probability": 0.8}, reports=["R1", "R3"])
    shop = site("b", 200.0, 0.6, "surface coating", unexplained={"probability": 0.2})
    bakery = site("c", -200.0, 0.9, "printing", unexplained={"probability": 0.9})
    leads = leads_of({"features": [hidden, shop, bakery]}, TRUE)
    assert (leads.hidden_rank, leads.called, leads.reports) == (2, "unexplained", ("R1", "R3"))
    assert {one.source: one.called_benign for one in leads.confusers} == {"body shop": True, "bakery": False}
    assert leads_of({"features": [site("b", 200.0, 0.6)]}, TRUE).confusers[0].called_benign is None


def test_probabilities_may_be_estimates() -> None:
    leads = leads_of({"features": [site("a", 0.0, {"median": 0.4, "lower": 0.2, "upper": 0.6})]}, TRUE)  # type: ignore[arg-type]
    assert leads.probability == 0.4


def test_a_search_map_is_read_in_the_source_s_own_cell() -> None:
    grid = Grid(west=-107.2, north=49.0, step_longitude=0.04, step_latitude=0.02, rows=2, columns=3)
    mapped = SearchMap(
        grid=grid,
        undiscovered=np.array([[0.1, 0.2, 0.3], [0.4, 0.05, 0.02]]),
        shown=np.array([[0.0, 0.1, 0.2], [0.3, 0.4, 0.5]]),
    )
    said = searched(mapped, release("hidden", 0.0))  # -107.15, 48.97: second column, second row
    assert said is not None
    assert (said.undiscovered, said.shown) == (0.05, 0.4)
    assert said.higher == pytest.approx(4 / 6)
    assert said.expected == pytest.approx(1.07)
    assert searched(mapped, release("hidden", 9000.0)) is None


def test_each_gas_of_each_flight_is_held_against_its_own_truth() -> None:
    rows = [
        {"gas": gas, "n": 1, "probability": 1.0, "flights": [flight]}
        for flight, gas in (("F1", "acetone"), ("F1", "toluene"), ("F2", "acetone"))
    ]
    feature = {"geometry": {"coordinates": degrees(0, 0)}, "properties": {"gas": "acetone", "flights": ["F1"]}}
    true = [release("hidden", 0.0), release("body shop", 200.0, "toluene"), release("bakery", -200.0, flight="F2")]
    parts = parts_of({"number_of_sources": rows, "features": [feature]}, true)
    assert [[one.source for one in part.releases] for part in parts] == [["hidden"], ["body shop"], ["bakery"]]
    assert [len(part.document["features"]) for part in parts] == [1, 0, 0]
    assert [part.name for part in parts_of({"number_of_sources": rows, "features": []}, true, "toluene")] == [
        "F1, toluene"
    ]


def test_the_command_scores_sites_and_says_what_it_cannot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, found, out = tmp_path / "truth.csv", tmp_path / "sites.geojson", tmp_path / "score.json"
    truth.write_text(TRUTH, encoding="utf-8")
    found.write_text(json.dumps({"features": [site("a", 3.0, 0.8), site("b", 219.0, 0.5)]}), encoding="utf-8")
    assert main(["exercise", "score", str(truth), str(found), "--out", str(out)]) == 0
    assert "site 1 of 2 lies on the hidden source, 3 m off" in capsys.readouterr().out
    (written,) = json.loads(out.read_text(encoding="utf-8"))["sites"]
    assert written["first_is_hidden"] is True
    assert written["confusers"][0]["source"] == "body shop"
    found.write_text(json.dumps({"features": [{"properties": {}}]}), encoding="utf-8")
    assert main(["exercise", "score", str(truth), str(found)]) == 1
    assert "sites.geojson: has no number_of_sources" in capsys.readouterr().err


def test_a_truth_of_several_gases_keeps_kind_gas_and_flight(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(TRUTH, encoding="utf-8")
    assert [(one.kind, one.gas, one.flight) for one in read_truth(truth)] == [
        ("hidden", "acetone", "F1"),
        ("body shop", "toluene", "F1"),
        ("bakery", "acetone", "F2"),
    ]


def test_a_city_has_sources_and_gases_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = str(tmp_path / "m")
    assert main(["exercise", "make", "--kind", "city", "--seed", "1", "--gas", "acetone", "--out", at]) == 1
    assert "leave --sources and --gas out" in capsys.readouterr().err
