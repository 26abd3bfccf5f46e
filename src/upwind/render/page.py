"""What every page has: its shell with the policy that lets nothing in, its head, tables and provenance."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template

from upwind.render.content import Provenance
from upwind.render.words import Language, say

__all__ = ["cells_table", "exact", "head", "page_of", "provenance_section", "sheet_of"]


def page_of(title: str, body: Sequence[str], language: Language) -> str:
    """Return a whole page as HTML; style and script stand in it, and their digests in its policy."""
    style, script = (_part("static", name) for name in ("report.css", "report.js"))
    return Template(_part("templates", "report.html")).substitute(
        language=language,
        title=escape(title),
        style=style,
        style_hash=_digest(style),
        script=script,
        script_hash=_digest(script),
        body="\n".join(body),
    )


def sheet_of(title: str, body: Sequence[str], language: Language) -> str:
    """Return a page of one language that is there to be printed: it has a style, and no script at all."""
    style = _part("static", "sheet.css")
    return Template(_part("templates", "sheet.html")).substitute(
        language=language, title=escape(title), style=style, style_hash=_digest(style), body="\n".join(body)
    )


def _part(folder: str, name: str) -> str:
    return files("upwind.render").joinpath(folder, name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def head(title: str, more: str, notice: str = "notice") -> str:
    """Return the head of a page: that nobody reviewed it, `more` of that as markup, its title, its languages."""
    return (
        f'<div class="notice" role="note"><strong>{say(notice)}</strong>{more}</div>'
        f"<header><h1>{escape(title)}</h1>"
        f'<button type="button" data-switch>{say("switch_language")}</button></header>'
    )


def cells_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; heads and cells are markup."""
    top = "".join(f'<th scope="col">{said}</th>' for said in heads)
    body = "".join(
        f"<tr>{''.join(_cell(head, cell) for head, cell in zip(heads, row, strict=False))}</tr>" for row in rows
    )
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(head: str, cell: str) -> str:
    """Return a cell that brings its head along, for screens too narrow for a table."""
    return f'<td><span class="label">{head}</span><span>{cell}</span></td>'


def exact(text: str) -> str:
    """Return a text that is never broken over two lines."""
    return f'<span class="exact">{escape(text)}</span>'


def provenance_section(provenance: Provenance, *, seeded: bool = True) -> str:
    """Return what it takes to make the page again; `seeded` says that chance has a part in it."""
    seed = f"{say('seed')} {provenance.seed} · " if seeded else ""
    rows = [[escape(item.name), f"<code>{item.sha256}</code>"] for item in provenance.inputs]
    return (
        f"<section><h2>{say('provenance')}</h2>"
        f"<p>{say('made_with')} upwind {escape(provenance.version)} · {seed}"
        f"{say('command')} <code>{escape(provenance.command)}</code></p>"
        f"<h3>{say('inputs')}</h3>{cells_table([say('file'), 'SHA-256'], rows)}"
        f'<p class="small">{say("same_again" if seeded else "same_files")} {say("times_utc")}</p></section>'
    )
