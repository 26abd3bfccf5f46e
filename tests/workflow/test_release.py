"""A site's way from judgements to a partner's desk and back, by the commands and the API that people use."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from defusedxml import ElementTree
from makers.served import Desk, served

from upwind.release.envelope import envelope_of, payload_of, statement
from upwind.release.verify import dumped, repacked, unpacked
from upwind.store.flown import record_flights
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
languages = ["es", "en"]
threshold = 2
signatures = 2
deconfliction = "the other agency"
urgency = 14
focal_point = "the office of the attorney"
"""
AT = "2026-10-20T12:00:00Z"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.people(
        reviewer_1="--role analyst --role reviewer",
        reviewer_2="--role reviewer",
        releaser_1="--role releaser",
        releaser_2="--role releaser",
        auditor_1="--role auditor",
        partner_1="--role partner --partner MEX",
        partner_2="--role partner --partner CAN",
    )
    for name in ("releaser-1", "releaser-2", "partner-1", "stranger-1"):
        made.run("key", "make", name, "--out", "keys")
    trust = made.folder / "trust"
    trust.mkdir()
    for name in ("releaser-1.pub", "releaser-2.pub"):
        (trust / name).write_bytes((made.folder / "keys" / name).read_bytes())
    add_partner(made, AGREEMENT)
    made.import_sites("site-a", "site-b", sensor="SECRET-7")
    with served(made):
        yield made


def build(desk: Desk, site: str, out: str, code: int = 0, at: str = AT) -> str:
    return desk.run(
        "release", "build", site, "--partner", "MEX", "--as", "releaser-1", "--at", at, "--out", out, code=code
    )


def sign(desk: Desk, package: str, person: str, out: str, code: int = 0) -> str:
    words = ("release", "sign", package, "--as", person, "--key", f"keys/{person}.key", "--out", out)
    return desk.run(*words, code=code)


def test_a_site_goes_all_the_way_and_is_called_back(desk: Desk) -> None:
    said = build(desk, "site-a", "draft.zip", code=3)
    for missing in ("standing is open", "0 of 2 confirming judgements", "an answer of the other agency"):
        assert missing in said
    assert not (desk.folder / "draft.zip").exists()
    for who in ("reviewer-1", "reviewer-2"):
        assert desk.judged(who, "site-a").status_code == 201
    assert "an answer of the other agency" in build(desk, "site-a", "draft.zip", code=3)
    desk.run("release", "deconflict", "site-a", "--asked", "the other agency", "--free", "--as", "releaser-1")
    build(desk, "site-a", "draft.zip", at="2098-10-20T12:00:00Z", code=3)  # the answer is too old by then
    at = max(entry["at"] for entry in desk.ask("auditor-1", "GET", "/log?limit=10000").json()["entries"])
    build(desk, "site-a", "draft.zip", at=at)
    build(desk, "site-a", "again.zip", at=at)
    assert (desk.folder / "draft.zip").read_bytes() == (desk.folder / "again.zip").read_bytes()

    sign_and_seal(desk)
    desk.run("log", "export", "--out", "log.jsonl")
    desk.run("release", "verify", "package.zip", "--trust", "trust", "--log", "log.jsonl")

    opening = ("release", "open", "package.zip", "--trust", "trust", "--out", "opened", "--identity")
    assert "foreign" in desk.run(*opening, "keys/stranger-1.age", code=3)
    desk.run(*opening, "keys/partner-1.age")
    site = json.loads((desk.folder / "opened" / "site.geojson").read_text(encoding="utf-8"))
    assert site["properties"]["cell_m"] == 1000
    assert site["geometry"]["coordinates"] != [-110.5, 29.5]
    opened = b"".join(path.read_bytes() for path in sorted((desk.folder / "opened").iterdir()))
    for secret in (b"SECRET-7", b"reviewer-1", b"site-a"):
        assert secret not in opened

    release = json.loads((desk.folder / "opened" / "manifest.json").read_text(encoding="utf-8"))["release"]
    listed = desk.run("release", "list")
    assert release in listed
    assert "receipt" in listed
    answer_as_a_partner(desk, release)
    assert "standing is open" in sign(desk, "once.zip", "releaser-2", "x.zip", code=3)
    assert not (desk.folder / "x.zip").exists()
    call_back(desk, release)


