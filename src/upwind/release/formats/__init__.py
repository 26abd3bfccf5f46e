"""The files of a package, one module a format; a new one is a module and a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable

from upwind.release.content import Content, stamp
from upwind.release.envelope import sha256
from upwind.release.formats import cot, dossier, geojson, kml, page, stix
from upwind.release.verify import dumped

__all__ = ["FORMATS", "files_of"]

FORMATS: dict[str, Callable[[Content], bytes]] = {
    "dossier.pdf": dossier.written,
    "index.html": page.written,
    "site.cot": cot.written,
    "site.geojson": geojson.written,
    "site.kml": kml.written,
    "site.stix.json": stix.written,
}


def files_of(content: Content) -> dict[str, bytes]:
    """Return every file that leaves, by name, and the manifest over them."""
    files = {name: write(content) for name, write in FORMATS.items()}
    manifest = {
        "release": content.release,
        "partner": content.partner,
        "at": stamp(content.at),
        "expires": stamp(content.expires),
        "marking": content.marking,
        "legal_basis": content.legal_basis,
        "agreement": content.agreement,
        "judgements": content.judgements,
        "log": dict(content.log),
        "custody": list(content.custody),
        "files": [{"name": name, "sha256": sha256(files[name])} for name in sorted(files)],
    }
    return {**files, "manifest.json": dumped(manifest)}
