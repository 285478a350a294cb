"""CORS of a function URL: answers to preflights, and the lines added to other responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from ..control.cors import SENDABLE, CorsConfig
from ..control.exceptions import ValidationException
from ..control.validation import validate
from ..messages import Headers, Request, Response
from ..state.record import Refusal
from . import cures

if TYPE_CHECKING:
    from ..control.url_configs import FunctionUrlConfig

EXPOSED_BY_DEFAULT = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
"""What AWS's services expose where no configuration says otherwise: recorded from several of them, a decision here."""


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


def refused_preflight(config: FunctionUrlConfig, request: Request, answer: Response) -> Refusal | None:
    """Why ``answer``, that to a preflight of the URL of ``config``, allows nothing; None when it does."""
    cors = config.cors
    if cors is None or answer.header("access-control-allow-origin") is not None:
        return None
    origin, method = request.header("origin") or "", request.header("access-control-request-method") or ""
    headers = request.header("access-control-request-headers") or ""
    names = [name.strip() for name in headers.split(",") if name.strip()]
    lacking = {
        "AllowOrigins": [] if cors.allows_origin(origin) else [origin],
        "AllowMethods": [] if cors.allows_method(method) else [method],
        "AllowHeaders": [name for name in names if not cors.allows_headers(name)],
    }
    given = cast("dict[str, Any]", cors.to_api())
    lacking = {member: values for member, values in lacking.items() if values}
    limits, cured = [], dict(given)
    for member, values in lacking.items():
        cured[member] = [*given.get(member, ()), *values]
        limit = _limit(member, cured[member])
        if limit:
            cured[member] = ["*"]
            limits.append(f"# AWS takes no such {member}: {limit}. '*' allows any\n")
    return Refusal(
        reason="the preflight asks for what the URL's Cors does not allow",
        compared={
            member: f"{', '.join(values)} is not among {given.get(member, [])}" for member, values in lacking.items()
        },
        cure=f"{''.join(limits)}{cures.client(request, config.region)}\n"
        f"client.update_function_url_config({cures.target(config)}, Cors={cured})",
    )


def _limit(member: str, values: list[str]) -> str:
    """AWS's constraint on ``member`` of Cors that ``values`` break; empty where they break none."""
    try:
        validate("UpdateFunctionUrlConfig", {"FunctionName": "name", "Cors": {member: values}})
    except ValidationException as refused:
        return refused.message.rpartition("failed to satisfy constraint: ")[2]
    return ""


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


def _listed(names: tuple[str, ...] | None) -> str:
    # Decision: the API takes any text for a name; what no header line can hold is left out of the lines.
    return ",".join(name for name in names or () if SENDABLE.fullmatch(name))


def _present(lines: Mapping[str, str]) -> Headers:
    return tuple((name, value) for name, value in lines.items() if value)
