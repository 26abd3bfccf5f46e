"""`upwind serve`: the workbench and its API, on this machine alone unless told otherwise."""

from __future__ import annotations

import argparse

import uvicorn

from upwind.cli.stored import add_store, opened, url_of
from upwind.store.places import shelf_of
from upwind.web.app import application

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind serve
  upwind serve --store sqlite:////srv/upwind/cases.db --port 8443

Make accounts with upwind user add; the API is described at /api/v1/openapi.json.
"""
#: Browsers keep a connection open for minutes; closing it earlier makes them wait for a new one. [s]
_KEEP_ALIVE_S = 75
_GRACE_S = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    add_store(parser)
    parser.add_argument("--host", default="127.0.0.1", metavar="A", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="port to listen on (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    with opened(arguments, "serve") as store:
        print(f"Listening on http://{arguments.host}:{arguments.port}", flush=True)
        uvicorn.run(
            application(store, shelf_of(url_of(arguments))),
            host=arguments.host,
            port=arguments.port,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
            log_level="warning",
            server_header=False,
        )
    return 0
