"""Buffered invocations in this process: the handler is called, and its result is the outcome."""

from __future__ import annotations

from .in_process.session import Session
from .invocation_request import InvocationRequest, Outcome
from .patches import enter_patched, uninstall


def invoke(call: InvocationRequest) -> Outcome:
    """Call the handler, as AWS's Python runtime does.

    The handler's failure is part of the outcome, as on AWS; Ctrl-C and outcomes of the test run pass through.
    """
    enter_patched()
    try:
        with Session(call) as session:
            with session.active():
                answer = session.guarded(lambda: session.answered(session.call_handler()))
            return session.finish(answer)
    finally:
        uninstall()