def sign_and_seal(desk: Desk) -> None:
    """Let two officers sign, each with an own key, what the gate let through and nothing else."""
    assert "unsigned" in desk.run("release", "verify", "draft.zip", "--trust", "trust", code=3)
    forge(desk, "draft.zip", "forged.zip")
    assert "not the draft" in sign(desk, "forged.zip", "releaser-1", "x.zip", code=3)
    sign(desk, "draft.zip", "releaser-1", "once.zip")
    assert "incomplete" in desk.run("release", "verify", "once.zip", "--trust", "trust", code=3)
    sign(desk, "once.zip", "releaser-1", "twice.zip", code=3)
    wrong = ("release", "sign", "once.zip", "--as", "releaser-2", "--key", "keys/releaser-1.key", "--out", "x.zip")
    desk.run(*wrong, code=3)
    add_partner(desk, AGREEMENT.replace("cell_m = 1000", "cell_m = 2000"))
    assert "was replaced" in sign(desk, "once.zip", "releaser-2", "x.zip", code=3)
    add_partner(desk, AGREEMENT)
    sign(desk, "once.zip", "releaser-2", "package.zip")
    assert "releaser-1, releaser-2" in desk.run("release", "verify", "package.zip", "--trust", "trust")


def call_back(desk: Desk, release: str) -> None:
    """Recall a release: verifiers, maps, lists and the partner know of it."""
    recall = ("release", "recall", release, "--as", "releaser-1", "--reason", "it was a bakery", "--cot", "off.cot")
    desk.run(*recall)
    desk.run(*recall, code=1)
    event, drawn = (ElementTree.parse(desk.folder / name).getroot() for name in ("off.cot", "opened/site.cot"))
    assert event.get("type") == "t-x-d-d"
    assert [link.get("uid") for link in event.iter("link")] == [drawn.get("uid")]
    assert "bakery" in desk.run("release", "list")
    assert "recalled" in sign(desk, "once.zip", "releaser-2", "x.zip", code=3)
    desk.run("log", "export", "--out", "later.jsonl")
    verify = ("release", "verify", "package.zip", "--trust", "trust", "--log", "later.jsonl")
    assert desk.run(*verify, code=3).startswith("recalled: ")
    script = [sys.executable, str(Path(str(desk.folder)) / "verify.py"), *verify[2:]]
    (desk.folder / "verify.py").write_bytes(_member(desk.folder / "package.zip", "verify.py"))
    done = subprocess.run(script, cwd=desk.folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split(":")[0]) == (3, "recalled")
    assert desk.ask("partner-1", "GET", f"/releases/{release}").json()["recalled"] == "it was a bakery"
    assert desk.ask("partner-1", "POST", f"/releases/{release}/recall", json={"state": "retained"}).status_code == 422
    assert desk.ask("partner-1", "POST", f"/releases/{release}/recall", json={"state": "destroyed"}).status_code == 201
    desk.run("log", "verify")


def answer_as_a_partner(desk: Desk, release: str) -> None:
    """Let the partner see its own release alone, have it in hand, and answer step by step; others see nothing of it."""
    path = f"/releases/{release}"
    assert [one["id"] for one in desk.ask("partner-1", "GET", "/releases").json()["releases"]] == [release]
    assert desk.ask("partner-2", "GET", "/releases").json() == {"releases": []}
    for method, where, body in (
        ("GET", "", None),
        ("POST", "/receipt", {}),
        ("POST", "/answers", {"step": "received"}),
    ):
        assert desk.ask("partner-2", method, f"{path}{where}", json=body).status_code == 404
        assert desk.ask("releaser-1", method, f"{path}{where}", json=body).status_code == 403
        assert desk.ask("", method, f"{path}{where}", json=body).status_code == 401
    assert "site-a" not in desk.ask("partner-1", "GET", path).text
    first = desk.ask("partner-1", "POST", f"{path}/receipt", json={"sha256": "ab" * 32})
    assert first.status_code == 201
    assert desk.ask("partner-1", "POST", f"{path}/receipt", json={"sha256": "ab" * 32}).json() == first.json()

    def answer(code: int, **said: object) -> str:
        found = desk.ask("partner-1", "POST", f"{path}/answers", json=said)
        assert found.status_code == code, found.text
        return found.text

    answer(409, step="acted", outcome="dismantled", activity="active", evidence="photo")
    answer(201, step="received")
    answer(201, step="needs more", text="the roof or the yard?")
    assert desk.ask("partner-1", "GET", path).json()["clock"]["waits_for"] == "our reply"
    reply_to_a_partner(desk, release)
    answer(201, step="classified")
    answer(422, step="declined")
    answer(201, step="acting")
    assert "activity" in answer(422, step="acted", outcome="dismantled", evidence="photo")
    seized = [{"substance": "acetone", "grams": 1200}]
    answer(201, step="acted", outcome="dismantled", activity="active", evidence="photo", arrests=2, seized=seized)
    answer(201, step="acted", outcome="dismantled", activity="inactive", evidence="document")
    said = desk.ask("partner-1", "GET", path).json()
    steps = ["received", "needs more", "classified", "acting", "acted", "acted"]
    assert [one["step"] for one in said["answers"]] == steps
    fly_again(desk, release)
    assert [one["activity"] for one in said["answers"][-2:]] == ["active", "inactive"]
    answer(201, step="contested", text="demonstrable error: the chimney next door")
    assert desk.ask("reviewer-1", "GET", "/cases/site-a").json()["state"] == "open"


