"""KML 2.2 for maps that people have: the place, its cell where it is coarse, and the dossier's words."""

from __future__ import annotations

from html import escape

from upwind.release.content import Content
from upwind.release.words import told, word

__all__ = ["written"]


def written(content: Content) -> bytes:
    """Return the site as KML."""
    site, first = content.site, content.languages[0]
    paragraphs = [
        f"<h3>{escape(heading)}</h3>" + "".join(f"<p>{escape(line)}</p>" for line in lines)
        for language in content.languages
        for heading, lines in told(content, language)
    ]
    title = escape(f"{content.marking} · {word('title', first)}")
    description = escape(f"<p>{escape(content.marking)}</p>{''.join(paragraphs)}", quote=False)
    cell = "" if site.cell is None else _cell(site.cell)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>\n'
        f"<name>{title}</name>\n"
        f'<Placemark id="{content.release}"><name>{content.release}</name><description>{description}</description>'
        f"<Point><coordinates>{site.longitude:.7f},{site.latitude:.7f}</coordinates></Point></Placemark>\n"
        f"{cell}</Document></kml>\n"
    ).encode()


def _cell(edges: tuple[float, float, float, float]) -> str:
    west, south, east, north = edges
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    ring = " ".join(f"{longitude:.7f},{latitude:.7f}" for longitude, latitude in corners)
    outline = f"<LineString><tessellate>1</tessellate><coordinates>{ring}</coordinates></LineString>"
    return f"<Placemark><name>cell</name>{outline}</Placemark>\n"
