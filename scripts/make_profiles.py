"""Make src/upwind/explain/profiles.csv.gz: mean compositions of EPA SPECIATE 5.2's gas profiles, by reference.

From the top of the checkout, where the tables of SPECIATE lie in FOLDER (profiles with BENIGN_CLASS and GROUP)::

    python scripts/make_profiles.py FOLDER

Derived figures alone: means of groups of like profiles, to three digits. No text of a profile is copied. The same
tables give the same bytes. SPECIATE is of the US EPA, public domain.
"""

from __future__ import annotations

import sys
from pathlib import Path

from upwind.explain.imported import measured_in, stored
from upwind.readers.speciate import read_speciate

TABLE = Path(__file__).parent.parent / "src" / "upwind" / "explain" / "profiles.csv.gz"


def main() -> None:
    """Write the table."""
    profiles, _ = read_speciate(Path(sys.argv[1]))
    made = measured_in(profiles)
    TABLE.write_bytes(stored(made))
    print(f"{len(made.shares)} compositions, {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
