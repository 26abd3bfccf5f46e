"""What several unit tests of the locator start from."""

from __future__ import annotations

import numpy as np
import pytest

from upwind.exercise.conditions import Conditions
from upwind.exercise.scenes import as_track, make_scene
from upwind.invert.layout import Problem
from upwind.invert.observations import common_frame, gather
from upwind.invert.problem import Tuning, build


@pytest.fixture(scope="session")
def problem() -> Problem:
    """Return the problem of a short flight; a test replaces what it looks at.

    Kernels see but the package's own types here: a type of a test's would go into the kernels' cache on disk, which
    programs without the tests could then not read.
    """
    track = as_track(make_scene(np.random.default_rng(29), Conditions(samples=(120.0, 120.0)), 1))
    observations = gather([track], "methane", common_frame([track]), (60, 60))
    assert observations is not None
    return build(observations, np.array([-300.0, 500.0, -200.0, 100.0]), 2, Tuning())
