"""Take the README's picture anew, from a real run: `.venv/bin/python scripts/picture.py` (needs Chromium)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

TOP = Path(__file__).parent.parent
PICTURE = TOP / "docs" / "images" / "report.png"
WIDTH = 1040


def main() -> None:
    """Run the first mission and photograph its report down to the first map's legend, the sources in view."""
    with TemporaryDirectory() as folder, sync_playwright() as player:
        command = [sys.executable, "-m", "upwind", "run", str(TOP / "missions" / "prairie-grass"), "--out", folder]
        subprocess.run(command, check=True, cwd=TOP)
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        page.goto((Path(folder) / "report.html").as_uri())
        for act in ("near", "out", "out"):
            page.locator(f'[data-act="{act}"]').first.click()
        page.mouse.move(1, 1)
        end = page.evaluate("document.querySelector('figcaption').getBoundingClientRect().bottom + window.scrollY")
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": end + 16}
        page.screenshot(path=PICTURE, full_page=True, clip=clip)
        browser.close()


if __name__ == "__main__":
    main()
