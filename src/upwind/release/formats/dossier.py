"""The dossier as PDF, set by Typst: the same content gives the same bytes."""

from __future__ import annotations

import json
from importlib.resources import files

import typst

from upwind.release.content import Content, stamp
from upwind.release.formats.sketch import sketch
from upwind.release.words import told, word

__all__ = ["written"]

_INK = "#000000"


def written(content: Content) -> bytes:
    """Return the dossier, a part a language, the partner's first."""
    said = {
        "marking": content.marking,
        "release": content.release,
        "at": stamp(content.at),
        "parts": [
            {
                "language": language,
                "title": word("title", language),
                "until": f"{word('expires', language)} {stamp(content.expires)}",
                "sections": [{"heading": heading, "lines": lines} for heading, lines in told(content, language)],
            }
            for language in content.languages
        ],
    }
    sources = {
        "main": files("upwind.release.formats").joinpath("dossier.typ").read_bytes(),
        "content.json": json.dumps(said, ensure_ascii=False).encode(),
        "sketch.svg": sketch(content, _INK).encode(),
    }
    return typst.compile(sources, ignore_system_fonts=True)  # type: ignore[call-overload,no-any-return] # its types lack this
