"""The parser of the commands' arguments, and the options that several commands have."""

from __future__ import annotations

import argparse
import os
from functools import partial
from typing import NoReturn, get_args

from ..state.scope import DEFAULT_MAX_PROCESSES, MAX_PROCESSES, Authorization, FunctionStates, Processes, Validate
from .app import AUTHORIZATION_VARIABLE, VALIDATE_VARIABLE
from .arguments import host, named_value, number

_ALLOW_HOST = "a host name under which the server may be asked, besides local and AWS's own; may be repeated"
_ALLOW_ORIGIN = "an origin (http://localhost:3000) whose pages may use AWS's API; may be repeated"
_PROCESSES = "which deployment packages run in processes of their own; auto: those that cannot run in this one"
_FUNCTION_STATES = "how functions begin: Active (immediate, the default) or Pending, as on AWS"


class ArgumentParser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"moto-lambda-urls: {message}. {self.prog} --help shows the arguments.\n")


def add_address(command: argparse.ArgumentParser, *, port: str) -> None:
    """Add the options of the address to listen at, and ``--verbose``."""
    command.add_argument(
        "-H", "--host", type=host, default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)"
    )
    command.add_argument(
        "-p",
        "--port",
        type=partial(number, 0, 65_535),
        default=port,
        help=f"0 takes a free one (default: {port})",
    )
    command.add_argument("-v", "--verbose", action="store_true", help="log more")


def add_guard(command: argparse.ArgumentParser) -> None:
    """Add the options of what the guard lets through."""
    command.add_argument("--allow-host", action="append", default=[], metavar="NAME", help=_ALLOW_HOST)
    command.add_argument("--allow-origin", action="append", default=[], metavar="ORIGIN", help=_ALLOW_ORIGIN)


def add_authorization(command: argparse.ArgumentParser) -> None:
    """Add the option ``--authorization``."""
    command.add_argument(
        "--authorization",
        choices=get_args(Authorization),
        default=os.environ.get(AUTHORIZATION_VARIABLE) or "standard",
        help=f"who may call a function URL (default: ${AUTHORIZATION_VARIABLE}, or standard)",
    )


def add_processes(command: argparse.ArgumentParser, default: Processes) -> None:
    """Add the options ``--processes`` and ``--max-processes``."""
    command.add_argument(
        "--processes", choices=get_args(Processes), default=default, help=f"{_PROCESSES} (default: {default})"
    )
    command.add_argument(
        "--max-processes",
        type=partial(number, 1, MAX_PROCESSES),
        default=DEFAULT_MAX_PROCESSES,
        metavar="NUMBER",
        help=f"how many processes there may be at once (default: {DEFAULT_MAX_PROCESSES})",
    )


def add_function_states(command: argparse.ArgumentParser) -> None:
    """Add the option ``--function-states``."""
    command.add_argument(
        "--function-states", choices=get_args(FunctionStates), default="immediate", help=_FUNCTION_STATES
    )


def add_validate(command: argparse.ArgumentParser) -> None:
    """Add the option ``--validate``."""
    command.add_argument(
        "--validate",
        choices=get_args(Validate),
        default=os.environ.get(VALIDATE_VARIABLE) or "aws",
        help=f"who says what CreateFunction takes (default: ${VALIDATE_VARIABLE}, or aws)",
    )


def add_parameter(command: argparse.ArgumentParser) -> None:
    """Add the option ``--parameter``."""
    command.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=named_value,
        metavar="K=V",
        help="of the template; repeatable",
    )
