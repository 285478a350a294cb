"""The errors of Lambda's API as botocore's model describes them, for tests of what a caller does about them."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import lru_cache

from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from .messages import Response

_UNMODELLED = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "UnrecognizedClientException": 403,
}
"""Errors that every operation has and no model names."""


def api_failure(operation: str, code: str, *, message: str | None = None) -> Response:
    """The answer of ``operation`` (``"GetFunction"``) failing with ``code`` (``"ServiceException"``).

    Status and the names of the members are the model's; AccessDeniedException, ExpiredTokenException and
    UnrecognizedClientException, which no model names, are 403.

    :raises ValueError: Lambda has no such operation, or the operation no such error.
    """
    model = _operation(operation)
    if code in _UNMODELLED:
        return _answer(_UNMODELLED[code], code, {"Message": message or code})
    shape = _error_shape(model, code)
    error = shape.metadata["error"]
    members = {
        "Type": "User" if error.get("senderFault") else "Service",
        "Message": message or code,
        "message": message or code,
    }
    return _answer(error["httpStatusCode"], code, {name: members[name] for name in shape.members if name in members})


def _answer(status: int, code: str, body: dict[str, str]) -> Response:
    headers = (("Content-Type", "application/json"), ("x-amzn-ErrorType", code))
    return Response(status=status, headers=headers, body=json.dumps(body, separators=(",", ":")).encode())


def _operation(name: str) -> OperationModel:
    known = _model().operation_names
    if name not in known:
        close = get_close_matches(name.replace("_", "").lower(), [each.lower() for each in known], n=3)
        meant = [each for each in known if each.lower() in close]
        raise ValueError(f"Lambda has no operation {name!r}; did you mean {', '.join(meant) or 'another service'}?")
    return _model().operation_model(name)


def _error_shape(operation: OperationModel, code: str) -> StructureShape:
    shapes: dict[str, Shape] = {shape.name: shape for shape in operation.error_shapes}
    shape = shapes.get(code)
    if not isinstance(shape, StructureShape):
        raise ValueError(f"{operation.name} does not fail with {code!r}; it has {', '.join(sorted(shapes))}")
    return shape


@lru_cache(maxsize=1)
def _model() -> ServiceModel:
    return ServiceModel(create_loader().load_service_model("lambda", "service-2"), "lambda")
