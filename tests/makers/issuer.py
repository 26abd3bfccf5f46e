"""An OpenID Connect issuer on loopback, by Authlib's own server: it speaks the protocol, and requires PKCE and a nonce.

Who is asked for is who `person` says, as if they had logged in there. What a dishonest or broken issuer does is put in
`twist`, which changes the claims of a token, or `metadata` and `answers`, which change what it says of itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeGrant, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, jsonify, redirect
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "upwind", "a secret of the client's & more"


@dataclass(slots=True)
class Peer:
    """The issuer: where it is, who is logged in there, what is wrong with it, and what it was asked."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    redirect_uri: str = ""
    twist: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    metadata: dict[str, Any] = field(default_factory=dict)
    signed_with: RSAKey | None = None
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Any] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)

    def change_key(self) -> None:
        """Sign with another key from now on, as issuers do every few weeks."""
        self.key = new_key("second")


def new_key(name: str) -> RSAKey:
    """Return a key of a name."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass(slots=True)
class _Code:
    """What a code stands for, as Authlib asks for it."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class _Client:
    """The workbench, as it is registered there."""

    client_id = CLIENT

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self._peer.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri == self._peer.redirect_uri

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


def _grant_of(peer: Peer) -> type[grants.BaseGrant]:
    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            said = request.payload.data
            peer.nonces.add(said["nonce"])
            peer.codes[code] = _Code(
                code=code,
                redirect_uri=said["redirect_uri"],
                scope=said["scope"],
                nonce=said["nonce"],
                code_challenge=said["code_challenge"],
                code_challenge_method=said["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Any) -> Any:
            del client
            return peer.codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            del peer.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Any) -> Any:
            del authorization_code
            return peer.person

    return Grant


def _openid_of(peer: Peer) -> OpenIDCode:
    class Code(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            del request
            return nonce in peer.nonces

        def generate_user_info(self, user: Any, scope: str) -> UserInfo:
            del scope
            return UserInfo(user)

        def resolve_client_private_key(self, client: Any) -> RSAKey:
            del client
            return peer.key

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": peer.url, "aud": [client.get_client_id()]}

        def get_client_algorithm(self, client: Any) -> str:
            del client
            return "RS256"

        def encode_id_token(self, token: Any, request: Any) -> str:
            honest = super().encode_id_token(token, request)
            read = jwt.decode(honest, KeySet([peer.key]))
            signer = peer.signed_with or peer.key
            header = {"alg": "RS256", "kid": peer.key.kid}
            return jwt.encode(header, peer.twist(dict(read.claims)), signer)

    return Code(require_nonce=True)


def _app(peer: Peer) -> Flask:
    app = Flask(__name__)
    server = AuthorizationServer(app, query_client=lambda name: _Client(peer) if name == CLIENT else None,
                                 save_token=lambda *_: None)  # fmt: skip
    server.register_grant(_grant_of(peer), [_openid_of(peer), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def described() -> Any:
        peer.asked.append("metadata")
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        said = {"issuer": peer.url, **{name: f"{peer.url}/{path}" for name, path in ends.items()}}
        return jsonify({**said, **peer.metadata})

    @app.get("/keys")
    def keys() -> Any:
        peer.asked.append("keys")
        return jsonify({"keys": [peer.key.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        if not peer.person:
            grant = server.get_consent_grant(end_user=None)
            state = grant.request.payload.data["state"]
            return redirect(f"{peer.redirect_uri}?error=access_denied&state={state}")
        return server.create_authorization_response(
            grant_user=peer.person, grant=server.get_consent_grant(end_user=peer.person)
        )

    @app.post("/token")
    def token() -> Any:
        peer.asked.append("token")
        return server.create_token_response()

    @app.get("/elsewhere")
    def elsewhere() -> Any:
        peer.asked.append("elsewhere")
        return jsonify({"keys": []})

    @app.get("/moved")
    def moved() -> Any:
        return redirect("/elsewhere")

    return app


@contextmanager
def issuing(host: str = "127.0.0.1") -> Iterator[Peer]:
    """Give a running issuer."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback needs no TLS
    peer = Peer()
    server = make_server("127.0.0.1", 0, _app(peer), threaded=True)
    peer.url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
