"""Cases: the docket, claims, judgements and the other steps of review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import FaultyError
from upwind.render.objections import Objection
from upwind.review.judgement import read_judgement
from upwind.review.kinds import What
from upwind.review.log import LogEntry, stamp
from upwind.store import cases as store
from upwind.store import docket, steps
from upwind.store.leases import give_back
from upwind.store.session import Session
from upwind.web.edge import account_of, body_of, idempotency_key, reading, whole, writing

__all__ = ["STEPS", "case", "claims", "heartbeat", "judgements", "listed", "step", "undone"]

_MOST = 1_000
_LONGEST_ID = 200


async def listed(request: Request) -> Response:
    """Return a page of the docket, worthiest first."""
    asked, person = request.query_params, account_of(request).name
    wanted = docket.wanted_of(asked.get("state", ""), asked.get("whose", ""), asked.get("q", ""))
    limit, after = whole(request, "limit", 50, (1, _MOST)), asked.get("after", "")
    rows = await reading(request, lambda session: docket.cases(session, person, wanted, limit, after))
    said = [
        {
            "id": row.id,
            "probability": row.probability,
            "state": row.state,
            "leased": row.is_leased,
            "compounds": row.compounds,
        }
        for row in rows
    ]
    return JSONResponse({"cases": said, "next": rows[-1].id if len(rows) == limit else None})


async def claims(request: Request) -> Response:
    """Lease a case to whoever asks: the one named, or the worthiest."""
    key, said = idempotency_key(request), await body_of(request)
    wanted = said.get("case") or ""
    if not isinstance(wanted, str) or len(wanted) > _LONGEST_ID:
        raise FaultyError([("case", "give the id of a case, or leave it out")])
    person = account_of(request).name
    answer = await writing(request, lambda session: store.claim(session, person, key, wanted))
    return Response(status_code=204) if answer is None else JSONResponse(answer, 201)


async def heartbeat(request: Request) -> Response:
    """Make a lease longer."""
    person, name = account_of(request).name, request.path_params["case"]
    lease = await writing(request, lambda session: store.heartbeat(session, person, name))
    return JSONResponse({"lease_until": stamp(lease.until)})


async def judgements(request: Request) -> Response:
    """Enter a judgement, once."""
    key, judgement = idempotency_key(request), read_judgement(await body_of(request))
    person, name = account_of(request).name, request.path_params["case"]
    return JSONResponse(await writing(request, lambda session: store.judge(session, person, key, name, judgement)), 201)


async def case(request: Request) -> Response:
    """Return a case as whoever asks may see it."""
    person, name = account_of(request).name, request.path_params["case"]
    return JSONResponse(case_json(await reading(request, lambda session: store.view(session, person, name))))


def case_json(view: store.CaseView) -> dict[str, Any]:
    """Return a view of a case as the API spells it."""
    feature: dict[str, Any] | None = dict(view.feature) if view.feature is not None else None
    return {
        "id": view.id,
        "state": str(view.standing.state),
        "stage": view.standing.stage,
        "round": view.standing.round,
        "withheld": view.is_withheld,
        "lease": None if view.lease is None else {"person": view.lease.person, "until": stamp(view.lease.until)},
        "assignee": view.standing.assignee,
        "watched": view.standing.is_watched,
        "flight_requested": view.standing.wants_flight,
        "into": list(view.standing.into),
        "feature": feature,
        "judgements": [entry_json(entry) for entry in view.entries if entry.what in _JUDGED],
        "history": [entry_json(entry) for entry in view.entries if entry.what not in _JUDGED],
    }


_JUDGED = (What.JUDGEMENT, What.CORRECTION)


def entry_json(entry: LogEntry) -> dict[str, Any]:
    """Return an entry without its digests and what was drawn for them."""
    body = {key: value for key, value in entry.body.items() if key != "nonce"}
    return {"seq": entry.seq, "at": stamp(entry.at), "who": entry.who, "what": entry.what, **body}


def _text(said: Mapping[str, Any], field: str) -> str:
    value = said.get(field, "")
    if not isinstance(value, str):
        raise FaultyError([(field, "give a text")])
    return value


Step = Callable[[Session, str, str, Mapping[str, Any]], LogEntry]
#: Every step besides judging: its word in the path, and what it does with person, case and what was said.
STEPS: Mapping[str, Step] = {
    "watch": lambda session, who, case, said: steps.watch(session, who, case, _text(said, "why")),
    "flight": lambda session, who, case, said: steps.request_flight(session, who, case, _text(said, "why")),
    "assign": lambda session, who, case, said: steps.assign(session, who, case, _text(said, "to")),
    "comment": lambda session, who, case, said: steps.comment(session, who, case, _text(said, "text")),
    "give-back": lambda session, who, case, _: give_back(session, who, case),
    "hand-over": lambda session, who, case, said: steps.hand_over(
        session, who, case, _text(said, "to"), _text(said, "text")
    ),
    "duplicate": lambda session, who, case, said: steps.close(
        session, who, case, _text(said, "of"), steps.Stands.DUPLICATE
    ),
    "merge": lambda session, who, case, said: steps.close(session, who, case, _text(said, "into"), steps.Stands.MERGE),
}


async def step(request: Request) -> Response:
    """Enter a step on a case that is no judgement."""
    person, name, kind = account_of(request).name, request.path_params["case"], request.path_params["step"]
    if kind not in STEPS:
        raise FaultyError([("step", Objection("one_of", words=", ".join(STEPS)))])
    said = await body_of(request)
    entry = await writing(request, lambda session: STEPS[kind](session, person, name, said))
    return JSONResponse({"entry": entry.digest, "seq": entry.seq}, 201)


async def undone(request: Request) -> Response:
    """Take one's own last step back."""
    person, name, said = account_of(request).name, request.path_params["case"], await body_of(request)
    seq = said.get("seq")
    if not isinstance(seq, int) or isinstance(seq, bool):
        raise FaultyError([("seq", "give the number of the entry to undo")])
    entry = await writing(request, lambda session: steps.undo(session, person, name, seq))
    return JSONResponse({"entry": entry.digest, "seq": entry.seq}, 201)
