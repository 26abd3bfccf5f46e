"""Secrets that are planted in a site, its log and its makers are in no byte of a package, in whatever form."""

from __future__ import annotations

import io
import random

import pytest
from makers.planted import ALLOWED, planted, readable
from makers.releases import content, site

from upwind.release.formats import FORMATS, files_of
from upwind.release.package import drafted

PACKAGES = 300


def pdf_text(octets: bytes) -> str:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(io.BytesIO(octets))
    return "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)


@pytest.mark.slow
def test_no_secret_leaves_in_any_format() -> None:
    chance = random.Random(11)
    for _ in range(PACKAGES):
        feature, secrets = planted(chance)
        told = content(feature, allow=ALLOWED, cell_m=1000.0)
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
