"""What every operation of Lambda's API has in common: its parameters, its backend, its answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from moto.awslambda.responses import LambdaResponse
from moto.core.common_types import TYPE_RESPONSE

from ..models import FunctionUrlBackend, backend_of
from ..service_model import operation_model
from ..validation import validate
from .parameters import read_parameters


class ApiResponse(LambdaResponse):
    """moto's Lambda API over our backend."""

    @property
    def backend(self) -> FunctionUrlBackend:
        return backend_of(self.current_account, self.region)

    def setup_class(
        self, request: Any, full_url: str | None = None, headers: Any = None, use_raw_body: bool | None = True
    ) -> None:
        """As moto's, but the body stays bytes: a payload need not be text."""
        super().setup_class(request, full_url, headers, use_raw_body)
        self.body = self.body or b""  # older releases of moto have None where there is none

    def _parameters(self, operation: str, **payload: Any) -> dict[str, Any]:
        url = urlsplit(self.uri)
        parameters = read_parameters(operation, path=url.path, query=url.query, headers=self.headers, body=self.body)
        parameters |= payload
        validate(operation, parameters)
        return parameters


def answer(operation: str, result: dict[str, Any] | None = None, *, status: int | None = None) -> TYPE_RESPONSE:
    """The operation's own status, unless AWS's is another, and ``result`` as JSON; the body is empty when there is none
    to give.
    """
    status = status or operation_model(operation).http["responseCode"]
    # moto takes the status from this header, not from the tuple.
    headers = {"status": status, "Content-Type": "application/json"}
    return status, headers, "" if result is None else json.dumps(result)


def page_answer(operation: str, name: str, items: list[dict[str, Any]], next_marker: str | None) -> TYPE_RESPONSE:
    """A page of a list whose member is ``name``; the last one has no NextMarker."""
    listed: dict[str, Any] = {name: items}
    return answer(operation, {**listed, "NextMarker": next_marker} if next_marker else listed)
