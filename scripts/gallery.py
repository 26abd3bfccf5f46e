"""Run the bundled missions and take the gallery's pictures out of their reports: `scripts/docs` calls this first.

The pictures are those of the report, with its style inside, so that a gallery cannot show what the program does not.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

TOP = Path(__file__).parent.parent
MADE = TOP / "docs" / "gallery" / "_made"
MISSIONS = ("prairie-grass", "exercise-one")

#: Which pictures are taken, by the words that name them to whoever hears the page.
KINDS = {
    "Map of readings, sources and wind": "map",
    "How many sources": "numbers",
    "emission rate (90 %)": "rate",
    "predicted, median and 90 %": "fit",
    "observed": "fit",
}

_SVG = re.compile(r'<svg(?=[^>]*role="img")(?=[^>]*aria-label="([^"]*)").*?</svg>', re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
#: A picture alone has no page whose language decides, nor one that is dark; its corners are those of the page.
_ALONE = ".es { display: none; } svg { background: #fff; } "


def run(mission: str) -> Path:
    """Carry a mission out as a person would, keep what the terminal said, and return its report."""
    out = MADE / mission
    command = [sys.executable, "-m", "upwind", "run", str(TOP / "missions" / mission), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=TOP)
    said = [line.rstrip() for line in done.stdout.splitlines() if not line.startswith("Results are in")]
    (MADE / f"{mission}.txt").write_text("\n".join(said) + "\n", encoding="utf-8")
    return out / "report.html"


def pictures(report: Path) -> dict[str, str]:
    """Return the maps and charts of a report, each a picture of its own, by kind and number: ``map-1``."""
    page = report.read_text(encoding="utf-8")
    style = _STYLE.findall(page)[0].replace("@media (prefers-color-scheme: dark)", "@media not all")
    head = f'xmlns="http://www.w3.org/2000/svg"><style>{_ALONE}{style}</style>'
    taken: dict[str, str] = {}
    counts = Counter[str]()
    for match in _SVG.finditer(page):
        if (kind := KINDS.get(match[1])) is not None:
            counts[kind] += 1
            taken[f"{kind}-{counts[kind]}"] = match[0].replace(">", f" {head}", 1)
    return taken


def main() -> None:
    """Leave docs/gallery/_made with pictures named by mission and number, and what the terminal said."""
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True)
    for mission in MISSIONS:
        report = run(mission)
        for name, picture in pictures(report).items():
            (MADE / f"{mission}-{name}.svg").write_text(picture, encoding="utf-8")
        shutil.rmtree(report.parent)


if __name__ == "__main__":
    main()
