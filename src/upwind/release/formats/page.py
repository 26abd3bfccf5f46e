"""One HTML page that needs nothing else: the dossier on a telephone, without a network."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from upwind.release.content import Content
from upwind.release.formats.sketch import sketch
from upwind.release.words import told, word

__all__ = ["written"]


def written(content: Content) -> bytes:
    """Return the page, a part a language, the partner's first."""
    template = files("upwind.release.formats").joinpath("page.html").read_text(encoding="utf-8")
    parts = [_part(content, language) for language in content.languages]
    first = content.languages[0]
    page = Template(template).substitute(
        language=first, title=escape(word("title", first)), marking=escape(content.marking), body="\n".join(parts)
    )
    return page.encode()


def _part(content: Content, language: str) -> str:
    sections = "".join(
        f"<section><h2>{escape(heading)}</h2>{''.join(f'<p>{escape(line)}</p>' for line in lines)}</section>"
        for heading, lines in told(content, language)
    )
    return (
        f'<article lang="{language}"><h1>{escape(word("title", language))}</h1>'
        f'<p class="id">{content.release}</p>{sketch(content)}{sections}</article>'
    )
