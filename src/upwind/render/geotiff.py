"""A raster as a GeoTIFF of float32 in WGS84 longitude and latitude, its bands described as GDAL reads them.

References
----------
OGC GeoTIFF Standard 1.1, OGC 19-008r4: https://docs.ogc.org/is/19-008r4/19-008r4.html
"""

from __future__ import annotations

import io
from html import escape

import numpy as np
import tifffile

from upwind.records.mapped import Raster, SearchMap

__all__ = ["SEARCH_BANDS", "geotiff", "search_map_raster"]

#: What the bands of a search map are called.
SEARCH_BANDS = (
    "probability that an emitting site is still undiscovered",
    "probability that the flights so far would have shown one",
)
# TIFF's own numbers of types, and GeoTIFF's and GDAL's of tags.
_SHORT, _DOUBLE, _ASCII = 3, 12, 2
_SCALE, _TIEPOINT, _KEYS, _METADATA, _NODATA = 33550, 33922, 34735, 42112, 42113
#: Version 1.1.0 with three keys: model is geographic, a pixel is an area, EPSG:4326.
_GEO_KEYS = (1, 1, 0, 3, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4326)


def geotiff(raster: Raster, status: str = "") -> bytes:
    """Return the file: deflated, bands apart, NaN marked as not known; the same raster gives the same bytes.

    `status` stands in it for whoever opens it.
    """
    grid = raster.grid
    scale = (grid.step_longitude, grid.step_latitude, 0.0)
    tie = (0.0, 0.0, 0.0, grid.west, grid.north, 0.0)
    tags = [
        (_SCALE, _DOUBLE, len(scale), scale, True),
        (_TIEPOINT, _DOUBLE, len(tie), tie, True),
        (_KEYS, _SHORT, len(_GEO_KEYS), _GEO_KEYS, True),
        (_NODATA, _ASCII, 0, "nan", True),
    ]
    if raster.names or status:
        tags.append((_METADATA, _ASCII, 0, _described(raster.names, status), True))
    out = io.BytesIO()
    with tifffile.TiffWriter(out, bigtiff=False, byteorder="<") as file:
        file.write(
            np.ascontiguousarray(raster.bands, dtype=np.float32),
            photometric="minisblack",
            planarconfig="separate" if raster.bands.shape[0] > 1 else None,
            compression="zlib",
            metadata=None,
            software=False,
            extratags=tags,
        )
    return out.getvalue()


def search_map_raster(searched: SearchMap) -> Raster:
    """Return a search map as the raster that it is written as."""
    return Raster(grid=searched.grid, bands=np.stack([searched.undiscovered, searched.shown]), names=SEARCH_BANDS)


def _described(names: tuple[str, ...], status: str) -> str:
    """Return the status and the bands' descriptions as GDAL's metadata tag has them."""
    items = "".join(
        f'<Item name="DESCRIPTION" sample="{number}" role="description">{escape(name)}</Item>'
        for number, name in enumerate(names)
    )
    said = f'<Item name="status">{escape(status)}</Item>' if status else ""
    return f"<GDALMetadata>{said}{items}</GDALMetadata>"
