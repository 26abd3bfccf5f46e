"""What `upwind release` does, an action a function."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from upwind.cli.files import require_apart, require_place, write_beside, write_together
from upwind.cli.passphrases import passphrase_for
from upwind.cli.screen import table
from upwind.cli.stored import opened
from upwind.errors import FindingError
from upwind.release import package
from upwind.release.content import content_of
from upwind.release.envelope import sha256
from upwind.release.keys import load_identity, load_signing_key
from upwind.release.policy import NotClearedError, clear
from upwind.release.sheet import sheet_of
from upwind.release.verify import Refused, verified
from upwind.store import releases
from upwind.store.releases import partner, require_releaser, reviewed
from upwind.store.session import Session

__all__ = ["build", "deconflict", "listed", "open_package", "recall", "sign", "verify"]


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
    now = (arguments.at or datetime.now(UTC)).replace(microsecond=0)
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
    key = load_signing_key(arguments.key, passphrase_for(arguments.key))
    if key.name != arguments.person:
        msg = f"{arguments.key.name} is the key of {key.name}, not of {arguments.person}: each signs with an own key"
        raise FindingError(msg)
    try:
        _, said = package.read(octets)
    except Refused as error:
        raise FindingError(str(error)) from None
    what = said["predicate"]
    with opened(arguments, "release", "sign", what["release"]) as store:

        def work(session: Session) -> bytes:
            require_releaser(session, arguments.person)
            signed = package.sign(octets, key, partner(session, what["partner"]).recipient)
            releases.record_signature(session, arguments.person, what, key.id)
            if package.is_sealed(signed):
                releases.record_release(session, arguments.person, what, sha256(signed))
            return signed

        signed = store.write(work)
    write_beside(arguments.out, signed)
    told = "signed by all and sealed" if package.is_sealed(signed) else f"signed by {arguments.person}"
    print(f"{what['release']} for {what['partner']}: {told}; it is in {arguments.out}")
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Say who signed a package, or with one word first why it may not be opened."""
    said, signers = _verified(arguments)
    what = said["predicate"]
    print(f"{what['release']} for {what['partner']}, good until {what['expires']}, signed by {', '.join(signers)}")
    return 0


def open_package(arguments: argparse.Namespace) -> int:
    """Verify a package, then decrypt it."""
    said, _ = _verified(arguments)
    identity = load_identity(arguments.identity, passphrase_for(arguments.identity))
    files = package.opened(arguments.package.read_bytes(), identity)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_together({arguments.out / name: octets for name, octets in files.items()})
    print(f"{said['predicate']['release']}: {', '.join(sorted(files))} are in {arguments.out}")
    return 0


def _verified(arguments: argparse.Namespace) -> tuple[dict[str, dict[str, str]], list[str]]:
    log = None if arguments.log is None else str(arguments.log)
    try:
        return verified(arguments.package.read_bytes(), str(arguments.trust), log, datetime.now(UTC))
    except Refused as error:
        print(error)
        raise FindingError(str(error)) from None


def recall(arguments: argparse.Namespace) -> int:
    """Call a release back."""

    def work(session: Session) -> None:
        require_releaser(session, arguments.person)
        releases.recall(session, arguments.person, arguments.release, arguments.reason)

    with opened(arguments, "release", "recall", arguments.release) as store:
        store.write(work)
    print(f"{arguments.release} is recalled; upwind log export writes what its holders' verifiers need to know")
    return 0


def listed(arguments: argparse.Namespace) -> int:
    """Print every release, the latest first."""
    with opened(arguments, "release", "list") as store:
        found = store.read(releases.releases)
    rows = [[one.release, one.case, one.partner, one.at, ", ".join(one.signers), one.recalled or "-"] for one in found]
    if rows:
        table("Releases", ["release", "site", "partner", "at", "signed by", "recalled"], rows)
    else:
        print("There is no release as yet.", file=sys.stderr)
    return 0
