"""KML and KMZ: tracks with a time a point (`gx:Track`), and placemarks that are a point with a time stamp.

References
----------
OGC 12-007r2, KML 2.3; Google KML extension namespace (gx).
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from upwind.readers.files import LARGEST, File
from upwind.readers.telemetry.markup import Markup, tag_of
from upwind.readers.telemetry.samples import Sample, distinct, many, number, seconds_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

_ZIP = b"PK\x03\x04"


@dataclass(slots=True, kw_only=True)
class _Placemark:
    """What has been read of one placemark: times and places, those of its tracks one by one."""

    name: str = ""
    mode: str = ""
    times: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def samples(self, row: int, flight: str) -> Iterator[Sample]:
        """Yield a sample a place, and forget what was read."""
        for index, (place, time) in enumerate(zip_longest(self.places, self.times[: len(self.places)], fillvalue="")):
            cells = [number(cell) for cell in place.replace(",", " ").split()[:3]]
            longitude, latitude, metres = cells + [math.nan] * (3 - len(cells))
            yield Sample(
                row=row + index,
                time=seconds_of(time),
                longitude=longitude,
                latitude=latitude,
                height=metres if self.mode == "relativeToGround" else math.nan,
                altitude=metres if self.mode == "absolute" else math.nan,
                flight=flight,
            )


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Where in the document the reading is."""

    stack: list[str] = field(default_factory=list)
    folder: str = ""
    placemark: _Placemark = field(default_factory=_Placemark)
    flight: str | None = None
    taken: set[str] = field(default_factory=set)
    samples: list[Sample] = field(default_factory=list)
    lines: int = 0

    def start(self, tag: str) -> None:
        """Go into an element."""
        if tag == "Placemark":
            self.placemark, self.flight = _Placemark(), None
        elif tag in ("Folder", "Document"):
            self.folder = ""
        self.stack.append(tag)

    def end(self, tag: str, text: str) -> None:
        """Come out of an element."""
        self.stack.pop()
        parent = self.stack[-1] if self.stack else ""
        match tag, parent:
            case "name", "Placemark":
                self.placemark.name = text
            case "name", "Folder" | "Document":
                self.folder = text
            case "altitudeMode", _:
                self.placemark.mode = text
            case "when", "Track" | "TimeStamp":
                self.placemark.times.append(text)
            case ("begin", "TimeSpan"):
                self.placemark.times.append(text)
            case ("coord", "Track") | ("coordinates", "Point"):
                self.placemark.places.append(text)
            case "coordinates", "LineString":
                self.lines += 1
            case "Track", _:
                self.track()
            case "Placemark", _:
                self.point()

    def track(self) -> None:
        """Take the track that ends here; those of one placemark are one flight."""
        if self.flight is None and self.placemark.places:
            self.flight = distinct(self.placemark.name, self.taken)
        self._take(self.flight or "")

    def point(self) -> None:
        """Take the point of a placemark; those of one folder are one flight, as each may be called by its time."""
        self._take(self.folder)

    def _take(self, flight: str) -> None:
        """Take the places read since the last time."""
        mark = self.placemark
        self.samples.extend(mark.samples(len(self.samples), flight))
        self.placemark = _Placemark(name=mark.name)


def read(file: File) -> Trajectory:
    """Return the trajectory of a KML document, or of the first one in a KMZ archive.

    Raises
    ------
    FormatError
        The archive is broken, or nothing in it has both place and time: lines are drawings, no flights.
    """
    content = _unzipped(file) if file.content.startswith(_ZIP) else file.content
    document = Markup(file=file, content=content)
    reading = _Reading()
    for event, element in document:
        if event == "start":
            reading.start(tag_of(element))
        else:
            reading.end(tag_of(element), (element.text or "").strip())
            element.clear()
    if reading.placemark.places:  # the document is cut off within a track
        reading.track()
    timed = any(not math.isnan(sample.time) for sample in reading.samples)
    if reading.lines and not timed:
        fault = "the line in it has no times"
        raise file.fault(0, "", fault, "an audit needs to know when it flew: give a gx:Track, or the log itself")
    notes = [f"{many(reading.lines, 'line')} without times left out"] * bool(reading.lines)
    return trajectory_from(file, reading.samples, [*document.notes, *notes])


def _unzipped(file: File) -> bytes:
    """Return the KML document of a KMZ archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".kml")]
            if not names:
                raise file.fault(
                    0,
                    "",
                    "there is no KML in this zip archive",
                    "give a KMZ, unpack the archive, or save a table as CSV",
                )
            with archive.open(min(names, key=lambda name: (name != "doc.kml", name.count("/")))) as stream:
                content = stream.read(LARGEST + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error) as error:
        raise file.fault(0, "", f"the KMZ archive is broken ({error})", "copy it again, whole") from None
    if len(content) > LARGEST:
        raise file.fault(0, "", f"the KML in it holds more than {LARGEST >> 20} MB", "split it into several files")
    return content
