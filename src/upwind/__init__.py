"""Find hidden emissions from the air, and hand that knowledge on honestly and safely."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

__version__ = "0.1.0"

#: Packages that hold compiled kernels.
_COMPILED = ("dispersion", "exercise", "flights", "invert")


def _cache_kernels() -> None:
    """Give the compiled kernels of this state of the code a cache of their own, unless the user named one.

    numba compares the file that a kernel stands in, never those of the kernels it calls: in a common cache a change of
    one file would leave its callers as they were.
    """
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(file for part in _COMPILED for file in (package / part).rglob("*.py")):
        state = path.stat()
        digest.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    caches = package / "__pycache__" / "kernels"
    if not os.access(package, os.W_OK):
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        place = hashlib.sha256(str(package).encode()).hexdigest()[:16]
        caches = (home if os.access(home, os.W_OK) else Path(tempfile.gettempdir())) / "upwind" / place
    mine = caches / digest.hexdigest()[:16]
    if not mine.exists():
        shutil.rmtree(caches, ignore_errors=True)
    os.environ["NUMBA_CACHE_DIR"] = str(mine)


if "NUMBA_CACHE_DIR" not in os.environ:
    _cache_kernels()
