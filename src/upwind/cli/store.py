"""`upwind store`: backup, restore, forgetting what was rejected, bounds, and the flights that people ask for."""

from __future__ import annotations

import argparse
import json
import secrets
from datetime import timedelta
from pathlib import Path

from upwind.cli.files import require_place, write_beside
from upwind.cli.stored import COMMAND_LINE, add_store, opened, url_of
from upwind.store.backup import back_up, restore
from upwind.store.leases import limit_leases
from upwind.store.places import engine_of, keys_of, require_store, shelf_of
from upwind.store.retention import forget
from upwind.store.second_factor import require_openable, sealed_by
from upwind.store.shelf import Shelf
from upwind.store.wanted import area_json, wanted_flights

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind store backup --out monday.zip
  upwind store restore monday.zip --store postgresql://upwind@db.example/upwind
  upwind store forget --after 90
  upwind store leases 5                                 # so many cases one person may have at once
  upwind store key
  upwind store requests --out wanted.geojson && upwind plan wanted.geojson --platform quadcopter --sensor ptr-ms ...
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    backup = actions.add_parser("backup", help="write everything to one file, while the store is used")
    backup.add_argument("--out", type=Path, required=True, metavar="FILE.zip")
    add_store(backup)
    back = actions.add_parser("restore", help="fill an empty store from a backup, of whichever engine it was")
    back.add_argument("file", type=Path, metavar="FILE.zip")
    add_store(back)
    forgotten = actions.add_parser("forget", help="delete the evidence of what was rejected; run it every day")
    forgotten.add_argument("--after", type=_days_of, required=True, metavar="DAYS", help="how long ago at least")
    add_store(forgotten)
    key = actions.add_parser("key", help="say which key secrets in the store are sealed with, and whether it is here")
    key.add_argument("--new", action="store_true", help="begin with a new key, where the old one is lost for good")
    add_store(key)
    requests = actions.add_parser("requests", help="say which flights people ask for, and write where")
    requests.add_argument("--case", metavar="ID", help="of this case alone")
    requests.add_argument(
        "--out", type=Path, metavar="F.geojson", help="the ground to fly over, as upwind plan takes it"
    )
    add_store(requests)
    leases = actions.add_parser("leases", help="set how many cases one person may have at once (3 unless set)")
    leases.add_argument("most", type=int, metavar="N")
    add_store(leases)


def run(arguments: argparse.Namespace) -> int:
    """Back up, restore, forget or set a bound."""
    _ACTIONS[arguments.action](arguments, shelf_of(url_of(arguments)))
    return 0


def _back_up(arguments: argparse.Namespace, shelf: Shelf) -> None:
    require_place(arguments.out)
    require_store(url_of(arguments))
    beside = arguments.out.resolve().with_name(f".upwind-{secrets.token_hex(6)}.part")
    try:
        with opened(arguments, "store", "backup") as store:
            back_up(store, shelf, beside)
        beside.replace(arguments.out)
    finally:
        beside.unlink(missing_ok=True)
    print(f"Results are in {arguments.out}")


def _restore(arguments: argparse.Namespace, shelf: Shelf) -> None:
    head = restore(arguments.file, engine_of(url_of(arguments)), shelf)
    with opened(arguments, "store", "restore", arguments.file.name):
        print(f"restored: the log was whole, {head.size} entries, head {head.size}:{head.root}")


def _forget(arguments: argparse.Namespace, shelf: Shelf) -> None:
    with opened(arguments, "store", "forget", f"--after {arguments.after}") as store:
        cases = forget(store, shelf, COMMAND_LINE, timedelta(days=arguments.after))
    print(f"evidence deleted of {len(cases)} rejected case{'' if len(cases) == 1 else 's'}")


def _limit(arguments: argparse.Namespace, _: Shelf) -> None:
    with opened(arguments, "store", "leases", str(arguments.most)) as store:
        store.write(lambda session: limit_leases(session, arguments.most))


def _wanted(arguments: argparse.Namespace, _: Shelf) -> None:
    require_store(url_of(arguments))
    if arguments.out is not None:
        require_place(arguments.out)
    with opened(arguments, "store", "requests") as store:
        wanted = [one for one in store.read(wanted_flights) if arguments.case in (None, one.case)]
    for one in wanted:
        print(f"{one.case}: within {one.radius:.0f} m of {one.latitude:.5f}, {one.longitude:.5f}: {one.why}")
        print(f"  asked for by {one.who}, {one.at:%Y-%m-%d %H:%M} UTC")
    if not wanted:
        print(
            "nobody asks for a flight" if arguments.case is None else f"nobody asks for a flight over {arguments.case}"
        )
    elif arguments.out is not None:
        write_beside(arguments.out, json.dumps(area_json(wanted)).encode())
        print(f"Results are in {arguments.out}")


def _key(arguments: argparse.Namespace, _: Shelf) -> None:
    keys = keys_of(url_of(arguments))
    words = ["--new"] if arguments.new else []
    with opened(arguments, "store", "key", *words) as store:
        if arguments.new:
            print(f"{keys.made().name} is the key from now on; sealed with keys of before:")
        else:
            held = keys.held()
            print(f"{held.name}: {keys.place}" if held is not None else f"no key as yet; its place is {keys.place}")
        for name, whose in store.read(sealed_by).items():
            print(f"  one-time codes of {', '.join(whose)}: key {name}")
        store.read(require_openable)


_ACTIONS = {
    "backup": _back_up,
    "restore": _restore,
    "forget": _forget,
    "leases": _limit,
    "key": _key,
    "requests": _wanted,
}


def _days_of(text: str) -> int:
    if not (text.isdecimal() and text.isascii()):
        msg = f"{text!r} is not a whole number of days"
        raise argparse.ArgumentTypeError(msg)
    return int(text)
