"""`upwind release push`: a verified package's place onto the maps of TAK, and off them once it was called back.

Nothing is sent but to the one host that is named, and nothing of a package that does not verify against a list of
recalls or a copy of the log.
"""

from __future__ import annotations

import argparse
import socket
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from upwind.cli.passphrases import passphrase_for
from upwind.cli.releasing import require_verified
from upwind.errors import FindingError, InputError
from upwind.release import package
from upwind.release.formats import cot
from upwind.release.keys import load_identity

__all__ = ["add_actions", "push"]

_EVENT = "site.cot"
_PATIENCE_S, _MOMENT_S = 10.0, 1.0
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
    sent.add_argument(
        "--to", type=_place_of, required=True, metavar="tls://HOST:PORT", help="or tcp://HOST:PORT, udp://HOST:PORT"
    )
    sent.add_argument("--ca", type=Path, metavar="F.pem", help="who vouches for the server (default: the system's own)")
    sent.add_argument("--certificate", type=Path, metavar="F.pem", help="who we are to the server, with its key")


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
    _send(arguments, package.opened(octets, identity)[_EVENT])
    print(f"{what['release']} was sent to {_spelled(arguments.to)}")
    return 0


def _take_off(arguments: argparse.Namespace, octets: bytes, now: datetime) -> None:
    """Send the delete event of a package that is whole but was called back."""
    alone = argparse.Namespace(trust=arguments.trust, log=None, recalled=None)
    what, _ = require_verified(alone, octets, datetime.fromtimestamp(0, UTC))
    _send(arguments, cot.deleted(what["series"], now, now + _STALE))
    print(f"{what['release']} was taken off at {_spelled(arguments.to)}")


_Place = tuple[str, str, int]


def _send(arguments: argparse.Namespace, event: bytes) -> None:
    kind, host, port = arguments.to
    if kind == "udp":
        _by_udp((host, port), event)
    elif kind == "tcp":
        _by_tcp((host, port), event)
    else:
        _by_tls((host, port), event, _trust_of(arguments.ca, arguments.certificate))


def _by_tcp(address: tuple[str, int], event: bytes) -> None:
    """Send one event to a server of streams, whose end is that of the event."""
    with socket.create_connection(address, _PATIENCE_S) as line:
        line.sendall(event)
        line.shutdown(socket.SHUT_WR)
        line.recv(1)  # until the server has taken it and closes, or says something


def _by_tls(address: tuple[str, int], event: bytes, context: ssl.SSLContext) -> None:
    """Send one event to a server of streams that is known by its certificate, and may ask for ours."""
    try:
        _speak(address, event, context)
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "").rstrip(".") or str(error.reason or error).lower().replace("_", " ")
        msg = f"{address[0]}:{address[1]}: {why}; --ca names who vouches for the server, --certificate who we are"
        raise InputError(msg) from None


def _speak(address: tuple[str, int], event: bytes, context: ssl.SSLContext) -> None:
    plain = socket.create_connection(address, _PATIENCE_S)
    with plain, context.wrap_socket(plain, server_hostname=address[0]) as line:
        _let_in(line)
        line.sendall(event)
        with suppress(ssl.SSLEOFError, TimeoutError):  # many servers take it and say nothing more
            line.unwrap()


def _let_in(line: ssl.SSLSocket) -> None:
    """Wait a moment for a server that does not want our certificate: from TLS 1.3 on it says so after it let us in."""
    line.settimeout(_MOMENT_S)
    with suppress(TimeoutError):
        if not line.recv(1):
            msg = "the server closed the line"
            raise ssl.SSLError(msg)
    line.settimeout(_PATIENCE_S)


def _trust_of(vouching: Path | None, ours: Path | None) -> ssl.SSLContext:
    """Return how a server is known, and who we are to it."""
    path = vouching
    try:
        context = ssl.create_default_context(cadata=None if vouching is None else vouching.read_text(encoding="ascii"))
        path = ours
        if ours is not None:
            context.load_cert_chain(ours, password=lambda: passphrase_for(ours))
    except (ssl.SSLError, UnicodeDecodeError):
        msg = f"{path}: no certificate as PEM, or none with its key; openssl pkcs12 -in F.p12 -out F.pem makes one"
        raise InputError(msg) from None
    return context


def _by_udp(address: tuple[str, int], event: bytes) -> None:
    """Send one event as one datagram, as meshes take it."""
    family, kind, *_, place = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as line:
        line.sendto(event, place)


_WAYS = ("tls", "tcp", "udp")


def _spelled(place: _Place) -> str:
    return "{}://{}:{}".format(*place)


def _place_of(text: str) -> _Place:
    parts: Any = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in _WAYS or not parts.hostname or not port or parts.path.strip("/") or parts.query:
        msg = f"{text!r} is no place to send to; write such as tls://tak.example:8089 or udp://239.2.3.1:6969"
        raise argparse.ArgumentTypeError(msg)
    return parts.scheme, parts.hostname, port
