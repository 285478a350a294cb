"""One invocation of a function in this process, from its payload to its answer."""

from __future__ import annotations

from dataclasses import dataclass

from ..state.recorded import HandlerError
from .errors import MAX_RESULT_BYTES, too_large
from .in_process.isolation import logs
from .in_process.session import Call, Session
from .marshal import marshal
from .patches import enter_patched, uninstall


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an invocation came to: ``payload`` is JSON, Lambda's error object when there is an ``error``.

    ``logs`` is the whole text of its log, ``duration_ms`` the time in the handler in milliseconds.
    """

    payload: bytes
    error: HandlerError | None
    logs: str
    duration_ms: float

    @property
    def tail(self) -> bytes:
        """The last 4 KB of the log, as ``LogType=Tail`` answers them."""
        return logs.tail(self.logs)


def invoke(call: Call) -> Outcome:
    """Call the handler, as AWS's Python runtime does.

    The handler's failure is part of the outcome, as on AWS; KeyboardInterrupt is the user's and passes through.
    """
    enter_patched()
    try:
        with Session(call) as session:
            with session.active():
                answer = session.guarded(lambda: answered(session, session.call_handler()))
            return finished(session, answer)
    finally:
        uninstall()


def finished(session: Session, answer: bytes | None) -> Outcome:
    """End ``session``: its last log lines, and the outcome; ``answer`` is None when it failed."""
    text = session.finish()
    failure = session.failure
    if failure is not None:
        answer = session.to_json(failure.body).encode()
    return Outcome(
        payload=answer or b"",
        error=failure.error if failure is not None else None,
        logs=text,
        duration_ms=session.duration_ms,
    )


def answered(session: Session, result: object) -> bytes | None:
    """The payload that a handler's ``result`` becomes; None, and the session failed, when it is too large.

    :raises Fault: ``Runtime.MarshalError``.
    """
    answer = marshal(result, runtime=session.call.function.run_time)
    if len(answer) > MAX_RESULT_BYTES:
        session.fail(too_large(logs.now_ms()))
        return None
    return answer
