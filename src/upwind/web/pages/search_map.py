"""The search map, for people: where an emitting site could still be, and how much is left in all."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import AbsentError, InputError
from upwind.render.objections import Objection
from upwind.store.clearances import sees
from upwind.store.search_maps import KeptMap, search_map_of, search_maps
from upwind.web.edge import account_of, reading
from upwind.web.pages.sheet import page
from upwind.web.search_maps import LAYERS, Searched, searched

__all__ = ["cells", "picture", "search_map"]

#: A picture of a digest never changes; only whoever may see it keeps it.
_KEEP = {"Cache-Control": "private, max-age=86400, immutable"}


async def search_map(request: Request) -> Response:
    """Return the page of the search map that the address names, or of the latest."""
    clearance = account_of(request).clearance
    kept = [one for one in await reading(request, search_maps) if sees(clearance, one.marking)]
    wanted, layer = request.query_params.get("map", ""), request.query_params.get("layer", "")
    chosen = next((one for one in kept if one.sha256 == wanted or not wanted), None)
    if wanted and chosen is None:
        raise AbsentError(Objection("no_search_map"))
    drawn = await _read(request, chosen) if chosen is not None else None
    shown = layer if layer in LAYERS else LAYERS[0]
    return page(request, "search-map.html", kept=kept, chosen=chosen, drawn=drawn, layer=shown, layers=LAYERS)


async def cells(request: Request) -> Response:
    """Return the outlines of a search map's likeliest cells, as GeoJSON."""
    kept, drawn = await _named(request)
    return JSONResponse({"marking": kept.marking, **drawn.as_json()})


async def picture(request: Request) -> Response:
    """Return one layer of a search map as a picture."""
    layer = request.path_params["layer"]
    if layer not in LAYERS:
        msg = f"a search map has the layers {' and '.join(LAYERS)}"
        raise AbsentError(msg)
    _, drawn = await _named(request)
    return Response(drawn.pictures[layer], media_type="image/png", headers=_KEEP)


async def _named(request: Request) -> tuple[KeptMap, Searched]:
    """Return the search map of an address; `AbsentError` too where who asks may not know of all that it covers."""
    digest = request.path_params["digest"]
    kept = await reading(request, lambda session: search_map_of(session, digest))
    if not sees(account_of(request).clearance, kept.marking):
        raise AbsentError(Objection("no_search_map"))
    return kept, await _read(request, kept)


async def _read(request: Request, kept: KeptMap) -> Searched:
    """Return a search map, read in a thread of its own.

    Raises
    ------
    AbsentError
        Its file is gone.
    """
    try:
        return await to_thread.run_sync(searched, request.app.state.shelf, kept.sha256)
    except InputError as error:
        msg = Objection("search_map_gone")
        raise AbsentError(msg) from error
