"""What reaches a TAK listener on the loopback: one event of a package that verifies, and what takes it off again."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from defusedxml import ElementTree
from makers.certificates import Authority
from makers.releases import content
from makers.trust import YEAR, Keyring, Lists

from upwind.cli import main
from upwind.release.keys import load_recipient
from upwind.release.package import drafted, sign
from upwind.release.verify import verified

NOW = datetime.now(UTC)


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    made = Keyring(tmp_path / "ring")
    made.put(made.root(signers="ab", until=NOW + YEAR))
    octets, recipient = drafted(content(end=NOW + YEAR)), load_recipient(made.folder / "a.age.pub")
    for name in "ab":
        octets = sign(octets, made.keys[name], recipient)
    (made.folder / "p.zip").write_bytes(octets)
    return made


def listed(ring: Keyring, days: int = 3650, *, is_gone: bool = False) -> dict[str, str]:
    what, _ = verified((ring.folder / "p.zip").read_bytes(), str(ring.trust), None, NOW)
    gone = {what["release"]: "2026-10-21T00:00:00Z"} if is_gone else {}
    (ring.folder / "l.json").write_bytes(Lists(ring=ring, what=what).made(days=days, recalled=gone))
    return what


def push(ring: Keyring, to: str, package: str = "p.zip", *more: str) -> int:
    words = [
        *more,
        "--identity",
        str(ring.folder / "a.age"),
        "--trust",
        str(ring.trust),
        "--recalled",
        str(ring.folder / "l.json"),
    ]
    return main(["release", "push", str(ring.folder / package), *words, "--to", to])


@contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of a listener for streams of events, and what it has read so far, an event an item."""
    read: list[bytes] = []
    kind = "tcp" if context is None else "tls"

    class Server(socketserver.TCPServer):
        def get_request(self) -> tuple[socket.socket, object]:
            line, address = super().get_request()
            return line if context is None else context.wrap_socket(line, server_side=True), address

    class Listener(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            *events, rest = self.rfile.read().split(b"</event>")
            assert not rest.strip()
            read.extend(event + b"</event>" for event in events)

    with Server(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"{kind}://127.0.0.1:{server.server_address[1]}", read
        finally:
            server.shutdown()
            thread.join()


def test_a_verified_package_is_shown_and_taken_off(ring: Keyring) -> None:
    listed(ring)
    with listening() as (to, read):
        assert push(ring, to) == 0
        what = listed(ring, is_gone=True)
        assert push(ring, to) == 3
    shown, gone = (ElementTree.fromstring(event) for event in read)
    assert (shown.get("type"), shown.get("uid")) == ("a-u-G", what["series"])
    assert gone.get("type") == "t-x-d-d"
    assert [link.get("uid") for link in gone.iter("link")] == [shown.get("uid")]
    assert datetime.fromisoformat(gone.get("stale")) > datetime.now(UTC)


def test_nothing_is_sent_of_what_does_not_verify(ring: Keyring, tmp_path: Path) -> None:
    """Neither of a changed package, a draft, a list that ran out, nor of a folder that trusts others."""
    listed(ring)
    whole = (ring.folder / "p.zip").read_bytes()
    (ring.folder / "changed.zip").write_bytes(whole[:-30] + bytes([whole[-30] ^ 1]) + whole[-29:])
    (ring.folder / "draft.zip").write_bytes(drafted(content(end=NOW + YEAR)))
    other = Keyring(tmp_path / "other")
    for name in ("p.zip", "l.json"):
        (other.folder / name).write_bytes((ring.folder / name).read_bytes())
    with listening() as (to, read):
        assert push(ring, to, "changed.zip") == 3
        assert push(ring, to, "draft.zip") == 3
        assert push(other, to) == 3
        listed(ring, days=-1)
        assert push(ring, to) == 3
    assert read == []


def speaking(authority: Authority) -> ssl.SSLContext:
    """Return how a server of an authority speaks TLS, with nobody that it does not know."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(authority.give("server"))
    return context


def test_over_tls_each_side_knows_the_other(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(ring)
    ours, theirs = Authority(tmp_path), Authority(tmp_path, "stranger")
    known = ("--ca", str(ours.file))
    monkeypatch.setenv("UPWIND_PASSPHRASE", "of the key")
    me = str(ours.give("me", b"of the key"))
    with listening(speaking(ours)) as (to, read):
        assert push(ring, to, "p.zip", *known) == 1  # who we are was not said
        assert push(ring, to, "p.zip", *known, "--certificate", str(theirs.give("not-me"))) == 1
        assert push(ring, to, "p.zip", "--ca", str(theirs.file), "--certificate", me) == 1
        assert push(ring, to, "p.zip", "--certificate", me) == 1  # nobody vouches for the server
        assert push(ring, to.replace("127.0.0.1", "localhost"), "p.zip", *known, "--certificate", me) == 1
        assert push(ring, to, "p.zip", *known, "--certificate", str(ours.file)) == 1  # a certificate without its key
        assert read == []
        assert all(line.startswith("upwind: ") for line in capsys.readouterr().err.splitlines())
        assert push(ring, to, "p.zip", *known, "--certificate", me) == 0
    assert [ElementTree.fromstring(event).get("type") for event in read] == ["a-u-G"]


def test_a_datagram_holds_one_event(ring: Keyring) -> None:
    listed(ring)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(10)
        assert push(ring, f"udp://127.0.0.1:{line.getsockname()[1]}") == 0
        assert ElementTree.fromstring(line.recv(65_536)).get("type") == "a-u-G"


@pytest.mark.parametrize(
    "to", ["", "127.0.0.1:8087", "http://127.0.0.1:8087", "tcp://127.0.0.1", "tcp://:8087", "tcp://a:b"]
)
def test_a_place_is_named_in_full_or_nothing_is_sent(ring: Keyring, to: str) -> None:
    listed(ring)
    assert push(ring, to) == 2


def test_a_listener_that_is_not_there_is_one_line(ring: Keyring, capsys: pytest.CaptureFixture[str]) -> None:
    listed(ring)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert push(ring, f"tcp://127.0.0.1:{port}") == 1
    assert capsys.readouterr().err.startswith("upwind: ")
