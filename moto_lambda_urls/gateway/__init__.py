"""Payload format 2.0 both ways: a request to the event, the handler's result to the response."""

from ..messages.limits import MAX_EVENT_BYTES
from ..runtime.errors import MAX_RESULT_BYTES
from .event import Caller, UrlConfig, encode_event, request_too_large, to_event
from .framing import finish, internal_server_error, trace_header, unknown_url
from .result import BadResultError, prelude_response, raw_response, streamed_response, to_response

__all__ = [
    "MAX_EVENT_BYTES",
    "MAX_RESULT_BYTES",
    "BadResultError",
    "Caller",
    "UrlConfig",
    "encode_event",
    "finish",
    "internal_server_error",
    "prelude_response",
    "raw_response",
    "request_too_large",
    "streamed_response",
    "to_event",
    "to_response",
    "trace_header",
    "unknown_url",
]
