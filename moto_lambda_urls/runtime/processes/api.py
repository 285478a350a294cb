"""The Lambda Runtime API, version 2018-06-01: what is answered to a function's runtime, without the sockets.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from ..invocation_request import MAX_RESULT_BYTES

_ROOT = "/2018-06-01/runtime"
_INVOCATIONS = f"{_ROOT}/invocation/"
_MODE = "lambda-runtime-function-response-mode"
_ERROR_TYPE = "lambda-runtime-function-error-type"
_ERROR_BODY = "lambda-runtime-function-error-body"
_NAMES = "moto-lambda-urls-names"
"""Ours: the functions that there are in the module of a handler that is missing, as JSON."""
_FOREIGN = ("origin", "sec-fetch-site")
"""Headers that only a browser sends: a page must not take or answer an invocation."""


@dataclass(frozen=True)
class ErrorReport:
    """An error as the runtime reported it: its type as the header has it, and the body, which should be JSON.

    ``names`` is what our own runtimes say besides of a handler that is missing: JSON, percent-encoded.
    """

    error_type: str
    body: bytes
    names: str = ""


@dataclass
class InvocationResponse:
    """What the runtime has answered to an invocation so far; ``pieces`` are those that nobody has taken yet.

    ``most`` bytes may be streamed.
    """

    request_id: str
    most: int = MAX_RESULT_BYTES
    pieces: deque[bytes] = field(default_factory=deque)
    size: int = 0
    begun: bool = False
    streamed: bool = False
    content_type: str = ""
    error: ErrorReport | None = None
    too_large: bool = False
    ended: bool = False


@dataclass(frozen=True)
class RequestStart:
    """A request's line and its headers, whose names are in lower case; ``target`` is as it was sent."""

    method: str
    target: str
    headers: Mapping[str, str]


class Answer:
    """A response to the runtime."""

    def __init__(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        payload = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        fields = {"Content-Type": "application/json", **(headers or {}), "Content-Length": str(len(payload))}
        head = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in fields.items()),
        ]
        self.status = status
        self.data = "\r\n".join([*head, "", ""]).encode("latin-1", "replace") + payload


_ACCEPTED = Answer(202, {"status": "OK"})


def error_answer(status: int, error_type: str, message: str) -> Answer:
    """A response that tells the runtime what it did wrong."""
    return Answer(status, {"errorMessage": message, "errorType": error_type})


class Exchange:
    """A request in progress: it takes the pieces of the body, and answers at its end."""

    def take(self, piece: bytes, /) -> None:
        """A piece of the body."""

    def end(self, trailers: Mapping[str, str], /) -> Answer | None:
        """The answer; None when it comes later."""
        raise NotImplementedError


