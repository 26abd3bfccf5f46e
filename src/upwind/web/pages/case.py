"""A case, for people: the docket beside it, the map, what is known, and the form to judge it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import ConflictError, FaultyError, UpwindError
from upwind.readers.sites import candidate_of
from upwind.render.map import compass
from upwind.render.objections import Objection
from upwind.render.readings import Weather
from upwind.review.docket import worth
from upwind.review.judgement import read_judgement
from upwind.review.log import COMMAND_LINE
from upwind.review.standing import UNDOABLE
from upwind.review.terms import BANDS, Confidence
from upwind.store import cases as store
from upwind.store.docket import CaseRow, cases
from upwind.store.ledger import head
from upwind.store.session import Session
from upwind.store.steps import undo
from upwind.web.api.cases import STEPS, case_json
from upwind.web.edge import account_of, reading, status_of, writing
from upwind.web.ground import Ground, ground_of
from upwind.web.pages.docket import address_of, wanted_by
from upwind.web.pages.faults import Faults, faults_of
from upwind.web.pages.form import HYPOTHESES, SOURCES, judgement_said
from upwind.web.pages.sheet import form_of, page, see, see_claimed
from upwind.web.pages.told import site_told, worth_told
from upwind.web.words import language_of

__all__ = ["case", "claim", "drawn", "judge", "stepped", "taken_back"]

#: Rows of the docket beside a case.
_BESIDE = 14


async def case(request: Request) -> Response:
    """Return a case: what, how sure, why, the form to judge it, its history."""
    return await _case(request, faults=(), said={})


async def drawn(request: Request) -> Response:
    """Return what a case's map shows, as GeoJSON."""
    person, name, shelf = account_of(request).name, request.path_params["case"], request.app.state.shelf
    ground = await reading(request, lambda session: ground_of(session, shelf, person, name))
    return JSONResponse(ground.as_json())


async def claim(request: Request) -> Response:
    """Lease the case to whoever asks, and show it."""
    person, name = account_of(request).name, request.path_params["case"]
    key = secrets.token_urlsafe(16)
    try:
        await writing(request, lambda session: store.claim(session, person, key, name))
    except UpwindError as error:
        return await _case(request, faults=faults_of(error), said={}, status=status_of(error))
    return see_claimed(name)


async def judge(request: Request) -> Response:
    """Enter the judgement of the form, and show the docket."""
    person, name, form = account_of(request).name, request.path_params["case"], await form_of(request)
    try:
        judgement = read_judgement(judgement_said(form))
        await writing(request, lambda session: store.judge(session, person, form.get("key", ""), name, judgement))
    except UpwindError as error:
        return await _case(request, faults=faults_of(error), said=form, status=status_of(error))
    return see("/")


async def taken_back(request: Request) -> Response:
    """Undo a person's own last step on a case, and show it."""
    person, name, form = account_of(request).name, request.path_params["case"], await form_of(request)
    seq = form.get("seq", "")
    try:
        if not (seq.isascii() and seq.isdigit()):
            msg = Objection("nothing_to_undo")
            raise ConflictError(msg)
        await writing(request, lambda session: undo(session, person, name, int(seq[:18])))
    except UpwindError as error:
        return await _case(request, faults=faults_of(error), said={}, status=status_of(error))
    return see(f"/cases/{name}")


async def stepped(request: Request) -> Response:
    """Enter a step that is no judgement, such as a comment, a watch, or a wish for a flight."""
    person, name, form = account_of(request).name, request.path_params["case"], await form_of(request)
    text, other = form.get("text", ""), form.get("other", "").strip()
    said = {"text": text, "why": text, "to": other, "of": other, "into": other}
    try:
        work = STEPS.get(form.get("step", ""))
        if work is None:
            raise FaultyError([("step", Objection("one_of", words=", ".join(STEPS)))])
        await writing(request, lambda session: work(session, person, name, said))
    except UpwindError as error:
        return await _case(request, faults=faults_of(error), said={}, status=status_of(error))
    return see(f"/cases/{name}")


async def _case(request: Request, faults: Faults, said: Mapping[str, str], status: int = 200) -> Response:
    person, name = account_of(request).name, request.path_params["case"]
    shelf, wanted, language = request.app.state.shelf, wanted_by(request), language_of(request)

    def question(session: Session) -> tuple[store.CaseView, dict[str, Any] | None, Ground, list[CaseRow], int]:
        found, ground = store.view(session, person, name), ground_of(session, shelf, person, name)
        told = _told(found, session.now, language)
        return found, told, ground, cases(session, person, wanted, _BESIDE), head(session).size

    view, told, ground, beside, size = await reading(request, question)
    return page(
        request,
        "case.html",
        status=status,
        case=case_json(view),
        command_line=COMMAND_LINE,
        told=told,
        ground=ground,
        compass=_compass(ground),
        beside=beside,
        search=wanted.search,
        filters=address_of(wanted),
        size=size,
        steps=list(STEPS),
        undoable=_own_last(view, person),
        **_judging(view, person, said),
        faults=faults,
    )


def _told(view: store.CaseView, now: datetime, language: str) -> dict[str, Any] | None:
    """Return what the page tells of the site; None where its evidence was forgotten."""
    if view.feature is None:
        return None
    told = site_told(view.feature, language)
    if view.is_withheld:
        return {**told, "worth": None}
    candidate, came = candidate_of(view.feature, view.id, ""), view.entries[0].at
    return {**told, "worth": worth_told(worth(candidate, candidate.seen or came, now), language)}


def _compass(ground: Ground) -> Markup:
    """Return north and the wind of the first flight that knows it, as a picture."""
    wind = next(iter(ground.winds), None)
    if wind is None:
        return Markup(compass(None))  # noqa: S704 - made here, of numbers alone
    weather = Weather(wind_from=wind["from"], spread=wind["spread"], speed=wind["speed"])
    return Markup(compass(weather))  # noqa: S704 - made here, of numbers alone


def _judging(view: store.CaseView, person: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form needs: whether it is there, and what was said in it already."""
    judged = any(vote.person == person for vote in view.standing.votes)
    return {
        "holds": view.lease is not None and view.lease.person == person,
        "can_claim": bool(view.standing.stage) and not judged and view.lease is None,
        "bands": BANDS,
        "confidences": list(Confidence),
        "hypotheses": HYPOTHESES,
        "sources": SOURCES,
        "said": said,
        "key": said.get("key") or secrets.token_urlsafe(16),
    }


def _own_last(view: store.CaseView, person: str) -> int | None:
    """Return the number of the step that this person may take back, if the last thing on the case was theirs."""
    undone = {entry.body["undoes"] for entry in view.entries if entry.what == "undo"}
    steps = [entry for entry in view.entries if entry.what in UNDOABLE and entry.seq not in undone]
    return steps[-1].seq if steps and steps[-1].who == person else None
