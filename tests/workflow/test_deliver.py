"""A package by drop folder: keys rotate, the list of recalls goes along, and signed receipts come back."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from makers.releases import agreed
from makers.served import Desk, served

from upwind.release.envelope import payload_of
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.ledger import append
from upwind.store.places import default_url, open_store

AGREEMENT = """\
partner = "MEX"
from = 2026-01-01T00:00:00Z
to = 2099-12-31T00:00:00Z
legal_basis = "an exercise"
end_use_check = 2026-10-01
end_use_days = 3000
allow = ["probability", "gas"]
location = {cell_m = 1000}
marking = "UNCLASSIFIED//REL TO USA, MEX"
urgency = 14
focal_point = "the office of the attorney"
"""
OFFICERS = ("releaser-1", "releaser-2", "releaser-3")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.people(
        reviewer_1="--role reviewer",
        reviewer_2="--role reviewer",
        releaser_1="--role releaser",
        releaser_2="--role releaser",
        releaser_3="--role releaser",
        auditor_1="--role auditor",
        partner_1="--role partner --partner MEX",
        partner_2="--role partner --partner CAN",
    )
    for name in (*OFFICERS, "partner-1", "stranger-1"):
        made.run("key", "make", name, "--out", "keys")
    for folder in ("trust", "theirs", "drop"):
        (made.folder / folder).mkdir()
    for name in OFFICERS[:2]:
        (made.folder / "trust" / f"{name}.pub").write_bytes((made.folder / "keys" / f"{name}.pub").read_bytes())
    (made.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    made.run("partner", "add", "MEX", "--agreement", "agreement.toml", "--recipient", "keys/partner-1.age.pub",
             "--signer", "keys/partner-1.pub")  # fmt: skip
    made.import_sites("site-a", sensor="SECRET-7")
    with served(made):
        yield made


def root(desk: Desk, number: int, signers: tuple[str, ...], *change: str) -> None:
    """Draft a root document, let each sign it, and take it into the folder of trust."""
    desk.run("key", "rotate", "trust", *change, "--out", "r0.json")
    for step, name in enumerate(signers):
        key = ("--trust", "trust", "--key", f"keys/{name}.key", "--out", f"r{step + 1}.json")
        said = desk.run("key", "sign", f"r{step}.json", *key)
    assert f"all have signed: put it into every folder as {number}.root.json" in said
    assert f"Version {number}" in desk.run("key", "trust", "trust", "--add", f"r{len(signers)}.json")


def verify(desk: Desk, package: str, trust: str, listed: str, code: int) -> str:
    """Return what the partner's script says, having found that the command says it too."""
    words = (package, "--trust", trust, "--recalled", listed)
    script = [sys.executable, str(Path(__file__).parents[2] / "src" / "upwind" / "release" / "verify.py"), *words]
    done = subprocess.run(script, cwd=desk.folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert desk.run("release", "verify", *words, code=code).startswith(done.stdout.strip())
    return done.stdout


def listed(desk: Desk, out: str, *more: str, code: int = 0, person: str = "releaser-1") -> str:
    key = ("--as", person, "--key", f"keys/{person}.key", "--trust", "trust", "--out", out)
    return desk.run("release", "recalled", *key, *more, code=code)


def test_a_package_goes_by_drop_folder_and_is_called_back(desk: Desk) -> None:
    root(desk, 1, ("releaser-1", "releaser-2"))
    (desk.folder / "theirs" / "1.root.json").write_bytes((desk.folder / "trust" / "1.root.json").read_bytes())
    release = sealed(desk)
    deliver = ("release", "deliver", release, "--trust", "trust", "--to", "drop")
    assert "no list of recalls was signed" in desk.run(*deliver, code=1)
    assert "does not let releaser-3" in listed(desk, "l.json", code=3, person="releaser-3")
    listed(desk, "l.json")
    desk.run("release", "deliver", release, "--trust", "trust", "--to", "nowhere", code=1)
    assert "delivered" in desk.run(*deliver)
    drop = desk.folder / "drop"
    files = {"1.root.json", "recalled.json", f"{release}.zip", f"{release}.zip.sha256"}
    assert {path.name for path in drop.iterdir()} == files
    digest, name = (drop / f"{release}.zip.sha256").read_text(encoding="utf-8").split()
    assert hashlib.sha256((drop / name).read_bytes()).hexdigest() == digest
    assert f"drop/{name}" != verify(desk, f"drop/{name}", "theirs", "drop/recalled.json", 0)
    download(desk, release, (drop / name).read_bytes())
    receipts(desk, release)
    rotate(desk, release)
    call_back(desk, release)
    count(desk, release)


def sealed(desk: Desk) -> str:
    for who in ("reviewer-1", "reviewer-2"):
        assert desk.judged(who, "site-a").status_code == 201
    desk.run("release", "build", "site-a", "--partner", "MEX", "--as", "releaser-1", "--out", "0.zip")
    for step, name in enumerate(OFFICERS[:2]):
        key = ("--as", name, "--key", f"keys/{name}.key", "--out", f"{step + 1}.zip")
        desk.run("release", "sign", f"{step}.zip", *key)
    release: str = desk.ask("partner-1", "GET", "/releases").json()["releases"][0]["id"]
    return release


def download(desk: Desk, release: str, octets: bytes) -> None:
    """Give the partner the same package and list by the portal; others get neither."""
    assert desk.ask("partner-1", "GET", f"/releases/{release}/package").content == octets
    assert desk.ask("partner-2", "GET", f"/releases/{release}/package").status_code == 404
    host, head = desk.api.removesuffix("/api/v1"), {"Authorization": f"Bearer {desk.tokens['partner-1']}"}
    for url in (f"{host}/recalled.json", f"{desk.api}/recalled"):
        found = httpx.get(url, headers=head)
        assert found.content == (desk.folder / "drop" / "recalled.json").read_bytes()
        assert "attachment" in found.headers["content-disposition"]
    assert desk.ask("reviewer-1", "GET", "/recalled").status_code == 403
    assert desk.ask("", "GET", "/recalled").status_code == 401
    page = httpx.get(f"{host}/releases/{release}?lang=es", headers={**head, "Accept": "text/html"}).text
    assert "Descargar el paquete" in page
    assert "Lista de retiros" in httpx.get(f"{host}/?lang=es", headers={**head, "Accept": "text/html"}).text


def receipts(desk: Desk, release: str) -> None:
    """Count a receipt once, where a key of the partner signed it, of the package that was sealed."""
    make = ("release", "receipt", f"drop/{release}.zip", "--trust", "theirs")
    desk.run(*make, "--key", "keys/partner-1.key", "--out", "drop/receipt.json")
    desk.run(*make, "--key", "keys/stranger-1.key", "--out", "false.json")
    assert "foreign" in desk.run("release", "receive", "false.json", code=3)
    octets = (desk.folder / "drop" / "receipt.json").read_bytes()
    for number, bad in enumerate((b"", b"{}", octets[:-1], octets.replace(b'"sig":"', b'"sig":"A', 1))):
        (desk.folder / "bad.json").write_bytes(bad)
        assert desk.run("release", "receive", "bad.json", code=3), number
    first = desk.run("release", "receive", "drop/receipt.json")
    assert "in hand at MEX, signed by partner-1" in first
    assert desk.run("release", "receive", "drop/receipt.json") == first
    entries = desk.ask("auditor-1", "GET", "/log?limit=10000").json()["entries"]
    kept = [entry["body"] for entry in entries if entry["what"] in ("receipt", "delivery")]
    digest = hashlib.sha256((desk.folder / "drop" / f"{release}.zip").read_bytes()).hexdigest()
    assert [body["sha256"] for body in kept] == [digest] * 2
    assert kept[0]["root"] == kept[0]["recalls"] == 1
    assert kept[1]["signed"] == octets.decode()
    assert "assignment until" in desk.run("release", "list")


def rotate(desk: Desk, release: str) -> None:
    """Let a third officer come, then revoke the first one's key: what it signed is named as such."""
    package = f"drop/{release}.zip"
    root(desk, 2, ("releaser-1", "releaser-2"), "--officer", "keys/releaser-3.pub", "--root", "keys/releaser-3.pub")
    listed(desk, "l2.json")
    assert verify(desk, package, "theirs", "l2.json", 3).startswith("rolled-back: the list goes by 2.root.json")
    (desk.folder / "theirs" / "2.root.json").write_bytes((desk.folder / "trust" / "2.root.json").read_bytes())
    verify(desk, package, "theirs", "l2.json", 0)
    assert verify(desk, package, "theirs", "drop/recalled.json", 3).startswith("rolled-back: ")
    desk.run("key", "rotate", "trust", "--revoke", "releaser-1", "--out", "r0.json", code=1)
    lost = ("--revoke", "releaser-1", "--why", "the laptop was stolen")
    desk.run("key", "rotate", "trust", *lost, "--out", "r0.json")
    for name, code in (("releaser-2", 0), ("releaser-2", 3)):
        key = ("--trust", "trust", "--key", f"keys/{name}.key", "--out", "r1.json")
        said = desk.run("key", "sign", "r0.json" if code == 0 else "r1.json", *key, code=code)
    assert "has signed this already" in said
    assert "foreign" in desk.run("key", "trust", "trust", "--add", "r1.json", code=3)
    beside = desk.folder / "after"
    beside.mkdir()
    key = ("--trust", "trust", "--key", "keys/releaser-3.key", "--out", "r2.json")
    desk.run("key", "sign", "r1.json", *key)
    for number in (1, 2):
        (beside / f"{number}.root.json").write_bytes((desk.folder / "trust" / f"{number}.root.json").read_bytes())
    assert "revoked: releaser-1, since" in desk.run("key", "trust", "after", "--add", "r2.json")
    assert "the laptop was stolen" in verify(desk, package, "after", "l2.json", 3)
    assert verify(desk, package, "after", "l2.json", 3).startswith("revoked: the key of releaser-1")


def call_back(desk: Desk, release: str) -> None:
    """Say so in the next list; nothing more is delivered, and the holder signs what became of it."""
    desk.run("release", "recall", release, "--as", "releaser-1", "--reason", "the SECRET-7 was wrong")
    desk.run("release", "deliver", release, "--trust", "trust", "--to", "drop", code=3)
    listed(desk, "drop/recalled.json")
    octets = (desk.folder / "drop" / "recalled.json").read_bytes()
    said = json.dumps(payload_of(json.loads(octets)))
    for secret in ("SECRET-7", "releaser", "reviewer", "site-a", "MEX"):
        assert secret not in said
    assert desk.ask("partner-1", "GET", "/recalled").content == octets
    assert verify(desk, f"drop/{release}.zip", "theirs", "drop/recalled.json", 3).startswith("recalled: ")
    assert verify(desk, f"drop/{release}.zip", "theirs", "l2.json", 3).startswith("rolled-back: ")
    assert "what became of it" in desk.run("release", "list")
    make = ("release", "receipt", f"drop/{release}.zip", "--trust", "theirs", "--key", "keys/partner-1.key")
    desk.run(*make, "--state", "retained", "--out", "x.json", code=1)
    desk.run(*make, "--state", "destroyed", "--out", "drop/state.json")
    assert "is destroyed at MEX, signed by partner-1" in desk.run("release", "receive", "drop/state.json")
    assert "what became of it" not in desk.run("release", "list")
    desk.run("log", "verify")


def count(desk: Desk, release: str) -> None:
    """Enter complaints of partners and from outside by who may; they are counted."""
    complain = ("release", "complain", release, "--by", "resident", "--text", "it was our kitchen", "--as")
    desk.run(*complain, "auditor-1")
    desk.run(*complain, "reviewer-1", code=1)
    path = f"/releases/{release}/complaints"
    assert desk.ask("partner-1", "POST", path, json={"text": "the place was wrong"}).status_code == 201
    assert desk.ask("partner-1", "POST", path, json={"text": " "}).status_code == 422
    assert desk.ask("partner-2", "POST", path, json={"text": "?"}).status_code == 404
    desk.run("report", "--out", "oversight.pdf")
    said = json.loads((desk.folder / "oversight.json").read_text(encoding="utf-8"))["figures"]
    figures = {(row["figure"], row["group"]): row["value"] for row in said}
    assert (figures["complaints", ""], figures["complaints", "resident"], figures["complaints", "partner"]) == (2, 1, 1)
    desk.run("report", "check", "oversight.json")


def test_a_timer_reminds_and_writes_letters_once(tmp_path: Path) -> None:
    """By the real clock, of a release whose entries are a month old; the partner reads it on its page."""
    desk = Desk(tmp_path)
    desk.people(partner_1="--role partner --partner MEX")
    desk.import_sites("site-a")
    assert "No partner is overdue" in desk.run("release", "remind", "--texts", "letters")
    body = {"release": "release-1", "series": "series-1", "partner": "MEX", "sha256": "cd" * 32, "signers": ["a", "b"],
            "time": "2026-03-01T12:00:00Z", "expires": "2099-12-24T08:00:00Z"}  # fmt: skip
    told = agreed()
    text = told.body["agreement"] + 'urgency = 20\nfocal_point = "the office of the attorney"\n'
    url = default_url({"XDG_DATA_HOME": str(tmp_path / "data")})
    with open_store(url, lambda: datetime.now(UTC) - timedelta(days=31)) as store:
        store.write(
            lambda session: append(session, Draft(who="t", what=What.PARTNER, body={**told.body, "agreement": text}))
        )
        store.write(lambda session: append(session, Draft(who="a", what=What.RELEASE, case="site-a", body=body)))
    said = desk.run("release", "remind", "--texts", "letters")
    assert "reminder due" in said
    assert "now" in said
    (letter,) = (tmp_path / "letters").iterdir()
    assert letter.read_text(encoding="utf-8").startswith("A: the office of the attorney\nRecordatorio sobre release-1")
    letter.unlink()
    assert "before" in desk.run("release", "remind", "--texts", "letters")
    assert not list((tmp_path / "letters").iterdir())
    assert f"{datetime.now(UTC):%Y-%m-%d}" in desk.run("release", "list")
    with served(desk):
        api = desk.ask("partner-1", "GET", "/releases/release-1").json()["reminders"]
        assert [(one["waits_for"], one["standing"]) for one in api] == [("receipt", "reminder due")]
        page = f"{desk.api.removesuffix('/api/v1')}/releases/release-1"
        head = {"Authorization": f"Bearer {desk.tokens['partner-1']}", "Accept": "text/html"}
        assert "Recordatorio sobre release-1" in httpx.get(page, headers=head).text
        assert "Reminder about release-1" in httpx.get(f"{page}?lang=en", headers=head).text
