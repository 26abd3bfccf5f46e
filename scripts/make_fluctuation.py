"""Compute the table of `upwind.invert.fluctuation` and write it into the package.

Run as ``python scripts/make_fluctuation.py``.
"""

from pathlib import Path

import numpy as np

from upwind.invert import fluctuation

np.save(Path(fluctuation.__file__).with_name("fluctuation.npy"), fluctuation.compute_table().astype(np.float32))
