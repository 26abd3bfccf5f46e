"""The log for auditors, and the stream that says which cases changed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from upwind.errors import FaultyError
from upwind.review.log import Head, LogEntry
from upwind.store.ledger import entries_after, head
from upwind.store.session import Session
from upwind.web.edge import reading, whole
from upwind.web.news import News, changed_after

__all__ = ["entries", "events", "health"]

_MOST = 10_000
_LARGEST = 2**53 - 1


async def health(request: Request) -> Response:
    """Say that the store answers."""
    await reading(request, head)
    return JSONResponse({"status": "ok"})


async def entries(request: Request) -> Response:
    """Return entries of the log after one, and the log's head."""
    after, limit = whole(request, "after", 0, (0, _LARGEST)), whole(request, "limit", 1_000, (1, _MOST))

    def question(session: Session) -> tuple[list[LogEntry], Head]:
        return entries_after(session, after, limit), head(session)

    found, now = await reading(request, question)
    return JSONResponse({"entries": [entry.as_json() for entry in found], "head": now.as_json()})


async def events(request: Request) -> Response:
    """Stream the numbers of entries and the cases that they change, never what they say."""
    text = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if text and not (text.isascii() and text.isdigit() and int(text) <= _LARGEST):
        raise FaultyError([("Last-Event-ID", "give the number of an entry")])
    news: News = request.app.state.news
    return StreamingResponse(_told(request, news, int(text) if text else None), media_type="text/event-stream")


async def _told(request: Request, news: News, after: int | None) -> AsyncIterator[str]:
    yield ": here\n\n"
    last = news.last if after is None else after
    if after is not None:
        for seq, case in await reading(request, lambda session: changed_after(session, after)):
            last = seq
            yield _event(seq, case)
    while not await request.is_disconnected():
        found = await news.after(last)
        for seq, case in found:
            last = seq
            yield _event(seq, case)
        if not found:
            yield ": still here\n\n"


def _event(seq: int, case: str) -> str:
    return f"id: {seq}\nevent: case\ndata: {json.dumps({'case': case})}\n\n"
