"""Answers of requests that a test plans to fail, of function URLs and of Lambda's API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from http import HTTPStatus

from botocore.model import OperationModel, Shape, StructureShape

from ..messages import Response
from ..messages.http import HEADER_NAME, HEADER_VALUE, error_response
from ..messages.limits import TOO_LARGE
from ..messages.service_model import operation_model, service_model
from ..state.concurrency import Throttled

_REFUSALS: Mapping[int, tuple[str, Mapping[str, str]]] = {
    403: ("AccessDeniedException", {"Message": "Forbidden"}),
    413: TOO_LARGE,
    429: Throttled.answer,
}

_UNMODELLED = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "UnrecognizedClientException": 403,
}
"""Errors that every operation has and no model names, with their status."""


def url_failure(status: int, *, body: object = None, headers: Mapping[str, str] | None = None) -> Response:
    """The answer of a failing function URL: AWS's own for ``status`` unless ``body`` is given.

    :param body: bytes, a str, or anything else as JSON.
    :raises TypeError: ``status`` is no number, a header's name or value no str.
    :raises ValueError: ``status`` is not 100..599, or no header line can hold a header.
    """
    if not isinstance(status, int):
        raise TypeError(
            f"fail() takes the status of an answer, as in fail(503), not {status!r}. What a client raises by itself "
            "comes of what it gets: a timeout of delay(), a refused connection of the client's own mock."
        )
    if not 100 <= status <= 599:
        raise ValueError(f"status={status} is not an HTTP status, 100..599")
    content, own = _aws_answer(status) if body is None else (_encoded(body), {})
    for name, value in (headers or {}).items():
        _check_header(name, value)
    lines = {"Content-Type": "application/json", **own, **(headers or {})}
    return Response(status=status, headers=tuple(lines.items()), body=content)


def _check_header(name: str, value: str) -> None:
    if not isinstance(name, str):
        raise TypeError(f"the header's name {name!r} is not a string")
    if not HEADER_NAME.fullmatch(name):
        raise ValueError(f"the header's name {name!r} is none: give letters, digits and hyphens, as in X-Note")
    if not isinstance(value, str):
        raise TypeError(f"the header {name} is {value!r}, not a string")
    if not HEADER_VALUE.fullmatch(value):
        raise ValueError(f"the header {name} is {value!r}: give one line of Latin-1 without control characters")


def _aws_answer(status: int) -> tuple[bytes, dict[str, str]]:
    if status in _REFUSALS:
        error_type, body = _REFUSALS[status]
        return _encoded(body), {"x-amzn-ErrorType": error_type}
    if status in (500, 502):
        return b"Internal Server Error", {}
    try:
        # A decision: nothing public shows a function URL's own answer of another status.
        return HTTPStatus(status).phrase.encode(), {}
    except ValueError:
        return b"", {}


def _encoded(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body, separators=(",", ":")).encode()


def api_failure(operation: str, code: str, *, message: str | None = None) -> Response:
    """The answer of ``operation`` (``"GetFunction"``) failing with ``code`` (``"ServiceException"``).

    Status and the names of the members are the model's; AccessDeniedException, ExpiredTokenException and
    UnrecognizedClientException, which no model names, are 403.

    :raises ValueError: Lambda has no such operation, or the operation no such error.
    """
    model = _operation(operation)
    if code in _UNMODELLED:
        return error_response(_UNMODELLED[code], code, {"Message": message or code})
    shape = _error_shape(model, code)
    error = shape.metadata["error"]
    members = {
        "Type": "User" if error.get("senderFault") else "Service",
        "Message": message or code,
        "message": message or code,
    }
    return error_response(
        error["httpStatusCode"], code, {name: members[name] for name in shape.members if name in members}
    )


def _operation(name: str) -> OperationModel:
    known = service_model().operation_names
    if name not in known:
        close = get_close_matches(name.replace("_", "").lower(), [each.lower() for each in known], n=3)
        meant = [each for each in known if each.lower() in close]
        raise ValueError(f"Lambda has no operation {name!r}; did you mean {', '.join(meant) or 'another service'}?")
    return operation_model(name)


def _error_shape(operation: OperationModel, code: str) -> StructureShape:
    shapes: dict[str, Shape] = {shape.name: shape for shape in operation.error_shapes}
    shape = shapes.get(code)
    if not isinstance(shape, StructureShape):
        raise ValueError(f"{operation.name} does not fail with {code!r}; it has {', '.join(sorted(shapes))}")
    return shape
