"""GeoTIFF there and back, and files that cannot be used are refused in words."""

from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile

from upwind.errors import ContractError, FormatError
from upwind.readers.geotiff import read_raster, read_search_map
from upwind.records.mapped import Grid, Raster, SearchMap
from upwind.render.geotiff import SEARCH_BANDS, geotiff, search_map_raster

GRID = Grid(west=-117.25, north=32.75, step_longitude=0.001, step_latitude=0.002, rows=7, columns=5)


def a_map() -> SearchMap:
    rng = np.random.default_rng(3)
    # What a float32 holds exactly comes back exactly.
    undiscovered, shown = rng.uniform(0.0, 0.9, (2, *GRID.shape)).astype(np.float32).astype(np.float64)
    return SearchMap(grid=GRID, undiscovered=undiscovered, shown=shown)


def written(path, bands, **keywords):
    tifffile.imwrite(path, np.asarray(bands), metadata=None, photometric="minisblack", **keywords)
    return path


def placed(keys=(1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326)):
    return [
        (33550, 12, 3, (0.001, 0.002, 0.0), True),
        (33922, 12, 6, (0.0, 0.0, 0.0, -117.25, 32.75, 0.0), True),
        (34735, 3, len(keys), keys, True),
    ]


def test_a_search_map_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "search.tif"
    path.write_bytes(geotiff(search_map_raster(a_map())))
    back = read_search_map(path)
    assert np.array_equal(back.undiscovered, a_map().undiscovered)
    assert np.array_equal(back.shown, a_map().shown)
    assert back.grid.shape == GRID.shape
    for name in ("west", "north", "step_longitude", "step_latitude"):
        assert getattr(back.grid, name) == pytest.approx(getattr(GRID, name), abs=1e-12)


def test_the_same_map_gives_the_same_bytes():
    assert geotiff(search_map_raster(a_map())) == geotiff(search_map_raster(a_map()))


def test_the_file_says_what_geotiff_asks_for():
    """Tags by their numbers in OGC 19-008r4; the description as GDAL's documentation of its metadata tag has it."""
    with tifffile.TiffFile(io.BytesIO(geotiff(search_map_raster(a_map())))) as tiff:
        page = tiff.pages[0]
        tags = {tag.code: tag.value for tag in page.tags}
        assert page.dtype == np.float32
        assert page.shape == (2, 7, 5)
    assert tags[33550] == pytest.approx((0.001, 0.002, 0.0))
    assert tags[33922] == pytest.approx((0.0, 0.0, 0.0, -117.25, 32.75, 0.0))
    assert tuple(tags[34735][:4]) == (1, 1, 0, 3)
    assert (2048, 0, 1, 4326) in [tuple(tags[34735][at : at + 4]) for at in range(4, 16, 4)]
    assert all(name in tags[42112] for name in SEARCH_BANDS)


def test_missing_cells_of_a_raster_stay_missing_and_are_not_sought(tmp_path):
    bands = np.full((1, *GRID.shape), 0.25)
    bands[0, 2, 3] = np.nan
    path = tmp_path / "prior.tif"
    path.write_bytes(geotiff(Raster(grid=GRID, bands=bands)))
    assert np.isnan(read_raster(path).bands[0, 2, 3])
    assert read_search_map(path).undiscovered[2, 3] == 0.0


def test_other_layouts_say_the_same(tmp_path):
    """Bands within pixels, whole numbers, a value for no data, and pixels that are points."""
    bands = np.arange(2 * 7 * 5, dtype=np.uint8).reshape(7, 5, 2)
    packed = written(tmp_path / "packed.tif", bands, planarconfig="contig", extratags=placed())
    assert np.array_equal(read_raster(packed).bands[1], bands[..., 1])
    absent = written(
        tmp_path / "absent.tif", bands[..., 0], extratags=[*placed(), (42113, 2, 0, "3", True)], compression="zlib"
    )
    assert np.isnan(read_raster(absent).bands[0]).sum() == (bands[..., 0] == 3).sum()
    point = written(
        tmp_path / "point.tif",
        bands[..., 0],
        extratags=placed((1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 2, 2048, 0, 1, 4326)),
    )
    assert read_raster(point).grid.west == pytest.approx(-117.25 - 0.0005)
    assert read_raster(point).grid.north == pytest.approx(32.75 + 0.001)


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({}, "where it lies"),
        ({"extratags": placed((1, 1, 0, 1, 1024, 0, 1, 1))}, "WGS84"),
        ({"extratags": placed((1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4267))}, "WGS84"),
    ],
)
def test_a_raster_that_lies_nowhere_is_refused_with_a_remedy(tmp_path, keywords, says):
    path = written(tmp_path / "x.tif", np.zeros(GRID.shape, dtype=np.float32), **keywords)
    with pytest.raises(FormatError, match=says) as told:
        read_raster(path)
    assert "gdalwarp" in str(told.value)


@pytest.mark.parametrize("content", [b"", b"II*\x00", b"not a picture at all", b"MM\x00*\x00\x00\x00\x08"])
def test_what_is_no_tiff_is_refused(tmp_path, content):
    path = tmp_path / "x.tif"
    path.write_bytes(content)
    with pytest.raises(FormatError):
        read_raster(path)


def test_a_truncated_file_is_refused(tmp_path):
    whole = geotiff(search_map_raster(a_map()))
    path = tmp_path / "x.tif"
    for length in (10, 60, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:length])
        with pytest.raises(FormatError):
            read_raster(path)


def test_what_is_no_probability_is_refused(tmp_path):
    path = tmp_path / "x.tif"
    path.write_bytes(geotiff(Raster(grid=GRID, bands=np.full((1, *GRID.shape), 1.5))))
    with pytest.raises(FormatError, match="no probability"):
        read_search_map(path)


def test_a_map_holds_its_contract():
    sure = np.ones(GRID.shape)
    with pytest.raises(ContractError, match="undiscovered"):
        SearchMap(grid=GRID, undiscovered=sure, shown=np.zeros(GRID.shape))
    with pytest.raises(ContractError, match="shape"):
        SearchMap(grid=GRID, undiscovered=np.zeros((2, 2)), shown=np.zeros(GRID.shape))
    with pytest.raises(ContractError, match="none on the globe"):
        Grid(west=0.0, north=91.0, step_longitude=1.0, step_latitude=1.0, rows=2, columns=2)
