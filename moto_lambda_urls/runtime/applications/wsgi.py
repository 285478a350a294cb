"""A WSGI application as a handler."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

from apig_wsgi import make_lambda_handler

from .application import StreamingHandler


class WsgiApplication(StreamingHandler):
    """``application`` behind apig-wsgi, which makes its response whole: a streamed one has its body in one piece."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._handler = make_lambda_handler(application)

    def __call__(self, event: Any, context: Any) -> Any:
        return self._handler(event, context)

    def stream(self, event: Any, context: Any) -> Iterator[dict[str, Any] | bytes]:
        response = self._handler(event, context)
        body, is_base64 = response.pop("body"), response.pop("isBase64Encoded")
        yield response
        yield b64decode(body) if is_base64 else body.encode()
