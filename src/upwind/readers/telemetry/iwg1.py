"""IWG1 lines, which research aircraft send to the ground once a second.

References
----------
NASA/NSF Interagency Working Group for Airborne Data and Telemetry Systems, "IWG1 ASCII Packet Definition".
"""

from __future__ import annotations

from upwind.readers.files import File
from upwind.readers.telemetry.samples import FEET, Sample, many, number, seconds_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

_NAME = "IWG1"
_CELLS = 8


def read(file: File) -> Trajectory:
    """Return the trajectory of a file of IWG1 lines; the radar altitude is the height above ground.

    Raises
    ------
    FormatError
        No line has a position with a time.
    """
    samples: list[Sample] = []
    broken = width = 0
    for line in file.content.decode("utf-8-sig", "replace").splitlines(keepends=True):
        cells = [cell.strip() for cell in line.split(",")]
        if not line.strip():
            continue
        row = len(samples) + broken
        cut = not line.endswith(("\n", "\r")) and len(cells) < width  # its last number may be cut short too
        if cells[0] != _NAME or len(cells) < _CELLS or cut:
            broken += 1
            continue
        width = len(cells)
        samples.append(
            Sample(
                row=row,
                time=seconds_of(cells[1]),
                latitude=number(cells[2]),
                longitude=number(cells[3]),
                altitude=number(cells[4]),
                ellipsoidal_height=number(cells[5]),
                pressure_altitude=number(cells[6]) * FEET,
                height=number(cells[7]) * FEET,
            )
        )
    return trajectory_from(file, samples, [f"{many(broken, 'line')} left out: no whole IWG1"] * bool(broken))
