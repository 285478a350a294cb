"""The data plane: authorization, payload format 2.0 both ways, CORS, and the pipeline that puts them in order."""

from ..invocations import MAX_RESULT_BYTES
from ..messages.limits import MAX_EVENT_BYTES
from .arrival import Arrival, arrive
from .event import encode_event, to_event
from .framing import finish, internal_server_error, unknown_url
from .result import BadResultError, prelude_response, raw_response, streamed_response, to_response

__all__ = [
    "MAX_EVENT_BYTES",
    "MAX_RESULT_BYTES",
    "Arrival",
    "BadResultError",
    "arrive",
    "encode_event",
    "finish",
    "internal_server_error",
    "prelude_response",
    "raw_response",
    "streamed_response",
    "to_event",
    "to_response",
    "unknown_url",
]
