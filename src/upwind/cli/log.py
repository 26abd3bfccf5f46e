"""`upwind log`: the log proves itself, in the store or in a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from upwind.cli.files import require_place, write_beside
from upwind.cli.stored import add_store, note_use, opened, url_of
from upwind.errors import FindingError
from upwind.readers.files import open_file
from upwind.review.exported import lines_of, verified_lines
from upwind.review.log import Head
from upwind.review.merkle import root
from upwind.store.ledger import every_entry, head, verify
from upwind.store.places import open_store, require_store
from upwind.store.session import Session

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
Whoever writes down a head (size and root) can prove later that nothing before it was changed or taken out.

examples:
  upwind log verify
  upwind log export --out log.jsonl
  upwind log verify log.jsonl
  upwind log verify --head 1284:9f86d081884c7d65…

exit codes: 0 the log is whole, 3 it is not, and the first bad entry is named
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    check = actions.add_parser("verify", help="check every entry, and that the docket says what they say")
    check.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an exported log, in place of the store's")
    check.add_argument("--head", type=_head_of, metavar="SIZE:ROOT", help="a head written down before, still to hold")
    add_store(check)
    export = actions.add_parser("export", help="write the log, a line of JSON an entry, its head last")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    add_store(export)


def run(arguments: argparse.Namespace) -> int:
    """Verify the log or write it."""
    is_stored = arguments.action == "export" or arguments.file is None
    if is_stored:
        require_store(url_of(arguments))
    if arguments.action == "export":
        require_place(arguments.out)
        with opened(arguments, "log", "export") as store:
            lines = store.read(lambda session: "".join(lines_of(every_entry(session), head(session))))
        write_beside(arguments.out, lines)
        print(f"Results are in {arguments.out}")
        return 0
    if not is_stored:
        file = open_file(arguments.file)
        file.require_text()
        found = verified_lines(file.shown, file.content.decode("utf-8-sig", errors="replace"))
    else:
        with open_store(url_of(arguments)) as store:
            found = store.read(lambda session: _verified(session, arguments.head))
            note_use(store, "log", "verify")  # afterwards: nothing is written on top of a log that is not whole
    print(f"the log is whole: {found.size} entries, head {found.size}:{found.root}")
    return 0


def _verified(session: Session, known: Head | None) -> Head:
    """Return the head of a whole log that still begins with what a known head stands for."""
    found = verify(session)
    if known is not None:
        leaves = [bytes.fromhex(entry.digest) for entry in every_entry(session)][: known.size]
        if len(leaves) < known.size or root(leaves).hex() != known.root:
            msg = f"the log's first {known.size} entries are not those of the head given: it was written anew"
            raise FindingError(msg)
    return found


def _head_of(text: str) -> Head:
    size, _, digest = text.partition(":")
    if not (size.isdecimal() and len(digest) == 64 and set(digest) <= set("0123456789abcdef")):  # noqa: PLR2004
        msg = f"{text!r} is no head: SIZE:ROOT, as `upwind log verify` prints it"
        raise argparse.ArgumentTypeError(msg)
    return Head(size=int(size), root=digest)
