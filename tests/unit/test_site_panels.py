"""What the report and sites.geojson show of sites: the ledger, the best two explanations, reports and the map."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from makers.evidence import Glance, at, report, sighting
from makers.neighbourhood import FRAME, lead, wind
from makers.pages import read_in, same_words
from shapely.geometry import shape

from upwind.pipeline.fusing import _ranked
from upwind.records import Explained, Explanation, Remark, Unexplained
from upwind.records.mapped import Grid, SearchMap
from upwind.render.content import NOTICE, Fused, Provenance
from upwind.render.geojson import written
from upwind.render.geotiff import geotiff, search_map_raster
from upwind.render.readings import Weather
from upwind.render.report import report_page
from upwind.render.search_map import where_left
from upwind.render.sites import sites_collection
from upwind.safety import Scenario, Surroundings, protect
from upwind.sites.evidence import Evidence
from upwind.sites.fuse import Settings, sites_after
from upwind.sites.gather import decide

PROVENANCE = Provenance(version="0", seed=0, command="", inputs=())


def explained(unexplained: float) -> Explained:
    benign = (("surface coating", 0.7 * (1 - unexplained)), ("printing", 0.3 * (1 - unexplained)))
    return Explained(
        sample="",
        explanations=tuple(Explanation(name=name, probability=share, evidence=()) for name, share in benign),
        unexplained=Unexplained(probability=unexplained, log_bayes_factor=1.0, compounds=("acetone",), evidence=()),
        abstained=False,
        why_abstained=None,
        cannot_separate=(),
        would_separate=(),
        not_recognised=(),
    )


@pytest.fixture
def fused() -> Fused:
    evidence = Evidence(
        sightings=(sighting("F1", 0.0, (0.0, 0.0)), sighting("F1", 0.0, (2.0, 3.0), "toluene")),
        looks=(Glance("F2", at(30.0), 0.5),),
        reports=(report("R1", origin="<b>one</b>"), report("R2", (9000.0, 0.0), kind="{odd}")),
    )
    events = decide(evidence)
    grid = Grid(west=-98.01, north=20.01, step_longitude=0.001, step_latitude=0.001, rows=20, columns=20)
    searched = SearchMap(grid=grid, undiscovered=np.full((20, 20), 0.001), shown=np.full((20, 20), 0.25))
    sites = sites_after(events, evidence, Settings())
    return Fused(sites=sites, reports=evidence.reports, events=events, explained={}, protected={}, searched=searched)


def test_what_is_left_is_told_by_where_most_of_it_lies() -> None:
    """Of 400 cells of 105 by 111 m, four in a square hold two thirds of all that is left, so three of them half."""
    grid = Grid(west=-98.01, north=20.01, step_longitude=0.001, step_latitude=0.001, rows=20, columns=20)
    left = np.full((20, 20), 1e-4)
    left[4:6, 14:16] = 0.02
    half, longitude, latitude = where_left(grid, left)
    assert half == pytest.approx(3 / 400)
    assert longitude == pytest.approx(-98.01 + 0.015, abs=0.0006)
    assert latitude == pytest.approx(20.01 - 0.005, abs=0.0006)


def test_sites_are_ranked_by_what_is_worth_a_look(fused: Fused) -> None:
    """What most probably emits and is a shop comes after what less probably emits and nothing explains."""
    shop, strange = (replace(fused.sites[0], id=name) for name in ("shop", "strange"))
    shop = replace(shop, probability=replace(shop.probability, median=0.95, upper=0.99))
    strange = replace(strange, probability=replace(strange.probability, median=0.8, upper=0.99))
    answers = {"shop": explained(0.02), "strange": explained(0.6)}
    assert [site.id for site in _ranked([shop, strange], answers)] == ["strange", "shop"]
    # One in a hundred is the least: below it the probability of emission decides.
    answers = {"shop": explained(0.0), "strange": explained(0.009)}
    assert [site.id for site in _ranked([strange, shop], answers)] == ["shop", "strange"]


def with_answer(fused: Fused, answer: Explained) -> Fused:
    return Fused(
        sites=fused.sites,
        reports=fused.reports,
        events=fused.events,
        explained={fused.sites[0].id: answer},
        protected={},
        searched=fused.searched,
    )


def page(fused: Fused) -> str:
    return report_page("drill", [], PROVENANCE, fused=fused)


def test_the_ledger_names_every_term_and_its_sum(fused: Fused) -> None:
    said = page(fused)
    for words in ("any place that these flights name", "several gases from there at once", "a source located there"):
        assert words in said
    assert "nothing shown, though it would have been" in said
    total = sum(term.weight.median for term in fused.sites[0].terms)
    assert f"{total:+.2f}".replace("-", "\N{MINUS SIGN}") in said
    # Who plans the next flight sees at which hours it was seen and silent.
    ledger = re.search("<details id=.*?</details>", said, re.DOTALL)
    assert ledger is not None
    assert "2026-03-01T12:00:00Z" in ledger[0]
    assert "2026-03-02T18:00:00Z" in ledger[0]


def test_the_second_explanation_is_always_there(fused: Fused) -> None:
    assert "assume a benign source" in page(fused)
    suspicious, benign = (read_in(page(with_answer(fused, explained(share))), "en") for share in (0.9, 0.1))
    assert "surface coating (7 %)" in suspicious
    assert "surface coating (63 %)" in benign
    assert "printing (27 %)" in benign
    untold = replace(explained(0.9), abstained=True, why_abstained=Remark(says="too few"))
    silent = page(with_answer(fused, untold))
    assert "best: the data cannot tell : fewer than two compounds" in read_in(silent, "en")
    assert "assume a benign source" in silent


def test_no_word_is_left_in_the_other_language(fused: Fused) -> None:
    for untold in (None, Remark(says="too few"), Remark(says="none holds", least=0.4)):
        answer = replace(explained(0.1), abstained=untold is not None, why_abstained=untold)
        said = page(with_answer(fused, answer))
        alike = same_words(read_in(said, "en"), read_in(said, "es"))
        # What is spelt alike, the mission's name, a command of the page, and what a report's file made up.
        assert alike <= {"bytes", "gas", "gases", "icd", "utc", "drill", "upwind", "plan", "odd", "one"}


def test_what_people_wrote_stays_text(fused: Fused) -> None:
    said = page(fused)
    assert "<b>one</b>" not in said
    assert "&lt;b&gt;one&lt;/b&gt;" in said
    assert "{odd}" in said


def test_the_file_says_what_the_page_says(fused: Fused) -> None:
    made = json.loads(written(sites_collection(with_answer(fused, explained(0.9)), PROVENANCE)))
    (feature,) = made["features"]
    said = feature["properties"]
    assert {"id", "probability", "gas", "compounds", "explanations", "emission_rate"} <= set(said)
    assert [each["class"] for each in said["explanations"]] == ["surface coating", "printing"]
    assert said["unexplained"]["probability"] == 0.9
    odds = sum(term["weight"]["median"] for term in said["terms"])
    assert said["probability"] == pytest.approx(1.0 / (1.0 + math.exp(-odds)), abs=1e-5)
    assert [term["time"] for term in said["terms"][:2]] == [None, None]
    assert [term["time"] for term in said["terms"][2:4]] == ["2026-03-01T12:00:00Z", "2026-03-02T18:00:00Z"]
    assert [row["site"] for row in made["reports"]] == [feature["id"], None]
    bare = json.loads(written(sites_collection(fused, PROVENANCE)))["features"][0]["properties"]
    assert bare["explanations"] is None
    assert bare["why_no_explanations"]


def test_the_file_says_whom_to_keep_away_and_what_the_wind_was(fused: Fused) -> None:
    site = fused.sites[0]
    found = protect(
        lead(("hydrogen chloride", 200.0)), wind(), Surroundings(), Scenario(town=False), np.random.default_rng(0)
    )
    winds = {"F1": Weather(wind_from=359.8, spread=math.nan, speed=3.04), "F9": Weather(wind_from=1, spread=2, speed=3)}
    whole = replace(fused, protected={site.id: found}, winds=winds)
    said = json.loads(written(sites_collection(whole, PROVENANCE)))["features"][0]["properties"]
    assert said["winds"] == [{"flight": "F1", "wind_from": 0, "spread": None, "speed": 3.0}]
    assert said["keep_away_m"] == pytest.approx(found.precaution.metres, rel=1e-5)
    assert said["keep_away_for"] == "zone"
    zone = next(one for one in said["zones"] if one["limit"] == "level 2")
    assert zone["distance"]["lower"] <= zone["distance"]["median"] <= zone["distance"]["upper"]
    reach = {one["probability"]: shape(one["geometry"]) for one in zone["outlines"]}
    assert reach[0.05].area > reach[0.5].area
    assert reach[0.5].centroid.x > FRAME.longitude  # the wind blows from the west


def test_a_raster_can_say_that_nobody_reviewed_it(fused: Fused) -> None:
    assert fused.searched is not None
    raster = search_map_raster(fused.searched)
    assert NOTICE.encode() in geotiff(raster, NOTICE)
    assert NOTICE.encode() not in geotiff(raster)
