"""The page's files, and the small JSON API that the page and controller/remote.py read, as WSGI."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hmac import compare_digest
from importlib.resources import files
from secrets import token_urlsafe
from threading import Lock
from typing import TYPE_CHECKING, Any

from ...control.url_index import url_index
from ...messages import Handle, Request, Response, close_body, wsgi
from ...messages.addresses import CONSOLE, PREFIX
from ...state.record_json import to_dict
from ...state.scope import CHANGEABLE
from ..guard import is_from_browser
from . import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed.wsgi import StartResponse

    from ...control.url_configs import FunctionUrlConfig
    from ...state.scope import Scope

MAX_SHOWN = 50
_MAX_FORM_BYTES = 8 * 1024**2
_TOKEN_PLACE = b"{{token}}"
_TOKEN_KEY = "HTTP_X_CONSOLE_TOKEN"
_FILES = {
    PREFIX: ("page.html", "text/html"),
    f"{PREFIX}{CONSOLE}/page.css": ("page.css", "text/css"),
    f"{PREFIX}{CONSOLE}/page.js": ("page.js", "text/javascript"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFETY = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


class Console:
    """The application below ``/_aws/lambda-url/`` that is no function URL.

    Its JSON API answers who shows the token that its page holds, and clients that are no browsers.
    """

    def __init__(self, *, scope: Scope, handle: Handle) -> None:
        self._token = token_urlsafe()
        self._scope = scope
        self._requests = scope.requests
        self._handle = self.counted(handle)
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def counted(self, handle: Handle) -> Handle:
        """``handle``, with each request to a known URL counted."""

        def counting(request: Request) -> Response:
            config = url_index.find_url(request.host)
            if config is not None:
                with self._lock:
                    self._counts[config.url_id] += 1
            return handle(request)

        return counting

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        return wsgi.send(self._answer(environ), start_response)

    def _answer(self, environ: Mapping[str, Any]) -> Response:
        path, _ = wsgi.target(environ)
        if f"{path}/" == PREFIX:
            return Response(status=307, headers=(("Location", PREFIX), ("Content-Length", "0")))
        if path in _FILES:
            name, content_type = _FILES[path]
            content = files(__package__).joinpath(name).read_bytes()
            return _response(200, content_type, content.replace(_TOKEN_PLACE, self._token.encode()))
        if is_from_browser(environ) and not self._shows_token(environ):
            return _json(403, {"message": "The page's token is missing: load the page again."})
        try:
            return self._api(environ, path.removeprefix(f"{PREFIX}{CONSOLE}/"))
        except _BadForm as bad:
            return _json(bad.status, {"message": str(bad)})

    def _shows_token(self, environ: Mapping[str, Any]) -> bool:
        return compare_digest(str(environ.get(_TOKEN_KEY, "")).encode(), self._token.encode())

    def _api(self, environ: Mapping[str, Any], path: str) -> Response:
        method = environ["REQUEST_METHOD"]
        if path == "state" and method == "GET":
            return _json(200, self._state(wsgi.site(environ)))
        if path == "requests" and method == "GET":
            return _json(200, {"requests": [to_dict(each) for each in self._requests]})
        if path == "url-ports" and method == "GET":
            return _json(200, self._scope.url_ports)
        if path == "options" and method in ("GET", "PUT"):
            return self._options() if method == "GET" else self._set_options(_form(environ))
        if path.startswith("requests/") and method == "GET":
            return self._request(path.removeprefix("requests/"))
        if path == "send" and method == "POST":
            return self._send(_form(environ))
        return _json(404, {"message": "There is nothing here."})

    def _state(self, site: tuple[str, str]) -> dict[str, Any]:
        configs = url_index.configs()
        with self._lock:
            known = {config.url_id for config in configs}
            self._counts = Counter({url_id: count for url_id, count in self._counts.items() if url_id in known})
            counts = dict(self._counts)
        newest = self._requests[-MAX_SHOWN:]
        return {
            "urls": [
                rows.url_row(config, url=self._url(config, *site), request_count=counts.get(config.url_id, 0))
                for config in sorted(configs, key=_order)
            ],
            "requests": [rows.request_row(each) for each in reversed(newest)],
        }

    def _url(self, config: FunctionUrlConfig, scheme: str, host: str) -> str:
        return self._scope.shown_url(config, scheme=scheme, host=host)

    def _request(self, request_id: str) -> Response:
        for each in reversed(self._requests):
            if each.request_id == request_id:
                return _json(200, rows.request_detail(each))
        return _json(404, {"message": "That request is forgotten."})

    def _options(self) -> Response:
        return _json(200, {name: getattr(self._scope.options, name) for name in CHANGEABLE})

    def _set_options(self, form: Any) -> Response:
        try:
            if not isinstance(form, dict) or form.keys() - CHANGEABLE:
                raise ValueError(f"Send an object with some of {', '.join(CHANGEABLE)}.")
            self._scope.options = replace(self._scope.options, **form)
        except ValueError as error:
            raise _BadForm(400, str(error)) from error
        return self._options()

    def _send(self, form: Any) -> Response:
        try:
            config = url_index.find_url_by_id(str(form["id"]))
            if config is None:
                return _json(404, {"message": "That URL is gone."})
            request = rows.to_request(form, config)
        except (KeyError, TypeError, ValueError) as error:
            raise _BadForm(400, str(error)) from error
        response = self._handle(request)
        return _json(200, rows.response_detail(response, body=_beginning(response.body)))


class _BadForm(Exception):  # noqa: N818 - it is an answer, not a failure
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _form(environ: Mapping[str, Any]) -> Any:
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip() != "application/json":
        raise _BadForm(415, "Send application/json.")
    try:
        return json.loads(wsgi.read_body(environ, limit=_MAX_FORM_BYTES))
    except wsgi.BodyTooLarge:
        raise _BadForm(413, "The request is too large for the page.") from None
    except ValueError as error:
        raise _BadForm(400, str(error)) from error


def _order(config: FunctionUrlConfig) -> tuple[str, str]:
    return config.function_arn, config.url_id


def _beginning(body: bytes | Iterator[bytes]) -> bytes:
    if isinstance(body, bytes):
        return body
    read = b""
    try:
        for chunk in body:
            read += chunk
            if len(read) > rows.MAX_RESPONSE_BYTES:
                break
    finally:
        close_body(body)
    return read


def _json(status: int, value: Any) -> Response:
    return _response(status, "application/json", json.dumps(value, default=str).encode())


def _response(status: int, content_type: str, body: bytes) -> Response:
    headers = (("Content-Type", f"{content_type}; charset=utf-8"), ("Content-Length", str(len(body))), *_SAFETY)
    return Response(status=status, headers=headers, body=body)
