"""The command ``deploy``, and ``serve`` of a template."""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from ..controller.exclusions import NEVER_PACKAGED, Exclusions
from ..controller.remote import controller_of
from ..controller.templates import sources
from ..messages.addresses import PREFIX, is_loopback
from ..state.scope import DEFAULT_MAX_PROCESSES
from .options import add_parameter
from .threaded import LambdaUrlsServer
from .url_table import url_table

if TYPE_CHECKING:
    from ..controller import LambdaUrls, Stack
    from ..messages.addresses import UrlStyle
    from ..state.scope import FunctionStates, Processes, Validate

Stamps = Mapping[Path, tuple[int, int]]

POLL_SECONDS = 0.5
_logger = logging.getLogger("moto_lambda_urls.serve")
_server_logger = logging.getLogger("moto_lambda_urls.server")
_DEPLOY = "A template of SAM, CloudFormation or the CDK, with the code that it names, to a running server."
_ENDPOINT = "the server's URL (default: $AWS_ENDPOINT_URL, or http://127.0.0.1:5000)"


def add_deploy(commands: Any) -> None:
    """Add the command ``deploy`` to the ``commands``."""
    command = commands.add_parser("deploy", help="a template, to a running server", description=_DEPLOY)
    command.set_defaults(run=_deploy)
    command.add_argument("template", metavar="TEMPLATE", help="a .yaml or .json file, a folder with one, or cdk.out")
    command.add_argument("--endpoint-url", metavar="URL", help=_ENDPOINT)
    command.add_argument("--stack-name", metavar="NAME", help="(default: the CDK's, the file's or the folder's)")
    command.add_argument("--region", metavar="REGION", help="(default: the environment's, or us-east-1)")
    add_parameter(command)
    command.add_argument("-v", "--verbose", action="store_true", help="log more")


def _deploy(arguments: argparse.Namespace) -> int:
    endpoint_url = arguments.endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or "http://127.0.0.1:5000"
    controller = controller_of(endpoint_url.rstrip("/"))
    stack = controller.deploy_template(
        arguments.template,
        parameters=dict(arguments.parameter),
        stack_name=arguments.stack_name,
        region_name=arguments.region,
    )
    print(f"The stack {stack.name} in {stack.region_name}:\n{_table(controller, stack)}")
    for name, value in stack.outputs.items():
        print(f"{name} = {value}")
    return 0


def _table(controller: LambdaUrls, stack: Stack) -> str:
    client = controller.client("lambda", stack.region_name)
    rows = []
    for url in stack.urls.values():
        config = client.get_function_url_config(FunctionName=url.function_arn)
        alias = f":{url.qualifier}" if url.qualifier else ""
        rows.append((f"{url.function_name}{alias}", url.auth_type, config["InvokeMode"], url.url))
    return url_table(rows)


class ServedTemplate:
    """A server with the stack of a template: ``with ServedTemplate("template.yaml") as served: …``.

    :param reload: deploy again when the template changes, or a file that it names.
    :raises OSError, ValueError: the address cannot be had, or the template not be deployed.
    """

    def __init__(
        self,
        path: str,
        *,
        parameters: Mapping[str, str],
        host: str = "127.0.0.1",
        port: int = 0,
        processes: Processes = "auto",
        max_processes: int = DEFAULT_MAX_PROCESSES,
        function_states: FunctionStates = "immediate",
        validate: Validate = "aws",
        reload: bool = False,
    ) -> None:
        self._path = path
        self._parameters = parameters
        style: UrlStyle = "port" if is_loopback(host) else "path"
        self._server = LambdaUrlsServer(
            host=host,
            port=port,
            url_style=style,
            processes=processes,
            max_processes=max_processes,
            function_states=function_states,
            validate=validate,
        )
        self._reload = reload
        self._undo = ExitStack()

    def __enter__(self) -> ServedTemplate:
        with ExitStack() as undo:
            seen = _stamps(self._path)
            aws = undo.enter_context(self._server)
            _server_logger.addFilter(self._is_of_url)
            undo.callback(_server_logger.removeFilter, self._is_of_url)
            self.stack = aws.urls.deploy_template(self._path, parameters=self._parameters)
            if self._reload:
                ended = Event()
                thread = Thread(target=self._watch, args=(seen, ended), daemon=True)
                thread.start()
                undo.callback(thread.join)
                undo.callback(ended.set)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    @property
    def page(self) -> str:
        """Where its URLs and their requests are shown."""
        return f"{self._server.endpoint_url}{PREFIX}"

    @property
    def table(self) -> str:
        """Lines with its URLs."""
        return _table(self._server.urls, self.stack)

    def _is_of_url(self, record: logging.LogRecord) -> bool:
        """Whether a line of the server's log is none of a request to AWS's API."""
        if getattr(record, "local_port", None) != urlsplit(self._server.endpoint_url).port:
            return True
        return isinstance(record.args, tuple) and str(record.args[1]).startswith(PREFIX)

    def _watch(self, seen: Stamps, ended: Event) -> None:
        while not ended.wait(POLL_SECONDS):
            found = _stamps(self._path)
            if found != seen:
                seen = found
                self._deploy_again()

    def _deploy_again(self) -> None:
        try:
            self.stack.update(self._path)
        except (OSError, ValueError, BotoCoreError, ClientError) as error:
            _logger.error("%s is not deployed again: %s", self._path, error)
        else:
            _logger.info("%s is deployed again:\n%s", self._path, self.table)


def _stamps(path: str) -> Stamps:
    """The time of change and the size of each file that the template at ``path`` is made of."""
    found = {}
    for file in _files(path):
        with suppress(OSError):  # it was there a moment ago
            status = file.stat()
            found[file] = status.st_mtime_ns, status.st_size
    return found


def _files(path: str) -> Iterator[Path]:
    exclusions = Exclusions(NEVER_PACKAGED)
    try:
        roots = sources(path)
    except (OSError, ValueError):  # in the middle of an edit
        roots = {Path(path)}
    for root in roots:
        if root.is_file():
            yield root
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if not exclusions.leave_out(name, is_folder=True)]
            yield from (Path(folder, name) for name in files)
