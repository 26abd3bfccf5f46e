"""The API's description (OpenAPI 3.1), made from the table of routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from upwind import __version__

if TYPE_CHECKING:
    from upwind.web.routes import Way

__all__ = ["described", "openapi"]

_FAULTS = {400: "not understood", 401: "who asks?", 403: "not this account", 404: "nothing here", 409: "not now",
           422: "fields are wrong", 503: "the store is away"}  # fmt: skip


async def openapi(request: Request) -> Response:
    """Return the description of all that is below /api."""
    return JSONResponse(described(request.app.state.ways))


def described(ways: Sequence[Way]) -> dict[str, Any]:
    """Return the description of routes as a document."""
    paths: dict[str, dict[str, Any]] = {}
    for way in ways:
        if way.path.startswith("/api/"):
            paths.setdefault(way.path, {})[way.method.lower()] = _operation(way)
    return {
        "openapi": "3.1.0",
        "info": {"title": "upwind", "version": __version__, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(way: Way) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", way.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    if way.is_keyed:
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}})
    summary = (way.handler.__doc__ or "").splitlines()[0]
    said: dict[str, Any] = {
        "summary": summary,
        "operationId": f"{way.method.lower()}{re.sub(r'[^a-z]+', '_', way.path)}".rstrip("_"),
        "parameters": parameters,
        "responses": {"2XX": {"description": "done"}}
        | {str(code): {"description": why} for code, why in _FAULTS.items()},
    }
    if way.method == "POST":
        said["requestBody"] = {"content": {"application/json": {"schema": {"type": "object"}}}}
    return said if way.right is None else {**said, "security": [{"token": []}]}
