"""aiohttp: connections whose other end is the gateway, with aiohttp's own writing and parsing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection

from ..messages import Handle, Response
from ..messages.addresses import function_url_host
from ..patching import call_site
from ..patching.patches import Method, Patches, own_class
from ..patching.tracebacks import trim
from .errors import Passing
from .response_writer import BAD_REQUEST, CONTINUE, BodyParts, delimited, head_bytes
from .timeouts import Chunks, Step, close_response, start

Result = TypeVar("Result")


def patch(patches: Patches, handle: Handle) -> None:
    """Let TCP connectors connect to function URLs in memory, proxy or not."""
    patches.method(own_class("aiohttp.connector", "BaseConnector"), "connect", partial(_connect, handle))
    patches.method(own_class("aiohttp.client", "ClientSession"), "_request", _request)


def _connect(handle: Handle, original: Method) -> Method:
    async def connect(connector: aiohttp.BaseConnector, request: Any, *args: Any, **kwargs: Any) -> Connection:
        host = function_url_host(request.url.raw_host or "")
        if host is None or not isinstance(connector, aiohttp.TCPConnector):
            return await original(connector, request, *args, **kwargs)  # type: ignore[no-any-return]  # Method: Any
        loop = asyncio.get_running_loop()
        protocol = _Protocol(loop)
        protocol.connection_made(_MemoryTransport(call_site.for_this_task(handle), host, protocol, loop))
        protocol.force_close()
        return Connection(connector, request.connection_key, protocol, loop)

    return connect


def _request(original: Method) -> Method:
    """Let the handler's exceptions through; aiohttp makes errors of its own of every OSError."""

    async def request(session: aiohttp.ClientSession, *args: Any, **kwargs: Any) -> aiohttp.ClientResponse:
        try:
            return await original(session, *args, **kwargs)  # type: ignore[no-any-return]  # Method: Any
        except Passing as passing:
            error = passing.error
        raise error

    return request


class _Protocol(ResponseHandler):
    """aiohttp's own, which also tells whoever reads a body of an error that is no broken connection."""

    _content: aiohttp.StreamReader | None = None

    def feed_data(self, data: Any, *args: Any) -> None:
        """Take an answer's head, and the reader that its body goes to: 100 Continue has none."""
        self._content = None if data[1] is aiohttp.EMPTY_PAYLOAD else data[1]
        super().feed_data(data, *args)

    def fail(self, error: BaseException) -> None:
        """Raise ``error`` where the answer, or the rest of its body, is waited for."""
        trim(error)
        if self._content is None:
            self.set_exception(Passing(error) if isinstance(error, Exception) else error)
        else:
            self._content.set_exception(error)


class _MemoryTransport(asyncio.Transport):
    """One exchange with the function URL ``host``; chunks of a streamed answer are made while the client reads."""

    def __init__(self, handle: Handle, host: str, protocol: _Protocol, loop: asyncio.AbstractEventLoop) -> None:
        # Here: h11 must not load with a mock.
        from .request_reader import RequestReader

        super().__init__()
        self._handle = handle
        self._reader = RequestReader(host)
        self._protocol = protocol
        self._loop = loop
        self._closing = False
        self._paused = False
        self._asked = False
        self._leave: Callable[[], None] | None = None
        self._held: Callable[[], None] | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._asked or self._closing:
            return
        try:
            request = self._reader.read(bytes(data))
        except ValueError:
            self._asked = True
            self._loop.call_soon(self._answered, BAD_REQUEST)
            return
        if request is not None:
            self._asked = True
            step = Step(lambda: delimited(self._handle(request), request.method))
            self._leave = lambda: step.leave(close_response)
            self._run(step, self._answered)
        elif self._reader.awaits_continue():
            self._loop.call_soon(self._protocol.data_received, CONTINUE)

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        held, self._held = self._held, None
        if held:
            self._loop.call_soon(self._when_reading, held)

    def is_closing(self) -> bool:
        return self._closing

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            if self._leave:  # may run the handler's own code, which must not hold up the event loop
                start(Step(self._leave), lambda _: None)
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def _answered(self, response: Response) -> None:
        if isinstance(response.body, bytes):
            self._leave = None
            self._protocol.data_received(head_bytes(response) + response.body)
            return
        chunks = Chunks(BodyParts(response))
        self._leave = chunks.close
        self._protocol.data_received(head_bytes(response))
        self._next(chunks)

    def _next(self, chunks: Chunks) -> None:
        def received(part: bytes | None) -> None:
            if part is not None:
                self._protocol.data_received(part)
                self._next(chunks)

        self._when_reading(lambda: self._run(chunks.step(), received))

    def _when_reading(self, action: Callable[[], None]) -> None:
        if self._paused:
            self._held = action
        elif not self._closing:
            action()

    def _run(self, step: Step[Result], receive: Callable[[Result], None]) -> None:
        """Call ``step`` in a worker, and ``receive`` with its result in the event loop."""

        def ended(outcome: Callable[[], Result]) -> None:
            if self._closing:
                return
            try:
                result = outcome()
            except BaseException as error:
                self._protocol.fail(error)
            else:
                receive(result)

        def done(outcome: Callable[[], Result]) -> None:
            with suppress(RuntimeError):  # the loop has been closed: nobody waits
                self._loop.call_soon_threadsafe(ended, outcome)

        start(step, done)
