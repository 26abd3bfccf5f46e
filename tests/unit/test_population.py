"""Population layers and leads: read as they are, refused in words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from upwind.errors import FormatError
from upwind.readers.leads import read_lead
from upwind.readers.population import read_population
from upwind.records.mapped import Grid, Raster
from upwind.render.geotiff import geotiff

BOX = (-30.1, 24.9, -29.9, 25.1)
RING = [[-30.0, 25.0], [-29.99, 25.0], [-29.99, 25.01], [-30.0, 25.01], [-30.0, 25.0]]
RATE = {"median": 1.0, "lower": 0.5, "upper": 2.0, "level": 0.9, "units": "kg/h"}


def census(tmp_path, **properties):
    far = [[[x + 5.0, y] for x, y in RING]]
    features = [
        {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": coordinates}}
        for coordinates in ([RING], far)
    ]
    path = tmp_path / "census.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


@pytest.mark.parametrize("key", ["population", "POBTOT", "P0010001"])
def test_areas_bring_their_persons_and_far_ones_are_left_out(tmp_path, key):
    (area,) = read_population(census(tmp_path, **{key: 120}), BOX)
    assert area.persons == 120.0
    assert np.array_equal(area.polygons[0][0], np.array(RING))


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "does not say how many persons"),
        ({"population": -3}, "-3 is no number of persons"),
        ({"population": "many"}, "'many' is no number"),
    ],
)
def test_areas_without_a_number_are_refused(tmp_path, properties, said):
    with pytest.raises(FormatError, match=said):
        read_population(census(tmp_path, **properties), BOX)


def test_cells_of_a_raster_become_areas_and_no_person_is_lost(tmp_path):
    grid = Grid(west=-30.05, north=25.05, step_longitude=0.01, step_latitude=0.01, rows=10, columns=10)
    persons = np.random.default_rng(1).integers(0, 40, (1, 10, 10)).astype(np.float64)
    persons[0, 2, 3] = np.nan
    path = tmp_path / "worldpop.tif"
    path.write_bytes(geotiff(Raster(grid=grid, bands=persons)))
    areas = read_population(path, BOX)
    assert sum(area.persons for area in areas) == pytest.approx(np.nansum(persons))
    first = next(area for area in areas if area.id == "cell 0, 0")
    assert first.polygons[0][0].min(axis=0) == pytest.approx([-30.05, 25.04])
    inner = read_population(path, (-30.005, 24.995, -29.995, 25.005))
    assert {area.id for area in inner} <= {f"cell {row}, {column}" for row in (4, 5) for column in (4, 5)}


def leads(tmp_path, *features):
    path = tmp_path / "sites.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def feature(name, **properties):
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Point", "coordinates": [-30.0, 25.0]},
        "properties": properties,
    }


def test_a_site_brings_its_gases_and_their_rates(tmp_path):
    path = leads(
        tmp_path,
        feature("site-1", gas="acetone", emission_rate=RATE, easting_90=[-4, 6], northing_90=[-3, 3]),
        feature("site-2", compounds=["toluene"], radius_90_m=12, emission_rates={"ammonia": RATE}),
    )
    first, second = read_lead(path, "site-1"), read_lead(path, "2")
    assert (first.easting_90, first.northing_90) == ((-4.0, 6.0), (-3.0, 3.0))
    assert [(each.compound, each.rate and each.rate.median) for each in first.emissions] == [("acetone", 1.0)]
    assert second.easting_90 == (-12.0, 12.0)
    assert [(each.compound, each.rate is None) for each in second.emissions] == [("ammonia", False), ("toluene", True)]


@pytest.mark.parametrize(
    ("name", "said"),
    [(None, "say which: --id site-1"), ("site-3", "did you mean"), ("site-2", "no estimate"), ("bare", "no compound")],
)
def test_what_names_no_lead_is_refused_in_words(tmp_path, name, said):
    path = leads(
        tmp_path,
        feature("site-1", gas="acetone", emission_rate=RATE),
        feature("site-2", gas="acetone", emission_rate={"median": 1.0}),
        feature("bare"),
    )
    with pytest.raises(FormatError, match=said):
        read_lead(path, name)
