"""A store of a folder, its command line and its server, as people and programs use them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx

__all__ = ["JUDGEMENT", "Desk", "served"]

JUDGEMENT: Mapping[str, Any] = {
    "verdict": "confirmed",
    "likelihood": "likely",
    "confidence": "moderate",
    "reason": "Two passes on two days agree.",
    "hypotheses": [{"name": "a paint shop", "consistent": [], "inconsistent": ["F1"]}],
    "sources": [{"id": "F1", "reliability": "B", "credibility": 2}],
}


@dataclass(slots=True)
class Desk:
    """Commands in a folder, on a store of its own; accounts' tokens by name; the API where a server runs."""

    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    api: str = ""
    server: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        """Kill the server at once, as a power cut would."""
        assert self.server is not None
        self.server.kill()

    def run(self, *words: str, code: int = 0) -> str:
        """Return what a command prints; its exit code must be the one expected."""
        environment = {**os.environ, "XDG_DATA_HOME": str(self.folder / "data")}
        command = [sys.executable, "-m", "upwind", *words]
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def people(self, **roles: str) -> None:
        """Make accounts; the underscore of a name stands for a hyphen."""
        for name, role in roles.items():
            said = json.loads(self.run("user", "add", name.replace("_", "-"), *role.split()))
            self.tokens[said["name"]] = said["token"]

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer of the API to an account; a key is new each time unless one is given."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        if method == "POST":
            headers["Idempotency-Key"] = more.pop("key", f"{time.perf_counter_ns()}")
        return httpx.request(method, f"{self.api}{path}", headers=headers, timeout=30.0, **more)

    def judged(self, who: str, case: str, **changes: Any) -> httpx.Response:
        """Claim a case and judge it; return the answer to the judgement."""
        assert self.ask(who, "POST", "/claims", json={"case": case}).status_code == 201
        return self.ask(who, "POST", f"/cases/{case}/judgements", json={**JUDGEMENT, **changes})

    def import_sites(self, *names: str, **properties: Any) -> None:
        """Bring candidate sites in."""
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [-110.5 + number / 100, 29.5]},
                "properties": {"id": name, "probability": 0.8, "gas": "acetone", **properties},
            }
            for number, name in enumerate(names)
        ]
        file = self.folder / "sites.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        self.run("import", "sites", file.name)


@contextmanager
def served(desk: Desk) -> Iterator[Desk]:
    """Serve a desk's store until done."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "XDG_DATA_HOME": str(desk.folder / "data")}
    command = [sys.executable, "-m", "upwind", "serve", "--port", str(port)]
    server = desk.server = subprocess.Popen(command, cwd=desk.folder, env=environment, stdout=subprocess.DEVNULL)
    desk.api = f"http://127.0.0.1:{port}/api/v1"
    try:
        until = time.monotonic() + 60.0
        while True:
            try:
                if httpx.get(f"{desk.api}/health").status_code == 200:
                    break
            except httpx.TransportError:
                assert time.monotonic() < until, "the server does not answer"
                assert server.poll() is None, "the server ended"
                time.sleep(0.1)
        yield desk
    finally:
        server.terminate()
        server.wait(20)
