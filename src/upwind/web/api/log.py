"""The log for auditors, and the stream that says which cases changed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from upwind.errors import FaultyError
from upwind.review.log import Head, LogEntry
from upwind.store.clearances import sees
from upwind.store.ledger import entries_after, head
from upwind.store.session import Session
from upwind.web.access import Right, may
from upwind.web.door import asker
from upwind.web.edge import account_of, reading, whole
from upwind.web.news import News

__all__ = ["entries", "events", "health"]

_MOST = 10_000
_LONGEST_NUMBER = 16
#: PostgreSQL's INTEGER; no log is that long.
_LARGEST = 2**31 - 1
#: So often a stream asks whether it may go on. [s]
_CHECKED_S = 15.0


async def health(request: Request) -> Response:
    """Say that the store answers."""
    await reading(request, head)
    return JSONResponse({"status": "ok"})


async def entries(request: Request) -> Response:
    """Return entries of the log after one, and the log's head."""
    after, limit = whole(request, "after", 0, (0, 2**53 - 1)), whole(request, "limit", 1_000, (1, _MOST))

    def question(session: Session) -> tuple[list[LogEntry], Head]:
        return entries_after(session, min(after, _LARGEST), limit), head(session)

    found, now = await reading(request, question)
    return JSONResponse({"entries": [entry.as_json() for entry in found], "head": now.as_json()})


async def events(request: Request) -> Response:
    """Stream the numbers of entries and the cases that they change, never what they say."""
    text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER):
        raise FaultyError([("Last-Event-ID", "give the number of an entry")])
    news: News = request.app.state.news
    last = min(int(text), _LARGEST) if text else news.last
    return StreamingResponse(_told(request, news, last), media_type="text/event-stream")


async def _told(request: Request, news: News, last: int) -> AsyncIterator[str]:
    yield ": here\n\n"
    clearance, until = account_of(request).clearance, time.monotonic() + _CHECKED_S
    while True:
        if time.monotonic() > until:  # their rights may have changed since
            account = await asker(request)
            if account is None or not may(account, Right.READ_CASES):
                return
            clearance, until = account.clearance, time.monotonic() + _CHECKED_S
        found = await news.after(last)
        last = found[-1].seq if found else last
        told = [change.event for change in found if change.case and sees(clearance, change.marking)]
        yield "".join(told) or ": still here\n\n"