def reply_to_a_partner(desk: Desk, release: str) -> None:
    """Let a releaser reply, and nobody else; the partner reads it without a name."""
    path = f"/releases/{release}"
    for who, code in (("partner-1", 403), ("reviewer-1", 403), ("", 401)):
        assert desk.ask(who, "POST", f"{path}/replies", json={"text": "?"}).status_code == code
    assert desk.ask("releaser-1", "POST", f"{path}/replies", json={"text": " "}).status_code == 422
    assert desk.ask("releaser-1", "POST", "/releases/release-0/replies", json={"text": "?"}).status_code == 404
    assert desk.ask("releaser-1", "POST", f"{path}/replies", json={"text": "the roof"}).status_code == 201
    desk.run("release", "reply", release, "--text", "its north side", "--as", "releaser-2")
    said = desk.ask("partner-1", "GET", path).json()
    assert [one["text"] for one in said["replies"]] == ["the roof", "its north side"]
    assert "releaser" not in json.dumps(said["replies"])
    page = desk.api.replace("/api/v1", f"/releases/{release}?lang=es")
    shown = httpx.get(page, headers={"Authorization": f"Bearer {desk.tokens['partner-1']}", "Accept": "text/html"})
    assert "Nuestras respuestas" in shown.text
    assert "its north side" in shown.text
    assert said["clock"]["waits_for"] == "a decision to act or not"
    assert said["clock"]["standing"] == "in time"


def fly_again(desk: Desk, release: str) -> None:
    """Having been acted on, the site asks for a flight once; what later flights say of it is weighed."""
    entries = json.loads(desk.ask("auditor-1", "GET", "/log?limit=10000").text)["entries"]
    asked = [entry for entry in entries if entry["what"] == "flight-request"]
    assert [(entry["case"], release in entry["body"]["why"]) for entry in asked] == [("site-a", True)]
    assert "not enough data: 0 passes" in desk.run("release", "refly", release)
    days = [(day, f"{2020 if day <= 10 else 2098}-01-{day:02d}") for day in range(1, 31)]
    flights = [
        {
            "flight": f"F{day}",
            "platform": "P",
            "from": f"{date}T10:00:00Z",
            "to": f"{date}T11:00:00Z",
            "duration_s": 3600.0,
            "files": [{"sha256": f"{day:064d}"}],
        }
        for day, date in days
    ]
    with open_store(default_url({"XDG_DATA_HOME": str(desk.folder / "data")})) as store:
        store.write(lambda session: record_flights(session, "command line", {"flights": flights, "entries": []}))

    def term(day: int, kind: str, alone: float) -> dict[str, object]:
        return {"kind": kind, "evidence": f"F{day}", "undiscounted": alone}

    seen, silent = (
        [term(day, "seen", 5.0) for day in range(1, 11)],
        [term(day, "silent", -0.4) for day in range(11, 31)],
    )
    desk.import_sites("site-a", terms=[*seen, *silent], sensor="SECRET-7")
    assert desk.run("release", "refly", release).startswith("gone: 20 passes")
    desk.import_sites("site-a", terms=[*seen, *silent[:-1], term(30, "seen", 5.0)], sensor="SECRET-7")
    assert desk.run("release", "refly", release).startswith("not enough data: 20 passes")
    again = [term(day, "seen", 5.0) for day in range(13, 31)]
    told = {"kind": "report", "name": "denuncia", "evidence": "R1", "undiscounted": 1.0, "counted_with": ""}
    desk.import_sites("site-a", terms=[*seen, *silent[:2], *again, told], sensor="SECRET-7")
    assert desk.run("release", "refly", release, code=3).startswith("still there: 20 passes")
    assert "not enough data" in desk.run("report", "effect")


