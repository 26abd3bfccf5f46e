"""An upload over UDP: what `flights.exports.upload` says goes out, and what the aircraft says comes in."""

from __future__ import annotations

import argparse
import socket
from urllib.parse import urlsplit

from upwind.flights.exports.upload import Upload
from upwind.records import Route

__all__ = ["link_of", "send"]

_SILENCE_S = 1.0
_LARGEST = 65_535


def link_of(text: str) -> tuple[str, int]:
    """Return host and port of a text such as ``udp://127.0.0.1:14550``."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme != "udp" or not host or not port:
        msg = f"{text!r} is no link; give udp://HOST:PORT, such as udp://127.0.0.1:14550"
        raise argparse.ArgumentTypeError(msg)
    return host, port


def send(route: Route, link: tuple[str, int]) -> str:
    """Return what an aircraft took, and holds as it was sent.

    Raises
    ------
    InputError
        It does not answer, refuses them, or holds others.
    """
    upload = Upload(route)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.settimeout(_SILENCE_S)
        wire.connect(link)
        say = upload.begin()
        while True:
            for octets in say:
                wire.send(octets)
            if upload.is_done:
                return ", ".join(upload.held)
            try:
                say = upload.hear(wire.recv(_LARGEST))
            except (TimeoutError, ConnectionRefusedError):
                say = upload.wait()
