"""CORS as a function URL does it: who is allowed, the answer to a preflight, the lines added to other responses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from .messages import Headers, Request, Response

EXPOSED_BY_DEFAULT = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
"""What AWS's services expose where no configuration says otherwise: recorded from several of them, a decision here."""

_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]+")


class Cors(TypedDict, total=False):
    """The ``Cors`` structure of the API; a member that was not sent is absent."""

    AllowCredentials: bool
    AllowHeaders: list[str]
    AllowMethods: list[str]
    AllowOrigins: list[str]
    ExposeHeaders: list[str]
    MaxAge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsConfig:
    """A URL's CORS configuration; None stands for a member that was not sent, ``max_age`` is in seconds."""

    allow_credentials: bool | None = None
    allow_headers: tuple[str, ...] | None = None
    allow_methods: tuple[str, ...] | None = None
    allow_origins: tuple[str, ...] | None = None
    expose_headers: tuple[str, ...] | None = None
    max_age: int | None = None

    @classmethod
    def from_api(cls, cors: Cors) -> CorsConfig:
        """The configuration that the API's ``cors``, already validated, describes."""
        return cls(
            allow_credentials=cors.get("AllowCredentials"),
            allow_headers=_members(cors.get("AllowHeaders")),
            allow_methods=_members(cors.get("AllowMethods")),
            allow_origins=_members(cors.get("AllowOrigins")),
            expose_headers=_members(cors.get("ExposeHeaders")),
            max_age=cors.get("MaxAge"),
        )

    def to_api(self) -> Cors:
        """What was sent, empty lists, ``False`` and ``0`` included."""
        cors: Cors = {}
        if self.allow_credentials is not None:
            cors["AllowCredentials"] = self.allow_credentials
        if self.allow_headers is not None:
            cors["AllowHeaders"] = [*self.allow_headers]
        if self.allow_methods is not None:
            cors["AllowMethods"] = [*self.allow_methods]
        if self.allow_origins is not None:
            cors["AllowOrigins"] = [*self.allow_origins]
        if self.expose_headers is not None:
            cors["ExposeHeaders"] = [*self.expose_headers]
        if self.max_age is not None:
            cors["MaxAge"] = self.max_age
        return cors

    def allows_origin(self, origin: str) -> bool:
        """Origins match exactly or by ``*``; AWS has no sub-domain wildcards. What no header line can hold is none."""
        return _HEADER_VALUE.fullmatch(origin) is not None and _allows(self.allow_origins, origin)

    def allows_method(self, method: str) -> bool:
        """Methods match exactly, as browsers compare them, or by ``*``."""
        return _allows(self.allow_methods, method)

    def allows_headers(self, names: str) -> bool:
        """Whether each of the comma-separated header ``names``, in any case, is allowed."""
        allowed = [name.lower() for name in self.allow_headers or ()]
        asked = [name.strip().lower() for name in names.split(",")]
        return all(_allows(allowed, name) for name in asked if name)


def preflight(config: CorsConfig | None, request: Request) -> Response | None:
    """AWS's answer to a preflight, without the headers that every response carries; None when ``request`` is none.

    A preflight is OPTIONS with ``Origin`` and ``Access-Control-Request-Method``. One that asks for what is not allowed
    gets 200 too, but none of the ``Access-Control-*`` lines.
    """
    if config is None or request.method != "OPTIONS":
        return None
    origin = request.header("origin")
    method = request.header("access-control-request-method")
    if origin is None or method is None:
        return None
    headers: Headers = (("Content-Type", "application/json"), ("Vary", "Origin"))
    asked_headers = request.header("access-control-request-headers") or ""
    if config.allows_origin(origin) and config.allows_method(method) and config.allows_headers(asked_headers):
        headers += _present(
            {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Headers": _listed(config.allow_headers),
                "Access-Control-Allow-Methods": _listed(config.allow_methods),
                "Access-Control-Max-Age": "" if config.max_age is None else str(config.max_age),
                "Access-Control-Allow-Credentials": "true" if config.allow_credentials else "",
            }
        )
    return Response(status=200, headers=headers)


def add_headers(config: CorsConfig | None, request: Request, response: Response) -> Response:
    """``response`` with the lines that AWS adds for an allowed ``Origin``.

    The function's own CORS lines stay, so that a client can see two, as on AWS. ``*`` allows the origin that asks.
    """
    if config is None:
        return response
    origin = request.header("origin")
    if origin is None or not config.allows_origin(origin):
        return response
    added = _present(
        {
            "Access-Control-Allow-Origin": origin,
            "Vary": "Origin",
            "Access-Control-Allow-Credentials": "true" if config.allow_credentials else "",
            "Access-Control-Expose-Headers": _listed(config.expose_headers),
        }
    )
    return replace(response, headers=response.headers + added)


def add_unknown_host_headers(request: Request, response: Response) -> Response:
    """``response``, a refusal for a host that is no function URL, with the lines that any ``Origin`` gets there."""
    if request.header("origin") is None:
        return response
    added = (("access-control-allow-origin", "*"), ("access-control-expose-headers", EXPOSED_BY_DEFAULT))
    return replace(response, headers=response.headers + added)


def _members(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _allows(allowed: list[str] | tuple[str, ...] | None, value: str) -> bool:
    # Decision: a list that is empty, or was not sent, allows nothing.
    return allowed is not None and ("*" in allowed or value in allowed)


def _listed(names: tuple[str, ...] | None) -> str:
    # Decision: the API takes any text for a name; what no header line can hold is left out of the lines.
    return ",".join(name for name in names or () if _HEADER_VALUE.fullmatch(name))


def _present(lines: Mapping[str, str]) -> Headers:
    return tuple((name, value) for name, value in lines.items() if value)