def add_partner(desk: Desk, agreement: str) -> None:
    (desk.folder / "agreement.toml").write_text(agreement, encoding="utf-8")
    desk.run("partner", "add", "MEX", "--agreement", "agreement.toml", "--recipient", "keys/partner-1.age.pub")


def forge(desk: Desk, draft: str, out: str) -> None:
    """Write a draft that says of itself that it is whole, with another place in it than the gate let through."""
    members = unpacked((desk.folder / draft).read_bytes())
    plain = {name.removeprefix("plain/"): octets for name, octets in members.items() if name.startswith("plain/")}
    plain["site.geojson"] = plain["site.geojson"].replace(b"-110.", b"-111.")
    said = payload_of(json.loads(members["release.json"]))
    envelope = envelope_of(statement(said["predicateType"], plain, said["predicate"]))
    forged = {f"plain/{name}": octets for name, octets in plain.items()} | {"release.json": dumped(envelope)}
    (desk.folder / out).write_bytes(repacked(forged))


def _member(package: Path, name: str) -> bytes:
    from zipfile import ZipFile  # noqa: PLC0415 - here alone

    with ZipFile(package) as archive:
        return archive.read(name)


def test_those_who_oversee_can_count_it_all_again(desk: Desk) -> None:
    """Every figure of the report is one that the log gives; a changed one is named."""
    desk.run("report", "--out", "oversight.pdf")
    assert (desk.folder / "oversight.pdf").read_bytes().startswith(b"%PDF")
    said = json.loads((desk.folder / "oversight.json").read_text(encoding="utf-8"))
    figures = {(row["figure"], row["group"]): row["value"] for row in said["figures"]}
    assert figures["releases", "MEX"] == 1
    assert figures["releases: receipt", "MEX"] == 1
    assert figures["recalls", ""] == 1
    assert figures["outcome: dismantled", ""] == 1
    assert figures["denied access", ""] >= 3
    desk.run("report", "check", "oversight.json")
    desk.run("report", "--audience", "public", "--out", "public.pdf")
    public = json.loads((desk.folder / "public.json").read_text(encoding="utf-8"))
    assert {row["section"] for row in public["figures"]} == {"sites", "answers"}
    assert not [row for row in public["figures"] if isinstance(row["value"], int) and 0 < row["value"] < 5]
    desk.run("report", "check", "public.json")
    assert "0 cells" in desk.run("report", "hotspots", "--out", "hotspots.geojson")
    assert "with a site: 1, without: 0" in desk.run("report", "ratios", "--out", "ratios.toml")
    learnt = (desk.folder / "ratios.toml").read_text(encoding="utf-8")
    assert "told of 1 of 1 sites, 0 of 0 other places" in learnt.partition('["odour complaint"]')[0]
    assert "would tell places" in desk.run("report", "hotspots", "--cell-m", "900", "--out", "h.geojson", code=1)
    next(row for row in said["figures"] if row["figure"] == "recalls")["value"] = 0
    (desk.folder / "changed.json").write_text(json.dumps(said), encoding="utf-8")
    assert "recalls: 0/None/None in the report, 1/None/None by the log" in desk.run(
        "report", "check", "changed.json", code=3
    )


def test_a_person_who_judged_may_not_release(desk: Desk) -> None:
    said = desk.run("release", "build", "site-b", "--partner", "MEX", "--as", "reviewer-1", "--out", "d.zip", code=1)
    assert "no releaser" in said


def test_what_was_disputed_waits_for_a_third(desk: Desk) -> None:
    assert desk.judged("reviewer-1", "site-b").status_code == 201
    assert desk.judged("reviewer-2", "site-b", verdict="rejected").status_code == 201
    said = desk.ask("reviewer-1", "GET", "/cases?state=third").json()
    assert [row["id"] for row in said["cases"]] == ["site-b"]
    assert "standing is third" in build(desk, "site-b", "draft-b.zip", code=3)
