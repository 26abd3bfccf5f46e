"""Cursor on Target: a file of one or many `event` elements, with a root about them or none.

References
----------
MITRE MTR090284, Cursor-on-Target Message Router User's Guide; base schema Event.xsd 2.0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import zip_longest
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from upwind.readers.files import File
from upwind.readers.telemetry.markup import tag_of
from upwind.readers.telemetry.samples import Sample, many, number, seconds_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

_BEGIN = re.compile(rb"<event\b[^>]*>")
_END = re.compile(rb"</event\s*>")
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
#: What the schema writes for a height that is not known.
_UNKNOWN_M = 9_999_999.0
#: Types of messages between the programs, whose point means nothing.
_TASKING = "t-"


def read(file: File) -> Trajectory:
    """Return the trajectory of the events: a flight is a `uid`, a platform its call sign or else its `uid`.

    The point's `hae` is the height above the ellipsoid. Tasking messages (`t-…`), such as pings, are of no place.

    Raises
    ------
    FormatError
        It declares a document type, no event is whole, or none has a place and a time.
    """
    if _DECLARED.search(file.content):
        raise file.fault(0, "", "the XML declares a document type or entities", "take the declaration out")
    samples: list[Sample] = []
    broken = tasking = 0
    for row, text in enumerate(_events(file.content)):
        event = _event(text)
        if event is None:
            broken += 1
        elif (event.get("type") or "").startswith(_TASKING):
            tasking += 1
        else:
            samples.append(_sample(event, row))
    notes = [f"{many(broken, 'event')} left out: cut off or broken"] * bool(broken)
    return trajectory_from(file, samples, [*notes, *[f"{many(tasking, 'tasking message')} left out"] * bool(tasking)])


def _events(content: bytes) -> Iterator[bytes]:
    """Yield each event's text; one that does not end before the next begins is cut off."""
    begins = [match.span() for match in _BEGIN.finditer(content)]
    for (start, inside), (beyond, _) in zip_longest(begins, begins[1:], fillvalue=(len(content), 0)):
        end = None if content[inside - 2 : inside] == b"/>" else _END.search(content, inside, beyond)
        yield content[start : end.end() if end else inside]


def _event(text: bytes) -> Element | None:
    """Return one event, None where it is broken."""
    try:
        event: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        return None
    return event


def _sample(event: Element, row: int) -> Sample:
    """Return the place and the time of one event."""
    point = next((child for child in event if tag_of(child) == "point"), Element("point"))
    contact = next((child for child in event.iter() if tag_of(child) == "contact"), Element("contact"))
    height = number(point.get("hae"))
    name = (event.get("uid") or "").strip()
    return Sample(
        row=row,
        time=seconds_of(event.get("time") or ""),
        longitude=number(point.get("lon")),
        latitude=number(point.get("lat")),
        ellipsoidal_height=math.nan if height >= _UNKNOWN_M else height,
        flight=name,
        platform=(contact.get("callsign") or "").strip() or name,
    )
