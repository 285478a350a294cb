"""httpx: its transports, synchronous and asynchronous (asyncio and trio)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
import httpx

from ..messages import Handle, Request, Response, close_body
from ..messages.addresses import function_url_host
from ..patching import call_site
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping, unwrapping_each
from .response_writer import delimited, reason
from .timeouts import Chunks, Late, Step, answer, close_response

Result = TypeVar("Result")


def patch(patches: Patches, handle: Handle) -> None:
    """Let httpx's own transports answer function URLs; MockTransport, ASGITransport and others are left alone."""
    # A cassette of VCR calls the functions that vcr found when it was imported.
    patches.held_method(own_class("httpx", "HTTPTransport"), "handle_request", partial(_handle_request, handle))
    asynchronous = own_class("httpx", "AsyncHTTPTransport")
    patches.held_method(asynchronous, "handle_async_request", partial(_handle_async_request, handle))


def _handle_request(handle: Handle, original: Method) -> Method:
    @unwrapping
    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        host = function_url_host(request.url.host)
        if host is None:
            return original(transport, request)  # type: ignore[no-any-return]  # a Method returns Any
        asked = _asked(host, request, request.read())
        timeout = _read_timeout(request)
        try:
            answered = delimited(answer(handle, asked, timeout), asked.method)
        except Late as late:
            raise httpx.ReadTimeout(str(late), request=request) from late
        return _response(answered, request, _SyncStream)

    return handle_request


def _handle_async_request(handle: Handle, original: Method) -> Method:
    async def handle_async_request(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        host = function_url_host(request.url.host)
        if host is None:
            return await original(transport, request)  # type: ignore[no-any-return]  # a Method returns Any
        asked = _asked(host, request, await request.aread())
        step = Step(partial(call_site.for_this_task(handle), asked))
        try:
            answered = delimited(await _in_thread(step, request), asked.method)
        except BaseException:
            step.leave(close_response)
            raise
        return _response(answered, request, _AsyncStream)

    return handle_async_request


class _SyncStream(httpx.SyncByteStream):
    def __init__(self, chunks: Iterator[bytes], request: httpx.Request) -> None:
        self._chunks = chunks
        self._request = request

    @unwrapping_each
    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except Late as late:
            raise httpx.ReadTimeout(str(late), request=self._request) from late

    def close(self) -> None:
        close_body(self._chunks)


class _AsyncStream(httpx.AsyncByteStream, AsyncIterator[bytes]):
    def __init__(self, chunks: Iterator[bytes], request: httpx.Request) -> None:
        self._chunks = Chunks(chunks)
        self._request = request

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        chunk = await _in_thread(self._chunks.step(), self._request)
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._chunks.close, limiter=anyio.CapacityLimiter(1))


async def _in_thread(step: Step[Result], request: httpx.Request) -> Result:
    """What ``step`` returns, with this task's context variables; a limiter of its own lets any number overlap."""
    with anyio.move_on_after(_read_timeout(request)):
        return await anyio.to_thread.run_sync(step, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))
    raise httpx.ReadTimeout("timed out", request=request)


def _asked(host: str, request: httpx.Request, body: bytes) -> Request:
    # Here: h11 must not load with a mock.
    import h11

    try:  # as httpcore does
        h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
    except h11.LocalProtocolError as error:
        raise httpx.LocalProtocolError(str(error), request=request) from error
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw])
    return Request(method=request.method, host=host, raw_path=path, raw_query=query, headers=headers, body=body)


def _read_timeout(request: httpx.Request) -> float | None:
    timeout: dict[str, Any] = request.extensions.get("timeout", {})
    seconds: float | None = timeout.get("read")
    return seconds


def _response(
    answered: Response, request: httpx.Request, streaming: type[_SyncStream] | type[_AsyncStream]
) -> httpx.Response:
    body = answered.body
    return httpx.Response(
        answered.status,
        headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in answered.headers],
        stream=httpx.ByteStream(body) if isinstance(body, bytes) else streaming(body, request),
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason(answered.status).encode("ascii")},
    )
