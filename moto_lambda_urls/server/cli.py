"""The command ``moto-lambda-urls``: ``server``, ``serve``, ``deploy`` and ``proxy``."""

from __future__ import annotations

import argparse
import errno
import importlib
import logging
import os
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar, get_args

from botocore.exceptions import BotoCoreError, ClientError

from ..controller.templates import is_template
from ..messages.addresses import PREFIX, UrlStyle, is_loopback
from . import options, terminal
from .arguments import cors, named_value, number
from .guard import Guard
from .handler_source import HandlerMissingError, HandlerSource
from .serve import Served
from .template_commands import ServedTemplate, add_deploy
from .threaded import LambdaUrlsServer
from .url_table import url_table

T = TypeVar("T")

_logger = logging.getLogger("moto_lambda_urls")
_SERVER = "moto's server, with function URLs in front of it: the same services and /moto-api."
_SERVE = "A handler, a web application or a template's functions behind URLs: one line a request, tracebacks below."
_PROXY = "moto_proxy, which answers https://<id>.lambda-url.<region>.on.aws/ too."
_CORS = "an allowed origin, * for all, or the whole Cors as JSON; may be repeated"
_NOT_LISTENING = {
    errno.EADDRINUSE: "port with -p",
    errno.EACCES: "port with -p",
    errno.EADDRNOTAVAIL: "address with -H",
    errno.EAFNOSUPPORT: "address with -H",
}
_ENV = "a variable of the handler's environment; may be repeated"


def main(version: str, argv: Sequence[str] | None = None) -> int:
    """Run the command with ``argv``, the process's arguments by default; its exit code, 2 when it cannot begin.

    ``version`` is the package's own, for ``--version``.
    """
    arguments = _parser(version).parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    with terminal.printable():
        is_one_handler = run is _serve and not is_template(arguments.target)
        terminal.log(verbose=arguments.verbose, quiet=("moto_lambda_urls.server",) if is_one_handler else ())
        try:
            return run(arguments)
        except (OSError, ValueError, BotoCoreError, ClientError) as error:
            print(f"moto-lambda-urls: {' '.join(_reason(error, arguments).split())}", file=sys.stderr)
            return 2


def _server(arguments: argparse.Namespace) -> int:
    server = LambdaUrlsServer(
        host=arguments.host,
        port=arguments.port,
        authorization=arguments.authorization,
        url_style=arguments.url_style or ("port" if is_loopback(arguments.host) else "path"),
        processes=arguments.processes,
        max_processes=arguments.max_processes,
        function_states=arguments.function_states,
        validate=arguments.validate,
        allow_hosts=arguments.allow_host,
        allow_origins=arguments.allow_origin,
        tls=_tls(arguments),
    )

    def greeting(running: LambdaUrlsServer) -> str:
        return (
            f"AWS with function URLs: {running.endpoint_url}\n"
            f"The page of its URLs:   {running.endpoint_url}{PREFIX}\n"
            "Ctrl-C stops it."
        )

    return _until_told(server, greeting)


def _tls(arguments: argparse.Namespace) -> str | tuple[str, str] | None:
    files = {"-c": arguments.ssl_cert, "-k": arguments.ssl_key}
    given = {option: file for option, file in files.items() if file is not None}
    if len(given) == 1:
        [option] = files.keys() - given.keys()
        raise ValueError(f"{' '.join(given)} needs {option}: a certificate and its key")
    for option, file in given.items():
        if not Path(file).is_file():
            raise ValueError(f"there is no file {file!r}, which {option} names")
    return (arguments.ssl_cert, arguments.ssl_key) if given else ("adhoc" if arguments.ssl else None)


def _serve(arguments: argparse.Namespace) -> int:
    return _serve_template(arguments) if is_template(arguments.target) else _serve_handler(arguments)


def _serve_template(arguments: argparse.Namespace) -> int:
    given = [f"--{name}" for name in ("cors", "auth", "stream", "env", "timeout") if getattr(arguments, name)]
    if given:
        raise ValueError(f"{', '.join(given)}: the template says that of each of its functions")
    served = ServedTemplate(
        arguments.target,
        parameters=dict(arguments.parameter),
        host=arguments.host,
        port=arguments.port,
        processes=arguments.processes,
        max_processes=arguments.max_processes,
        function_states=arguments.function_states,
        validate=arguments.validate,
        reload=arguments.reload,
    )

    def greeting(running: ServedTemplate) -> str:
        return _greeting(arguments, running.table, running.page)

    return _until_told(served, greeting)


def _serve_handler(arguments: argparse.Namespace) -> int:
    if arguments.parameter:
        raise ValueError("--parameter is a template's: a handler takes --env")
    source = HandlerSource(arguments.target, reload=arguments.reload)
    try:
        source.current()
    except HandlerMissingError:
        if not arguments.reload:
            raise
        _logger.exception("%s cannot be imported", arguments.target)
    except Exception:
        # The traceback is the message. With --reload the next request tries again.
        _logger.exception("%s cannot be imported", arguments.target)
        if not arguments.reload:
            return 1
    served = Served(
        source,
        name=source.__name__[:64],
        host=arguments.host,
        port=arguments.port,
        auth_type=arguments.auth or "NONE",
        cors=cors(arguments.cors),
        invoke_mode="RESPONSE_STREAM" if arguments.stream else None,
        environment=dict(arguments.env),
        timeout=arguments.timeout or 3,
        processes=arguments.processes,
        max_processes=arguments.max_processes,
        function_states=arguments.function_states,
        validate=arguments.validate,
    )

    def greeting(running: Served) -> str:
        mode = "RESPONSE_STREAM" if arguments.stream else "BUFFERED"
        table = url_table([(arguments.target, arguments.auth or "NONE", mode, running.url)])
        return _greeting(arguments, table, f"{running.aws_url}{PREFIX}")

    return _until_told(served, greeting)


