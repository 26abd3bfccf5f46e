"""What one process costs: wall and CPU seconds, and its peak memory.

A process starts with the peak memory of the one that started it, so a small one stands between: this file, run by
itself with the command as its arguments.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

__all__ = ["ONE_THREAD", "Cost", "cost_of"]

#: Linear algebra of one thread: threads that spin cost more than they bring.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
#: Linux counts peak memory in kB, macOS in bytes.
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one process, its children's included."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end and return what it cost.

    Raises
    ------
    RuntimeError
        It failed; the message holds the end of what it said.
    """
    between = [sys.executable, "-I", __file__, *command]
    done = subprocess.run(
        between, env=os.environ | dict(environment or {}), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        msg = f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-600:]}"
        raise RuntimeError(msg)
    return Cost(**json.loads(done.stdout))


def _main(command: Sequence[str]) -> int:
    """Run a command, silence its output, and print what it cost."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    cost = Cost(
        wall_s=time.perf_counter() - begin,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss * _MEMORY_UNIT / 1e6,
    )
    process.returncode = os.waitstatus_to_exitcode(status)
    print(json.dumps(asdict(cost)))
    return abs(process.returncode)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
