"""A confirmed site on its way to a partner, by the commands that officers type."""

from __future__ import annotations

from pathlib import Path

from makers.served import Desk

__all__ = ["released", "staffed"]

AGREEMENT = """\
partner = "MEX"
from = 2026-01-01T00:00:00Z
to = 2099-12-31T00:00:00Z
legal_basis = "an exercise"
end_use_check = 2026-10-01
end_use_days = 3000
allow = ["probability", "gas", "emission_rate", "explanations"]
location = "exact"
marking = "UNCLASSIFIED//REL TO MEX"
"""


def staffed(folder: Path) -> Desk:
    """Return a desk with everybody whom a site meets on its way."""
    desk = Desk(folder)
    desk.people(
        analyst_1="--role analyst",
        reviewer_1="--role reviewer",
        releaser_1="--role releaser",
        releaser_2="--role releaser",
        auditor_1="--role auditor",
        partner_1="--role partner --partner MEX",
    )
    return desk


def released(desk: Desk, case: str) -> str:
    """Return the name of a release: keys made, agreement entered, built, signed twice (p.zip), recalls listed."""
    for name in ("releaser-1", "releaser-2", "partner-1"):
        desk.run("key", "make", name, "--out", "keys")
    (desk.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    desk.run("partner", "add", "MEX", "--agreement", "agreement.toml", "--recipient", "keys/partner-1.age.pub")
    desk.run("release", "build", case, "--partner", "MEX", "--as", "releaser-1", "--out", "draft.zip")
    for person, package, out in (("releaser-1", "draft.zip", "once.zip"), ("releaser-2", "once.zip", "p.zip")):
        desk.run("release", "sign", package, "--as", person, "--key", f"keys/{person}.key", "--out", out)
    signing = ("--as", "releaser-1", "--key", "keys/releaser-1.key", "--trust", "keys", "--out", "recalled.json")
    desk.run("release", "recalled", *signing)
    name: str = desk.ask("partner-1", "GET", "/releases").json()["releases"][0]["id"]
    return name
