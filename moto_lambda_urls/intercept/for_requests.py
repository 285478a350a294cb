"""requests: the adapter that sends a session's requests to function URLs, ``responses`` mocks or not."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import requests
import urllib3
from requests.adapters import DEFAULT_POOLSIZE, BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError
from urllib3.util import Retry

from ..messages import Handle
from ..messages.addresses import function_url_host_of
from ..patching.patches import Method, Patches, own_class, own_function
from .errors import unwrapping, unwrapping_each
from .for_urllib3 import HTTPSConnection, WholeBody, outgoing, pool_response
from .response_writer import delimited
from .timeouts import Late, answer, seconds


def patch(patches: Patches, handle: Handle) -> None:
    """Give sessions, for a function URL, a stand-in of the adapter that they would use.

    A ``responses`` mock is not asked: a function URL that is registered there too is still answered by its function.
    An adapter that is no HTTPAdapter was mounted to answer by itself, and does.
    """
    session = own_class("requests.sessions", "Session")
    patches.method(session, "get_adapter", partial(_get_adapter, handle))
    patches.method(session, "merge_environment_settings", _merge_environment_settings)
    patches.method(own_class("requests.models", "Response"), "iter_content", _iter_content)
    patches.callback(_stand_in_class.cache_clear)
    patches.callback(_pool.cache_clear)


class FunctionUrlAdapter(HTTPAdapter):
    """HTTPAdapter for function URLs: no proxies, no certificates, and a ``send`` that ``responses`` does not patch."""

    handle: Handle
    send = unwrapping(own_function(own_class("requests.adapters", "HTTPAdapter"), "send"))

    def get_connection(self, url: Any, proxies: Any = None) -> Any:  # noqa: ARG002 - of requests before 2.32
        return _pool(function_url_host_of(url), self.handle)

    def get_connection_with_tls_context(self, request: Any, *_: Any, **__: Any) -> Any:
        return _pool(function_url_host_of(request.url), self.handle)

    def cert_verify(self, *_: Any) -> None:
        """There is no certificate."""

    def request_url(self, request: Any, proxies: Any) -> str:  # noqa: ARG002 - no proxy stands before a function URL
        path: str = request.path_url
        return path

    def build_response(self, request: requests.PreparedRequest, raw: Any) -> requests.Response:
        if isinstance(raw._original_response, WholeBody) and "Set-Cookie" not in raw.headers:
            raw._original_response = None  # it is only searched for cookies, which takes long
        return super().build_response(request, raw)


class HTTPSConnectionPool(urllib3.HTTPSConnectionPool):
    """Connections to a function URL; none is made where one attempt sends a whole message. Errors show its name."""

    ConnectionCls = HTTPSConnection  # and not what a cassette of VCR has put there

    def __init__(self, host: str, handle: Handle) -> None:
        super().__init__(host, 443, maxsize=DEFAULT_POOLSIZE)
        self._handle = handle
        self._connection = HTTPSConnection(host)

    def urlopen(  # type: ignore[override]  # as requests calls it, and this method itself
        self, method: str, url: str, body: Any, headers: Any, retries: Any, *args: Any, **options: Any
    ) -> Any:
        is_one_attempt = isinstance(retries, Retry) and retries.total == 0 and not retries.status_forcelist
        if not is_one_attempt:
            return super().urlopen(method, url, body, headers, retries, *args, **options)
        wait = options["timeout"].read_timeout
        try:
            message, body, options["chunked"] = outgoing(
                self._connection, self.host, method, url, body, headers, options["chunked"]
            )
            answered = None if message is None else delimited(answer(self._handle, message, seconds(wait)), method)
        except OSError as error:
            failure: HTTPError = ProtocolError("Connection aborted.", error)
            if isinstance(error, Late):
                failure = ReadTimeoutError(self, url, f"Read timed out. (read timeout={wait})")
            return retries.increment(method, url, error=failure, _pool=self, _stacktrace=error.__traceback__)  # raises
        if answered is None:
            return super().urlopen(method, url, body, headers, retries, *args, **options)
        return pool_response(
            answered,
            request_method=method,
            request_url=url,
            pool=self,
            retries=retries,
            preload_content=False,
            decode_content=False,
        )


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
def _pool(host: str, handle: Handle) -> HTTPSConnectionPool:
    return HTTPSConnectionPool(host, handle)
