"""What must be read again and yet lie in the store unreadable: sealed with a key that is kept apart from it.

AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a nonce drawn for each; what is sealed opens only under the name
it was sealed for, so that nobody who writes to the database can pass one account's off as another's.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upwind.errors import LostKeyError, StoreError

__all__ = ["VARIABLE", "Key", "Keys"]

#: The environment variable that holds the key where no file does.
VARIABLE = "UPWIND_STORE_KEY"
_KEY_BYTES, _NONCE_BYTES = 32, 12
_REMEDY = f"put its file back or set {VARIABLE}; `upwind store key --new` begins anew where it is lost for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key and what it is called: the beginning of its digest, which tells nothing of it."""

    octets: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Name it in the store and to people."""
        return hashlib.sha256(b"upwind store key\n" + self.octets).hexdigest()[:12]

    def sealed(self, secret: bytes, of: str) -> str:
        """Return a secret as text that only this key opens, and only for whom it is of."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(self.octets).encrypt(nonce, secret, of.encode())).decode()

    def opened(self, sealed: str, of: str) -> bytes:
        """Return the secret that was sealed.

        Raises
        ------
        LostKeyError
            It was sealed for somebody else, or was changed.
        """
        octets = base64.b64decode(sealed)
        try:
            return AESGCM(self.octets).decrypt(octets[:_NONCE_BYTES], octets[_NONCE_BYTES:], of.encode())
        except InvalidTag:
            msg = f"what the store holds for {of} is not what was sealed for them: set it up anew"
            raise LostKeyError(msg) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Where the key of a store is: its file, None for none, unless the environment gives one."""

    path: Path | None = None
    given: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """Where the key is to be, in words."""
        return VARIABLE if self.given else str(self.path)

    def held(self) -> Key | None:
        """Return the key; None where there is none.

        Raises
        ------
        LostKeyError
            What is there is no key.
        """
        if self.given:
            return _key(self.given, VARIABLE)
        return _read(self.path) if self.path is not None else None

    def named(self, name: str, of: str) -> Key:
        """Return the key of a name: the one that is held, or one of before whose file lies beside it.

        Raises
        ------
        LostKeyError
            It is not here.
        """
        before = _read(self._beside(self.path, name)) if self.path is not None else None
        found = next((key for key in (self.held(), before) if key is not None and key.name == name), None)
        if found is None:
            where = f"{self.place} holds another" if self.held() is not None else f"{self.place} is not there"
            msg = f"{of}: this is sealed with key {name}, and {where}: {_REMEDY}"
            raise LostKeyError(msg)
        return found

    def made(self) -> Key:
        """Return a new key, now in its file, which only its owner may read; one that was there lies beside it."""
        if self.path is None or self.given:
            msg = f"a new key cannot be kept: {VARIABLE} gives one" if self.given else "this store keeps no key"
            raise StoreError(msg)
        key = Key(octets=secrets.token_bytes(_KEY_BYTES))
        beside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}.part")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(base64.b64encode(key.octets) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if (before := _read(self.path)) is not None:
                self.path.rename(self._beside(self.path, before.name))
            beside.rename(self.path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            msg = f"{self.path}: the key cannot be kept ({error.strerror})"
            raise StoreError(msg) from error
        return key

    @staticmethod
    def _beside(path: Path, name: str) -> Path:
        """Return where a key of before lies."""
        return path.with_name(f"{path.name}.{name}")


def _read(path: Path) -> Key | None:
    return _key(path.read_text(encoding="ascii", errors="replace"), str(path)) if path.is_file() else None


def _key(text: str, place: str) -> Key:
    try:
        octets = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        octets = b""
    if len(octets) != _KEY_BYTES:
        msg = f"{place}: this is no key of a store; give {_KEY_BYTES} bytes in base64, as upwind wrote them"
        raise LostKeyError(msg)
    return Key(octets=octets)
