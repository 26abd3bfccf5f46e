"""STIX 2.1: a report about a location, marked with TLP 2.0; its ids follow from the release's."""

from __future__ import annotations

import json
import uuid
from typing import Any

from upwind.release.content import Content, stamp
from upwind.release.markings import marking_of
from upwind.release.words import told, word

__all__ = ["written"]

#: The namespace for ids that follow from content (STIX 2.1, section 2.9).
_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
#: The TLP 2.0 marking definitions of OASIS (cti-stix-common-objects).
_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP = {
    "CLEAR": "94868c89-83c2-464b-929b-a1a8aa3c8487",
    "GREEN": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "AMBER": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
}
_TLP_TIME = "2022-10-01T00:00:00.000Z"


def written(content: Content) -> bytes:
    """Return a bundle: who says so, the marking, the place, and a report."""
    site, language = content.site, content.languages[0]
    colour = marking_of(content.marking).tlp
    marking = f"marking-definition--{_TLP[colour]}"
    reach = {} if site.cell_m is None else {"precision": round(site.cell_m / 2.0**0.5, 1)}
    paragraphs = [f"{heading}\n{' '.join(lines)}" for heading, lines in told(content, language)]
    author = _object(content, "identity", name="upwind", identity_class="system")
    common = {"created_by_ref": author["id"], "object_marking_refs": [marking], "lang": language}
    place = _object(content, "location", **common, latitude=site.latitude, longitude=site.longitude, **reach)
    report = _object(
        content,
        "report",
        **common,
        name=f"{content.marking} · {word('title', language)}",
        description="\n\n".join(paragraphs),
        published=_time(content),
        report_types=["observed-data"],
        object_refs=[place["id"]],
        external_references=[{"source_name": "upwind", "external_id": content.release}],
    )
    bundle = {
        "type": "bundle",
        "id": f"bundle--{uuid.uuid5(_NAMESPACE, content.release)}",
        "objects": [_tlp(colour, marking), author, place, report],
    }
    return (json.dumps(bundle, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _time(content: Content) -> str:
    return stamp(content.at).replace("Z", ".000Z")


def _object(content: Content, kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever STIX holds
    own = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid.uuid5(_NAMESPACE, f'{content.release} {kind}')}"}
    return {**own, "created": _time(content), "modified": _time(content), **fields}


def _tlp(colour: str, name: str) -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": name,
        "created": _TLP_TIME,
        "name": f"TLP:{colour}",
        "extensions": {_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": colour.lower()}},
    }
