"""requests, below a session's adapters and beside the ``responses`` mocks that may be active."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from http.client import HTTPException, _encode  # type: ignore[attr-defined]  # the error of urllib3 1.26
from itertools import chain
from typing import Any

import requests
import urllib3
from requests import exceptions
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError, ProtocolError, ReadTimeoutError, ResponseError
from urllib3.util import SKIP_HEADER, Retry, Timeout
from urllib3.util.request import set_file_position
from urllib3.util.url import _encode_target

from ..messages.addresses import function_url_host_of
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping, unwrapping_each
from .for_urllib3 import URLLIB3_1, MessageConnection, WholeBody, pool_response, text
from .sockets import answer_to
from .timeouts import Handle, seconds
from .wire import RequestReader

_BLOCK = 16_384
_HEAD = re.compile(r"[A-Z]+(?:\0[!#$%&'*+\-.^_`|~0-9A-Za-z]+\0(?:[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*)?)*")
"""A method, and names and values of headers, each with NUL before it."""
_USER_AGENT = f"python-urllib3/{urllib3.__version__}"  # type: ignore[attr-defined]  # it has one
_log = logging.getLogger("urllib3.connectionpool")


def patch(patches: Patches, handle: Handle) -> None:
    """Give sessions, for a function URL, a stand-in of the adapter that they would use.

    A ``responses`` mock is not asked: a function URL that is registered there too is still answered by its function.
    An adapter that is no HTTPAdapter was mounted to answer by itself, and does.
    """
    with patches.library("requests", "2.28 to 2.34"):
        session = own_class("requests.sessions", "Session")
        patches.method(session, "get_adapter", partial(_get_adapter, handle))
        patches.method(session, "merge_environment_settings", _merge_environment_settings)
        patches.method(own_class("requests.models", "Response"), "iter_content", _iter_content)


class FunctionUrlAdapter(HTTPAdapter):
    """HTTPAdapter for function URLs: no proxies, no certificates, and a ``send`` that ``responses`` does not patch."""

    handle: Handle

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | Timeout | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send ``request`` through urllib3, with its errors turned into those of requests."""
        assert request.url is not None
        host = function_url_host_of(request.url)
        assert host is not None
        self.add_headers(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        try:
            raw = _attempts(self.handle, request, host, self.max_retries, _timeout(timeout))
        except HTTPError as error:
            raise _translated(error, request) from error
        return self.build_response(request, raw)

    send = unwrapping(send)


def _attempts(
    handle: Handle, request: requests.PreparedRequest, host: str, retries: Any, timeout: Timeout
) -> urllib3.HTTPResponse:
    """The response to ``request``, asked for as often as ``retries`` wants: ``urlopen`` of urllib3 without its pool."""
    pool = _pool(host)
    method, target = request.method or "GET", _encode_target(request.path_url)
    if not isinstance(retries, Retry):
        retries = Retry.from_int(retries, redirect=False, default=pool.retries)
    position = set_file_position(request.body, None)
    while True:
        try:
            response = _attempt(handle, request, pool, method, target, timeout)
        except (OSError, HTTPException) as error:
            failure: HTTPError = ProtocolError("Connection aborted.", error)
            if isinstance(error, TimeoutError):
                failure = ReadTimeoutError(pool, target, f"Read timed out. (read timeout={timeout.read_timeout})")
            retries = retries.increment(method, target, error=failure, _pool=pool, _stacktrace=error.__traceback__)
            retries.sleep()
        else:
            response.retries = retries
            if not retries.is_retry(method, response.status, "Retry-After" in response.headers):
                return response
            try:
                retries = retries.increment(method, target, response=response, _pool=pool)
            except MaxRetryError:
                if not retries.raise_on_status:
                    return response
                response.drain_conn()
                raise
            response.drain_conn()
            retries.sleep(response)
        set_file_position(request.body, position)


def _attempt(
    handle: Handle,
    request: requests.PreparedRequest,
    pool: urllib3.HTTPSConnectionPool,
    method: str,
    target: str,
    timeout: Timeout,
) -> urllib3.HTTPResponse:
    """One exchange with the gateway."""
    reader = _written(request, pool.host, method, target)
    response: Any = pool_response(
        answer_to(handle, reader, seconds(timeout.read_timeout)),
        request_method=method,
        request_url=None if URLLIB3_1 else target,
        pool=pool,
        preload_content=False,
        decode_content=False,
    )
    if isinstance(response._original_response, WholeBody) and "Set-Cookie" not in response.headers:
        response._original_response = None  # it is only searched for cookies, which takes long
    _log.debug(
        '%s://%s:%s "%s %s HTTP/1.1" %s %s', *("https", pool.host, 443, method, target),
        response.status, response.length_remaining,
    )  # fmt: skip
    return response  # type: ignore[no-any-return]  # of two releases


def _written(request: requests.PreparedRequest, host: str, method: str, target: str) -> RequestReader:
    """What a server gets of ``request``: the lines and the body that urllib3 would write."""
    given, body = [*request.headers.items()], request.body
    names = {text(name).lower() for name, _ in given}
    chunked = "Content-Length" not in request.headers and (body is not None or "transfer-encoding" in names)
    parts, length = _to_chunks(body, method, _BLOCK)
    added = {"Host": host, "Accept-Encoding": "identity"}
    if chunked:
        added["Transfer-Encoding"] = "chunked"
    elif length is not None:
        added["Content-Length"] = str(length)
    added["User-Agent"] = _USER_AGENT
    last = ("Transfer-Encoding" if chunked else "User-Agent") if URLLIB3_1 else None
    missing = [line for line in added.items() if line[0].lower() not in names]
    lines = [line for line in missing if line[0] != last] + given + [line for line in missing if line[0] == last]
    reader = RequestReader(host)
    reader.begin(method, target, tuple(lines if _is_plain(method, lines) else _checked(host, method, target, lines)))
    for part in filter(None, parts or ()):
        content = (_encode(part, "body") if last == "User-Agent" else part.encode()) if isinstance(part, str) else part
        reader.feed(b"%x\r\n%b\r\n" % (len(content), content) if chunked else content)
    if chunked:
        reader.feed(b"0\r\n\r\n")
    return reader


def _is_plain(method: str, lines: list[tuple[Any, Any]]) -> bool:
    """Whether urllib3 writes ``method`` and ``lines`` just as they are."""
    parts = [method, *chain.from_iterable(lines)]
    if {*map(type, parts)} != {str}:
        return False
    head = "\0".join(parts)
    return bool(_HEAD.fullmatch(head)) and head.count("\0") == 2 * len(lines) and SKIP_HEADER not in head


def _checked(host: str, method: str, target: str, lines: list[tuple[Any, Any]]) -> list[tuple[str, str]]:
    """``lines`` as a connection of urllib3 writes them, which raises its errors."""
    connection = MessageConnection(host)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in lines:
        connection.putheader(name, value)
    return connection.lines


def _chunks_of_urllib3_1(body: Any, method: str, size: int) -> tuple[Iterable[Any] | None, int | None]:
    """What ``body_to_chunks`` is in urllib3 2; the length is asked for when there is no body."""
    if body is None:
        return None, 0 if method.upper() in ("PATCH", "POST", "PUT") else None
    if isinstance(body, (str, bytes, bytearray, memoryview)):
        return (body,), None
    return iter(lambda: body.read(size) or None, None) if hasattr(body, "read") else body, None


_to_chunks: Any = getattr(urllib3.util.request, "body_to_chunks", _chunks_of_urllib3_1)


def _get_adapter(handle: Handle, original: Method) -> Method:
    def get_adapter(session: requests.Session, url: str) -> BaseAdapter:
        adapter: BaseAdapter = original(session, url)
        if not isinstance(adapter, HTTPAdapter) or function_url_host_of(url) is None:
            return adapter
        return _stand_in(adapter, handle)

    return get_adapter


def _iter_content(original: Method) -> Method:
    unwrapped = unwrapping_each(original)

    def iter_content(response: requests.Response, *args: Any, **kwargs: Any) -> Any:
        has_ended = isinstance(getattr(response.raw, "_fp", None), WholeBody)  # no handler runs any more
        return (original if has_ended else unwrapped)(response, *args, **kwargs)

    return iter_content


def _merge_environment_settings(original: Method) -> Method:
    def merge_environment_settings(
        session: requests.Session, url: str, proxies: Any, *settings: Any, **named: Any
    ) -> dict[str, Any]:
        if function_url_host_of(url) is not None:
            # No proxy stands before a function URL: for a URL without a host requests looks for none, and it copies
            # the session's only for a request that has its own.
            url, proxies = "", proxies or None
        merged: dict[str, Any] = original(session, url, proxies, *settings, **named)
        return merged

    return merge_environment_settings


def _stand_in(adapter: HTTPAdapter, handle: Handle) -> BaseAdapter:
    """The same adapter, state included, but what its class leaves to HTTPAdapter is left to FunctionUrlAdapter."""
    if isinstance(adapter, FunctionUrlAdapter):
        return adapter
    stand_in: BaseAdapter = object.__new__(_stand_in_class(type(adapter), handle))  # type: ignore[arg-type]  # a class is hashable
    stand_in.__dict__ = adapter.__dict__
    return stand_in


@lru_cache(maxsize=64)
def _stand_in_class(adapter_class: type[HTTPAdapter], handle: Handle) -> type[HTTPAdapter]:
    bases = (FunctionUrlAdapter,) if adapter_class is HTTPAdapter else (adapter_class, FunctionUrlAdapter)
    return type(adapter_class.__name__, bases, {"handle": staticmethod(handle)})


@lru_cache(maxsize=64)
def _pool(host: str) -> urllib3.HTTPSConnectionPool:
    return urllib3.HTTPSConnectionPool(host, 443)


def _timeout(timeout: Any) -> Timeout:
    if isinstance(timeout, Timeout):
        return timeout
    if isinstance(timeout, tuple):
        try:
            connect, read = timeout
        except ValueError:
            raise ValueError(f"Invalid timeout {timeout}. Pass a (connect, read) timeout tuple") from None
        return Timeout(connect=connect, read=read)
    return Timeout(connect=timeout, read=timeout)


def _translated(error: HTTPError, request: requests.PreparedRequest) -> Exception:
    """What HTTPAdapter.send makes of the errors that can happen without a network."""
    if isinstance(error, MaxRetryError):
        if isinstance(error.reason, ResponseError):
            return exceptions.RetryError(error, request=request)
        return exceptions.ConnectionError(error, request=request)
    if isinstance(error, ProtocolError):
        return exceptions.ConnectionError(error, request=request)
    if isinstance(error, ReadTimeoutError):
        return exceptions.ReadTimeout(error, request=request)
    if isinstance(error, InvalidHeader):
        return exceptions.InvalidHeader(error, request=request)
    return error
