"""Releases in the store: agreements with partners, what the gate looks at, signatures, and recalls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwind.errors import AbsentError, ConflictError, FaultyError, FindingError, ForbiddenError
from upwind.readers.agreements import agreement_of
from upwind.readers.files import File
from upwind.records import Agreement
from upwind.release.content import stamp
from upwind.release.policy import Answer, Docket
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import Draft, Head, LogEntry
from upwind.review.standing import fold
from upwind.store.accounts import Role, require_account
from upwind.store.ledger import append, entries_of, entries_of_kind, head_at
from upwind.store.session import Session

__all__ = [
    "Keys",
    "Partner",
    "Released",
    "Reviewed",
    "add_partner",
    "answer",
    "drafted_of",
    "partner",
    "recall",
    "record_draft",
    "record_release",
    "record_signature",
    "release_of",
    "releases",
    "require_releaser",
    "reviewed",
]

#: What the gate looks at; entries of other kinds change nothing that leaves.
_WEIGHED = frozenset({What.SITE, What.JUDGEMENT, What.CORRECTION, What.UNDO, What.REOPENED, What.DUPLICATE, What.MERGE,
                      What.SPLIT, What.DECONFLICTION})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """What was agreed with a partner, its recipient and who signs its receipts, and the entry that says so."""

    agreement: Agreement
    recipient: str
    seq: int
    signers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A partner's keys: the age recipient that reads, and by id whose public keys sign receipts."""

    recipient: str
    signers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A site, what the log says of it, what it was computed from, and the log's head at the last entry that counts."""

    feature: Mapping[str, Any]
    docket: Docket
    custody: tuple[str, ...]
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """One release, the digest of its package as it was sealed last, and why it was recalled; "" where it was not."""

    release: str
    series: str
    case: str
    partner: str
    at: str
    expires: str
    signers: tuple[str, ...]
    sha256: str
    recalled: str


def require_releaser(session: Session, name: str) -> None:
    """Raise unless an account may release.

    Raises
    ------
    AbsentError
        There is no such account.
    ForbiddenError
        It is no releaser.
    """
    if Role.RELEASER not in require_account(session, name).roles:
        msg = f"{name} is no releaser: ask for an account of that role"
        raise ForbiddenError(msg)


def add_partner(session: Session, who: str, file: File, agreement: Agreement, keys: Keys) -> LogEntry:
    """Return the entry of an agreement, which takes the place of the one before."""
    body = {
        "partner": agreement.partner,
        "agreement": file.content.decode("utf-8-sig"),
        "sha256": agreement.digest,
        "recipient": keys.recipient,
        "signers": dict(keys.signers),
    }
    return append(session, Draft(who=who, what=What.PARTNER, body=body))


def partner(session: Session, code: str) -> Partner:
    """Return what is agreed with a partner.

    Raises
    ------
    AbsentError
        There is no agreement with anybody of that code.
    """
    told = [entry for entry in entries_of_kind(session, What.PARTNER) if entry.body["partner"] == code]
    if not told:
        msg = f"there is no agreement with {code}; add one with upwind partner add {code}"
        raise AbsentError(msg)
    last = told[-1].body
    octets = last["agreement"].encode()
    file = File(shown=f"agreement with {code}", name=code, sha256=last["sha256"], content=octets, growing=False)
    signers = last.get("signers", {})
    return Partner(agreement=agreement_of(file), recipient=last["recipient"], seq=told[-1].seq, signers=signers)


def reviewed(session: Session, site: str, with_whom: Partner) -> Reviewed:
    """Return what the gate looks at of a site.

    Raises
    ------
    AbsentError
        There is no such site, or it was forgotten.
    """
    row = session.row("site", id=site)
    if row is None or row[8] is None:
        msg = f"there is no site {site}" if row is None else f"the evidence on {site} was forgotten"
        raise AbsentError(msg)
    entries = [entry for entry in entries_of(session, site) if entry.what in _WEIGHED]
    standing = fold(site, entries)
    people = frozenset(vote.person for vote in standing.votes if vote.verdict is Verdict.CONFIRMED)
    answers = tuple(
        Answer(asked=entry.body["asked"], is_free=entry.body["is_free"], at=entry.at)
        for entry in entries
        if entry.what == What.DECONFLICTION
    )
    last = max([with_whom.seq, *(entry.seq for entry in entries)])
    return Reviewed(
        feature=json.loads(row[8]),
        docket=Docket(state=str(standing.state), confirmed_by=people, answers=answers),
        custody=tuple(entry.body["sha256"] for entry in entries if entry.what == What.SITE),
        head=head_at(session, last),
    )


