"""Conversion of recorded invocations to JSON and back, for tests that read a server's invocations."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from ..messages import Response
from .record import Invocation, Placement, Refusal


@dataclass(frozen=True)
class ForeignError:
    """Why an invocation failed in another process: an ``InvocationError``."""

    type: str
    message: str
    traceback: str
    hint: str = ""
    exception: None = None


_PLAIN = ("request_id", "function_name", "qualifier", "url_id", "event", "result", "logs", "duration_ms", "ran")


def to_dict(invocation: Invocation) -> dict[str, Any]:
    """``invocation`` as a JSON value, without what cannot leave its process: the exception and the planned fault."""
    response, error = invocation.response, invocation.error
    placement, refusal = invocation.placement, invocation.refusal
    return {
        **{name: getattr(invocation, name) for name in _PLAIN},
        "response": None if response is None else _response(response),
        "error": None if error is None else [error.type, error.message, error.traceback, error.hint],
        "placement": None if placement is None else [placement.place, placement.reason],
        "refusal": None if refusal is None else [refusal.reason, dict(refusal.compared), refusal.cure],
    }


def from_dict(value: dict[str, Any]) -> Invocation:
    """The invocation that ``to_dict`` gave ``value`` for."""
    response, error, placement, refusal = (value[name] for name in ("response", "error", "placement", "refusal"))
    return Invocation(
        **{name: value[name] for name in _PLAIN},
        response=None if response is None else _to_response(response),
        error=None if error is None else ForeignError(*error),
        placement=None if placement is None else Placement(*placement),
        refusal=None if refusal is None else _to_refusal(*refusal),
    )


def _to_refusal(reason: str, compared: dict[str, str], cure: str) -> Refusal:
    return Refusal(reason=reason, compared=compared, cure=cure)


def _response(response: Response) -> dict[str, Any]:
    body = response.body if isinstance(response.body, bytes) else b""
    return {"status": response.status, "headers": response.headers, "body": base64.b64encode(body).decode()}


def _to_response(value: dict[str, Any]) -> Response:
    headers = tuple((name, text) for name, text in value["headers"])
    return Response(status=value["status"], headers=headers, body=base64.b64decode(value["body"]))
