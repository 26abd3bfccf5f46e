"""`upwind user`: accounts, made on the store's own host."""

from __future__ import annotations

import argparse
import json
from functools import partial

from upwind.cli.stored import COMMAND_LINE, add_store, opened
from upwind.store.accounts import Role, add_account, every_account, make_link, make_token
from upwind.store.session import Session

__all__ = ["add_arguments", "run"]

#: Where `upwind serve` listens unless it is told otherwise.
SERVED = "http://127.0.0.1:8000"

_EXAMPLES = """\
examples:
  upwind user add reviewer-1 --role analyst --role reviewer
  upwind user add partner-1 --role partner --partner MX-01
  upwind user link reviewer-1
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make an account, and print its name and bearer token as JSON")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", action="append", required=True, choices=[*map(str, Role)], help="may be given again")
    add.add_argument("--partner", default="", metavar="CODE", help="the authority that a partner's account belongs to")
    add_store(add)
    token = actions.add_parser("token", help="make another bearer token of an account")
    token.add_argument("name", metavar="NAME")
    add_store(token)
    link = actions.add_parser("link", help="print a URL that works once, where a person sets a password")
    link.add_argument("name", metavar="NAME")
    link.add_argument("--url", default=SERVED, help=f"where the workbench is served (default: {SERVED})")
    add_store(link)
    add_store(actions.add_parser("list", help="print every account, its roles and its partner"))


def run(arguments: argparse.Namespace) -> int:
    """Make an account, or a way into one, or list them."""
    action, name = arguments.action, getattr(arguments, "name", "")
    with opened(arguments, "user", action, *filter(None, [name])) as store:
        if action == "add":
            print(json.dumps({"name": name, "token": store.write(partial(_add, arguments=arguments))}))
        elif action == "token":
            made = store.write(lambda session: make_token(session, COMMAND_LINE, name))
            print(json.dumps({"name": name, "token": made}))
        elif action == "link":
            secret = store.write(lambda session: make_link(session, COMMAND_LINE, name))
            print(f"{arguments.url.rstrip('/')}/link/{secret}")
        else:
            for account in store.read(every_account):
                print(account.name, ",".join(sorted(account.roles)), account.partner)
    return 0


def _add(session: Session, arguments: argparse.Namespace) -> str:
    roles = [Role(role) for role in arguments.role]
    add_account(session, COMMAND_LINE, arguments.name, roles, arguments.partner)
    return make_token(session, COMMAND_LINE, arguments.name)
