"""A real browser on a served desk: who comes in, whether the map is drawn, and pictures to look at."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from makers.served import Desk

__all__ = ["CHROMIUM", "GRAPHICS", "entered", "host", "picture", "wait_for_map"]

CHROMIUM = Path("/usr/bin/chromium")
#: Maps are drawn by software here.
GRAPHICS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
PICTURES = os.environ.get("UPWIND_PICTURES")


def host(desk: Desk) -> str:
    return desk.api.removesuffix("/api/v1")


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
