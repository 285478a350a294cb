"""One execution environment: a process, its Runtime API, and its output."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event
from typing import Protocol

from ..clocks import monotonic
from ..exceptions import DeadlinePassed
from ..in_process.isolation.running import Sandbox
from .api import Answer, InvocationResponse, RuntimeApi
from .deployment import Deployment
from .descendants import kill_descendants
from .execution import ProcessEnded, execute
from .forking import UNFORKED
from .memory import peak_mb
from .output import OutputReader
from .reaper import ProcessReaper
from .runtime_connection import RuntimeConnection
from .variables import process_variables

_TICK = 0.05
"""Seconds after which the process is looked at when nothing else happens: who inherits its pipe may hide its end."""
_EXIT_SECONDS = 0.2
"""A decision: how long after a cut connection a process is waited for, whose end would be the reason."""
_MAX_LEFT_BEHIND = 10_000
_MAX_CONNECTIONS = 64
"""A decision: a runtime needs one or two."""


class ResponseCut(Exception):  # noqa: N818 - what happened
    """The connection ended in the middle of a response, and the process runs on."""


class Output(Protocol):
    """Where an invocation's output goes: text as a stream, and messages as wholes."""

    def write(self, text: str) -> None: ...

    def logged(self, message: str) -> None: ...


class Environment:
    """One process at a time, driven by whoever runs an invocation in it: nothing is read between two of them.

    On AWS, too, an environment stands still between its invocations. ``started_at`` is in seconds of the monotonic
    clock, ``init_ms`` what Init took, until an invocation has reported it.
    """

    def __init__(
        self, deployment: Deployment, sandbox: Sandbox, variables: Mapping[str, str], reaper: ProcessReaper
    ) -> None:
        self.deployment = deployment
        self.sandbox = sandbox
        self.memory_used = 0
        self.init_ms: float | None = None
        self.started_at = 0.0
        self.deadline = math.inf
        self.log: Output | None = None
        self._retired = Event()
        self._output_open = False
        self._cut_at: float | None = None
        self._marks: dict[str, str] = {}
        self._variables = variables
        self._reaper = reaper
        self._process: subprocess.Popen[bytes] | None = None
        self._connections: dict[int, RuntimeConnection] = {}

    def start(self) -> None:
        """Start the process.

        :raises ProcessEnded: it is retired, or as ``execute``.
        :raises InvalidEntrypoint: as ``execute``.
        """
        self.started_at = monotonic()
        if self._retired.is_set():
            raise ProcessEnded(-signal.SIGKILL)
        with UNFORKED:
            self._start()
        if self._retired.is_set():  # meanwhile
            self.kill()

    def begin(self, response: InvocationResponse, headers: Mapping[str, str], payload: bytes) -> None:
        """Give the waiting runtime an invocation, whose answer becomes ``response``."""
        asking = next(each for each in self._connections.values() if each.asks)
        asking.asks = False
        self._cut_at = None
        self.api.begin(response)
        if not asking.send(Answer(200, payload, headers).data):
            self._drop(asking)

    def wait(self, done: Callable[[], object], deadline: float) -> None:
        """Serve the runtime until ``done()`` is true; ``deadline`` is in seconds of the monotonic clock.

        :raises DeadlinePassed: the deadline has passed first.
        :raises ProcessEnded: the process has ended first.
        :raises ResponseCut: it broke off its answer.
        """
        self.deadline = deadline
        while not done():
            now = monotonic()
            if self._cut_at is not None and now > self._cut_at + _EXIT_SECONDS:
                raise ResponseCut
            if self.serve(min(deadline - now, _TICK if self._output_open else _TICK / 10)) and self._output_open:
                continue
            status = self.exit_status
            if status is not None:
                self._serve_rest()
                if not done():
                    raise ProcessEnded(status)
            elif now >= deadline and not done():
                raise DeadlinePassed
            else:
                self.measure()

    def _serve_rest(self) -> None:
        """Take what an ended process has left behind; what it started ends too."""
        self.kill()
        for _ in range(_MAX_LEFT_BEHIND):
            if not self.serve(0):
                return

    @property
    def pid(self) -> int | None:
        """The number of its process."""
        process = self._process
        return None if process is None else process.pid

    @property
    def function_name(self) -> str:
        """The function that it runs."""
        return self._variables["AWS_LAMBDA_FUNCTION_NAME"]

    @property
    def exit_status(self) -> int | None:
        """How the process ended; None while it runs."""
        return None if self._process is None else self._process.poll()

    @property
    def is_asking(self) -> bool:
        """Whether its runtime has something to say."""
        return any(number != self._output for number, _ in self._poll.poll(0))

    def serve(self, seconds: float) -> bool:
        """Do what comes first, in at most ``seconds``; False when nothing came."""
        events = self._poll.poll(max(0.0, seconds) * 1000)
        served = False
        for number, _ in events:
            if number == self._output:
                served = self._read_output() or served
            elif number == self._listener.fileno():
                self._accept()
                served = True
            elif number in self._connections:
                served = True
                if not self._connections[number].receive():
                    self._drop(self._connections[number])
        return served

    def _accept(self) -> None:
        accepted = self._listener.accept()[0]
        if len(self._connections) >= _MAX_CONNECTIONS:
            accepted.close()
            return
        self._connections[accepted.fileno()] = RuntimeConnection(accepted, self.api)
        self._poll.register(accepted, select.POLLIN)

    def read_rest(self) -> None:
        """Read what the process has written by now."""
        while self._output_open and self._read_output():
            pass

    def measure(self) -> None:
        """Look at the memory that the process has used."""
        if self._process is not None:
            self.memory_used = max(self.memory_used, peak_mb(self._process.pid))

    def end(self) -> None:
        """Kill the process, and all that it started."""
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            kill_descendants(self._marks)
            self._reaper.forget(self._port)
            process.wait()
            self._close()

    def kill(self) -> None:
        """Kill the process while another thread may be serving it, which will see the end of it."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def retire(self) -> None:
        """Kill the process as ``kill`` does, and that which another thread may be about to start."""
        self._retired.set()
        self.kill()

    def abandon(self) -> None:
        """In a forked child: close what is the parent's."""
        process, self._process = self._process, None
        if process is not None:
            process.returncode = 0  # not this process's child: nothing to wait for
            self._close()

    def _start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._port = self._listener.getsockname()[1]
        authority = f"127.0.0.1:{self._port}"
        self.api = RuntimeApi(authority)
        self._output_reader = OutputReader()
        self._output, write_end = os.pipe()
        self._poll = select.poll()
        self._poll.register(self._listener, select.POLLIN)
        self._poll.register(self._output, select.POLLIN)
        self._output_open = True
        os.set_blocking(self._output, False)
        name = "/".join(self.deployment.folder.parts[-2:])
        self._reaper.watch(self._port, name)
        try:
            self._process = self._spawn(authority, write_end)
        except BaseException:
            self._reaper.forget(self._port)
            self._close()
            raise
        finally:
            os.close(write_end)
        self._reaper.watch(self._port, name, self._process.pid)

    def _spawn(self, authority: str, write_end: int) -> subprocess.Popen[bytes]:
        command = self.deployment.command
        variables = process_variables(
            self._variables, folder=self.deployment.folder, node_major=command.node_major, authority=authority
        )
        self._marks = {name: variables[name] for name in ("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT")}
        return execute(self.deployment, command, variables, write_end)

    def _read_output(self) -> bool:
        log = self.log
        if log is None:
            return False
        try:
            data = os.read(self._output, 65536)
        except BlockingIOError:
            return False
        if not data:
            self._output_open = False
            self._poll.unregister(self._output)
            return False
        self._output_reader.feed(data, log.write, log.logged)
        return True

    def _drop(self, connection: RuntimeConnection) -> None:
        self._poll.unregister(connection)
        del self._connections[connection.fileno()]
        if connection.asks:
            self.api.waiting = False
        response = self.api.response
        if connection.in_response and response is not None and response.begun and not response.ended:
            self._cut_at = monotonic()
        connection.close()

    def _close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self._listener.close()
        self._output_open = False
        os.close(self._output)
