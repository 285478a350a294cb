"""Exceptions that are no failure of the handler and reach the test: KeyboardInterrupt, skips and failures of tests."""

from __future__ import annotations

import opcode
import signal
import threading

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
    code, module = trace.tb_frame.f_code, str(trace.tb_frame.f_globals.get("__name__"))
    return code is of_signal or module.partition(".")[0] in _LOOPS or code.co_code[trace.tb_lasti] != _RAISE
