"""What every route shares: what a request holds, checked, and how answers and faults are spelled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any, TypeVar

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from upwind.errors import (
    AbsentError,
    ConflictError,
    FaultyError,
    ForbiddenError,
    InputError,
    LostKeyError,
    StoreError,
    UpwindError,
)
from upwind.render.objections import Objection
from upwind.review.judgement import LONGEST
from upwind.review.log import is_writable
from upwind.store.accounts import Account
from upwind.store.session import Session
from upwind.store.store import Store
from upwind.web.known import Guard

__all__ = [
    "LARGEST_BODY",
    "account_of",
    "body_of",
    "fault",
    "hashing",
    "idempotency_key",
    "octets_of",
    "reading",
    "status_of",
    "too_often",
    "wants_page",
    "whole",
    "writing",
]

#: The most that a request may bring. [bytes]
LARGEST_BODY = 1_000_000
#: How long a body may take to arrive. [s]
PATIENCE_S = 30.0

Result = TypeVar("Result")

_STATUSES: tuple[tuple[type[UpwindError], int], ...] = (
    (FaultyError, 422),
    (ConflictError, 409),
    (ForbiddenError, 403),
    (AbsentError, 404),
    (LostKeyError, 503),
    (InputError, 422),
    (StoreError, 503),
)


def status_of(error: UpwindError) -> int:
    """Return the HTTP status of what was raised on purpose."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)


def wants_page(request: Request) -> bool:
    """Return whether a person with a browser asks, who is to be answered with a page."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def fault(error: UpwindError) -> Response:
    """Return the answer that says what was wrong."""
    said: dict[str, Any] = {"error": str(error)}
    if isinstance(error, FaultyError):
        said["faults"] = [{"field": field, "says": says} for field, says in error.faults]
    return JSONResponse(said, status_of(error))


def account_of(request: Request) -> Account:
    """Return who asks; the door has let nobody else in."""
    account: Account = request.state.account
    return account


async def reading(request: Request, question: Callable[[Session], Result]) -> Result:
    """Return the answer of the store to a question, asked in a thread of its own."""
    store: Store = request.app.state.store
    return await run_in_threadpool(store.read, question)


async def writing(request: Request, work: Callable[[Session], Result]) -> Result:
    """Return what a work returns, once it is committed."""
    store: Store = request.app.state.store
    return await asyncio.wrap_future(store.submit(work))


async def hashing(request: Request, work: Callable[[], Result]) -> Result:
    """Return what slow work on passwords returns; there is never much of it at once, and readers do not wait for it."""
    guard: Guard = request.app.state.guard
    return await to_thread.run_sync(work, limiter=guard.hashers)


def too_often(wait_s: float) -> Response | None:
    """Return the answer to somebody who must wait; None to who need not."""
    if not wait_s:
        return None
    return JSONResponse({"error": "too often: wait a while"}, 429, {"Retry-After": str(ceil(wait_s))})


async def octets_of(request: Request) -> bytes:
    """Return the body of a request.

    Raises
    ------
    FaultyError
        It is too large, or too slow in coming.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await _arrived(request)
    except (TimeoutError, ClientDisconnect):
        raise FaultyError([("", Objection("form_slow", seconds=f"{PATIENCE_S:.0f}"))]) from None


async def _arrived(request: Request) -> bytes:
    octets = bytearray()
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > LARGEST_BODY:
            raise FaultyError([("", Objection("form_large", most=f"{LARGEST_BODY:,}"))])
    return bytes(octets)


async def body_of(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that a request brings; no body is an empty one.

    Raises
    ------
    FaultyError
        It is too large, no JSON, no object, or holds a text that is too long or none.
    """
    octets = await octets_of(request)
    if not octets.strip():
        return {}
    try:
        said = json.loads(octets, parse_constant=_no_number)
        faults = list(_no_texts(said, ""))
    except (ValueError, RecursionError) as error:
        raise FaultyError([("", f"this is not JSON ({error})")]) from None
    if not isinstance(said, dict):
        raise FaultyError([("", "give a JSON object")])
    if faults:
        raise FaultyError(faults)
    return said


def _no_texts(said: object, place: str) -> Iterator[tuple[str, str]]:
    """Yield what in a document no store could hold."""
    if isinstance(said, str) and not (len(said) <= LONGEST and is_writable(said)):
        yield place, f"give text of at most {LONGEST} characters"
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for key, value in inner:
        if isinstance(key, str) and not is_writable(key):
            yield place, "give names that are text"
        else:
            yield from _no_texts(value, f"{place}.{key}".strip("."))


def _no_number(word: str) -> object:
    msg = f"{word} is no number"
    raise ValueError(msg)


def idempotency_key(request: Request) -> str:
    """Return the key under which a request counts once; the store refuses one that is none."""
    return request.headers.get("idempotency-key", "")


def whole(request: Request, name: str, default: int, bounds: tuple[int, int]) -> int:
    """Return a whole number that a query gives.

    Raises
    ------
    FaultyError
        It is none, or out of bounds.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    low, high = bounds
    if not (text.isascii() and text.isdigit() and len(text) < 18 and low <= int(text) <= high):  # noqa: PLR2004 - 2^53
        raise FaultyError([(name, f"give a whole number from {low} to {high}")])
    return int(text)
