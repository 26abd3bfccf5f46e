"""`upwind release`: packages for partners, from the gate to the recall."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from upwind.cli import delivering, followed, pushing, releasing, reminding
from upwind.cli.stored import add_store
from upwind.cli.values import moment_of
from upwind.store.responses import COMPLAINANTS

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind release deconflict site-1 --asked "the other agency" --free --as releaser-1
  upwind release build site-1 --partner MEX --as releaser-1 --out draft.zip
  upwind release sign draft.zip --as releaser-1 --key releaser-1.key --out once.zip
  upwind release sign once.zip --as releaser-2 --key releaser-2.key --out package.zip
  upwind release verify package.zip --trust keys
  upwind release open package.zip --identity partner-1.age --trust keys --out opened
  upwind release recall release-0123456789abcdef --reason "the source was a bakery" --as releaser-1
  upwind release reply release-0123456789abcdef --text "the roof, not the yard" --as releaser-1
  upwind release refly release-0123456789abcdef
  upwind release recalled --as releaser-1 --key releaser-1.key --trust trust --out recalled.json
  upwind release deliver release-0123456789abcdef --trust trust --to drop
  upwind release receive drop/receipt.json

exit codes: 0 done, 1 bad input, 3 the gate stays shut, the package may not be opened, or the place still emits
"""

_RUNS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "deconflict": releasing.deconflict,
    "build": releasing.build,
    "sign": releasing.sign,
    "verify": releasing.verify,
    "open": releasing.open_package,
    "recall": releasing.recall,
    "list": followed.listed,
    "reply": followed.reply,
    "refly": followed.refly,
    "complain": followed.complain,
    "remind": reminding.remind,
    "push": pushing.push,
    "recalled": delivering.recalled,
    "deliver": delivering.deliver,
    "receipt": delivering.receipt,
    "receive": delivering.receive,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_inside(actions)
    delivering.add_actions(actions)
    reminding.add_actions(actions)
    pushing.add_actions(actions)
    verify = actions.add_parser("verify", help="say who signed a package, or why it may not be opened")
    verify.add_argument("package", type=Path, metavar="P.zip")
    open_ = actions.add_parser("open", help="verify a package, then decrypt it")
    open_.add_argument("package", type=Path, metavar="P.zip")
    open_.add_argument("--identity", type=Path, required=True, metavar="F.age", help="what reads it")
    open_.add_argument("--out", type=Path, required=True, metavar="DIR", help="where its files go")
    for one in (verify, open_):
        one.add_argument(
            "--trust", type=Path, required=True, metavar="DIR", help="whose word counts: N.root.json, or NAME.pub"
        )
        one.add_argument("--log", type=Path, metavar="FILE", help="a copy of the log: it knows of recalls")
        one.add_argument("--recalled", type=Path, metavar="F.json", help="the signed list of recalls")


def _add_inside(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the actions of the releasing side, which know the store."""
    free = actions.add_parser("deconflict", help="enter what was answered on whether a place is already worked on")
    free.add_argument("site", metavar="SITE")
    free.add_argument("--asked", required=True, metavar="TEXT", help="who was asked")
    said = free.add_mutually_exclusive_group(required=True)
    said.add_argument("--free", action="store_true", help="nobody works on it")
    said.add_argument("--taken", action="store_true", help="somebody does")
    build = actions.add_parser("build", help="clear a site for a partner, and write an unsigned draft")
    build.add_argument("site", metavar="SITE")
    build.add_argument("--partner", required=True, metavar="CODE")
    build.add_argument("--at", type=moment_of, metavar="TIME", help="what is now for the gate (default: now)")
    sign = actions.add_parser("sign", help="sign a draft with one's own key; the last one also seals it")
    sign.add_argument("package", type=Path, metavar="DRAFT.zip")
    sign.add_argument("--key", type=Path, required=True, metavar="FILE", help="NAME.key")
    for one in (build, sign):
        one.add_argument("--out", type=Path, required=True, metavar="F.zip")
    recall = actions.add_parser("recall", help="call a release back")
    recall.add_argument("release", metavar="RELEASE")
    recall.add_argument("--reason", required=True, metavar="TEXT")
    recall.add_argument("--cot", type=Path, metavar="FILE", help="also write the event that takes it off maps in TAK")
    reply = actions.add_parser("reply", help="reply to what the partner asked")
    reply.add_argument("release", metavar="RELEASE")
    reply.add_argument("--text", required=True, metavar="TEXT")
    refly = actions.add_parser("refly", help="say whether later flights show that a place that was acted on is gone")
    refly.add_argument("release", metavar="RELEASE")
    complain = actions.add_parser("complain", help="enter a complaint about a release, which reports count")
    complain.add_argument("release", metavar="RELEASE")
    complain.add_argument("--by", required=True, choices=COMPLAINANTS, help="whose complaint; no person is named")
    complain.add_argument("--text", required=True, metavar="TEXT")
    complain.add_argument("--as", dest="person", required=True, metavar="NAME", help="a releaser or an auditor")
    add_store(complain)
    for one in (free, build, sign, recall, reply):
        one.add_argument("--as", dest="person", required=True, metavar="NAME", help="an account of role releaser")
    listed = actions.add_parser("list", help="print every release, and what it waits for")
    for one in (free, build, sign, recall, reply, refly, listed):
        add_store(one)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked."""
    return _RUNS[arguments.action](arguments)
