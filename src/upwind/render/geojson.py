"""Sources and sites as GeoJSON (RFC 7946): the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from upwind.records import Estimate, Located, Source
from upwind.render.content import NOTICE, Analysis, Provenance

__all__ = [
    "located_collection",
    "provenance_json",
    "reported",
    "site_id",
    "sites_collection",
    "sources_collection",
    "written",
]

#: A source is reported when it is as likely as not.
LEAST_PROBABILITY = 0.5
#: 1e-7 degrees are about a centimetre.
_DEGREE_DECIMALS = 7
_SIGNIFICANT = 6


def written(document: Mapping[str, Any]) -> str:
    """Return the document as text; NaN cannot stand in it."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def located_collection(located: Sequence[Located], provenance: Provenance) -> dict[str, Any]:
    """Return the FeatureCollection of `upwind locate`: a Feature a source of probability 0.5 or more."""
    return {
        "type": "FeatureCollection",
        "notice": NOTICE,
        "status": _statuses(located, {}),
        "number_of_sources": _numbers(located, {}),
        "upwind": provenance_json(provenance),
        "features": [_feature(source, {}) for answer in located for source in reported(answer)],
    }


def sources_collection(analyses: Sequence[Analysis], provenance: Provenance) -> dict[str, Any]:
    """Return the same collection for a mission: every row and Feature says which flights it comes from."""
    named = [(analysis.located, {"flights": list(analysis.flights)}) for analysis in analyses]
    return {
        "type": "FeatureCollection",
        "notice": NOTICE,
        "status": [row for located, flights in named for row in _statuses(located, flights)],
        "number_of_sources": [row for located, flights in named for row in _numbers(located, flights)],
        "upwind": provenance_json(provenance),
        "features": [
            _feature(source, flights) for located, flights in named for answer in located for source in reported(answer)
        ],
    }


def sites_collection(analyses: Sequence[Analysis], provenance: Provenance) -> dict[str, Any]:
    """Return the candidate sites: one a source, as long as flights are not fused."""
    features = []
    for analysis in analyses:
        digests = [track.sha256 for track in analysis.tracks]
        for answer in analysis.located:
            for ordinal, source in enumerate(reported(answer), start=1):
                minted = {"id": site_id(digests, source.gas, ordinal), "flights": list(analysis.flights)}
                why_none = {"explanations": None, "why_no_explanations": "benign alternatives were not computed"}
                feature = _feature(source, minted | why_none)
                features.append(feature | {"id": minted["id"]})
    return {
        "type": "FeatureCollection",
        "status": NOTICE,
        "upwind": provenance_json(provenance),
        "features": features,
    }


def site_id(digests: Sequence[str], gas: str, ordinal: int) -> str:
    """Return the id of a site when it is first minted: from its inputs' digests, never from an estimate."""
    said = "\n".join([*sorted(digests), gas, str(ordinal)])
    return f"site-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def reported(located: Located) -> list[Source]:
    """Return the sources that are as likely as not to exist."""
    return [source for source in located.sources if source.probability >= LEAST_PROBABILITY]


def _statuses(located: Sequence[Located], extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"gas": answer.gas, "status": str(answer.status), "why": answer.why, **extra} for answer in located]


def _numbers(located: Sequence[Located], extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"gas": answer.gas, "n": number, "probability": _probability(probability), **extra}
        for answer in located
        for number, probability in answer.number_of_sources
    ]


def _feature(source: Source, extra: Mapping[str, Any]) -> dict[str, Any]:
    rate = source.emission_rate
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": _degrees([source.longitude, source.latitude])},
        "properties": {
            **extra,
            "status": NOTICE,
            "gas": source.gas,
            "probability": _probability(source.probability),
            "emission_rate": None if rate is None else _estimate(rate),
            **({"why": source.why_no_rate} if rate is None else {}),
            "height": _estimate(source.height),
            "easting_90": [_significant(value) for value in source.easting_90],
            "northing_90": [_significant(value) for value in source.northing_90],
            "region_90": _geometry(source.region_90),
        },
    }


def provenance_json(provenance: Provenance) -> dict[str, Any]:
    """Return what every file says of its making."""
    return {
        "version": provenance.version,
        "seed": provenance.seed,
        "inputs": [{"name": item.name, "sha256": item.sha256} for item in provenance.inputs],
    }


def _estimate(estimate: Estimate) -> dict[str, float | str]:
    said = estimate.as_json()
    return {name: value if isinstance(value, str) else _significant(value) for name, value in said.items()}


def _geometry(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": geometry["type"], "coordinates": _degrees(geometry["coordinates"])}


def _degrees(coordinates: object) -> object:
    if isinstance(coordinates, (list, tuple)):
        return [_degrees(item) for item in coordinates]
    return round(float(str(coordinates)), _DEGREE_DECIMALS) + 0.0


def _probability(probability: float) -> float:
    return round(float(probability), _SIGNIFICANT)


def _significant(value: float) -> float:
    number = float(value)
    if number == 0 or not math.isfinite(number):
        return number
    return round(number, _SIGNIFICANT - 1 - math.floor(math.log10(abs(number))))