class RuntimeApi:
    """The state of one runtime: ``waiting`` while it asks for an invocation, ``response`` is that to the last one.

    ``init_error`` is what it reported when it could not start.
    """

    def __init__(self, authority: str) -> None:
        self.waiting = False
        self.initialized = False
        self.init_error: ErrorReport | None = None
        self.response: InvocationResponse | None = None
        self._authority = authority

    def begin(self, response: InvocationResponse) -> None:
        """The runtime gets the invocation that it asked for."""
        self.waiting = False
        self.response = response

    def receive(self, head: RequestStart) -> Exchange:
        """What is to be done with a request."""
        if head.headers.get("host") != self._authority or any(name in head.headers for name in _FOREIGN):
            return _RefusedExchange(error_answer(403, "Forbidden", "Only the function's own process may ask"))
        path = head.target.partition("?")[0]
        if path == f"{_INVOCATIONS}next":
            return self._for_method("GET", head, self._next)
        if path == f"{_ROOT}/init/error":
            return self._for_method("POST", head, lambda: self._init_error(head))
        request_id, slash, action = path.removeprefix(_INVOCATIONS).partition("/")
        if path.startswith(_INVOCATIONS) and slash and action in ("response", "error"):
            return self._for_method("POST", head, lambda: self._response_to(request_id, action, head))
        return _RefusedExchange(Answer(404, b"404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"}))

    def _for_method(self, method: str, head: RequestStart, begin: Callable[[], Exchange]) -> Exchange:
        return begin() if head.method == method else _RefusedExchange(Answer(405, b"", {"Allow": method}))

    def _next(self) -> Exchange:
        if self.waiting or (self.response is not None and not self.response.ended):
            return _RefusedExchange(_out_of_turn("Ready"))
        return _NextExchange(self)

    def _init_error(self, head: RequestStart) -> Exchange:
        if self.initialized:
            return _RefusedExchange(_out_of_turn("InitError"))
        return _InitErrorExchange(self, head.headers.get(_ERROR_TYPE, ""), head.headers.get(_NAMES, ""))

    def _response_to(self, request_id: str, action: str, head: RequestStart) -> Exchange:
        response = self.response
        if response is None or request_id != response.request_id:
            return _RefusedExchange(error_answer(400, "InvalidRequestID", "Invalid request ID"))
        if response.begun or response.ended:
            return _RefusedExchange(_out_of_turn("InvocationResponse"))
        if action == "error":
            return _ErrorExchange(response, head.headers.get(_ERROR_TYPE, ""))
        mode = head.headers.get(_MODE, "buffered").lower()
        if mode not in ("buffered", "streaming"):
            return _RefusedExchange(error_answer(400, "InvalidFunctionResponseMode", "Invalid function response mode"))
        response.begun = True
        response.streamed = mode == "streaming"
        response.content_type = head.headers.get("content-type", "")
        return _ResponseExchange(response)


def _out_of_turn(state: str) -> Answer:
    return error_answer(403, "InvalidStateTransition", f"Transition to {state} is not allowed")


class _RefusedExchange(Exchange):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def end(self, _trailers: Mapping[str, str], /) -> Answer:
        return self._answer


class _NextExchange(Exchange):
    def __init__(self, api: RuntimeApi) -> None:
        self._api = api

    def end(self, _trailers: Mapping[str, str], /) -> None:
        self._api.waiting = self._api.initialized = True


class _ResponseExchange(Exchange):
    def __init__(self, response: InvocationResponse) -> None:
        self._response = response
        self._most = response.most if response.streamed else MAX_RESULT_BYTES

    def take(self, piece: bytes, /) -> None:
        response = self._response
        response.size += len(piece)
        if response.size > self._most:
            response.too_large = True
            response.ended = response.streamed  # a stream may have no end
        else:
            response.pieces.append(piece)

    def end(self, trailers: Mapping[str, str], /) -> Answer:
        response = self._response
        response.ended = True
        if response.too_large:
            message = f"Exceeded maximum allowed payload size ({self._most} bytes)."
            return error_answer(413, "RequestEntityTooLarge", message)
        if _ERROR_TYPE in trailers or _ERROR_BODY in trailers:
            response.error = ErrorReport(trailers.get(_ERROR_TYPE, ""), _decoded(trailers.get(_ERROR_BODY, "")))
        return _ACCEPTED


class _ErrorReportExchange(Exchange):
    def __init__(self, error_type: str, names: str = "") -> None:
        self._error_type = error_type
        self._names = names
        self._body = bytearray()

    def take(self, piece: bytes, /) -> None:
        if len(self._body) <= MAX_RESULT_BYTES:
            self._body += piece

    def report(self) -> ErrorReport:
        return ErrorReport(self._error_type, bytes(self._body[:MAX_RESULT_BYTES]), self._names)


class _ErrorExchange(_ErrorReportExchange):
    def __init__(self, response: InvocationResponse, error_type: str) -> None:
        super().__init__(error_type)
        self._response = response

    def end(self, _trailers: Mapping[str, str], /) -> Answer:
        self._response.error = self.report()
        self._response.ended = True
        return _ACCEPTED


class _InitErrorExchange(_ErrorReportExchange):
    def __init__(self, api: RuntimeApi, error_type: str, names: str) -> None:
        super().__init__(error_type, names)
        self._api = api

    def end(self, _trailers: Mapping[str, str], /) -> Answer:
        self._api.init_error = self.report()
        return _ACCEPTED


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return text.encode()