def _greeting(arguments: argparse.Namespace, table: str, page: str) -> str:
    if arguments.open:
        webbrowser.open(page)
    again = "It is loaded again when a file changes. " if arguments.reload else ""
    return f"{table}\n\n{again}The AWS behind it, with a page of its requests: {page}\nCtrl-C stops it."


def _proxy(arguments: argparse.Namespace) -> int:
    # Importing moto's proxy sets up the root logger: only who asked for the proxy gets that.
    proxy = importlib.import_module(".proxy", __package__)
    guard = Guard(allow_hosts=frozenset(arguments.allow_host), allow_origins=frozenset(arguments.allow_origin))
    running = proxy.running_proxy(
        host=arguments.host,
        port=arguments.port,
        authorization=arguments.authorization,
        guard=guard,
        processes=arguments.processes,
        max_processes=arguments.max_processes,
        function_states=arguments.function_states,
        validate=arguments.validate,
    )

    def greeting(running: Any) -> str:
        return (
            f"export HTTPS_PROXY={running.url} AWS_CA_BUNDLE={running.ca_bundle}\n"
            "answers https://<id>.lambda-url.<region>.on.aws/ too. Ctrl-C stops it."
        )

    return _until_told(running, greeting)


def _until_told(running: AbstractContextManager[T], greeting: Callable[[T], str]) -> int:
    told = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: told.set())
    with running as begun:
        print(greeting(begun), flush=True)
        while not told.wait(1.0):  # with a limit: without one, Windows does not see Ctrl-C
            continue
    return 0


def _parser(version: str) -> argparse.ArgumentParser:
    parser = options.ArgumentParser(prog="moto-lambda-urls", description="Lambda function URLs for moto.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_server(commands)
    _add_serve(commands)
    add_deploy(commands)
    _add_proxy(commands)
    return parser


def _add_server(commands: Any) -> None:
    command = commands.add_parser("server", help="moto's server with function URLs", description=_SERVER)
    command.set_defaults(run=_server)
    options.add_address(command, port=os.environ.get("MOTO_PORT") or "5000")
    options.add_authorization(command)
    command.add_argument(
        "--url-style",
        choices=get_args(UrlStyle),
        help="the form of FunctionUrl (default: port, a port of its own for each; path where others reach the server)",
    )
    options.add_processes(command, "always")  # nobody sets breakpoints there
    options.add_function_states(command)
    options.add_validate(command)
    options.add_guard(command)
    command.add_argument("-s", "--ssl", action="store_true", help="HTTPS, with a certificate made up at the start")
    command.add_argument("-c", "--ssl-cert", metavar="FILE", help="HTTPS, with this certificate")
    command.add_argument("-k", "--ssl-key", metavar="FILE", help="the certificate's key")


def _add_proxy(commands: Any) -> None:
    command = commands.add_parser("proxy", help="moto's proxy with function URLs", description=_PROXY)
    command.set_defaults(run=_proxy)
    options.add_address(command, port="5005")
    options.add_authorization(command)
    options.add_processes(command, "always")
    options.add_function_states(command)
    options.add_validate(command)
    options.add_guard(command)


def _add_serve(commands: Any) -> None:
    command = commands.add_parser("serve", help="one handler behind a function URL", description=_SERVE)
    command.set_defaults(run=_serve)
    command.add_argument(
        "target", metavar="FILE.py:handler", help="or module:handler, or an ASGI or WSGI application; or a template"
    )
    options.add_address(command, port="8000")
    command.add_argument("--cors", action="append", metavar="ORIGIN", help=_CORS)
    command.add_argument("--auth", choices=("NONE", "AWS_IAM"), help="(default: NONE)")
    command.add_argument("--stream", action="store_true", help="InvokeMode RESPONSE_STREAM")
    command.add_argument("--env", action="append", default=[], type=named_value, metavar="K=V", help=_ENV)
    command.add_argument("--timeout", type=partial(number, 1, 900), metavar="SECONDS", help="(default: 3, as on AWS)")
    options.add_parameter(command)
    options.add_processes(command, "auto")
    options.add_function_states(command)
    options.add_validate(command)
    command.add_argument("--open", action="store_true", help="show the page of URLs and requests in a browser")
    command.add_argument("--reload", action="store_true", help="run the new code when a file of it has changed")


def _reason(error: Exception, arguments: argparse.Namespace) -> str:
    if isinstance(error, ClientError):
        return error.response["Error"]["Message"]
    if not isinstance(error, OSError) or not hasattr(arguments, "host"):
        return str(error)
    if isinstance(error, socket.gaierror):
        return f"the host {arguments.host!r} is not known: {error.strerror}"
    if error.errno in _NOT_LISTENING and error.filename is None:
        what = _NOT_LISTENING[error.errno]
        why = os.strerror(error.errno)
        return f"cannot listen at {arguments.host}:{arguments.port}: {why}. Choose another {what}."
    return str(error)
