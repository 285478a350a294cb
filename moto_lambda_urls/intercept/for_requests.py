"""requests, below a session's adapters and beside the ``responses`` mocks that may be active."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import requests
import urllib3
from requests import exceptions
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.sessions import merge_setting
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError, ProtocolError, ReadTimeoutError, ResponseError
from urllib3.util import Timeout

from ..messages import Request
from ..messages.addresses import function_url_host_of
from ..patching.patches import Method, Patches
from .calls import answer
from .shortcut import URLLIB3_1, is_traced, plain_request, response_to

_log = logging.getLogger("urllib3.connectionpool")

MAX_KEPT_CONNECTIONS = 100
"""Connections that a pool keeps; more may be open, but urllib3 logs a warning for each."""


def patch(patches: Patches) -> None:
    """Give sessions, for a function URL, a stand-in of the adapter that they would use.

    A ``responses`` mock is not asked: a function URL that is registered there too is still answered by its function.
    An adapter that is no HTTPAdapter was mounted to answer by itself, and does.
    """
    patches.method(requests.Session, "get_adapter", _get_adapter)
    patches.method(requests.Session, "merge_environment_settings", _merge_environment_settings)


class FunctionUrlAdapter(HTTPAdapter):
    """HTTPAdapter for function URLs: no proxies, no certificates, and a ``send`` that ``responses`` does not patch."""

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
        # Of a response that is read at once nobody sees the pool.
        unseen = not stream and timeout is None and _never_retries(self.max_retries) and not _is_watched()
        plain = _plain_request(request, host) if unseen else None
        if plain is not None:
            return self.build_response(request, self._answered(plain))
        try:
            raw = _pool(host).urlopen(
                request.method or "GET",
                request.path_url,
                body=request.body,
                headers=request.headers,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                retries=self.max_retries,
                timeout=_timeout(timeout),
                chunked=not (request.body is None or "Content-Length" in request.headers),
            )
        except HTTPError as error:
            raise _translated(error, request) from error
        return self.build_response(request, raw)

    def _answered(self, request: Request) -> urllib3.HTTPResponse:
        return response_to(
            request,
            answer(request, None),
            pooled=False,
            preload_content=False,
            decode_content=False,
            retries=self.max_retries,
            request_url=_target(request) if not URLLIB3_1 else None,
        )


def _get_adapter(original: Method) -> Method:
    def get_adapter(session: requests.Session, url: str) -> BaseAdapter:
        adapter: BaseAdapter = original(session, url)
        if not isinstance(adapter, HTTPAdapter) or function_url_host_of(url) is None:
            return adapter
        return _stand_in(adapter)

    return get_adapter


def _merge_environment_settings(original: Method) -> Method:
    def merge_environment_settings(
        session: requests.Session, url: str, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> dict[str, Any]:
        if function_url_host_of(url) is None:
            merged: dict[str, Any] = original(session, url, proxies, stream, verify, cert)
            return merged
        # As in requests, but for its search of the whole environment for a proxy: none stands before a function URL.
        if session.trust_env and (verify is True or verify is None):
            verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or verify
        own = dict(session.proxies or ())
        return {
            "proxies": merge_setting(proxies, own) if proxies else own,  # type: ignore[no-untyped-call]
            "stream": session.stream if stream is None else stream,
            "verify": session.verify if verify is None else verify,
            "cert": session.cert if cert is None else cert,
        }

    return merge_environment_settings


def _stand_in(adapter: HTTPAdapter) -> BaseAdapter:
    """The same adapter, state included, but what its class leaves to HTTPAdapter is left to FunctionUrlAdapter."""
    if isinstance(adapter, FunctionUrlAdapter):
        return adapter
    stand_in: BaseAdapter = object.__new__(_stand_in_class(type(adapter)))  # type: ignore[arg-type]  # a class is hashable
    stand_in.__dict__ = adapter.__dict__
    return stand_in


@lru_cache(maxsize=64)
def _stand_in_class(adapter_class: type[HTTPAdapter]) -> type[HTTPAdapter]:
    if adapter_class is HTTPAdapter:
        return FunctionUrlAdapter
    return type(adapter_class.__name__, (adapter_class, FunctionUrlAdapter), {})


_TARGET_AS_IT_IS = re.compile(r"(?!//)(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*")
"""urllib3 escapes everything else, and writes escapes in upper case."""


def _plain_request(request: requests.PreparedRequest, host: str) -> Request | None:
    """``request`` as urllib3 would put it on the wire to ``host``; None when that is not plain to see."""
    headers, target = request.headers, request.path_url
    if not _TARGET_AS_IT_IS.fullmatch(target) or type(headers) is not CaseInsensitiveDict:
        return None
    lines = tuple([(name, value) for name, (_, value) in zip(headers, headers.lower_items(), strict=True)])
    return plain_request(request.method or "GET", host, target, lines, request.body, chunked=True)


def _never_retries(policy: urllib3.Retry) -> bool:
    """Whether ``policy`` makes one attempt and takes what comes: requests' default."""
    return type(policy) is urllib3.Retry and policy.total == 0 and not policy.status_forcelist


def _target(request: Request) -> str:
    return f"{request.raw_path}?{request.raw_query}" if request.raw_query else request.raw_path


def _is_watched() -> bool:
    """Whether urllib3 or http.client show what they do."""
    return is_traced() or _log.isEnabledFor(logging.DEBUG) or bool(HTTPSConnection.debuglevel)


@lru_cache(maxsize=64)
def _pool(host: str) -> urllib3.HTTPSConnectionPool:
    return urllib3.HTTPSConnectionPool(host, 443, maxsize=MAX_KEPT_CONNECTIONS)


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
