"""What `upwind key` does with folders of trust: draft the next root document, sign it, take it in."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upwind.cli.files import require_apart, require_place, write_beside
from upwind.cli.passphrases import signing_key
from upwind.cli.values import moment_of
from upwind.errors import InputError
from upwind.release.trust import Change, installed, next_root, root_of, sign_root

__all__ = ["add_actions", "rotate", "sign", "trust"]

#: A root document is good for so long where nobody says otherwise.
_YEAR = timedelta(days=365)


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the three actions."""
    made = actions.add_parser("rotate", help="draft the next root document of a folder of trust")
    made.add_argument("folder", type=Path, metavar="TRUST", help="the folder of trust as it is")
    for option, means in (("--officer", "signs packages and lists of recalls"), ("--root", "signs root documents")):
        made.add_argument(option, type=Path, action="append", default=[], metavar="F.pub", help=f"whose key {means}")
    made.add_argument("--revoke", action="append", default=[], metavar="NAME", help="whose keys count no more")
    made.add_argument("--why", default="", metavar="TEXT", help="why keys are revoked; every partner reads it")
    made.add_argument("--until", type=moment_of, metavar="TIME", help="how long it is good (default: a year)")
    signed = actions.add_parser("sign", help="sign a root document with one's own key")
    signed.add_argument("document", type=Path, metavar="ROOT.json")
    signed.add_argument("--trust", dest="folder", type=Path, required=True, metavar="TRUST", help="the folder as it is")
    signed.add_argument("--key", type=Path, required=True, metavar="FILE", help="NAME.key")
    for one in (made, signed):
        one.add_argument("--out", type=Path, required=True, metavar="F.json")
    shown = actions.add_parser("trust", help="say whose word counts by a folder of trust")
    shown.add_argument("folder", type=Path, metavar="TRUST")
    shown.add_argument("--add", type=Path, metavar="ROOT.json", help="take in the next root document first")


def rotate(arguments: argparse.Namespace) -> int:
    """Draft the next root document."""
    require_place(arguments.out)
    now = datetime.now(UTC)
    change = Change(
        officers=arguments.officer,
        roots=arguments.root,
        revoked=arguments.revoke,
        why=arguments.why,
        until=arguments.until or now + _YEAR,
        at=now,
    )
    if change.until <= now:
        msg = "--until is over already; give a time to come"
        raise InputError(msg)
    root = root_of(arguments.folder)
    write_beside(arguments.out, next_root(root, change))
    print(f"Version {root['version'] + 1} is in {arguments.out}; upwind key sign signs it")
    return 0


def sign(arguments: argparse.Namespace) -> int:
    """Sign a root document."""
    require_place(arguments.out)
    require_apart([arguments.out], [arguments.key])
    key = signing_key(arguments.key)
    octets, new, lacking = sign_root(arguments.document.read_bytes(), root_of(arguments.folder), key)
    write_beside(arguments.out, octets)
    told = (
        f"{lacking} must sign"
        if lacking
        else f"all have signed: put it into every folder as {new['version']}.root.json"
    )
    print(f"Version {new['version']} is signed by {key.name}; {told}")
    return 0


def trust(arguments: argparse.Namespace) -> int:
    """Say whose word counts, having taken in the next root document where one is given."""
    if arguments.add is not None:
        octets = arguments.add.read_bytes()
        name, _ = installed(octets, arguments.folder)
        write_beside(arguments.folder / name, octets)
    root = root_of(arguments.folder, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    print(f"Version {root['version']}" + (f", good until {root['expires']}" if root["version"] else ": keys alone"))
    for role, held in root["roles"].items():
        print(f"{role}: {', '.join(sorted(root['keys'][key]['name'] for key in held)) or 'nobody'}")
    for gone in root["revoked"].values():
        print(f"revoked: {gone}")
    return 0
