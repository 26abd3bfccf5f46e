"""Files in, records out: tracks and winds of every format that `registry.READERS` lists.

Reading a CSV in the layout's own units loads no library beyond numpy.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from upwind.readers.columns import TRACK_NEEDS, WIND_NEEDS
from upwind.readers.files import open_file
from upwind.readers.registry import READERS, reader_of
from upwind.readers.tracks import require_locatable, speaks_of_gas, track_of, wind_of
from upwind.readers.weather import with_wind
from upwind.records import Track, Wind

__all__ = ["READERS", "read_track", "read_wind", "require_locatable", "speaks_of_gas", "with_wind"]


def read_track(path: Path, *, growing: bool = False) -> Track:
    """Return the track of a file, whatever its format.

    Parameters
    ----------
    path
        A table as CSV or Parquet, ICARTT, or a NetCDF trajectory; may be packed with gzip.
    growing
        Whether it is still being written: a last line without its end is then left for later.

    Raises
    ------
    UnfinishedError
        It holds fewer than two rows as yet.
    FormatError
        It is not what its layout says.
    """
    file = open_file(path, growing=growing)
    with np.errstate(over="ignore", invalid="ignore"):  # what is beyond a float is refused as beyond its bounds
        return track_of(reader_of(file).read(file, TRACK_NEEDS))


def read_wind(path: Path, *, growing: bool = False) -> Wind:
    """Return the weather of a file, at the file's own times; a column that it lacks is all NaN.

    Parameters
    ----------
    path
        A table of one of the formats of tracks.
    growing
        Whether it is still being written: a last line without its end is then left for later.

    Raises
    ------
    FormatError
        It is not what its layout says, or there is no weather in it.
    """
    file = open_file(path, growing=growing)
    with np.errstate(over="ignore", invalid="ignore"):
        return wind_of(reader_of(file).read(file, WIND_NEEDS))
