"""The docket, for people: what waits, the worthiest first."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from upwind.review.standing import State
from upwind.store import cases as store
from upwind.web.api.cases import LONGEST_SEARCH
from upwind.web.edge import account_of, reading
from upwind.web.pages.sheet import page

__all__ = ["docket", "filters_of"]

_ROWS = 50
#: Cases that the browser brings ahead of time.
AHEAD = 5


async def docket(request: Request) -> Response:
    """Return the docket, filtered as the address says, so that an address is a saved search."""
    state, search = filters_of(request)
    after, person = request.query_params.get("after", ""), account_of(request).name
    rows = await reading(request, lambda session: store.cases(session, person, state, _ROWS, after, search))
    filters = urlencode({key: value for key, value in (("state", state), ("q", search)) if value})
    following = urlencode({"state": state, "q": search, "after": rows[-1].id}) if len(rows) == _ROWS else ""
    return page(
        request,
        "docket.html",
        rows=rows,
        state=state,
        search=search,
        states=list(State),
        following=following,
        filters=filters,
        ahead=AHEAD,
    )


def filters_of(request: Request) -> tuple[str, str]:
    """Return the state and the search that an address asks for; "" for any."""
    state, search = request.query_params.get("state", ""), request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    return state if state in list(State) else "", search
