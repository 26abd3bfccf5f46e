"""`upwind user`: accounts, made on the store's own host."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping

from upwind.cli.stored import COMMAND_LINE, add_store, opened
from upwind.store.accounts import (
    Role,
    add_account,
    every_account,
    make_link,
    make_token,
    require_account,
    shut_out,
)
from upwind.store.clearances import clear
from upwind.store.second_factor import drop_second_factor, set_up
from upwind.store.session import Session

__all__ = ["add_arguments", "run"]

#: Where `upwind serve` listens unless it is told otherwise.
SERVED = "http://127.0.0.1:8000"

_EXAMPLES = """\
examples:
  upwind user add reviewer-1 --role analyst --role reviewer
  upwind user add partner-1 --role partner --partner MX-01
  upwind user add analyst-1 --role analyst --clearance "SECRET"
  upwind user link reviewer-1
  upwind user totp reviewer-1
  upwind user close reviewer-1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make an account, and print its name and bearer token as JSON")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", action="append", required=True, choices=[*map(str, Role)], help="may be given again")
    add.add_argument("--partner", default="", metavar="CODE", help="the authority that a partner's account belongs to")
    add.add_argument("--clearance", default="", metavar="MARKING", help="up to which marking it may read cases")
    add_store(add)
    token = actions.add_parser("token", help="make another bearer token of an account")
    token.add_argument("name", metavar="NAME")
    add_store(token)
    link = actions.add_parser("link", help="print a URL that works once, where a person sets a password")
    link.add_argument("name", metavar="NAME")
    link.add_argument("--url", default=SERVED, help=f"where the workbench is served (default: {SERVED})")
    add_store(link)
    totp = actions.add_parser("totp", help="print the URI of one-time codes, once; the login asks for them from now on")
    totp.add_argument("name", metavar="NAME")
    totp.add_argument("--off", action="store_true", help="ask for none any more: the authenticator is lost")
    add_store(totp)
    cleared = actions.add_parser("clear", help="set up to which marking an account may read cases")
    cleared.add_argument("name", metavar="NAME")
    cleared.add_argument("clearance", metavar="MARKING", help='such as "SECRET"; "" for unmarked cases alone')
    add_store(cleared)
    close = actions.add_parser("close", help="end an account's tokens, sessions and links; a new link opens it again")
    close.add_argument("name", metavar="NAME")
    add_store(close)
    add_store(actions.add_parser("list", help="print every account, its roles and its partner"))


def run(arguments: argparse.Namespace) -> int:
    """Make an account, or a way into one, close one, or list them."""
    action, name = arguments.action, getattr(arguments, "name", "")
    with opened(arguments, "user", action, *filter(None, [name])) as store:
        if action == "list":
            for account in store.read(every_account):
                print(account.name, ",".join(sorted(account.roles)), account.partner)
        elif said := store.write(lambda session: _WORK[action](session, arguments)):
            print(said)
    return 0


def _add(session: Session, arguments: argparse.Namespace) -> str:
    roles = [Role(role) for role in arguments.role]
    add_account(session, COMMAND_LINE, arguments.name, roles, arguments.partner)
    if arguments.clearance:
        clear(session, COMMAND_LINE, arguments.name, arguments.clearance)
    return _token(session, arguments)


def _token(session: Session, arguments: argparse.Namespace) -> str:
    return json.dumps({"name": arguments.name, "token": make_token(session, COMMAND_LINE, arguments.name)})


def _link(session: Session, arguments: argparse.Namespace) -> str:
    return f"{arguments.url.rstrip('/')}/link/{make_link(session, COMMAND_LINE, arguments.name)}"


def _totp(session: Session, arguments: argparse.Namespace) -> str:
    if arguments.off:
        drop_second_factor(session, COMMAND_LINE, arguments.name)
        return ""
    return set_up(session, COMMAND_LINE, arguments.name)


def _clear(session: Session, arguments: argparse.Namespace) -> str:
    require_account(session, arguments.name)
    clear(session, COMMAND_LINE, arguments.name, arguments.clearance)
    return ""


def _close(session: Session, arguments: argparse.Namespace) -> str:
    shut_out(session, COMMAND_LINE, arguments.name)
    return ""


_WORK: Mapping[str, Callable[[Session, argparse.Namespace], str]] = {
    "add": _add,
    "token": _token,
    "link": _link,
    "totp": _totp,
    "clear": _clear,
    "close": _close,
}
