"""The start of a function's process: its command, or the wrapper that its variables name, which gets the command."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping

from ..variables import EXEC_WRAPPER
from .deployment import Command, Deployment, InvalidEntrypoint

_NOT_FOUND, _NOT_EXECUTABLE = 127, 126
"""What a shell exits with that cannot execute a program."""
_INTERPRETER = re.compile(rb"#![ \t]*([^ \t\n]+)(?:[ \t]+([^\n]*))?(?:\n|$)")
_SH = (b"/bin/sh", b"/usr/bin/sh")
_MAX_FIRST_LINE = 256


class ProcessEnded(Exception):  # noqa: N818 - what happened
    """The process is gone; ``status`` is as subprocess has it, ``hint`` says why there never was one."""

    def __init__(self, status: int, hint: str = "") -> None:
        super().__init__(status)
        self.status = status
        self.hint = hint

    @property
    def was_killed(self) -> bool:
        """Whether it did not end by itself."""
        return self.status == -signal.SIGKILL


def execute(
    deployment: Deployment, command: Command, variables: dict[str, str], output: int
) -> subprocess.Popen[bytes]:
    """Start the process, whose ``variables`` are its whole environment, and which writes to the descriptor ``output``.

    :raises ProcessEnded: it cannot be started, in a shell's exit statuses.
    :raises InvalidEntrypoint: a custom runtime's program cannot be executed; wrappers are not for those.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
    """
    wrapper = "" if command.is_custom else variables.get(EXEC_WRAPPER, "")
    program = wrapper or command.arguments[0]
    path = os.path.join(deployment.task_root, program)
    arguments = [*([wrapper] if wrapper else []), *command.arguments]
    try:
        return _started([*_shell_of(path), *arguments], deployment, variables, output)
    except OSError as error:
        if command.is_custom:
            reason = os.strerror(error.errno or 0).lower()
            raise InvalidEntrypoint(f"fork/exec {deployment.display(program)}: {reason}") from error
        if error.errno == errno.ENOEXEC:  # what a shell takes for a script of its own; Lambda's is bash
            return _started([shutil.which("bash") or "/bin/sh", *arguments], deployment, variables, output)
        status = _NOT_FOUND if error.errno == errno.ENOENT else _NOT_EXECUTABLE
        raise ProcessEnded(status, deployment.display(_obstacle(wrapper, path)) if wrapper else "") from error


def _started(
    arguments: list[str], deployment: Deployment, variables: Mapping[str, str], output: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=deployment.task_root,
        env=variables,
        start_new_session=True,
    )


def _shell_of(path: str) -> list[str]:
    """What executes a program that is a script for /bin/sh, which is bash on Amazon Linux; nothing for others.

    AWS's own example is written so: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-walkthrough.html.
    """
    bash = shutil.which("bash")
    interpreter, option = _interpreter_of(path)
    if bash is None or interpreter not in _SH or not os.access(path, os.X_OK):
        return []
    return [bash, "--posix", *([os.fsdecode(option)] if option else [])]


def _interpreter_of(path: str) -> tuple[bytes, bytes]:
    """What the first line of the script at ``path`` names, and all that follows as one, as the kernel passes it on."""
    try:
        with open(path, "rb") as file:
            found = _INTERPRETER.match(file.read(_MAX_FIRST_LINE))
    except OSError:
        found = None
    return (b"", b"") if found is None else (found[1], (found[2] or b"").strip())


def _obstacle(wrapper: str, path: str) -> str:
    """Why the wrapper at ``path`` cannot be executed, as a line for whoever deployed it."""
    named = f"{EXEC_WRAPPER} is {wrapper}"
    if not os.path.exists(path):
        return f"{named}, which neither the package nor a layer holds."
    interpreter = os.fsdecode(_interpreter_of(path)[0])
    if not os.access(path, os.X_OK):
        return f"{named}, which is not executable: chmod +x, before it is packed."
    if interpreter and not os.path.exists(interpreter):
        return f"{named}, a script for {interpreter!r}, which this machine does not have."
    return f"{named}, which cannot be executed here."
