"""`upwind key`: a key to sign with, an identity to read with, and whose keys count."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from upwind.cli import rotating
from upwind.cli.files import write_together
from upwind.cli.passphrases import new_passphrase, signing_key
from upwind.errors import InputError
from upwind.release.keys import made, public_file, require_name

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind key make releaser-1 --out keys
  UPWIND_PASSPHRASE=… upwind key make partner-1 --out keys
  upwind key rotate trust --officer releaser-3.pub --revoke releaser-1 --why "left the service" --out draft.json
  upwind key sign draft.json --trust trust --key releaser-2.key --out once.json
  upwind key trust trust --add 2.root.json

NAME.key signs and NAME.age reads: they stay with their owner. NAME.pub goes to whoever checks signatures, NAME.age.pub
to whoever encrypts.
"""
_OWNER_ONLY = 0o600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    make = actions.add_parser("make", help="make both pairs of keys of one person", allow_abbrev=False)
    make.add_argument("name", metavar="NAME", help="whose they are: an account's name")
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where they go")
    public = actions.add_parser("public", help="write NAME.pub of a key, such as one in a token", allow_abbrev=False)
    public.add_argument("--key", type=Path, required=True, metavar="KEY", help="a file, or pkcs11:…")
    public.add_argument("--out", type=Path, required=True, metavar="DIR", help="where it goes")
    rotating.add_actions(actions)


def run(arguments: argparse.Namespace) -> int:
    """Make keys, or change whose count."""
    return _RUNS[arguments.action](arguments)


def _make(arguments: argparse.Namespace) -> int:
    """Make the keys; those that are there already are never written over."""
    require_name(arguments.name)
    arguments.out.mkdir(parents=True, exist_ok=True)
    there = [name for name in (f"{arguments.name}.key", f"{arguments.name}.age") if (arguments.out / name).exists()]
    if there:
        msg = f"{arguments.out / there[0]} is there already, and what it opens would be lost; name another folder"
        raise InputError(msg)
    files = made(arguments.name, new_passphrase(arguments.name))
    before = os.umask(0o077)
    try:
        write_together({arguments.out / name: octets for name, octets in files.items()})
    finally:
        os.umask(before)
    for name in files:
        (arguments.out / name).chmod(_OWNER_ONLY if not name.endswith(".pub") else 0o644)
    print(f"{', '.join(files)} are in {arguments.out}")
    return 0


def _public(arguments: argparse.Namespace) -> int:
    """Write the public part of a key."""
    key = signing_key(arguments.key)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_together({arguments.out / f"{key.name}.pub": public_file(key)})
    print(f"{key.name}.pub is in {arguments.out}")
    return 0


_RUNS = {"make": _make, "public": _public, "rotate": rotating.rotate, "sign": rotating.sign, "trust": rotating.trust}
