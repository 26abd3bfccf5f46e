"""What every route shares: what a request holds, checked, and how answers and faults are spelled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import (
    AbsentError,
    ConflictError,
    FaultyError,
    ForbiddenError,
    InputError,
    StoreError,
    UpwindError,
)
from upwind.store.accounts import Account
from upwind.store.session import Session
from upwind.store.store import Store

__all__ = [
    "LARGEST_BODY",
    "account_of",
    "body_of",
    "fault",
    "idempotency_key",
    "reading",
    "status_of",
    "wants_page",
    "whole",
    "writing",
]

#: The most that a request may bring. [bytes]
LARGEST_BODY = 1_000_000
_LONGEST_KEY = 200

Result = TypeVar("Result")

_STATUSES: tuple[tuple[type[UpwindError], int], ...] = (
    (FaultyError, 422),
    (ConflictError, 409),
    (ForbiddenError, 403),
    (AbsentError, 404),
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


async def body_of(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that a request brings; no body is an empty one.

    Raises
    ------
    FaultyError
        It is too large, no JSON, or no object.
    """
    octets = bytearray()
    async for chunk in request.stream():
        octets += chunk
        if len(octets) > LARGEST_BODY:
            raise FaultyError([("", f"give at most {LARGEST_BODY:,} bytes")])
    if not octets.strip():
        return {}
    try:
        said = json.loads(octets, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FaultyError([("", f"this is not JSON ({error})")]) from None
    if not isinstance(said, dict):
        raise FaultyError([("", "give a JSON object")])
    return said


def _no_number(word: str) -> object:
    msg = f"{word} is no number"
    raise ValueError(msg)


def idempotency_key(request: Request) -> str:
    """Return the key under which a request counts once.

    Raises
    ------
    FaultyError
        There is none, or it is too long.
    """
    key = request.headers.get("idempotency-key", "")
    if not key or len(key) > _LONGEST_KEY:
        raise FaultyError([("Idempotency-Key", f"give a key of 1 to {_LONGEST_KEY} characters, new for each request")])
    return key


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
