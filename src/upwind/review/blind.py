"""What a first reviewer is not told, so that it can be measured how far the machine's word sways people."""

from __future__ import annotations

import hashlib

__all__ = ["SHARE", "is_withheld"]

#: The share of first reviews that do not see the machine's probability.
SHARE = 0.2


def is_withheld(case: str, person: str, stage: int, salt: str, share: float = SHARE) -> bool:
    """Return whether a person does not see the machine's probability of a case: the same answer whenever asked.

    Parameters
    ----------
    stage
        Of the review; only the first one is ever blind to the machine.
    salt
        Known to the store alone, so that nobody can work out beforehand which reviews are watched.
    share
        Of first reviews, 0 to 1.
    """
    if stage != 1:
        return False
    drawn = hashlib.sha256(f"{salt}\n{case}\n{person}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") < share * 2**64
