"""Keys that never leave their hardware: PKCS#11 tokens, named as RFC 7512 does, that sign Ed25519.

Such a name is ``pkcs11:token=TOKEN;object=NAME?module-path=/usr/lib/…/module.so``; the object's label is its owner.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from upwind.errors import InputError
from upwind.release.keys import SigningKey, require_name

try:
    import pkcs11
except ImportError:  # it comes with upwind[hsm]
    pkcs11 = None  # type: ignore[assignment]

__all__ = ["load_token_key"]

_URI = re.compile(r"pkcs11:token=([^;?]+);object=([^;?]+)\?module-path=([^&]+)")
_PUBLIC_OCTETS = 32
_PROBE = b"upwind: does this key sign?"


def load_token_key(uri: str, pin: str) -> SigningKey:
    """Return the signing key of a token; every signature opens the token anew and closes it.

    Raises
    ------
    InputError
        The name is not whole, the library or the module is not there, the PIN is wrong, or the key does not sign.
    """
    found = _URI.fullmatch(uri)
    if found is None:
        msg = f"{uri!r} names no key; write pkcs11:token=TOKEN;object=NAME?module-path=/usr/lib/…/module.so"
        raise InputError(msg)
    if pkcs11 is None:
        msg = "keys in tokens need python-pkcs11: pip install 'upwind[hsm]'"
        raise InputError(msg)
    token, name, module = map(unquote, found.groups())
    require_name(name)

    def sign(octets: bytes) -> bytes:
        with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin) as session:
            key: Any = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=name)
            return bytes(key.sign(octets, mechanism=pkcs11.Mechanism.EDDSA))

    try:
        with pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin) as session:
            half = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=name)
            point = bytes(half[pkcs11.Attribute.EC_POINT])
        public = Ed25519PublicKey.from_public_bytes(point[-_PUBLIC_OCTETS:])
        public.verify(sign(_PROBE), _PROBE)
    except (pkcs11.PKCS11Error, RuntimeError, ValueError, InvalidSignature) as error:
        why = f"{type(error).__name__}: {error}"
        msg = f"the key {name} of token {token} does not sign ({why}); check PIN, token and module"
        raise InputError(msg) from None
    return SigningKey(name=name, public=public, signer=sign)
