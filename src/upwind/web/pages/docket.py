"""The docket, for people: what waits, the worthiest first, filtered, searched, and searches kept under a name."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from upwind.errors import ConflictError, FaultyError
from upwind.render.objections import Objection
from upwind.review.standing import State
from upwind.store import docket as store
from upwind.store.cases import claim
from upwind.store.docket import CaseRow, Wanted, Whose
from upwind.store.searches import drop_search, save_search, saved_searches
from upwind.store.session import Session
from upwind.web.edge import account_of, reading, writing
from upwind.web.pages.sheet import form_of, page, see, see_claimed

__all__ = ["address_of", "docket", "dropped", "saved", "taken", "wanted_by"]

_ROWS = 50
#: Cases that the browser brings ahead of time.
AHEAD = 5


async def docket(request: Request) -> Response:
    """Return the docket, filtered as the address says, so that an address is a search to pass on."""
    return await _docket(request, wanted_by(request))


async def taken(request: Request) -> Response:
    """Lease the worthiest case that waits for whoever asks, and show it."""
    person = account_of(request).name
    try:
        claimed = await writing(request, lambda session: claim(session, person, secrets.token_urlsafe(16)))
    except ConflictError as error:
        return await _docket(request, store.ALL, FaultyError([("", error.args[0])]))
    if claimed is None:
        return await _docket(request, store.ALL, FaultyError([("", Objection("nothing_to_take"))]))
    return see_claimed(claimed["case"])


async def saved(request: Request) -> Response:
    """Keep a search under a name, and show what it finds."""
    person, form = account_of(request).name, await form_of(request)
    try:
        wanted = store.wanted_of(form.get("state", ""), form.get("whose", ""), form.get("q", ""))
    except FaultyError as error:
        return await _docket(request, store.ALL, error)
    try:
        await writing(request, lambda session: save_search(session, person, form.get("name", ""), wanted))
    except FaultyError as error:
        return await _docket(request, wanted, error)
    return see(f"/docket?{address_of(wanted)}")


async def dropped(request: Request) -> Response:
    """Keep a search no longer, and show the docket."""
    person, name = account_of(request).name, (await form_of(request)).get("name", "")
    await writing(request, lambda session: drop_search(session, person, name))
    return see("/docket")


def wanted_by(request: Request) -> Wanted:
    """Return which cases an address asks for; what cannot be asked for is not."""
    asked = request.query_params
    try:
        return store.wanted_of(asked.get("state", ""), asked.get("whose", ""), asked.get("q", ""))
    except FaultyError:
        return store.wanted_of("", "", asked.get("q", ""))


def address_of(wanted: Wanted, **more: str) -> str:
    """Return a search as the query of an address; "" for all."""
    said = {"state": wanted.state, "whose": wanted.whose, "q": wanted.search, **more}
    return urlencode({key: value for key, value in said.items() if value})


async def _docket(request: Request, wanted: Wanted, fault: FaultyError | None = None) -> Response:
    after, person = request.query_params.get("after", ""), account_of(request).name

    def question(session: Session) -> tuple[list[CaseRow], dict[str, Wanted]]:
        return store.cases(session, person, wanted, _ROWS, after), saved_searches(session, person)

    rows, kept = await reading(request, question)
    return page(
        request,
        "docket.html",
        status=422 if fault else 200,
        faults=fault.faults if fault else (),
        rows=rows,
        wanted=wanted,
        states=list(State),
        kinds=list(Whose),
        following=address_of(wanted, after=rows[-1].id) if len(rows) == _ROWS else "",
        filters=address_of(wanted),
        kept={name: address_of(one) for name, one in kept.items()},
        ahead=AHEAD,
    )
