"""Searches of the docket that a person keeps."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import FaultyError
from upwind.store.docket import wanted_of
from upwind.store.searches import drop_search, save_search, saved_searches
from upwind.web.edge import account_of, body_of, reading, writing

__all__ = ["dropped", "listed", "saved"]


async def listed(request: Request) -> Response:
    """Return one's own searches."""
    person = account_of(request).name
    kept = await reading(request, lambda session: saved_searches(session, person))
    said = [{"name": name, "state": one.state, "whose": one.whose, "q": one.search} for name, one in kept.items()]
    return JSONResponse({"searches": said})


async def saved(request: Request) -> Response:
    """Keep a search under a name, in place of the one that had it."""
    person, said = account_of(request).name, await _texts_of(request)
    wanted = wanted_of(said["state"], said["whose"], said["q"])
    await writing(request, lambda session: save_search(session, person, said["name"], wanted))
    return Response(status_code=204)


async def dropped(request: Request) -> Response:
    """Keep a search no longer."""
    person, said = account_of(request).name, await _texts_of(request)
    await writing(request, lambda session: drop_search(session, person, said["name"]))
    return Response(status_code=204)


async def _texts_of(request: Request) -> dict[str, str]:
    said: dict[str, Any] = {"name": "", "state": "", "whose": "", "q": "", **await body_of(request)}
    if faults := [(name, "give a text") for name, value in said.items() if not isinstance(value, str)]:
        raise FaultyError(faults)
    return said
