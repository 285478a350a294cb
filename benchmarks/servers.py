"""Servers to measure, each for a process of its own: it prints its URL and serves until its input ends."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from threading import Thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def serve_url() -> None:
    """A function URL on our server, whose handler answers the body."""
    from moto_lambda_urls import LambdaUrlsServer

    def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": event["body"]}

    with LambdaUrlsServer() as server:
        _announce(str(server.urls.deploy(handler)))


def serve_aws() -> None:
    """Our server, for AWS's API."""
    from moto_lambda_urls import LambdaUrlsServer

    with LambdaUrlsServer() as server:
        _announce(server.endpoint_url)


def serve_moto() -> None:
    """moto's own server."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    app = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    Thread(target=server.serve_forever, daemon=True).start()
    _announce(f"http://127.0.0.1:{server.server_port}")


def serve_package(runtime: str, package: bytes) -> None:
    """A function URL on our server, whose package runs in processes of its own."""
    from moto_lambda_urls import LambdaUrlsServer

    with LambdaUrlsServer(processes="always") as server:
        _announce(str(server.urls.deploy(package, runtime=runtime, timeout=20)))


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        return


class _KeepingAlive(_Silent):
    protocol_version = "HTTP/1.1"


def serve_echo() -> None:
    """Nothing but werkzeug as it is, which closes each connection."""
    _serve_echo(_Silent)


def serve_echo_kept_alive() -> None:
    """Nothing but werkzeug, told to keep connections."""
    _serve_echo(_KeepingAlive)


def _serve_echo(handler: type[WSGIRequestHandler]) -> None:
    server = make_server("127.0.0.1", 0, _echo, threaded=True, request_handler=handler)
    Thread(target=server.serve_forever, daemon=True).start()
    _announce(f"http://127.0.0.1:{server.server_port}/")


def _echo(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _announce(url: str) -> None:
    print(url, flush=True)
    sys.stdin.read()
