"""What `upwind release` carries: the signed list of recalls, drop folders, and the receipts that come back."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from upwind.cli.files import require_place, write_beside, write_together
from upwind.cli.passphrases import signing_key
from upwind.cli.releasing import require_verified
from upwind.cli.stored import COMMAND_LINE, add_store, opened, url_of
from upwind.errors import FindingError, InputError
from upwind.release.receipts import signed_receipt
from upwind.release.trust import files_of_trust, root_of
from upwind.release.verify import LIST_KIND, Refused, stated, verified
from upwind.store import deliveries, recalls
from upwind.store.places import shelf_of
from upwind.store.releases import Released, require_releaser
from upwind.store.session import Session

__all__ = ["add_actions", "deliver", "recalled", "receipt", "receive"]

_LIST = "recalled.json"
#: The most days that a list of recalls may be good for: a partner without a fresh one is told so.
_MOST_DAYS = 90


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the actions."""
    told = actions.add_parser("recalled", help="sign the list of recalls, which partners verify with and may download")
    told.add_argument("--as", dest="person", required=True, metavar="NAME", help="an account of role releaser")
    told.add_argument("--days", type=_days_of, default=7, metavar="N", help="how long it is good (default: 7)")
    put = actions.add_parser("deliver", help="put a package into a partner's drop folder, with all that verifies it")
    put.add_argument("release", metavar="RELEASE")
    put.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the drop folder, which is there")
    signed = actions.add_parser("receipt", help="as a partner: sign that a package is in hand, or what became of it")
    signed.add_argument("package", type=Path, metavar="P.zip")
    signed.add_argument("--state", choices=("destroyed", "retained"), default="", help="of one that was called back")
    signed.add_argument("--why", default="", metavar="TEXT", help="why it is retained")
    for one in (told, signed):
        one.add_argument("--key", type=Path, required=True, metavar="FILE", help="one's own NAME.key")
        one.add_argument("--out", type=Path, required=True, metavar="F.json")
    for one in (told, put, signed):
        one.add_argument("--trust", type=Path, required=True, metavar="DIR", help="whose word counts")
    back = actions.add_parser("receive", help="take in a partner's signed receipt")
    back.add_argument("receipt", type=Path, metavar="F.json")
    for one in (told, put, back):
        add_store(one)


def recalled(arguments: argparse.Namespace) -> int:
    """Sign the next list of recalls."""
    require_place(arguments.out)
    key = signing_key(arguments.key)
    if key.name != arguments.person:
        msg = f"{arguments.key.name} is the key of {key.name}, not of {arguments.person}: each signs with an own key"
        raise FindingError(msg)
    until = datetime.now(UTC) + timedelta(days=arguments.days)
    root = root_of(arguments.trust, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")

    def work(session: Session) -> bytes:
        require_releaser(session, arguments.person)
        return recalls.issue(session, key, root, until)

    with opened(arguments, "release", "recalled") as store:
        octets = store.write(work)
    write_beside(arguments.out, octets)
    print(f"The list of recalls is in {arguments.out}, good until {until:%Y-%m-%d %H:%M} UTC")
    return 0


def deliver(arguments: argparse.Namespace) -> int:
    """Put a package, its digest, the list of recalls and the root documents into a drop folder, and record it."""
    shelf = shelf_of(url_of(arguments))

    def work(session: Session) -> Released:
        found = deliveries.deliverable(session, arguments.release)
        octets, listed = shelf.get(found.sha256), recalls.newest(session)
        versions = _rehearsed(octets, listed, arguments.trust)
        name = f"{found.release}.zip"
        files: dict[str | Path, bytes] = {
            arguments.to / path.name: path.read_bytes()
            for path in files_of_trust(arguments.trust)
            if path.suffix == ".json"
        }
        files |= {arguments.to / _LIST: listed, arguments.to / f"{name}.sha256": f"{found.sha256}  {name}\n".encode()}
        write_together({**files, arguments.to / name: octets})  # the package last: who waits for it finds all
        deliveries.record_delivery(session, COMMAND_LINE, found, {"to": str(arguments.to), **versions})
        return found

    require_place(arguments.to / _LIST)
    with opened(arguments, "release", "deliver", arguments.release) as store:
        found = store.write(work)
    print(f"{found.release} for {found.partner} is in {arguments.to}, and is recorded as delivered")
    return 0


def _rehearsed(octets: bytes, listed: bytes, trust: Path) -> Mapping[str, Any]:
    """Return the versions that go along, once the verifier has let the package through as the partner will see it."""
    with tempfile.TemporaryDirectory() as folder:
        for path in files_of_trust(trust):
            shutil.copy(path, folder)
        place = Path(folder, _LIST)
        place.write_bytes(listed)
        try:
            verified(octets, folder, None, datetime.now(UTC), str(place))
        except Refused as error:
            msg = f"the partner could not open this: {error}"
            raise FindingError(msg) from None
        root = root_of(trust)
        return {"root": root["version"], "recalls": stated(listed, LIST_KIND, root, "recalls")[0]["version"]}


def receipt(arguments: argparse.Namespace) -> int:
    """Sign a receipt, as the partner."""
    require_place(arguments.out)
    if arguments.state == "retained" and not arguments.why.strip():
        msg = "say --why it is retained"
        raise InputError(msg)
    octets, now = arguments.package.read_bytes(), datetime.now(UTC)
    arguments.log = arguments.recalled = None
    # What became of a package can be signed also once it has expired.
    what, _ = require_verified(arguments, octets, datetime.fromtimestamp(0, UTC) if arguments.state else now)
    key = signing_key(arguments.key)
    became = (arguments.state, arguments.why.strip())
    write_beside(arguments.out, signed_receipt(what, octets, key, now, became))
    print(f"The receipt of {what['release']} is in {arguments.out}; put it back into the drop folder")
    return 0


def receive(arguments: argparse.Namespace) -> int:
    """Take in a partner's signed receipt."""
    octets = arguments.receipt.read_bytes()
    with opened(arguments, "release", "receive", arguments.receipt.name) as store:
        found, entry = store.write(lambda session: deliveries.receive(session, COMMAND_LINE, octets))
    told = found.state or "in hand"
    print(f"{found.release} is {told} at {found.partner}, signed by {found.signer}: entry {entry.seq}")
    return 0


def _days_of(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and 0 < int(text) <= _MOST_DAYS):
        msg = f"{text!r} is not a whole number of days up to {_MOST_DAYS}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
