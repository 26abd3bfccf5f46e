"""Rasters from GeoTIFF: longitude and latitude of WGS84, north up, whole numbers or floats, plain or deflated."""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from upwind.arrays import FloatArray
from upwind.errors import ContractError
from upwind.readers.files import File, open_file
from upwind.records.mapped import Grid, Raster, SearchMap

__all__ = ["read_raster", "read_search_map"]

_SCALE, _TIEPOINT, _TRANSFORM, _KEYS, _NODATA = 33550, 33922, 34264, 34735, 42113
_MODEL_KEY, _PIXEL_KEY, _GEOGRAPHIC_KEY = 1024, 1025, 2048
_GEOGRAPHIC, _PIXEL_IS_POINT = 2, 2
#: EPSG codes whose longitudes and latitudes are those of WGS84 to a metre or two.
_WGS84 = (4326, 4258, 4269, 0, 32767)
#: More cells than this are no map to plan by. [1]
_MOST_CELLS = 50_000_000
#: The nearest to certainty that a float32 below 1 comes.
_ALMOST_SURE = float(np.nextafter(np.float32(1.0), np.float32(0.0)))
#: What tifffile and its decoders raise of files that are cut short, muddled or packed by what is not at hand.
_TROUBLES = (
    tifffile.TiffFileError,
    struct.error,
    zlib.error,
    ValueError,
    LookupError,
    TypeError,
    RuntimeError,
    OverflowError,
)
_REMEDY = "write it with `gdalwarp -t_srs EPSG:4326 -ot Float32 -co COMPRESS=DEFLATE IN.tif OUT.tif`"
_SHEET = 2


def read_raster(path: str | Path) -> Raster:
    """Return the bands of a GeoTIFF as they are, no data and NaN both as NaN.

    Raises
    ------
    FormatError
        It is no TIFF, says not where it lies, lies turned, in another system than longitude and latitude, or is packed
        by a codec that is not at hand.
    """
    file = open_file(Path(path), binary=True)
    try:
        with tifffile.TiffFile(io.BytesIO(file.content)) as tiff:
            page = tiff.pages[0]
            if not isinstance(page, tifffile.TiffPage):
                raise _fault(file, "it holds no picture")
            tags = {tag.code: tag.value for tag in page.tags}
            if math.prod(page.shape) > _MOST_CELLS:
                raise _fault(file, f"{math.prod(page.shape):,} cells are too many")
            axes, values = page.axes, np.asarray(page.asarray())
    except _TROUBLES as error:
        raise _fault(file, f"it is no TIFF that can be read ({error})") from error
    bands = _by_band(file, values, axes)
    return Raster(grid=_grid(file, tags, bands.shape[-2:]), bands=_without_nodata(bands, tags.get(_NODATA)), names=())


def read_search_map(path: str | Path) -> SearchMap:
    """Return a search map, or a prior raster as one.

    Band 1 is the probability of each cell, band 2, where there is one, what flights would have shown. Where the map
    does not know (NaN), nothing is sought.

    Raises
    ------
    FormatError
        As `read_raster`; or a value is no probability.
    """
    raster = read_raster(path)
    first = np.nan_to_num(raster.bands[0], nan=0.0)
    second = np.nan_to_num(raster.bands[1], nan=0.0) if raster.bands.shape[0] > 1 else np.zeros_like(first)
    for name, band in (("1", first), ("2", second)):
        if band.min() < 0.0 or band.max() > 1.0:
            wrong = band.min() if band.min() < 0.0 else band.max()
            file = open_file(Path(path), binary=True)
            raise file.fault(0, f"band {name}", f"{wrong:g} is no probability", "give 0 to 1 in every cell")
    limits = (np.minimum(band, _ALMOST_SURE) for band in (first, second))
    undiscovered, shown = limits
    return SearchMap(grid=raster.grid, undiscovered=undiscovered, shown=shown)


def _fault(file: File, fault: str) -> Exception:
    return file.fault(0, "", fault, _REMEDY)


def _by_band(file: File, values: np.ndarray[Any, Any], axes: str) -> FloatArray:
    """Return (band, row, column) of what a page holds."""
    if values.dtype.kind not in "fiu":
        raise _fault(file, f"values of type {values.dtype} are no numbers")
    plain = np.squeeze(values) if values.ndim > len(axes) else values
    if plain.ndim == _SHEET:
        plain = plain[None]
    elif axes.endswith("S"):
        plain = np.moveaxis(plain, -1, 0)
    if plain.ndim != _SHEET + 1:
        raise _fault(file, f"axes {axes} are not rows, columns and bands")
    return np.asarray(plain, dtype=np.float64)


def _without_nodata(bands: FloatArray, nodata: Any) -> FloatArray:  # noqa: ANN401 - a tag holds anything
    try:
        absent = float(str(nodata).strip("\x00 "))
    except ValueError:
        return bands
    return np.where(bands == absent, np.nan, bands)


def _grid(file: File, tags: dict[int, Any], shape: Sequence[int]) -> Grid:
    """Return where the cells lie."""
    keys = _geo_keys(tags.get(_KEYS, ()))
    if keys.get(_MODEL_KEY, _GEOGRAPHIC) != _GEOGRAPHIC or keys.get(_GEOGRAPHIC_KEY, 4326) not in _WGS84:
        raise _fault(file, "it does not lie in longitude and latitude of WGS84")
    if _TRANSFORM in tags or _SCALE not in tags or _TIEPOINT not in tags:
        raise _fault(file, "it does not say where it lies, north up")
    scale, tie = tags[_SCALE], tags[_TIEPOINT]
    # Where a pixel is a point, the tie point is the first cell's middle.
    half = 0.5 if keys.get(_PIXEL_KEY) == _PIXEL_IS_POINT else 0.0
    try:
        return Grid(
            west=float(tie[3] - (tie[0] + half) * scale[0]),
            north=float(tie[4] + (tie[1] + half) * scale[1]),
            step_longitude=float(scale[0]),
            step_latitude=float(scale[1]),
            rows=int(shape[0]),
            columns=int(shape[1]),
        )
    except (ContractError, IndexError) as error:
        raise _fault(file, str(error)) from error


def _geo_keys(directory: Sequence[int]) -> dict[int, int]:
    """Return the keys whose values stand in the directory itself."""
    rows = [directory[start : start + 4] for start in range(4, len(directory) - 3, 4)]
    return {int(key): int(value) for key, place, _, value in rows if place == 0}
