"""Sites, agreements, keys and packages to try releases on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from upwind.records import Agreement
from upwind.release.content import Content, content_of
from upwind.release.keys import SigningKey, load_recipient, load_signing_key, made
from upwind.release.package import drafted, sign
from upwind.release.policy import Docket, clear
from upwind.review.log import Draft

__all__ = ["NOW", "Officers", "agreed", "agreement", "content", "docket", "officers", "package", "site"]

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)


def site(**properties: Any) -> dict[str, Any]:
    said = {"id": "site-0123456789abcdef", "probability": 0.83, "gas": "acetone", **properties}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-110.5, 29.5]}, "properties": said}


def agreement(**changes: Any) -> Agreement:
    plain = Agreement(
        partner="MEX",
        start=datetime(2026, 1, 1, tzinfo=UTC),
        end=datetime(2026, 12, 31, tzinfo=UTC),
        legal_basis="an exercise",
        end_use_check=date(2026, 10, 1),
        end_use_days=365,
        allow=("probability", "gas"),
        cell_m=None,
        marking="UNCLASSIFIED//REL TO USA, MEX",
        languages=("es", "en"),
        threshold=2,
        signatures=2,
        deconfliction="",
        digest="ab" * 32,
    )
    return replace(plain, **changes)


def docket(**changes: Any) -> Docket:
    return replace(Docket(state="confirmed", confirmed_by=frozenset({"reviewer-1", "reviewer-2"})), **changes)


def content(feature: dict[str, Any] | None = None, at: datetime = NOW, **changes: Any) -> Content:
    agreed = agreement(**changes)
    cleared = clear(feature or site(), docket(), agreed, "releaser-1", at)
    sheet = {"es": ("Mantenga distancia.",), "en": ("Keep away.",)}
    return content_of(cleared, sheet, ("cd" * 32,), {"size": 1, "root": "ef" * 32})


@dataclass(frozen=True, slots=True, kw_only=True)
class Officers:
    """Two who sign, whom the folder `trust` names, and one who reads."""

    folder: Path
    trust: Path
    first: SigningKey
    second: SigningKey
    recipient: str


def officers(folder: Path) -> Officers:
    trust = folder / "trust"
    trust.mkdir(parents=True)
    for name in ("officer-1", "officer-2", "partner"):
        for file, octets in made(name, "").items():
            (folder / file).write_bytes(octets)
    for name in ("officer-1.pub", "officer-2.pub"):
        (trust / name).write_bytes((folder / name).read_bytes())
    keys = [load_signing_key(folder / f"officer-{number}.key", "") for number in (1, 2)]
    recipient = load_recipient(folder / "partner.age.pub")
    return Officers(folder=folder, trust=trust, first=keys[0], second=keys[1], recipient=recipient)


def package(who: Officers, told: Content) -> bytes:
    once = sign(drafted(told), who.first, who.recipient)
    return sign(once, who.second, who.recipient)


def agreed(partner: str = "MEX") -> Draft:
    """Return the entry of an agreement with a partner, as `upwind partner add` writes it."""
    text = f"""partner = "{partner}"
from = 2026-01-01T00:00:00Z
to = 2099-12-31T00:00:00Z
legal_basis = "an exercise"
end_use_check = 2026-10-01
allow = ["probability"]
location = "exact"
marking = "UNCLASSIFIED//REL TO {partner}"
"""
    body = {"partner": partner, "agreement": text, "sha256": "0" * 64, "recipient": "age1"}
    return Draft(who="test", what="partner", body=body)
