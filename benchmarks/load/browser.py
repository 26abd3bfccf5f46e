"""How long a person waits in a real browser: for the first text of the docket, and from a decision to the next case.

From the top of the checkout, on a machine that does nothing else, with Debian's chromium::

    python -m benchmarks.load.browser                        # a table on the screen
    python -m benchmarks.load.browser --date 2026-01-31      # and its section of docs/load-figures.md

The store is that of `benchmarks.load.serve`; the person decides by keys alone. Times are the browser's own, from the
start of the way to the first text on the screen.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.load.serve import PAGE, furnish, serving
from benchmarks.speed.steps import replaced
from playwright.sync_api import Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
HEADING = "## In a browser"
#: How long a person looks at a page before they go on. [ms]
READS_MS = 1_500
#: What a page says of itself: when its first text was on the screen, after the navigation began. [ms]
FIRST_TEXT = """() => new Promise(done => new PerformanceObserver(seen => done(seen.getEntries()[0].startTime))
    .observe({type: 'paint', buffered: true}))"""
AHEAD, TAKEN, BACK = "to a case that was fetched ahead", "to the next case, taken", "from a decision to the docket"
AIMS = {"first text of the docket": 300, AHEAD: 100, TAKEN: 100, BACK: 100}


def main() -> None:
    """Decide cases, print the times, and write their section if a date is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=20_000, metavar="N")
    parser.add_argument("--cases", type=int, default=20, metavar="N", help="so many are decided")
    parser.add_argument("--date", help="of the measurement, stands in the section of docs/load-figures.md")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/upwind.db"
        furnish(url, argparse.Namespace(analysts=1, partners=1, sites=told.sites))
        with serving(url) as port:
            times = watched(url, port, told.cases)
    lines = section(times, told.date)
    print("\n".join(lines))
    if told.date:
        PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")


def watched(url: str, port: int, cases: int) -> dict[str, list[float]]:
    """Return the times that a person waited, by what for. [ms]"""
    times: dict[str, list[float]] = defaultdict(list)
    command = [sys.executable, "-m", "upwind", "user", "link", "analyst-0"]
    command += ["--store", url, "--url", f"http://127.0.0.1:{port}"]
    link = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(link)
        page.keyboard.type("a long password")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/$"))
        for _ in range(cases):
            page.reload()
            times["first text of the docket"].append(page.evaluate(FIRST_TEXT))
            decide(page, times)
        browser.close()
    return times


def decide(page: Page, times: dict[str, list[float]]) -> None:
    """Take the next case of the docket, decide it, and come back."""
    page.wait_for_timeout(READS_MS)
    page.locator("tr[data-case] a").first.press("Enter")
    page.wait_for_url("**/cases/*")
    times[AHEAD].append(page.evaluate(FIRST_TEXT))
    page.wait_for_timeout(READS_MS)  # or the map that this page begins would be counted to the next one
    page.keyboard.press("t")
    page.wait_for_url("**/cases/*claimed*")
    times[TAKEN].append(page.evaluate(FIRST_TEXT))
    page.wait_for_selector("form[data-judgement]")
    page.keyboard.press("1")
    page.keyboard.press("l")
    for text, key in (("likely (55", "Tab"), ("m", "Tab"), ("Seen on two days.", "Tab"), ("", "Tab"), ("", "Enter")):
        page.keyboard.type(text)
        page.keyboard.press(key)
    page.wait_for_url(re.compile(r"/$"))
    times[BACK].append(page.evaluate(FIRST_TEXT))


def section(times: dict[str, list[float]], date: str | None) -> list[str]:
    """Return the lines of the section."""
    lines = [
        HEADING,
        "",
        f"Written by `python -m benchmarks.load.browser` on {date}: one person in Chromium beside the server on",
        f"{os.cpu_count()} cores, nobody else; load average {os.getloadavg()[0]:.1f}.",
        "",
        "| from the start of a way to its first text | times | median [ms] | longest [ms] | aim [ms] |",
        "|---|---|---|---|---|",
    ]
    for what, some in times.items():
        lines.append(f"| {what} | {len(some)} | {statistics.median(some):.0f} | {max(some):.0f} | {AIMS[what]} |")
    return lines


if __name__ == "__main__":
    main()
