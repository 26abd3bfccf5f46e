"""GeoJSON (RFC 7946): one Feature, at the place that may be told."""

from __future__ import annotations

import json

from upwind.release.content import Content, stamp
from upwind.release.words import word

__all__ = ["written"]


def written(content: Content) -> bytes:
    """Return the site as a Feature."""
    site = content.site
    cell = {} if site.cell is None else {"cell_m": site.cell_m, "cell": list(site.cell)}
    said = {
        "type": "Feature",
        "id": content.release,
        "geometry": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
        "properties": {
            **site.properties,
            **cell,
            "release": content.release,
            "partner": content.partner,
            "marking": content.marking,
            "at": stamp(content.at),
            "expires": stamp(content.expires),
            "prohibited": {language: word("prohibited_text", language) for language in content.languages},
        },
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
