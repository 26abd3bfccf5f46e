"""`upwind protect` as a person runs it: a lead, a wind, a map and a census in, zones and a sheet out."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from makers.pages import Page

from upwind.cli import main

EXAMPLE = Path(__file__).parents[2] / "missions" / "protect-example"
AROUND = ["--map", str(EXAMPLE / "places.geojson"), "--people", str(EXAMPLE / "census.geojson")]
WIND = ["--wind", str(EXAMPLE / "wind.csv"), "--time", "2026-06-20T22:00:00Z"]
WHOLE = [str(EXAMPLE / "sites.geojson"), *WIND, *AROUND, "--release", "20"]
BY_HAND = ["--at=-30.0,25.0", "--compound", "acetone", "--rate", "0.1,0.4,1.2"]


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("protect")
    command = [sys.executable, "-m", "upwind", "protect", *WHOLE, "--out", str(folder / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "not for action" in done.stdout
    document = json.loads((folder / "out" / "protection.json").read_text(encoding="utf-8"))
    return document, (folder / "out" / "sheet.html").read_text(encoding="utf-8")


def test_every_number_that_was_inferred_has_its_interval(answer) -> None:
    document, _ = answer
    assert document["status"] == "unreviewed lead, not for action"
    assert all(feature["properties"]["status"] == document["status"] for feature in document["features"])
    for zone in document["zones"]:
        distance = zone["distance"]
        assert 0.0 <= distance["lower"] <= distance["median"] <= distance["upper"]
        assert distance["units"] == "m"
    assert {zone["scenario"] for zone in document["zones"]} == {"as measured", "spill outdoors", "spill indoors"}
    levels = [zone["distance"]["upper"] for zone in document["zones"] if zone["minutes"] == 60.0]
    assert max(levels) > 50.0


def test_unverified_and_stand_in_limits_say_so(answer) -> None:
    document, sheet = answer
    unverified = [zone for zone in document["zones"] if not zone["verified"]]
    assert unverified
    assert all("unverified" in zone["basis"] for zone in unverified)
    assert "\N{DOUBLE DAGGER}" in sheet


def test_who_is_there_is_who_the_census_and_the_map_say(answer) -> None:
    document, sheet = answer
    kinds = {feature["properties"]["kind"] for feature in document["features"]}
    assert {"place", "zone", "school", "kindergarten", "clinic"} <= kinds
    within = document["exposed"]["within_precaution"]
    assert 100.0 < within["lower"] < within["median"] < within["upper"] < 1372.0
    assert "Los Delfines" in sheet


def test_the_sheet_leaves_violence_to_the_partner_and_fetches_nothing(answer) -> None:
    document, sheet = answer
    assert document["risk_of_violence"] is None
    assert '<div class="partner"><strong>Risk of violence' in sheet
    assert "upwind never computes it.</strong></div>" in sheet
    page = Page()
    page.feed(sheet)
    assert page.open == []
    assert page.fetched == ["data:,"]
    assert "<script" not in sheet
    body = sheet[sheet.index("<body>") :]
    assert body.index("Unreviewed lead, not for action") < 200


def test_zones_are_outlines_within_each_other(answer) -> None:
    shapely = pytest.importorskip("shapely")
    document, _ = answer
    outlines = {}
    for feature in document["features"]:
        said = feature["properties"]
        if said["kind"] == "zone":
            key = (said["scenario"], said["compound"], said["limit"])
            outlines.setdefault(key, {})[said["probability"]] = shapely.geometry.shape(feature["geometry"])
    assert outlines
    assert all(each.is_valid and each.area > 0.0 for by in outlines.values() for each in by.values())
    for by_probability in outlines.values():
        ordered = [by_probability[key] for key in sorted(by_probability)]
        assert all(outer.area >= inner.area for outer, inner in pairwise(ordered))


def test_the_same_files_and_seed_give_the_same_bytes(tmp_path) -> None:
    for name in ("one", "two"):
        assert main(["protect", *BY_HAND, "--seed", "3", "--out", str(tmp_path / name)]) == 0
    for file in ("protection.json", "sheet.html"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_the_answer_goes_to_a_file_and_the_sheet_beside_it(tmp_path) -> None:
    assert main(["protect", *BY_HAND, "--out", str(tmp_path / "harm.json")]) == 0
    assert {each.name for each in tmp_path.iterdir()} == {"harm.json", "harm.html"}


def test_the_sheet_speaks_spanish(tmp_path) -> None:
    assert main(["protect", *WHOLE, "--lang", "es", "--out", str(tmp_path)]) == 0
    sheet = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert '<html lang="es">' in sheet
    assert "Indicio sin revisar; no actuar con base en él" in sheet
    assert "Manténgase a más de" in sheet
    assert "Keep" not in sheet


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 1, "give either a file of sources or sites, or --at"),
        (["--at=-30,25", "--compound", "acetone"], 1, "a --rate for each --compound"),
        (["--at=-30,25", "--compound", "acetoen", "--rate", "1,2,3"], 1, "did you mean 'acetone'"),
        (["--at=-30,25", "--compound", "acetone", "--rate", "3,2,1"], 2, "lower before medium before upper"),
        ([*BY_HAND, "--release", "-1"], 2, "kilograms above 0"),
        ([*BY_HAND, "--wind", "no.csv"], 1, "no.csv: cannot be read"),
        ([str(EXAMPLE / "sites.geojson"), "--id", "site-exampel"], 1, "did you mean 'site-example'"),
    ],
)
def test_bad_input_is_told_in_words_and_nothing_is_written(tmp_path, capsys, arguments, code, said) -> None:
    assert main(["protect", *arguments, "--out", str(tmp_path / "out")]) == code
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_heavy_cloud_is_told_on_the_sheet_and_in_the_file(tmp_path) -> None:
    """Cold ammonia that is spilled hugs the ground, which no plume model computes."""
    arguments = ["--at=-30.0,25.0", "--compound", "ammonia", "--rate", "0.1,0.4,1.2", "--release", "20"]
    assert main(["protect", *arguments, "--out", str(tmp_path)]) == 0
    made = json.loads((tmp_path / "protection.json").read_text(encoding="utf-8"))
    heavy = {zone["scenario"] for zone in made["zones"] if zone["all_round_as_dense"]}
    assert heavy == {"spill outdoors"}
    assert "no dense-gas model was run" in " ".join(made["notes"])
    assert "no dense-gas model was run" in (tmp_path / "sheet.html").read_text(encoding="utf-8")
