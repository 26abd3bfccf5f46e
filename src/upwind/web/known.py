"""Who came in lately and how often: for a second nobody is looked up twice, and nobody may ask without bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from anyio import CapacityLimiter

from upwind.store.accounts import Account

__all__ = ["Guard", "Known", "Limit"]

#: How long a role that was taken away by another process may still count. [s]
_REMEMBERED_S = 1.0
#: So many keys are held before those that no longer matter are dropped.
_MOST = 10_000
#: A password's digest takes 64 MiB and a core for a while: so many at once.
_HASHERS = 2

Clock = Callable[[], float]


class Known:
    """The accounts of the secrets that came in within the last second."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._found: dict[str, tuple[float, Account]] = {}

    def get(self, secret: str) -> Account | None:
        """Return whose a secret was a moment ago; None where that is not known."""
        found = self._found.get(secret)
        return found[1] if found is not None and self._clock() < found[0] else None

    def put(self, secret: str, account: Account) -> None:
        """Remember for a moment whose a secret is."""
        if len(self._found) >= _MOST:
            self._found.clear()
        self._found[secret] = (self._clock() + _REMEMBERED_S, account)

    def forget(self) -> None:
        """Forget all: somebody's rights have changed."""
        self._found.clear()


class Limit:
    """At most so many at once, and so many a second in the long run, of each key.

    Parameters
    ----------
    burst
        How many may come at once after a rest.
    rate
        How many may come in the long run. [1/s]
    """

    def __init__(self, burst: float, rate: float, clock: Clock = time.monotonic) -> None:
        self._burst, self._rate, self._clock = burst, rate, clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, key: str) -> float:
        """Return how long the next one of a key must wait; 0 where it may come, and then it has come. [s]"""
        now = self._clock()
        if len(self._left) >= _MOST:
            self._left = {each: (left, at) for each, (left, at) in self._left.items() if self._is_low(left, at, now)}
        left, at = self._left.get(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        if left < 1:
            self._left[key] = (left, now)
            return (1 - left) / self._rate
        self._left[key] = (left - 1, now)
        return 0.0

    def _is_low(self, left: float, at: float, now: float) -> bool:
        return left + (now - at) * self._rate < self._burst


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the door remembers; a program may ask 50 times a second, a password is tried much less often."""

    known: Known = field(default_factory=Known)
    #: Of one token or session.
    asking: Limit = field(default_factory=lambda: Limit(200, 50))
    #: Passwords and links from one address: a whole shift may come in behind one.
    address: Limit = field(default_factory=lambda: Limit(200, 2))
    #: Passwords of one name from one address, and of one name from anywhere.
    name_there: Limit = field(default_factory=lambda: Limit(10, 1 / 60))
    name: Limit = field(default_factory=lambda: Limit(100, 1 / 10))
    hashers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_HASHERS))
