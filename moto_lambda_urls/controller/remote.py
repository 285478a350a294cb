"""The controller for moto's server and proxy modes, where AWS is a server in another process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from moto import settings
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from ..messages.addresses import CONSOLE, PREFIX
from ..state.record import Invocation
from ..state.record_json import from_dict
from ..state.recorder import InvocationSequence, Ran
from ..state.scope import CHANGEABLE, DEFAULT_MAX_PROCESSES, Scope
from .lambda_urls import LambdaUrls

if TYPE_CHECKING:
    from ..runtime.applications import HandlerOrApplication
    from ..state.faults import Faults

_SERVER = "moto-lambda-urls server"
_DEPLOY = (
    "Deploy a folder, a .py file or a zip, or the name of a handler that the server can import: "
    "deploy('package.module.handler')."
)


@dataclass(frozen=True, kw_only=True)
class Remote:
    """A server in another process, and the settings of boto3 clients for it."""

    endpoint_url: str
    command: str
    client_settings: Mapping[str, Any]
    _http: PoolManager = field(default_factory=PoolManager, repr=False)

    def options(self) -> dict[str, str]:
        """Those of the server's options that can be changed."""
        options: dict[str, str] = self._ask("GET", "options")
        return options

    def set_options(self, options: Mapping[str, str]) -> None:
        """Change the server's ``options``, for all of its clients."""
        self._ask("PUT", "options", options)

    def requests(self) -> list[Invocation]:
        """What the server has recorded since it was reset, oldest first."""
        return [from_dict(each) for each in self._ask("GET", "requests")["requests"]]

    def url_ports(self) -> dict[str, int]:
        """The ports of those function URLs that have one of their own, by the URL's id."""
        ports: dict[str, int] = self._ask("GET", "url-ports")
        return ports

    def _ask(self, method: str, path: str, value: object = None) -> Any:
        body = None if value is None else json.dumps(value).encode()
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._http.request(
                method, f"{self.endpoint_url}{PREFIX}{CONSOLE}/{path}", body=body, headers=headers, retries=False
            )
            answered = json.loads(answer.data) if answer.status == 200 else None
        except (HTTPError, ValueError) as error:
            raise ConnectionError(f"{self._missing} ({error})") from error
        if answered is None:
            raise ConnectionError(f"{self._missing} (it answered {answer.status}: {answer.data[:200]!r})")
        return answered

    @property
    def _missing(self) -> str:
        return f"There is no server with function URLs at {self.endpoint_url}: start one with {self.command!r}."


def controller_of(endpoint_url: str) -> LambdaUrls:
    """The controller of the server at ``endpoint_url``.

    :raises ConnectionError: there is no server with function URLs.
    """
    server = Remote(endpoint_url=endpoint_url, command=_SERVER, client_settings={"endpoint_url": endpoint_url})
    server.options()
    return RemoteLambdaUrls(Scope(), server)


def remote() -> Remote | None:
    """The server that moto's TEST_SERVER_MODE or TEST_PROXY_MODE names; None when AWS is mocked in this process."""
    if settings.TEST_SERVER_MODE:
        endpoint_url = settings.test_server_mode_endpoint()
        return Remote(
            endpoint_url=endpoint_url,
            command=_SERVER,
            client_settings={"endpoint_url": endpoint_url},
        )
    if settings.is_test_proxy_mode():
        endpoint_url = settings.test_proxy_mode_endpoint()
        proxies = {"http": endpoint_url, "https": endpoint_url}
        return Remote(
            endpoint_url=endpoint_url,
            command="moto-lambda-urls proxy",
            client_settings={"verify": False, "config": Config(proxies=proxies)},
        )
    return None


class ServerOptions:
    """The options of the mock ``mine``, set at the server until ``undo``.

    :raises RuntimeError: ``mine`` holds what only the server's own process can do.
    :raises ConnectionError: there is no such server.
    """

    def __init__(self, mine: Scope, server: Remote) -> None:
        if mine.handlers:
            raise _impossible(f"handlers={sorted(mine.handlers)!r} would have to run here", _DEPLOY)
        if mine.options.raise_handler_errors:
            raise _impossible(
                "raise_handler_errors=True would have to raise a handler's exception here",
                "Look at the error of lambda_urls.invocations.last, which has the traceback.",
            )
        if mine.options.validate != "aws":
            raise _impossible(
                f"validate={mine.options.validate!r} would have to be known to the server",
                "Start the server with --validate moto.",
            )
        if mine.options.processes != "auto":
            raise _impossible(
                f"processes={mine.options.processes!r} would have to be known to the server",
                "Start the server with --processes, or say process= to deploy.",
            )
        if mine.options.max_processes != DEFAULT_MAX_PROCESSES:
            raise _impossible(
                f"max_processes={mine.options.max_processes!r} would have to be known to the server",
                "Start the server with --max-processes.",
            )
        self._server = server
        self._before = server.options()
        server.set_options({name: getattr(mine.options, name) for name in CHANGEABLE})

    def undo(self, *, keep: bool = False) -> None:  # noqa: ARG002 - as Installation's; what is kept, the server keeps
        """Give the server its own options back."""
        self._server.set_options(self._before)


class RemoteRequests(InvocationSequence):
    """What a server has recorded, asked for each time; a reset of the server clears them."""

    def __init__(self, server: Remote) -> None:
        self._server = server

    def _snapshot(self) -> list[Invocation]:
        return self._server.requests()


class RemoteLambdaUrls(LambdaUrls):
    """The controller of a mock whose AWS is ``server``."""

    def __init__(self, scope: Scope, server: Remote) -> None:
        super().__init__(scope)
        self._client_settings = server.client_settings
        self._server = server
        self._recorded = RemoteRequests(server)

    @property
    def invocations(self) -> InvocationSequence:
        return Ran(self._recorded)

    @property
    def requests(self) -> InvocationSequence:
        return self._recorded

    @property
    def faults(self) -> Faults:
        raise _impossible(
            "faults are planned in the process that answers",
            "Run this test without TEST_SERVER_MODE, or against a LambdaUrlsServer of its own.",
        )

    def _url_ports(self) -> Mapping[str, int]:
        return self._server.url_ports()

    def register(self, name: str, handler: HandlerOrApplication) -> None:
        raise _impossible(f"the handler of {name!r}, {handler!r}, would have to run here", _DEPLOY)


def _impossible(what: str, instead: str) -> RuntimeError:
    return RuntimeError(f"AWS runs in another process (TEST_SERVER_MODE or TEST_PROXY_MODE), but {what}. {instead}")
