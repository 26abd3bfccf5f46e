"""XML, read event by event as far as it is whole; entities and document types are refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from upwind.readers.files import File

__all__ = ["Markup", "said", "tag_of"]


@dataclass(slots=True, kw_only=True)
class Markup:
    """The elements of a document as they begin and end, and a note where it is cut off or broken."""

    file: File
    content: bytes
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[str, Element]]:
        """Yield ("start" or "end", element); a document that is no longer whole ends early, with a note."""
        events = iter(iterparse(io.BytesIO(self.content), events=("start", "end"), forbid_dtd=True))
        while True:
            try:
                event, element = next(events)
            except StopIteration:
                return
            except DefusedXmlException:
                fault = "the XML declares a document type or entities"
                raise self.file.fault(0, "", fault, "take the declaration out") from None
            except (ParseError, LookupError, ValueError) as error:
                self.notes.append(f"the XML is cut off or broken: read as far as it is whole ({error})")
                return
            yield event, element


def tag_of(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def said(element: Element, name: str) -> str:
    """Return the text of the first child of a name, "" where there is none."""
    return next(((child.text or "").strip() for child in element if tag_of(child) == name), "")
