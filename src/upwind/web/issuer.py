"""The one host that this server ever asks: the OpenID Connect issuer that the operator named, if one was named.

The protocol is Authlib's (authorization code with PKCE, RFC 7636; ID tokens by OpenID Connect Core 1.0); what is here
says where to ask and what to believe. Whatever the issuer says of itself, nothing but its own origin is asked, no
redirect is followed and no proxy is used.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from upwind.errors import ForbiddenError, StoreError

__all__ = ["RETURN", "Issuer", "Registration", "Visit", "is_safe"]

#: Where the issuer sends people back to, below the workbench's own address.
RETURN = "/login/oidc/return"
#: Signatures of public keys alone: with a shared secret, whoever knows it could make a token.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
#: How long an answer may take [s], and how large it may be [bytes].
_PATIENCE_S, _LARGEST = 10.0, 1_000_000
#: How long what the issuer says of itself counts, and its keys at least before they are asked for anew. [s]
_REMEMBERED_S, _KEYS_S = 3_600.0, 60.0
#: How far clocks may differ. [s]
_LEEWAY_S = 60
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the operator agreed with the issuer; `secret` is "" for a public client.

    `url` is where people reach the workbench, `claim` the one that names their account, `label` what the button says.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    url: str
    claim: str
    label: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One person's way to the issuer and back: what was drawn for it and must come back unchanged."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    until: float


def is_safe(url: str) -> bool:
    """Return whether nobody on the way can read or change what is asked: TLS, or this machine itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"})


class Issuer:
    """The issuer of a registration, asked as seldom as can be; used by several threads at once."""

    def __init__(self, registration: Registration, clock: Clock = time.time) -> None:
        self.registration = registration
        self._clock = clock
        self._known: tuple[float, Mapping[str, Any]] = (0.0, {})
        self._keys: tuple[float, KeySet | None] = (0.0, None)

    def begin(self, visit: Visit) -> str:
        """Return the issuer's address to send a person to.

        Raises
        ------
        StoreError
            The issuer cannot be reached, or says what cannot be used.
        """
        told = self.registration
        address: str = prepare_grant_uri(
            self._metadata()["authorization_endpoint"],
            client_id=told.client_id,
            response_type="code",
            redirect_uri=told.url + RETURN,
            scope=told.scope,
            state=visit.state,
            nonce=visit.nonce,
            code_challenge=create_s256_code_challenge(visit.verifier),
            code_challenge_method="S256",
        )
        return address

    def end(self, visit: Visit, said: Mapping[str, str]) -> str:
        """Return the name of the account that the issuer vouches for.

        Parameters
        ----------
        said
            The query with which the person came back.

        Raises
        ------
        ForbiddenError
            It is another visit's, the issuer refused, or its token does not hold.
        StoreError
            The issuer cannot be reached.
        """
        if not secrets.compare_digest(said.get("state", "").encode(), visit.state.encode()):
            _refuse("this is another login's answer")
        if said.get("iss", self.registration.issuer) != self.registration.issuer:  # RFC 9207
            _refuse("another issuer answered")
        if not said.get("code") or "error" in said:
            _refuse(f"the issuer said {said.get('error', 'nothing')[:60]!r}")
        answer = self._exchanged(said["code"], visit)
        claims = self._believed(answer, visit)
        name = claims.get(self.registration.claim)
        if not isinstance(name, str) or not name:
            _refuse(f"the issuer's token has no text {self.registration.claim!r}")
        return name

    def _exchanged(self, code: str, visit: Visit) -> Mapping[str, Any]:
        """Return what the issuer gives for a code."""
        told, metadata = self.registration, self._metadata()
        asked = {"code": code, "code_verifier": visit.verifier, "client_id": told.client_id}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if told.secret and "client_secret_basic" in methods:
            pair = f"{quote(told.client_id, safe='')}:{quote(told.secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif told.secret:
            asked["client_secret"] = told.secret
        body: str = prepare_token_request("authorization_code", redirect_uri=told.url + RETURN, **asked)
        return self._asked(metadata["token_endpoint"], body.encode(), headers)

    def _believed(self, answer: Mapping[str, Any], visit: Visit) -> Mapping[str, Any]:
        """Return the claims of the ID token in an answer, if it is the issuer's, for us, of this visit, and of now."""
        told, text = self.registration, answer.get("id_token")
        if not isinstance(text, str):
            _refuse("the issuer gave no ID token")
        try:
            token = self._decoded(text)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {"iss": {"essential": True, "value": told.issuer}, "aud": {"essential": True, "value": told.client_id}},
                {"nonce": visit.nonce, "client_id": told.client_id, "access_token": answer.get("access_token")},
            )
            claims.validate(now=int(self._clock()), leeway=_LEEWAY_S)
            believed: Mapping[str, Any] = claims
        except (JoseError, AuthlibBaseError, ValueError) as error:
            _refuse(f"the issuer's token does not hold ({error})")
        return believed

    def _decoded(self, text: str) -> jwt.Token:
        """Return a token whose signature holds, by keys asked for anew where the issuer has changed them."""
        try:
            return jwt.decode(text, self._key_set(_REMEMBERED_S), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(text, self._key_set(_KEYS_S), algorithms=_ALGORITHMS)

    def _key_set(self, most_s: float) -> KeySet:
        """Return the issuer's public keys, known for so long at most."""
        since, keys = self._keys
        if keys is None or self._clock() - since > most_s:
            try:
                keys = KeySet.import_key_set(self._asked(self._metadata()["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, KeyError, TypeError, ValueError) as error:
                self._fail(f"its keys are none ({error})")
            self._keys = (self._clock(), keys)
        return keys

    def _metadata(self) -> Mapping[str, Any]:
        """Return what the issuer says of itself (OpenID Connect Discovery 1.0), all of it at its own origin."""
        since, known = self._known
        if known and self._clock() - since < _REMEMBERED_S:
            return known
        issuer = self.registration.issuer
        said = self._asked(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != issuer:
            self._fail(f"it calls itself {str(said.get('issuer'))[:80]!r}")
        for name in _ENDPOINTS:
            if not isinstance(said.get(name), str) or not self._is_own(said[name]):
                self._fail(f"its {name} is at another origin, which this server does not ask")
        self._known = (self._clock(), said)
        return said

    def _is_own(self, url: str) -> bool:
        own, other = urlsplit(self.registration.issuer), urlsplit(url)
        return (other.scheme, other.netloc) == (own.scheme, own.netloc)

    def _asked(self, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the JSON object at an address of the issuer's."""
        request = urllib.request.Request(url, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310 - is_safe
        try:
            with _OPENER.open(request, timeout=_PATIENCE_S) as answer:
                said = json.loads(answer.read(_LARGEST))
        except urllib.error.HTTPError as error:
            error.close()
            if body is not None and error.code < 500:  # noqa: PLR2004
                _refuse(f"the issuer took no code ({error.code})")
            self._fail(f"it answered {error.code}")
        except (OSError, ValueError) as error:
            self._fail(str(error))
        if not isinstance(said, dict):
            self._fail("it answered no JSON object")
        return said

    def _fail(self, why: str) -> NoReturn:
        msg = f"the login server {self.registration.issuer} cannot be used: {' '.join(why.split())}"
        raise StoreError(msg) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect: it could lead anywhere."""

    def redirect_request(self, *_: object) -> None:
        """Return no request to follow one with."""


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def _refuse(why: str) -> NoReturn:
    msg = f"the login did not succeed: {why}"
    raise ForbiddenError(msg) from None
