"""Let upwind answer one track table, and say what that cost beyond the start of the process.

CPU seconds run from the data in memory to the sources, like those of `ask_pyelq.py`; "again" is a second answer of the
same process, whose kernels are loaded.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from upwind import __version__
from upwind.cli.locate import area_of
from upwind.invert import Settings, locate
from upwind.readers import read_track
from upwind.render.content import Provenance
from upwind.render.geojson import located_collection


def main() -> None:
    """Read, locate twice, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("track", type=Path)
    parser.add_argument("--area", type=area_of, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    track = read_track(arguments.track)
    settings = Settings(area=arguments.area, seed=arguments.seed)
    clock = [time.process_time()]
    for _ in range(2):
        located = locate([track], settings)
        clock.append(time.process_time())
    provenance = Provenance(version=__version__, seed=arguments.seed, command="", inputs=())
    cost = {"cpu_s": clock[1] - clock[0], "again_cpu_s": clock[2] - clock[1], "version": __version__}
    arguments.out.write_text(json.dumps(located_collection(located, provenance) | cost), encoding="utf-8")


if __name__ == "__main__":
    main()
