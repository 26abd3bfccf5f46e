"""Keys in files: who signs, and who may read.

A signing key is Ed25519 (RFC 8032) as PEM, under a passphrase where there is one; above it stands whose it is. An
identity to read with is that of age (X25519).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyrage
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from upwind.errors import FormatError, InputError

__all__ = [
    "SigningKey",
    "key_id",
    "load_identity",
    "load_public",
    "load_recipient",
    "load_signing_key",
    "made",
    "public_file",
    "require_name",
]

_OWNER = re.compile(r"^upwind key of ([a-z0-9][a-z0-9._-]{0,63})$", re.MULTILINE)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LOCKED = b"age-encryption.org/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key to sign with, and whose it is; `signer` signs, in memory or in hardware."""

    name: str
    public: Ed25519PublicKey
    signer: Callable[[bytes], bytes]

    @property
    def id(self) -> str:
        """The SHA-256 of the public key, as envelopes name it."""
        return key_id(self.public)

    def sign(self, octets: bytes) -> bytes:
        """Return the signature over bytes."""
        return self.signer(octets)


def key_id(public: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key's DER."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(public.public_bytes(serialization.Encoding.DER, form)).hexdigest()


def require_name(name: str) -> None:
    """Raise `InputError` unless a name can be an account's and a file's."""
    if not _NAME.fullmatch(name):
        msg = f"{name!r} cannot be a key's name; use small letters, digits, '.', '-' and '_', up to 64"
        raise InputError(msg)


def made(name: str, passphrase: str) -> dict[str, bytes]:
    """Return the four files of a new pair of pairs, by name; without a passphrase the private ones lie open."""
    require_name(name)
    owner = f"upwind key of {name}\n".encode()
    private = Ed25519PrivateKey.generate()
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        lock = serialization.BestAvailableEncryption(passphrase.encode())
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = private.public_key().public_bytes(serialization.Encoding.PEM, form)
    identity = pyrage.x25519.Identity.generate()
    secret = f"# upwind identity of {name}\n{identity}\n".encode()
    return {
        f"{name}.key": owner + pem,
        f"{name}.pub": owner + public,
        f"{name}.age": pyrage.passphrase.encrypt(secret, passphrase) if passphrase else secret,
        f"{name}.age.pub": f"{identity.to_public()}\n".encode(),
    }


def load_signing_key(path: Path, passphrase: str) -> SigningKey:
    """Return the signing key of a file.

    Raises
    ------
    FormatError
        It is none of Ed25519, says not whose it is, or the passphrase does not open it.
    """
    octets = path.read_bytes()
    owner = _OWNER.search(octets.decode("ascii", "replace"))
    if owner is None:
        raise FormatError(path.name, "", "this is no signing key of upwind", "make one with upwind key make NAME")
    pem = octets[octets.find(b"-----BEGIN") :]
    locked = b"ENCRYPTED" in pem
    try:
        private = serialization.load_pem_private_key(pem, passphrase.encode() if locked else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        fault = "the passphrase does not open this key" if locked else "this key is damaged"
        remedy = "give its own in UPWIND_PASSPHRASE" if locked else "fetch it from its copy"
        raise FormatError(path.name, "", fault, remedy) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise FormatError(path.name, "", "this is no Ed25519 key", "make one with upwind key make NAME")
    return SigningKey(name=owner.group(1), public=private.public_key(), signer=private.sign)


def public_file(key: SigningKey) -> bytes:
    """Return the content of NAME.pub."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public.public_bytes(serialization.Encoding.PEM, form)
    return f"upwind key of {key.name}\n".encode() + public


def load_public(path: Path) -> tuple[str, bytes]:
    """Return whose public signing key a file ``NAME.pub`` holds, and the key as DER.

    Raises
    ------
    FormatError
        It is no public Ed25519 key.
    """
    octets = path.read_bytes()
    try:
        public = serialization.load_pem_public_key(octets[octets.find(b"-----BEGIN") :])
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if not isinstance(public, Ed25519PublicKey) or path.suffix != ".pub" or path.name.endswith(".age.pub"):
        raise FormatError(path.name, "", "this is no public signing key of upwind", "give NAME.pub")
    require_name(path.stem)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return path.stem, public.public_bytes(serialization.Encoding.DER, form)


def load_recipient(path: Path) -> str:
    """Return the recipient of a public age file, checked."""
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        fault = "this is no public age key"
        raise FormatError(path.name, "", fault, "give NAME.age.pub, one line that begins with age1") from None
    return text


def load_identity(path: Path, passphrase: str) -> pyrage.x25519.Identity:
    """Return the age identity of a file, opened with a passphrase where it is locked."""
    octets = path.read_bytes()
    try:
        if octets.startswith(_LOCKED):
            octets = pyrage.passphrase.decrypt(octets, passphrase)
        lines = [line for line in octets.decode().splitlines() if line and not line.startswith("#")]
        return pyrage.x25519.Identity.from_str(lines[0])
    except pyrage.DecryptError:
        remedy = "give its own in UPWIND_PASSPHRASE"
        raise FormatError(path.name, "", "the passphrase does not open this identity", remedy) from None
    except (pyrage.IdentityError, ValueError, IndexError):
        raise FormatError(path.name, "", "this is no age identity", "give NAME.age") from None
