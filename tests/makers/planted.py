"""Sites with secrets in whatever must stay, and every byte of a file laid open to look for them."""

from __future__ import annotations

import random
import re
import zlib
from typing import Any

from makers.releases import site

__all__ = ["ALLOWED", "planted", "readable"]

#: What the agreement of these packages lets out.
ALLOWED = ("probability", "gas", "explanations")
FORBIDDEN = (
    "sensor", "platform", "flights", "tracks", "analyst", "detection_limit", "reviewers", "notes", "region_90",
    "easting_90", "inputs", "reports", "terms", "authority", "wind",
)  # fmt: skip


def _canary(chance: random.Random) -> str:
    return "".join(chance.choice("BCDFGHJKLMNPQRSTVWXZ23456789") for _ in range(14))


def planted(chance: random.Random) -> tuple[dict[str, Any], list[str]]:
    """Return a site with secrets in what must stay, nested and plain, as texts, keys, numbers and places."""
    secrets: list[str] = []

    def secret() -> str:
        secrets.append(_canary(chance))
        return secrets[-1]

    hidden: dict[str, Any] = {}
    for name in FORBIDDEN:
        hidden[name] = chance.choice(
            [secret(), [secret(), secret()], {secret(): secret()}, {"deep": [{"er": secret()}]}]
        )
    number = chance.randrange(10**9, 10**10)
    secrets.append(str(number))
    hidden["serial"] = number
    feature = site(**hidden, explanations=[{"class": "printing", "probability": 0.2, "region_90": secret()}])
    feature["id"] = secret()
    feature["properties"]["id"] = f"site-{secret()}"
    feature["geometry"]["coordinates"] = [
        -110.0 - chance.randrange(10**5, 10**6) / 1e6, 29.0 + chance.randrange(10**5, 10**6) / 1e6
    ]  # fmt: skip
    secrets += [f"{abs(value):.6f}" for value in feature["geometry"]["coordinates"]]
    return feature, secrets


def readable(octets: bytes) -> bytes:
    """Return bytes with whatever is deflated in them laid open behind them, and UTF-16 as plain letters."""
    laid = [octets, octets.replace(b"\0", b"")]
    for match in re.finditer(rb"stream\r?\n", octets):
        try:
            laid.append(zlib.decompressobj().decompress(octets[match.end() :]))
        except zlib.error:
            continue
    return b"\n".join(laid)
