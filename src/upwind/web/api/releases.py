"""A partner's own releases: what came, that it is in hand, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind.errors import AbsentError
from upwind.outcomes.answers import Response as Responded
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import LogEntry, stamp
from upwind.store import following, recalls, responses
from upwind.store.following import Followed
from upwind.store.releases import Released
from upwind.store.session import Session
from upwind.store.shelf import Shelf
from upwind.web.edge import account_of, body_of, reading, writing
from upwind.web.known import Kept

__all__ = [
    "ABOUT_RELEASES",
    "answers",
    "complained",
    "listed",
    "package",
    "recalled",
    "receipt",
    "release",
    "replied",
    "settled",
]


#: What changes what a partner reads of its releases.
ABOUT_RELEASES = (
    What.RELEASE,
    What.RECALL,
    What.RECEIPT,
    What.ANSWER,
    What.REPLY,
    What.RECALLED,
    What.PARTNER,
    What.REMINDER,
)


async def listed(request: Request) -> Response:
    """Return the partner's releases, the latest first."""
    return JSONResponse({"releases": [_row(one, told) for one, told in await _own(request)]})


async def release(request: Request) -> Response:
    """Return one release and all that was answered to it."""
    name = request.path_params["release"]
    found = next((pair for pair in await _own(request) if pair[0].release == name), None)
    if found is None:
        msg = Objection("no_release", release=name)
        raise AbsentError(msg)
    followed = found[1]
    said = [{"at": stamp(at), **answer.as_body()} for at, answer in followed.said.response.answers]
    replies = [{"at": stamp(entry.at), "text": entry.body["text"]} for entry in followed.replies]
    reminders = [_reminder(entry) for entry in followed.reminders]
    return JSONResponse({**_row(*found), "answers": said, "replies": replies, "reminders": reminders})


async def package(request: Request) -> Response:
    """Return the package itself, as it was sealed for this partner."""
    code, name = account_of(request).partner, request.path_params["release"]
    found = await reading(request, lambda session: responses.own(session, code, name))
    shelf: Shelf = request.app.state.shelf
    octets = await run_in_threadpool(shelf.get, found.sha256)
    return _download(octets, f"{found.release}.zip", "application/zip")


async def recalled(request: Request) -> Response:
    """Return the signed list of recalls that was issued last."""
    return _download(await reading(request, recalls.newest), "recalled.json", "application/json")


def _download(octets: bytes, name: str, kind: str) -> Response:
    return Response(octets, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _own(request: Request) -> Sequence[Owned]:
    """Return a partner's releases and what became of them."""
    code = account_of(request).partner
    kept: Kept[Sequence[Owned]] = request.app.state.owned
    return await kept.answer(
        request,
        code,
        lambda session: [(one, following.followed(session, one)) for one in responses.owned(session, code)],
    )


async def receipt(request: Request) -> Response:
    """Enter that the partner has it in hand."""
    return await _entered(request, responses.receipt)


async def answers(request: Request) -> Response:
    """Enter the partner's answer."""
    return await _entered(request, responses.answer)


async def complained(request: Request) -> Response:
    """Enter the partner's complaint, which those who oversee count."""
    return await _entered(request, complaint)


def complaint(session: Session, person: str, partner: str, release: str, said: Mapping[str, Any]) -> LogEntry:
    """Return the entry of a partner's complaint about one of its own releases."""
    return responses.complain(session, person, responses.own(session, partner, release), "partner", said)


async def settled(request: Request) -> Response:
    """Enter what the partner did with a recalled release."""
    return await _entered(request, responses.settle)


async def replied(request: Request) -> Response:
    """Enter our reply to what the partner asked."""
    account, name, said = account_of(request), request.path_params["release"], await body_of(request)
    entry = await writing(request, lambda session: following.reply(session, account.name, name, said))
    return JSONResponse({"entry": entry.digest, "seq": entry.seq, "at": stamp(entry.at)}, 201)


def _reminder(entry: LogEntry) -> dict[str, Any]:
    said = {name: entry.body[name] for name in ("waits_for", "due", "standing", "to")}
    return {"at": stamp(entry.at), **said}


def _row(one: Released, followed: Followed) -> dict[str, Any]:
    """Return a release and what it waits for."""
    return {**release_json(one, followed.said.response), "clock": followed.clock(datetime.now(UTC)).as_json()}


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


Owned = tuple[Released, Followed]
_Work = Callable[[Session, str, str, str, Mapping[str, Any]], LogEntry]


async def _entered(request: Request, work: _Work) -> Response:
    account, name, said = account_of(request), request.path_params["release"], await body_of(request)
    entry = await writing(request, lambda session: work(session, account.name, account.partner, name, said))
    return JSONResponse({"entry": entry.digest, "seq": entry.seq, "at": stamp(entry.at)}, 201)
