"""`upwind release push`: a verified package's place onto the maps of TAK, and off them once it was called back.

Nothing is sent but to the one host that is named, and nothing of a package that does not verify against a list of
recalls or a copy of the log.
"""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from upwind.cli.passphrases import passphrase_for
from upwind.cli.releasing import require_verified
from upwind.errors import FindingError
from upwind.release import package
from upwind.release.formats import cot
from upwind.release.keys import load_identity

__all__ = ["add_actions", "push"]

_EVENT = "site.cot"
_PATIENCE_S = 10.0
#: What takes a place off maps is kept there for so long, for devices that were away.
_STALE = timedelta(days=1)


def add_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the action."""
    sent = actions.add_parser("push", help="as a partner: show a verified package on TAK, or take it off if recalled")
    sent.add_argument("package", type=Path, metavar="P.zip")
    sent.add_argument("--identity", type=Path, required=True, metavar="F.age", help="what reads it")
    sent.add_argument("--trust", type=Path, required=True, metavar="DIR", help="whose word counts")
    known = sent.add_mutually_exclusive_group(required=True)
    known.add_argument("--recalled", type=Path, metavar="F.json", help="the signed list of recalls")
    known.add_argument("--log", type=Path, metavar="FILE", help="a copy of the log")
    sent.add_argument("--to", type=_place_of, required=True, metavar="tcp://HOST:PORT", help="or udp://HOST:PORT")


def push(arguments: argparse.Namespace) -> int:
    """Send the one event of a package that verifies, or what takes it off where it was called back."""
    octets, now = arguments.package.read_bytes(), datetime.now(UTC)
    try:
        what, _ = require_verified(arguments, octets, now)
    except FindingError as error:
        if str(error).startswith("recalled: "):
            _take_off(arguments, octets, now)
        raise
    identity = load_identity(arguments.identity, passphrase_for(arguments.identity))
    _send(arguments.to, package.opened(octets, identity)[_EVENT])
    print(f"{what['release']} was sent to {_spelled(arguments.to)}")
    return 0


def _take_off(arguments: argparse.Namespace, octets: bytes, now: datetime) -> None:
    """Send the delete event of a package that is whole but was called back."""
    alone = argparse.Namespace(trust=arguments.trust, log=None, recalled=None)
    what, _ = require_verified(alone, octets, datetime.fromtimestamp(0, UTC))
    _send(arguments.to, cot.deleted(what["series"], now, now + _STALE))
    print(f"{what['release']} was taken off at {_spelled(arguments.to)}")


_Place = tuple[str, str, int]


def _send(place: _Place, event: bytes) -> None:
    kind, host, port = place
    _WAYS[kind]((host, port), event)


def _by_tcp(address: tuple[str, int], event: bytes) -> None:
    """Send one event to a server of streams, whose end is that of the event."""
    with socket.create_connection(address, _PATIENCE_S) as line:
        line.sendall(event)
        line.shutdown(socket.SHUT_WR)
        line.recv(1)  # until the server has taken it and closes, or says something


def _by_udp(address: tuple[str, int], event: bytes) -> None:
    """Send one event as one datagram, as meshes take it."""
    family, kind, *_, place = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as line:
        line.sendto(event, place)


_WAYS: Mapping[str, Callable[[tuple[str, int], bytes], None]] = {"tcp": _by_tcp, "udp": _by_udp}


def _spelled(place: _Place) -> str:
    return "{}://{}:{}".format(*place)


def _place_of(text: str) -> _Place:
    parts: Any = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in _WAYS or not parts.hostname or not port or parts.path.strip("/") or parts.query:
        msg = f"{text!r} is no place to send to; write such as tcp://127.0.0.1:8087 or udp://239.2.3.1:6969"
        raise argparse.ArgumentTypeError(msg)
    return parts.scheme, parts.hostname, port
