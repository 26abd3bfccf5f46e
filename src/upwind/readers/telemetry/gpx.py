"""GPX tracks: a `trk` is a flight; `ele` is above the sea.

References
----------
GPX 1.1 schema, topografix.com/GPX/1/1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from upwind.readers.files import File
from upwind.readers.telemetry.markup import Markup, said, tag_of
from upwind.readers.telemetry.samples import Sample, distinct, number, seconds_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]


def read(file: File) -> Trajectory:
    """Return the trajectory of the track points of a GPX file; routes and waypoints were not flown.

    Raises
    ------
    FormatError
        It is no XML, or has no track point with a time.
    """
    document = Markup(file=file, content=file.content)
    samples = list(_samples(document))
    if samples and all(math.isnan(sample.time) for sample in samples):
        raise file.fault(0, "", "the track points have no times", "an audit needs to know when it flew: record <time>")
    if not samples:
        notes = f" ({document.notes[0]})" if document.notes else ""
        raise file.fault(0, "", f"no track point <trkpt> in it{notes}", "give a recorded track, not a route")
    return trajectory_from(file, samples, document.notes)


def _samples(document: Markup) -> Iterator[Sample]:
    """Yield the track points in their order."""
    row = 0
    flight = ""
    points = False
    taken: set[str] = set()
    for event, element in document:
        tag = tag_of(element)
        if event == "start" and tag == "trk":
            flight, points = "", False
        elif event == "end" and tag == "name" and not points:
            flight = (element.text or "").strip()
        elif event == "start" and tag == "trkpt" and not points:
            flight, points = distinct(flight, taken), True
        elif event == "end" and tag == "trkpt":
            yield Sample(
                row=row,
                time=seconds_of(said(element, "time")),
                longitude=number(element.get("lon")),
                latitude=number(element.get("lat")),
                altitude=number(said(element, "ele")),
                flight=flight,
            )
            row += 1
            element.clear()
