"""Everything that `upwind` raises on purpose.

::

    UpwindError
    ├── InputError        what the user gave cannot be used: exit 1, one line
    │   ├── FormatError   a file is not what its layout says (file, place, fault, remedy)
    │   └── ContractError arrays do not meet their ArraySpec
    └── FindingError      a finding that must stop a script: exit 3
"""

from __future__ import annotations

__all__ = ["ContractError", "FindingError", "FormatError", "InputError", "UpwindError"]


class UpwindError(Exception):
    """Root of every error raised on purpose."""

    exit_code = 1


class InputError(UpwindError):
    """What the user gave cannot be used."""


class FormatError(InputError):
    """A file is not what its layout says.

    Parameters
    ----------
    file
        Name as the user gave it.
    place
        Where in the file, such as ``row 812, column "latitude [deg]"``; empty for the whole file.
    fault
        What is wrong.
    remedy
        What would be right.
    """

    #: The longest line a person is asked to read.
    LONGEST = 400

    def __init__(self, file: str, place: str, fault: str, remedy: str) -> None:
        where = f"{file}: {place}: " if place else f"{file}: "
        line = f"{where}{fault}; {remedy}" if remedy else f"{where}{fault}"
        line = " ".join(line.split())
        super().__init__(line if len(line) <= self.LONGEST else f"{line[: self.LONGEST - 1]}…")
        self.file = file
        self.place = place


class ContractError(InputError):
    """Arrays do not meet their ArraySpec."""


class FindingError(UpwindError):
    """A finding that must stop a script."""

    exit_code = 3
