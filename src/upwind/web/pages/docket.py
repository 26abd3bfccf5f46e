"""The docket and a case, for people."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from upwind.errors import FaultyError, UpwindError
from upwind.review.judgement import read_judgement
from upwind.review.standing import State
from upwind.review.terms import BANDS, Confidence
from upwind.store import cases as store
from upwind.web.api.cases import case_json
from upwind.web.edge import account_of, reading, status_of, writing
from upwind.web.pages.sheet import form_of, page, see

__all__ = ["case", "claim", "docket", "judge"]

_ROWS = 50


async def docket(request: Request) -> Response:
    """Return the docket: what waits, the worthiest first."""
    asked = request.query_params.get("state", "")
    state, after = asked if asked in list(State) else "", request.query_params.get("after", "")
    person = account_of(request).name
    rows = await reading(request, lambda session: store.cases(session, person, state, _ROWS, after))
    following = rows[-1].id if len(rows) == _ROWS else ""
    return page(request, "docket.html", rows=rows, state=state, states=list(State), following=following)


async def case(request: Request) -> Response:
    """Return a case: what, how sure, why, the form to judge it, its history."""
    return await _case(request, faults=(), said={})


async def claim(request: Request) -> Response:
    """Lease the case to whoever asks, and show it."""
    person, name = account_of(request).name, request.path_params["case"]
    key = secrets.token_urlsafe(16)
    try:
        await writing(request, lambda session: store.claim(session, person, key, name))
    except UpwindError as error:
        return await _case(request, faults=(("", str(error)),), said={}, status=status_of(error))
    return see(f"/cases/{name}")


async def judge(request: Request) -> Response:
    """Enter the judgement of the form, and show the docket."""
    person, name, form = account_of(request).name, request.path_params["case"], await form_of(request)
    said: dict[str, Any] = {field: form.get(field, "") for field in ("verdict", "likelihood", "confidence", "reason")}
    said["benign"] = [line.strip() for line in form.get("benign", "").splitlines() if line.strip()]
    try:
        judgement = read_judgement(said)
        await writing(request, lambda session: store.judge(session, person, form.get("key", ""), name, judgement))
    except FaultyError as error:
        return await _case(request, faults=tuple(error.faults), said=form, status=422)
    except UpwindError as error:
        return await _case(request, faults=(("", str(error)),), said=form, status=status_of(error))
    return see("/")


async def _case(
    request: Request, faults: tuple[tuple[str, str], ...], said: Mapping[str, str], status: int = 200
) -> Response:
    person, name = account_of(request).name, request.path_params["case"]
    view = await reading(request, lambda session: store.view(session, person, name))
    holds = view.lease is not None and view.lease.person == person
    judged = any(vote.person == person for vote in view.standing.votes)
    return page(
        request,
        "case.html",
        status=status,
        case=case_json(view),
        holds=holds,
        can_claim=bool(view.standing.stage) and not judged and view.lease is None,
        bands=BANDS,
        confidences=list(Confidence),
        faults=faults,
        said=said,
        key=said.get("key") or secrets.token_urlsafe(16),
    )
