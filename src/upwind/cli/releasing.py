"""What `upwind release` does, an action a function."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from upwind.cli.files import require_apart, require_place, write_beside, write_together
from upwind.cli.passphrases import passphrase_for, signing_key
from upwind.cli.stored import opened, url_of
from upwind.errors import FindingError, InputError
from upwind.release import package
from upwind.release.content import content_of
from upwind.release.envelope import sha256
from upwind.release.formats import cot
from upwind.release.keys import load_identity
from upwind.release.policy import NotClearedError, clear
from upwind.release.sheet import sheet_of
from upwind.release.verify import Refused, verified
from upwind.review.log import moment
from upwind.store import releases
from upwind.store.places import shelf_of
from upwind.store.releases import partner, require_releaser, reviewed
from upwind.store.session import Session

__all__ = ["build", "deconflict", "open_package", "recall", "require_verified", "sign", "verify"]


def deconflict(arguments: argparse.Namespace) -> int:
    """Enter what was answered on whether a place is already worked on."""

    def work(session: Session) -> None:
        require_releaser(session, arguments.person)
        releases.answer(session, arguments.person, arguments.site, arguments.asked, is_free=arguments.free)

    with opened(arguments, "release", "deconflict", arguments.site) as store:
        store.write(work)
    print(f"{arguments.asked}: {'nobody works' if arguments.free else 'somebody works'} on {arguments.site}")
    return 0


def build(arguments: argparse.Namespace) -> int:
    """Ask the gate, and write the draft of what may leave."""
    require_place(arguments.out)
    # Packages know whole seconds: what was entered within the last one counts.
    now = ((arguments.at or datetime.now(UTC)) + timedelta(microseconds=999_999)).replace(microsecond=0)
    with opened(arguments, "release", "build", arguments.site, arguments.partner) as store:

        def question(session: Session) -> tuple[releases.Partner, releases.Reviewed]:
            require_releaser(session, arguments.person)
            known = partner(session, arguments.partner)
            return known, reviewed(session, arguments.site, known)

        known, what = store.read(question)
        try:
            cleared = clear(what.feature, what.docket, known.agreement, arguments.person, now)
        except NotClearedError as error:
            for line in error.missing:
                print(f"missing: {line}")
            raise
        content = content_of(cleared, sheet_of(cleared), what.custody, what.head.as_json())
        octets = package.drafted(content)
        _, said = package.read(octets)

        def work(session: Session) -> None:
            releases.record_draft(session, arguments.person, arguments.site, said["predicate"], sha256(octets))

        store.write(work)
    write_beside(arguments.out, octets)
    print(f"{content.release} for {content.partner}, unsigned: {content.signatures} officers must sign {arguments.out}")
    return 0


def sign(arguments: argparse.Namespace) -> int:
    """Sign a draft with one officer's own key; the last one needed also seals it."""
    require_place(arguments.out)
    require_apart([arguments.out], [arguments.key])
    octets = arguments.package.read_bytes()
    key = signing_key(arguments.key)
    if key.name != arguments.person:
        msg = f"{arguments.key.name} is the key of {key.name}, not of {arguments.person}: each signs with an own key"
        raise FindingError(msg)
    members, said = package.read(octets)
    what = said["predicate"]
    with opened(arguments, "release", "sign", what["release"]) as store:

        def work(session: Session) -> bytes:
            require_releaser(session, arguments.person)
            site = releases.drafted_of(session, what["release"], sha256(package.draft_of(octets)))
            known = partner(session, what["partner"])
            _require_clear(session, known, (site, arguments.person), what["at"])
            if json.loads(members["plain/manifest.json"])["agreement"] != known.agreement.digest:
                msg = f"the agreement with {what['partner']} was replaced since this was built; build it again"
                raise FindingError(msg)
            signed = package.sign(octets, key, known.recipient)
            releases.record_signature(session, arguments.person, what, key.id)
            if package.is_sealed(signed):
                shelf_of(url_of(arguments)).put(signed)
                releases.record_release(session, arguments.person, what, sha256(signed))
            return signed

        signed = store.write(work)
    write_beside(arguments.out, signed)
    told = "signed by all and sealed" if package.is_sealed(signed) else f"signed by {arguments.person}"
    print(f"{what['release']} for {what['partner']}: {told}; it is in {arguments.out}")
    return 0


def _require_clear(session: Session, known: releases.Partner, whose: tuple[str, str], at: str) -> None:
    """Ask the gate again, for the officer who signs: what was judged since the draft was built counts."""
    site, person = whose
    what = reviewed(session, site, known)
    clear(what.feature, what.docket, known.agreement, person, moment(at))


def verify(arguments: argparse.Namespace) -> int:
    """Say who signed a package, or with one word first why it may not be opened."""
    what, signers = require_verified(arguments, arguments.package.read_bytes(), datetime.now(UTC))
    print(f"{what['release']} for {what['partner']}, good until {what['expires']}, signed by {', '.join(signers)}")
    return 0


def open_package(arguments: argparse.Namespace) -> int:
    """Verify a package, then decrypt it."""
    octets = arguments.package.read_bytes()
    what, _ = require_verified(arguments, octets, datetime.now(UTC))
    identity = load_identity(arguments.identity, passphrase_for(arguments.identity))
    files = package.opened(octets, identity)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in files:
        if (arguments.out / name).is_symlink():
            msg = f"{arguments.out / name} is a link to somewhere else; name an empty folder"
            raise InputError(msg)
    write_together({arguments.out / name: octets for name, octets in files.items()})
    print(f"{what['release']}: {', '.join(sorted(files))} are in {arguments.out}")
    return 0


def require_verified(
    arguments: argparse.Namespace, octets: bytes, now: datetime
) -> tuple[Mapping[str, Any], list[str]]:
    """Return what a package says and who signed it; say why where it may not be opened."""
    log, recalled = (None if path is None else str(path) for path in (arguments.log, arguments.recalled))
    try:
        what, signers = verified(octets, str(arguments.trust), log, now, recalled)
    except Refused as error:
        print(error)
        raise FindingError(str(error)) from None
    return what, signers


def recall(arguments: argparse.Namespace) -> int:
    """Call a release back, and write the event that takes it off maps where it is asked for."""
    if arguments.cot is not None:
        require_place(arguments.cot)

    def work(session: Session) -> bytes:
        require_releaser(session, arguments.person)
        entry = releases.recall(session, arguments.person, arguments.release, arguments.reason)
        found = releases.release_of(session, arguments.release)
        return cot.deleted(found.series, entry.at, max(moment(found.expires), entry.at + timedelta(days=1)))

    with opened(arguments, "release", "recall", arguments.release) as store:
        event = store.write(work)
    if arguments.cot is not None:
        write_beside(arguments.cot, event)
        print(f"{arguments.cot} takes it off the maps of TAK")
    print(f"{arguments.release} is recalled; upwind log export writes what its holders' verifiers need to know")
    return 0
