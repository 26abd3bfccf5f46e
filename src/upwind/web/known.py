"""What was answered lately, and who came in how often: nothing is looked up twice, and nobody may ask without bound."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from anyio import CapacityLimiter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from upwind.review.kinds import What
from upwind.store.accounts import Account
from upwind.store.session import Session
from upwind.store.store import Store
from upwind.web.news import News

__all__ = ["Guard", "Kept", "Limit"]

#: What changes who may come in, and as whom.
_ABOUT_ACCOUNTS = (What.ACCOUNT, What.GRANT, What.REVOKE, What.ACCESS, What.CLEARANCE)
#: So much later than its end a session may end. [s]
_LATER_S = 60.0
#: So many keys are held before those that no longer matter are dropped.
_MOST = 10_000
#: A password's digest takes 64 MiB and a core for a while: so many at once.
_HASHERS = 2

Clock = Callable[[], float]
Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """What the store answered of late, as long as nothing of some kinds was entered since.

    Parameters
    ----------
    kinds
        Of entries that may change an answer.
    length_s
        How long an answer counts at most; what ends by the clock may end so much later. [s]
    """

    def __init__(self, kinds: Iterable[str], length_s: float, clock: Clock = time.monotonic) -> None:
        self._kinds, self._length_s, self._clock = frozenset(kinds), length_s, clock
        self._found: dict[str, tuple[object, float, Answer]] = {}

    async def answer(self, request: Request, key: str, question: Callable[[Session], Answer]) -> Answer:
        """Return the answer that a key stands for: the one that is kept, or the store's own. None is never kept."""
        news: News = request.app.state.news
        mark, now = news.mark(self._kinds), self._clock()
        found = self._found.get(key)
        if found is not None and found[0] == mark and now < found[1]:
            return found[2]
        store: Store = request.app.state.store
        answer = await run_in_threadpool(store.read, question)
        if answer is not None:
            if len(self._found) >= _MOST:
                self._found.clear()
            self._found[key] = (mark, now + self._length_s, answer)
        return answer


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

    #: Whose a token or a session's secret is.
    known: Kept[Account | None] = field(default_factory=lambda: Kept(_ABOUT_ACCOUNTS, _LATER_S))
    #: How each case is marked.
    markings: Kept[str | None] = field(default_factory=lambda: Kept((What.SITE,), _LATER_S))
    #: Of one token or session.
    asking: Limit = field(default_factory=lambda: Limit(200, 50))
    #: Passwords and links from one address: a whole shift may come in behind one.
    address: Limit = field(default_factory=lambda: Limit(200, 2))
    #: Passwords of one name from one address, and of one name from anywhere.
    name_there: Limit = field(default_factory=lambda: Limit(10, 1 / 60))
    name: Limit = field(default_factory=lambda: Limit(100, 1 / 10))
    hashers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_HASHERS))
