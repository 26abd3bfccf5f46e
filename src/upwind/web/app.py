"""The application: a store, and the routes over it."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from upwind.errors import AbsentError, ForbiddenError, UpwindError
from upwind.store.shelf import Shelf
from upwind.store.store import Store
from upwind.web.api.releases import ABOUT_RELEASES
from upwind.web.basemap import STATIC, WORLD, world
from upwind.web.door import Door
from upwind.web.edge import fault, status_of, wants_page
from upwind.web.issuer import Issuer
from upwind.web.known import Guard, Kept
from upwind.web.news import News
from upwind.web.pages.faults import faults_of
from upwind.web.pages.issued import Visits
from upwind.web.pages.sheet import page
from upwind.web.routes import ROUTES, routes

__all__ = ["application"]

# Browsers take rules of what to bring ahead only under their own type.
mimetypes.add_type("application/speculationrules+json", ".speculation")

#: Threads that read the store: an answer is mostly Python's own work, which more threads at once only delay.
_READERS = 8
#: How long a partner's releases are kept at most; nothing of them ends by the clock. [s]
_OWNED_S = 3_600.0


def application(store: Store, shelf: Shelf, issuer: Issuer | None = None, basemap: Path | None = None) -> Starlette:
    """Return the application over a store, which stays the caller's to close, and the shelf beside it.

    Parameters
    ----------
    issuer
        Who vouches for people besides their passwords; nobody unless given, and then nothing is asked of any host.
    basemap
        Where the operator's own basemap is, as long as there is one.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _READERS
        watching = asyncio.create_task(app.state.news.watch())
        yield
        watching.cancel()

    app = Starlette(
        routes=[*routes(ROUTES), Route(WORLD, world), Mount("/static", STATIC)],
        middleware=[Middleware(Door)],
        exception_handlers={UpwindError: _raised, HTTPException: _unknown, Exception: _broken},
        lifespan=lifespan,
    )
    app.state.store, app.state.shelf, app.state.ways, app.state.guard = store, shelf, ROUTES, Guard()
    app.state.news, app.state.owned = News(store), Kept[Any](ABOUT_RELEASES, _OWNED_S)
    app.state.issuer, app.state.visits, app.state.basemap = issuer, Visits(), basemap
    return app


_WORDS = ((AbsentError, "absent"), (ForbiddenError, "forbidden"))


async def _raised(request: Request, error: Exception) -> Response:
    if not isinstance(error, UpwindError):
        return _say(500)
    if not wants_page(request):
        return fault(error)
    kind = next((word for raised, word in _WORDS if isinstance(error, raised)), "wrong")
    return page(request, "fault.html", status_of(error), kind=kind, faults=faults_of(error))


async def _unknown(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return page(request, "fault.html", status, kind="absent", faults=()) if wants_page(request) else _say(status)


async def _broken(_: Request, __: Exception) -> Response:
    return _say(500)


def _say(status: int) -> Response:
    words = {404: "there is nothing here", 405: "this path takes another method"}
    return JSONResponse(
        {"error": words.get(status, "something is wrong with this server, not with the request")}, status
    )
