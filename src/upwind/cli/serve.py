"""`upwind serve`: the workbench and its API, on this machine alone unless told otherwise."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import uvicorn

from upwind.cli.basemap import own_basemap
from upwind.cli.oidc import read_registration
from upwind.cli.stored import COMMAND_LINE, add_store, opened, url_of
from upwind.errors import LostKeyError
from upwind.store.accounts import FIRST, first_administrator
from upwind.store.places import shelf_of
from upwind.store.second_factor import require_openable
from upwind.store.store import Store
from upwind.web.app import application
from upwind.web.issuer import Issuer

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind serve
  upwind serve --store sqlite:////srv/upwind/cases.db --port 8443
  upwind serve --oidc oidc.toml

Make accounts with upwind user add; the API is described at /api/v1/openapi.json.
"""
#: Browsers keep a connection open for minutes; closing it earlier makes them wait for a new one. [s]
_KEEP_ALIVE_S = 75
_GRACE_S = 5
#: Where nobody but this machine's own people can come in before the first password is set.
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_store(parser)
    parser.add_argument("--host", default="127.0.0.1", metavar="A", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--oidc",
        type=Path,
        metavar="FILE.toml",
        help="let people with an account log in by an OpenID Connect issuer too",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    issuer = Issuer(read_registration(arguments.oidc)) if arguments.oidc else None
    with opened(arguments, "serve") as store:
        _warn(store)
        print(f"Listening on http://{arguments.host}:{arguments.port}", flush=True)
        if arguments.host in _LOOPBACK:
            _welcome(store, f"http://{arguments.host}:{arguments.port}")
        uvicorn.run(
            application(store, shelf_of(url_of(arguments)), issuer, own_basemap()),
            host=arguments.host,
            port=arguments.port,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
            log_level="warning",
            server_header=False,
        )
    return 0


def _warn(store: Store) -> None:
    """Say on stderr whose one-time codes cannot be checked, for they do not come in; all others do."""
    try:
        store.read(require_openable)
    except LostKeyError as error:
        print(f"upwind: {error}", file=sys.stderr, flush=True)


def _welcome(store: Store, url: str) -> None:
    """Print the one way into a store without accounts: a link that works once, to set the administrator's password."""
    secret = store.write(lambda session: first_administrator(session, COMMAND_LINE))
    if secret:
        print(f"There is no account yet. Whoever opens this link first is {FIRST}: {url}/link/{secret}", flush=True)
