from __future__ import annotations

import functools
import sys
from typing import Any
from unittest.mock import MagicMock

import pytest
from support.web_applications import ASGI, WSGI, Application

from moto_lambda_urls.runtime.applications import as_handler
from moto_lambda_urls.runtime.applications.application import kind_of


async def asgi_function(scope: Any, receive: Any, send: Any) -> None: ...


async def short_names(s: Any, r: Any, w: Any) -> None: ...


def returns_an_awaitable(scope: Any, receive: Any, send: Any) -> Any: ...


class AsgiMiddleware:
    async def __call__(self, scope: Any, receive: Any, write: Any) -> None: ...


def wsgi_function(environ: Any, start_response: Any) -> Any: ...


class WsgiMiddleware:
    def __call__(self, env: Any, start_response: Any, *, strict: bool = True) -> Any: ...


class Handler:
    def __call__(self, event: Any, context: Any) -> Any: ...
    def method(self, event: Any, context: Any) -> Any: ...


def handler(event: Any, context: Any, *, table: Any = None) -> Any: ...


async def async_handler(event: Any, context: Any) -> Any: ...


@functools.wraps(wsgi_function)
def wrapped(*args: Any) -> Any: ...


def name_of(value: object) -> str:
    """The same in each process that collects the tests."""
    return str(getattr(value, "__name__", type(value).__name__))


@pytest.mark.parametrize(
    "application",
    [asgi_function, short_names, returns_an_awaitable, AsgiMiddleware(), functools.partial(asgi_function), *ASGI],
    ids=name_of,
)
def test_asgi(application: Application) -> None:
    assert kind_of(application() if application in ASGI else application) == "asgi"


@pytest.mark.parametrize("application", [wsgi_function, WsgiMiddleware(), wrapped, *WSGI], ids=name_of)
def test_wsgi(application: Application) -> None:
    assert kind_of(application() if application in WSGI else application) == "wsgi"


@pytest.mark.parametrize(
    "given",
    [
        handler,
        async_handler,
        Handler(),
        Handler().method,
        Handler.method,
        lambda *args: args,
        lambda event, context, extra=None: event,
        print,
        dict,
        MagicMock(),
    ],
    ids=name_of,
)
def test_handler(given: Any) -> None:
    assert as_handler(given) is given


@pytest.mark.parametrize(
    ("application", "module", "kind", "adapter"),
    [(asgi_function, "mangum", "asgi", "Mangum"), (wsgi_function, "apig_wsgi", "wsgi", "apig-wsgi")],
)
def test_adapter_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, application: Any, module: str, kind: str, adapter: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, f"moto_lambda_urls.runtime.applications.{kind}", raising=False)
    name = f"function {application.__name__}"
    with pytest.raises(
        ImportError,
        match=rf"{name} at .* is an {kind.upper()} application, which {adapter} turns into a handler: "
        rf"pip install 'moto-lambda-urls\[{kind}\]'$",
    ):
        as_handler(application)
