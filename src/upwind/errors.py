"""Everything that `upwind` raises on purpose.

::

    UpwindError
    ├── InputError        what the user gave cannot be used: exit 1, one line
    │   ├── FormatError   a file is not what its layout says (file, place, fault, remedy)
    │   │   └── UnfinishedError   it holds too few rows as yet: wrong now, right once more is written
    │   ├── ContractError arrays do not meet their ArraySpec
    │   └── FaultyError   fields of what a person filled in are wrong: each with what it says
    ├── RefusedError      what was asked may not be done
    │   ├── ConflictError     not now: somebody else has it, or it was done before
    │   ├── ForbiddenError    not by this person
    │   ├── AbsentError       there is no such thing
    │   └── LostKeyError      what is sealed in the store cannot be opened
    ├── StoreError        the store cannot be reached, read or written
    └── FindingError      a finding that must stop a script: exit 3
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "AbsentError",
    "ConflictError",
    "ContractError",
    "FaultyError",
    "FindingError",
    "ForbiddenError",
    "FormatError",
    "InputError",
    "LostKeyError",
    "RefusedError",
    "StoreError",
    "UnfinishedError",
    "UpwindError",
]


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
        Where in the file, such as ``column "latitude [deg]"``; empty for the whole file.
    fault
        What is wrong.
    remedy
        What would be right.
    line
        Of a text file, counted from 1 as an editor does; 0 where the file has no lines.
    """

    #: The longest line a person is asked to read.
    LONGEST = 400

    def __init__(self, file: str, place: str, fault: str, remedy: str, line: int = 0) -> None:
        where = f"{file}:{line}: " if line else f"{file}: "
        where = f"{where}{place}: " if place else where
        text = f"{where}{fault}; {remedy}" if remedy else f"{where}{fault}"
        text = " ".join(text.split())
        super().__init__(text if len(text) <= self.LONGEST else f"{text[: self.LONGEST - 1]}…")
        self.file = file
        self.place = place
        self.line = line


class UnfinishedError(FormatError):
    """A file holds too few rows as yet: wrong as it stands, right once more has been written to it."""


class ContractError(InputError):
    """Arrays do not meet their ArraySpec."""


class FaultyError(InputError):
    """Fields of what a person filled in are wrong: pairs of a field's name and what is wrong with it."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {says}" for field, says in faults))
        self.faults = tuple(faults)


class RefusedError(UpwindError):
    """What was asked may not be done."""


class ConflictError(RefusedError):
    """Not now: somebody else has it, or it was done before."""


class ForbiddenError(RefusedError):
    """Not by this person."""


class AbsentError(RefusedError):
    """There is no such thing."""


class LostKeyError(RefusedError):
    """What is sealed in the store cannot be opened: its key is not here."""


class StoreError(UpwindError):
    """The store cannot be reached, read or written; what was asked of it has not been acknowledged."""


class FindingError(UpwindError):
    """A finding that must stop a script."""

    exit_code = 3
