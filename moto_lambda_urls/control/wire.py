"""Lambda's API on the wire: the parameters of a request, and the answer to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.model import Shape, StructureShape
from moto.core.common_types import TYPE_RESPONSE

from ..messages.addresses import is_aws_api
from ..messages.limits import too_large_message
from ..messages.service_model import operation_model, path_pattern
from .exceptions import RequestEntityTooLargeException, SerializationException
from .functions.checks import checked_settings
from .in_moto import LambdaApi
from .models import FunctionUrlBackend, backend_of
from .validation import validate

MAX_PACKAGE_REQUEST_BYTES = 70_167_211
"""The whole body of a request with a deployment package in it."""

_WITH_PACKAGE = frozenset({"CreateFunction", "PublishLayerVersion", "UpdateFunctionCode"})
_STATUSES = {"DeleteFunction": 204}
"""HTTP statuses of AWS that are not the service model's."""


class ApiResponse(LambdaApi):
    """moto's Lambda API over our backend; operations are methods with ``@operation``."""

    @property
    def backend(self) -> FunctionUrlBackend:
        return backend_of(self.current_account, self.region)

    @property
    def endpoint(self) -> str | None:
        """The URL of the server that the request came to; None when it was to AWS's own host."""
        asked = urlsplit(self.uri)
        return None if is_aws_api(asked.netloc) else f"{asked.scheme}://{asked.netloc}"

    def setup_class(
        self, request: Any, full_url: str | None = None, headers: Any = None, use_raw_body: bool | None = True
    ) -> None:
        """As moto's, but the body stays bytes: a payload need not be text."""
        super().setup_class(request, full_url, headers, use_raw_body)
        self.body = self.body or b""  # older releases of moto have None where there is none

    def parameters(self, operation: str, **payload: Any) -> dict[str, Any]:
        """The parameters of this request for ``operation``, by AWS's names; ``payload`` is one that is the whole body.

        :raises RequestEntityTooLargeException, SerializationException, ValidationException: AWS does not take them.
        """
        if operation in _WITH_PACKAGE and len(self.body) > MAX_PACKAGE_REQUEST_BYTES:
            raise RequestEntityTooLargeException(too_large_message(MAX_PACKAGE_REQUEST_BYTES, operation))
        url = urlsplit(self.uri)
        parameters = read_parameters(operation, path=url.path, query=url.query, headers=self.headers, body=self.body)
        parameters |= payload
        validate(operation, checked_settings(parameters) if operation == "CreateFunction" else parameters)
        return parameters


Api = TypeVar("Api", bound=ApiResponse)


def operation(handler: Callable[[Api, dict[str, Any]], dict[str, Any] | None]) -> Callable[[Api], Any]:
    """Decorate ``handler``, named after an operation of Lambda's API in snake case, as moto's response method for it.

    ``handler`` takes the validated parameters and returns the body of the answer; None leaves it empty.
    """
    name = "".join(map(str.capitalize, handler.__name__.split("_")))

    @wraps(handler)
    def respond(api: Api) -> TYPE_RESPONSE:
        return answer(name, handler(api, api.parameters(name)))

    return respond


def answer(operation: str, body: dict[str, Any] | None) -> TYPE_RESPONSE:
    """The operation's own status, and ``body`` as JSON; None is an empty one."""
    status = _STATUSES.get(operation) or operation_model(operation).http["responseCode"]
    # moto takes the status from this header, not from the tuple.
    headers = {"status": status, "Content-Type": "application/json"}
    return status, headers, "" if body is None else json.dumps(body)


def page_body(name: str, items: Sequence[object], next_marker: str | None) -> dict[str, Any]:
    """A page of a list whose member is ``name``; the last one has no NextMarker."""
    body = {name: list(items)}
    return {**body, "NextMarker": next_marker} if next_marker else body


def read_parameters(
    operation: str, *, path: str, query: str, body: str | bytes, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The parameters of a request for ``operation``, by AWS's names, without those that are null or unknown.

    ``path`` and ``query`` are as sent, percent-encoded. A payload that is the whole body is not among the parameters.

    :raises SerializationException: the body is no JSON object, or a number is none.
    """
    members = _members(operation)
    labels = _labels(operation).fullmatch(path.rstrip("/"))
    values = parse_qs(query, keep_blank_values=True)
    in_body = _payload_member(operation) is None
    sent = (
        _json_object(body) if in_body and any("location" not in each.serialization for each in members.values()) else {}
    )
    found: dict[str, Any] = {}
    for name, shape in members.items():
        location, wire_name = shape.serialization.get("location"), shape.serialization.get("name", name)
        if location == "uri":
            found[name] = _from_text(unquote(labels[wire_name]), shape) if labels else None
        elif location == "querystring":
            found[name] = _from_query(values.get(wire_name), shape)
        elif location == "header":
            found[name] = (headers or {}).get(wire_name)
        elif location is None:
            found[name] = sent.get(wire_name)
    return {name: value for name, value in found.items() if value is not None}


def _members(operation: str) -> Mapping[str, Shape]:
    shape = operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape.members


def _payload_member(operation: str) -> str | None:
    shape = operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    member: str | None = shape.serialization.get("payload")
    return member


@lru_cache
def _labels(operation: str) -> re.Pattern[str]:
    return path_pattern(operation_model(operation).http["requestUri"], label=".+")


def _json_object(body: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or "{}")
    except ValueError as not_json:
        raise SerializationException(f"Could not parse request body into json: {not_json}") from not_json
    if not isinstance(value, dict):
        raise SerializationException("Start of structure or map found where not expected.")
    return value


def _from_query(texts: list[str] | None, shape: Shape) -> list[str] | str | int | bool | None:
    if texts is None or shape.type_name == "list":
        return texts
    return _from_text(texts[0], shape)


def _from_text(text: str, shape: Shape) -> str | int | bool:
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
    except ValueError as not_a_number:
        raise SerializationException(f"{text} is not a number") from not_a_number
    return text == "true" if shape.type_name == "boolean" else text
