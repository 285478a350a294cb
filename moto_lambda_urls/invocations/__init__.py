"""Invocations, whoever asks for them: synchronous, streamed, asynchronous, of code that is not Python."""

from ..runtime.in_process.isolation.running import in_handler
from ..runtime.invocation_request import MAX_RESULT_BYTES, PRELUDE_CONTENT_TYPE, HandlerError, Outcome, event_json
from ..state.concurrency import Throttled
from .asynchronous import Held
from .invocation import ResponseStream, ScopedInvocationRequest, invoke, record, stream

__all__ = [
    "MAX_RESULT_BYTES",
    "PRELUDE_CONTENT_TYPE",
    "HandlerError",
    "Held",
    "Outcome",
    "ResponseStream",
    "ScopedInvocationRequest",
    "Throttled",
    "event_json",
    "in_handler",
    "invoke",
    "record",
    "stream",
]
