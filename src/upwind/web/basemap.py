"""The map's ground: the tileset that comes with the package, or the operator's own where there is one."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from upwind.errors import FormatError
from upwind.readers.pmtiles import read_tileset
from upwind.web.words import word

__all__ = ["STATIC", "WORLD", "credit", "world"]

STATIC = StaticFiles(packages=[("upwind.web", "static")])
#: Where the map asks for its ground, by ranges.
WORLD = "/static/basemap/world.pmtiles"


async def world(request: Request) -> Response:
    """Return the ground's tileset, or the part of it that is asked for; the operator's own is for accounts alone."""
    if (own := _own(request)) is None:
        return await STATIC.get_response(WORLD.removeprefix("/static/"), request.scope)
    if request.state.account is None:
        return JSONResponse({"error": "who asks?"}, 401)
    return FileResponse(own, media_type="application/octet-stream", headers={"Cache-Control": "private, no-cache"})


def credit(request: Request, language: str) -> str:
    """Return whose data the map shows."""
    if (own := _own(request)) is None:
        return word("credit", language)
    return word("credit_own", language, own=_attribution(own, own.stat().st_mtime_ns) or own.name)


def _own(request: Request) -> Path | None:
    """Return where the operator's own tileset is; None where there is none now."""
    own: Path | None = request.app.state.basemap
    return own if own is not None and own.is_file() else None


@lru_cache(maxsize=4)
def _attribution(path: Path, _: int) -> str:
    """Return what a tileset says of whose it is, as plain text."""
    try:
        said = read_tileset(path).attribution
    except (FormatError, OSError):
        return ""
    return html.unescape(re.sub(r"<[^>]*>", "", said)).strip()
