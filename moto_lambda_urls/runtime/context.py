"""The context object that a handler gets, like awslambdaric's."""

from __future__ import annotations

import json
import sys
from typing import Any

from .clocks import epoch_time
from .exceptions import FaultException
from .in_process.isolation.running import current

_W3C_FIELDS = ("traceparent", "tracestate", "baggage")


class CognitoIdentity:
    """Who called, when it was the AWS Mobile SDK: always empty here."""

    def __init__(self) -> None:
        self.cognito_identity_id: str | None = None
        self.cognito_identity_pool_id: str | None = None

    def __repr__(self) -> str:
        return _shown(self)


class Client:
    """The app that called, from the client context."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.installation_id = fields.get("installation_id")
        self.app_title = fields.get("app_title")
        self.app_version_name = fields.get("app_version_name")
        self.app_version_code = fields.get("app_version_code")
        self.app_package_name = fields.get("app_package_name")

    def __repr__(self) -> str:
        return _shown(self)


class ClientContext:
    """What the caller sent as ``ClientContext``."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.custom = fields.get("custom")
        self.env = fields.get("env")
        client = fields.get("client")
        self.client = None if client is None else Client(client)

    def __repr__(self) -> str:
        return _shown(self)


class LambdaContext:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html; ``deadline`` is in seconds since the epoch."""

    def __init__(
        self,
        *,
        request_id: str,
        function_name: str,
        function_version: str,
        memory_size: int,
        log_group: str,
        log_stream: str,
        invoked_arn: str,
        deadline: float,
        client_context: str | None = None,
        tenant_id: str | None = None,
    ) -> None:
        self.aws_request_id = request_id
        self.log_group_name = log_group
        self.log_stream_name = log_stream
        self.function_name = function_name
        self.memory_limit_in_mb = str(memory_size)
        self.function_version = function_version
        self.invoked_function_arn = invoked_arn
        fields = _client_fields(client_context)
        self._w3c_fields = _w3c_fields(fields)
        self.client_context = None if fields is None else ClientContext(fields)
        self.identity = CognitoIdentity()
        self.tenant_id = tenant_id
        self._epoch_deadline_time_in_ms = int(deadline * 1000)

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the Timeout, 0 when it has passed; by the machine's clock, as the Timeout is."""
        return max(self._epoch_deadline_time_in_ms - int(epoch_time() * 1000), 0)

    def w3c(self) -> dict[str, str]:
        """The W3C trace context that the caller sent."""
        return dict(self._w3c_fields)

    def log(self, msg: object) -> None:
        """Write ``msg`` to the function's log as it is."""
        if running := current():
            running.log.add(str(msg))
        else:
            sys.stdout.write(str(msg))

    def __repr__(self) -> str:
        return _shown(self, order=_CONTEXT_ORDER)


_CONTEXT_ORDER = (
    "aws_request_id",
    "log_group_name",
    "log_stream_name",
    "function_name",
    "memory_limit_in_mb",
    "function_version",
    "invoked_function_arn",
    "client_context",
    "identity",
    "tenant_id",
)


def _shown(value: object, order: tuple[str, ...] | None = None) -> str:
    fields = ",".join(f"{name}={getattr(value, name)}" for name in order or vars(value))
    return f"{type(value).__name__}([{fields}])"


def _client_fields(client_context: str | None) -> dict[str, Any] | None:
    if not client_context:
        return None
    try:
        fields = json.loads(client_context)
    except ValueError as error:
        message = f"Unable to parse Client Context JSON: {error}"
        raise FaultException("Runtime.LambdaContextUnmarshalError", message) from error
    return fields if isinstance(fields, dict) else {}


def _w3c_fields(fields: dict[str, Any] | None) -> dict[str, str]:
    sent = fields.pop("w3c", None) if fields else None
    if not isinstance(sent, dict):
        return {}
    return {name: sent[name] for name in _W3C_FIELDS if isinstance(sent.get(name), str)}
