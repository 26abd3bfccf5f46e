"""Whose word counts: root documents by version, each signed by enough keys of its own and of the one before.

A folder of trust holds ``1.root.json``, ``2.root.json`` and so on; the verifier follows them. Before there is a first
one, the public keys in the folder stand for it, and must sign it.

References
----------
The Update Framework, specification 1.0, sections 5.3 (root metadata) and 6.1 (key rotation).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from upwind.errors import FindingError, InputError
from upwind.release.content import stamp
from upwind.release.envelope import envelope_of, signed, statement
from upwind.release.keys import SigningKey, load_public
from upwind.release.verify import FEWEST, ROOT_KIND, Refused, dumped, stated, trusted

__all__ = ["Change", "files_of_trust", "installed", "next_root", "root_of", "sign_root"]

#: What a key may be for: to sign root documents, packages, and lists of recalls.
_ROLES = ("root", "release", "recalls")
_FIELDS = {"version", "expires", "threshold", "keys", "roles", "revoked"}
_EVER = ""  # before every expiry: what was good once may still be followed


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a new root document changes: public keys that come, names whose keys are revoked, and why."""

    officers: Sequence[Path] = ()
    roots: Sequence[Path] = ()
    revoked: Sequence[str] = ()
    why: str = ""
    until: datetime
    at: datetime


def root_of(folder: Path, now: str = _EVER) -> Mapping[str, Any]:
    """Return the last root document of a folder of trust, followed from the first; expired ones too where now is ""."""
    try:
        root: Mapping[str, Any] = trusted(str(folder), now)
    except Refused as error:
        raise FindingError(str(error)) from None
    except (LookupError, TypeError, ValueError) as error:
        msg = f"malformed: {folder} holds what is no root document and no key ({error!r})"
        raise FindingError(msg) from None
    return root


def next_root(root: Mapping[str, Any], change: Change) -> bytes:
    """Return the unsigned root document that comes after one.

    Raises
    ------
    InputError
        Fewer than two would be left for a role, it revokes whom it does not know, or it says not why.
    """
    keys, roles = dict(root["keys"]), {role: list(root["roles"][role]) for role in _ROLES}
    for paths, for_what in ((change.officers, ("release", "recalls")), (change.roots, ("root",))):
        for path in paths:
            name, public = load_public(path)
            key = hashlib.sha256(public).hexdigest()
            keys[key] = {"name": name, "public": public.hex()}
            for role in for_what:
                roles[role] += [key] if key not in roles[role] else []
    known = {key: one["name"] for key, one in root["keys"].items()}
    gone = {key: _gone(name, change) for key, name in known.items() if name in change.revoked}
    unknown = set(change.revoked) - set(known.values())
    if unknown or (gone and not change.why.strip()):
        msg = f"there is no key of {', '.join(sorted(unknown))} to revoke" if unknown else "say --why keys are revoked"
        raise InputError(msg)
    roles = {role: sorted(key for key in held if key not in gone) for role, held in roles.items()}
    for role, held in roles.items():
        if len({keys[key]["name"] for key in held}) < FEWEST:
            msg = f"fewer than {FEWEST} people would be left for the role {role!r}; add keys"
            raise InputError(msg)
    body = {
        "version": root["version"] + 1,
        "expires": stamp(change.until),
        "threshold": FEWEST,
        "keys": {key: one for key, one in keys.items() if key not in gone},
        "roles": roles,
        "revoked": {**root["revoked"], **gone},
    }
    return dumped(envelope_of(statement(ROOT_KIND, {}, body)))


def _gone(name: str, change: Change) -> str:
    return f"{name}, since {stamp(change.at)}: {change.why.strip()}"


def sign_root(octets: bytes, root: Mapping[str, Any], key: SigningKey) -> tuple[bytes, dict[str, Any], str]:
    """Return a root document with one signature more, what it says, and who must still sign; "" where nobody must.

    Raises
    ------
    FindingError
        The key is of neither its own root role nor that of the one before, or has signed it already.
    """
    new, keys = _read(octets, root)
    if key.id not in {*root["roles"]["root"], *new["roles"]["root"]}:
        msg = f"the key of {key.name} may not sign root documents: neither version names it for that"
        raise FindingError(msg)
    if key.id in keys:
        msg = f"{key.name} has signed this already; another must"
        raise FindingError(msg)
    octets = dumped(signed(json.loads(octets), key))
    lacking = []
    for one in (root, new) if root["keys"] else (new,):
        have = stated(octets, ROOT_KIND, one, "root")[2]
        if len(have) < one["threshold"]:
            lacking.append(f"{one['threshold'] - len(have)} more of version {one['version']}")
    return octets, new, " and ".join(lacking)


def _read(octets: bytes, root: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, bytes]]:
    try:
        new, _, _, keys = stated(octets, ROOT_KIND, root, "root")
    except Refused as error:
        raise FindingError(str(error)) from None
    if not set(new) >= _FIELDS or type(new["version"]) is not int:
        msg = "malformed: this is no root document of upwind"
        raise FindingError(msg)
    return new, keys


def installed(octets: bytes, folder: Path) -> tuple[str, Mapping[str, Any]]:
    """Return the name under which a root document may be put into a folder of trust, and what it says.

    The verifier itself says so, on a copy of the folder with the new one in it.

    Raises
    ------
    FindingError
        Too few have signed it, or it does not come next.
    """
    root = root_of(folder)
    new, _ = _read(octets, root)
    if new["version"] <= root["version"]:
        msg = f"rolled-back: the folder is at version {root['version']}, and this is {new['version']}"
        raise FindingError(msg)
    name = f"{new['version']}.root.json"
    with tempfile.TemporaryDirectory() as beside:
        for path in files_of_trust(folder):
            shutil.copy(path, beside)
        Path(beside, name).write_bytes(octets)
        return name, root_of(Path(beside))


def files_of_trust(folder: Path) -> list[Path]:
    """Return the files of a folder that say whose word counts."""
    return sorted([*folder.glob("*.root.json"), *folder.glob("*.pub")])
