"""A page as a browser reads it, without one."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["Page"]

#: Elements that have no end.
_VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})


class Page(HTMLParser):
    """Whatever a page names that a browser would fetch, and whether its elements close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str | None] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        self.fetched += [said for name, said in attributes if name in {"src", "href", "action", "data", "style"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
