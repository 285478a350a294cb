"""The operation InvokeWithResponseStream."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...invocations import ResponseStream, Throttled, invocation
from ..exceptions import TooManyRequestsException
from . import event_stream
from .invoke import InvokeOperations, check_payload, record_outcome

if TYPE_CHECKING:
    from ...invocations import Outcome

PRELUDE_END = bytes(8)


@dataclass(frozen=True, kw_only=True)
class StreamAnswer:
    """What InvokeWithResponseStream answers: the HTTP status, the headers particular to it, the frames."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    frames: Iterator[bytes] | None = None


class StreamOperations(InvokeOperations):
    """InvokeWithResponseStream, for the functions of one account and region."""

    def invoke_with_response_stream(
        self,
        function_name: str,
        qualifier: str | None,
        payload: bytes,
        *,
        invocation_type: str = "RequestResponse",
        log_type: str = "None",
        client_context: str | None = None,
        tenant_id: str | None = None,
    ) -> StreamAnswer:
        """Invoke a function, version or alias with the JSON ``payload``; the other parameters are ``answer_invoke``'s.

        The handler has run up to the first piece of its answer when this returns.

        :raises ResourceNotFoundException, TooManyRequestsException, …: as ``answer_invoke``.
        """
        check_payload(payload, is_asynchronous=False)
        call = self._call(function_name, qualifier, payload or b"{}", client_context, tenant_id)
        if invocation_type == "DryRun":
            return StreamAnswer(status=204)
        try:
            stream = invocation.stream(call)
        except Throttled as throttled:
            raise TooManyRequestsException(throttled.reason) from throttled
        headers = {"content-type": event_stream.CONTENT_TYPE, "x-amz-executed-version": str(call.function.version)}
        frames = Frames(stream, with_log=log_type == "Tail")
        if stream.outcome is not None:
            record_outcome(call, stream.outcome)
        else:
            stream.at_end = lambda outcome: record_outcome(call, outcome)
        return StreamAnswer(status=200, headers=headers, frames=frames)


class Frames(Iterator[bytes]):
    """The frames of ``stream``: a PayloadChunk for each piece, then InvokeComplete; closing it closes the stream."""

    def __init__(self, stream: ResponseStream, *, with_log: bool) -> None:
        self._stream = stream
        self._with_log = with_log
        self._frames = self._made()

    def __next__(self) -> bytes:
        return next(self._frames)

    def close(self) -> None:
        """End the handler where it stands; the remaining frames are not made."""
        self._frames.close()
        self._stream.close()

    def _made(self) -> Generator[bytes, None, None]:
        if self._stream.prelude is not None:  # Only function URLs read it; here it is part of the answer.
            yield event_stream.payload_chunk(json.dumps(self._stream.prelude).encode() + PRELUDE_END)
        for piece in self._stream:
            for start in range(0, len(piece), event_stream.MAX_PAYLOAD_BYTES):
                yield event_stream.payload_chunk(piece[start : start + event_stream.MAX_PAYLOAD_BYTES])
        outcome = self._stream.outcome
        assert outcome is not None, "a stream that was read to its end has an outcome"
        yield event_stream.invoke_complete(_result(outcome, with_log=self._with_log))


def _result(outcome: Outcome, *, with_log: bool) -> dict[str, str]:
    error = outcome.error
    result = {} if error is None else {"ErrorCode": error.type, "ErrorDetails": outcome.payload.decode()}
    return {**result, "LogResult": base64.b64encode(outcome.tail).decode()} if with_log else result
