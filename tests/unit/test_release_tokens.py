"""A key in a token signs root documents, packages and lists of recalls as one in a file does, and never leaves it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from makers.releases import NOW, content
from makers.trust import YEAR, Keyring, Lists

from upwind.cli import main
from upwind.errors import InputError
from upwind.release.keys import load_recipient
from upwind.release.package import drafted, sign
from upwind.release.tokens import load_token_key
from upwind.release.trust import Change, next_root, root_of, sign_root
from upwind.release.verify import verified

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
MODULE = next((path for path in MODULES if Path(path).exists()), "")
PIN = "1234"


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a key of officer-9 in a token made for these tests."""
    pkcs11 = pytest.importorskip("pkcs11", reason="needs python-pkcs11")
    tool = shutil.which("softhsm2-util")
    if not MODULE or tool is None:
        pytest.skip("needs SoftHSM (apt-get install softhsm2)")
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")  # read once, by the module
    words = ["--init-token", "--free", "--label", "officers", "--so-pin", "5678", "--pin", PIN]
    subprocess.run([tool, *words], check=True, capture_output=True)
    curve = bytes.fromhex("06032b6570")  # RFC 8410: the identifier of Ed25519
    with pkcs11.lib(MODULE).get_token(token_label="officers").open(rw=True, user_pin=PIN) as session:  # noqa: S106 - a label
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC_EDWARDS, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
        )
        parameters.generate_keypair(mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label="officer-9")
    return f"pkcs11:token=officers;object=officer-9?module-path={MODULE}"


def test_a_key_in_a_token_signs_all_that_one_in_a_file_does(uri: str, tmp_path: Path) -> None:
    ring = Keyring(tmp_path / "ring")
    ring.put(ring.root(signers="ab"))
    key = load_token_key(uri, PIN)
    os.environ["UPWIND_PASSPHRASE"] = PIN
    try:
        assert main(["key", "public", "--key", uri, "--out", str(tmp_path)]) == 0
    finally:
        del os.environ["UPWIND_PASSPHRASE"]
    public = tmp_path / "officer-9.pub"
    before = root_of(ring.trust)
    octets = next_root(before, Change(officers=[public], roots=[public], until=NOW + YEAR, at=NOW))
    for each in (ring.keys["a"], ring.keys["b"], key):
        octets, _, _ = sign_root(octets, before, each)
    ring.put(octets)
    recipient = load_recipient(ring.folder / "a.age.pub")
    whole = sign(sign(drafted(content()), ring.keys["a"], recipient), key, recipient)
    what, who = verified(whole, str(ring.trust), None, NOW)
    assert who == ["a", "officer-9"]
    ring.keys["t"] = key
    (tmp_path / "l.json").write_bytes(Lists(ring=ring, what=what).made(signer="t"))
    assert verified(whole, str(ring.trust), None, NOW, str(tmp_path / "l.json"))[1] == who


def test_what_does_not_sign_is_one_line(uri: str) -> None:
    for wrong, pin in (
        (uri, "0000"),
        (uri.replace("officer-9", "officer-8"), PIN),
        (uri.replace("officers", "others"), PIN),
    ):
        with pytest.raises(InputError, match="does not sign"):
            load_token_key(wrong, pin)


@pytest.mark.parametrize(
    "name", ["pkcs11:", "pkcs11:token=a", "pkcs11:token=a;object=b", "pkcs11:object=b?module-path=c"]
)
def test_a_name_must_be_whole(name: str) -> None:
    with pytest.raises(InputError, match="names no key"):
        load_token_key(name, "")


def test_a_module_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("pkcs11", reason="needs python-pkcs11")
    words = ["--key", f"pkcs11:token=a;object=b?module-path={tmp_path / 'no.so'}", "--out", str(tmp_path)]
    assert main(["key", "public", *words]) == 1
    assert "does not sign" in capsys.readouterr().err
