"""Sources and sites as GeoJSON (RFC 7946): the same input gives the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from upwind.records import Estimate, Located, Source
from upwind.render.content import NOTICE, Analysis, Provenance

__all__ = [
    "degrees_json",
    "estimate_json",
    "geometry_json",
    "located_collection",
    "provenance_json",
    "reported",
    "significant",
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
        "geometry": {"type": "Point", "coordinates": degrees_json([source.longitude, source.latitude])},
        "properties": {
            **extra,
            "status": NOTICE,
            "gas": source.gas,
            "probability": _probability(source.probability),
            "emission_rate": None if rate is None else estimate_json(rate),
            **({"why": source.why_no_rate} if rate is None else {}),
            "height": estimate_json(source.height),
            "easting_90": [significant(value) for value in source.easting_90],
            "northing_90": [significant(value) for value in source.northing_90],
            "region_90": geometry_json(source.region_90),
        },
    }


def provenance_json(provenance: Provenance) -> dict[str, Any]:
    """Return what every file says of its making."""
    return {
        "version": provenance.version,
        "seed": provenance.seed,
        "inputs": [{"name": item.name, "sha256": item.sha256} for item in provenance.inputs],
    }


def estimate_json(estimate: Estimate) -> dict[str, float | str]:
    """Return an estimate as the files spell it, to six significant digits."""
    said = estimate.as_json()
    return {name: value if isinstance(value, str) else significant(value) for name, value in said.items()}


def geometry_json(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a GeoJSON geometry to about a centimetre."""
    return {"type": geometry["type"], "coordinates": degrees_json(geometry["coordinates"])}


def degrees_json(coordinates: object) -> object:
    """Return coordinates, nested or not, to about a centimetre."""
    if isinstance(coordinates, (list, tuple)):
        return [degrees_json(item) for item in coordinates]
    return round(float(str(coordinates)), _DEGREE_DECIMALS) + 0.0


def _probability(probability: float) -> float:
    return round(float(probability), _SIGNIFICANT)


def significant(value: float) -> float:
    """Return a number to six significant digits."""
    number = float(value)
    if number == 0 or not math.isfinite(number):
        return number
    return round(number, _SIGNIFICANT - 1 - math.floor(math.log10(abs(number))))
