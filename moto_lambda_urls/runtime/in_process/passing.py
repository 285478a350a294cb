"""Exceptions that pass through a handler to its caller: KeyboardInterrupt, outcomes of test frameworks, gevent's."""

from __future__ import annotations

import opcode
import signal
import sys
import threading
from types import TracebackType

_RAISE = opcode.opmap["RAISE_VARARGS"]
_LOOPS = frozenset({"asyncio", "trio"})
_OUTCOMES = frozenset(
    {
        ("_pytest.outcomes", "OutcomeException"),  # fail, skip, xfail
        ("_pytest.outcomes", "Exit"),
        ("unittest.case", "SkipTest"),
        ("hypothesis.errors", "StopTest"),
        ("hypothesis.errors", "UnsatisfiedAssumption"),
    }
)


def passes_through(exception: BaseException, *, in_server: bool) -> bool:
    """Whether ``exception`` goes on to whoever called the function; a server's caller is no test."""
    if isinstance(exception, KeyboardInterrupt):
        return _is_ctrl_c(exception)
    if _is_of_gevent(exception):
        return True
    return not in_server and any((each.__module__, each.__name__) in _OUTCOMES for each in type(exception).__mro__)


def _is_ctrl_c(exception: KeyboardInterrupt) -> bool:
    """Whether a signal brought ``exception``, and no statement of the handler.

    A decision, since Python makes no difference: its own answer to SIGINT interrupts the main thread wherever it
    stands, which is hardly ever at a ``raise``. A handler of SIGINT that is written in Python is in the traceback, and
    an event loop raises it for the signal that it has caught.
    """
    trace = exception.__traceback__
    if trace is None or threading.get_ident() != threading.main_thread().ident:
        return False
    of_signal = getattr(signal.getsignal(signal.SIGINT), "__code__", None)
    while trace.tb_next is not None:
        if trace.tb_frame.f_code is of_signal:
            return True
        trace = trace.tb_next
    module = str(trace.tb_frame.f_globals.get("__name__"))
    return trace.tb_frame.f_code is of_signal or module.partition(".")[0] in _LOOPS or not _is_raised(trace)


def _is_of_gevent(exception: BaseException) -> bool:
    """Whether ``exception`` is for the greenlet that the handler runs in: it is killed, or its caller's time is over.

    A decision, since gevent does not tell whose a Timeout is: a ``with`` block closes its own, so that one which is
    open when it leaves the handler is somebody else's. What stands in for a Timeout (``Timeout(1, error)``) is not told
    from an error of the handler.
    """
    gevent = sys.modules.get("gevent")
    timeout, exit_ = getattr(gevent, "Timeout", None), getattr(gevent, "GreenletExit", None)
    if timeout is not None and isinstance(exception, timeout):
        return type(exception.timer).__name__ != "_FakeTimer"
    if exit_ is None or not isinstance(exception, exit_) or (trace := exception.__traceback__) is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return not _is_raised(trace)


def _is_raised(innermost: TracebackType) -> bool:
    """Whether a ``raise`` statement of Python began it."""
    return innermost.tb_frame.f_code.co_code[innermost.tb_lasti] == _RAISE
