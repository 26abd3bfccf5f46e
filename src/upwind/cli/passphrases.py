"""Passphrases: from the environment, or asked for where somebody sits at a terminal."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from upwind.errors import InputError
from upwind.release.keys import SigningKey, load_signing_key
from upwind.release.tokens import load_token_key

__all__ = ["new_passphrase", "passphrase_for", "signing_key"]

_VARIABLE = "UPWIND_PASSPHRASE"
_HARDWARE = "pkcs11:"


def new_passphrase(name: str) -> str:
    """Return the passphrase that is to lock a new key; without a terminal and none given, none locks it."""
    if _VARIABLE in os.environ:
        return os.environ[_VARIABLE]
    if not sys.stdin.isatty():
        return ""
    first = getpass.getpass(f"Passphrase for the keys of {name} (empty: none): ")
    if first and getpass.getpass("Once more: ") != first:
        msg = "the two passphrases differ; try again"
        raise InputError(msg)
    return first


def signing_key(path: Path) -> SigningKey:
    """Return the one key that a command signs with: of a file, or of a token (``pkcs11:…``)."""
    if not str(path).startswith(_HARDWARE):
        return load_signing_key(path, passphrase_for(path))
    if _VARIABLE in os.environ or not sys.stdin.isatty():
        return load_token_key(str(path), os.environ.get(_VARIABLE, ""))
    return load_token_key(str(path), getpass.getpass("PIN of the token: "))


def passphrase_for(path: Path) -> str:
    """Return the passphrase that opens a key's file; an open one needs none."""
    octets = path.read_bytes()
    if b"ENCRYPTED" not in octets and not octets.startswith(b"age-encryption.org/"):
        return ""
    if _VARIABLE in os.environ or not sys.stdin.isatty():
        return os.environ.get(_VARIABLE, "")
    return getpass.getpass(f"Passphrase for {path.name}: ")
