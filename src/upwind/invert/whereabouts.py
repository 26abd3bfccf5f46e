"""Where a source is by the posterior over cells, with the error that no reading takes away.

How far upwind of a crossing the source is hangs on how the plume rises to the sensor's height, and that is modelled:
the error is common to all crossings of a flight, so it does not average out however many there are.
"""

from __future__ import annotations

import numpy as np

from upwind.arrays import FloatArray
from upwind.invert.cells import Cells, probabilities

__all__ = ["ACROSS_M", "ALONG_M", "whereabouts"]

#: Standard deviation of that error along the wind, and across it: from crossings low over the ground on hunts 0-14. [m]
ALONG_M, ACROSS_M = 6.0, 1.5
#: What holds less of the probability is not spread.
_LEAST = 1e-4


def whereabouts(cells: Cells, toward: tuple[float, float]) -> FloatArray:
    """Return the probability of the source in each cell (cell,), given that there is one.

    Parameters
    ----------
    cells
        As heard so far.
    toward
        Unit vector along the wind (east, north).
    """
    share, _ = probabilities(cells)
    some = np.flatnonzero(share > _LEAST * share.max())
    east = cells.east[:, None] - cells.east[None, some]
    north = cells.north[:, None] - cells.north[None, some]
    within = cells.side_m / np.sqrt(12.0)
    along = (east * toward[0] + north * toward[1]) / np.hypot(ALONG_M, within)
    across = (north * toward[0] - east * toward[1]) / np.hypot(ACROSS_M, within)
    kernel = np.exp(-0.5 * (along**2 + across**2))
    spread = (kernel / kernel.sum(axis=0)) @ share[some]
    normed: FloatArray = spread / spread.sum()
    return normed
