"""A page as a browser reads it, without one."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from upwind.render.words import LANGUAGES

__all__ = ["Page", "read_in", "same_words"]

#: Elements that have no end.
_VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})
#: Elements without words, and attributes that say some.
_SILENT = frozenset({"script", "style", "code"})
#: No part of an id, an address or a name of a file.
_WORD = re.compile(r"(?<![\w./-])[^\W\d_]{3,}(?![\w/-]|\.\w)")
_SAYING = ("aria-label", "alt", "title", "placeholder", "data-tip")


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


class _Texts(HTMLParser):
    """What a reader of one language meets: text, and what is said of pictures and fields.

    What says of itself that it is in another language is not counted.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = language
        self.within: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        classes = (said.get("class") or "").split()
        others = [other for other in LANGUAGES if other != self.language]
        its_own = said.get("lang") if tag != "html" else None  # a page of both languages begins as one of them
        is_others = any(other in classes or its_own == other for other in others)
        is_unseen = is_others or tag in _SILENT or bool(self.within and self.within[-1][1])
        if not is_unseen:
            own = said.get(f"data-{self.language}")
            self.texts += [
                said.get(f"{name}-{self.language}") or own or text for name in _SAYING if (text := said.get(name))
            ]
        if tag not in _VOID:
            self.within.append((tag, is_unseen))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in _VOID:
            self.within.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.within and self.within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self.within and self.within[-1][1]):
            self.texts.append(data)


def read_in(page: str, language: str) -> str:
    """Return all that a reader of a language meets on a page."""
    reader = _Texts(language)
    reader.feed(page)
    return " ".join(" ".join(reader.texts).split())


def same_words(english: str, spanish: str) -> set[str]:
    """Return the words, in small letters, that readers of both languages meet; ids and names of files are no words."""
    first, second = ({word.lower() for word in _WORD.findall(text)} for text in (english, spanish))
    return first & second
