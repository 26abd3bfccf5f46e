"""What leaves, tried at random: planted secrets in packages, the gate, and what many releases of one site tell.

From the top of the checkout, with the tests' makers at hand:

    PYTHONPATH=src:tests python -m validation.canaries --date 2026-01-31
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
from makers.planted import ALLOWED, planted, readable
from makers.releases import NOW, agreement, content, docket, site
from validation.ledger import CHECKOUT, commit

from upwind import __version__
from upwind.release.formats import files_of
from upwind.release.package import drafted
from upwind.release.policy import Answer, NotClearedError, clear
from upwind.release.sanitise import cell_of, outgoing

CODES = ("USA", "MEX", "CAN", "GTM", "COL")
PEOPLE = ("reviewer-1", "reviewer-2", "reviewer-3", "releaser-1")
STATES = ("open", "second", "third", "confirmed", "confirmed", "confirmed", "rejected", "unsure", "closed")
MOST = 0.6
METRES_A_DEGREE = 111_195.0
CELL_M, RELEASES = 1000.0, 50
#: The text of a PDF takes longer to read than a package to write: of every tenth, and the whole zip of it.
TENTH = 10
BLOCK, TRIED = 100, CHECKOUT / "out" / "canaries.jsonl"


def secrets_found(packages: int, seed: int) -> tuple[int, int, int]:
    """Return how many packages were tried, how many secrets were planted in them, and how many were found.

    Blocks of packages that the same code tried before are kept in `TRIED`, so that a stopped run goes on.
    """
    TRIED.parent.mkdir(parents=True, exist_ok=True)
    lines = TRIED.read_text(encoding="utf-8").splitlines() if TRIED.exists() else []
    known = {(row["code"], row["seed"], row["block"]): row for row in map(json.loads, lines)}
    blocks = range(packages // BLOCK)
    code = _code()
    for block in blocks:
        if (code, seed, block) not in known:
            planted_in, found = _block(random.Random(seed * 1_000_000 + block))
            row = {"code": code, "seed": seed, "block": block, "planted": planted_in, "found": found}
            known[code, seed, block] = row
            with TRIED.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    own = [known[code, seed, block] for block in blocks]
    return len(own) * BLOCK, sum(row["planted"] for row in own), sum(row["found"] for row in own)


def _code() -> str:
    """Return a digest of all that a package and its secrets are made by."""
    places = [*(CHECKOUT / "src" / "upwind" / "release").rglob("*.*"), *(CHECKOUT / "tests" / "makers").glob("*.py")]
    digest = hashlib.sha256()
    for path in sorted(place for place in places if "__pycache__" not in place.parts):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _block(chance: random.Random) -> tuple[int, int]:
    """Return how many secrets were planted in a block of packages, and how many were found in any of their bytes."""
    planted_in, found = 0, 0
    for number in range(BLOCK):
        feature, secrets = planted(chance)
        told = content(feature, at=NOW + timedelta(seconds=number), allow=ALLOWED, cell_m=CELL_M)
        # One place in some thousand happens to lie on its cell's edge or middle, which are told of every place in it.
        numbers = (told.site.longitude, told.site.latitude, *(told.site.cell or ()))
        declared = " ".join(f"{value:.7f}" for value in numbers)
        secrets = [secret for secret in secrets if secret not in declared]
        files = files_of(told)
        everything = b"\n".join(map(readable, files.values()))
        if number % TENTH == 0:
            pdf = pypdf.PdfReader(io.BytesIO(files["dossier.pdf"]))
            text = "".join(page.extract_text() for page in pdf.pages) + str(pdf.metadata)
            everything += text.encode() + readable(drafted(told))
        planted_in += len(secrets)
        found += sum(secret.encode() in everything for secret in secrets)
    return planted_in, found


def gate(tries: int, seed: int) -> Mapping[str, int]:
    """Return how the gate answered at random: cleared, and cleared although something forbids it.

    What forbids is known from how a try was drawn, not from the gate's reading of it.
    """
    chance = random.Random(seed)
    counts = dict.fromkeys(("cleared", "outside REL TO", "without two judgements", "out of force", "worked on"), 0)
    for _ in range(tries):
        people = frozenset(name for name in PEOPLE if chance.random() < MOST)
        named = frozenset(code for code in CODES if chance.random() < MOST)
        partner, days = chance.choice(CODES), chance.randint(-60, 120)
        is_free, state = chance.choice((None, True, True, False)), chance.choice(STATES)
        reach = f"REL TO {', '.join(sorted(named))}" if named else "NOFORN"
        feature = site(marking=f"UNCLASSIFIED//{reach}")
        now = NOW + timedelta(days=days)
        answers = () if is_free is None else (Answer(asked="them", is_free=is_free, at=now),)
        agreed = agreement(partner=partner, deconfliction="them", end_use_days=3660)
        said = docket(state=state, confirmed_by=people, answers=answers)
        try:
            cleared = clear(feature, said, agreed, "releaser-1", now)
        except NotClearedError:
            continue
        counts["cleared"] += 1
        counts["outside REL TO"] += partner not in named or cleared.marking.rel_to != {partner}
        counts["without two judgements"] += len(people - {"releaser-1"}) < 2 or state != "confirmed"  # noqa: PLR2004
        counts["out of force"] += not agreed.start <= now < agreed.end
        counts["worked on"] += is_free is not True
    return counts


def guesses(sites: int, seed: int) -> Mapping[str, float]:
    """Return the attacker's errors [m]: after one release, after many, and after many that were moved at random.

    The best guess is the mean of all places told, which is best for places drawn evenly. The third is what the same
    attacker would gain from places that are moved at random each time, by as much.
    """
    chance = np.random.default_rng(seed)
    once, often, moved = [], [], []
    for _ in range(sites):
        place = np.array([chance.uniform(-118.0, -87.0), chance.uniform(15.0, 32.0)])
        scale = METRES_A_DEGREE * np.array([np.cos(np.radians(place[1])), 1.0])
        feature = site()
        feature["geometry"]["coordinates"] = place.tolist()
        told = np.array([_told(feature, NOW + timedelta(hours=hour)) for hour in range(RELEASES)])
        jittered = place + chance.uniform(-0.5, 0.5, (RELEASES, 2)) * CELL_M / scale
        once.append(np.hypot(*((told[0] - place) * scale)))
        often.append(np.hypot(*((told.mean(axis=0) - place) * scale)))
        moved.append(np.hypot(*((jittered.mean(axis=0) - place) * scale)))
    return {name: float(np.mean(errors)) for name, errors in (("once", once), ("often", often), ("moved", moved))}


def _told(feature: Mapping[str, Any], at: datetime) -> tuple[float, float]:
    """Return the place that a release of a time tells."""
    agreed = agreement(cell_m=CELL_M)
    cleared = clear(feature, docket(), agreed, "releaser-1", at)
    out = outgoing(cleared.feature, agreed)
    return out.longitude, out.latitude


def places_told(releases: int) -> set[str]:
    """Return every number that could be a coordinate, in all files of many releases of one coarse site."""
    found: set[str] = set()
    for hour in range(releases):
        files = files_of(content(site(), at=NOW + timedelta(hours=hour), cell_m=CELL_M))
        for octets in files.values():
            text = readable(octets).decode("utf-8", "replace")
            found |= set(re.findall(r"-?(?:110|29)\.\d{4,}", text))
    return found


def page(arguments: argparse.Namespace) -> list[str]:
    """Return the page of figures."""
    code = commit()
    packages, planted_in, found = secrets_found(arguments.packages, arguments.seed)
    counts = gate(arguments.tries, arguments.seed)
    metres, told = guesses(arguments.sites, arguments.seed), places_told(RELEASES)
    edges = {f"{abs(value):.4f}" for value in cell_of(-110.5, 29.5, CELL_M)}
    return [
        "# Figures of releases",
        "",
        f"Written by `python -m validation.canaries` on {arguments.date}, upwind {__version__} at {code}, never by",
        "hand.",
        "",
        "## Planted secrets",
        "",
        f"{packages:,} packages with {planted_in:,} secrets in what must stay (texts, keys, numbers, places,",
        "nested and plain). Looked for in every byte and in what is deflated; in every tenth also in the text and the",
        f"metadata of the PDF: **{found} found**.",
        "",
        "## The gate",
        "",
        f"{arguments.tries:,} random dockets, markings, partners and days; what forbids is known from the draw.",
        "",
        "| answer | tries |",
        "|---|---|",
        *(f"| {name} | {count:,} |" for name, count in counts.items()),
        "",
        "## Many releases of one site",
        "",
        f"{arguments.sites:,} places, each released {RELEASES} times with cells of {CELL_M:.0f} m. The attacker's mean",
        f"error: {metres['once']:.0f} m after one, **{metres['often']:.0f} m after {RELEASES}**. Places that are",
        f"moved at random each time would give {metres['moved']:.0f} m after {RELEASES}.",
        "",
        f"All files of {RELEASES} releases of one site tell {len(told)} coordinates: those of the cell's middle",
        f"and edges ({', '.join(sorted(edges))}, …), spelled as each format does.",
        "",
        "Two partners with cells of different sizes who put their packages together know the overlap of the cells.",
    ]


def main() -> int:
    """Try, and write the page; 1 where anything got out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the trial, stands on the page")
    parser.add_argument("--packages", type=int, default=10_000, metavar="N")
    parser.add_argument("--tries", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--sites", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "release-figures.md", metavar="F.md")
    arguments = parser.parse_args()
    lines = page(arguments)
    print("\n".join(lines))
    arguments.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    is_clean = any("**0 found**" in line for line in lines)
    leaks = [line for line in lines if line.startswith(("| outside", "| without", "| out of", "| worked"))]
    return int(not is_clean or any(not line.endswith("| 0 |") for line in leaks))


if __name__ == "__main__":
    sys.exit(main())
