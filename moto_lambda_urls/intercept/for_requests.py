"""requests, below a session's adapters and beside the ``responses`` mocks that may be active."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import requests
import urllib3
from requests import exceptions
from requests.adapters import DEFAULT_POOLSIZE, BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError, ProtocolError, ReadTimeoutError, ResponseError
from urllib3.util import Retry, Timeout

from ..messages import Handle, Request
from ..messages.addresses import function_url_host_of
from ..patching.patches import Method, Patches, own_class
from .errors import unwrapping, unwrapping_each
from .for_urllib3 import HTTPSConnection, WholeBody, message_of, pool_response
from .timeouts import answer, seconds
from .wire import delimited


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
        self.add_headers(request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        pool, resolved = _pool(function_url_host_of(request.url or "")), _timeout(timeout)
        method, target = request.method or "GET", request.path_url
        chunked = request.body is not None and "Content-Length" not in request.headers
        connection = _connection(pool.host)
        message = None if chunked else message_of(connection, pool.host, method, target, request.body, request.headers)
        try:
            if message is not None:
                raw: Any = _attempts(self.handle, message, pool, target, self.max_retries, resolved)
            else:
                raw = pool.urlopen(
                    method,
                    target,
                    request.body,
                    request.headers,
                    retries=self.max_retries,
                    redirect=False,
                    assert_same_host=False,
                    timeout=resolved,
                    chunked=chunked,
                    preload_content=False,
                    decode_content=False,
                )
        except HTTPError as error:
            raise _translated(error, request) from error
        if isinstance(raw._original_response, WholeBody) and "Set-Cookie" not in raw.headers:
            raw._original_response = None  # it is only searched for cookies, which takes long
        return self.build_response(request, raw)

    send = unwrapping(send)


def _attempts(
    handle: Handle, message: Request, pool: urllib3.HTTPSConnectionPool, target: str, retries: Any, timeout: Timeout
) -> Any:
    """The response to ``message``, asked for as often as ``retries`` wants: ``urlopen`` without its connections."""
    if not isinstance(retries, Retry):
        retries = Retry.from_int(retries, redirect=False, default=pool.retries)
    method = message.method
    while True:
        try:
            answered = delimited(answer(handle, message, seconds(timeout.read_timeout)), method)
        except OSError as error:
            failure: HTTPError = ProtocolError("Connection aborted.", error)
            if isinstance(error, TimeoutError):
                failure = ReadTimeoutError(pool, target, f"Read timed out. (read timeout={timeout.read_timeout})")
            retries = retries.increment(method, target, error=failure, _pool=pool, _stacktrace=error.__traceback__)
            retries.sleep()
            continue
        response: Any = pool_response(
            answered,
            request_method=method,
            request_url=target,
            pool=pool,
            retries=retries,
            preload_content=False,
            decode_content=False,
        )
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
            # No proxy stands before a function URL, and requests copies a session's for a request that has its own.
            session, proxies = _without_environment(session), proxies or None
        merged: dict[str, Any] = original(session, url, proxies, *settings, **named)
        return merged

    return merge_environment_settings


def _without_environment(session: requests.Session) -> requests.Session:
    alike: requests.Session = object.__new__(type(session))
    alike.__dict__ = {**vars(session), "trust_env": False}
    return alike


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
    pool = urllib3.HTTPSConnectionPool(host, 443, maxsize=DEFAULT_POOLSIZE)
    pool.ConnectionCls = HTTPSConnection  # and not what a cassette of VCR has put there
    return pool


@lru_cache(maxsize=64)
def _connection(host: str) -> Any:
    return HTTPSConnection(host)


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
