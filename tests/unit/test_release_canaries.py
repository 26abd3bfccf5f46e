"""Secrets that are planted in a site, its log and its makers are in no byte of a package, in whatever form."""

from __future__ import annotations

import io
import random
import re
import zlib
from typing import Any

import pytest
from makers.releases import content, site

from upwind.release.formats import FORMATS, files_of
from upwind.release.package import drafted

PACKAGES = 300
FORBIDDEN = (
    "sensor", "platform", "flights", "tracks", "analyst", "detection_limit", "reviewers", "notes", "region_90",
    "easting_90", "inputs", "reports", "terms", "authority", "wind",
)  # fmt: skip


def canary(chance: random.Random) -> str:
    return "".join(chance.choice("BCDFGHJKLMNPQRSTVWXZ23456789") for _ in range(14))


def planted(chance: random.Random) -> tuple[dict[str, Any], list[str]]:
    """Return a site with secrets in what must stay, nested and plain, as texts, keys, numbers and places."""
    secrets: list[str] = []

    def secret() -> str:
        secrets.append(canary(chance))
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


def pdf_text(octets: bytes) -> str:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(io.BytesIO(octets))
    return "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)


@pytest.mark.slow
def test_no_secret_leaves_in_any_format() -> None:
    chance = random.Random(11)
    for _ in range(PACKAGES):
        feature, secrets = planted(chance)
        allowed = ("probability", "gas", "explanations")
        told = content(feature, allow=allowed, cell_m=1000.0)
        files = files_of(told)
        everything = b"\n".join([*map(readable, files.values()), readable(drafted(told))])
        everything += pdf_text(files["dossier.pdf"]).encode()
        for secret in secrets:
            assert secret.encode() not in everything, secret


def test_the_canaries_would_be_found() -> None:
    """What is allowed out is in every format that tells it, so what is not found is not there."""
    told = content(site(note="CANARYBIRD77"), allow=("note",))
    for name in ("dossier.pdf", "index.html", "site.geojson", "site.kml", "site.stix.json"):
        octets = FORMATS[name](told)
        text = pdf_text(octets) if name.endswith(".pdf") else readable(octets).decode()
        assert "CANARYBIRD77" in text.replace("\n", ""), name
