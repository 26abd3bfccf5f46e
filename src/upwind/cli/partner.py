"""`upwind partner`: with whom what was agreed."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from upwind.cli.stored import COMMAND_LINE, add_store, opened
from upwind.errors import FormatError
from upwind.readers.agreements import agreement_of
from upwind.readers.files import open_file
from upwind.release.keys import load_public, load_recipient
from upwind.release.markings import marking_of
from upwind.store.releases import Keys, add_partner

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind partner add MEX --agreement agreement.toml --recipient partner-1.age.pub

The same partner again: the agreement takes the place of the one before.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="add")
    add = actions.add_parser("add", help="put an agreement into the store", allow_abbrev=False)
    add.add_argument("code", metavar="CODE", help="the partner's code, as markings name it")
    add.add_argument("--agreement", type=Path, required=True, metavar="F.toml", help="what was agreed")
    add.add_argument(
        "--recipient", type=Path, required=True, metavar="F.age.pub", help="to whom packages are encrypted"
    )
    add.add_argument(
        "--signer", type=Path, action="append", default=[], metavar="F.pub", help="whose key signs receipts for it"
    )
    add_store(add)


def run(arguments: argparse.Namespace) -> int:
    """Put an agreement into the store."""
    file = open_file(arguments.agreement)
    agreement = agreement_of(file)
    signers = [load_public(path) for path in arguments.signer]
    known = {hashlib.sha256(public).hexdigest(): {"name": name, "public": public.hex()} for name, public in signers}
    keys = Keys(recipient=load_recipient(arguments.recipient), signers=known)
    marking_of(agreement.marking)
    if agreement.partner != arguments.code:
        fault = f"this agreement is with {agreement.partner}, not with {arguments.code}"
        raise FormatError(file.shown, 'key "partner"', fault, "name the same partner in both")
    with opened(arguments, "partner", "add", arguments.code) as store:
        store.write(lambda session: add_partner(session, COMMAND_LINE, file, agreement, keys))
    print(f"The agreement with {agreement.partner} is in force until {agreement.end:%Y-%m-%d %H:%M} UTC")
    return 0
