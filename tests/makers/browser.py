"""A real browser on a served desk: who comes in, whether the map is drawn, and pictures to look at."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from makers.served import Desk

__all__ = ["chromium", "entered", "host", "logged_in", "overheard", "picture", "wait_for_map"]

_CHROMIUM = Path("/usr/bin/chromium")
#: Maps are drawn by software here.
_GRAPHICS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
PICTURES = os.environ.get("UPWIND_PICTURES")


@contextmanager
def chromium() -> Iterator[Any]:
    """Open the browser; a test on a machine that has none is skipped."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not _CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    with playwright.sync_playwright() as player:
        opened = player.chromium.launch(executable_path=str(_CHROMIUM), args=["--no-sandbox", *_GRAPHICS])
        yield opened
        opened.close()


def overheard(page: Any) -> list[str]:
    """Return what will be heard of a page that should be silent: its console, its faults, what it asks of a network."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url.startswith("http") else None)
    return heard


def host(desk: Desk) -> str:
    return desk.api.removesuffix("/api/v1")


def logged_in(page: Any, desk: Desk, name: str) -> Any:
    """Come in by a one-time link, with the keyboard alone."""
    page.goto(desk.run("user", "link", name, "--url", host(desk)).strip())
    page.keyboard.type("a long password")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))
    return page


def entered(browser: Any, desk: Desk, name: str, **options: object) -> Any:
    """Return a page of somebody who carries their token, as a browser carries a session."""
    context = browser.new_context(extra_http_headers={"Authorization": f"Bearer {desk.tokens[name]}"}, **options)
    return context.new_page()


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def wait_for_map(page: Any) -> None:
    for _ in range(600):
        if page.evaluate("document.querySelector('[data-map]')?.dataset.drawn ?? 'none'") == "yes":
            return
        page.wait_for_timeout(100)
    pytest.fail("the map was not drawn in a minute")