def answer(session: Session, who: str, site: str, asked: str, *, is_free: bool) -> LogEntry:
    """Return the entry of an answer on whether a place is already worked on."""
    if session.row("site", id=site) is None:
        msg = f"there is no site {site}"
        raise AbsentError(msg)
    if not asked.strip():
        raise FaultyError([("asked", "say who was asked")])
    body = {"asked": asked.strip(), "is_free": is_free}
    return append(session, Draft(who=who, what=What.DECONFLICTION, case=site, body=body))


def record_draft(session: Session, who: str, site: str, said: Mapping[str, Any], sha256: str) -> None:
    """Enter that a draft was built; the same one again is no news."""
    known = [entry for entry in entries_of(session, site) if entry.what == What.DRAFT]
    if sha256 not in {entry.body["sha256"] for entry in known}:
        append(session, Draft(who=who, what=What.DRAFT, case=site, body={**_told(said), "sha256": sha256}))


def record_signature(session: Session, who: str, said: Mapping[str, Any], key: str) -> LogEntry:
    """Return the entry of an officer's signature on a draft."""
    site = _site_of(session, said["release"])
    return append(
        session, Draft(who=who, what=What.SIGNATURE, case=site, body={"release": said["release"], "key": key})
    )


def record_release(session: Session, who: str, said: Mapping[str, Any], sha256: str) -> LogEntry:
    """Return the entry of a package that all have signed."""
    site = _site_of(session, said["release"])
    signers = [
        entry.who
        for entry in entries_of(session, site)
        if entry.what == What.SIGNATURE and entry.body["release"] == said["release"]
    ]
    body = {**_told(said), "signers": list(dict.fromkeys(signers)), "sha256": sha256}
    return append(session, Draft(who=who, what=What.RELEASE, case=site, body=body))


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the log keeps of a release's statement."""
    names = {"release": "release", "series": "series", "partner": "partner", "at": "time", "expires": "expires"}
    return {ours: said[theirs] for theirs, ours in names.items()}


def drafted_of(session: Session, release: str, sha256: str) -> str:
    """Return the site of a draft that may be signed.

    Raises
    ------
    AbsentError
        No such draft was built here.
    FindingError
        The one that was built holds something else, or its release was recalled.
    """
    site = _site_of(session, release)
    built = {entry.body["sha256"] for entry in entries_of(session, site) if entry.what == What.DRAFT}
    if sha256 not in built:
        msg = f"this is not the draft of {release} that the gate let through; build it again"
        raise FindingError(msg)
    if any(entry.body["release"] == release for entry in entries_of_kind(session, What.RECALL)):
        msg = f"{release} was recalled; build another release"
        raise FindingError(msg)
    return site


def _site_of(session: Session, release: str) -> str:
    """Return the site of a draft that was built here."""
    drafts = [entry for entry in entries_of_kind(session, What.DRAFT) if entry.body["release"] == release]
    if not drafts:
        msg = f"no draft of {release} was built in this store; build it with upwind release build"
        raise AbsentError(msg)
    return drafts[-1].case


def releases(session: Session) -> list[Released]:
    """Return every release, the latest first; one that was sealed anew counts once."""
    recalled = {entry.body["release"]: entry.body["reason"] for entry in entries_of_kind(session, What.RECALL)}
    sealed = {entry.body["release"]: entry for entry in entries_of_kind(session, What.RELEASE)}
    return [
        Released(
            release=entry.body["release"],
            series=entry.body["series"],
            case=entry.case,
            partner=entry.body["partner"],
            at=entry.body["time"],
            expires=entry.body["expires"],
            signers=tuple(entry.body["signers"]),
            sha256=entry.body["sha256"],
            recalled=recalled.get(entry.body["release"], ""),
        )
        for entry in sorted(sealed.values(), key=lambda one: -one.seq)
    ]


def release_of(session: Session, release: str) -> Released:
    """Return one release; `AbsentError` where there is none."""
    found = next((one for one in releases(session) if one.release == release), None)
    if found is None:
        msg = f"there is no release {release}; upwind release list names them"
        raise AbsentError(msg)
    return found


def recall(session: Session, who: str, release: str, reason: str) -> LogEntry:
    """Return the entry that calls a release back.

    Raises
    ------
    AbsentError
        There is no such release.
    ConflictError
        It was recalled before.
    FaultyError
        No reason is given.
    """
    found = release_of(session, release)
    if found.recalled:
        msg = f"{release} was recalled before: {found.recalled}"
        raise ConflictError(msg)
    if not reason.strip():
        raise FaultyError([("reason", "say why")])
    body = {"release": release, "series": found.series, "reason": reason.strip(), "time": stamp(session.now)}
    return append(session, Draft(who=who, what=What.RECALL, case=found.case, body=body))
