"""What `upwind serve --oidc` reads: what the operator agreed with an OpenID Connect issuer."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from upwind.errors import FormatError
from upwind.web.issuer import Registration, is_safe

__all__ = ["read_registration"]

_NEEDED = ("issuer", "client_id", "url", "claim")
_SECRETS = ("client_secret_file", "client_secret_env")
_OTHERS = ("label", "scope")


def read_registration(path: Path, environment: Mapping[str, str] = os.environ) -> Registration:
    """Return what a file says of the issuer; the secret is in another file or the environment, never in this one.

    Raises
    ------
    FormatError
        It is no TOML, or something in it is missing, unknown or cannot be.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FormatError(str(path), "", f"this is not TOML ({error})", "") from None
    _check(path, said)
    issuer, url = said["issuer"], said["url"].rstrip("/")
    return Registration(
        issuer=issuer,
        client_id=said["client_id"],
        secret=_secret(path, said, environment),
        url=url,
        claim=said["claim"],
        label=said.get("label", urlsplit(issuer).netloc),
        scope=said.get("scope", "openid profile"),
    )


def _check(path: Path, said: Mapping[str, Any]) -> None:
    known = (*_NEEDED, *_SECRETS, *_OTHERS)
    for name in _NEEDED:
        if name not in said:
            raise FormatError(str(path), name, "it is missing", f"give {', '.join(_NEEDED)}")
    for name, value in said.items():
        if name not in known:
            raise FormatError(str(path), name, "there is no such setting", f"the settings are {', '.join(known)}")
        if not isinstance(value, str) or not value.strip():
            raise FormatError(str(path), name, "this is no text", f'write {name} = "…"')
    for name in ("issuer", "url"):
        parts = urlsplit(said[name])
        if not is_safe(said[name]) or parts.query or parts.fragment or parts.username:
            fault = f"{said[name][:80]!r} cannot be asked safely"
            raise FormatError(str(path), name, fault, "give an address that begins with https://")
    if "openid" not in said.get("scope", "openid").split():
        raise FormatError(str(path), "scope", "it asks for no ID token", 'give "openid" among the scopes')
    if len([name for name in _SECRETS if name in said]) > 1:
        raise FormatError(str(path), _SECRETS[1], "the secret is in two places", "give one of them")


def _secret(path: Path, said: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Return the client's secret; "" for a public client, which has none."""
    if (name := said.get("client_secret_env")) is not None:
        if not environment.get(name):
            raise FormatError(str(path), "client_secret_env", f"the variable {name} is not set", "set it to the secret")
        return environment[name]
    if (name := said.get("client_secret_file")) is not None:
        file = path.parent / name
        try:
            secret = file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise FormatError(str(path), "client_secret_file", f"{file} cannot be read ({error})", "") from None
        if not secret:
            raise FormatError(str(path), "client_secret_file", f"{file} is empty", "put the secret there")
        return secret
    return ""
