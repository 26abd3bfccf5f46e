"""PMTiles archives by the format's own library."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

__all__ = ["archive"]


def archive(path: Path, *layers: str, kind: TileType = TileType.MVT, tiles: int = 3, **metadata: Any) -> Path:
    """Write an archive whose tiles hold nothing that could be drawn, and return its path."""
    head = {
        "tile_type": kind,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": -1_150_000_000,
        "min_lat_e7": 263_000_000,
        "max_lon_e7": -1_090_000_000,
        "max_lat_e7": 325_000_000,
        "center_zoom": 1,
        "center_lon_e7": -1_120_000_000,
        "center_lat_e7": 290_000_000,
    }
    said = {"vector_layers": [{"id": layer, "fields": {}} for layer in layers], **metadata}
    with write(str(path)) as writer:
        for number in range(tiles):
            writer.write_tile(zxy_to_tileid(number, 0, 0), gzip.compress(f"tile {number}".encode()))
        writer.finalize(head, said)
    return path
