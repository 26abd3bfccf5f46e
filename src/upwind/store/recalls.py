"""The signed list of recalls in the store: issued by an officer, kept for whoever may download it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from upwind.errors import AbsentError
from upwind.release.envelope import sha256
from upwind.release.keys import SigningKey
from upwind.release.recalls import Recalls, signed_list
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.ledger import append, entries_of_kind, head
from upwind.store.session import Session

__all__ = ["issue", "newest"]

_SETTING = "recalls"


def issue(session: Session, key: SigningKey, root: Mapping[str, Any], until: datetime) -> bytes:
    """Return the next list of recalls, signed, entered in the log, and from now on the newest.

    Raises
    ------
    FindingError
        The folder of trust does not let this key sign lists.
    """
    octets = signed_list(_known(session), root, key, (session.now, until))
    body = {"version": _version(session), "sha256": sha256(octets), "expires": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
    append(session, Draft(who=key.name, what=What.RECALL_LIST, body={**body, "root": root["version"]}))
    session.do("put_setting", name=_SETTING, content=octets.decode())
    return octets


def newest(session: Session) -> bytes:
    """Return the list that was issued last.

    Raises
    ------
    AbsentError
        None was issued as yet.
    """
    row = session.row("setting", name=_SETTING)
    if row is None:
        msg = Objection("no_recall_list")
        raise AbsentError(msg)
    return str(row[0]).encode()


def _version(session: Session) -> int:
    return len(entries_of_kind(session, What.RECALL_LIST)) + 1


def _known(session: Session) -> Recalls:
    times: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries_of_kind(session, What.RELEASE):
        times[entry.body["series"]].add(entry.body["time"])
    return Recalls(
        version=_version(session),
        log=(head(session) if session.tail is None else session.tail.head).as_json(),
        recalled={entry.body["release"]: entry.body["time"] for entry in entries_of_kind(session, What.RECALL)},
        latest={series: max(every) for series, every in times.items() if len(every) > 1},
    )
