"""A partner's own releases: what came, that it is in hand, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.outcomes.answers import Response as Responded
from upwind.review.log import LogEntry, stamp
from upwind.store import following, responses
from upwind.store.releases import Released
from upwind.store.session import Session
from upwind.web.edge import account_of, body_of, reading, writing

__all__ = ["answers", "listed", "receipt", "release", "replied", "settled"]


async def listed(request: Request) -> Response:
    """Return the partner's releases, the latest first."""
    code = account_of(request).partner

    def question(session: Session) -> list[dict[str, Any]]:
        return [_row(session, one) for one in responses.owned(session, code)]

    return JSONResponse({"releases": await reading(request, question)})


async def release(request: Request) -> Response:
    """Return one release and all that was answered to it."""
    code, name = account_of(request).partner, request.path_params["release"]

    def question(session: Session) -> dict[str, Any]:
        found = responses.own(session, code, name)
        told = responses.response(session, found)
        said = [{"at": stamp(at), **answer.as_body()} for at, answer in told.answers]
        replies = [{"at": stamp(one.at), "text": one.body["text"]} for one in following.replies(session, found)]
        return {**_row(session, found), "answers": said, "replies": replies}

    return JSONResponse(await reading(request, question))


async def receipt(request: Request) -> Response:
    """Enter that the partner has it in hand."""
    return await _entered(request, responses.receipt)


async def answers(request: Request) -> Response:
    """Enter the partner's answer."""
    return await _entered(request, responses.answer)


async def settled(request: Request) -> Response:
    """Enter what the partner did with a recalled release."""
    return await _entered(request, responses.settle)


async def replied(request: Request) -> Response:
    """Enter our reply to what the partner asked."""
    account, name, said = account_of(request), request.path_params["release"], await body_of(request)
    entry = await writing(request, lambda session: following.reply(session, account.name, name, said))
    return JSONResponse({"entry": entry.digest, "seq": entry.seq, "at": stamp(entry.at)}, 201)


def _row(session: Session, one: Released) -> dict[str, Any]:
    told, clock = responses.response(session, one), following.clock(session, one)
    return {**release_json(one, told), "clock": clock.as_json()}


def release_json(one: Released, told: Responded) -> dict[str, Any]:
    """Return a release as a partner sees it: never the site's id, nor who judged."""
    return {
        "id": one.release,
        "at": one.at,
        "expires": one.expires,
        "signers": list(one.signers),
        "recalled": one.recalled or None,
        "step": None if told.step is None else str(told.step),
    }


_Work = Callable[[Session, str, str, str, Mapping[str, Any]], LogEntry]


async def _entered(request: Request, work: _Work) -> Response:
    account, name, said = account_of(request), request.path_params["release"], await body_of(request)
    entry = await writing(request, lambda session: work(session, account.name, account.partner, name, said))
    return JSONResponse({"entry": entry.digest, "seq": entry.seq, "at": stamp(entry.at)}, 201)
